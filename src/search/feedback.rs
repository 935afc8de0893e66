//! Feedback: words that set the best documents apart join the query with little weight.

use std::collections::HashMap;

use tantivy::SegmentReader;

use crate::{
    analysis::analyzer::Analyzer,
    engine::local::schema::Fields,
    error::Error,
    search::{
        group::{Group, Way},
        rank,
        spelling::doc_freq,
    },
};

/// How much of each text is looked at: the beginning of an article says what it is about.
const MAX_TEXT_BYTES: usize = 10_000;

/// Words of texts, weighted by Bo1, a model of divergence from randomness: how much more often a
/// word occurs in these texts than chance would have it.
/// Document frequency stands in for the frequency in the collection, which the index lacks.
///
/// Amati, "Probability models for information retrieval based on divergence from randomness", 2003.
pub(crate) fn telling_words(
    segment: &SegmentReader,
    fields: &Fields,
    analyzer: &mut Analyzer,
    texts: &[String],
) -> Result<Vec<Group>, Error> {
    let mut counts: HashMap<String, f32> = HashMap::new();
    for text in texts {
        let text = &text[..text.floor_char_boundary(MAX_TEXT_BYTES)];
        for word in analyzer.words(text).into_iter().filter(|word| !word.is_stop) {
            *counts.entry(word.term).or_default() += 1.0;
        }
    }
    let documents = segment.max_doc() as f32;
    let mut words = Vec::new();
    for (term, count) in counts {
        let found = doc_freq(segment, fields.text, &term)? as f32;
        // A word of one document would only find that document again.
        if found < 2.0 {
            continue;
        }
        let chance = found / documents;
        let weight = count * ((1.0 + chance) / chance).log2() + (1.0 + chance).log2();
        words.push((weight, term));
    }
    words.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    words.truncate(rank::FEEDBACK_WORDS);
    let most = words.first().map_or(1.0, |(weight, _)| *weight);
    let group = |(weight, term): (f32, String)| Group {
        surface: term.clone(),
        times: rank::FEEDBACK_WEIGHT * weight / most,
        ways: vec![(Way::Term(term), 1.0)],
        words: 0,
        position: None,
    };
    Ok(words.into_iter().map(group).collect())
}
