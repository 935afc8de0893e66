//! Content codings: turns what came over the wire into the bytes that the author published.

use std::{
    borrow::Cow,
    io::{self, Read},
};

use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};

use crate::http::{
    memory_budget, reason,
    sniff::{self, BodyKind},
};

/// Nobody compresses more often than this; a fourth layer is an attack.
const MAX_LAYERS: usize = 3;
/// The largest zstd window that HTTP allows: 8 MiB (RFC 9659).
const ZSTD_WINDOW_LOG: u32 = 23;

/// A body without its codings.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// At most `limit` bytes.
    pub(crate) body: Vec<u8>,
    /// Whether there was more.
    pub(crate) over: bool,
}

/// Why a body cannot be decoded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Undecodable {
    /// It is in a coding that nobody knows here; another try would bring the same.
    Unknown(String),
    /// The stream is damaged or cut off.
    Damaged(String),
}

/// Whether there is a coding to remove, by the label or by the first bytes.
pub(crate) fn is_coded(declared: &str, wire: &[u8]) -> bool {
    !declared.trim().is_empty() || Coding::shown(wire).is_some()
}

/// Removes the codings that `Content-Encoding` names, and those it does not name but the bytes
/// show; a coding that is named and not there is ignored when the bytes are text. Other bytes in a
/// coding that is not known are no body: whatever they look like, they are not what the author wrote.
///
/// `limit` bounds each layer, in bytes.
///
/// # Errors
/// The coding that is not known, or what is wrong with the stream.
pub(crate) fn decode(declared: &str, wire: &[u8], limit: u64) -> Result<Decoded, Undecodable> {
    let damaged = |what: String| Err(Undecodable::Damaged(what));
    let mut names: Vec<String> = declared
        .split(',')
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty() && name != "identity")
        .collect();
    if names.len() > MAX_LAYERS {
        return damaged(format!("{} content codings", names.len()));
    }
    let (mut body, mut over) = (Cow::Borrowed(wire), false);
    while let Some(name) = names.pop() {
        let Some(coding) = Coding::named(&name, &body) else {
            if body.is_empty() || is_certainly_text(&body) {
                continue;
            }
            let name = reason::clean(&name);
            return Err(Undecodable::Unknown(format!("unknown content coding `{name}`")));
        };
        match coding.decode(&body, limit) {
            Ok(next) => (body, over) = (next.body.into(), next.over),
            // The label lies: the server sends plain text and calls it compressed.
            Err(_) if looks_like_text(&body) => {}
            Err(e) => return damaged(format!("damaged {name} body: {e}")),
        }
        if over {
            return Ok(Decoded { body: body.into_owned(), over });
        }
    }
    let mut layers = 0;
    while let Some(coding) = Coding::shown(&body) {
        layers += 1;
        if layers > MAX_LAYERS {
            return damaged("compressed too many times".into());
        }
        match coding.decode(&body, limit) {
            Ok(next) => (body, over) = (next.body.into(), next.over),
            Err(e) => return damaged(format!("damaged compressed body: {e}")),
        }
        if over {
            break;
        }
    }
    Ok(Decoded { body: body.into_owned(), over })
}

#[derive(Clone, Copy, Debug)]
enum Coding {
    Gzip,
    Zlib,
    Deflate,
    Brotli,
    Zstd,
}

impl Coding {
    /// The coding of that name (RFC 9110, section 8.4.1); `deflate` is zlib by the book and the bare
    /// stream by many servers.
    fn named(name: &str, body: &[u8]) -> Option<Coding> {
        match name {
            "gzip" | "x-gzip" => Some(Coding::Gzip),
            "deflate" if is_zlib(body) => Some(Coding::Zlib),
            "deflate" => Some(Coding::Deflate),
            "br" => Some(Coding::Brotli),
            "zstd" => Some(Coding::Zstd),
            _ => None,
        }
    }

    /// The coding that the first bytes show.
    fn shown(body: &[u8]) -> Option<Coding> {
        match body {
            [0x1f, 0x8b, 0x08, ..] => Some(Coding::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Coding::Zstd),
            _ => None,
        }
    }

    fn decode(self, body: &[u8], limit: u64) -> io::Result<Decoded> {
        match self {
            Coding::Gzip => gunzip(body, limit),
            Coding::Zlib => {
                read(ZlibDecoder::new(body), limit).or_else(|_| Coding::Deflate.decode(body, limit))
            }
            Coding::Deflate => read(DeflateDecoder::new(body), limit),
            Coding::Brotli => read(brotli_decompressor::Decompressor::new(body, 4096), limit),
            Coding::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(body)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                read(decoder, limit)
            }
        }
    }
}

/// Reads the members of a gzip stream; bytes after the last member are left out, as `gzip` does.
fn gunzip(mut body: &[u8], limit: u64) -> io::Result<Decoded> {
    let mut all = Decoded { body: Vec::new(), over: false };
    loop {
        let mut decoder = GzDecoder::new(body);
        let left = limit - all.body.len() as u64;
        let member = read(&mut decoder, left)?;
        all.body.extend(member.body);
        all.over = member.over;
        body = decoder.into_inner();
        if all.over || !body.starts_with(&[0x1f, 0x8b]) {
            return Ok(all);
        }
    }
}

fn read(decoder: impl Read, limit: u64) -> io::Result<Decoded> {
    let mut body = Vec::new();
    let mut decoder = decoder.take(limit + 1);
    decoder.by_ref().take(memory_budget::MIDDLE + 1).read_to_end(&mut body)?;
    memory_budget::reserve_large(&mut body);
    decoder.read_to_end(&mut body)?;
    let over = body.len() as u64 > limit;
    body.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(Decoded { body, over })
}

/// The zlib header: method 8 and a check that makes it a multiple of 31 (RFC 1950, section 2.2).
fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [cmf, flg, ..]
        if cmf & 0x0f == 8 && (u16::from(*cmf) << 8 | u16::from(*flg)) % 31 == 0)
}

/// Whether the bytes are plainly text: markup in front, or no control characters at all.
fn looks_like_text(body: &[u8]) -> bool {
    let head = &body[..body.len().min(1024)];
    let first = head.iter().find(|b| !b.is_ascii_whitespace());
    let controls = head.iter().filter(|b| b.is_ascii_control() && !b.is_ascii_whitespace()).count();
    controls == 0 && (first == Some(&b'<') || std::str::from_utf8(body).is_ok())
}

/// Whether the bytes are text beyond doubt: no document, picture or the like by their beginning, and
/// either markup or UTF-8.
fn is_certainly_text(body: &[u8]) -> bool {
    let is_sure =
        sniff::looks_like_markup(body.trim_ascii_start()) || std::str::from_utf8(body).is_ok();
    is_sure && looks_like_text(body) && sniff::sniff("", body) == BodyKind::Text
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{
        Compression,
        write::{DeflateEncoder, GzEncoder, ZlibEncoder},
    };

    use crate::http::codings::{Undecodable, decode};

    const TEXT: &[u8] = b"<!doctype html><title>On drift</title><p>Features drift, models follow.";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[track_caller]
    fn check(declared: &str, wire: Vec<u8>) {
        let decoded = decode(declared, &wire, 1 << 20).unwrap();
        assert_eq!(String::from_utf8_lossy(&decoded.body), String::from_utf8_lossy(TEXT));
        assert!(!decoded.over);
    }

    #[test]
    fn each_coding_gives_back_the_text() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(TEXT).unwrap();
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::default());
        raw.write_all(TEXT).unwrap();
        check("", TEXT.to_vec());
        check("gzip", gzip(TEXT));
        check("X-GZIP", gzip(TEXT));
        check("deflate", zlib.finish().unwrap());
        check("deflate", raw.finish().unwrap());
        check("zstd", zstd::encode_all(TEXT, 3).unwrap());
    }

    #[test]
    fn lying_labels_are_seen_through() {
        for declared in ["gzip", "br", "zstd", "deflate", "gzip, br", "utf-8", "none"] {
            check(declared, TEXT.to_vec());
        }
        check("", gzip(TEXT));
        check("gzip", gzip(&gzip(TEXT)));
        check("gzip, gzip", gzip(&gzip(TEXT)));
        check("identity", zstd::encode_all(TEXT, 3).unwrap());
    }

    #[test]
    fn bytes_in_an_unknown_coding_are_no_body_unless_they_are_text() {
        let unknown = |name: &str| Undecodable::Unknown(format!("unknown content coding `{name}`"));
        let plain_pdf = b"%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\n";
        for body in [&[0xff; 400][..], plain_pdf, b"GIF89a......", b"<\x80\x81", b"\x1b\x05\0x"] {
            assert_eq!(decode("sdch", body, 1 << 20), Err(unknown("sdch")), "{body:?}");
        }
        assert_eq!(decode("gzip, x-own", &gzip(TEXT), 1 << 20), Err(unknown("x-own")));
        check("x-own", TEXT.to_vec());
        let legacy = b"<!doctype html><p>caf\xe9".to_vec();
        assert_eq!(decode("utf-8", &legacy, 1 << 20).unwrap().body, legacy);
        assert_eq!(decode("x-own", b"", 1 << 20).unwrap().body, b"");
    }

    #[test]
    fn members_are_joined_and_trailing_bytes_left_out() {
        let (left, right) = TEXT.split_at(20);
        check("gzip", [gzip(left), gzip(right)].concat());
        check("gzip", [gzip(TEXT), b"\0\0\0".to_vec()].concat());
    }

    #[test]
    fn a_cut_stream_is_an_error_with_its_name() {
        for cut in [5, 12, 40] {
            let mut wire = gzip(TEXT);
            wire.truncate(wire.len().min(cut));
            let error = decode("gzip", &wire, 1 << 20).unwrap_err();
            let is_named = |what: &str| what.starts_with("damaged gzip body");
            assert!(matches!(&error, Undecodable::Damaged(what) if is_named(what)), "{error:?}");
        }
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let zeros = vec![b' '; 4 << 20];
        for (name, wire) in [
            ("gzip", gzip(&zeros)),
            ("gzip, gzip", gzip(&gzip(&zeros))),
            ("gzip", gzip(&gzip(&gzip(&zeros)))),
            ("zstd", zstd::encode_all(&zeros[..], 3).unwrap()),
        ] {
            let decoded = decode(name, &wire, 1 << 20).unwrap();
            assert!(decoded.over, "{name}");
            assert_eq!(decoded.body.len(), 1 << 20, "{name}");
        }
    }

    #[test]
    fn endless_layers_are_refused() {
        let mut wire = TEXT.to_vec();
        for _ in 0..9 {
            wire = gzip(&wire);
        }
        assert!(decode("gzip", &wire, 1 << 20).is_err());
        assert!(decode("gzip,gzip,gzip,gzip", &wire, 1 << 20).is_err());
    }
}
