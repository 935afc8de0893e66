//! Ranking in two goes: documents with words that other stemmers than the first have read, and the rest.

use std::sync::Arc;

use tantivy::{
    DocId, DocSet, Score, SeekDangerResult, SegmentReader, TERMINATED, Term,
    postings::SegmentPostings,
    query::{BooleanQuery, EmptyQuery, EnableScoring, Explanation, Occur, Query, Scorer, Weight},
    schema::IndexRecordOption,
};

use crate::{
    analysis::stems::{is_english_stem, is_foreign_latin_stem},
    engine::local::{
        readings::{FoundBy, ReadingsQuery},
        statistics::Statistics,
    },
};

/// Documents that are looked at one by one: so many, or one in so many of all.
const FEW: u32 = 256;
const ONE_IN: u32 = 32;

/// A query whose best documents are found in two goes where few have words by other readings than the
/// first: these are scored one by one, all others by the first readings alone. So a word is one term for
/// nearly all documents, of which Tantivy passes over those that cannot be among the best.
#[derive(Clone, Debug)]
struct SplitQuery(Arc<Goes>);

/// What a query is ranked by in its goes.
#[derive(Debug)]
struct Goes {
    all: Box<dyn Query>,
    /// By the first readings.
    first: Box<dyn Query>,
    /// What documents are scored by that have terms of the other readings.
    few: Box<dyn Query>,
    /// Whether that finds none but these.
    few_is_apart: bool,
    /// The terms of the other readings.
    others: Vec<Term>,
    statistics: Statistics,
}

/// A query that is ranked in two goes, if it has words with several readings.
pub(crate) fn split(all: Box<dyn Query>, statistics: &Statistics) -> Box<dyn Query> {
    let mut first = found_by(FoundBy::First, &*all);
    if first.is::<ReadingsQuery>() {
        // Tantivy passes over documents for terms within a union alone, and takes a union of one clause
        // for an intersection.
        first = Box::new(BooleanQuery::union(vec![first, Box::new(EmptyQuery)]));
    }
    let of_first = terms(&*first);
    let mut others = terms(&*all);
    others.retain(|term| of_first.binary_search(term).is_err());
    if others.is_empty() {
        return all;
    }
    let others: Vec<Term> = others.into_iter().cloned().collect();
    // Texts of other languages have no word as the first stemmer reads it.
    let is_apart = |term: &Term| term.value().as_str().is_some_and(is_foreign_latin_stem);
    let few = match others.iter().all(is_apart) {
        true => found_by(FoundBy::Others, &*all),
        false => all.box_clone(),
    };
    let statistics = statistics.clone();
    let few_is_apart = finds_others_alone(&*few);
    Box::new(SplitQuery(Arc::new(Goes { all, first, few, few_is_apart, others, statistics })))
}

/// Whether each document of a query has a word by another reading than the first.
fn finds_others_alone(query: &dyn Query) -> bool {
    if let Some(readings) = query.downcast_ref::<ReadingsQuery>() {
        return readings.found_by == FoundBy::Others;
    }
    let Some(query) = query.downcast_ref::<BooleanQuery>() else { return false };
    let of = |wanted: Occur| {
        let clauses = query.clauses().iter().filter(move |(occur, _)| *occur == wanted);
        clauses.map(|(_, clause)| finds_others_alone(&**clause))
    };
    match of(Occur::Must).count() {
        0 => of(Occur::Should).count() > 0 && of(Occur::Should).all(|others| others),
        _ => of(Occur::Must).any(|others| others),
    }
}

/// The terms of a query, sorted.
fn terms(query: &dyn Query) -> Vec<&Term> {
    let mut terms = Vec::new();
    query.query_terms(&mut |term, _| terms.push(term));
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// A query by the first readings of its words or, where these are English, by the others; what is excluded
/// is by all of them.
fn found_by(found: FoundBy, query: &dyn Query) -> Box<dyn Query> {
    if let Some(readings) = query.downcast_ref::<ReadingsQuery>() {
        let is_english = |term: &Term| term.value().as_str().is_some_and(is_english_stem);
        let mut first = readings.readings.all.iter().take(1).flatten();
        let found_by = match found {
            FoundBy::Others if !first.any(|(_, term)| is_english(term)) => FoundBy::All,
            found => found,
        };
        return Box::new(ReadingsQuery { found_by, ..readings.clone() });
    }
    let Some(query) = query.downcast_ref::<BooleanQuery>() else { return query.box_clone() };
    let clauses = query.clauses().iter().map(|(occur, clause)| match occur {
        Occur::MustNot => (Occur::MustNot, clause.box_clone()),
        occur => (*occur, found_by(found, &**clause)),
    });
    Box::new(BooleanQuery::new(clauses.collect()))
}

impl Query for SplitQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        match scoring {
            EnableScoring::Enabled { .. } => Ok(Box::new(SplitWeight { query: self.0.clone() })),
            EnableScoring::Disabled { .. } => self.0.all.weight(scoring),
        }
    }
}

struct SplitWeight {
    query: Arc<Goes>,
}

impl SplitWeight {
    fn weight(&self, query: &dyn Query) -> tantivy::Result<Box<dyn Weight>> {
        query.weight(self.query.statistics.scoring())
    }

    /// The documents with a word by another reading than the first, in ascending order, with what the query
    /// gives them, unless they are many.
    fn few(&self, reader: &SegmentReader) -> tantivy::Result<Option<Vec<ScoredFew>>> {
        let most = FEW.max(reader.max_doc() / ONE_IN);
        let mut parts = Vec::new();
        if self.query.few_is_apart {
            let mut found = 0;
            self.count_others(&*self.query.all, &mut found)?;
            if found > u64::from(most) {
                return Ok(None);
            }
            if found == 0 {
                return Ok(Some(Vec::new()));
            }
            self.add_parts(&*self.query.few, reader, &mut parts)?;
            return Ok(Some(walked(parts)));
        }
        let mut all_postings = Vec::new();
        for term in &self.query.others {
            let index = reader.inverted_index(term.field())?;
            all_postings.extend(index.read_postings(term, IndexRecordOption::Basic)?);
        }
        let found = all_postings.iter().map(SegmentPostings::doc_freq).fold(0, u32::saturating_add);
        if found > most {
            return Ok(None);
        }
        if found == 0 {
            return Ok(Some(Vec::new()));
        }
        let mut docs = Vec::with_capacity(found as usize);
        for mut postings in all_postings {
            while postings.doc() != TERMINATED {
                docs.push(postings.doc());
                postings.advance();
            }
        }
        docs.sort_unstable();
        docs.dedup();
        self.add_parts(&*self.query.few, reader, &mut parts)?;
        let scored = docs.into_iter().map(|doc| {
            let scores = parts.iter_mut().filter_map(|part| part.score(doc));
            (doc, scores.reduce(|sum, score| sum + score))
        });
        Ok(Some(scored.collect()))
    }

    /// Adds how many documents at most have a word by another reading than the first.
    fn count_others(&self, query: &dyn Query, found: &mut u64) -> tantivy::Result<()> {
        if let Some(readings) = query.downcast_ref::<ReadingsQuery>() {
            *found += readings.documents_of_others(&self.query.statistics)?;
        }
        let Some(query) = query.downcast_ref::<BooleanQuery>() else { return Ok(()) };
        let mut wanted = query.clauses().iter().filter(|(occur, _)| *occur != Occur::MustNot);
        wanted.try_for_each(|(_, clause)| self.count_others(&**clause, found))
    }

    /// Adds what gives scores of their own to the documents of a query.
    fn add_parts(
        &self,
        query: &dyn Query,
        reader: &SegmentReader,
        parts: &mut Vec<QueryPart>,
    ) -> tantivy::Result<()> {
        if let Some(query) = query.downcast_ref::<BooleanQuery>()
            && query.clauses().iter().all(|(occur, _)| *occur == Occur::Should)
        {
            let mut clauses = query.clauses().iter();
            return clauses.try_for_each(|(_, clause)| self.add_parts(&**clause, reader, parts));
        }
        let readings = query.downcast_ref::<ReadingsQuery>();
        let readings =
            readings.map(|readings| readings.apart(&self.query.statistics)).transpose()?;
        let readings = readings.flatten().unwrap_or_else(|| vec![query.box_clone()]);
        let scorers = readings.iter().map(|reading| {
            let scorer = self.weight(&**reading)?.scorer(reader, 1.0)?;
            Ok(PointScorer { next: scorer.doc(), is_there: true, scorer })
        });
        parts.push(QueryPart { readings: scorers.collect::<tantivy::Result<_>>()? });
        Ok(())
    }
}

impl Weight for SplitWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        self.weight(&*self.query.all)?.scorer(reader, boost)
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.weight(&*self.query.all)?.explain(reader, doc)
    }

    fn for_each_pruning(
        &self,
        least: Score,
        reader: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score) -> Score,
    ) -> tantivy::Result<()> {
        let Some(few) = self.few(reader)? else {
            return self.weight(&*self.query.all)?.for_each_pruning(least, reader, callback);
        };
        let first = self.weight(&*self.query.first)?;
        if few.is_empty() {
            return first.for_each_pruning(least, reader, callback);
        }
        // All are told in ascending order, so that which of equal ones are kept does not depend on how
        // they were found.
        let mut few = few.into_iter().peekable();
        let mut threshold = least;
        let mut tell = |doc: DocId, score: Score| {
            if score > threshold {
                threshold = callback(doc, score);
            }
            threshold
        };
        first.for_each_pruning(least, reader, &mut |doc, score| {
            let mut is_rest = true;
            while let Some((before, score)) = few.next_if(|(few, _)| *few <= doc) {
                is_rest &= before != doc;
                score.into_iter().for_each(|score| _ = tell(before, score));
            }
            tell(doc, if is_rest { score } else { Score::MIN })
        })?;
        few.for_each(|(doc, score)| _ = score.map(|score| tell(doc, score)));
        Ok(())
    }
}

/// One of few documents, with its score if the query finds it.
type ScoredFew = (DocId, Option<Score>);

/// The documents of all parts in ascending order, with the sums of what these give them.
fn walked(parts: Vec<QueryPart>) -> Vec<ScoredFew> {
    let mut found: Vec<(DocId, usize, Score)> = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        for PointScorer { mut scorer, .. } in part.readings {
            while scorer.doc() != TERMINATED {
                found.push((scorer.doc(), at, scorer.score()));
                scorer.advance();
            }
        }
    }
    // What each reading gives is sorted, which a stable sort makes use of.
    found.sort_by_key(|(doc, part, _)| (*doc, *part));
    let of_part = |readings: &[(DocId, usize, Score)]| {
        readings.iter().map(|(.., score)| *score).reduce(Score::max)
    };
    let of_document = |parts: &[(DocId, usize, Score)]| {
        let scores = parts.chunk_by(|a, b| a.1 == b.1).filter_map(of_part);
        (parts[0].0, scores.reduce(|sum, score| sum + score))
    };
    found.chunk_by(|a, b| a.0 == b.0).map(of_document).collect()
}

/// A part of a query: of its readings the best counts.
struct QueryPart {
    readings: Vec<PointScorer>,
}

impl QueryPart {
    /// What a document gets that lies behind those of earlier calls.
    fn score(&mut self, doc: DocId) -> Option<Score> {
        self.readings.iter_mut().filter_map(|reading| reading.score(doc)).reduce(Score::max)
    }
}

/// A scorer that is asked for the scores of documents one by one.
struct PointScorer {
    scorer: Box<dyn Scorer>,
    /// No document before this one is left.
    next: DocId,
    /// Whether the scorer stands there: where it stands after a miss is its own affair.
    is_there: bool,
}

impl PointScorer {
    /// What a document gets that lies behind those of earlier calls.
    fn score(&mut self, doc: DocId) -> Option<Score> {
        if doc < self.next {
            return None;
        }
        if !(self.is_there && doc == self.next) {
            self.is_there = false;
            if let SeekDangerResult::SeekLowerBound(next) = self.scorer.seek_danger(doc) {
                self.next = next;
                return None;
            }
        }
        Some(self.scorer.score())
    }
}

#[cfg(test)]
mod tests {
    use proptest::{
        collection::vec, prop_assert, prop_assert_eq, prop_oneof, proptest, sample::select,
        strategy::Strategy, test_runner::Config,
    };
    use tantivy::{
        Index, Searcher, TantivyDocument, Term,
        collector::TopDocs,
        query::{BooleanQuery, Occur, Query},
        schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
    };

    use crate::engine::local::{
        readings::{
            FoundBy, Readings, ReadingsQuery, TermSequence, WordOrder, boosted, of_reading,
        },
        split::split,
        statistics::Statistics,
    };

    fn searcher(documents: &[Vec<&str>]) -> (Searcher, Field) {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("whitespace")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let field =
            schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
        for words in documents {
            let mut document = TantivyDocument::default();
            document.add_text(field, words.join(" "));
            writer.add_document(document).unwrap();
        }
        writer.commit().unwrap();
        (index.reader().unwrap().searcher(), field)
    }

    /// Words that are read as they are and, unless they are names, with a `~` before them and an `x` or a `y` behind.
    fn readings(field: Field, words: &[&str], boost: f32) -> Box<dyn Query> {
        let term = |(at, word): (usize, String)| (at, Term::from_field_text(field, &word));
        let reading = |end: &str| -> TermSequence {
            let read = |word: &&str| match *word {
                "k8s" => word.to_string(),
                word if end.is_empty() => word.to_owned(),
                word => format!("~{word}{end}"),
            };
            words.iter().map(read).enumerate().map(term).collect()
        };
        if words == ["k8s"] {
            return boosted(of_reading(&reading(""), WordOrder::Any), boost);
        }
        let readings = vec![reading(""), reading("x"), reading("y")];
        Box::new(ReadingsQuery {
            readings: Readings::of(readings),
            order: WordOrder::Within(0),
            found_by: FoundBy::All,
            boost,
        })
    }

    #[derive(Clone, Debug)]
    enum Shape {
        Any(Vec<&'static str>),
        All(Vec<&'static str>),
        AllButOne(Vec<&'static str>),
        Phrase(Vec<&'static str>),
        Grouped(Vec<&'static str>),
    }

    fn query(shape: &Shape, field: Field) -> Box<dyn Query> {
        let each = |words: &[&'static str], boost: f32| -> Vec<Box<dyn Query>> {
            words.iter().map(|word| readings(field, &[word], boost)).collect()
        };
        let of = |occur: Occur, queries: Vec<Box<dyn Query>>| {
            queries.into_iter().map(|query| (occur, query)).collect::<Vec<_>>()
        };
        let clauses = match shape {
            Shape::Any(words) => of(Occur::Should, each(words, 1.0)),
            Shape::Phrase(words) => return readings(field, words, 2.0),
            Shape::All(words) => of(Occur::Must, each(words, 1.0)),
            Shape::AllButOne(words) => {
                let mut clauses = of(Occur::Must, each(&words[1..], 1.0));
                // As `exclusion` of the queries of a plan does.
                let excluded = || (Occur::Should, readings(field, &words[..1], 1.0));
                let excluded = BooleanQuery::new(vec![excluded(), excluded()]);
                clauses.push((Occur::MustNot, Box::new(excluded)));
                clauses
            }
            Shape::Grouped(words) => {
                let group = BooleanQuery::new(of(Occur::Should, each(words, 0.5)));
                vec![
                    (Occur::Should, Box::new(group) as Box<dyn Query>),
                    (Occur::Should, readings(field, &["a"], 1.0)),
                ]
            }
        };
        Box::new(BooleanQuery::new(clauses))
    }

    fn shape() -> impl Strategy<Value = Shape> {
        let words = || vec(select(&["a", "b", "c", "d", "k8s"][..]), 2..4);
        prop_oneof![
            words().prop_map(Shape::Any),
            words().prop_map(Shape::All),
            words().prop_map(Shape::AllButOne),
            words().prop_map(Shape::Phrase),
            words().prop_map(Shape::Grouped),
        ]
    }

    /// A document was read by one stemmer, but for words that are what they are in all languages.
    fn documents() -> impl Strategy<Value = Vec<Vec<&'static str>>> {
        let english = vec(select(&["a", "b", "c", "d", "k8s"][..]), 1..9);
        let other = vec(select(&["~ax", "~ay", "~bx", "~by", "~cx", "~dx", "k8s"][..]), 1..9);
        vec(prop_oneof![3 => english, 1 => other], 1..60)
    }

    proptest! {
        #![proptest_config(Config::with_cases(64))]

        #[test]
        fn two_goes_find_what_one_finds(documents in documents(), shape in shape()) {
            let (searcher, field) = searcher(&documents);
            let statistics = Statistics::of(searcher.clone(), field);
            let ranked = |query: &dyn Query, most: usize| {
                let top = TopDocs::with_limit(most).order_by_score();
                let found = searcher.search(query, &top).unwrap();
                found.into_iter().map(|(score, at)| (at.doc_id, score)).collect::<Vec<_>>()
            };
            let query = query(&shape, field);
            let in_two = split(query.box_clone(), &statistics);
            let (mut one, mut two) = (ranked(&*query, 100), ranked(&*in_two, 100));
            one.sort_by_key(|(doc, _)| *doc);
            let best = two.clone();
            two.sort_by_key(|(doc, _)| *doc);
            prop_assert_eq!(one.len(), two.len());
            for (one, two) in one.iter().zip(&two) {
                prop_assert!(one.0 == two.0 && (one.1 - two.1).abs() < 1e-4, "{:?} {:?}", one, two);
            }
            // Fewer are the best of them; sums of the same parts may differ in the last digit.
            let five = ranked(&*split(query, &statistics), 5);
            prop_assert_eq!(five.len(), best.len().min(5));
            for (best, five) in best.iter().zip(&five) {
                prop_assert!((best.1 - five.1).abs() < 1e-4, "{:?} {:?}", best, five);
            }
        }
    }
}
