//! Characteristic words: those that set texts apart from the rest of an index.

use std::collections::HashMap;

use crate::{
    analysis::{analyzer::Analyzer, language::Language, stems::foreign_stem},
    engine::index::{Index, TermKind},
    error::Error,
    query::{bm25::idf, group::Group},
};

/// Words taken from a text to find others like it. On articles of a few pages more of them changed
/// little.
const WORDS: usize = 25;
/// Text beyond is not looked at.
const MAX_TEXT_BYTES: usize = 200_000;

/// The words of a text that are frequent in it and rare elsewhere, weighted.
pub(crate) fn words_of_text(
    index: &dyn Index,
    text: &str,
    language: Language,
) -> Result<Vec<Group>, Error> {
    let text = &text[..text.floor_char_boundary(MAX_TEXT_BYTES)];
    let weigh = |term: &str, count: f32, found: f32, documents: f32| {
        let is_word = found > 0.0 && foreign_stem(term).unwrap_or(term).chars().count() > 2;
        is_word.then(|| count.sqrt() * idf(found, documents))
    };
    let texts = [(text.to_owned(), language)];
    let words = characteristic_words(index, &texts, WORDS, weigh)?;
    let most = words.first().map_or(1.0, |(weight, _)| *weight);
    let group = |(weight, term)| Group { times: weight / most, ..Group::of_term(term) };
    Ok(words.into_iter().map(group).collect())
}

/// The `count` terms of texts, each read in its language, with the largest weights, the largest first.
///
/// `weigh` takes a term, how often it occurs in the texts, how many documents have it and how many
/// documents there are; it returns none for a term to be left out.
pub(crate) fn characteristic_words(
    index: &dyn Index,
    texts: &[(String, Language)],
    count: usize,
    weigh: impl Fn(&str, f32, f32, f32) -> Option<f32>,
) -> Result<Vec<(f32, String)>, Error> {
    let mut analyzer = Analyzer::default();
    let mut counts: HashMap<String, f32> = HashMap::new();
    for (text, language) in texts {
        analyzer.begin_document(*language);
        for word in analyzer.words(text) {
            if word.is_stop || word.role.is_extra() {
                continue;
            }
            *counts.entry(word.term.first().to_owned()).or_default() += 1.0;
        }
    }
    let documents = index.documents() as f32;
    let terms: Vec<&str> = counts.keys().map(String::as_str).collect();
    let found = index.doc_freqs(TermKind::Stem, &terms)?;
    let mut words: Vec<(f32, &str)> = Vec::new();
    for (term, found) in terms.into_iter().zip(found) {
        let weight = weigh(term, counts[term], found as f32, documents);
        words.extend(weight.map(|weight| (weight, term)));
    }
    words.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    words.truncate(count);
    Ok(words.into_iter().map(|(weight, term)| (weight, term.to_owned())).collect())
}
