//! Explanations: what gave a document its score.

use crate::{
    engine::local::{
        failure::engine_error, index::LocalIndex, rescore::explain, scored_doc::ScoredDoc,
    },
    error::Error,
    query::{plan::Plan, weights::FEEDBACK_MIN_WORDS},
};

impl LocalIndex {
    /// What gave a document its score, a line each, the most important first.
    pub(crate) fn explanation(&self, plan: &Plan, scored: ScoredDoc) -> Result<String, Error> {
        let (segment, has_headings) = (self.segment()?, self.metadata.headings);
        let mut parts = Vec::new();
        explain(segment, &self.fields, has_headings, &plan.groups, scored.doc, |part| {
            parts.push((part.score, part.reason.to_string()));
        })
        .map_err(engine_error)?;
        let rest = scored.score - parts.iter().map(|(score, _)| score).sum::<f32>();
        if rest.abs() > 0.001 {
            parts.push((rest, others(plan).join(", ")));
        }
        parts.sort_by(|a, b| b.0.total_cmp(&a.0));
        let lines: Vec<String> =
            parts.into_iter().map(|(score, reason)| format!("{score:8.3}  {reason}")).collect();
        Ok(lines.join("\n"))
    }
}

/// What else may give a part of a score, without a figure for each.
fn others(plan: &Plan) -> Vec<&'static str> {
    let is_by_hit = plan.uses_feedback && plan.groups.len() >= FEEDBACK_MIN_WORDS;
    let mut others = vec!["phrases, beginnings, fields and names"];
    others.extend(is_by_hit.then_some("words of the best hits"));
    others.extend(plan.fresh_on.map(|_| "freshness"));
    others
}
