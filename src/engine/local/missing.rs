//! Missing words: which words of a query a document lacks.

use tantivy::{DocId, DocSet};

use crate::{
    engine::local::{index::LocalIndex, query::of_variants},
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
            let variants = of_variants(group, &self.fields);
            if variants.is_empty() {
                continue;
            }
            let mut has_any = vec![false; docs.len()];
            // One by one: a union reads ahead, which for some documents takes longer than all the rest.
            for variant in variants {
                if has_any.iter().all(|has| *has) {
                    break;
                }
                let mut having = self.walk(segment, &*variant)?;
                for &at in order.iter() {
                    let doc = docs[at];
                    has_any[at] |= having.doc() <= doc && having.seek(doc) == doc;
                }
            }
            let lacking = (0..docs.len()).filter(|at| !has_any[*at]);
            lacking.for_each(|at| missing[at].push(group.surface.clone()));
        }
        Ok(missing)
    }
}
