//! Stems: what words have in common with their inflected forms.

use frostem::Stemmer;

use crate::analysis::{
    british::american,
    fold::push_without_accents,
    language::Language,
    stem_memory::{Known, ShortStem, ShortWord, StemMemory},
    stop_words::is_stop_word,
};

/// Words that are remembered at most, in 2 MB, and of each other language in 256 kB. A pure cache, so
/// that its size changes the time only.
const MOST_KNOWN: usize = 1 << 16;
const MOST_KNOWN_OF_OTHERS: usize = 1 << 13;

/// Stands before a term that is a stem of another language than English, so that the German stem of
/// `planes` finds no English plans. No word has such a sign. It is one for all other languages: their
/// stemmers leave most words alike, and each term more that a word may have takes time to look up.
const FOREIGN: char = '~';

/// The stemmer of a language, with a memory of the words it has seen: texts repeat most of their
/// words.
pub(crate) struct Stems {
    language: Language,
    stemmer: Stemmer,
    known: StemMemory,
    /// The number of the document that is read, from 1 on.
    document: u32,
}

/// What a word turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A stop word, of which nothing was written.
    StopWord,
    /// A word that is its own term: its own stem, such as `model`, or never stemmed, such as `k8s`,
    /// `3.11` and `機械`.
    Term,
    /// A word with another stem that was not seen in this document before, as far as is remembered.
    First,
    /// A word that was.
    Again,
}

impl Stems {
    /// The stemmer of a language.
    pub(crate) fn of(language: Language) -> Stems {
        let most = if language.is_english() { MOST_KNOWN } else { MOST_KNOWN_OF_OTHERS };
        let (stemmer, known) = (language.stemmer(), StemMemory::of(most));
        Stems { language, stemmer, known, document: 0 }
    }

    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// Begins another document, in which no word was seen.
    pub(crate) fn begin_document(&mut self) {
        self.document = self.document.wrapping_add(1);
    }

    /// Writes the term of a word behind `out`, unless it is a stop word. `cased` is the word with its
    /// accents, `folded` without them; the English stemmer asks for the second only.
    pub(crate) fn push(&mut self, cased: &str, folded: &str, out: &mut String) -> Seen {
        let word = if self.language.is_english() { folded } else { cased };
        let Some(key) = ShortWord::of(word) else {
            return push_term(&self.stem(cased, folded), folded, out);
        };
        // Most of what is not stemmed are numbers.
        if folded.starts_with(|c: char| c.is_ascii_digit()) {
            return self.push_unstemmed(cased, folded, out);
        }
        let is_own = self.reads_as_english(folded);
        if let Some(Known { stem, document }) = self.known.get(key) {
            if stem.is_none() {
                return Seen::StopWord;
            }
            if !is_own {
                out.push(FOREIGN);
            }
            stem.push(folded, out);
            // Nobody asks where such words were seen.
            if is_own && stem.is_whole(folded) {
                return Seen::Term;
            }
            let last = std::mem::replace(document, self.document);
            return if last == self.document { Seen::Again } else { Seen::First };
        }
        if self.is_unstemmed(folded) {
            return self.push_unstemmed(cased, folded, out);
        }
        let document = self.document;
        if is_stop_word(folded) {
            self.known.insert(key, Known { stem: ShortStem::NONE, document });
            return Seen::StopWord;
        }
        let term = self.stem(cased, folded);
        let own = if is_own { &term } else { &term[FOREIGN.len_utf8()..] };
        if let Some(stem) = ShortStem::of(folded, own) {
            self.known.insert(key, Known { stem, document });
        }
        push_term(&term, folded, out)
    }

    /// Writes a word that is as it is, but for apostrophes.
    fn push_unstemmed(&self, cased: &str, folded: &str, out: &mut String) -> Seen {
        if folded.contains('\'') {
            out.push_str(&self.stem(cased, folded));
        } else {
            out.push_str(folded);
        }
        Seen::Term
    }

    /// The term of a word, be it a stop word or not.
    pub(crate) fn stem(&self, cased: &str, folded: &str) -> Box<str> {
        if self.reads_as_english(folded) {
            return english_stem(folded);
        }
        if self.is_unstemmed(folded) {
            return folded.replace('\'', "").into();
        }
        let word = cased.strip_suffix("'s").unwrap_or(cased);
        // What stands behind the apostrophe of a Turkish name is its ending.
        let word = word.split('\'').next().filter(|_| self.language.code == "tr").unwrap_or(word);
        let mut term = String::from(FOREIGN);
        push_without_accents(&self.stemmer.stem(&word.replace('\'', "")), &mut term);
        term.into()
    }

    /// Whether a word is read as English: so are Latin ones in texts of other scripts.
    pub(crate) fn reads_as_english(&self, folded: &str) -> bool {
        self.language.is_english() || folded.is_ascii() && self.language.is_of_other_script()
    }

    /// Whether a word is as it is: it is of no language, or of another script than the texts.
    fn is_unstemmed(&self, folded: &str) -> bool {
        let is_of_script = || folded.chars().all(|c| c == '\'' || self.language.has_letter(c));
        is_unstemmed(folded) && !(self.language.is_of_other_script() && is_of_script())
    }
}

fn push_term(term: &str, folded: &str, out: &mut String) -> Seen {
    out.push_str(term);
    if term == folded { Seen::Term } else { Seen::First }
}

fn english_stem(folded: &str) -> Box<str> {
    let word = folded.strip_suffix("'s").unwrap_or(folded).replace('\'', "");
    if word.len() < 3 || is_unstemmed(&word) {
        return word.into();
    }
    Language::ENGLISH.stemmer().stem(&american(&word)).into()
}

/// A term without the sign of a stem of another language than English; none without the sign.
pub(crate) fn foreign_stem(term: &str) -> Option<&str> {
    term.strip_prefix(FOREIGN)
}

/// Whether a term is a stem of another language of the Latin script. No text has such terms and also those
/// for which [`is_english_stem`].
pub(crate) fn is_foreign_latin_stem(term: &str) -> bool {
    foreign_stem(term).is_some_and(str::is_ascii)
}

/// Whether a term is that of a word of Latin letters as the English stemmer reads it: other languages of
/// the Latin script give all such words their sign.
pub(crate) fn is_english_stem(term: &str) -> bool {
    foreign_stem(term).is_none() && !is_unstemmed(term)
}

/// Whether a word is a name such as `k8s`, or of another script than the Latin one, which are stemmed in
/// texts of their own language alone.
fn is_unstemmed(word: &str) -> bool {
    word.bytes().any(|byte| !byte.is_ascii() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use crate::analysis::{
        fold::{fold, fold_case},
        language::{LANGUAGES, Language},
        stems::{Seen, Stems, is_english_stem, is_foreign_latin_stem},
    };

    #[track_caller]
    fn check(stems: &mut Stems, word: &str, expected: Option<&str>) {
        let (mut cased, mut folded) = (String::new(), String::new());
        fold_case(word, "", &mut cased);
        fold(word, "", &mut folded);
        // First from the stemmer, then from memory.
        for _ in 0..2 {
            let mut out = String::from("x");
            let is_term = stems.push(&cased, &folded, &mut out) != Seen::StopWord;
            let found = is_term.then_some(&out[1..]);
            assert_eq!(found, expected, "{word}");
        }
    }

    #[test]
    fn a_word_that_comes_again_has_the_same_stem() {
        let mut stems = Stems::of(Language::ENGLISH);
        check(&mut stems, "features", Some("featur"));
        check(&mut stems, "happy", Some("happi"));
        check(&mut stems, "hoping", Some("hope"));
        check(&mut stems, "optimising", Some("optim"));
        check(&mut stems, "the", None);
        check(&mut stems, "model's", Some("model"));
        check(&mut stems, "k8s", Some("k8s"));
        check(&mut stems, "go\0\0", Some("go\0\0"));
        check(&mut stems, "go", Some("go"));
        check(&mut stems, "überraschung", Some("uberraschung"));
        check(&mut stems, "überraschungen", Some("uberraschungen"));
        check(&mut stems, "electroencephalographically", Some("electroencephalograph"));
    }

    #[test]
    fn a_word_with_another_stem_is_seen_first_once_in_a_document() {
        let mut stems = Stems::of(Language::ENGLISH);
        for _ in 0..2 {
            stems.begin_document();
            let words = ["models", "the", "models", "model", "k8s"];
            let seen = words.map(|word| stems.push(word, word, &mut String::new()));
            assert_eq!(seen[..3], [Seen::First, Seen::StopWord, Seen::Again]);
            assert_eq!(seen[3..], [Seen::Term, Seen::Term]);
        }
    }

    /// All words have one stem in a language.
    #[track_caller]
    fn check_stem(code: &str, words: &str, expected: &str) {
        let mut stems = Stems::of(Language::of(Some(code)));
        words.split(' ').for_each(|word| check(&mut stems, word, Some(expected)));
    }

    #[test]
    fn words_of_other_languages_are_stemmed_with_their_accents_and_folded_then() {
        check_stem("de", "Häuser Häusern Haus", "~haus");
        check_stem("fr", "déployées déployé déployer", "~deploi");
        check_stem("es", "canciones canción", "~cancion");
        check_stem("pt", "organizações organização", "~organiz");
        check_stem("it", "città citta", "~citt");
        check_stem("nl", "huizen huis", "~huis");
        check_stem("sv", "husen huset hus", "~hus");
        check_stem("ru", "дома домами дом", "~дом");
        check_stem("el", "δρόμος δρόμοι", "~δρομ");
        check_stem("tr", "evler evlerde ev", "~ev");
        check_stem("tr", "İstanbul'da istanbul", "~istanbul");
        check_stem("hu", "házak ház", "~haz");
        check_stem("ar", "الكتاب كتاب", "~كتاب");
    }

    #[test]
    fn a_text_has_stems_of_english_or_of_another_latin_language() {
        let words = "Häuser Plan IT C++ .NET k8s 3.11 naïve straße ŋa 機械 домами o'reilly isn't";
        for language in LANGUAGES {
            let stems = Stems::of(language);
            let mut terms = Vec::new();
            for word in words.split(' ') {
                let (mut cased, mut folded) = (String::new(), String::new());
                fold_case(word, "", &mut cased);
                fold(word, "", &mut folded);
                for cased in [&cased, &folded] {
                    terms.push(stems.stem(cased, &folded));
                }
            }
            let is_foreign = terms.iter().any(|term| is_foreign_latin_stem(term));
            let is_english = terms.iter().any(|term| is_english_stem(term));
            assert!(is_foreign != is_english, "{}: {terms:?}", language.code);
        }
    }

    #[test]
    fn numbers_and_words_of_other_scripts_are_as_they_are() {
        check_stem("de", "k8s", "k8s");
        check_stem("de", "機械", "機械");
        check_stem("de", "домами", "домами");
        check_stem("ru", "models model", "model");
        check_stem("ru", "機械", "機械");
    }
}
