//! What BM25 asks of an index. How many documents have a term is remembered, since an index never
//! changes and queries repeat most of their terms.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use foldhash::fast::FixedState;
use tantivy::{
    Searcher, Term,
    query::{Bm25StatisticsProvider, EnableScoring},
    schema::Field,
};

/// Terms that are remembered at most, in some 2 MB; then all are forgotten.
const MOST_KNOWN: usize = 1 << 14;

/// The statistics of an opened index; a clone shares what is remembered.
#[derive(Clone, Debug)]
pub(crate) struct Statistics {
    searcher: Searcher,
    /// The field whose terms are remembered.
    text: Field,
    /// How many documents have each term.
    known: Arc<Mutex<HashMap<String, u64, FixedState>>>,
}

impl Statistics {
    pub(crate) fn of(searcher: Searcher, text: Field) -> Statistics {
        Statistics { searcher, text, known: Arc::default() }
    }

    /// What queries are given to be scored.
    pub(crate) fn scoring(&self) -> EnableScoring<'_> {
        EnableScoring::enabled_from_statistics_provider(self, &self.searcher)
    }
}

impl Bm25StatisticsProvider for Statistics {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        self.searcher.total_num_tokens(field)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        self.searcher.total_num_docs()
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        let value = term.value();
        let Some(text) = value.as_str().filter(|_| term.field() == self.text) else {
            return self.searcher.doc_freq(term);
        };
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = known().get(text) {
            return Ok(*count);
        }
        // Nobody waits for the disk but who has asked.
        let count = self.searcher.doc_freq(term)?;
        let mut known = known();
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(text.to_owned(), count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use tantivy::{
        Index, TantivyDocument, Term,
        query::Bm25StatisticsProvider,
        schema::{Schema, TEXT},
    };

    use crate::engine::local::statistics::{MOST_KNOWN, Statistics};

    #[test]
    fn a_term_has_the_count_of_its_field_however_often_it_is_asked_for() {
        let mut schema = Schema::builder();
        let (text, title) =
            (schema.add_text_field("text", TEXT), schema.add_text_field("title", TEXT));
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
        for (body, name) in [("a b", "a"), ("a", "b"), ("a", "b")] {
            let mut document = TantivyDocument::default();
            document.add_text(text, body);
            document.add_text(title, name);
            writer.add_document(document).unwrap();
        }
        writer.commit().unwrap();
        let statistics = Statistics::of(index.reader().unwrap().searcher(), text);
        let count =
            |field, word: &str| statistics.doc_freq(&Term::from_field_text(field, word)).unwrap();
        for round in 0..3 {
            let counts = [(text, "a"), (text, "b"), (title, "a"), (title, "b"), (text, "c")];
            assert_eq!(counts.map(|(field, word)| count(field, word)), [3, 1, 1, 2, 0], "{round}");
            // What is remembered is forgotten.
            (0..MOST_KNOWN * (round % 2)).for_each(|n| _ = count(text, &format!("w{n}")));
        }
    }
}
