//! Pseudo-relevance feedback: words that set the best documents apart join the query with little
//! weight.

use crate::{
    analysis::language::Language,
    engine::{characteristic::characteristic_words, document::Document, index::Index},
    error::Error,
    query::{
        group::Group,
        weights::{FEEDBACK_WEIGHT, FEEDBACK_WORDS},
    },
};

/// How much of each text is looked at: the beginning of an article says what it is about, and so no
/// long one drowns the others.
const MAX_TEXT_BYTES: usize = 2_000;

/// The words that set the best documents apart, weighted by Bo1, a model of divergence from
/// randomness: how much more often a word occurs in these texts than chance would have it.
/// Document frequency stands in for the frequency in the collection, which the index lacks.
///
/// Amati, "Probability models for information retrieval based on divergence from randomness",
/// 2003.
pub(crate) fn feedback_words(
    index: &dyn Index,
    best: impl Iterator<Item = Result<Document, Error>>,
) -> Result<Vec<Group>, Error> {
    let mut texts = Vec::new();
    for document in best {
        let document = document?;
        let mut text = format!("{}\n{}", document.titles.join("\n"), document.content.text());
        text.truncate(text.floor_char_boundary(MAX_TEXT_BYTES));
        texts.push((text, Language::of(document.content.language.as_deref())));
    }
    let weigh = |_: &str, count: f32, found: f32, documents: f32| {
        let chance = found / documents;
        let weight = count * ((1.0 + chance) / chance).log2() + (1.0 + chance).log2();
        // A word of one document would only find that document again.
        (found >= 2.0).then_some(weight)
    };
    let words = characteristic_words(index, &texts, FEEDBACK_WORDS, weigh)?;
    let most = words.first().map_or(1.0, |(weight, _)| *weight);
    let group = |(weight, term): (f32, String)| Group {
        times: FEEDBACK_WEIGHT * weight / most,
        ..Group::of_term(term)
    };
    Ok(words.into_iter().map(group).collect())
}
