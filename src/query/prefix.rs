//! Prefixes: words that begin like what stands before a `*`.

use std::fmt;

use crate::analysis::{
    analyzer::{Analyzer, Word},
    stem_set::StemSet,
    unspaced::unspaced,
};

/// What is shorter says too little.
const MIN_CHARS: usize = 2;

/// The beginning of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prefix {
    /// Terms that a document must have, too: the words before a sign, as in `real-ti*`.
    pub(crate) before: Vec<StemSet>,
    /// How a word begins, folded.
    pub(crate) beginning: String,
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for term in &self.before {
            write!(f, "{term}+")?;
        }
        write!(f, "{}*", self.beginning)
    }
}

/// The text before a `*` that ends a word, when words can begin so.
pub(crate) fn before_star(word: &str) -> Option<&str> {
    let text = word.strip_suffix('*')?.trim_end_matches('*');
    let prefixes = Prefix::of_text(text, &mut Analyzer::default());
    (!text.contains('*') && !prefixes.is_empty()).then_some(text)
}

impl Prefix {
    /// The beginning of a single word.
    pub(crate) fn of_word(beginning: String) -> Prefix {
        Prefix { before: Vec::new(), beginning }
    }

    /// What a document may have that begins like a text: the words of the text, or, where signs are
    /// within it, one word without them. Nothing when the text is too short or ends with a sign.
    pub(crate) fn of_text(text: &str, analyzer: &mut Analyzer) -> Vec<Prefix> {
        let mut words = analyzer.words(text);
        words.retain(|word| !word.role.is_extra());
        let Some(last) = words.pop() else { return Vec::new() };
        let rest = &text[last.end..];
        // `1.*` is not the beginning of 10.
        let is_open_number = rest == "." && last.folded.ends_with(|c: char| c.is_ascii_digit());
        let chars = |word: &Word| word.folded.chars().count();
        let typed = words.iter().map(chars).sum::<usize>() + chars(&last) + rest.len();
        if !(rest.is_empty() || is_open_number) || typed < MIN_CHARS {
            return Vec::new();
        }
        let whole: String = words.iter().chain([&last]).map(|word| word.folded.as_str()).collect();
        // The pairs of characters in which some scripts are read overlap.
        let is_compound = !words.is_empty() && !whole.contains(|c| unspaced(c).is_some());
        let words = words.into_iter().filter(|word| !word.is_stop);
        let before = words.map(|word| word.term).collect();
        let mut prefixes = vec![Prefix { before, beginning: last.folded + rest }];
        prefixes.extend(is_compound.then(|| Prefix::of_word(whole)));
        prefixes
    }
}

#[cfg(test)]
mod tests {
    use crate::{analysis::analyzer::Analyzer, query::prefix::Prefix};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let prefixes = Prefix::of_text(text, &mut Analyzer::default());
        let prefixes: Vec<String> = prefixes.iter().map(Prefix::to_string).collect();
        assert_eq!(prefixes.join(" "), expected, "{text}");
    }

    #[test]
    fn a_beginning_is_folded_as_words_are() {
        check("Deploym", "deploym*");
        check("nai\u{308}", "nai*");
        check("naï", "nai*");
        check("1.2", "1.2*");
        check("1.", "1.*");
        check("c++", "c++*");
        check("機械", "機械*");
        check("機械学", "機械+械学*");
    }

    #[test]
    fn words_before_a_sign_are_wanted_too_or_make_one_word() {
        check("real-ti", "real+ti* realti*");
        check("state-of-the-a", "state+a* stateofthea*");
        check("o'rei", "o'rei*");
    }

    #[test]
    fn what_is_short_or_ends_with_a_sign_is_no_beginning() {
        for text in ["", "x", "c+", "real-", "...", "é"] {
            check(text, "");
        }
    }
}
