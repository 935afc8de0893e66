//! A document with its score.

use tantivy::DocId;

/// A document on its way to becoming a hit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScoredDoc {
    pub(crate) doc: DocId,
    pub(crate) score: f32,
}
