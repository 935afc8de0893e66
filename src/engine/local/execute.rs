//! Executing a plan: ranking, counting, and reading the documents that are asked for.

use tantivy::{DocId, collector::Count};

use crate::{
    engine::{
        execution::{Execution, FoundDocument, Match},
        explain::explanation,
        local::{
            candidates::LocalCandidates,
            failure::engine_error,
            index::LocalIndex,
            query::{of_filters, of_plan},
            scored_doc::ScoredDoc,
        },
    },
    error::Error,
    query::plan::{Counts, Plan},
};

impl LocalIndex {
    /// Answers a plan.
    pub(crate) fn executed(&self, plan: &Plan) -> Result<Execution, Error> {
        let wanted = self.at_most(plan.offset.saturating_add(plan.limit))?;
        let ranked = self.ranked(plan, wanted)?;
        let without_words = ranked.without_words();
        let (facets, total) = match plan.counts {
            Counts::Nothing => (Vec::new(), 0),
            Counts::Documents => {
                (Vec::new(), self.count(plan, ranked.words)? + without_words.len())
            }
            Counts::Facets => {
                let mut besides = self.near_with_other_choices(plan)?;
                besides.extend_from_slice(&without_words);
                besides.sort_unstable();
                besides.dedup();
                self.count_facets(plan, ranked.words, &besides)?
            }
        };
        let total = total.max(ranked.docs.len());
        let (by_meaning, is_hybrid) = (ranked.by_meaning, plan.meaning.is_some());
        let shown: Vec<ScoredDoc> =
            ranked.docs.into_iter().skip(plan.offset).take(plan.limit).collect();
        let docs: Vec<DocId> = shown.iter().map(|scored| scored.doc).collect();
        let mut missing = self.missing(plan, &docs)?;
        // Who knows a document by its name asks for no words.
        let named = ranked.named.saturating_sub(plan.offset);
        missing.iter_mut().take(named).for_each(Vec::clear);
        let lacks_some = |(doc, missing): (&DocId, &Vec<String>)| {
            !missing.is_empty() && without_words.binary_search(doc).is_err()
        };
        let is_relaxed = plan.groups.len() > 1 && docs.iter().zip(&missing).any(lacks_some);
        let is_counted =
            is_relaxed && ranked.named == 0 && plan.is_short() && plan.counts != Counts::Nothing;
        let complete = is_counted.then(|| self.count(plan, Match::AllWords)).transpose()?;
        let mut found = Vec::with_capacity(shown.len());
        for (at, (scored, missing)) in shown.into_iter().zip(missing).enumerate() {
            let known = by_meaning.get(&scored.doc);
            let explanation = plan.wants_explanations.then(|| match known {
                Some(known) => self.hybrid_explanation(plan, scored.doc, known, at < named),
                None => self.explanation(plan, scored),
            });
            let nearest = known.filter(|known| known.is_without_words).and_then(|k| k.nearest);
            found.push(FoundDocument {
                document: self.stored(scored.doc, plan.wants_sections)?,
                score: scored.score,
                missing,
                explanation: explanation.transpose()?,
                ranks: is_hybrid.then(|| known.map(|known| known.ranks).unwrap_or_default()),
                nearest_passage: nearest.map(|(_, passage)| passage),
            });
        }
        Ok(Execution { found, total, facets, is_relaxed, complete })
    }

    /// The ids of the hits of a plan, without reading the documents.
    pub(crate) fn ranked_ids(&self, plan: &Plan) -> Result<Vec<String>, Error> {
        let segment = self.segment()?;
        let limit = self.at_most(plan.limit)?;
        let ranked = self.ranked(plan, limit)?;
        ranked.docs.into_iter().take(limit).map(|scored| self.id(segment, scored.doc)).collect()
    }

    fn explanation(&self, plan: &Plan, scored: ScoredDoc) -> Result<String, Error> {
        explanation(&self.candidates(&[scored.doc])?, plan, Some(scored.score))
    }

    /// The documents, which are in ascending order, as rescoring knows them.
    pub(crate) fn candidates<'a>(
        &'a self,
        docs: &'a [DocId],
    ) -> Result<LocalCandidates<'a>, Error> {
        let (segment, has_headings) = (self.segment()?, self.metadata.headings);
        Ok(LocalCandidates { index: self, segment, fields: &self.fields, has_headings, docs })
    }

    /// How many documents match a plan.
    fn count(&self, plan: &Plan, words: Match) -> Result<usize, Error> {
        if plan.asks_nothing() {
            return Ok(0);
        }
        let filters = of_filters(&plan.filters, &self.fields);
        let query = of_plan(plan, words, &filters, &self.fields);
        self.searcher.search(&query, &Count).map_err(engine_error)
    }

    /// A number of documents, or how many there are.
    fn at_most(&self, count: usize) -> Result<usize, Error> {
        Ok(count.min(self.segment()?.max_doc() as usize))
    }
}
