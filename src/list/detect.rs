//! Detection: the format of a list, by its content and never by its name.

use crate::list::{bare_url::bare_url, delimited, format::Format, marks};

/// How far into a text what a server wrote above a document may reach, in bytes.
const LONGEST_PRELUDE: usize = 4_096;

/// Recognizes the format of a text.
pub(crate) fn detect(text: &str) -> Format {
    let start = document(text);
    if start.starts_with('<') {
        return match root(start).as_deref() {
            Some("opml") => Format::Opml,
            Some("rss" | "rdf" | "feed" | "channel") => Format::Feed,
            Some("urlset" | "sitemapindex") => Format::Sitemap,
            Some("posts") => Format::Posts,
            Some("netscape-bookmark-file-1") => Format::Bookmarks,
            Some("html" | "head" | "meta" | "title" | "h1" | "dl") if has_bookmarks(start) => {
                Format::Bookmarks
            }
            Some("html" | "head" | "meta" | "title" | "dl") => Format::Html,
            // Markdown may begin with a list in HTML, too.
            Some("ul" | "ol" | "body" | "base") if !start.contains("](") => Format::Html,
            Some("xbel") => Format::Unread("XBEL"),
            Some("mediawiki") => Format::Unread("MediaWiki"),
            _ if start.starts_with("<?xml") => Format::Unread("XML of another kind"),
            _ => Format::Markdown,
        };
    }
    if is_json(start) {
        return if is_json_feed(start) { Format::Feed } else { Format::Json };
    }
    if let Some(format) = marks::format_of(start) {
        return format;
    }
    if delimited::layout(start).is_some() {
        return Format::Csv;
    }
    if is_plain(text) { Format::Text } else { Format::Markdown }
}

/// The document in a text: what stands above its XML declaration, such as a server's warning, is
/// none of it.
pub(crate) fn document(text: &str) -> &str {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let head = &start[..start.floor_char_boundary(LONGEST_PRELUDE)];
    match head.find("\n<?xml ") {
        Some(at) if !start.starts_with("<?xml") && !head[..at].contains("```") => &start[at + 1..],
        _ => start,
    }
}

/// Whether a text is JSON, or was meant to be.
fn is_json(text: &str) -> bool {
    let after = |text: &str| text[1..].trim_start().chars().next();
    match text.chars().next() {
        Some('{') => matches!(after(text), Some('"' | '}' | '\'')),
        Some('[') => match after(text) {
            Some('{') => true,
            // In Markdown, a link may begin so.
            Some('[' | '"' | ']') => serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(),
            _ => false,
        },
        _ => false,
    }
}

/// Whether a JSON text says that it is a feed.
fn is_json_feed(text: &str) -> bool {
    let says_so = |(at, name): (usize, &str)| {
        let value = text[at + name.len()..].trim_start().strip_prefix(':').map(str::trim_start);
        let value = value.map(|value| &value[..value.floor_char_boundary(40)]);
        value.is_some_and(|value| value.replace('\\', "").contains("://jsonfeed.org"))
            || value.is_some_and(|value| value.replace('\\', "").contains("://www.jsonfeed.org"))
    };
    text.match_indices("\"version\"").take(16).any(says_so)
}

/// Whether an HTML text has a bookmark as browsers write it.
fn has_bookmarks(text: &str) -> bool {
    let head = text[..text.floor_char_boundary(LONGEST_PRELUDE)].to_ascii_lowercase();
    let mark = head.find("<dt><a ").or_else(|| head.find("<dt><h3 "));
    mark.is_some_and(|at| head[at..].contains("add_date="))
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
    use crate::list::{detect::detect, format::Format};

    #[test]
    fn the_content_tells_the_format() {
        for (text, expected) in [
            ("# Links\n- [a](https://a.example)", Format::Markdown),
            ("[a](https://a.example) - text", Format::Markdown),
            ("<p align=center>\n<a href=x>y</a></p>\n\n# Title", Format::Markdown),
            ("<!-- x -->\n<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL>", Format::Bookmarks),
            ("<META X>\n<DL><DT><A HREF=x ADD_DATE=1>", Format::Bookmarks),
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
            ("[\"https://a.example\"]", Format::Json),
            ("[\"a\"](https://a.example)", Format::Markdown),
            ("{\"a\": 1, \"version\": \"https:\\/\\/jsonfeed.org\\/version\\/1\"}", Format::Feed),
            ("Warning: x\n<?xml version='1.0'?><rss>", Format::Feed),
            ("<sit:urlset xmlns:sit='x'>", Format::Sitemap),
            ("<?xml version='1.0'?><posts user='a'>", Format::Posts),
            ("<?xml version='1.0'?><other>", Format::Unread("XML of another kind")),
            ("A title\nhttps://a.example/x\n", Format::Text),
            ("1. https://a.example/x\n", Format::Markdown),
            ("", Format::Markdown),
        ] {
            assert_eq!(detect(text), expected, "{text}");
        }
    }
}
