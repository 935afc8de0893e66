//! The order of hits: exact names, then documents with all words, then those with some.

use std::{cmp::Reverse, collections::HashSet};

use jiff::civil::Date;
use tantivy::{
    SegmentReader,
    collector::TopDocs,
    query::{BooleanQuery, Occur, Query},
};

use crate::{
    dates,
    engine::local::{
        all_docs::AllDocs,
        failure::engine_error,
        index::LocalIndex,
        query::{Match, of_filters, of_group, of_plan},
        rescore::rescore,
        scored_doc::ScoredDoc,
    },
    error::Error,
    query::{group::Group, plan::Plan, sort::Sort, weights},
};

/// The best documents, in order.
#[derive(Debug, Default)]
pub(crate) struct Ranked {
    pub(crate) docs: Vec<ScoredDoc>,
    /// Documents with all words, when others with some of them come behind.
    pub(crate) complete: Option<usize>,
}

/// A ranking under construction: tiers of documents, each behind the ones before.
struct Ranking<'a> {
    index: &'a LocalIndex,
    segment: &'a SegmentReader,
    plan: &'a Plan,
    filters: Vec<Box<dyn Query>>,
    /// How many documents are to be ranked.
    wanted: usize,
    ranked: Vec<ScoredDoc>,
    seen: HashSet<u32>,
}

impl LocalIndex {
    /// The best documents for a plan, as many as it wants or more.
    pub(crate) fn ranked(&self, plan: &Plan, wanted: usize) -> Result<Ranked, Error> {
        let segment = self.segment()?;
        let filters = of_filters(&plan.filters, &self.fields);
        match plan.sort {
            Sort::Relevance if !plan.is_blank => {
                let (ranked, seen) = (Vec::new(), HashSet::new());
                let ranking = Ranking { index: self, segment, plan, filters, wanted, ranked, seen };
                ranking.by_relevance()
            }
            Sort::Relevance | Sort::Date => {
                let docs = self.by_date(segment, plan, &filters, wanted)?;
                Ok(Ranked { docs, complete: None })
            }
        }
    }

    /// The newest first; documents without date come last.
    fn by_date(
        &self,
        segment: &SegmentReader,
        plan: &Plan,
        filters: &[Box<dyn Query>],
        wanted: usize,
    ) -> Result<Vec<ScoredDoc>, Error> {
        if wanted == 0 || plan.asks_nothing() {
            return Ok(Vec::new());
        }
        let is_short = plan.groups.len() <= weights::ALL_WORDS;
        let words = if is_short { Match::AllWords } else { Match::AnyWord };
        let query = of_plan(plan, words, filters, &self.fields);
        let listed = segment.fast_fields().i64("listed").map_err(engine_error)?;
        let published = segment.fast_fields().i64("published").map_err(engine_error)?;
        let mut docs = self.searcher.search(&query, &AllDocs).map_err(engine_error)?;
        docs.sort_by_cached_key(|doc| {
            let date = listed.first(*doc).or_else(|| published.first(*doc));
            (Reverse(date), self.key_order(segment, *doc))
        });
        docs.truncate(wanted);
        Ok(docs.into_iter().map(|doc| ScoredDoc { doc, score: 0.0 }).collect())
    }
}

impl Ranking<'_> {
    /// Adds one tier after the other until there are enough documents.
    fn by_relevance(mut self) -> Result<Ranked, Error> {
        self.add_named()?;
        let asks_for_all = self.plan.asks_for_all_words();
        if asks_for_all {
            self.add_with(Match::AllWords)?;
        }
        let complete = self.ranked.len();
        let mut is_relaxed = false;
        if !asks_for_all || self.lacks_hits() {
            let asks_nothing = self.plan.asks_nothing();
            let incomplete = if asks_nothing { 0 } else { self.add_with_some_words()? };
            is_relaxed = asks_for_all && incomplete > 0;
        }
        Ok(Ranked { docs: self.ranked, complete: is_relaxed.then_some(complete) })
    }

    /// Documents whose address, id or title is the query.
    fn add_named(&mut self) -> Result<(), Error> {
        let docs = self.index.keyed(self.segment, &self.plan.keys)?;
        let docs = self.index.filtered(docs, &self.filters)?;
        self.add(docs.into_iter().map(|doc| ScoredDoc { doc, score: 0.0 }).collect())?;
        Ok(())
    }

    /// Documents with all words, or with any.
    fn add_with(&mut self, words: Match) -> Result<usize, Error> {
        let query = of_plan(self.plan, words, &self.filters, &self.index.fields);
        self.add(self.top(&query)?)
    }

    /// Documents with any word, in an order that feedback may change; then, when they are wanted,
    /// documents that only have words of the feedback. Returns how many have a word.
    fn add_with_some_words(&mut self) -> Result<usize, Error> {
        if !self.uses_feedback() {
            return self.add_with(Match::AnyWord);
        }
        let query = of_plan(self.plan, Match::AnyWord, &self.filters, &self.index.fields);
        let mut top = self.top(&query)?;
        // Words of all documents would only shuffle them.
        let reorders = top.len() > weights::FEEDBACK_HITS;
        let mut feedback = Vec::new();
        if reorders || self.plan.wants_related {
            feedback = self.feedback(&top)?;
        }
        if reorders {
            top = self.top(&self.with_feedback(query, &feedback))?;
        }
        let added = self.add(top)?;
        if self.plan.wants_related && !feedback.is_empty() && self.lacks_hits() {
            let related = self.plan.with_groups(feedback);
            let query = of_plan(&related, Match::AnyWord, &self.filters, &self.index.fields);
            self.add(self.top(&query)?)?;
        }
        Ok(added)
    }

    /// Whether words of the best documents may join the query.
    fn uses_feedback(&self) -> bool {
        self.plan.uses_feedback && self.is_small() && !self.plan.groups.is_empty()
    }

    /// The words that set the best of some documents apart.
    fn feedback(&self, top: &[ScoredDoc]) -> Result<Vec<Group>, Error> {
        let best = top.iter().take(weights::RESCORED).copied().collect();
        self.index.feedback_words(&self.rescored(best)?)
    }

    /// A query whose documents have a larger score when they have words of the feedback, too.
    fn with_feedback(&self, query: Box<dyn Query>, feedback: &[Group]) -> BooleanQuery {
        let words = feedback.iter().filter_map(|group| of_group(group, &self.index.fields));
        let words = words.map(|word| (Occur::Should, word));
        BooleanQuery::new(std::iter::once((Occur::Must, query)).chain(words).collect())
    }

    /// Adds a tier of documents behind the others, those left out that are there already. Returns how
    /// many were added.
    fn add(&mut self, mut tier: Vec<ScoredDoc>) -> Result<usize, Error> {
        tier.retain(|scored| self.seen.insert(scored.doc));
        let mut tier = self.rescored(tier)?;
        let count = tier.len();
        self.ranked.append(&mut tier);
        Ok(count)
    }

    /// The documents in their order, the best of them rescored. Rescoring only adds to scores, so
    /// that those it did not reach stay behind, in the order in which they were found: it is the
    /// same however many are wanted, so that no page shows what another one did.
    fn rescored(&self, mut tier: Vec<ScoredDoc>) -> Result<Vec<ScoredDoc>, Error> {
        let split = tier.len().min(weights::RESCORED);
        let (best, has_headings) = (&mut tier[..split], self.index.metadata.headings);
        rescore(self.segment, &self.index.fields, has_headings, &self.plan.groups, best)
            .map_err(engine_error)?;
        if let Some(today) = self.plan.fresh_on {
            self.freshen(today, best)?;
        }
        self.sort(best);
        Ok(tier)
    }

    /// Raises the scores of newer documents.
    fn freshen(&self, today: Date, docs: &mut [ScoredDoc]) -> Result<(), Error> {
        let column = |name| self.segment.fast_fields().i64(name).map_err(engine_error);
        let (listed, published) = (column("listed")?, column("published")?);
        for scored in docs {
            let number = listed.first(scored.doc).or_else(|| published.first(scored.doc));
            let Some(age) = number
                .and_then(dates::of_number)
                .and_then(|day| day.until(today).ok())
                .map(|age| age.get_days().max(0) as f32)
            else {
                continue;
            };
            let left = (-age / weights::FRESHNESS_HALF_LIFE).exp2();
            scored.score *= 1.0 + weights::FRESHNESS * left;
        }
        Ok(())
    }

    /// Best first; documents of equal score in the order of their keys.
    fn sort(&self, docs: &mut [ScoredDoc]) {
        let key = |scored: &ScoredDoc| self.index.key_order(self.segment, scored.doc);
        docs.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| key(a).cmp(&key(b))));
    }

    /// The documents of a query with the largest scores: as many as may be wanted, all of which may
    /// be there already.
    fn top(&self, query: &dyn Query) -> Result<Vec<ScoredDoc>, Error> {
        let limit = self.wanted.max(weights::RESCORED) + self.ranked.len();
        let top = TopDocs::with_limit(limit.max(1)).order_by_score();
        let top = self.index.searcher.search(query, &top).map_err(engine_error)?;
        Ok(top.into_iter().map(|(score, at)| ScoredDoc { doc: at.doc_id, score }).collect())
    }

    fn lacks_hits(&self) -> bool {
        self.ranked.len() < self.wanted
    }

    fn is_small(&self) -> bool {
        self.segment.max_doc() <= weights::SMALL_INDEX
    }
}
