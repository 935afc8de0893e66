//! Languages whose words are stemmed.

use std::{cmp::Reverse, collections::BTreeMap};

use frostem::{Algorithm, Stemmer};

/// A language with a stemmer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Language {
    /// Its ISO 639-1 code.
    pub(crate) code: &'static str,
    algorithm: Algorithm,
}

/// All languages that have a stemmer here.
pub(crate) const LANGUAGES: [Language; 24] = [
    Language::new("ar", Algorithm::Arabic),
    Language::new("ca", Algorithm::Catalan),
    Language::new("cs", Algorithm::Czech),
    Language::new("da", Algorithm::Danish),
    Language::new("de", Algorithm::German),
    Language::new("el", Algorithm::Greek),
    Language::ENGLISH,
    Language::new("es", Algorithm::Spanish),
    Language::new("et", Algorithm::Estonian),
    Language::new("fi", Algorithm::Finnish),
    Language::new("fr", Algorithm::French),
    Language::new("hi", Algorithm::Hindi),
    Language::new("hu", Algorithm::Hungarian),
    Language::new("id", Algorithm::Indonesian),
    Language::new("it", Algorithm::Italian),
    Language::new("lt", Algorithm::Lithuanian),
    Language::new("nl", Algorithm::Dutch),
    Language::new("no", Algorithm::Norwegian),
    Language::new("pl", Algorithm::Polish),
    Language::new("pt", Algorithm::Portuguese),
    Language::new("ro", Algorithm::Romanian),
    Language::new("ru", Algorithm::Russian),
    Language::new("sv", Algorithm::Swedish),
    Language::new("tr", Algorithm::Turkish),
];

impl Language {
    /// What a text is read as when nothing says otherwise.
    pub(crate) const ENGLISH: Language = Language::new("en", Algorithm::English);

    const fn new(code: &'static str, algorithm: Algorithm) -> Language {
        Language { code, algorithm }
    }

    /// The language of an ISO 639-1 code; English without one, and for those that have no stemmer.
    pub(crate) fn of(code: Option<&str>) -> Language {
        let known = LANGUAGES.into_iter().find(|language| Some(language.code) == code);
        known.unwrap_or(Language::ENGLISH)
    }

    pub(crate) fn is_english(self) -> bool {
        matches!(self.algorithm, Algorithm::English)
    }

    pub(crate) fn stemmer(self) -> Stemmer {
        Stemmer::new(self.algorithm)
    }

    /// Whether the language is written with the Latin letters, or else a letter is of its script.
    pub(crate) fn has_letter(self, letter: char) -> bool {
        match self.code {
            "ar" => matches!(letter, '\u{620}'..='\u{64A}' | '\u{66E}'..='\u{6D3}'),
            "el" => matches!(letter, '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}'),
            "hi" => matches!(letter, '\u{900}'..='\u{963}' | '\u{970}'..='\u{97F}' | '\u{200D}'),
            "ru" => matches!(letter, '\u{400}'..='\u{52F}'),
            _ => letter.is_ascii(),
        }
    }

    /// Whether it is written with other letters than the Latin ones, so that a Latin word in a text
    /// of it is most likely English.
    pub(crate) fn is_of_other_script(self) -> bool {
        !self.has_letter('a')
    }
}

/// The languages of so many documents, given by their codes: that of most documents first, but English
/// before all others.
pub(crate) fn of_counts(counts: &BTreeMap<String, u64>) -> Vec<Language> {
    let counts = counts.iter().map(|(code, documents)| (Language::of(Some(code)), *documents));
    let mut counts: Vec<(Language, u64)> = counts.collect();
    counts.sort_by_key(|(language, documents)| (!language.is_english(), Reverse(*documents)));
    counts.into_iter().map(|(language, _)| language).collect()
}

#[cfg(test)]
mod tests {
    use crate::analysis::language::{LANGUAGES, Language, of_counts};

    #[test]
    fn each_language_has_the_stemmer_of_its_code() {
        for language in LANGUAGES {
            assert_eq!(frostem::Algorithm::from_name(language.code), Ok(language.algorithm));
            assert_eq!(Language::of(Some(language.code)), language);
        }
        assert!(LANGUAGES.is_sorted_by_key(|language| language.code));
        for code in [None, Some("ja"), Some("xx"), Some("")] {
            assert!(Language::of(code).is_english(), "{code:?}");
        }
    }

    #[test]
    fn english_comes_first_and_then_what_most_documents_are() {
        let counts = [("de", 3), ("en", 1), ("fr", 5)].map(|(code, n)| (code.to_owned(), n));
        let languages = of_counts(&counts.into());
        let codes: Vec<&str> = languages.iter().map(|language| language.code).collect();
        assert_eq!(codes, ["en", "fr", "de"]);
    }
}
