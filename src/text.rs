//! Text from the web on its way to people: made harmless.

use std::borrow::Cow;

/// Takes out what could steer a terminal or mislead a reader: control characters, escape
/// sequences' lead-ins, bidirectional overrides and zero-width characters. White space becomes
/// one blank each.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_harmful) {
        return Cow::Borrowed(text);
    }
    let keep = |c: char| match c {
        '\n' | '\t' | '\r' => Some(' '),
        c if is_harmful(c) => None,
        c => Some(c),
    };
    Cow::Owned(text.chars().filter_map(keep).collect())
}

/// Whether a character has no business in a line of text.
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use crate::text::sanitize;

    #[test]
    fn escapes_and_overrides_are_taken_out() {
        assert_eq!(sanitize("a\u{1b}[31mb\u{202e}c\u{200b}d\ne"), "a[31mbcd e");
        assert_eq!(sanitize("plain — text"), "plain — text");
    }
}
