//! Text as HTML.

use std::borrow::Cow;

/// A text as HTML, also between double quotes.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// A text with the brackets at these places written as references, so that they begin no tag. The
/// places are in order.
pub(crate) fn escape_brackets<'t>(text: &'t str, places: &[usize]) -> Cow<'t, str> {
    if places.is_empty() {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 3 * places.len());
    let mut copied = 0;
    for &place in places {
        out.push_str(&text[copied..place]);
        out.push_str("&lt;");
        copied = place + 1;
    }
    out.push_str(&text[copied..]);
    out.into()
}
