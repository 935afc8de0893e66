//! Tags as they stand in the source of HTML and XML, with their places, to be written anew.

use std::ops::Range;

/// Elements whose content is no text of the list.
pub(crate) const HIDDEN: &[&str] =
    &["script", "style", "title", "textarea", "template", "noscript", "svg"];

/// One tag as it stands in the source.
pub(crate) struct MarkupTag<'s> {
    /// The letters and digits of its name, in lower case.
    pub(crate) name: String,
    pub(crate) closing: bool,
    /// Everything behind the name.
    attributes: &'s str,
    /// Where that begins within the tag.
    at: usize,
}

/// An attribute of a tag as it stands in the source.
pub(crate) struct Attribute<'s> {
    pub(crate) name: &'s str,
    /// The value as written, without quotes, references undecoded; empty when there is none.
    pub(crate) value: &'s str,
    /// Where the value stands within the tag, with its quotes.
    pub(crate) range: Range<usize>,
}

impl<'s> MarkupTag<'s> {
    /// Reads `<name …>` or `</name>`; none for comments and declarations.
    pub(crate) fn parse(markup: &'s str) -> Option<MarkupTag<'s>> {
        let inner = markup.strip_prefix('<')?.strip_suffix('>')?;
        let (inner, closing) = match inner.strip_prefix('/') {
            Some(inner) => (inner, true),
            None => (inner, false),
        };
        let end = inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len());
        let name = inner[..end].to_ascii_lowercase();
        let at = 1 + usize::from(closing) + end;
        (!name.is_empty()).then_some(MarkupTag { name, closing, attributes: &inner[end..], at })
    }

    /// The attributes in their order.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = Attribute<'s>> {
        let (all, start) = (self.attributes, self.at);
        let place = move |rest: &str| start + all.len() - rest.len();
        let mut rest = all;
        std::iter::from_fn(move || {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            let end = rest
                .char_indices()
                .find(|&(at, c)| c.is_ascii_whitespace() || c == '/' || (c == '=' && at > 0))
                .map_or(rest.len(), |(at, _)| at);
            if end == 0 {
                return None;
            }
            let (name, after) = rest.split_at(end);
            let Some(written) = after.trim_start().strip_prefix('=').map(str::trim_start) else {
                rest = after;
                return Some(Attribute { name, value: "", range: place(after)..place(after) });
            };
            let value;
            (value, rest) = if written.starts_with(['"', '\'']) {
                let (quote, inner) = written.split_at(1);
                inner.split_once(quote).unwrap_or((inner, ""))
            } else {
                let end = written.find(|c: char| c.is_ascii_whitespace());
                written.split_at(end.unwrap_or(written.len()))
            };
            Some(Attribute { name, value, range: place(written)..place(rest) })
        })
    }
}

/// The length of the tag, comment or declaration at the beginning of `html`; none when the `<` is
/// text. What has no end reaches to the end of the source, as in browsers.
pub(crate) fn markup_end(html: &str) -> Option<usize> {
    if let Some(comment) = html.strip_prefix("<!--") {
        return Some(comment.find("-->").map_or(html.len(), |end| end + 7));
    }
    let bytes = html.as_bytes();
    let first = if bytes.get(1) == Some(&b'/') { 2 } else { 1 };
    match bytes.get(first) {
        Some(b'!' | b'?') => return Some(html.find('>').map_or(html.len(), |end| end + 1)),
        Some(letter) if letter.is_ascii_alphabetic() => {}
        _ => return None,
    }
    let mut quote = None;
    let mut before = b' ';
    for (at, &byte) in bytes.iter().enumerate() {
        match quote {
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            None if byte == b'>' => return Some(at + 1),
            None if matches!(byte, b'"' | b'\'') && before == b'=' => quote = Some(byte),
            None => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    Some(html.len())
}
