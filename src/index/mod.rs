//! The index: from documents to an immutable Tantivy index in a generation's folder.

pub mod analyzer;
pub mod build;
pub mod date;
pub mod document;
mod folder;
pub mod generation;
pub mod import;
mod parts;
pub mod schema;
pub(crate) mod sealed;
mod stems;
mod stopwords;
mod terms;
pub(crate) mod words;

pub use crate::index::{
    build::build,
    document::{Document, Provenance},
};

/// Version of schema and analyzer; raise it when the same documents give another index.
pub const VERSION: u32 = 3;

/// What was built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Built {
    /// Documents in the index.
    pub documents: u64,
    /// Documents with more text than the list gives.
    pub full_texts: u64,
}
