//! The order of hits of a cluster: exact names first, then by score, the best rescored by their texts.

use std::{collections::HashSet, sync::Arc};

use serde_json::{Value, json};

use crate::{
    engine::{
        document::Document,
        execution::{FacetCounts, Match},
        freshness::freshened,
        index::Index,
        opensearch::{
            candidates::{RemoteCandidates, WordPlaces},
            cluster_index::ClusterIndex,
            facets::{aggregations, counts},
            hits::{ClusterHit, HitParts, add_pages, end_of, hits},
            query::{Translator, keyed, of_choices, of_dates, of_filters},
            row::order,
        },
        pseudo_relevance::feedback_words,
        rescore::rescore,
    },
    error::Error,
    query::{
        group::Group,
        plan::{Counts, Plan},
        sort::Sort,
        weights,
    },
};

/// By how much documents whose name is the query lead the others.
const NAME_LEAD: f32 = 1.0;
/// What part of the last hit's score the best document that is merely related gets at most.
const RELATED_BELOW: f32 = 0.99;

/// The best documents, in order.
#[derive(Debug)]
pub(crate) struct RankedHits {
    pub(crate) found: Vec<ClusterHit>,
    /// How many of them, the first ones, are there because the query is their name.
    pub(crate) named: usize,
    /// Documents that match, when they were counted.
    pub(crate) total: usize,
    /// Counts for each facet, when they were asked for.
    pub(crate) facets: Vec<FacetCounts>,
}

/// A ranking under construction.
pub(crate) struct RemoteRanking<'a> {
    index: &'a ClusterIndex,
    plan: &'a Plan,
    translator: Translator<'a>,
    filters: Vec<Value>,
    /// How many documents are to be ranked.
    wanted: usize,
}

impl<'a> RemoteRanking<'a> {
    /// A ranking of so many documents.
    pub(crate) fn new(
        index: &'a ClusterIndex,
        plan: &'a Plan,
        wanted: usize,
    ) -> Result<RemoteRanking<'a>, Error> {
        let translator = index.translator(plan)?;
        Ok(RemoteRanking { index, plan, translator, filters: of_filters(&plan.filters), wanted })
    }

    /// The best documents.
    pub(crate) fn ranked(&self) -> Result<RankedHits, Error> {
        match self.plan.order() {
            Sort::Relevance => self.by_relevance(),
            Sort::Date => self.by_date(),
        }
    }

    /// How many documents match with so many of the words.
    pub(crate) fn count(&self, words: Match) -> Result<usize, Error> {
        if self.plan.asks_nothing() {
            return Ok(0);
        }
        let query = self.translator.plan(self.plan, words, &self.filters);
        Ok(usize::try_from(self.index.count(&query)?).unwrap_or(usize::MAX))
    }

    /// The newest first; documents without date come last. Those that lack a word of a short query
    /// are left out, for they would hide the others, unless all do.
    fn by_date(&self) -> Result<RankedHits, Error> {
        let mut words = if self.plan.is_short() { Match::AllWords } else { Match::AnyWord };
        if words == Match::AllWords && self.count(words)? == 0 {
            words = Match::AnyWord;
        }
        if self.plan.asks_nothing() {
            let facets = self.no_counts();
            return Ok(RankedHits { found: Vec::new(), named: 0, total: 0, facets });
        }
        let mut search = self.counting(words);
        search["size"] = 0.into();
        search["sort"] = json!([
            { "date": { "order": "desc", "missing": "_last" } },
            { "order": { "order": "asc", "missing": "_last" } },
            { "number": "asc" },
        ]);
        let answer = self.index.cluster.search(&self.index.search_path(), &search)?;
        let (total, facets) = self.counted(&answer, words)?;
        let mut found = Vec::new();
        let ClusterIndex { cluster, index, .. } = self.index;
        add_pages(cluster, index, &search, None, self.wanted, &mut found)?;
        Ok(RankedHits { found, named: 0, total, facets })
    }

    /// Documents whose name is the query, then those with any of its words, then, when they are
    /// wanted, those that are like the best.
    fn by_relevance(&self) -> Result<RankedHits, Error> {
        let first = self.first_searches()?;
        let FirstAnswers { mut named, hits, total, facets, end } = first;
        let names = named.len();
        let (mut hits, feedback) = match self.plan.asks_nothing() {
            true => (Vec::new(), Vec::new()),
            false => self.hits(hits, end, names)?,
        };
        let known: HashSet<u64> = named.iter().map(|found| found.number).collect();
        hits.retain(|found| !known.contains(&found.number));
        if let Some(best) = hits.first() {
            named.iter_mut().for_each(|found| found.score += best.score + NAME_LEAD);
        }
        let mut found = named;
        found.append(&mut hits);
        if self.plan.wants_related && found.len() < self.wanted {
            self.add_related(feedback, &mut found)?;
        }
        Ok(RankedHits { found, named: names, total, facets })
    }

    /// Asks for documents of the query's name, and for the first ones with its words, at once.
    fn first_searches(&self) -> Result<FirstAnswers, Error> {
        let mut searches = Vec::new();
        let keys = keyed(&self.plan.keys);
        let asks = !self.plan.asks_nothing();
        if !keys.is_empty() {
            let named = json!({ "bool": { "should": keys, "minimum_should_match": 1 } });
            let filter: Vec<Value> = self.filters.iter().cloned().chain([named]).collect();
            let plain = self.translator.plan(self.plan, Match::AnyWord, &self.filters);
            let should = if asks { vec![plain] } else { Vec::new() };
            searches.push(json!({
                "size": weights::RESCORED,
                "query": { "bool": { "filter": filter, "should": should } },
                "sort": by_score(),
                "track_total_hits": false,
                "_source": self.reading().source(),
            }));
        }
        if asks {
            let mut search = self.counting(Match::AnyWord);
            search["size"] = weights::RESCORED.into();
            search["sort"] = by_score();
            search["_source"] = self.reading().source();
            searches.push(search);
        }
        let mut answers = FirstAnswers { facets: self.no_counts(), ..FirstAnswers::default() };
        if searches.is_empty() {
            return Ok(answers);
        }
        let cluster = &self.index.cluster;
        let mut found = cluster.searches(&self.index.index, &searches)?.into_iter();
        if !keys.is_empty()
            && let Some(mut answer) = found.next()
        {
            let mut named = hits(cluster, &mut answer)?;
            self.sort(&mut named);
            answers.named = self.rescored(named)?;
        }
        if let Some(mut answer) = found.next() {
            (answers.total, answers.facets) = self.counted(&answer, Match::AnyWord)?;
            answers.end = end_of(&answer);
            answers.hits = hits(cluster, &mut answer)?;
        }
        Ok(answers)
    }

    /// Documents with any word, and the words of feedback, which may change their order. `first` are
    /// the first of them; `besides` is how many may be left out.
    fn hits(
        &self,
        first: Vec<ClusterHit>,
        end: Option<Value>,
        besides: usize,
    ) -> Result<(Vec<ClusterHit>, Vec<Group>), Error> {
        let query = self.translator.plan(self.plan, Match::AnyWord, &self.filters);
        let mut feedback = Vec::new();
        if self.uses_feedback() {
            // Words of all documents would only shuffle them.
            let reorders = first.len() > weights::FEEDBACK_HITS
                && self.plan.groups.len() >= weights::FEEDBACK_MIN_WORDS;
            if reorders || self.plan.wants_related {
                let best = self.rescored(first.clone())?;
                let best = best.into_iter().take(weights::FEEDBACK_HITS);
                let documents = best.filter_map(|found| found.document.map(Ok));
                feedback = feedback_words(self.index, documents)?;
            }
            if reorders {
                let words = feedback.iter().filter_map(|group| self.translator.group(group));
                let words: Vec<Value> = words.collect();
                let query = json!({ "bool": { "must": [query], "should": words } });
                let top = self.top(&query, besides)?;
                return Ok((self.rescored(top)?, feedback));
            }
        }
        let mut top = first;
        if top.len() == weights::RESCORED {
            let search = json!({ "query": query, "sort": by_score() });
            let ClusterIndex { cluster, index, .. } = self.index;
            add_pages(cluster, index, &search, end, self.limit(besides), &mut top)?;
        }
        Ok((self.rescored(top)?, feedback))
    }

    /// Whether words of the best documents may be looked at.
    fn uses_feedback(&self) -> bool {
        let is_small = self.index.documents() <= u64::from(weights::SMALL_INDEX);
        self.plan.uses_feedback && is_small && !self.plan.groups.is_empty()
    }

    /// Adds documents that have none of the words but some of the feedback, their scores scaled to
    /// lie below those of the hits.
    fn add_related(&self, feedback: Vec<Group>, found: &mut Vec<ClusterHit>) -> Result<(), Error> {
        if feedback.is_empty() {
            return Ok(());
        }
        let related = self.plan.with_groups(feedback);
        let query = self.translator.plan(&related, Match::AnyWord, &self.filters);
        let mut tail = self.top(&query, found.len())?;
        let known: HashSet<u64> = found.iter().map(|found| found.number).collect();
        tail.retain(|found| !known.contains(&found.number));
        if let (Some(last), Some(best)) = (found.last(), tail.first()) {
            let scale = (RELATED_BELOW * last.score / best.score).min(1.0);
            tail.iter_mut().for_each(|found| found.score *= scale);
        }
        found.append(&mut tail);
        Ok(())
    }

    /// The documents of a query with the largest scores: as many as may be wanted besides others.
    fn top(&self, query: &Value, besides: usize) -> Result<Vec<ClusterHit>, Error> {
        let ClusterIndex { cluster, index, .. } = self.index;
        let search = json!({
            "size": weights::RESCORED,
            "query": query,
            "sort": by_score(),
            "track_total_hits": false,
            "_source": self.reading().source(),
        });
        let mut answer = cluster.search(&self.index.search_path(), &search)?;
        let end = end_of(&answer);
        let mut found = hits(cluster, &mut answer)?;
        if found.len() == weights::RESCORED {
            add_pages(cluster, index, &search, end, self.limit(besides), &mut found)?;
        }
        Ok(found)
    }

    fn limit(&self, besides: usize) -> usize {
        self.wanted.max(weights::RESCORED).saturating_add(besides)
    }

    /// What rescoring reads of a document.
    fn reading(&self) -> HitParts {
        match self.plan.groups.is_empty() {
            true => HitParts::Document,
            false => HitParts::Sections,
        }
    }

    /// The documents in their order, the best of them rescored. Rescoring only adds to scores, so
    /// that those it did not reach stay behind, in the order in which they were found.
    fn rescored(&self, mut docs: Vec<ClusterHit>) -> Result<Vec<ClusterHit>, Error> {
        let split = docs.len().min(weights::RESCORED);
        let best = &mut docs[..split];
        let groups = &self.plan.groups;
        if !groups.is_empty() {
            self.index.learn(ClusterIndex::text_terms(groups))?;
            self.find_places(best);
            let places = best.iter().map(|found| found.places.clone().unwrap_or_default());
            let places: Vec<Arc<WordPlaces>> = places.collect();
            let candidates = self.index.candidates(places.iter().map(|places| &**places).collect());
            rescore(&candidates, groups, |at, part| best[at].score += part.score)?;
        }
        if let Some(today) = self.plan.fresh_on {
            for found in best.iter_mut() {
                let date = found.document.as_ref().and_then(Document::date);
                found.score = freshened(found.score, date, today);
            }
        }
        self.sort(best);
        Ok(docs)
    }

    /// Finds the words of the query in texts, on several threads.
    fn find_places(&self, best: &mut [ClusterHit]) {
        let (groups, aliases) = (&self.plan.groups, self.index.aliases());
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let share = best.len().div_ceil(threads).max(1);
        std::thread::scope(|scope| {
            for part in best.chunks_mut(share) {
                scope.spawn(move || {
                    for found in part {
                        let Some(document) = &found.document else { continue };
                        let places = || WordPlaces::of(document, groups, aliases);
                        found.places.get_or_insert_with(|| Arc::new(places()));
                    }
                });
            }
        });
    }

    /// Best first; documents of equal score in the order of their keys.
    fn sort(&self, docs: &mut [ClusterHit]) {
        let key = |found: &ClusterHit| found.document.as_ref().map(order);
        docs.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| key(a).cmp(&key(b))));
    }

    /// A search that counts what the plan wants counted.
    fn counting(&self, words: Match) -> Value {
        if self.plan.counts != Counts::Facets {
            return json!({
                "query": self.translator.plan(self.plan, words, &self.filters),
                "track_total_hits": self.plan.counts == Counts::Documents,
            });
        }
        let choices = of_choices(&self.plan.filters);
        let mut search = json!({
            "query": self.unchosen(words),
            "track_total_hits": true,
            "aggs": aggregations(&choices),
        });
        if !choices.is_empty() {
            let chosen: Vec<Value> = choices.into_iter().map(|(_, query)| query).collect();
            search["post_filter"] = json!({ "bool": { "filter": chosen } });
        }
        search
    }

    /// Documents that match whatever facets are chosen.
    fn unchosen(&self, words: Match) -> Value {
        self.translator.plan(self.plan, words, &of_dates(&self.plan.filters))
    }

    /// What was counted with a search.
    fn counted(&self, answer: &Value, words: Match) -> Result<(usize, Vec<FacetCounts>), Error> {
        let total = match answer["hits"]["total"]["value"].as_u64() {
            Some(total) => usize::try_from(total).unwrap_or(usize::MAX),
            None if self.plan.counts == Counts::Nothing => 0,
            None => return Err(self.index.cluster.unexpected("no count of hits")),
        };
        if self.plan.counts != Counts::Facets {
            return Ok((total, Vec::new()));
        }
        let ClusterIndex { cluster, index, .. } = self.index;
        let choices = of_choices(&self.plan.filters);
        Ok((total, counts(cluster, index, answer, &self.unchosen(words), &choices)?))
    }

    /// The counts of a search that has no hit.
    fn no_counts(&self) -> Vec<FacetCounts> {
        if self.plan.counts != Counts::Facets {
            return Vec::new();
        }
        crate::query::facet::FACETS.map(|facet| FacetCounts::of(facet, std::iter::empty())).into()
    }
}

/// What the first request has found.
#[derive(Debug, Default)]
struct FirstAnswers {
    named: Vec<ClusterHit>,
    hits: Vec<ClusterHit>,
    total: usize,
    facets: Vec<FacetCounts>,
    /// Where the hits go on.
    end: Option<Value>,
}

fn by_score() -> Value {
    json!([{ "_score": "desc" }, { "number": "asc" }])
}

impl ClusterIndex {
    /// Candidates for rescoring.
    pub(crate) fn candidates<'a>(&'a self, places: Vec<&'a WordPlaces>) -> RemoteCandidates<'a> {
        let documents = u32::try_from(self.documents()).unwrap_or(u32::MAX);
        RemoteCandidates { documents, counts: &self.counts, places }
    }
}
