//! The analyzer: from text to the terms that the index knows.
//!
//! A term is a word, folded (no case, no accents) and stemmed.
//! `C++`, `C#`, `.NET`, `3.11` and `k8s` stay whole; `A/B`, `I/O` and `U.S.` lose their joints;
//! `real-time` is two words that are also found as `realtime`;
//! Chinese, Japanese and Korean are cut into pairs of characters.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::analysis::{
    stems::Stems,
    words::{is_cjk, scan},
};

/// Longer terms are cut; no word of a language is that long.
const MAX_TERM_BYTES: usize = 64;

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// What the index knows it by.
    pub term: String,
    /// The word as written, without case and accents.
    pub folded: String,
    /// Its bytes in the text.
    pub start: usize,
    /// The end of its bytes.
    pub end: usize,
    /// Its number in the text; stop words count.
    pub position: usize,
    /// Whether it is a stop word, which the body is not searched for.
    pub is_stop: bool,
    /// Whether a hyphen joins it to the word before it.
    pub is_joined: bool,
}

/// Turns text into terms. Keeps a memory of stems, so one is kept for many texts.
#[derive(Default)]
pub(crate) struct Analyzer {
    stems: Stems,
    folded: String,
    previous: String,
    compound: String,
    last_stop: String,
}

/// How analysed text is written down for the index: each term is preceded by one of these bytes.
/// They say where it stands, counted from the term before it.
pub(crate) mod place {
    /// At the next position.
    pub(crate) const NEXT: u8 = 1;
    /// At the same position.
    pub(crate) const SAME: u8 = 2;
    /// No term: a stop word stood here.
    pub(crate) const SKIP: u8 = 3;
    /// No term: a new paragraph begins, over which no phrase reaches.
    pub(crate) const BREAK: u8 = 4;
}

impl Analyzer {
    /// Writes the terms of a text behind `out`, for [`crate::engine::local::tokenizer::TermSplitter`].
    ///
    /// Stop words are no terms. So that `to be or not to be` can be found all the same, pairs
    /// of stop words that follow each other are written behind `stop_words`: `to be`.
    /// Of a name (a title, a tag, a company) they are written as `=to be`, and each as `=to` too.
    pub(crate) fn write_terms(
        &mut self,
        text: &str,
        is_name: bool,
        out: &mut String,
        stop_words: &mut String,
    ) {
        let is_cased = text.chars().any(char::is_lowercase);
        self.previous.clear();
        self.last_stop.clear();
        let mut joins = 0;
        scan(text, |raw| {
            fold(raw.text, raw.keeps_joints, &mut self.folded);
            joins = if raw.is_joined { joins + 1 } else { 0 };
            let folded = truncated(&self.folded);
            if folded.is_empty() {
                return;
            }
            // A compound stands where its second part stands; the index needs ascending positions.
            out.push(char::from(place::NEXT));
            let is_term = self.stems.push(folded, out);
            if !is_term && is_cased && is_upper(raw.text) {
                out.push_str(&self.stems.stem(folded));
            } else if !is_term {
                out.pop();
                out.push(char::from(place::SKIP));
                if is_name {
                    stop_words.extend([char::from(place::NEXT), '=']);
                    stop_words.push_str(&self.folded);
                }
                if !self.last_stop.is_empty() {
                    stop_words.push(char::from(place::NEXT));
                    stop_words.push_str(if is_name { "=" } else { "" });
                    stop_words.push_str(&self.last_stop);
                    stop_words.push(' ');
                    stop_words.push_str(&self.folded);
                }
                self.previous.clear();
                std::mem::swap(&mut self.last_stop, &mut self.folded);
                return;
            }
            self.last_stop.clear();
            if joins == 1 && !self.previous.is_empty() && !raw.continues {
                self.compound.clear();
                self.compound.push_str(&self.previous);
                self.compound.push_str(folded);
                out.push(char::from(place::SAME));
                let compound = truncated(&self.compound);
                if !self.stems.push(compound, out) {
                    out.push_str(compound);
                }
            }
            std::mem::swap(&mut self.previous, &mut self.folded);
        });
        out.push(char::from(place::BREAK));
    }

    /// The words of a text with their places.
    pub(crate) fn words(&mut self, text: &str) -> Vec<Word> {
        let mut words = Vec::new();
        self.each_word(text, |_| true, |word| words.push(word));
        words
    }

    /// Emits the words of a text whose spelling is wanted, and those that a hyphen joins to them.
    pub(crate) fn each_word(
        &mut self,
        text: &str,
        is_wanted: impl Fn(&str) -> bool,
        mut emit: impl FnMut(Word),
    ) {
        let (mut position, mut was_wanted) = (0, false);
        let is_cased = text.chars().any(char::is_lowercase) || !text.trim().contains(' ');
        scan(text, |raw| {
            position += 1;
            let joins_wanted = raw.is_joined && was_wanted;
            was_wanted = is_wanted(raw.text);
            if !was_wanted && !joins_wanted {
                return;
            }
            fold(raw.text, raw.keeps_joints, &mut self.folded);
            let folded = truncated(&self.folded);
            if folded.is_empty() {
                position -= 1;
                return;
            }
            let mut term = String::new();
            let is_term = self.stems.push(folded, &mut term);
            if !is_term {
                term.push_str(&self.stems.stem(folded));
            }
            emit(Word {
                term,
                is_stop: !(is_term || is_cased && is_upper(raw.text)),
                folded: folded.to_owned(),
                start: raw.start,
                end: raw.start + raw.text.len(),
                position: position - 1,
                is_joined: raw.is_joined,
            });
        });
    }

    /// The term of one folded word.
    pub(crate) fn stem(&mut self, folded: &str) -> String {
        let mut term = String::new();
        if !self.stems.push(truncated(folded), &mut term) {
            term.push_str(&self.stems.stem(folded));
        }
        term
    }
}

/// A text reduced to its folded words with one space between them: equal for titles that differ in
/// case, accents and punctuation only.
pub(crate) fn normalize(text: &str) -> String {
    let mut folded = String::new();
    let mut normal = String::with_capacity(text.len());
    scan(text, |raw| {
        fold(raw.text, raw.keeps_joints, &mut folded);
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.push_str(&folded);
    });
    normal
}

fn truncated(term: &str) -> &str {
    &term[..term.floor_char_boundary(MAX_TERM_BYTES)]
}

fn is_upper(word: &str) -> bool {
    word.len() >= 2 && word.chars().all(char::is_uppercase)
}

/// Writes a word without case, accents, compatibility forms and, unless they are kept, joints.
fn fold(word: &str, keeps_joints: bool, out: &mut String) {
    out.clear();
    if word.is_ascii() {
        out.push_str(word);
        out.make_ascii_lowercase();
    } else {
        for c in word.nfkd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase) {
            match c {
                'ß' => out.push_str("ss"),
                'æ' => out.push_str("ae"),
                'œ' => out.push_str("oe"),
                'ø' => out.push('o'),
                'đ' | 'ð' => out.push('d'),
                'ł' => out.push('l'),
                'ı' => out.push('i'),
                '\u{2019}' => out.push('\''),
                c => out.push(c),
            }
        }
        // A folded pair of Korean syllables falls apart into letters; put it together again.
        if word.chars().any(is_cjk) {
            *out = out.nfc().collect();
        }
    }
    if !keeps_joints {
        out.retain(char::is_alphanumeric);
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyzer::{Analyzer, normalize};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let words = Analyzer::default().words(text);
        let terms: Vec<&str> =
            words.iter().filter(|word| !word.is_stop).map(|word| word.term.as_str()).collect();
        assert_eq!(terms.join(" "), expected, "{text}");
    }

    #[test]
    fn words_are_folded_and_stemmed() {
        check("Deploying Models, twice", "deploy model twice");
        check("Café Zürich straße ﬁne", "cafe zurich strass fine");
        check("what's Uber's plan? O’Reilly doesn't say", "uber plan oreilli say");
    }

    #[test]
    fn names_with_signs_stay_whole() {
        check("C++ and C# on .NET, asp.net", "c++ c# .net asp net");
        check("k8s python 3.11 A/B testing R&D U.S.A. e.g.", "k8s python 3.11 ab test rd usa eg");
        check("a+b c+++ x#y", "b c x y");
    }

    #[test]
    fn function_words_in_capitals_are_names_unless_all_is_shouted() {
        check("IT for the people", "it peopl");
        check("HOW IT WORKS", "work");
        check("IT", "it");
    }

    #[test]
    fn unseparated_scripts_are_cut_into_pairs() {
        check("機械学習 ML", "機械 械学 学習 ml");
        check("字", "字");
        check("한국어", "한국 국어");
    }

    #[test]
    fn hyphenated_pairs_are_written_with_their_compound() {
        let (mut out, mut stop_words) = Default::default();
        let text = "real-time in state-of-the-art";
        Analyzer::default().write_terms(text, false, &mut out, &mut stop_words);
        assert_eq!(out, "\u{1}real\u{1}time\u{2}realtim\u{3}\u{1}state\u{3}\u{3}\u{1}art\u{4}");
        assert_eq!(stop_words, "\u{1}of the");
    }

    #[test]
    fn function_words_are_written_apart() {
        let (mut out, mut stop_words) = Default::default();
        Analyzer::default().write_terms("To be, or what Uber is", true, &mut out, &mut stop_words);
        assert_eq!(out, "\u{3}\u{3}\u{3}\u{3}\u{1}uber\u{3}\u{4}");
        let stop_words: Vec<&str> = stop_words.split_terminator('\u{1}').skip(1).collect();
        assert_eq!(
            stop_words,
            ["=to", "=be", "=to be", "=or", "=be or", "=what", "=or what", "=is"]
        );
    }

    #[test]
    fn places_are_byte_ranges_of_the_text() {
        for text in ["Ünï-çødé — 機械学習, don't; A/B", "a\u{301}b x\u{200b}y 🙂 z", "'''", "-.-"]
        {
            for word in Analyzer::default().words(text) {
                assert!(text.get(word.start..word.end).is_some_and(|piece| !piece.is_empty()));
            }
        }
    }

    #[test]
    fn titles_are_equal_without_punctuation() {
        assert_eq!(normalize("  SOON (Spark)! – Part 1"), normalize("soon: spark part 1"));
    }
}
