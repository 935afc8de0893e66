//! What rescoring asks of an index about the best documents.

use crate::{analysis::text_field::TextField, error::Error};

/// The documents that are rescored; they go by their numbers from 0 on, and each term is asked about
/// them in ascending order.
pub(crate) trait Candidates {
    /// A field of all documents of the index.
    type Field: CandidateField<Term = Self::Term>;
    /// A term, with the documents that have it.
    type Term: CandidateTerm;

    /// How many candidates there are.
    fn count(&self) -> usize;

    /// How many documents the index holds.
    fn documents(&self) -> u32;

    /// A field; none when no document has anything in it.
    fn field(&self, field: TextField) -> Result<Option<Self::Field>, Error>;

    /// How many documents of the index have a term in their text.
    fn doc_freq(&self, term: &str) -> Result<u32, Error>;

    /// A word as it was written; none when no candidate can have it.
    fn word(&self, word: &str) -> Result<Option<Self::Term>, Error>;
}

/// A field of the candidates.
pub(crate) trait CandidateField {
    /// What [`Candidates::Term`] is.
    type Term;

    /// Terms of a document on average.
    fn average_length(&self) -> f32;

    /// Terms of a candidate.
    fn length(&self, at: usize) -> u32;

    /// A term; none when no candidate can have it.
    fn term(&self, term: &str, with_positions: bool) -> Result<Option<Self::Term>, Error>;
}

/// A term of the candidates.
pub(crate) trait CandidateTerm {
    /// How many documents of the index have it.
    fn doc_freq(&self) -> u32;

    /// How often a candidate has it: 0 when it has not.
    fn frequency(&mut self, at: usize) -> u32;

    /// Adds where it stands in a candidate, in ascending order; false when it does not.
    fn add_positions(&mut self, at: usize, positions: &mut Vec<u32>) -> bool;
}
