//! Grapheme clusters: what readers see as one character, such as a letter with its accent, a syllable
//! of Hindi or a flag.

use unicode_segmentation::GraphemeCursor;

/// The last place up to `at` at which a text can be cut without taking a cluster apart; no place up to
/// `from`, unless a cluster is longer than the text between them.
pub(crate) fn cut_up_to(text: &str, from: usize, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    let place = match cursor.is_boundary(text, 0) {
        Ok(false) => cursor.prev_boundary(text, 0).ok().flatten(),
        _ => Some(at),
    };
    place.filter(|place| *place > from).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use crate::analysis::graphemes::cut_up_to;

    #[track_caller]
    fn check(text: &str, at: usize, expected: &str) {
        assert_eq!(&text[..cut_up_to(text, 0, at)], expected);
    }

    #[test]
    fn a_cut_takes_no_cluster_apart() {
        check("plain", 3, "pla");
        check("plain", 9, "plain");
        check("e\u{301}e\u{301}", 4, "e\u{301}");
        check("e\u{301}e\u{301}", 5, "e\u{301}");
        check("a👩\u{200D}💻b", 8, "a");
        check("🇩🇪🇫🇷", 12, "🇩🇪");
        check("हिन्दी", 7, "हि");
        check("\r\n", 1, "\r");
    }
}
