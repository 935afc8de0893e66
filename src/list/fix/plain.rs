//! New addresses in languages that have an address stand as it is: YAML, Org, AsciiDoc, BibTeX.

use crate::list::fix::edits::Edits;

/// Signs that end an address in one of these languages, or begin something else.
const SIGNS: [char; 13] = ['[', ']', '{', '}', '<', '>', '(', ')', '"', '\'', '|', '\\', '`'];

/// Fixes each address that stands between blanks and signs.
pub(crate) fn fix(edits: &mut Edits<'_, '_>) {
    let text = edits.text;
    let ends = |c: char| c.is_whitespace() || SIGNS.contains(&c);
    let mut at = 0;
    while let Some(found) = text[at..].find("http") {
        let start = at + found;
        let rest = &text[start..];
        at = start + "http".len();
        if text[..start].ends_with(|c: char| c.is_alphanumeric()) || !is_address(rest) {
            continue;
        }
        // Brackets within an address are rare, and those around it are not.
        let length = rest.find(ends).unwrap_or(rest.len());
        let address = rest[..length].trim_end_matches([',', ';', '.', ':']);
        at = start + length;
        edits.replace(start..start + address.len(), address, |target| {
            let fits = !target.contains(ends) && !target.ends_with([',', ';', '.', ':']);
            fits.then(|| target.to_owned())
        });
    }
}

fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}
