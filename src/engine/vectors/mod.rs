//! Vectors of passages: what an index holds beside its words, so that a text is found that says in
//! other words what is asked.

mod embed;
mod file;
mod nearest;
pub(crate) mod passages;
mod unfinished;

pub(crate) use crate::engine::vectors::{
    embed::write, file::VectorFile, nearest::NearDocument, unfinished::UnfinishedVectors,
};
pub use crate::engine::vectors::{
    embed::{Embedded, Embedding, VectorCache},
    passages::PassageKey,
};

/// The name of the file in the folder of a generation.
pub(crate) const VECTORS_FILE: &str = "vectors";
