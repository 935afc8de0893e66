//! What the execution of a plan returns.

use serde::Serialize;

use crate::engine::document::Document;

/// What came of a plan.
#[derive(Clone, Debug, Default)]
pub(crate) struct Execution {
    /// The hits that were asked for, in order.
    pub(crate) found: Vec<FoundDocument>,
    /// Documents that match; when they were not counted, as many as are known of.
    pub(crate) total: usize,
    /// Counts for each facet, when asked for.
    pub(crate) facets: Vec<FacetCounts>,
    /// Whether a hit that was asked for lacks one of several words.
    pub(crate) is_relaxed: bool,
    /// Documents with all words, when a short query that names no document is relaxed and
    /// documents are counted.
    pub(crate) complete: Option<usize>,
}

/// A document that matches.
#[derive(Clone, Debug)]
pub(crate) struct FoundDocument {
    /// The document, with its sections when they were asked for.
    pub(crate) document: Document,
    pub(crate) score: f32,
    /// The words that it lacks, as typed.
    pub(crate) missing: Vec<String>,
    /// Why it has this score, when asked for.
    pub(crate) explanation: Option<String>,
}

/// The values of one facet.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FacetCounts {
    /// Its name.
    pub name: String,
    /// Its values, most frequent first, then by name.
    pub values: Vec<FacetCount>,
}

/// One value of a facet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FacetCount {
    /// The value as displayed.
    pub value: String,
    /// Documents that have it.
    pub count: u64,
}
