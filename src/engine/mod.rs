//! The engine: what it takes and returns, in terms of no package; one folder for each engine.

pub mod build_summary;
pub mod document;
pub(crate) mod execution;
pub mod json_lines;
pub mod local;
mod site;

pub use crate::engine::{
    build_summary::BuildSummary,
    document::{Document, Provenance},
};
