//! Explanations: how a query is understood, and what gave a hit its score.

use tantivy::SegmentReader;

use crate::{
    error::Error,
    query::parser,
    search::{
        Request, Searcher, engine_error,
        plan::Plan,
        rank::{self, Candidate},
    },
};

impl Searcher {
    /// How a request is understood, in lines: the tree, and each word with all that counts for it.
    ///
    /// # Errors
    /// [`Error::Engine`] when reading fails.
    pub fn explain_query(&self, request: &Request) -> Result<Vec<String>, Error> {
        let (plan, _, results) = self.plan(request, self.segment()?)?;
        let mut lines = vec![format!("query: {}", parser::parse(&request.query).root)];
        for group in &plan.groups {
            let ways: Vec<String> = group
                .ways
                .iter()
                .map(|(way, weight)| format!("{way} ×{}", weight * group.times))
                .collect();
            lines.push(format!("word: {} → {}", group.surface, ways.join(" | ")));
        }
        lines.extend(results.notes.iter().map(|note| format!("note: {note}")));
        Ok(lines)
    }

    /// What gave a candidate its score, a line each, the most important first.
    pub(crate) fn explanation(
        &self,
        segment: &SegmentReader,
        plan: &Plan,
        candidate: Candidate,
    ) -> Result<String, Error> {
        let mut parts = Vec::new();
        let documents = segment.max_doc();
        rank::explain(segment, &self.fields, &plan.groups, candidate.doc, |part| {
            let rank::Contribution { field, term, frequency, doc_freq, score } = part;
            let line = format!(
                "{score:8.3}  {field}: {term} ×{frequency}, in {doc_freq} of {documents} documents"
            );
            parts.push((score, line));
        })
        .map_err(engine_error)?;
        let rest = candidate.score - parts.iter().map(|(score, _)| score).sum::<f32>();
        if rest.abs() > 0.001 {
            parts.push((rest, format!("{rest:8.3}  phrases, fields and nearness of words")));
        }
        parts.sort_by(|a, b| b.0.total_cmp(&a.0));
        let lines: Vec<String> = parts.into_iter().map(|(_, line)| line).collect();
        Ok(lines.join("\n"))
    }
}
