//! Keywords: values that a cluster compares as a whole, no longer than it takes them.

use std::{borrow::Cow, hash::Hasher};

use siphasher::sip128::{Hasher128, SipHasher13};

/// Longer values are not indexed. The limit of the engines is in bytes, of which a character has up to
/// four.
pub(crate) const LONGEST_KEYWORD: usize = 8_191;
/// How much of a longer one is kept, before what stands for the rest.
const BEGINNING: usize = 1_000;

/// A value as a keyword: of one that is too long its beginning and a hash of all.
pub(crate) fn keyword(value: &str) -> Cow<'_, str> {
    if value.len() <= LONGEST_KEYWORD {
        return Cow::Borrowed(value);
    }
    let mut hasher = SipHasher13::new();
    hasher.write(value.as_bytes());
    let beginning = &value[..value.floor_char_boundary(BEGINNING)];
    Cow::Owned(format!("{beginning}…{:032x}", hasher.finish128().as_u128()))
}

#[cfg(test)]
mod tests {
    use crate::engine::opensearch::keyword::{LONGEST_KEYWORD, keyword};

    #[test]
    fn long_values_are_told_apart() {
        assert_eq!(keyword("a"), "a");
        let long = "ü".repeat(LONGEST_KEYWORD);
        let other = format!("{long}x");
        assert!(keyword(&long).len() <= LONGEST_KEYWORD);
        assert_ne!(keyword(&long), keyword(&other));
        assert_eq!(keyword(&long), keyword(&long.clone()));
    }
}
