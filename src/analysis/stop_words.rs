//! English stop words, which the body of an article is not searched for.

use std::{collections::HashSet, sync::LazyLock};

use foldhash::fast::FixedState;

/// In lower case, without contractions: see [`is_stop_word`].
/// The set is that of the Snowball project's English list.
const WORDS: &str = "
    a about above after again against all am an and any are as at be because been before being
    below between both but by cannot could did do does doing down during each few for from
    further had has have having he her here hers herself him himself his how i if in into is it
    its itself let me more most my myself no nor not of off on once only or other ought our ours
    ourselves out over own same she should so some such than that the their theirs them
    themselves then there these they this those through to too under until up very was we were
    what when where which while who whom why with would you your yours yourself yourselves
";

/// The longest of [`WORDS`].
const LONGEST: usize = 10;

static LISTED: LazyLock<HashSet<&str, FixedState>> =
    LazyLock::new(|| WORDS.split_whitespace().collect());

/// Whether a folded word is a stop word or a contraction of one (`isn't`, `they'll`).
pub(crate) fn is_stop_word(word: &str) -> bool {
    if word.len() > LONGEST {
        return false;
    }
    if let Some((base, ending)) = word.split_once('\'') {
        return ending == "t" && base.ends_with('n')
            || matches!(ending, "s" | "m" | "re" | "ve" | "d" | "ll") && LISTED.contains(base);
    }
    LISTED.contains(word)
}

#[cfg(test)]
mod tests {
    use crate::analysis::stop_words::{LISTED, LONGEST, is_stop_word};

    #[test]
    fn no_listed_word_is_too_long_to_be_looked_for() {
        assert_eq!(LISTED.iter().map(|word| word.len()).max(), Some(LONGEST));
        assert_eq!(LISTED.len(), 125);
    }

    #[test]
    fn contractions_count_and_names_do_not() {
        for word in ["the", "isn't", "won't", "they'll", "what's", "yourselves"] {
            assert!(is_stop_word(word), "{word}");
        }
        for word in ["go", "can", "o'reilly", "uber's", "it/ops", "let's-encrypt"] {
            assert!(!is_stop_word(word), "{word}");
        }
    }
}
