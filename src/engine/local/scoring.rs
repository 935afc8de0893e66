//! Scores of documents, as BM25 makes them.

use tantivy::DocId;

use crate::query::weights::{B, K1};

/// A document on its way to becoming a hit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScoredDoc {
    pub(crate) doc: DocId,
    pub(crate) score: f32,
}

/// BM25's view of a frequency; `length` is relative to the average.
pub(crate) fn saturated(frequency: f32, length: f32) -> f32 {
    (1.0 + K1) * frequency / (frequency + K1 * (1.0 - B + B * length))
}

/// BM25's weight of a term that so many documents have.
pub(crate) fn idf(doc_freq: f32, documents: f32) -> f32 {
    (1.0 + (documents - doc_freq + 0.5) / (doc_freq + 0.5)).ln()
}
