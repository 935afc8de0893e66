//! Parts of a score, each with the reason for it.

use std::fmt;

/// One part of the score of a document.
pub(crate) struct ScorePart<'a> {
    pub(crate) reason: Reason<'a>,
    pub(crate) score: f32,
}

/// What gives a part of a score.
pub(crate) enum Reason<'a> {
    /// A term in a field.
    Term { field: &'static str, term: &'a str, frequency: u32, doc_freq: u32, documents: u32 },
    /// A word that stands as it was typed.
    AsTyped { word: &'a str },
    /// Words that follow each other as in the query.
    InOrder,
    /// Words that stand together.
    Passage { words: usize, length: u32 },
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Term { field, term, frequency, doc_freq, documents } => {
                write!(f, "{field}: {term} ×{frequency}, in {doc_freq} of {documents} documents")
            }
            Reason::AsTyped { word } => write!(f, "as typed: {word}"),
            Reason::InOrder => f.write_str("proximity: words in the order of the query"),
            Reason::Passage { words, length } => {
                write!(f, "best passage: {words} words of the query within {length}")
            }
        }
    }
}
