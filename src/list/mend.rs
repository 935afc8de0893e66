//! Mending: new addresses in the text of a list, and nothing else of it changed.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use crate::list::format::{self, Format};

/// Puts new addresses in place of old ones, wherever those stand as a whole. Returns, too, the old
/// ones that were found.
pub(crate) fn mend<'l>(text: &str, moved: &[(&'l str, &str)]) -> (String, HashSet<&'l str>) {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    match format::detect(start) {
        Format::Csv => {
            let header = start.lines().next().unwrap_or_default();
            mend_table(text, format::delimiter(header).unwrap_or(b','), moved)
        }
        _ => mend_text(text, moved),
    }
}

fn mend_text<'l>(text: &str, moved: &[(&'l str, &str)]) -> (String, HashSet<&'l str>) {
    let mut new = text.to_owned();
    let mut found = HashSet::new();
    for (url, target) in moved {
        // These end a link, or a cell of a table, in Markdown.
        let target = target.replace('(', "%28").replace(')', "%29").replace('|', "%7C");
        if let Some(mended) = replace_link(&new, url, &with_fragment(url, target)) {
            new = mended;
            found.insert(*url);
        }
    }
    (new, found)
}

/// In a table a link is a field.
fn mend_table<'l>(
    text: &str,
    delimiter: u8,
    moved: &[(&'l str, &str)],
) -> (String, HashSet<&'l str>) {
    let moved: HashMap<&str, &str> = moved.iter().copied().collect();
    let mut new = String::with_capacity(text.len());
    let mut found = HashSet::new();
    let mut rest = 0;
    for field in fields(text, delimiter) {
        let value = text[field.clone()].trim();
        let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let link = quoted.unwrap_or(value).trim();
        let Some((url, target)) = moved.get_key_value(link) else { continue };
        let target = with_fragment(url, (*target).to_owned());
        new.push_str(&text[rest..field.start]);
        if quoted.is_some() || target.contains(['"', char::from(delimiter)]) {
            new.push_str(&format!("\"{}\"", target.replace('"', "\"\"")));
        } else {
            new.push_str(&target);
        }
        rest = field.end;
        found.insert(*url);
    }
    new.push_str(&text[rest..]);
    (new, found)
}

/// Where the fields of a table stand, with their quotes.
fn fields(text: &str, delimiter: u8) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let (mut fields, mut start, mut is_quoted) = (Vec::new(), 0, false);
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'"' && bytes[start] == b'"' {
            is_quoted = !is_quoted;
        } else if !is_quoted && (*byte == delimiter || matches!(byte, b'\r' | b'\n')) {
            fields.push(start..at);
            start = at + 1;
        }
    }
    fields.push(start..text.len());
    fields
}

/// The new address with the fragment of the old one.
fn with_fragment(url: &str, mut target: String) -> String {
    if let Some((_, fragment)) = url.split_once('#')
        && !target.contains('#')
    {
        target.push('#');
        target.push_str(fragment);
    }
    target
}

/// The text with a link replaced wherever it stands as a whole; none when it stands nowhere.
fn replace_link(text: &str, url: &str, target: &str) -> Option<String> {
    let mut new = String::with_capacity(text.len());
    let mut rest = 0;
    for (at, _) in text.match_indices(url) {
        let before = text[..at].chars().next_back();
        let after = text[at + url.len()..].chars().next();
        let begins = before.is_none_or(|c| c.is_whitespace() || "(<\"'[".contains(c));
        let ends = after.is_none_or(|c| c.is_whitespace() || ")>\"']".contains(c));
        if begins && ends {
            new.push_str(&text[rest..at]);
            new.push_str(target);
            rest = at + url.len();
        }
    }
    if rest == 0 {
        return None;
    }
    new.push_str(&text[rest..]);
    Some(new)
}

#[cfg(test)]
mod tests {
    use crate::list::mend::mend;

    /// Mends one link; none is expected when it is not found.
    #[track_caller]
    fn check(text: &str, url: &str, target: &str, expected: Option<&str>) {
        let (new, found) = mend(text, &[(url, target)]);
        assert_eq!(new, expected.unwrap_or(text));
        assert_eq!(found.contains(url), expected.is_some());
    }

    #[test]
    fn only_the_whole_link_is_replaced() {
        let text = "[a](https://a.org/x) <https://a.org/x> [b](https://a.org/x/y \"t\")\n\
                    [c]: https://a.org/x\nhttps://web.archive.org/web/https://a.org/x";
        let expected = "[a](N) <N> [b](https://a.org/x/y \"t\")\n\
                        [c]: N\nhttps://web.archive.org/web/https://a.org/x";
        check(text, "https://a.org/x", "N", Some(expected));
        check(text, "https://a.org", "N", None);
        check("- [a](http://a/x,y)", "http://a/x", "N", None);
    }

    #[test]
    fn a_new_address_keeps_the_fragment_and_ends_neither_link_nor_cell() {
        let (old, text) = ("http://a/#s", "| [a](http://a/#s) | b |");
        check(text, old, "https://a/(x)", Some("| [a](https://a/%28x%29#s) | b |"));
        check(text, old, "https://a/#t", Some("| [a](https://a/#t) | b |"));
        check(text, old, "https://a/x|y", Some("| [a](https://a/x%7Cy#s) | b |"));
    }

    #[test]
    fn in_a_table_a_link_is_a_field() {
        let text = "\u{feff}title,url,tags\r\n\"CSV, one\",http://a/1,\"a,b\"\r\n\
                    5\" disk,\"http://a/1\",\"on http://a/1,\nhttp://a/1,2 \"\"x\"\"\"\r\n";
        let expected = "\u{feff}title,url,tags\r\n\"CSV, one\",http://b/(1),\"a,b\"\r\n\
                        5\" disk,\"http://b/(1)\",\"on http://a/1,\nhttp://a/1,2 \"\"x\"\"\"\r\n";
        check(text, "http://a/1", "http://b/(1)", Some(expected));
        check(text, "http://a/1,2", "http://b/", None);
        check("url\nhttp://a/1", "http://a/1", "http://b/1", Some("url\nhttp://b/1"));
    }

    #[test]
    fn a_new_address_is_quoted_where_a_table_asks_for_it() {
        let text = "url;title\nhttp://a/1;one\n";
        check(text, "http://a/1", "http://b/,", Some("url;title\nhttp://b/,;one\n"));
        check(text, "http://a/1", "http://b/;", Some("url;title\n\"http://b/;\";one\n"));
        check(text, "http://a/1", "http://b/\"", Some("url;title\n\"http://b/\"\"\";one\n"));
        let quoted = "title,url\none,\"http://a/1,2\"\n";
        check(quoted, "http://a/1,2", "http://b/1,2", Some("title,url\none,\"http://b/1,2\"\n"));
    }
}
