//! Tantivy's query for what several stemmers read differently: a word, or words that follow each other.

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term,
    fieldnorm::FieldNormReader,
    postings::{Postings, SegmentPostings},
    query::{
        BooleanQuery, BoostQuery, EmptyQuery, EnableScoring, Explanation, Occur, PhraseQuery,
        Query, Scorer, TermQuery, Weight,
    },
    schema::IndexRecordOption,
};

use crate::query::bm25::{idf, saturated};

/// Terms at their places.
pub(crate) type TermSequence = Vec<(usize, Term)>;

/// Documents with any of several readings, which count as one: as frequent as all of them together,
/// lest a word count more in a text of the language in which there are few. Readings that no document
/// can have cost nothing.
#[derive(Clone, Debug)]
pub(crate) struct ReadingsQuery {
    /// All with the same places.
    pub(crate) readings: Vec<TermSequence>,
    /// By how many positions words may stand away from their places.
    pub(crate) slop: u32,
}

impl Query for ReadingsQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let Some(searcher) = scoring.searcher() else {
            return Err(TantivyError::InvalidArgument("readings are looked up".into()));
        };
        let documents = searcher.num_docs() as f32;
        let mut known: Vec<(&TermSequence, Vec<u64>)> = Vec::new();
        for reading in &self.readings {
            let found: tantivy::Result<Vec<u64>> =
                reading.iter().map(|(_, term)| searcher.doc_freq(term)).collect();
            let found = found?;
            if found.iter().all(|found| *found > 0) {
                known.push((reading, found));
            }
        }
        let rarity = |found: &dyn Fn(usize) -> u64| -> f32 {
            let words = 0..known.first().map_or(0, |(reading, _)| reading.len());
            words.map(|word| idf((found(word) as f32).min(documents), documents)).sum()
        };
        let all = rarity(&|word| known.iter().map(|(_, found)| found[word]).sum());
        match known.as_slice() {
            [] => EmptyQuery.weight(scoring),
            [(reading, _)] => of_reading(reading, self.slop).weight(scoring),
            [(reading, _), ..] if reading.len() == 1 => {
                let field = reading[0].1.field();
                let tokens: u64 = searcher
                    .segment_readers()
                    .iter()
                    .map(|segment| Ok(segment.inverted_index(field)?.total_num_tokens()))
                    .sum::<tantivy::Result<u64>>()?;
                let terms = known.iter().map(|(reading, _)| reading[0].1.clone()).collect();
                let is_scored = scoring.is_scoring_enabled();
                let average = tokens as f32 / documents;
                Ok(Box::new(AnyTermWeight { terms, worth: all, average, is_scored }))
            }
            several => {
                let boosted = several.iter().map(|(reading, found)| -> (Occur, Box<dyn Query>) {
                    let own = rarity(&|word| found[word]);
                    let boost = if own > 0.0 { all / own } else { 1.0 };
                    let query = of_reading(reading, self.slop);
                    (Occur::Should, Box::new(BoostQuery::new(query, boost)))
                });
                BooleanQuery::new(boosted.collect()).weight(scoring)
            }
        }
    }
}

/// The query of one reading.
pub(crate) fn of_reading(reading: &TermSequence, slop: u32) -> Box<dyn Query> {
    match reading.as_slice() {
        [(_, term)] => Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs)),
        _ => Box::new(PhraseQuery::new_with_offset_and_slop(reading.clone(), slop)),
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
        Ok(Box::new(AnyTermScorer { postings, norms, worth, average: self.average }))
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
    norms: FieldNormReader,
    worth: f32,
    average: f32,
}

impl DocSet for AnyTermScorer {
    fn advance(&mut self) -> DocId {
        let doc = self.doc();
        for postings in self.postings.iter_mut().filter(|postings| postings.doc() == doc) {
            postings.advance();
        }
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        for postings in self.postings.iter_mut().filter(|postings| postings.doc() < target) {
            postings.seek(target);
        }
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.postings.iter().map(DocSet::doc).min().unwrap_or(TERMINATED)
    }

    fn size_hint(&self) -> u32 {
        self.postings.iter().map(DocSet::size_hint).fold(0, u32::saturating_add)
    }
}

impl Scorer for AnyTermScorer {
    fn score(&mut self) -> Score {
        let doc = self.doc();
        let here = self.postings.iter().filter(|postings| postings.doc() == doc);
        // A word with accents is written twice at one place, so that the frequencies are no sum.
        let frequency = here.map(Postings::term_freq).max().unwrap_or_default();
        let length = self.norms.fieldnorm(doc) as f32 / self.average;
        self.worth * saturated(frequency as f32, length)
    }
}
