//! Stems: what words have in common with their inflected forms.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use frostem::{Algorithm, Stemmer};

use crate::analysis::{british::american, stop_words::is_stop_word};

/// Words that are remembered at most, in some 8 MB; then all are forgotten. A pure cache, so that its
/// size changes the time only.
const MOST_KNOWN: usize = 1 << 16;

/// The stemmer, with a memory of the words it has seen: texts repeat most of their words.
pub(crate) struct Stems {
    stemmer: Stemmer,
    known: HashMap<ShortWord, Known, FixedState>,
    /// The number of the document that is read, from 1 on.
    document: u32,
}

/// A word that is no longer than nearly all, in place, so that a look-up compares three numbers and
/// follows no pointer.
#[derive(PartialEq, Eq, Hash)]
struct ShortWord([u64; 3]);

/// What is known of a word.
struct Known {
    stem: Stem,
    /// The last document in which it was seen.
    document: u32,
}

/// What a word turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A stop word, of which nothing was written.
    StopWord,
    /// A word that is never stemmed, such as `k8s`, `3.11` and `機械`.
    Unstemmed,
    /// A word that was not seen in this document before, as far as is remembered.
    First,
    /// A word that was.
    Again,
}

/// The stem of a word.
enum Stem {
    /// It is a stop word and has no stem.
    None,
    /// Its stem is that many of its first bytes, as with most words.
    Beginning(usize),
    /// Its stem is another text.
    Other(Box<str>),
}

impl Default for Stems {
    fn default() -> Stems {
        let stemmer = Stemmer::new(Algorithm::English);
        Stems { stemmer, known: HashMap::default(), document: 0 }
    }
}

impl Stems {
    /// Begins another document, in which no word was seen.
    pub(crate) fn begin_document(&mut self) {
        self.document = self.document.wrapping_add(1);
    }

    /// Writes the stem of a folded word behind `out`, unless it is a stop word.
    pub(crate) fn push(&mut self, folded: &str, out: &mut String) -> Seen {
        let Some(key) = ShortWord::of(folded) else {
            out.push_str(&self.stem(folded));
            return if is_unstemmed(folded.as_bytes()) { Seen::Unstemmed } else { Seen::First };
        };
        if let Some(known) = self.known.get_mut(&key) {
            let is_again = std::mem::replace(&mut known.document, self.document) == self.document;
            return match known.stem.push(folded, out) {
                false => Seen::StopWord,
                true if is_again => Seen::Again,
                true => Seen::First,
            };
        }
        if is_unstemmed(folded.as_bytes()) {
            out.push_str(&self.stem(folded));
            return Seen::Unstemmed;
        }
        if self.known.len() >= MOST_KNOWN {
            self.known.clear();
        }
        let stem = match is_stop_word(folded) {
            true => Stem::None,
            false => Stem::of(folded, self.stem(folded)),
        };
        let is_term = stem.push(folded, out);
        self.known.insert(key, Known { stem, document: self.document });
        if is_term { Seen::First } else { Seen::StopWord }
    }

    /// The stem of a folded word, be it a stop word or not.
    pub(crate) fn stem(&self, folded: &str) -> Box<str> {
        let word = folded.strip_suffix("'s").unwrap_or(folded).replace('\'', "");
        if word.len() < 3 || is_unstemmed(word.as_bytes()) {
            return word.into();
        }
        self.stemmer.stem(&american(&word)).into()
    }
}

impl ShortWord {
    fn of(word: &str) -> Option<ShortWord> {
        let mut bytes = [0; 24];
        // The last byte tells words apart that end with a zero.
        bytes[23] = u8::try_from(word.len()).ok()?;
        bytes[..23].get_mut(..word.len())?.copy_from_slice(word.as_bytes());
        let (numbers, _) = bytes.as_chunks::<8>();
        Some(ShortWord([0, 1, 2].map(|at| u64::from_le_bytes(numbers[at]))))
    }
}

impl Stem {
    fn of(folded: &str, stem: Box<str>) -> Stem {
        if folded.starts_with(&*stem) { Stem::Beginning(stem.len()) } else { Stem::Other(stem) }
    }

    /// Writes the stem of a word behind `out`, unless it has none.
    fn push(&self, folded: &str, out: &mut String) -> bool {
        match self {
            Stem::None => return false,
            Stem::Beginning(bytes) => out.push_str(&folded[..*bytes]),
            Stem::Other(stem) => out.push_str(stem),
        }
        true
    }
}

/// Whether a word, or a term, is a name such as `k8s` or of another language, which are not stemmed. It
/// stands among the terms as it was written, so that it need not be kept a second time.
pub(crate) fn is_unstemmed(word: &[u8]) -> bool {
    word.iter().any(|byte| !byte.is_ascii() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use crate::analysis::stems::{MOST_KNOWN, Seen, Stems};

    #[track_caller]
    fn check(stems: &mut Stems, word: &str, expected: Option<&str>) {
        // First from the stemmer, then from memory.
        for _ in 0..2 {
            let mut out = String::from("x");
            let is_term = stems.push(word, &mut out) != Seen::StopWord;
            let found = is_term.then_some(&out[1..]);
            assert_eq!(found, expected, "{word}");
        }
    }

    #[test]
    fn a_word_that_comes_again_has_the_same_stem() {
        let mut stems = Stems::default();
        check(&mut stems, "features", Some("featur"));
        check(&mut stems, "happy", Some("happi"));
        check(&mut stems, "hoping", Some("hope"));
        check(&mut stems, "optimising", Some("optim"));
        check(&mut stems, "the", None);
        check(&mut stems, "model's", Some("model"));
        check(&mut stems, "k8s", Some("k8s"));
        check(&mut stems, "go\0\0", Some("go\0\0"));
        check(&mut stems, "go", Some("go"));
        check(&mut stems, "überraschung", Some("überraschung"));
        check(&mut stems, "electroencephalographically", Some("electroencephalograph"));
    }

    #[test]
    fn a_word_is_seen_first_once_in_a_document() {
        let mut stems = Stems::default();
        for _ in 0..2 {
            stems.begin_document();
            let words = ["models", "the", "models", "model", "k8s"];
            let seen = words.map(|word| stems.push(word, &mut String::new()));
            assert_eq!(seen[..3], [Seen::First, Seen::StopWord, Seen::Again]);
            assert_eq!(seen[3..], [Seen::First, Seen::Unstemmed]);
        }
    }

    #[test]
    fn no_more_words_are_remembered_than_is_allowed() {
        let mut stems = Stems::default();
        let letters = |number: usize| -> String {
            number.to_string().bytes().map(|digit| char::from(digit + 49)).collect()
        };
        for number in 0..MOST_KNOWN + 2 {
            stems.push(&letters(number), &mut String::new());
        }
        assert_eq!(stems.known.len(), 2);
        check(&mut stems, "features", Some("featur"));
    }
}
