//! An answer as it was written down: status line, header fields, chunks and content codings.

use crate::{
    counted::counted,
    http::{
        codings::{self, Undecodable},
        fields,
        headers::Headers,
        reply::{Reply, RequestFailure},
    },
};

/// Longest head of an answer, which is what its fields may have in HTTP/2.
const MAX_HEAD: usize = 256 << 10;
/// Longest size line of a chunk, its extensions included.
const MAX_CHUNK_LINE: usize = 4096;

/// Reads an answer, byte for byte as a server has sent it, or with its transfer and content codings
/// removed by whoever wrote it down. `limit` bounds its body in bytes, as sent and as decoded.
///
/// # Errors
/// Why it is none: no HTTP, cut off, damaged, over the limit, or in a coding that is not known.
pub(crate) fn answer(message: &[u8], limit: u64) -> Result<Reply, RequestFailure> {
    let (status, headers, body) = parts(message)?;
    let is_chunked = headers.all("transfer-encoding").any(|value| {
        value.rsplit(',').next().is_some_and(|last| last.trim().eq_ignore_ascii_case("chunked"))
    });
    let joined = match is_chunked {
        true => without_chunks(body)?,
        false => None,
    };
    let wire = joined.as_deref().unwrap_or(body);
    let declared: Vec<_> = headers.all("content-encoding").collect();
    let mut declared = declared.join(",");
    let length: Option<u64> = headers.text("content-length").parse().ok();
    // Of a body whose coding was removed by somebody the field says what it was before.
    let is_whole = is_chunked || !declared.is_empty() || status != 200;
    if let Some(length) = length.filter(|length| !is_whole && *length > wire.len() as u64) {
        let what = format!("broke off after {} of {}", wire.len(), counted(length, "byte"));
        return Err(RequestFailure::Broken(what));
    }
    if is_decoded(&declared, wire) {
        declared.clear();
    }
    let body = body_of(&declared, wire, limit)?;
    Ok(Reply { status, headers, body, wire_bytes: wire.len() as u64, ..Reply::default() })
}

/// The status and the header fields of an answer, whatever is behind them.
///
/// # Errors
/// As [`answer`].
pub(crate) fn head(message: &[u8]) -> Result<(u16, Headers), RequestFailure> {
    parts(message).map(|(status, headers, _)| (status, headers))
}

fn parts(message: &[u8]) -> Result<(u16, Headers, &[u8]), RequestFailure> {
    let (head, body) = match fields::head(message) {
        Some((end, start)) => (&message[..end], &message[start..]),
        None => (message, &[][..]),
    };
    if head.len() > MAX_HEAD {
        return Err(RequestFailure::Broken(format!("its header is over {MAX_HEAD} bytes")));
    }
    let line_end = memchr::memchr(b'\n', head).map_or(head.len(), |at| at + 1);
    let status = status(&head[..line_end])
        .ok_or_else(|| RequestFailure::NoHttp("not an HTTP answer".to_owned()))?;
    Ok((status, Headers::from_fields(fields::fields(&head[line_end..])), body))
}

/// A body that was written down without an answer around it, as one that came with its type.
///
/// # Errors
/// As [`answer`].
pub(crate) fn bare(label: &str, body: &[u8], limit: u64) -> Result<Reply, RequestFailure> {
    let label = ("content-type".to_owned(), label.as_bytes().to_vec());
    let headers = Headers::from_fields(vec![label]);
    let wire_bytes = body.len() as u64;
    let body = body_of("", body, limit)?;
    Ok(Reply { status: 200, headers, body, wire_bytes, ..Reply::default() })
}

fn body_of(declared: &str, wire: &[u8], limit: u64) -> Result<Vec<u8>, RequestFailure> {
    let too_large = |how| Err(RequestFailure::TooLarge(format!("body over {limit} bytes{how}")));
    if wire.len() as u64 > limit {
        return too_large("");
    }
    if !codings::is_coded(declared, wire) {
        return Ok(wire.to_vec());
    }
    match codings::decode(declared, wire, limit) {
        Ok(decoded) if decoded.over => too_large(" when decoded"),
        Ok(decoded) => Ok(decoded.body),
        Err(Undecodable::Unknown(what)) => Err(RequestFailure::Unsupported(what)),
        Err(Undecodable::Damaged(what)) => Err(RequestFailure::Broken(what)),
    }
}

/// Whether somebody has removed the codings and left the header as it was, by the first bytes.
fn is_decoded(declared: &str, wire: &[u8]) -> bool {
    let last = declared.rsplit(',').next().unwrap_or_default().trim().to_ascii_lowercase();
    let has_mark = match last.as_str() {
        "gzip" | "x-gzip" | "zstd" => codings::is_coded("", wire),
        _ => true,
    };
    !has_mark || wire.starts_with(b"%PDF-")
}

/// The status of `HTTP/1.1 200 OK`, whatever the version.
fn status(line: &[u8]) -> Option<u16> {
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.next().filter(|word| word.len() >= 4 && word[..4].eq_ignore_ascii_case(b"HTTP"))?;
    let status: u16 = str::from_utf8(words.next()?).ok()?.parse().ok()?;
    (100..1000).contains(&status).then_some(status)
}

/// The body of its chunks (RFC 9112, section 7.1); none when it does not begin with one, since
/// somebody has joined them.
fn without_chunks(body: &[u8]) -> Result<Option<Vec<u8>>, RequestFailure> {
    let mut joined = Vec::with_capacity(body.len());
    let mut rest = body;
    let mut is_first = true;
    loop {
        let damaged = || match is_first {
            true => Ok(None),
            false => Err(RequestFailure::Broken("damaged or cut between two chunks".into())),
        };
        let line = &rest[..rest.len().min(MAX_CHUNK_LINE)];
        let Some(end) = memchr::memchr(b'\n', line) else { return damaged() };
        let size = line[..end].split(|byte| *byte == b';').next().unwrap_or_default();
        let size = str::from_utf8(size.trim_ascii()).ok();
        let size = size.and_then(|size| usize::from_str_radix(size, 16).ok());
        let Some(size) = size.filter(|_| line[0] != b'+') else { return damaged() };
        rest = &rest[end + 1..];
        if size == 0 {
            return Ok(Some(joined));
        }
        let Some(chunk) = rest.get(..size) else { return damaged() };
        rest = match &rest[size..] {
            [b'\r', b'\n', rest @ ..] | [b'\n', rest @ ..] => rest,
            _ => return damaged(),
        };
        joined.extend_from_slice(chunk);
        is_first = false;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::{any, proptest};

    use crate::http::{message::answer, reply::RequestFailure};

    const TEXT: &str = "<!doctype html><title>On drift</title><p>Features drift.";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn chunks(bytes: &[u8], size: usize) -> Vec<u8> {
        let mut out = Vec::new();
        for chunk in bytes.chunks(size) {
            out.extend(format!("{:X};x=y\r\n", chunk.len()).bytes());
            out.extend(chunk);
            out.extend(b"\r\n");
        }
        out.extend(b"0\r\n\r\n");
        out
    }

    #[track_caller]
    fn check(head: &str, body: &[u8]) {
        let message = [format!("HTTP/1.1 200 OK\r\n{head}\r\n").as_bytes(), body].concat();
        let reply = answer(&message, 1 << 20).unwrap();
        assert_eq!((reply.status, String::from_utf8_lossy(&reply.body)), (200, TEXT.into()));
    }

    #[test]
    fn chunks_and_codings_are_removed_whether_or_not_that_was_done_before() {
        let chunked = "Transfer-Encoding: chunked\r\n";
        let coded = "Transfer-Encoding: Chunked\r\nContent-Encoding: gzip\r\nX: \u{e9}\r\n";
        check("Content-Length: 56\r\n", TEXT.as_bytes());
        check(chunked, &chunks(TEXT.as_bytes(), 10));
        check(chunked, TEXT.as_bytes());
        check(coded, &chunks(&gzip(TEXT.as_bytes()), 7));
        check(coded, &gzip(TEXT.as_bytes()));
        check(coded, TEXT.as_bytes());
        check("Content-Encoding: gzip\r\nContent-Length: 999\r\n", TEXT.as_bytes());
        let pdf = b"%PDF-1.4\n\xff\xfe\x00 not text";
        for coding in ["gzip", "br", "deflate", "zstd"] {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n\r\n");
            let reply = answer(&[head.as_bytes(), pdf].concat(), 1 << 20).unwrap();
            assert_eq!(reply.body, pdf, "{coding}");
        }
        check("a line\r\nBad Name: x\r\n: y\r\n", TEXT.as_bytes());
    }

    #[track_caller]
    fn check_failure(message: &[u8], expected: RequestFailure) {
        assert_eq!(answer(message, 100).unwrap_err(), expected);
    }

    #[test]
    fn what_is_cut_or_too_large_has_a_reason() {
        let broken = |what: &str| RequestFailure::Broken(what.into());
        let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello";
        check_failure(cut, broken("broke off after 5 of 12 bytes"));
        let cut = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n9\r\nx";
        check_failure(cut, broken("damaged or cut between two chunks"));
        let head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
        let bomb = [&head[..], &gzip(&[b'x'; 5000])].concat();
        let over = RequestFailure::TooLarge("body over 100 bytes when decoded".into());
        check_failure(&bomb, over);
        let long = [&b"HTTP/2 200\r\n\r\n"[..], &[b'x'; 101]].concat();
        check_failure(&long, RequestFailure::TooLarge("body over 100 bytes".into()));
        let none = RequestFailure::NoHttp("not an HTTP answer".into());
        for message in ["", "20020101", "HTTP/1.1", "HTTP/1.1 abc", "<p>HTTP/1.1 200"] {
            check_failure(message.as_bytes(), none.clone());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(head in any::<String>(), body in any::<Vec<u8>>()) {
            let head = format!("HTTP/1.1 200\nTransfer-Encoding: chunked\n{head}\n\n");
            let _ = answer(&[head.as_bytes(), &body].concat(), 64);
            let _ = answer(&body, 64);
        }
    }
}
