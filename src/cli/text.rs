//! Text on its way to a terminal: made harmless, linked.

use std::{borrow::Cow, io::Write};

use mlsearch::canonical::link_target;
pub(crate) use mlsearch::text::{is_harmful, sanitize};

/// Tells a line on standard error. Where that is full or gone nobody reads it, and the work goes on.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// An OSC 8 link when `decorated`, else the label alone.
pub(crate) fn link(url: &str, label: &str, decorated: bool) -> String {
    match link_target(url).filter(|_| decorated) {
        Some(target) => format!("\u{1b}]8;;{target}\u{1b}\\{label}\u{1b}]8;;\u{1b}\\"),
        None => label.to_owned(),
    }
}

/// An address to be read and copied: as it is written, unless something of it cannot be shown. Then
/// it is encoded, since a part of it would be another address.
pub(crate) fn address(url: &str) -> Cow<'_, str> {
    match sanitize(url) {
        Cow::Borrowed(url) => Cow::Borrowed(url),
        Cow::Owned(shown) => Cow::Owned(link_target(url).unwrap_or(shown)),
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::text::{address, link};

    #[track_caller]
    fn check(url: &str, target: &str) {
        let linked = format!("\u{1b}]8;;{target}\u{1b}\\x\u{1b}]8;;\u{1b}\\");
        assert_eq!(link(url, "x", true), linked, "{url}");
        assert_eq!(link(url, "x", false), "x");
    }

    #[test]
    fn a_link_leads_to_the_whole_address() {
        check(
            "https://ja.example/wiki/機械学習",
            "https://ja.example/wiki/%E6%A9%9F%E6%A2%B0%E5%AD%A6%E7%BF%92",
        );
        check("https://bücher.example/x", "https://xn--bcher-kva.example/x");
        check("https://a.example/?q=ü&b=a b", "https://a.example/?q=%C3%BC&b=a%20b");
        check("https://a.example/#Größe", "https://a.example/#Gr%C3%B6%C3%9Fe");
        check("https://a.example/<b>?<c>#<d>", "https://a.example/%3Cb%3E?%3Cc%3E#%3Cd%3E");
        check("https://a.example/%E6%A9%9F?x=%20#%20", "https://a.example/%E6%A9%9F?x=%20#%20");
        check("HTTPS://A.example/B", "https://a.example/B");
        check("https://a.example/\u{200b}b", "https://a.example/%E2%80%8Bb");
    }

    #[test]
    fn a_link_cannot_carry_an_escape() {
        check("https://a.example/\u{1b}]b\u{7}\u{9c}", "https://a.example/%1B]b%07%C2%9C");
    }

    #[test]
    fn what_is_not_of_the_web_is_no_link() {
        for url in ["file:///a", "javascript:alert(1)", "//a.example", "notes/7", ""] {
            assert_eq!(link(url, "x", true), "x", "{url}");
        }
    }

    #[test]
    fn an_address_is_shown_as_it_is_written_if_all_of_it_can_be() {
        assert_eq!(address("https://ja.example/wiki/機械"), "https://ja.example/wiki/機械");
        assert_eq!(address("https://a.example/\u{200b}b"), "https://a.example/%E2%80%8Bb");
        assert_eq!(address("notes/\u{1b}7"), "notes/7");
    }
}
