//! Bare addresses: where an address stands in a text without any marks.

/// The first bare http or https address in a text: its beginning and its end.
///
/// Punctuation at its end belongs to the sentence, and so does a closing bracket that was not
/// opened within the address (<https://github.github.com/gfm/#extended-autolink-path-validation>).
pub(crate) fn bare_url(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let found = from + text[from..].find("://")?;
        from = found + 3;
        let scheme = ["https", "http"].into_iter().find(|scheme| {
            found.checked_sub(scheme.len()).is_some_and(|start| {
                text.as_bytes()[start..found].eq_ignore_ascii_case(scheme.as_bytes())
            })
        });
        let Some(scheme) = scheme else { continue };
        let start = found - scheme.len();
        if text[..start].ends_with(|c: char| c.is_ascii_alphanumeric()) {
            continue;
        }
        // Asked first: among a million beginnings without an address each would be read to its end.
        if !text[from..].starts_with(|c: char| c.is_alphanumeric() || c == '[') {
            continue;
        }
        let length = text[from..].find(ends_url).unwrap_or(text.len() - from);
        let end = from + trim_url(&text[from..from + length]);
        if end > from {
            return Some((start, end));
        }
    }
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
