//! Stemmers: those of the languages that a word may be of, with the word that they read.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::analysis::{
    fold::{fold, fold_case},
    language::Language,
    place,
    raw_word::RawWord,
    stem_set::StemSet,
    stems::{Seen, Stems},
};

/// Longer words are cut; no word of a language is that long.
const MAX_WORD_BYTES: usize = 64;

/// Words that are remembered at most with what several stemmers give, in some 3 MB; then all are forgotten.
const MOST_KNOWN: usize = 1 << 12;

/// The stemmers of an analyzer, and a word without case.
pub(crate) struct Stemmers {
    /// The stemmers that were needed so far, of which the first ones are in use.
    all: Vec<Stems>,
    used: usize,
    /// The word without accents.
    folded: String,
    /// The word with its accents, when these matter and it may have some.
    cased: String,
    /// What several stemmers give for words without accents: queries repeat most of theirs.
    known: HashMap<String, StemSet, FixedState>,
}

impl Stemmers {
    /// The stemmers of these languages; that of English when there is no language.
    pub(crate) fn of(languages: &[Language]) -> Stemmers {
        let languages = if languages.is_empty() { &[Language::ENGLISH] } else { languages };
        let all: Vec<Stems> = languages.iter().copied().map(Stems::of).collect();
        let (folded, cased, known) = Default::default();
        Stemmers { used: all.len(), all, folded, cased, known }
    }

    /// Leaves one stemmer in use, for a document of a language in which no word was seen.
    pub(crate) fn begin_document(&mut self, language: Language) {
        let known = self.all.iter().position(|stems| stems.language() == language);
        let at = known.unwrap_or_else(|| {
            self.all.push(Stems::of(language));
            self.all.len() - 1
        });
        self.all.swap(0, at);
        self.used = 1;
        self.known.clear();
        self.all[0].begin_document();
    }

    /// Takes another word; the English stemmer asks for no accents.
    pub(crate) fn fold(&mut self, raw: &RawWord<'_>) {
        fold(raw.text, raw.joints, &mut self.folded);
        truncate(&mut self.folded);
        self.cased.clear();
        let is_english = |stems: &Stems| stems.language().is_english();
        if !self.all[..self.used].iter().all(is_english) && !raw.text.is_ascii() {
            fold_case(raw.text, raw.joints, &mut self.cased);
            truncate(&mut self.cased);
        }
    }

    /// The word without case and accents; empty when nothing of it is a letter.
    pub(crate) fn folded(&self) -> &str {
        &self.folded
    }

    /// Writes the term of the word by the first stemmer, unless it is a stop word, and at the same
    /// place that of the word without accents if it is another one: many type no accents, and
    /// stemmers see other endings then.
    pub(crate) fn push_terms(&mut self, out: &mut String) -> Seen {
        let (stems, folded) = (&mut self.all[0], &*self.folded);
        if self.cased.is_empty() {
            return stems.push(folded, folded, out);
        }
        let start = out.len();
        let seen = stems.push(&self.cased, folded, out);
        if self.cased != folded && seen != Seen::StopWord {
            let end = out.len();
            out.push(char::from(place::SAME));
            stems.push(folded, folded, out);
            if out[start..end] == out[end + 1..] {
                out.truncate(end);
            }
        }
        seen
    }

    /// The term of the word by the first stemmer, be it a stop word or not.
    pub(crate) fn stem(&self) -> Box<str> {
        self.all[0].stem(cased(&self.cased, &self.folded), &self.folded)
    }

    /// The terms of the word, be it a stop word or not.
    pub(crate) fn stem_set(&mut self) -> StemSet {
        let Stemmers { all, used, folded, cased, known } = self;
        known_stem_set(known, &mut all[..*used], self::cased(cased, folded), folded)
    }

    /// The terms of another word, which is folded.
    pub(crate) fn stem_set_of(&mut self, folded: &str) -> StemSet {
        let folded = truncated(folded);
        known_stem_set(&mut self.known, &mut self.all[..self.used], folded, folded)
    }
}

/// What all stemmers give for a word, from memory where there are several.
fn known_stem_set(
    known: &mut HashMap<String, StemSet, FixedState>,
    stems: &mut [Stems],
    cased: &str,
    folded: &str,
) -> StemSet {
    if stems.len() < 2 || cased != folded {
        return stem_set(stems, cased, folded);
    }
    if let Some(set) = known.get(folded) {
        return set.clone();
    }
    if known.len() >= MOST_KNOWN {
        known.clear();
    }
    let set = stem_set(stems, cased, folded);
    known.insert(folded.to_owned(), set.clone());
    set
}

/// By each stemmer of the word with its accents, and then without them if it has some.
fn stem_set(stems: &mut [Stems], cased: &str, folded: &str) -> StemSet {
    let mut first = String::new();
    write_term(&mut stems[0], cased, folded, &mut first);
    let mut set = StemSet::of(first);
    // Numbers, and names such as `k8s`, are what they are in every language.
    if folded.bytes().any(|byte| byte.is_ascii_digit()) {
        return set;
    }
    let is_english = stems[0].language().is_english();
    let mut term = String::new();
    for stems in &mut stems[1..] {
        let is_first = is_english && stems.reads_as_english(folded);
        set.add_other(if is_first {
            None
        } else {
            Some(write_term(stems, cased, folded, &mut term))
        });
    }
    for stems in stems.iter_mut().filter(|_| cased != folded) {
        let is_accented = !stems.language().is_english();
        set.add_accentless(is_accented.then(|| write_term(stems, folded, folded, &mut term)));
    }
    set.shorten();
    set
}

/// Writes the term of a word by a stemmer in place of another.
fn write_term<'t>(stems: &mut Stems, cased: &str, folded: &str, term: &'t mut String) -> &'t str {
    term.clear();
    if stems.push(cased, folded, term) == Seen::StopWord {
        term.push_str(&stems.stem(cased, folded));
    }
    term
}

fn cased<'w>(cased: &'w str, folded: &'w str) -> &'w str {
    if cased.is_empty() { folded } else { cased }
}

fn truncate(word: &mut String) {
    word.truncate(truncated(word).len());
}

fn truncated(word: &str) -> &str {
    &word[..word.floor_char_boundary(MAX_WORD_BYTES)]
}
