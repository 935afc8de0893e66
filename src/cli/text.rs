//! Text on its way to a terminal: made harmless, linked.

use mlsearch::canonical;
pub(crate) use mlsearch::text::{is_harmful, sanitize};

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
    use crate::cli::text::link;

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
