//! Formats of lists, recognized by the content and never by the name.

use crate::list::{
    bare_url::bare_url,
    field::{FieldRole, role_of},
};

/// A format of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Markdown, with or without HTML in it.
    Markdown,
    /// An HTML page or a browser's bookmark file.
    Html,
    /// An outline of feeds or links.
    Opml,
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A sitemap or an index of sitemaps.
    Sitemap,
    /// A table with a header line.
    Csv,
    /// JSON objects, one a line or in one array.
    Json,
    /// Text with addresses in it.
    Text,
}

/// A sentence that names the formats that can be read.
pub const SUPPORTED: &str = "Markdown, HTML and bookmark files, OPML, RSS, Atom, sitemaps, \
    CSV with a url column, JSON Lines with a url field, and plain text with addresses can be read";

/// Recognizes the format of a text.
pub(crate) fn detect(text: &str) -> Format {
    let start = text.trim_start();
    if start.starts_with('<') {
        return match root(start).as_deref() {
            Some("opml") => Format::Opml,
            Some("rss" | "rdf" | "feed") => Format::Feed,
            Some("urlset" | "sitemapindex") => Format::Sitemap,
            Some("html" | "head" | "meta" | "title" | "dl" | "netscape-bookmark-file-1") => {
                Format::Html
            }
            _ => Format::Markdown,
        };
    }
    let first_line = start.lines().next().unwrap_or_default();
    if start.starts_with('{') || (start.starts_with('[') && opens_array(start)) {
        let is_feed = start.len() < (64 << 20)
            && start[..start.floor_char_boundary(512)].contains("jsonfeed.org");
        return if is_feed { Format::Feed } else { Format::Json };
    }
    if delimiter(first_line).is_some() {
        return Format::Csv;
    }
    if is_plain(text) { Format::Text } else { Format::Markdown }
}

/// The delimiter of a table whose header names a column of addresses.
pub(crate) fn delimiter(header: &str) -> Option<u8> {
    let is_header = |delimiter: char| {
        header.len() < 4096
            && header
                .split(delimiter)
                .map(|name| name.trim().trim_matches('"'))
                .any(|name| role_of(name) == Some(FieldRole::Link))
    };
    let several = [',', ';', '\t'].into_iter().find(|&c| header.contains(c) && is_header(c));
    let alone = !header.contains(char::is_whitespace) && is_header('\t');
    several.or(alone.then_some(',')).and_then(|c| u8::try_from(c).ok())
}

/// Whether an HTML text is the bookmark file of a browser.
pub(crate) fn is_bookmarks(text: &str) -> bool {
    root(text.trim_start()).is_some_and(|name| name.starts_with("netscape-bookmark"))
}

/// Whether a text that was read as Markdown looks like reStructuredText.
pub(crate) fn is_restructured(text: &str) -> bool {
    let marks = text.lines().take(2000).filter(|line| {
        let line = line.trim_start();
        line.starts_with(".. ") || line.contains(">`_") || line.contains("`__")
    });
    marks.count() > 2
}

/// Whether a text has addresses but nothing that Markdown would mark up.
fn is_plain(text: &str) -> bool {
    let marked = text.lines().any(|line| {
        let line = line.trim_start();
        line.starts_with(['#', '|', '<', '>'])
            || ["- ", "* ", "+ "].iter().any(|bullet| line.starts_with(bullet))
            || line.split_once(['.', ')']).is_some_and(|(number, rest)| {
                rest.starts_with(' ')
                    && !number.is_empty()
                    && number.len() < 5
                    && number.bytes().all(|b| b.is_ascii_digit())
            })
    });
    !marked && !text.contains("](") && bare_url(text).is_some()
}

fn opens_array(text: &str) -> bool {
    text[1..].trim_start().starts_with('{')
}

/// The name of the first element, or of the document type, in lower case and without prefix.
fn root(text: &str) -> Option<String> {
    let mut rest = text;
    loop {
        rest = rest[rest.find('<')?..].strip_prefix('<')?;
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->")?.1;
        } else if rest.starts_with('?') {
            rest = rest.split_once('>')?.1;
        } else {
            let name = match rest.get(..8) {
                Some(head) if head.eq_ignore_ascii_case("!doctype") => rest[8..].trim_start(),
                _ => rest,
            };
            let end = name.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))?;
            let name = name[..end].to_ascii_lowercase();
            return Some(name.rsplit(':').next().unwrap_or_default().to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::list::format::{Format, detect};

    #[test]
    fn the_content_tells_the_format() {
        for (text, expected) in [
            ("# Links\n- [a](https://a.example)", Format::Markdown),
            ("[a](https://a.example) - text", Format::Markdown),
            ("<p align=center>\n<a href=x>y</a></p>\n\n# Title", Format::Markdown),
            ("<!-- x -->\n<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL>", Format::Html),
            ("<!doctype html><html>", Format::Html),
            ("<?xml version='1.0'?>\n<!-- a -->\n<opml version='2.0'>", Format::Opml),
            ("<rss version='2.0'>", Format::Feed),
            ("<rdf:RDF xmlns='x'>", Format::Feed),
            ("<feed xmlns='x'>", Format::Feed),
            ("<sitemapindex xmlns='x'>", Format::Sitemap),
            ("title,url,time_added,tags,status\n", Format::Csv),
            ("URL\tTitle\n", Format::Csv),
            ("url\nhttps://a.example\n", Format::Csv),
            ("{\"url\": \"https://a.example\"}\n", Format::Json),
            ("[\n {\"url\": 1}]", Format::Json),
            ("A title\nhttps://a.example/x\n", Format::Text),
            ("1. https://a.example/x\n", Format::Markdown),
            ("", Format::Markdown),
        ] {
            assert_eq!(detect(text), expected, "{text}");
        }
    }
}
