//! Similar documents: the words that set a text apart, searched like a query.

use std::collections::HashMap;

use tantivy::SegmentReader;

use crate::{
    analysis::analyzer::Analyzer,
    engine::local::schema::Fields,
    error::Error,
    search::{
        Request, Results, Searcher,
        group::{Group, Way},
        plan::Plan,
        rank::idf,
        spelling::doc_freq,
    },
};

/// Words taken from a text. On articles of a few pages more of them changed little.
const WORDS: usize = 25;
/// Text beyond is not looked at.
const MAX_TEXT_BYTES: usize = 200_000;

impl Searcher {
    /// Documents like one of the index, which is left out.
    ///
    /// # Errors
    /// [`Error::UnknownDocument`] when there is none of that id or URL, [`Error::Engine`] when reading fails.
    pub fn similar(&self, id_or_url: &str, limit: usize) -> Result<Results, Error> {
        let document = self.document(id_or_url)?;
        let mut text = document.titles.join("\n");
        for piece in document.tags.iter().chain(&document.description) {
            text.push('\n');
            text.push_str(piece);
        }
        text.push('\n');
        text.push_str(&document.content.text());
        let mut results = self.similar_to_text(&text, limit.saturating_add(1))?;
        results.hits.retain(|hit| hit.id != document.id);
        results.hits.truncate(limit);
        results.total = results.hits.len();
        Ok(results)
    }

    /// Documents like a text.
    ///
    /// # Errors
    /// [`Error::Engine`] when reading fails.
    pub fn similar_to_text(&self, text: &str, limit: usize) -> Result<Results, Error> {
        let segment = self.segment()?;
        let mut analyzer = Analyzer::default();
        let mut plan = Plan::none();
        plan.groups = telling_words(segment, &self.fields, &mut analyzer, text)?;
        let mut results = Results::default();
        if plan.groups.is_empty() {
            return Ok(results);
        }
        let request = Request { limit, snippets: 1, ..Request::default() };
        let limit = limit.min(segment.max_doc() as usize);
        let ranked = self.ranked(&request, segment, &plan, &[], limit, &mut results)?;
        results.total = ranked.len().min(limit);
        self.fill(&request, segment, plan, analyzer, ranked, &mut results)?;
        Ok(results)
    }
}

/// The words of a text that are frequent in it and rare elsewhere, with weights.
fn telling_words(
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
        position: None,
    };
    Ok(words.into_iter().map(group).collect())
}
