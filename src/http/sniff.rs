//! What a body is, by its bytes first and its label second.

use crate::charset;

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyKind {
    /// Markup or plain text.
    Text,
    /// A PDF document.
    Pdf,
    /// Something else; the word is for people.
    Other(&'static str),
}

/// Bytes that are looked at, as in the WHATWG MIME sniffing standard.
pub(crate) const HEAD: usize = 1445;

/// Judges a body by its first [`HEAD`] bytes; `label` is the `Content-Type` value.
pub(crate) fn sniff(label: &str, body: &[u8]) -> BodyKind {
    let head = &body[..body.len().min(HEAD)];
    let start = head.trim_ascii_start();
    // The PDF header may stand anywhere in the first bytes, behind junk.
    if memchr::memmem::find(head, b"%PDF-").is_some_and(|at| at < 1024) {
        return BodyKind::Pdf;
    }
    if let Some(kind) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, k)| *k) {
        return BodyKind::Other(kind);
    }
    if head.get(4..8) == Some(b"ftyp") {
        return BodyKind::Other("video");
    }
    if looks_like_markup(start) {
        return BodyKind::Text;
    }
    let label = label.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (family, name) = label.split_once('/').unwrap_or((&label, ""));
    match family {
        "image" => return BodyKind::Other("image"),
        "audio" => return BodyKind::Other("audio"),
        "video" => return BodyKind::Other("video"),
        "font" => return BodyKind::Other("font"),
        // Such bodies are put together here, of pages that were asked for; no site is to do that.
        "multipart" => return BodyKind::Other("message of several parts"),
        _ => {}
    }
    match name {
        "css" => return BodyKind::Other("style sheet"),
        "javascript" | "x-javascript" | "ecmascript" => return BodyKind::Other("script"),
        "json" | "ld+json" | "x-ndjson" => return BodyKind::Other("data"),
        "zip" | "gzip" | "x-gzip" | "x-tar" | "x-bzip2" | "x-xz" => {
            return BodyKind::Other("archive");
        }
        _ => {}
    }
    if is_binary(head) { BodyKind::Other("binary") } else { BodyKind::Text }
}

const MAGIC: [(&[u8], &str); 22] = [
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF87a", "image"),
    (b"GIF89a", "image"),
    (b"RIFF", "media"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"PK\x03\x04", "archive"),
    (b"PK\x05\x06", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\0", "archive"),
    (b"\x1f\x8b\x08", "archive"),
    (b"\x7fELF", "program"),
    (b"MZ\x90\0", "program"),
    (b"\0asm", "program"),
    (b"wOFF", "font"),
    (b"wOF2", "font"),
    (b"OggS", "audio"),
    (b"ID3", "audio"),
    (b"SQLite format 3\0", "database"),
];

/// Whether a text begins like an HTML or XML page.
pub(crate) fn looks_like_markup(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    let names: [&[u8]; 7] =
        [b"<!doctype", b"<html", b"<head", b"<body", b"<!--", b"<title", b"<?xml"];
    names
        .iter()
        .any(|name| start.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name)))
}

/// Whether the bytes hold controls that no text holds; UTF-16, where every other byte may be zero,
/// is text.
fn is_binary(head: &[u8]) -> bool {
    let controls = |b: &&u8| matches!(b, 0..=8 | 0x0e..=0x1a | 0x1c..=0x1f);
    // A stray control or two happens in honest pages.
    !charset::is_utf16(head) && head.iter().filter(controls).count() * 100 > head.len()
}

#[cfg(test)]
mod tests {
    use crate::http::sniff::{BodyKind, sniff};

    #[test]
    fn bytes_speak_louder_than_labels() {
        let cases: [(&str, &[u8], BodyKind); 15] = [
            ("text/html", b"<!DOCTYPE html><p>x", BodyKind::Text),
            ("text/html", b"%PDF-1.7\n...", BodyKind::Pdf),
            ("text/html", b"\n%PDF-1.4", BodyKind::Pdf),
            ("text/html", b"\x89PNG\r\n\x1a\n0000", BodyKind::Other("image")),
            ("image/png", b"<html><p>not found", BodyKind::Text),
            ("image/svg+xml", b"<svg/>", BodyKind::Other("image")),
            ("", b"Plain words without a label.", BodyKind::Text),
            ("application/octet-stream", b"Plain words.", BodyKind::Text),
            (
                "application/octet-stream",
                b"\0\x01\x02\x03\0\x01\x02\x03",
                BodyKind::Other("binary"),
            ),
            ("text/html", b"<html>\0\0<p>with zeros", BodyKind::Text),
            ("text/html", b"\xff\xfe<\0p\0>\0", BodyKind::Text),
            ("text/html", b"<\0p\0>\0w\0o\0r\0d\0", BodyKind::Text),
            ("application/json", b"{\"a\": 1}", BodyKind::Other("data")),
            ("multipart/related", b"--b\r\n", BodyKind::Other("message of several parts")),
            ("application/zip", b"PK\x03\x04....", BodyKind::Other("archive")),
        ];
        for (label, body, kind) in cases {
            assert_eq!(sniff(label, body), kind, "{label} {}", String::from_utf8_lossy(body));
        }
    }
}
