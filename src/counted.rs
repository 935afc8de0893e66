//! Numbers of things in words: `1 page`, `2 pages`.

use std::fmt::Display;

/// A number with a noun, in the plural unless it is one.
pub fn counted<N: Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    let (stem, ending) = match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => (stem, "ies"),
        _ if noun.ends_with(['s', 'x']) || noun.ends_with("ch") => (noun, "es"),
        _ => (noun, "s"),
    };
    counted_as(count, noun, &format!("{stem}{ending}"))
}

/// A number with words that are not the same for one and for more: `1 page holds`, `2 pages hold`.
pub fn counted_as<N: Display + PartialEq + From<u8>>(count: N, one: &str, more: &str) -> String {
    let words = if count == N::from(1) { one } else { more };
    format!("{count} {words}")
}

#[cfg(test)]
mod tests {
    use crate::counted::{counted, counted_as};

    #[test]
    fn one_thing_is_singular_and_all_other_numbers_are_plural() {
        for (count, noun, expected) in [
            (0, "page", "0 pages"),
            (1, "page", "1 page"),
            (2, "page", "2 pages"),
            (1, "entry", "1 entry"),
            (21, "entry", "21 entries"),
            (2, "copy", "2 copies"),
            (2, "day", "2 days"),
            (2, "address", "2 addresses"),
            (2, "index", "2 indexes"),
            (2, "match", "2 matches"),
        ] {
            assert_eq!(counted(count, noun), expected);
        }
        assert_eq!(counted_as(1_u64, "page holds", "pages hold"), "1 page holds");
        assert_eq!(counted_as(0_usize, "page holds", "pages hold"), "0 pages hold");
    }
}
