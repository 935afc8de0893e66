//! JSON for scripts: what the command line prints with `--json` and the server answers, made once.

mod line;

use serde::Serialize;

pub use crate::json::line::write_line;
use crate::{
    engine::Document,
    search::{FacetCounts, Results},
};

/// The version of all of them; it goes up should a field ever change.
const VERSION: u32 = 1;

/// The results of a query; fields are only ever added.
#[derive(Serialize)]
pub struct SearchOutput<'a> {
    version: u32,
    query: &'a str,
    #[serde(flatten)]
    results: &'a Results,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [String],
}

/// What is similar to a document; fields are only ever added.
#[derive(Serialize)]
pub struct SimilarOutput<'a> {
    version: u32,
    #[serde(flatten)]
    results: &'a Results,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [String],
}

/// Counts; fields are only ever added.
#[derive(Serialize)]
pub struct FacetsOutput<'a> {
    version: u32,
    facets: &'a [FacetCounts],
}

/// A document; fields are only ever added.
#[derive(Serialize)]
pub struct DocumentOutput<'a> {
    version: u32,
    #[serde(flatten)]
    document: &'a Document,
}

/// The results of a query with its notes in words.
pub fn search<'a>(query: &'a str, results: &'a Results, notes: &'a [String]) -> SearchOutput<'a> {
    SearchOutput { version: VERSION, query, results, notes }
}

/// What is similar to a document, with notes in words.
pub fn similar<'a>(results: &'a Results, notes: &'a [String]) -> SimilarOutput<'a> {
    SimilarOutput { version: VERSION, results, notes }
}

/// Counts of facets.
pub fn facets(facets: &[FacetCounts]) -> FacetsOutput<'_> {
    FacetsOutput { version: VERSION, facets }
}

/// A document.
pub fn document(document: &Document) -> DocumentOutput<'_> {
    DocumentOutput { version: VERSION, document }
}
