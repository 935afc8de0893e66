//! Missing words: which words of a query a document lacks.

use tantivy::{DocId, DocSet};

use crate::{
    engine::local::{index::LocalIndex, query::of_group},
    error::Error,
    query::plan::Plan,
};

impl LocalIndex {
    /// For each document the words of a plan, as typed, that it has in no variant. Of a single word
    /// nothing is looked up where words alone count: a hit has it.
    pub(crate) fn missing(&self, plan: &Plan, docs: &[DocId]) -> Result<Vec<Vec<String>>, Error> {
        let segment = self.segment()?;
        let mut order: Vec<usize> = (0..docs.len()).collect();
        order.sort_unstable_by_key(|at| docs[*at]);
        let mut missing = vec![Vec::new(); docs.len()];
        let is_single = plan.groups.len() < 2;
        if is_single && !plan.wants_related && plan.meaning.is_none() {
            return Ok(missing);
        }
        for group in plan.groups.iter().filter(|group| group.words > 0) {
            let Some(query) = of_group(group, &self.fields) else { continue };
            let mut having = self.walk(segment, &*query)?;
            for &at in &order {
                let doc = docs[at];
                if having.doc() > doc || having.seek(doc) != doc {
                    missing[at].push(group.surface.clone());
                }
            }
        }
        Ok(missing)
    }
}
