//! The engine of this machine: Tantivy, with immutable generations of an index in a folder.

mod all_docs;
pub mod build;
mod characteristic;
mod exact_words;
mod execute;
mod explain;
mod facet_column;
mod facets;
mod failure;
mod filters;
pub mod generations;
pub(crate) mod index;
mod manifest;
pub mod metadata;
mod pseudo_relevance;
mod query;
mod ranking;
mod read_only;
mod rescore;
mod row;
pub mod schema;
mod scored_doc;
mod spelling;
mod spill;
mod streaming;
mod terms;
mod tokenizer;
