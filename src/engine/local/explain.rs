//! Explanations: what gave a document its score.

use crate::{
    engine::local::{
        failure::engine_error,
        index::LocalIndex,
        rescore::{Contribution, explain},
        scored_doc::ScoredDoc,
    },
    error::Error,
    query::plan::Plan,
};

impl LocalIndex {
    /// What gave a document its score, a line each, the most important first.
    pub(crate) fn explanation(&self, plan: &Plan, scored: ScoredDoc) -> Result<String, Error> {
        let segment = self.segment()?;
        let mut parts = Vec::new();
        let documents = segment.max_doc();
        explain(segment, &self.fields, &plan.groups, scored.doc, |part| {
            let Contribution { field, term, frequency, doc_freq, score } = part;
            let line = format!(
                "{score:8.3}  {field}: {term} ×{frequency}, in {doc_freq} of {documents} documents"
            );
            parts.push((score, line));
        })
        .map_err(engine_error)?;
        let rest = scored.score - parts.iter().map(|(score, _)| score).sum::<f32>();
        if rest.abs() > 0.001 {
            parts.push((rest, format!("{rest:8.3}  phrases, fields and nearness of words")));
        }
        parts.sort_by(|a, b| b.0.total_cmp(&a.0));
        let lines: Vec<String> = parts.into_iter().map(|(_, line)| line).collect();
        Ok(lines.join("\n"))
    }
}
