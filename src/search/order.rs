//! The order of hits: exact names, then documents with all words, then those with some.

use std::{cmp::Reverse, collections::HashSet};

use jiff::civil::Date;
use tantivy::{
    DocId, SegmentReader,
    collector::TopDocs,
    columnar::StrColumn,
    query::{BooleanQuery, Occur, Query},
};

use crate::{
    analysis::analyzer::Analyzer,
    dates,
    error::Error,
    query::key::keys_of,
    search::{
        Feedback, Request, Results, Searcher, engine_error, feedback,
        group::Group,
        plan::Plan,
        rank::{self, Candidate, look_again},
        reading::AllDocs,
    },
};

impl Searcher {
    /// The best candidates, in order.
    pub(crate) fn ranked(
        &self,
        request: &Request,
        segment: &SegmentReader,
        plan: &Plan,
        filters: &[Box<dyn Query>],
        wanted: usize,
        results: &mut Results,
    ) -> Result<Vec<Candidate>, Error> {
        let mut seen = HashSet::new();
        let mut ranked: Vec<Candidate> = Vec::new();
        // The second look adds to scores only, so those it did not reach stay behind.
        let sorted = |mut tier: Vec<Candidate>| -> Result<Vec<Candidate>, Error> {
            let split = tier.len().min(rank::DEPTH);
            let has_headings = self.label.headings;
            look_again(segment, &self.fields, has_headings, &plan.groups, &mut tier[..split])
                .map_err(engine_error)?;
            if let Some(today) = request.today.filter(|_| request.fresh) {
                self.freshen(segment, today, &mut tier[..split])?;
            }
            self.sort(segment, &mut tier);
            Ok(tier)
        };
        let mut append = |mut tier: Vec<Candidate>| -> Result<usize, Error> {
            tier.retain(|candidate| seen.insert(candidate.doc));
            let mut tier = sorted(tier)?;
            if segment.max_doc() <= rank::SMALL_INDEX && ranked.len() < rank::EXACT_DEPTH {
                let split = tier.len().min(rank::EXACT_DEPTH - ranked.len());
                self.prefer_exact(segment, &plan.groups, &mut tier[..split])?;
                self.sort(segment, &mut tier[..split]);
            }
            let count = tier.len();
            ranked.append(&mut tier);
            Ok(count)
        };
        let exact = self.keyed(segment, &keys_of(&request.query))?;
        let exact = self.filtered(exact, filters)?;
        let named = append(exact.iter().map(|doc| Candidate { doc: *doc, score: 0.0 }).collect())?;
        let depth = wanted.max(rank::DEPTH) + named;
        let words: usize = plan.groups.iter().map(|group| group.words).sum();
        let mut complete = 0;
        let is_short = plan.groups.len() > 1 && words <= rank::ALL_WORDS;
        if is_short {
            complete = append(self.top(&plan.query(&self.fields, true, filters), depth)?)?;
        }
        if (!is_short || named + complete < wanted)
            && (!plan.is_empty() || request.query.trim().is_empty())
        {
            let query = plan.query(&self.fields, false, filters);
            let mut top = self.top(&query, depth + complete)?;
            let mut added = Vec::new();
            // Words of all candidates would only shuffle them.
            let reorders = top.len() > rank::FEEDBACK_BEST;
            if request.feedback == Feedback::Auto
                && segment.max_doc() <= rank::SMALL_INDEX
                && !plan.groups.is_empty()
                && (reorders || request.related)
            {
                let best = sorted(top.iter().take(rank::DEPTH).copied().collect())?;
                added = self.feedback_words(segment, &best)?;
                if reorders {
                    let words = added.iter().filter_map(|group| group.query(&self.fields));
                    let parts = words.map(|word| (Occur::Should, word));
                    let parts = std::iter::once((Occur::Must, query)).chain(parts);
                    top = self.top(&BooleanQuery::new(parts.collect()), depth + complete)?;
                }
            }
            let some = append(top)?;
            if request.related && !added.is_empty() && named + complete + some < wanted {
                let query = plan.with_groups(added).query(&self.fields, false, filters);
                append(self.top(&query, depth + complete + some)?)?;
            }
            if is_short && some > 0 {
                results.relaxed = true;
                results.notes.push(match named + complete {
                    0 => "no document has all words; these have some of them".into(),
                    1 => "1 document has all words; the others have some of them".into(),
                    n => format!("{n} documents have all words; the others have some of them"),
                });
            }
        }
        Ok(ranked)
    }

    /// Best first; documents of equal score in the order of their keys.
    fn sort(&self, segment: &SegmentReader, candidates: &mut [Candidate]) {
        candidates.sort_by(|a, b| {
            let by_key = || self.key_order(segment, a.doc).cmp(&self.key_order(segment, b.doc));
            b.score.total_cmp(&a.score).then_with(by_key)
        });
    }

    /// Raises the scores of newer documents.
    fn freshen(
        &self,
        segment: &SegmentReader,
        today: Date,
        candidates: &mut [Candidate],
    ) -> Result<(), Error> {
        let columns = ["listed", "published"].map(|name| segment.fast_fields().i64(name));
        let [listed, published] = columns;
        let (listed, published) = (listed.map_err(engine_error)?, published.map_err(engine_error)?);
        for candidate in candidates {
            let number = listed.first(candidate.doc).or_else(|| published.first(candidate.doc));
            let Some(age) = number
                .and_then(dates::of_number)
                .and_then(|day| day.until(today).ok())
                .map(|age| age.get_days().max(0) as f32)
            else {
                continue;
            };
            let left = (-age / rank::FRESHNESS_HALF_LIFE).exp2();
            candidate.score *= 1.0 + rank::FRESHNESS * left;
        }
        Ok(())
    }

    /// The words that set the best candidates apart.
    fn feedback_words(
        &self,
        segment: &SegmentReader,
        best: &[Candidate],
    ) -> Result<Vec<Group>, Error> {
        let mut texts = Vec::new();
        for candidate in best.iter().take(rank::FEEDBACK_BEST) {
            let document = self.stored(candidate.doc, true)?;
            texts.push(format!("{}\n{}", document.titles.join("\n"), document.content.text()));
        }
        feedback::telling_words(segment, &self.fields, &mut Analyzer::default(), &texts)
    }

    /// The columns of keys that are not ids, and of ids.
    pub(crate) fn key_columns(&self, segment: &SegmentReader) -> &[Option<StrColumn>; 2] {
        let open = |name| segment.fast_fields().str(name).ok().flatten();
        self.order.get_or_init(|| ["order", "id"].map(open))
    }

    /// Where a document's key stands among all keys, those that are ids first.
    fn key_order(&self, segment: &SegmentReader, doc: DocId) -> (Option<u64>, Option<u64>) {
        let columns = self.key_columns(segment);
        let [order, id] = columns.each_ref().map(|column| column.as_ref()?.term_ords(doc).next());
        (order, id)
    }

    pub(crate) fn top(&self, query: &dyn Query, limit: usize) -> Result<Vec<Candidate>, Error> {
        let top = TopDocs::with_limit(limit.max(1)).order_by_score();
        let top = self.searcher.search(query, &top).map_err(engine_error)?;
        Ok(top.into_iter().map(|(score, at)| Candidate { doc: at.doc_id, score }).collect())
    }

    /// The newest first; documents without date come last.
    pub(crate) fn by_date(
        &self,
        segment: &SegmentReader,
        plan: &Plan,
        filters: &[Box<dyn Query>],
        wanted: usize,
    ) -> Result<Vec<Candidate>, Error> {
        let query = plan.query(&self.fields, plan.groups.len() <= rank::ALL_WORDS, filters);
        let listed = segment.fast_fields().i64("listed").map_err(engine_error)?;
        let published = segment.fast_fields().i64("published").map_err(engine_error)?;
        let mut docs = self.searcher.search(&query, &AllDocs).map_err(engine_error)?;
        docs.sort_by_cached_key(|doc| {
            let date = listed.first(*doc).or_else(|| published.first(*doc));
            (Reverse(date), self.key_order(segment, *doc))
        });
        docs.truncate(wanted);
        Ok(docs.into_iter().map(|doc| Candidate { doc, score: 0.0 }).collect())
    }
}
