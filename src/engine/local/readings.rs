//! Tantivy's query for what several stemmers read differently: a word, or words that follow each other.

use std::sync::{Arc, OnceLock};

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term,
    fieldnorm::FieldNormReader,
    postings::{Postings, SegmentPostings},
    query::{
        Bm25StatisticsProvider, BooleanQuery, BoostQuery, DisjunctionMaxQuery, EmptyQuery,
        EnableScoring, Explanation, PhraseQuery, Query, Scorer, TermQuery, Weight,
    },
    schema::IndexRecordOption,
};

use crate::query::bm25::{idf, saturated};

/// Terms at their places.
pub(crate) type TermSequence = Vec<(usize, Term)>;

/// Documents with any of several readings, which count as one: as frequent as all of them together,
/// lest a word count more in a text of the language in which there are few, and of those that a text
/// has the best.
#[derive(Clone, Debug)]
pub(crate) struct ReadingsQuery {
    /// All with the same places.
    pub(crate) readings: Arc<Readings>,
    /// How closely words have to stand at their places.
    pub(crate) order: WordOrder,
    /// By which of them documents are found.
    pub(crate) found_by: FoundBy,
    /// What scores are multiplied by.
    pub(crate) boost: f32,
}

/// The readings of what was typed, shared by all queries for it.
#[derive(Debug)]
pub(crate) struct Readings {
    pub(crate) all: Vec<TermSequence>,
    /// How many documents have each term, once that was looked up.
    found: OnceLock<Vec<Vec<u64>>>,
}

/// By which readings documents are found; each counts as all of them together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FoundBy {
    All,
    First,
    /// All but the first.
    Others,
}

/// How closely words have to stand at their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WordOrder {
    /// All of them together may stand away by so many positions.
    Within(u32),
    /// They stand anywhere in a document: of an index without positions nothing else is known.
    Any,
}

/// The readings that documents have, with how many have each word.
struct KnownReadings<'r> {
    readings: Vec<(&'r TermSequence, &'r [u64])>,
    documents: f32,
}

impl Readings {
    pub(crate) fn of(all: Vec<TermSequence>) -> Arc<Readings> {
        Arc::new(Readings { all, found: OnceLock::new() })
    }

    /// How many documents have each term of each reading.
    fn found(&self, statistics: &dyn Bm25StatisticsProvider) -> tantivy::Result<&[Vec<u64>]> {
        if let Some(found) = self.found.get() {
            return Ok(found);
        }
        let of_reading = |reading: &TermSequence| {
            reading.iter().map(|(_, term)| statistics.doc_freq(term)).collect()
        };
        let found = self.all.iter().map(of_reading).collect::<tantivy::Result<Vec<Vec<u64>>>>()?;
        Ok(self.found.get_or_init(|| found))
    }
}

impl KnownReadings<'_> {
    /// What BM25 multiplies the frequency by when so many documents have each word.
    fn rarity(&self, found: impl Fn(usize) -> u64) -> f32 {
        let words = 0..self.readings.first().map_or(0, |(reading, _)| reading.len());
        words.map(|word| idf((found(word) as f32).min(self.documents), self.documents)).sum()
    }

    /// The rarity of all readings together.
    fn shared_rarity(&self) -> f32 {
        self.rarity(|word| self.readings.iter().map(|(_, found)| found[word]).sum())
    }

    /// A query for each by which documents are found, as rare as all together.
    fn clauses(&self, query: &ReadingsQuery) -> Vec<Box<dyn Query>> {
        let shared = self.shared_rarity();
        let clause = |(reading, found): &(&TermSequence, &[u64])| {
            let own = self.rarity(|word| found[word]);
            let share = if self.readings.len() > 1 && own > 0.0 { shared / own } else { 1.0 };
            boosted(of_reading(reading, query.order), share * query.boost)
        };
        let wanted = self.readings.iter().filter(|(reading, _)| query.is_wanted(reading));
        wanted.map(clause).collect()
    }
}

impl ReadingsQuery {
    /// A query for each reading that documents have, of which the best counts, where there are several
    /// words.
    pub(crate) fn apart(
        &self,
        statistics: &dyn Bm25StatisticsProvider,
    ) -> tantivy::Result<Option<Vec<Box<dyn Query>>>> {
        let has_several = self.readings.all.first().is_some_and(|reading| reading.len() > 1);
        has_several.then(|| Ok(self.known(statistics)?.clauses(self))).transpose()
    }

    /// Whether documents are found by a reading.
    fn is_wanted(&self, reading: &TermSequence) -> bool {
        let is_first = || self.readings.all.first() == Some(reading);
        match self.found_by {
            FoundBy::All => true,
            FoundBy::First => is_first(),
            FoundBy::Others => !is_first(),
        }
    }

    /// How many documents at most have a reading that is not the first.
    pub(crate) fn documents_of_others(
        &self,
        statistics: &dyn Bm25StatisticsProvider,
    ) -> tantivy::Result<u64> {
        let others = self.readings.found(statistics)?.iter().skip(1);
        Ok(others.filter_map(|found| found.iter().min()).sum())
    }

    fn known(&self, statistics: &dyn Bm25StatisticsProvider) -> tantivy::Result<KnownReadings<'_>> {
        let readings = self.readings.all.iter().zip(self.readings.found(statistics)?);
        let readings = readings.map(|(reading, found)| (reading, found.as_slice()));
        let readings = readings.filter(|(_, found)| found.iter().all(|found| *found > 0));
        let documents = statistics.total_num_docs()? as f32;
        Ok(KnownReadings { readings: readings.collect(), documents })
    }
}

impl Query for ReadingsQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let statistics: &dyn Bm25StatisticsProvider = match &scoring {
            EnableScoring::Enabled { statistics_provider, .. } => *statistics_provider,
            EnableScoring::Disabled { searcher_opt: Some(searcher), .. } => *searcher,
            EnableScoring::Disabled { .. } => {
                return Err(TantivyError::InvalidArgument("readings are looked up".into()));
            }
        };
        let known = self.known(statistics)?;
        match known.readings.as_slice() {
            [] => EmptyQuery.weight(scoring),
            _ if self.found_by == FoundBy::First => match known.clauses(self).pop() {
                Some(clause) => clause.weight(scoring),
                None => EmptyQuery.weight(scoring),
            },
            [(reading, _)] if !self.is_wanted(reading) => EmptyQuery.weight(scoring),
            [(reading, _)] => boosted(of_reading(reading, self.order), self.boost).weight(scoring),
            [(reading, _), ..] if reading.len() == 1 => {
                let field = reading[0].1.field();
                let tokens = statistics.total_num_tokens(field)?;
                let wanted = known.readings.iter().filter(|(reading, _)| self.is_wanted(reading));
                let terms = wanted.map(|(reading, _)| reading[0].1.clone());
                Ok(Box::new(AnyTermWeight {
                    terms: terms.collect(),
                    worth: self.boost * known.shared_rarity(),
                    average: tokens as f32 / known.documents,
                    is_scored: scoring.is_scoring_enabled(),
                }))
            }
            _ => DisjunctionMaxQuery::new(known.clauses(self)).weight(scoring),
        }
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        let wanted = self.readings.all.iter().filter(|reading| self.is_wanted(reading));
        wanted.flatten().for_each(|(_, term)| visitor(term, false));
    }
}

/// A query with its score multiplied.
pub(crate) fn boosted(query: Box<dyn Query>, boost: f32) -> Box<dyn Query> {
    if boost == 1.0 { query } else { Box::new(BoostQuery::new(query, boost)) }
}

/// The query of one reading.
pub(crate) fn of_reading(reading: &TermSequence, order: WordOrder) -> Box<dyn Query> {
    let word = |term: &Term| -> Box<dyn Query> {
        Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs))
    };
    match (reading.as_slice(), order) {
        ([(_, term)], _) => word(term),
        (_, WordOrder::Within(slop)) => {
            Box::new(PhraseQuery::new_with_offset_and_slop(reading.clone(), slop))
        }
        (_, WordOrder::Any) => {
            Box::new(BooleanQuery::intersection(reading.iter().map(|(_, t)| word(t)).collect()))
        }
    }
}

struct AnyTermWeight {
    terms: Vec<Term>,
    /// What BM25 multiplies the frequency by, and the average length of a text.
    worth: f32,
    average: f32,
    is_scored: bool,
}

impl Weight for AnyTermWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let field = self.terms[0].field();
        let index = reader.inverted_index(field)?;
        let option = match self.is_scored {
            true => IndexRecordOption::WithFreqs,
            false => IndexRecordOption::Basic,
        };
        let mut postings = Vec::new();
        for term in &self.terms {
            postings.extend(index.read_postings(term, option)?);
        }
        let norms = reader.get_fieldnorms_reader(field)?;
        let worth = boost * self.worth;
        let doc = postings.iter().map(DocSet::doc).min().unwrap_or(TERMINATED);
        Ok(Box::new(AnyTermScorer { postings, doc, norms, worth, average: self.average }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        match scorer.doc() <= doc && scorer.seek(doc) == doc {
            true => Ok(Explanation::new("ReadingsQuery", scorer.score())),
            false => Err(TantivyError::InvalidArgument(format!("document {doc} does not match"))),
        }
    }
}

/// Walks through the documents of several terms.
struct AnyTermScorer {
    postings: Vec<SegmentPostings>,
    /// The first of the documents at which they stand.
    doc: DocId,
    norms: FieldNormReader,
    worth: f32,
    average: f32,
}

impl AnyTermScorer {
    fn move_on(&mut self, of: impl FnMut(&mut SegmentPostings) -> DocId) -> DocId {
        self.doc = self.postings.iter_mut().map(of).min().unwrap_or(TERMINATED);
        self.doc
    }
}

impl DocSet for AnyTermScorer {
    fn advance(&mut self) -> DocId {
        let here = self.doc;
        self.move_on(
            |postings| if postings.doc() == here { postings.advance() } else { postings.doc() },
        )
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.move_on(
            |postings| {
                if postings.doc() < target { postings.seek(target) } else { postings.doc() }
            },
        )
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.postings.iter().map(DocSet::size_hint).fold(0, u32::saturating_add)
    }
}

impl Scorer for AnyTermScorer {
    fn score(&mut self) -> Score {
        let doc = self.doc;
        let here = self.postings.iter().filter(|postings| postings.doc() == doc);
        // A text may have a word by several stemmers: with its accents and without, or as two words that
        // one of them parts. These say the same, so that the frequencies are no sum.
        let frequency = here.map(Postings::term_freq).max().unwrap_or_default();
        let length = self.norms.fieldnorm(doc) as f32 / self.average;
        self.worth * saturated(frequency as f32, length)
    }
}
