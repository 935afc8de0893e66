//! The order of hits: exact names first, then by score.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use jiff::civil::Date;
use tantivy::{
    DocId, DocSet, SegmentReader,
    collector::TopDocs,
    query::{BooleanQuery, Occur, Query, Scorer},
};

use crate::{
    dates,
    engine::{
        execution::Match,
        freshness::freshened,
        local::{
            all_docs::AllDocs,
            failure::engine_error,
            hybrid::ByMeaning,
            index::LocalIndex,
            query::{of_filters, of_group, of_plan},
            scored_doc::ScoredDoc,
            split::split,
        },
        pseudo_relevance::feedback_words,
        rescore::rescore,
    },
    error::Error,
    query::{condition::Condition, group::Group, plan::Plan, sort::Sort, tree, weights},
};

/// By how much documents whose name is the query lead the others.
const NAME_LEAD: f32 = 1.0;
/// So many documents are found at least, for so few that match are told apart from more.
const FEWEST: usize = 10;
/// What part of the last hit's score the best document that is merely related gets at most.
const RELATED_BELOW: f32 = 0.99;

/// The best documents, in order.
#[derive(Debug)]
pub(crate) struct Ranked {
    pub(crate) docs: Vec<ScoredDoc>,
    /// How many of them, the first ones, are there because the query is their name.
    pub(crate) named: usize,
    /// How many of the words every other one has.
    pub(crate) words: Match,
    /// What is known of documents that were ranked by meaning, too.
    pub(crate) by_meaning: HashMap<DocId, ByMeaning>,
}

impl Ranked {
    /// The documents that have none of the words, in ascending order.
    pub(crate) fn without_words(&self) -> Vec<DocId> {
        let without = self.by_meaning.iter().filter(|(_, known)| known.is_without_words);
        let mut docs: Vec<DocId> = without.map(|(doc, _)| *doc).collect();
        docs.sort_unstable();
        docs
    }
}

/// A ranking by relevance under construction.
struct Ranking<'a> {
    index: &'a LocalIndex,
    segment: &'a SegmentReader,
    plan: &'a Plan,
    filters: Vec<Box<dyn Query>>,
    /// How many documents are to be ranked.
    wanted: usize,
}

impl LocalIndex {
    /// The best documents for a plan, as many as it wants or more.
    pub(crate) fn ranked(&self, plan: &Plan, wanted: usize) -> Result<Ranked, Error> {
        let segment = self.segment()?;
        let filters = of_filters(&plan.filters, &self.fields);
        match plan.order() {
            Sort::Relevance => {
                Ranking { index: self, segment, plan, filters, wanted }.by_relevance()
            }
            Sort::Date => self.by_date(segment, plan, &filters, wanted),
        }
    }

    /// The newest first; documents without date come last. Those that lack a word of a short query
    /// are left out, for they would hide the others, unless all do.
    fn by_date(
        &self,
        segment: &SegmentReader,
        plan: &Plan,
        filters: &[Box<dyn Query>],
        wanted: usize,
    ) -> Result<Ranked, Error> {
        let mut words = if plan.is_short() { Match::AllWords } else { Match::AnyWord };
        let mut docs = Vec::new();
        if !plan.asks_nothing() {
            docs = self.matching(plan, words, filters)?;
        }
        if docs.is_empty() && words == Match::AllWords {
            words = Match::AnyWord;
            docs = self.matching(plan, words, filters)?;
        }
        let listed = segment.fast_fields().i64("listed").map_err(engine_error)?;
        let published = segment.fast_fields().i64("published").map_err(engine_error)?;
        docs.sort_by_cached_key(|doc| {
            let date = listed.first(*doc).or_else(|| published.first(*doc));
            (Reverse(date), self.key_order(segment, *doc))
        });
        docs.truncate(wanted);
        let docs = docs.into_iter().map(|doc| ScoredDoc { doc, score: 0.0 }).collect();
        Ok(Ranked { docs, named: 0, words, by_meaning: HashMap::new() })
    }

    /// All documents that match a plan, in ascending order.
    fn matching(
        &self,
        plan: &Plan,
        words: Match,
        filters: &[Box<dyn Query>],
    ) -> Result<Vec<DocId>, Error> {
        let query = of_plan(plan, words, filters, &self.fields);
        self.searcher.search(&query, &AllDocs).map_err(engine_error)
    }
}

impl Ranking<'_> {
    /// Documents whose name is the query, then those with any of its words, then, when they are
    /// wanted, those that are like the best.
    fn by_relevance(self) -> Result<Ranked, Error> {
        let query = of_plan(self.plan, Match::AnyWord, &self.filters, &self.index.fields);
        let query = (!self.plan.asks_nothing()).then(|| split(query, &self.index.statistics));
        let mut docs = self.named(query.as_deref())?;
        let named = docs.len();
        let (mut hits, feedback) = match query {
            Some(query) => self.hits(query, named)?,
            None => (Vec::new(), Vec::new()),
        };
        let mut by_meaning = HashMap::new();
        if let Some(meaning) = &self.plan.meaning
            && let Some(vectors) = self.index.vectors()?
        {
            let hybrid = self.index.hybrid(vectors, meaning, self.plan, &self.filters, hits)?;
            (hits, by_meaning) = (hybrid.docs, hybrid.known);
            // The scores of both are made of ranks, those of names as well.
            let scores: HashMap<DocId, f32> = hits.iter().map(|hit| (hit.doc, hit.score)).collect();
            for named in &mut docs {
                named.score = scores.get(&named.doc).copied().unwrap_or_default();
                // It is there for its name.
                by_meaning.entry(named.doc).or_default().is_without_words = false;
            }
            self.sort(&mut docs);
        }
        let names: HashSet<DocId> = docs.iter().map(|scored| scored.doc).collect();
        hits.retain(|scored| !names.contains(&scored.doc));
        if let Some(best) = hits.first() {
            docs.iter_mut().for_each(|scored| scored.score += best.score + NAME_LEAD);
        }
        docs.append(&mut hits);
        if self.plan.wants_related && docs.len() < self.wanted {
            self.add_related(feedback, &mut docs)?;
        }
        Ok(Ranked { docs, named, words: Match::AnyWord, by_meaning })
    }

    /// Documents whose address, id or title is the query, with their scores as hits.
    fn named(&self, query: Option<&dyn Query>) -> Result<Vec<ScoredDoc>, Error> {
        let docs = self.index.keyed(self.segment, &self.plan.keys)?;
        let mut docs = self.index.filtered(docs, &self.filters)?;
        docs.sort_unstable();
        let mut scored: Vec<ScoredDoc> =
            docs.into_iter().map(|doc| ScoredDoc { doc, score: 0.0 }).collect();
        if let Some(query) = query.filter(|_| !scored.is_empty()) {
            let mut scorer = self.index.scorer(self.segment, query)?;
            for scored in &mut scored {
                if scorer.doc() <= scored.doc && scorer.seek(scored.doc) == scored.doc {
                    scored.score = scorer.score();
                }
            }
        }
        self.sort(&mut scored);
        self.rescored(scored)
    }

    /// Documents with any word, and the words of feedback, which may change their order.
    /// `besides` is how many of them may be left out.
    fn hits(
        &self,
        query: Box<dyn Query>,
        besides: usize,
    ) -> Result<(Vec<ScoredDoc>, Vec<Group>), Error> {
        let mut top = self.top(&*query, besides)?;
        let mut feedback = Vec::new();
        if self.uses_feedback() {
            // Words of all documents would only shuffle them.
            let reorders = top.len() > weights::FEEDBACK_HITS
                && self.plan.groups.len() >= weights::FEEDBACK_MIN_WORDS;
            if reorders || self.plan.wants_related {
                let best = top.iter().take(weights::RESCORED).copied().collect();
                let best = self.rescored(best)?;
                let best = best.iter().take(weights::FEEDBACK_HITS);
                let documents = best.map(|scored| self.index.stored(scored.doc, true));
                feedback = feedback_words(self.index, documents)?;
            }
            if reorders {
                top = self.top(&self.with_feedback(query, &feedback), besides)?;
            }
        }
        Ok((self.rescored(top)?, feedback))
    }

    /// Whether words of the best documents may be looked at.
    fn uses_feedback(&self) -> bool {
        let is_small = self.segment.max_doc() <= weights::SMALL_INDEX;
        self.plan.uses_feedback && is_small && !self.plan.groups.is_empty()
    }

    /// A query whose documents have a larger score when they have words of the feedback, too.
    fn with_feedback(&self, query: Box<dyn Query>, feedback: &[Group]) -> BooleanQuery {
        let words = feedback.iter().filter_map(|group| of_group(group, &self.index.fields));
        let words = words.map(|word| (Occur::Should, word));
        BooleanQuery::new(std::iter::once((Occur::Must, query)).chain(words).collect())
    }

    /// Adds documents that have none of the words but some of the feedback, their scores scaled to
    /// lie below those of the hits.
    fn add_related(&self, feedback: Vec<Group>, docs: &mut Vec<ScoredDoc>) -> Result<(), Error> {
        if feedback.is_empty() {
            return Ok(());
        }
        let related = self.plan.with_groups(feedback);
        let query = of_plan(&related, Match::AnyWord, &self.filters, &self.index.fields);
        let mut tail = self.top(&*split(query, &self.index.statistics), docs.len())?;
        let known: HashSet<DocId> = docs.iter().map(|scored| scored.doc).collect();
        tail.retain(|scored| !known.contains(&scored.doc));
        if let (Some(last), Some(best)) = (docs.last(), tail.first()) {
            let scale = (RELATED_BELOW * last.score / best.score).min(1.0);
            tail.iter_mut().for_each(|scored| scored.score *= scale);
        }
        docs.append(&mut tail);
        Ok(())
    }

    /// The documents in their order, the best of them rescored. Rescoring only adds to scores, so
    /// that those it did not reach stay behind, in the order in which they were found: it is the
    /// same however many are wanted, so that no page shows what another one did.
    fn rescored(&self, mut docs: Vec<ScoredDoc>) -> Result<Vec<ScoredDoc>, Error> {
        let split = docs.len().min(weights::RESCORED);
        let best = &mut docs[..split];
        if !self.rescores() {
            self.sort(best);
            return Ok(docs);
        }
        best.sort_unstable_by_key(|scored| scored.doc);
        let ids: Vec<DocId> = best.iter().map(|scored| scored.doc).collect();
        let candidates = self.index.candidates(&ids)?;
        rescore(&candidates, &self.plan.groups, |at, part| best[at].score += part.score)?;
        if let Some(today) = self.plan.fresh_on {
            self.freshen(today, best)?;
        }
        self.sort(best);
        Ok(docs)
    }

    /// Raises the scores of newer documents.
    fn freshen(&self, today: Date, docs: &mut [ScoredDoc]) -> Result<(), Error> {
        let column = |name| self.segment.fast_fields().i64(name).map_err(engine_error);
        let (listed, published) = (column("listed")?, column("published")?);
        for scored in docs {
            let number = listed.first(scored.doc).or_else(|| published.first(scored.doc));
            scored.score = freshened(scored.score, number.and_then(dates::of_number), today);
        }
        Ok(())
    }

    /// Best first; documents of equal score in the order of their keys.
    fn sort(&self, docs: &mut [ScoredDoc]) {
        docs.sort_unstable_by(|a, b| b.score.total_cmp(&a.score));
        for equal in docs.chunk_by_mut(|a, b| a.score == b.score) {
            if equal.len() > 1 {
                equal.sort_by_cached_key(|scored| self.index.key_order(self.segment, scored.doc));
            }
        }
    }

    /// The documents of a query with the largest scores: as many as may be wanted besides others.
    fn top(&self, query: &dyn Query, besides: usize) -> Result<Vec<ScoredDoc>, Error> {
        let most = self.wanted.max(weights::RESCORED) + besides;
        // One more tells whether others may have the score of the last one, of which keys decide.
        let few = self.wanted.max(FEWEST) + besides + 1;
        if few < most && self.may_ask_for_few() {
            let top = self.best(query, few)?;
            if top.len() < few || top[few - 2].score > top[few - 1].score {
                return Ok(top);
            }
        }
        self.best(query, most)
    }

    /// Whether the best are found the faster the fewer are asked for, and no others move up among them:
    /// where all words must be there, Tantivy passes over documents that cannot be among the best.
    fn may_ask_for_few(&self) -> bool {
        let Plan { required, excluded, meaning, .. } = self.plan;
        let is_simple = self.filters.is_empty() && excluded.is_empty() && meaning.is_none();
        is_simple && required.iter().all(is_of_words) && !self.rescores()
    }

    /// Whether scores of documents are raised that were found.
    fn rescores(&self) -> bool {
        !self.plan.groups.is_empty() || self.plan.fresh_on.is_some()
    }

    fn best(&self, query: &dyn Query, limit: usize) -> Result<Vec<ScoredDoc>, Error> {
        let top = TopDocs::with_limit(limit.max(1)).order_by_score();
        let LocalIndex { searcher, statistics, .. } = self.index;
        let top = searcher.search_with_statistics_provider(query, &top, statistics);
        let top = top.map_err(engine_error)?;
        Ok(top.into_iter().map(|(score, at)| ScoredDoc { doc: at.doc_id, score }).collect())
    }
}

/// Whether a condition is a word, or several that all must be there.
fn is_of_words(condition: &Condition) -> bool {
    match condition {
        Condition::Term { .. } => true,
        Condition::Clauses(clauses) => {
            clauses.iter().all(|(occur, part)| *occur == tree::Occur::Must && is_of_words(part))
        }
        _ => false,
    }
}
