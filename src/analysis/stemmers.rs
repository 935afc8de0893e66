//! Stemmers: those of the languages that a word may be of, with the word that they read.

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

/// The stemmers of an analyzer, and a word without case.
pub(crate) struct Stemmers {
    /// The stemmers that were needed so far, of which the first ones are in use.
    all: Vec<Stems>,
    used: usize,
    /// The word without accents.
    folded: String,
    /// The word with its accents, when these matter and it may have some.
    cased: String,
}

impl Stemmers {
    /// The stemmers of these languages; that of English when there is no language.
    pub(crate) fn of(languages: &[Language]) -> Stemmers {
        let languages = if languages.is_empty() { &[Language::ENGLISH] } else { languages };
        let all: Vec<Stems> = languages.iter().copied().map(Stems::of).collect();
        Stemmers { used: all.len(), all, folded: String::new(), cased: String::new() }
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
        self.all[0].begin_document();
    }

    /// Takes another word; the English stemmer asks for no accents.
    pub(crate) fn fold(&mut self, raw: &RawWord<'_>) {
        fold(raw.text, raw.joints, &mut self.folded);
        self.cased.clear();
        let has_others =
            || self.all[..self.used].iter().any(|stems| !stems.language().is_english());
        if !raw.text.is_ascii() && has_others() {
            fold_case(raw.text, raw.joints, &mut self.cased);
        }
    }

    /// The word without case and accents; empty when nothing of it is a letter.
    pub(crate) fn folded(&self) -> &str {
        truncated(&self.folded)
    }

    /// Writes the term of the word by the first stemmer, unless it is a stop word, and at the same
    /// place that of the word without accents if it is another one: many type no accents, and
    /// stemmers see other endings then.
    pub(crate) fn push_terms(&mut self, out: &mut String) -> Seen {
        let stems = &mut self.all[0];
        let (cased, folded) = (cased(&self.cased, &self.folded), truncated(&self.folded));
        let start = out.len();
        let seen = stems.push(cased, folded, out);
        if cased != folded && seen != Seen::StopWord {
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
        self.all[0].stem(cased(&self.cased, &self.folded), truncated(&self.folded))
    }

    /// The terms of the word, be it a stop word or not.
    pub(crate) fn stem_set(&mut self) -> StemSet {
        let stems = &mut self.all[..self.used];
        stem_set(stems, cased(&self.cased, &self.folded), truncated(&self.folded))
    }

    /// The terms of another word, which is folded.
    pub(crate) fn stem_set_of(&mut self, folded: &str) -> StemSet {
        let folded = truncated(folded);
        stem_set(&mut self.all[..self.used], folded, folded)
    }
}

/// By each stemmer of the word with its accents, and then without them if it has some.
fn stem_set(stems: &mut [Stems], cased: &str, folded: &str) -> StemSet {
    let first = term(&mut stems[0], cased, folded);
    let (mut others, mut accentless) = (Vec::new(), Vec::new());
    // Numbers, and names such as `k8s`, are what they are in every language.
    if folded.bytes().any(|byte| byte.is_ascii_digit()) {
        return StemSet::of(first);
    }
    let is_english = stems[0].language().is_english();
    for (at, stems) in stems.iter_mut().enumerate() {
        let is_first = at == 0 || is_english && stems.reads_as_english(folded);
        if at > 0 {
            others.push((!is_first).then(|| term(stems, cased, folded)));
        }
        if cased != folded {
            let is_accented = !stems.language().is_english();
            accentless.push(is_accented.then(|| term(stems, folded, folded)));
        }
    }
    StemSet::of_all(first, others, accentless)
}

/// The term of a word by a stemmer.
fn term(stems: &mut Stems, cased: &str, folded: &str) -> String {
    let mut term = String::new();
    if stems.push(cased, folded, &mut term) == Seen::StopWord {
        term.push_str(&stems.stem(cased, folded));
    }
    term
}

fn cased<'w>(cased: &'w str, folded: &'w str) -> &'w str {
    truncated(if cased.is_empty() { folded } else { cased })
}

fn truncated(word: &str) -> &str {
    &word[..word.floor_char_boundary(MAX_WORD_BYTES)]
}
