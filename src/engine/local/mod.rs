//! The engine of this machine: Tantivy, with immutable generations of an index in a folder.

mod all_docs;
mod answers;
pub mod build;
mod candidates;
mod dictionary;
mod execute;
mod facet_column;
mod facets;
mod failure;
pub mod generations;
pub(crate) mod index;
pub mod metadata;
mod missing;
mod prefix;
pub mod public;
mod query;
mod ranking;
mod read_only;
mod readings;
mod row;
pub mod schema;
mod scored_doc;
mod spill;
mod split;
mod streaming;
mod tokenizer;
pub(crate) mod vectors;
