//! Queries in terms of no engine: from what people type to the plan that an engine executes.

pub(crate) mod bm25;
pub(crate) mod condition;
pub mod facet;
pub(crate) mod filters;
mod foreign;
pub(crate) mod group;
mod grouping;
pub(crate) mod key;
mod lexer;
pub(crate) mod meaning;
pub(crate) mod note;
pub mod parser;
pub(crate) mod plan;
pub(crate) mod planner;
pub(crate) mod prefix;
pub(crate) mod sort;
pub(crate) mod synonyms;
pub mod tree;
pub(crate) mod typed_word;
pub(crate) mod weights;
pub(crate) mod years;
