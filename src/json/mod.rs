//! JSON for scripts: what the command line prints with `--json` and the server answers, made once.

mod line;

use serde::Serialize;

pub use crate::json::line::{Versioned, write_line};
use crate::search::{FacetCounts, Results};

/// The results of a query.
#[derive(Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct SearchOutput<'a> {
    /// The query as typed.
    pub query: &'a str,
    /// What was found.
    #[serde(flatten)]
    pub results: &'a Results,
    /// What was changed or ignored, for people.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub notes: &'a [String],
}

/// What is similar to a document or a text.
#[derive(Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct SimilarOutput<'a> {
    /// What was found.
    #[serde(flatten)]
    pub results: &'a Results,
    /// What was changed or ignored, for people.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub notes: &'a [String],
}

/// How many documents have which value of a facet.
#[derive(Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct FacetsOutput<'a> {
    /// The facets, each with its values.
    pub facets: &'a [FacetCounts],
}

/// Whether the server answers, and from what index.
#[derive(Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct HealthOutput {
    /// Always `ok`.
    pub status: &'static str,
    /// Documents in the index.
    pub documents: u64,
    /// When the index was built.
    #[cfg_attr(feature = "cli", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub built_at: Option<jiff::Timestamp>,
    /// Whether a newer index was not published, because it lost too much.
    pub refused: bool,
}

/// What keeps the server from answering.
#[derive(Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct ProblemOutput<'a> {
    /// What is wrong.
    pub error: &'a str,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<&'a str>,
}
