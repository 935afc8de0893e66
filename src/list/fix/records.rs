//! New addresses in tables and in JSON.

use std::ops::Range;

use crate::list::fix::edits::Edits;

/// Fixes a table, in which a link is a field.
pub(crate) fn fix_table(edits: &mut Edits<'_, '_>, delimiter: u8) {
    let text = edits.text;
    for field in fields(text, delimiter) {
        let value = text[field.clone()].trim();
        let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let link = quoted.map_or(value.to_owned(), |link| link.replace("\"\"", "\""));
        edits.replace(field, &link, |target| {
            let asks = quoted.is_some() || target.contains(['"', char::from(delimiter)]);
            Some(match asks {
                true => format!("\"{}\"", target.replace('"', "\"\"")),
                false => target.to_owned(),
            })
        });
    }
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

/// Fixes JSON, in which a link is a string that is no name.
pub(crate) fn fix_json(edits: &mut Edits<'_, '_>) {
    let text = edits.text;
    let mut at = 0;
    while let Some(found) = text[at..].find('"') {
        let start = at + found;
        let Some(end) = string_end(text, start) else {
            // No string goes on behind its line: that line is no JSON, the next one may be.
            at = start + text[start..].find('\n').unwrap_or(text.len() - start);
            continue;
        };
        at = end;
        let is_name = text[end..].trim_start().starts_with(':');
        if let (false, Ok(link)) = (is_name, serde_json::from_str::<String>(&text[start..end])) {
            edits.replace(start..end, &link, |target| serde_json::to_string(target).ok());
        }
    }
}

/// The end of the string that begins at a place; none when its line ends before.
fn string_end(text: &str, start: usize) -> Option<usize> {
    let mut bytes = text.bytes().enumerate().skip(start + 1);
    loop {
        match bytes.next()? {
            (_, b'\\') => drop(bytes.next()),
            (at, b'"') => return Some(at + 1),
            (_, b'\n') => return None,
            _ => {}
        }
    }
}
