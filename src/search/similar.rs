//! Similar documents: the words that set a text apart, searched like a query.

use std::collections::HashMap;

use tantivy::SegmentReader;

use crate::{
    error::Error,
    index::{analyzer::Analyzer, schema::Fields},
    search::{
        plan::{Group, Way},
        rank::idf,
        spelling::doc_freq,
    },
};

/// Words taken from a text. On articles of a few pages more of them changed little.
const WORDS: usize = 25;
/// Text beyond is not looked at.
const MAX_TEXT_BYTES: usize = 200_000;

/// The words of a text that are frequent in it and rare elsewhere, with weights.
pub(crate) fn telling_words(
    segment: &SegmentReader,
    fields: &Fields,
    analyzer: &mut Analyzer,
    text: &str,
) -> Result<Vec<Group>, Error> {
    let text = &text[..text.floor_char_boundary(MAX_TEXT_BYTES)];
    let mut counts: HashMap<String, f32> = HashMap::new();
    for word in analyzer.words(text).into_iter().filter(|word| !word.is_stop) {
        *counts.entry(word.term).or_default() += 1.0;
    }
    let documents = segment.max_doc() as f32;
    let mut words: Vec<(f32, String)> = Vec::new();
    for (term, count) in counts {
        let found = doc_freq(segment, fields.text, &term)? as f32;
        if found > 0.0 && term.chars().count() > 2 {
            words.push((count.sqrt() * idf(found, documents), term));
        }
    }
    words.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    words.truncate(WORDS);
    let most = words.first().map_or(1.0, |(weight, _)| *weight);
    let group = |(weight, term): (f32, String)| Group {
        surface: term.clone(),
        times: weight / most,
        ways: vec![(Way::Term(term), 1.0)],
        words: 1,
    };
    Ok(words.into_iter().map(group).collect())
}
