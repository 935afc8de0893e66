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
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = known.get(text) {
            return Ok(*count);
        }
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        let count = self.searcher.doc_freq(term)?;
        known.insert(text.to_owned(), count);
        Ok(count)
    }
}
