//! Text on its way to a terminal: made harmless, cut, wrapped, linked.

use std::borrow::Cow;

use mlsearch::canonical;

/// Takes out what could steer a terminal or mislead a reader: control characters, escape
/// sequences' lead-ins, bidirectional overrides and zero-width characters. White space becomes
/// one blank each.
pub(crate) fn sanitize(text: &str) -> Cow<'_, str> {
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

/// Whether a character has no business in a line on a terminal.
pub(crate) fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// An OSC 8 link when `decorated`, else the label alone.
pub(crate) fn link(url: &str, label: &str, decorated: bool) -> String {
    if !decorated || canonical::web_url(url).is_none() {
        return label.to_owned();
    }
    let url: String = url.chars().filter(|c| c.is_ascii_graphic()).collect();
    format!("\u{1b}]8;;{url}\u{1b}\\{label}\u{1b}]8;;\u{1b}\\")
}

#[cfg(test)]
mod tests {
    use crate::cli::text::{link, sanitize};

    #[test]
    fn escapes_and_overrides_do_not_reach_the_terminal() {
        assert_eq!(sanitize("a\u{1b}[31mb\u{202e}c\u{200b}d\ne"), "a[31mbcd e");
        assert_eq!(sanitize("plain — text"), "plain — text");
    }

    #[test]
    fn a_link_cannot_carry_an_escape() {
        assert_eq!(
            link("https://a/\u{1b}]b", "x", true),
            "\u{1b}]8;;https://a/]b\u{1b}\\x\u{1b}]8;;\u{1b}\\"
        );
        assert_eq!(link("https://a/", "x", false), "x");
        assert_eq!(link("file:///a", "x", true), "x");
        let loud = "\u{1b}]8;;HTTP://a/\u{1b}\\x\u{1b}]8;;\u{1b}\\";
        assert_eq!(link("HTTP://a/", "x", true), loud);
    }
}
