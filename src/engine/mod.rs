//! The engine: what it takes and returns, in terms of no package; one folder for each engine.

pub mod built;
pub mod document;
pub(crate) mod execution;
pub mod import;
pub mod local;

pub use crate::engine::{
    built::Built,
    document::{Document, Provenance},
};
