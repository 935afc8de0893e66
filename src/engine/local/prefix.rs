//! Tantivy's query for words that begin alike.

use tantivy::{
    BitSet, DocId, DocSet, Score, SegmentReader, TantivyError,
    query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight},
    schema::{Field, IndexRecordOption},
};

use crate::query::bm25::{idf, saturated};

/// Documents with a word that begins like this. Each has the score that one word of that many
/// documents would give to a text of average length, so that a rare beginning counts for more.
///
/// Takes a pass over the postings of all such words, however many they are.
#[derive(Clone, Debug)]
pub(crate) struct PrefixQuery {
    /// Words as they were written, and how those begin that are looked for.
    pub(crate) words: (Field, String),
    /// Terms, which begin as their words do, and among which the words are that are their own stems;
    /// and the beginning of these.
    pub(crate) stems: (Field, String),
}

impl Query for PrefixQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(PrefixWeight(self.clone())))
    }
}

struct PrefixWeight(PrefixQuery);

impl Weight for PrefixWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let PrefixQuery { words, stems } = &self.0;
        let mut docs = BitSet::with_max_value(reader.max_doc());
        insert(reader, words, |_| true, &mut docs)?;
        // Stems are the beginnings of their words, but for those of words with a y: `studi`.
        let with_y = stems.1.strip_suffix('i').map(|beginning| format!("{beginning}y"));
        let is_with_y = with_y.map_or(Ok(false), |with_y| any_begins(reader, words.0, &with_y))?;
        let is_beginning = |term: &[u8]| !(is_with_y && term == stems.1.as_bytes());
        insert(reader, stems, is_beginning, &mut docs)?;
        let idf = idf(docs.len() as f32, reader.max_doc() as f32);
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(docs), boost * idf * saturated(1.0, 1.0))))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        match scorer.seek(doc) == doc {
            true => Ok(Explanation::new("PrefixQuery", scorer.score())),
            false => Err(TantivyError::InvalidArgument(format!("document {doc} does not match"))),
        }
    }
}

/// Whether any word of a field begins so.
fn any_begins(reader: &SegmentReader, field: Field, beginning: &str) -> tantivy::Result<bool> {
    let index = reader.inverted_index(field)?;
    let mut terms = index.terms().range().ge(beginning).into_stream()?;
    Ok(terms.advance() && terms.key().starts_with(beginning.as_bytes()))
}

/// Adds the documents of all terms of a field that begin so and are wanted.
fn insert(
    reader: &SegmentReader,
    (field, beginning): &(Field, String),
    is_wanted: impl Fn(&[u8]) -> bool,
    docs: &mut BitSet,
) -> tantivy::Result<()> {
    let index = reader.inverted_index(*field)?;
    let mut terms = index.terms().range().ge(beginning).into_stream()?;
    while terms.advance() && terms.key().starts_with(beginning.as_bytes()) {
        if !is_wanted(terms.key()) {
            continue;
        }
        let option = IndexRecordOption::Basic;
        let mut postings = index.read_block_postings_from_terminfo(terms.value(), option)?;
        while !postings.docs().is_empty() {
            postings.docs().iter().for_each(|doc| _ = docs.insert(*doc));
            postings.advance();
        }
    }
    Ok(())
}
