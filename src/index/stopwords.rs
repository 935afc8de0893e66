//! English function words, which the body of an article is not searched for.

/// Sorted, in lower case, without contractions: see [`is_stop_word`].
/// The set is that of the Snowball project's English list.
const WORDS: [&str; 125] = [
    "a",
    "about",
    "above",
    "after",
    "again",
    "against",
    "all",
    "am",
    "an",
    "and",
    "any",
    "are",
    "as",
    "at",
    "be",
    "because",
    "been",
    "before",
    "being",
    "below",
    "between",
    "both",
    "but",
    "by",
    "cannot",
    "could",
    "did",
    "do",
    "does",
    "doing",
    "down",
    "during",
    "each",
    "few",
    "for",
    "from",
    "further",
    "had",
    "has",
    "have",
    "having",
    "he",
    "her",
    "here",
    "hers",
    "herself",
    "him",
    "himself",
    "his",
    "how",
    "i",
    "if",
    "in",
    "into",
    "is",
    "it",
    "its",
    "itself",
    "let",
    "me",
    "more",
    "most",
    "my",
    "myself",
    "no",
    "nor",
    "not",
    "of",
    "off",
    "on",
    "once",
    "only",
    "or",
    "other",
    "ought",
    "our",
    "ours",
    "ourselves",
    "out",
    "over",
    "own",
    "same",
    "she",
    "should",
    "so",
    "some",
    "such",
    "than",
    "that",
    "the",
    "their",
    "theirs",
    "them",
    "themselves",
    "then",
    "there",
    "these",
    "they",
    "this",
    "those",
    "through",
    "to",
    "too",
    "under",
    "until",
    "up",
    "very",
    "was",
    "we",
    "were",
    "what",
    "when",
    "where",
    "which",
    "while",
    "who",
    "whom",
    "why",
    "with",
    "would",
    "you",
    "your",
    "yours",
    "yourself",
    "yourselves",
];

/// Whether a folded word is a function word or a contraction of one (`isn't`, `they'll`).
pub(crate) fn is_stop_word(word: &str) -> bool {
    if word.len() > 10 {
        return false;
    }
    if let Some((base, ending)) = word.split_once('\'') {
        return ending == "t" && base.ends_with('n')
            || matches!(ending, "s" | "m" | "re" | "ve" | "d" | "ll") && is_listed(base);
    }
    is_listed(word)
}

fn is_listed(word: &str) -> bool {
    // Words of one first letter are few, and most of them differ in length.
    let first = word.as_bytes().first();
    let start = WORDS.partition_point(|listed| listed.as_bytes().first() < first);
    let same_first = |listed: &&&str| listed.as_bytes().first() == first;
    WORDS[start..].iter().take_while(same_first).any(|listed| *listed == word)
}

#[cfg(test)]
mod tests {
    use crate::index::stopwords::{WORDS, is_stop_word};

    #[test]
    fn words_are_sorted_for_the_binary_search() {
        assert!(WORDS.is_sorted());
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
