//! The analyzer: from text to the terms that the index knows.
//!
//! A term is a word, folded (no case, no accents) and stemmed as the language of its document demands.
//! `C++`, `C#`, `.NET`, `3.11` and `k8s` stay whole; `A/B`, `I/O` and `U.S.` lose their joints;
//! `real-time` is two words that are also found as `realtime`;
//! Chinese, Japanese and Korean are cut into pairs of characters.

use std::{collections::HashSet, hash::BuildHasher};

use foldhash::fast::FixedState;

use crate::analysis::{
    forms::Former,
    language::Language,
    place,
    raw_word::{RawWord, Role},
    stem_set::StemSet,
    stemmers::Stemmers,
    stems::Seen,
    stop_words::is_stop_word,
    text_field::TextField,
    words::scan,
};

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// What the index knows it by.
    pub term: StemSet,
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
    /// What it is to the words before it.
    pub role: Role,
}

/// Turns text into terms. Keeps a memory of stems, so one is kept for many texts.
///
/// A document is read by the stemmer of its language, a query by those of all languages in which the
/// documents of an index were read.
pub(crate) struct Analyzer {
    stemmers: Stemmers,
    /// The words in camel case of the document and its pairs of stop words, hashed.
    written: HashSet<u64, FixedState>,
    hasher: FixedState,
    former: Former,
    last_stop: String,
}

/// What is written of all texts of a document beside their terms, in the same way.
#[derive(Default)]
pub(crate) struct SharedTerms {
    /// Stop words, which are no terms: pairs of them that follow each other, such as `to be`, so that
    /// `to be or not to be` can be found; of names also as `=to be`, and each as `=to`.
    pub(crate) stop_words: String,
    /// The other words that are no terms themselves, folded as they were written, with the marker of
    /// their field; mostly each once, since no more is asked than whether they are there.
    pub(crate) words: String,
    /// Whether those are wanted, too, that are terms themselves.
    pub(crate) wants_all_words: bool,
}

impl Default for Analyzer {
    fn default() -> Analyzer {
        Analyzer::of(&[])
    }
}

impl Analyzer {
    /// An analyzer of words that may be of any of these languages; of English ones when there is no
    /// language.
    pub(crate) fn of(languages: &[Language]) -> Analyzer {
        Analyzer {
            stemmers: Stemmers::of(languages),
            written: HashSet::default(),
            hasher: FixedState::default(),
            former: Former::default(),
            last_stop: String::new(),
        }
    }

    /// Begins another document of a language, whose words are to be written once.
    pub(crate) fn begin_document(&mut self, language: Language) {
        self.stemmers.begin_document(language);
        self.written.clear();
    }

    /// Writes the terms of a text behind `out` and the rest behind `shared`, for
    /// [`crate::engine::local::tokenizer::TermSplitter`].
    ///
    /// The parts of a word in camel case are written where it first stands in the text: `JavaScript`
    /// is found by `"java script"` and does not drown what is written on Java.
    /// Titles and headings are part of the text, too: a title is written once for both fields, a
    /// heading once for each.
    pub(crate) fn write_terms(
        &mut self,
        text: &str,
        field: TextField,
        out: &mut String,
        shared: &mut SharedTerms,
    ) {
        let SharedTerms { stop_words, words, wants_all_words } = shared;
        let all = *wants_all_words;
        let is_name = field == TextField::Title;
        let is_cased = text.chars().any(char::is_lowercase);
        self.last_stop.clear();
        let mut is_new_name = true;
        let form = self.former.form(text);
        scan(form.text, |raw| {
            if field == TextField::Text && raw.is_in_name() {
                if raw.start == raw.name.0 {
                    let name = &form.text[raw.name.0..raw.name.1];
                    is_new_name = self.written.insert(self.hasher.hash_one(name));
                }
                if !is_new_name {
                    out.push(char::from(place::SKIP));
                    return;
                }
            }
            self.stemmers.fold(&raw);
            if self.stemmers.folded().is_empty() {
                return;
            }
            if raw.role.is_extra() {
                out.push(char::from(place::SAME));
                let seen = self.stemmers.push_terms(out);
                if seen == Seen::StopWord {
                    out.push_str(&self.stemmers.stem());
                }
                write_word(self.stemmers.folded(), seen, field, all, words);
                return;
            }
            out.push(char::from(place::NEXT));
            let seen = self.stemmers.push_terms(out);
            if seen == Seen::StopWord && is_cased && is_upper(raw.text) {
                out.push_str(&self.stemmers.stem());
            } else if seen == Seen::StopWord {
                out.pop();
                out.push(char::from(place::SKIP));
                if is_name {
                    stop_words.extend([char::from(place::NEXT), '=']);
                    stop_words.push_str(self.stemmers.folded());
                }
                let pair = (self.last_stop.as_str(), self.stemmers.folded());
                let mut is_new = || is_name || self.written.insert(self.hasher.hash_one(pair));
                if !self.last_stop.is_empty() && is_new() {
                    stop_words.push(char::from(place::NEXT));
                    stop_words.push_str(if is_name { "=" } else { "" });
                    stop_words.push_str(&self.last_stop);
                    stop_words.push(' ');
                    stop_words.push_str(self.stemmers.folded());
                }
                self.last_stop.clear();
                self.last_stop.push_str(self.stemmers.folded());
                return;
            }
            self.last_stop.clear();
            write_word(self.stemmers.folded(), seen, field, all, words);
        });
        out.push(char::from(place::BREAK));
    }

    /// The words of a text with their places.
    pub(crate) fn words(&mut self, text: &str) -> Vec<Word> {
        let mut words = Vec::new();
        self.each_word(text, |_| true, |word| words.push(word));
        words
    }

    /// Emits the words of a text whose spelling is wanted.
    pub(crate) fn each_word(
        &mut self,
        text: &str,
        is_wanted: impl Fn(&str) -> bool,
        mut emit: impl FnMut(Word),
    ) {
        // The number of words so far; what is found beside a word stands where the word stands.
        let mut count = 0;
        let form = self.former.form(text);
        let text = form.text;
        let is_cased = is_cased(text);
        scan(text, |raw| {
            let is_extra = raw.role.is_extra();
            count += usize::from(!is_extra);
            if !is_wanted(raw.text) {
                return;
            }
            self.stemmers.fold(&raw);
            if self.stemmers.folded().is_empty() {
                count -= usize::from(!is_extra);
                return;
            }
            let (start, end) = form.written(raw.start, raw.end);
            emit(Word {
                term: self.stemmers.stem_set(),
                is_stop: is_stop(&raw, self.stemmers.folded(), is_cased),
                folded: self.stemmers.folded().to_owned(),
                start,
                end,
                position: count.saturating_sub(1),
                role: raw.role,
            });
        });
    }

    /// Whether a text has a word that is no stop word.
    pub(crate) fn says_more_than_stop_words(&mut self, text: &str) -> bool {
        let form = self.former.form(text);
        let (mut says_more, is_cased) = (false, is_cased(form.text));
        scan(form.text, |raw| {
            self.stemmers.fold(&raw);
            let folded = self.stemmers.folded();
            says_more |= !folded.is_empty() && !is_stop(&raw, folded, is_cased);
        });
        says_more
    }

    /// The terms of one folded word.
    pub(crate) fn stem(&mut self, folded: &str) -> StemSet {
        self.stemmers.stem_set_of(folded)
    }
}

/// Writes a word of a field as it is unless it is a term: among the words of the text when it is new
/// there, as what stands in a heading is not, and among those of its field.
fn write_word(folded: &str, seen: Seen, field: TextField, all: bool, words: &mut String) {
    let mut write = |field: TextField| {
        words.push(char::from(place::NEXT));
        words.push_str(field.marker());
        words.push_str(folded);
    };
    let is_term = matches!(seen, Seen::Term | Seen::StopWord);
    if is_term && !all {
        return;
    }
    if (is_term || seen == Seen::First) && field != TextField::Heading {
        write(TextField::Text);
    }
    if field != TextField::Text {
        write(field);
    }
}

/// Whether capitals say something in what was typed.
fn is_cased(text: &str) -> bool {
    text.chars().any(char::is_lowercase) || !text.trim().contains(' ')
}

/// Whether a word is a stop word: one in capitals is a name, unless all is.
fn is_stop(raw: &RawWord<'_>, folded: &str, is_cased: bool) -> bool {
    let is_name = is_cased && is_upper(raw.text);
    !raw.role.is_extra() && !is_name && is_stop_word(folded)
}

fn is_upper(word: &str) -> bool {
    word.len() >= 2 && word.chars().all(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, prop_assert_eq, proptest};
    use unicode_normalization::UnicodeNormalization;

    use crate::analysis::{
        analyzer::{Analyzer, SharedTerms},
        language::Language,
        stem_set::StemSet,
        text_field::TextField,
    };

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let words = Analyzer::default().words(text);
        let terms: Vec<&str> =
            words.iter().filter(|word| !word.is_stop).map(|word| word.term.first()).collect();
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
        check("C++ and C# on .NET, asp.net", "c++ c# .net asp net aspnet");
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
        let (mut out, mut shared) = Default::default();
        let text = "real-time in state-of-the-art";
        Analyzer::default().write_terms(text, TextField::Text, &mut out, &mut shared);
        assert_eq!(
            out,
            "\u{1}real\u{1}time\u{2}realtim\u{3}\u{1}state\u{3}\u{3}\u{1}art\u{2}stateoftheart\u{4}"
        );
        assert_eq!(shared.stop_words, "\u{1}of the");
        let words: Vec<&str> = shared.words.split('\u{1}').skip(1).collect();
        assert_eq!(words, ["realtime"]);
    }

    #[test]
    fn function_words_are_written_apart() {
        let (mut out, mut shared) = Default::default();
        let text = "To be, or what Uber is";
        Analyzer::default().write_terms(text, TextField::Title, &mut out, &mut shared);
        assert_eq!(out, "\u{3}\u{3}\u{3}\u{3}\u{1}uber\u{3}\u{4}");
        let stop_words: Vec<&str> = shared.stop_words.split('\u{1}').skip(1).collect();
        assert_eq!(
            stop_words,
            ["=to", "=be", "=to be", "=or", "=be or", "=what", "=or what", "=is"]
        );
    }

    #[track_caller]
    fn check_words(wants_all_words: bool, expected: &[&str]) {
        let mut analyzer = Analyzer::default();
        let mut shared = SharedTerms { wants_all_words, ..SharedTerms::default() };
        for (field, text) in [
            (TextField::Title, "Feature stores"),
            (TextField::Text, "Stores, the stores, a store on k8s"),
            (TextField::Heading, "Stores"),
        ] {
            analyzer.write_terms(text, field, &mut String::new(), &mut shared);
        }
        let words: Vec<&str> = shared.words.split('\u{1}').skip(1).collect();
        assert_eq!(words, expected);
    }

    #[test]
    fn words_that_are_no_terms_are_written_once_a_document_and_in_each_field() {
        check_words(false, &["feature", "=feature", "stores", "=stores", "#stores"]);
        check_words(true, &["feature", "=feature", "stores", "=stores", "store", "k8s", "#stores"]);
    }

    #[test]
    fn compounds_are_their_parts_and_the_whole() {
        check("real-time over-fitting to-do", "real time realtim fit overfit todo");
        check("end-to-end one-size-fits-all", "end end endtoend one size fit onesizefitsal");
        check("a-b-c-d-e-f 2020-01-15", "b c d e f 2020 01 15");
        check(
            "RandomForestClassifier HTTPServer",
            "random forest classifi randomforestclassifi http server httpserver",
        );
        check("parseJSON2 Base64Encoder", "pars json2 parsejson2 base64 encod base64encoder");
        check("iPhone eBay GPUs MLflow 10Gbps LaTeX", "iphon ebay gpus mlflow 10gbps latex");
        check("GitHub LinkedIn", "git hub github link linkedin");
        check("select_related __init__ is_on", "select relat init ison");
        check("PyType_Type JSONDecode-based", "py type pytyp type json decod jsondecod base");
        check("1_000_000", "1 000 000 1000000");
        check("Node.js socket.io ASP.NET", "node js nodej socket io socketio asp net aspnet");
        check(
            "One end.The next. np.sum(x) a@b.org www.x.org",
            "one end next np sum x b org www x org",
        );
    }

    #[test]
    fn numbers_and_versions_are_found_by_their_beginnings() {
        check("3.11.2 v3.11 V8 1.2.3.4.5", "3.11.2 3.11. 3.11 v8 1.2.3.4.5 1.2. 1.2.3. 1.2.3.4.");
        check("C++17 C#12 C++", "c++17 c++ c#12 c# c++");
        check(
            "1,000,000 1'000 1\u{202F}000 1,00 1,0000 12,345,6",
            "1000000 1000 1000 1 00 1 0000 12 345 6",
        );
        check(
            "1,000.50 12'345.6. 1,000.50,2,000.75 1,000. 1,000.5x 1,000.2.3 1,000.000.1 1,000.50元 1,000元",
            "1000.50 12345.6 1000.50 2000.75 1000 1000 5x 1000 2.3 1000 000.1 1000.50 元 1000 元",
        );
    }

    /// Texts that say the same have the same terms.
    #[track_caller]
    fn check_same(texts: &[&str]) {
        let mut analyzer = Analyzer::default();
        let mut terms = |text: &str| -> Vec<StemSet> {
            analyzer.words(text).into_iter().map(|word| word.term).collect()
        };
        for text in &texts[1..] {
            assert_eq!(terms(text), terms(texts[0]), "{text}");
        }
    }

    #[test]
    fn spellings_of_one_text_have_the_same_terms() {
        check_same(&["ΚΛΕΙΣΤΟΣ ΔΡΟΜΟΣ", "κλειστός δρόμος"]);
        check_same(&["プログラム を 書く", "ﾌﾟﾛｸﾞﾗﾑ を 書く", "フ\u{309A}ロク\u{3099}ラム を 書く"]);
        check_same(&["한국어 검색", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}어 검색"]);
        check_same(&["Gesamtkonzept database", "Ge\u{AD}samt\u{AD}konzept data\u{2060}base"]);
        check_same(&["комп'ютер Hawaiʻi's", "компʼютер Hawai’i´s"]);
        check_same(&["real-time", "real\u{2011}time", "real\u{2010}time", "ｒｅａｌ－ｔｉｍｅ"]);
        check_same(&["C++ A/B 3.11", "Ｃ＋＋ Ａ／Ｂ ３．１１", "C++ A/B ٣.١١"]);
    }

    #[test]
    fn elided_articles_are_no_part_of_a_word() {
        check("l'avion d’une L'Avion qu'il jusqu'à", "avion une avion il");
        check("dell'algoritmo all'inizio un'idea", "algoritmo inizio idea");
        check("O'Reilly Dell's let's rock'n'roll d'", "oreilli dell rocknrol d");
    }

    #[test]
    fn marks_that_are_letters_are_kept() {
        check("दिन दान दीन", "दिन दान दीन");
        check("パパ ハハ ババ か\u{309A}き", "パパ ハハ ババ か\u{309A}き");
    }

    #[test]
    fn scripts_without_blanks_are_cut_into_words() {
        check("เขากำลังกินข้าว", "เขา กำลัง กิน ข้าว");
        check("Thai: การเรียนรู้ ๒๕๖๖", "thai การ เรียน รู้ 2566");
        check("ខ្ញុំស្រលាញ់ភាសាខ្មែរ", "ខ្ញុំ ស្រលាញ់ ភាសាខ្មែរ");
        check("ສະບາຍດີຊາວໂລກ", "ສະບາຍດີ ຊາວໂລກ");
        check("မြန်မာစာသင်", "မြန်မာ စာသင်");
    }

    proptest! {
        /// Of any text words are byte ranges, and its forms say the same.
        #[test]
        fn any_text_has_words(
            text in "(\\PC|[ a-zA-Z'.+_-]|[ÀéßİǅÆ’\u{AD}\u{200B}\u{200D}\u{FEFF}\u{301}\u{308}]\
                |[ក-៹က-ဿก-๛ກ-ໝ]|[ア-ンｱ-ﾝﾞﾟ\u{3099}一-丏가-갛\u{1100}-\u{11FF}ㄱ-ㅣ]\
                |[ء-ۿ\u{591}-ת]|[ऀ-ॿ0-9０-９٠-٩]){0,24}",
        ) {
            let languages = ["en", "de", "ru", "tr", "ar"].map(|code| Language::of(Some(code)));
            let mut analyzer = Analyzer::of(&languages);
            let words = analyzer.words(&text);
            let mut last = 0;
            for word in &words {
                prop_assert!(!word.folded.is_empty() && text.get(word.start..word.end).is_some());
                prop_assert!(word.start < word.end);
                if !word.role.is_extra() {
                    prop_assert!(word.start >= last, "{:?}", word);
                    last = word.start;
                }
            }
            let terms = |text: &str| -> Vec<StemSet> {
                Analyzer::of(&languages).words(text).into_iter().map(|word| word.term).collect()
            };
            let expected: Vec<StemSet> = words.iter().map(|word| word.term.clone()).collect();
            prop_assert_eq!(terms(&text.nfc().to_string()), expected.clone());
            prop_assert_eq!(terms(&text.nfd().to_string()), expected);
            for language in languages {
                analyzer.begin_document(language);
                let (mut out, mut shared) = Default::default();
                analyzer.write_terms(&text, TextField::Title, &mut out, &mut shared);
            }
        }
    }
}
