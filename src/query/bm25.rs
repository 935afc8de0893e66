//! BM25: how much a word counts for a document (Robertson and Zaragoza, The Probabilistic Relevance
//! Framework: BM25 and Beyond, 2009).

/// BM25's saturation and length constants, those of Tantivy.
pub(crate) const K1: f32 = 1.2;
pub(crate) const B: f32 = 0.75;

/// BM25's view of a frequency; `length` is relative to the average.
pub(crate) fn saturated(frequency: f32, length: f32) -> f32 {
    (1.0 + K1) * frequency / (frequency + K1 * (1.0 - B + B * length))
}

/// BM25's weight of a term that so many documents have.
pub(crate) fn idf(doc_freq: f32, documents: f32) -> f32 {
    (1.0 + (documents - doc_freq + 0.5) / (doc_freq + 0.5)).ln()
}
