//! The engine of this machine: Tantivy, with immutable generations of an index in a folder.

pub mod build;
pub(crate) mod facet;
pub mod generations;
pub(crate) mod key;
mod manifest;
pub mod metadata;
pub(crate) mod read_only;
mod row;
pub mod schema;
mod spill;
mod streaming;
mod tokenizer;
