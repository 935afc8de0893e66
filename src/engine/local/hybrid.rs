//! Ranking by words and by meaning: the best documents of both in one order.

use std::collections::HashMap;

use tantivy::{DocId, DocSet, TERMINATED, query::Query};

use crate::{
    engine::{
        execution::Match,
        explain::explanation,
        fusion::{FusedDocument, Ranks, fused, worth},
        local::{
            all_docs::AllDocs,
            failure::engine_error,
            index::LocalIndex,
            query::{of_filters, of_plan},
            scored_doc::ScoredDoc,
        },
        vectors::{NearDocument, VectorFile},
    },
    error::Error,
    query::{
        facet::FACETS,
        meaning::Meaning,
        plan::Plan,
        weights::{LEAST_NEARNESS, NEAREST, RESCORED},
    },
};

/// What is known of a document by its rank and its vectors.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ByMeaning {
    pub(crate) ranks: Ranks,
    /// How near its nearest passage is, and which one that is.
    pub(crate) nearest: Option<(f32, usize)>,
    /// Whether it has none of the words, and is there for its meaning alone.
    pub(crate) is_without_words: bool,
}

/// Documents in the order of words and meaning.
pub(crate) struct Hybrid {
    pub(crate) docs: Vec<ScoredDoc>,
    pub(crate) known: HashMap<DocId, ByMeaning>,
}

impl LocalIndex {
    /// The documents that were found by words, best first, in one order with those whose passages
    /// are nearest in meaning and that pass all else that a plan demands.
    pub(crate) fn hybrid(
        &self,
        vectors: &VectorFile,
        meaning: &Meaning,
        plan: &Plan,
        filters: &[Box<dyn Query>],
        by_words: Vec<ScoredDoc>,
    ) -> Result<Hybrid, Error> {
        let (near, with_words) = self.near(vectors, meaning, plan, filters)?;
        let best = &by_words[..by_words.len().min(RESCORED)];
        let words: Vec<DocId> = best.iter().map(|scored| scored.doc).collect();
        let order: Vec<DocId> = near.iter().map(|near| near.document).collect();
        let fused = fused(&words, &order, meaning.weight);
        Ok(Hybrid::of(fused, &near, &with_words, by_words))
    }

    /// The documents that meaning alone would find with another choice of one facet: those that pass
    /// all filters but the choices of that facet, in ascending order.
    pub(crate) fn near_with_other_choices(&self, plan: &Plan) -> Result<Vec<DocId>, Error> {
        let mut docs = Vec::new();
        let (Some(meaning), Some(vectors)) = (&plan.meaning, self.vectors()?) else {
            return Ok(docs);
        };
        for facet in FACETS {
            let mut others = plan.filters.clone();
            others.choices.retain(|choice| choice.facet != facet);
            if others.choices.len() == plan.filters.choices.len() {
                continue;
            }
            let filters = of_filters(&others, &self.fields);
            let (near, with_words) = self.near(vectors, meaning, plan, &filters)?;
            let near = near.iter().map(|near| near.document);
            docs.extend(near.filter(|doc| with_words.binary_search(doc).is_err()));
        }
        docs.sort_unstable();
        docs.dedup();
        Ok(docs)
    }

    /// The documents whose passages are nearest and near enough, and in ascending order those of them
    /// that have any of the words.
    fn near(
        &self,
        vectors: &VectorFile,
        meaning: &Meaning,
        plan: &Plan,
        filters: &[Box<dyn Query>],
    ) -> Result<(Vec<NearDocument>, Vec<DocId>), Error> {
        let passing = self.passing(plan, filters)?;
        let is_wanted =
            |doc: u32| passing.as_ref().is_none_or(|passing| passing.binary_search(&doc).is_ok());
        let mut near = vectors.nearest(&meaning.vector, NEAREST, is_wanted);
        let with_words = self.with_words(plan, filters, &near)?;
        near.retain(|near| near.nearness >= LEAST_NEARNESS || with_words.contains(&near.document));
        Ok((near, with_words))
    }

    /// Why a document has its place: its rank by each, and what its words have given.
    pub(crate) fn hybrid_explanation(
        &self,
        plan: &Plan,
        doc: DocId,
        known: &ByMeaning,
        is_named: bool,
    ) -> Result<String, Error> {
        let weight = plan.meaning.as_ref().map_or(0.0, |meaning| meaning.weight);
        let mut lines = Vec::new();
        lines.extend(
            is_named.then(|| "          by name: the query is its title or address".into()),
        );
        if let Some(rank) = known.ranks.bm25 {
            lines.push(format!("{:8.3}  by words: rank {rank}", worth(rank)));
        }
        if let (Some(rank), Some((nearness, passage))) = (known.ranks.embedding, known.nearest) {
            lines.push(format!(
                "{:8.3}  by meaning: rank {rank}, passage {} (cosine {nearness:.2})",
                weight * worth(rank),
                passage + 1
            ));
        }
        let words = explanation(&self.candidates(&[doc])?, plan, None)?;
        lines.extend(words.lines().map(|line| format!("  {line}")));
        Ok(lines.join("\n"))
    }

    /// The documents that pass what a plan demands beside its words, in ascending order; none when it
    /// demands nothing.
    fn passing(
        &self,
        plan: &Plan,
        filters: &[Box<dyn Query>],
    ) -> Result<Option<Vec<DocId>>, Error> {
        let bare = plan.with_groups(Vec::new());
        if bare.is_empty() && filters.is_empty() {
            return Ok(None);
        }
        let query = of_plan(&bare, Match::AnyWord, filters, &self.fields);
        self.searcher.search(&query, &AllDocs).map(Some).map_err(engine_error)
    }

    /// Those documents that have any of the words.
    fn with_words(
        &self,
        plan: &Plan,
        filters: &[Box<dyn Query>],
        near: &[NearDocument],
    ) -> Result<Vec<DocId>, Error> {
        let mut docs: Vec<DocId> = near.iter().map(|near| near.document).collect();
        docs.sort_unstable();
        if plan.groups.is_empty() {
            // All of them have what is required; of nothing nobody has a word.
            docs.retain(|_| !plan.required.is_empty());
            return Ok(docs);
        }
        let query = of_plan(plan, Match::AnyWord, filters, &self.fields);
        let mut scorer = self.walk(self.segment()?, &*query)?;
        docs.retain(|doc| {
            scorer.doc() != TERMINATED && scorer.doc() <= *doc && scorer.seek(*doc) == *doc
        });
        Ok(docs)
    }
}

impl Hybrid {
    /// The fused documents, then the others in the order of their words.
    fn of(
        fused: Vec<FusedDocument>,
        near: &[NearDocument],
        with_words: &[DocId],
        by_words: Vec<ScoredDoc>,
    ) -> Hybrid {
        let nearest: HashMap<DocId, &NearDocument> =
            near.iter().map(|near| (near.document, near)).collect();
        let mut known: HashMap<DocId, ByMeaning> = HashMap::new();
        let mut docs = Vec::with_capacity(by_words.len() + near.len());
        for FusedDocument { document: doc, score, ranks } in fused {
            let nearest = nearest.get(&doc).map(|near| (near.nearness, near.passage));
            let is_without_words = ranks.bm25.is_none() && with_words.binary_search(&doc).is_err();
            known.insert(doc, ByMeaning { ranks, nearest, is_without_words });
            docs.push(ScoredDoc { doc, score });
        }
        let lowest = docs.last().map_or(0.0, |last| last.score);
        for (ScoredDoc { doc, .. }, rank) in by_words.into_iter().zip(1_usize..) {
            if known.contains_key(&doc) {
                continue;
            }
            let ranks = Ranks { bm25: Some(rank), embedding: None };
            known.insert(doc, ByMeaning { ranks, ..ByMeaning::default() });
            docs.push(ScoredDoc { doc, score: lowest / (1.0 + rank as f32) });
        }
        Hybrid { docs, known }
    }
}
