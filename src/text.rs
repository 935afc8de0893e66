//! Text from the web on its way to people: made harmless.

use std::borrow::Cow;

/// Takes out what could steer a terminal, mislead a reader or hide something from one: control
/// characters, escape sequences' lead-ins, bidirectional overrides, and what is drawn as nothing.
/// White space and characters that are drawn as blanks become one blank each.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| is_harmful(c) || is_odd_blank(c)) {
        return Cow::Borrowed(text);
    }
    let keep = |c: char| match c {
        c if is_odd_blank(c) => Some(' '),
        c if is_harmful(c) => None,
        c => Some(c),
    };
    Cow::Owned(text.chars().filter_map(keep).collect())
}

/// Whether a character has no business in a line of text: bytes can be hidden in what is drawn as
/// nothing, such as tags, fillers and variation selectors.
///
/// Beside controls and separators: Unicode, `DerivedCoreProperties.txt`, all of
/// `Default_Ignorable_Code_Point`, and the annotations that take a text out of its line.
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether a character looks like a blank and is another one: white space of other widths, and signs
/// without a mark, of Braille, of music and of scripts.
fn is_odd_blank(c: char) -> bool {
    c != ' '
        && c.is_whitespace()
        && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{b}' | '\u{c}')
        || matches!(c, '\u{2800}' | '\u{16FE4}' | '\u{13441}' | '\u{13442}' | '\u{1D159}')
}

#[cfg(test)]
mod tests {
    use crate::text::sanitize;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(sanitize(text), expected);
    }

    #[test]
    fn escapes_and_overrides_are_taken_out() {
        check("a\u{1b}[31mb\u{202e}c\u{200b}d\ne", "a[31mbcd e");
        check("plain — text", "plain — text");
    }

    #[test]
    fn nothing_is_hidden_in_what_nobody_sees() {
        check("a\u{e0041}b\u{fe01}c\u{e0100}d\u{3164}e\u{034f}f\u{2065}g", "abcdefg");
        check("a\u{115f}b\u{17b5}c\u{180f}d\u{ffa0}e\u{fff0}f\u{1bca0}g\u{1d173}h", "abcdefgh");
        check("a\u{2800}b\u{a0}c\u{3000}d\u{2003}e\u{1d159}f", "a b c d e f");
        check("é e\u{301} 日本 ⠇", "é e\u{301} 日本 ⠇");
    }
}
