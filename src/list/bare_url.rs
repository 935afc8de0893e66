//! Bare addresses: where an address stands in a text without any marks.

/// The first bare http or https address in a text: its beginning and its end.
///
/// Punctuation at its end belongs to the sentence, and so does a closing bracket that was not
/// opened within the address (<https://github.github.com/gfm/#extended-autolink-path-validation>).
pub(crate) fn bare_url(text: &str) -> Option<(usize, usize)> {
    text.match_indices("://").find_map(|(at, _)| url_around(text, at))
}

/// The address without a scheme that a text begins with, such as `www.a.example/b`: its beginning
/// and its end (<https://github.github.com/gfm/#extended-www-autolink>). Within a sentence it is
/// rather an example.
pub(crate) fn leading_www(text: &str) -> Option<(usize, usize)> {
    let start = text.len() - text.trim_start().len();
    text[start..].starts_with("www.").then(|| www_at(text, start))?
}

/// The address whose `://` stands at a place.
fn url_around(text: &str, colon: usize) -> Option<(usize, usize)> {
    let scheme = ["https", "http"].into_iter().find(|scheme| {
        colon.checked_sub(scheme.len()).is_some_and(|start| {
            text.as_bytes()[start..colon].eq_ignore_ascii_case(scheme.as_bytes())
        })
    })?;
    let (start, from) = (colon - scheme.len(), colon + 3);
    if text[..start].ends_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    // Asked first: among a million beginnings without an address each would be read to its end.
    if !text[from..].starts_with(|c: char| c.is_alphanumeric() || c == '[') {
        return None;
    }
    let length = text[from..].find(ends_url).unwrap_or(text.len() - from);
    let end = from + trim_url(&text[from..from + length]);
    (end > from).then_some((start, end))
}

/// The address without a scheme whose `www.` stands at a place.
fn www_at(text: &str, start: usize) -> Option<(usize, usize)> {
    let is_of_host = |c: char| c.is_alphanumeric() || c == '-';
    let name = text[start + 4..].find(|c| !is_of_host(c)).map(|length| start + 4 + length)?;
    let is_host = text[name..].strip_prefix('.')?.starts_with(is_of_host);
    let length = text[start..].find(ends_url).unwrap_or(text.len() - start);
    (is_host && name > start + 4).then(|| (start, start + trim_url(&text[start..start + length])))
}

fn ends_url(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '`' | '|' | '\\' | '^' | '{' | '}')
        // Full-width punctuation is never part of an address that was typed by hand.
        || matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}')
}

/// The length of an address without the punctuation of the sentence around it.
fn trim_url(url: &str) -> usize {
    let mut depth = 0_i32;
    let mut end = url.len();
    for (at, c) in url.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => {
                end = at;
                break;
            }
            ')' => depth -= 1,
            '[' if at > 0 => depth += 1,
            ']' if depth == 0 && !url.starts_with('[') => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    url[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~']).len()
}

#[cfg(test)]
mod tests {
    use crate::list::bare_url::{bare_url, leading_www};

    #[test]
    fn bare_addresses_end_where_a_page_would_end_them() {
        for (text, expected) in [
            ("at https://a.example/b_(c). End", "https://a.example/b_(c)"),
            ("(https://www.a.example/), b", "https://www.a.example/"),
            ("xhttp://a.example", ""),
            (" www.a.example/b, c", "www.a.example/b"),
            ("www.nothing", ""),
            ("at www.a.example", ""),
            ("www..a.example", ""),
        ] {
            let found = bare_url(text).or(leading_www(text)).map(|(start, end)| &text[start..end]);
            assert_eq!(found.unwrap_or_default(), expected, "{text}");
        }
    }
}
