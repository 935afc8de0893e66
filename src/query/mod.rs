//! Queries in terms of no engine: from what people type to what an engine is asked.

pub mod facet;
pub(crate) mod key;
mod lexer;
pub mod parser;
pub mod tree;
