//! The engine: what it takes and returns, in terms of no package; one folder for each engine.

mod batches;
pub mod build_summary;
mod candidates;
pub(crate) mod characteristic;
pub mod choice;
pub(crate) mod compounds;
pub mod document;
mod exact_words;
pub(crate) mod execution;
mod explain;
mod facet_values;
mod freshness;
pub(crate) mod fusion;
pub(crate) mod index;
pub mod json_lines;
pub mod local;
pub mod manifest;
pub(crate) mod near_words;
pub mod opensearch;
mod part;
mod passage;
mod placed_terms;
mod pseudo_relevance;
pub(crate) mod readings;
mod refusal;
mod rescore;
mod site;
pub mod slice;
pub(crate) mod spelling;
mod terms;
mod texts;
pub mod threads;
pub(crate) mod unknown_values;
pub(crate) mod variants;
pub mod vectors;
pub(crate) mod worths;
pub(crate) mod year_ranges;

pub use crate::engine::{
    build_summary::BuildSummary,
    document::{Document, Provenance},
};
