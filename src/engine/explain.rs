//! Explanations: what gave a document its score.

use crate::{
    engine::{candidates::Candidates, rescore::explain},
    error::Error,
    query::{plan::Plan, weights::FEEDBACK_MIN_WORDS},
};

/// What gave the only candidate its score, a line each, the most important first; without a score
/// what its words would give it.
pub(crate) fn explanation<C: Candidates>(
    candidate: &C,
    plan: &Plan,
    score: Option<f32>,
) -> Result<String, Error> {
    let mut parts = Vec::new();
    explain(candidate, &plan.groups, |_, part| {
        parts.push((part.score, part.reason.to_string()));
    })?;
    let known = parts.iter().map(|(score, _)| score).sum::<f32>();
    let rest = score.map_or(0.0, |score| score - known);
    if rest.abs() > 0.001 {
        parts.push((rest, others(plan).join(", ")));
    }
    parts.sort_by(|a, b| b.0.total_cmp(&a.0));
    let lines: Vec<String> =
        parts.into_iter().map(|(score, reason)| format!("{score:8.3}  {reason}")).collect();
    Ok(lines.join("\n"))
}

/// What else may give a part of a score, without a figure for each.
fn others(plan: &Plan) -> Vec<&'static str> {
    let is_by_hit = plan.uses_feedback && plan.groups.len() >= FEEDBACK_MIN_WORDS;
    let mut others = vec!["phrases, prefixes, fields and names"];
    others.extend(is_by_hit.then_some("pseudo-relevance feedback"));
    others.extend(plan.fresh_on.map(|_| "freshness"));
    others
}
