//! The engine of this machine: Tantivy, with immutable generations of an index in a folder.

pub mod build;
pub mod generations;
mod manifest;
pub mod metadata;
pub(crate) mod read_only;
mod row;
pub mod schema;
mod spill;
mod streaming;
pub(crate) mod terms;
mod tokenizer;
