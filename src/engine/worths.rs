//! What words are worth that are marked in a passage.

use std::collections::BTreeMap;

use crate::{
    engine::index::{Index, TermKind},
    error::Error,
    query::{bm25::idf, plan::Plan},
};

/// What finding each marked term of a plan in a passage is worth: rare ones more.
pub(crate) fn worths(index: &dyn Index, plan: &Plan) -> Result<BTreeMap<String, f32>, Error> {
    let mut worths = plan.marked_terms();
    let terms: Vec<&str> = worths.keys().map(String::as_str).collect();
    let found = index.doc_freqs(TermKind::Stem, &terms)?;
    for (worth, found) in worths.values_mut().zip(found) {
        *worth *= idf(found as f32, index.documents() as f32);
    }
    Ok(worths)
}
