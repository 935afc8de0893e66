//! The bound on the attributes of a tag: html5ever compares each one with all before it.

use memchr::{memchr, memchr3};

/// Attributes of a tag that are read. The measured pages have at most 185 in one.
pub(crate) const MAX_ATTRIBUTES: usize = 256;
/// A tag of so many bytes cannot have more attributes: each takes two at least.
const FEW_BYTES: usize = 2 * MAX_ATTRIBUTES;

/// Whether a tag has certainly no more attributes than are read. `tag` begins with its name.
pub(crate) fn are_few(tag: &[u8]) -> bool {
    let head = &tag[..tag.len().min(FEW_BYTES)];
    // Most tags are short, and end where a bracket comes before any quote.
    let first = memchr3(b'>', b'"', b'\'', head).map(|at| head[at]);
    let ends = || first == Some(b'>') || first.is_some() && end_of(head, |_| {}).is_some();
    head.len() < FEW_BYTES || ends()
}

/// Where the attributes of a tag begin that are not read, and where the tag ends. `tag` begins with
/// its name.
pub(crate) fn surplus(tag: &[u8]) -> (Option<usize>, usize) {
    let (mut count, mut surplus) = (0, None);
    let end = end_of(tag, |at| {
        count += 1;
        if count > MAX_ATTRIBUTES {
            surplus = surplus.or(Some(at));
        }
    });
    (surplus, end.unwrap_or(tag.len()))
}

/// Goes from attribute to attribute (WHATWG HTML, 13.2.5.32 to 40), and finds the bracket that ends
/// the tag.
fn end_of(tag: &[u8], mut attribute: impl FnMut(usize)) -> Option<usize> {
    let mut at = find(tag, 0, ends_name)?;
    loop {
        at = find(tag, at, |byte| byte == b'>' || !ends_name(byte))?;
        if tag[at] == b'>' {
            return Some(at);
        }
        attribute(at);
        // An equals sign that begins a name belongs to it.
        at = find(tag, at + 1, |byte| ends_name(byte) || byte == b'=')?;
        let sign = find(tag, at, is_no_space)?;
        if tag[sign] == b'=' {
            let value = find(tag, sign + 1, is_no_space)?;
            at = match tag[value] {
                quote @ (b'"' | b'\'') => value + 2 + memchr(quote, &tag[value + 1..])?,
                _ => find(tag, value, |byte| byte == b'>' || !is_no_space(byte))?,
            };
        }
    }
}

fn ends_name(byte: u8) -> bool {
    // Letters are above all that ends a name.
    byte < b'@' && (byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'))
}

fn is_no_space(byte: u8) -> bool {
    !byte.is_ascii_whitespace()
}

/// The place of the next byte of a kind.
fn find(tag: &[u8], from: usize, is_it: impl Fn(u8) -> bool) -> Option<usize> {
    Some(from + tag.get(from..)?.iter().position(|byte| is_it(*byte))?)
}

#[cfg(test)]
mod tests {
    use crate::html::attributes::{MAX_ATTRIBUTES, are_few, surplus};

    #[track_caller]
    fn check_end(tag: &str, end: usize) {
        assert_eq!(surplus(tag.as_bytes()), (None, end), "{tag}");
    }

    #[test]
    fn a_tag_ends_at_the_bracket_that_is_no_part_of_a_value() {
        check_end("p>x", 1);
        check_end("p/a/>x", 4);
        check_end("p a='>' b=\">\"c = > x", 17);
        check_end("p =\"> x", 4);
        check_end("p a=b\"> x", 6);
        check_end("p a= '>\" ", 9);
    }

    #[test]
    fn attributes_beyond_the_bound_are_surplus() {
        let tag = format!("p{}>", " a='>'".repeat(MAX_ATTRIBUTES + 2));
        assert_eq!(surplus(tag.as_bytes()), (Some(2 + 6 * MAX_ATTRIBUTES), tag.len() - 1));
        assert!(!are_few(tag.as_bytes()));
        assert!(are_few(b"p a='>' b>"));
        assert!(are_few(format!("p{}", " a".repeat(200)).as_bytes()));
        assert!(!are_few(format!("p{}", " a".repeat(300)).as_bytes()));
    }
}
