//! Kinds of bodies: what sort of document one is, by its first bytes, its media type and address.

use crate::charset;

/// What sort of document a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DocumentKind {
    Html,
    Markdown,
    Notebook,
    Pdf,
    Feed,
    Plain,
    /// Something that holds no text to read.
    Other,
}

/// Bytes in which zero bytes say that the body is no text.
const SNIFF_BYTES: usize = 1024;

impl DocumentKind {
    /// Recognizes the kind of a body.
    pub(crate) fn of(body: &[u8], content_type: Option<&str>, url: &str) -> DocumentKind {
        let head = &body[..body.len().min(SNIFF_BYTES)];
        if is_pdf(head, content_type.unwrap_or_default(), url) {
            return DocumentKind::Pdf;
        }
        if has_zeros(head) && !charset::is_utf16(head) && !is_markup(head) {
            return DocumentKind::Other;
        }
        let path = url.split(['?', '#']).next().unwrap_or(url);
        let suffix = path.rsplit('/').next().and_then(|name| name.rsplit_once('.'));
        let suffix = suffix.map(|(_, suffix)| suffix.to_ascii_lowercase()).unwrap_or_default();
        let media = content_type.and_then(|t| t.split(';').next()).unwrap_or_default();
        let media = media.trim().to_ascii_lowercase();
        let text = media.is_empty() || media.starts_with("text/") || media.contains("octet-stream");
        match (media.as_str(), suffix.as_str()) {
            ("application/rss+xml" | "application/atom+xml", _) => DocumentKind::Feed,
            _ if is_feed(head) => DocumentKind::Feed,
            ("text/html" | "application/xhtml+xml", _) => DocumentKind::Html,
            ("text/markdown" | "text/x-markdown", _) => DocumentKind::Markdown,
            ("application/x-ipynb+json", _) | (_, "ipynb") => DocumentKind::Notebook,
            _ if is_markup(head) => DocumentKind::Html,
            (_, "md" | "markdown" | "mdown" | "mkd") if text => DocumentKind::Markdown,
            (_, "html" | "htm" | "xhtml") if text => DocumentKind::Html,
            ("text/plain", _) | (_, "txt" | "text" | "rst") if text => DocumentKind::Plain,
            ("", _) => DocumentKind::Html,
            _ => DocumentKind::Other,
        }
    }
}

/// Whether a body is a PDF file. The mark of one may stand behind some noise, but then somebody else
/// must say so, too: an article about such files has it as well.
fn is_pdf(head: &[u8], content_type: &str, url: &str) -> bool {
    let begins = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let names_it = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.contains("pdf") || text.contains("octet-stream")
    };
    let is_said = || names_it(content_type) || (content_type.is_empty() && names_it(url));
    begins.starts_with(b"%PDF-")
        || (head.windows(5).any(|w| w == b"%PDF-") && !begins.starts_with(b"<") && is_said())
}

/// Whether zero bytes are more than a slip.
fn has_zeros(head: &[u8]) -> bool {
    head.iter().filter(|b| **b == 0).count() * 100 > head.len()
}

/// Whether the first thing is a tag of HTML.
fn is_markup(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let starts = |tag: &[u8]| head.get(..tag.len()).is_some_and(|h| h.eq_ignore_ascii_case(tag));
    [&b"<!doctype html"[..], b"<html", b"<head", b"<body"].iter().any(|tag| starts(tag))
}

/// Whether the first element is the root of RSS or Atom.
fn is_feed(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head);
    let is_root = |at: usize| {
        let rest = head[at + 1..].to_ascii_lowercase();
        ["rss", "feed", "rdf:rdf"].iter().any(|root| {
            let after = rest.strip_prefix(root);
            after.is_some_and(|after| after.starts_with(|c: char| c == '>' || c.is_whitespace()))
        })
    };
    // Declarations, comments and style sheets may come first.
    let first = head.match_indices('<').map(|(at, _)| at);
    let mut first = first.filter(|at| !head[at + 1..].starts_with(['?', '!']));
    first.next().is_some_and(is_root)
}

/// Whether a page is read by the rules of XML: browsers go by the type alone, and without one it says
/// so itself.
pub(crate) fn is_xhtml(content_type: Option<&str>, text: &str) -> bool {
    match content_type {
        Some(media) => media.to_ascii_lowercase().contains("application/xhtml+xml"),
        None => {
            let start = &text[..text.floor_char_boundary(1024)];
            start.trim_start().starts_with("<?xml")
                && start.contains("http://www.w3.org/1999/xhtml")
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::extract::document_kind::DocumentKind;

    #[track_caller]
    fn check(body: &[u8], content_type: &str, url: &str, expected: DocumentKind) {
        let content_type = Some(content_type).filter(|t| !t.is_empty());
        assert_eq!(DocumentKind::of(body, content_type, url), expected);
    }

    #[test]
    fn the_bytes_beat_the_media_type_which_beats_the_address() {
        check(b"%PDF-1.7", "text/html", "https://a.example/", DocumentKind::Pdf);
        check(b"\x89PNG\r\n\x1a\n\0\0", "text/html", "https://a.example/", DocumentKind::Other);
        check(b"\n\n%PDF-1.4", "text/plain", "https://a.example/", DocumentKind::Pdf);
        check(b"noise\n%PDF-1.4", "application/pdf", "https://a.example/", DocumentKind::Pdf);
        check(b"noise\n%PDF-1.4", "", "https://a.example/a.pdf", DocumentKind::Pdf);
        check(b"noise\n%PDF-1.4", "text/plain", "https://a.example/a", DocumentKind::Plain);
        check(
            b"<title>How %PDF-1.5 begins</title>",
            "text/html",
            "https://a.example/",
            DocumentKind::Html,
        );
        check(b"<p>%PDF-1.5", "application/pdf", "https://a.example/", DocumentKind::Other);
        check(b"<html>\0\0<p>a", "text/html", "https://a.example/", DocumentKind::Html);
        check(
            b"<\0p\0>\0a\0",
            "text/html; charset=utf-16le",
            "https://a.example/",
            DocumentKind::Html,
        );
        check(
            b"<p>a",
            "text/html; charset=utf-8",
            "https://a.example/README.md",
            DocumentKind::Html,
        );
        check(b"# a", "text/plain", "https://a.example/README.md?raw=1", DocumentKind::Markdown);
        check(b"a", "text/plain", "https://a.example/a", DocumentKind::Plain);
        check(b"<!DOCTYPE html><p>a", "text/plain", "https://a.example/a", DocumentKind::Html);
        check(
            b"<?xml version='1.0'?>\n<!-- a --><rss version='2.0'>",
            "text/xml",
            "",
            DocumentKind::Feed,
        );
        check(b"<feed xmlns='http://www.w3.org/2005/Atom'>", "", "", DocumentKind::Feed);
        check(b"<feedback>", "text/html", "https://a.example/", DocumentKind::Html);
        check(b"{}", "application/json", "https://a.example/a.ipynb", DocumentKind::Notebook);
        check(b"{}", "application/json", "https://a.example/a", DocumentKind::Other);
        check(b"GIF89a", "image/gif", "https://a.example/a", DocumentKind::Other);
        check(b"<p>a", "", "https://a.example/a", DocumentKind::Html);
    }
}
