//! Search: from a query to ranked hits, facets and snippets.

mod engine;
pub mod evaluate;
mod exact;
mod explain;
mod facets;
mod feedback;
mod filter;
mod group;
mod order;
mod plan;
mod rank;
mod reading;
mod searcher;
mod similar;
mod snippet;
mod spelling;

pub use crate::search::{
    facets::{FacetCount, FacetCounts},
    searcher::Searcher,
    snippet::{Marker, Snippet},
};

use jiff::civil::Date;
use serde::Serialize;

use crate::{engine::Provenance, error::Error};

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The query as typed; may be empty when there are filters.
    pub query: String,
    /// Restrictions, OR within one facet, AND between facets.
    pub filters: Filters,
    /// How many hits to return.
    pub limit: usize,
    /// How many hits to skip.
    pub offset: usize,
    /// Their order.
    pub sort: Sort,
    /// Whether to count facets.
    pub facets: bool,
    /// Snippets a hit.
    pub snippets: usize,
    /// Whether to say why each hit has its score.
    pub explain: bool,
    /// Whether misspelled words are left as they are.
    pub exact: bool,
    /// Whether words of the best hits may join the query.
    pub feedback: Feedback,
    /// Whether documents without any of the words, but like the best hits, come last.
    pub related: bool,
    /// Whether to count all documents that match; without, the best are found faster.
    pub count: bool,
    /// The day that it is, for `after:30d` and for `fresh`.
    pub today: Option<Date>,
    /// Whether newer documents come a little earlier.
    pub fresh: bool,
}

/// Restrictions on facets and dates; values as typed, compared without case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Facet name (`company`, `tag`, `site`, `section`, `list`, `year`, `kind`, `provenance`) and value.
    pub facets: Vec<(String, String)>,
    /// Listed on that day or later.
    pub after: Option<Date>,
    /// Listed before that day.
    pub before: Option<Date>,
    /// Published on that day or later.
    pub published_after: Option<Date>,
    /// Published before that day.
    pub published_before: Option<Date>,
}

/// The order of hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Best first.
    #[default]
    Relevance,
    /// Newest first.
    Date,
}

/// Whether words of the best hits may join the query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Feedback {
    /// Where the index is small enough for it to cost little.
    #[default]
    Auto,
    /// Never.
    Off,
}

/// What a search returns.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Results {
    /// Documents that match, shown or not; when they were not counted, as many as are known of.
    pub total: usize,
    /// The hits asked for, in order.
    pub hits: Vec<Hit>,
    /// Counts for each facet, when asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facets: Vec<FacetCounts>,
    /// Whether some hits lack some of the words.
    pub relaxed: bool,
    /// Words that were taken for others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub corrected: Vec<Corrected>,
    /// What was changed about the query to find something, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A word that no document has, and what was searched instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Corrected {
    /// The word as typed, folded.
    pub typed: String,
    /// What was searched.
    pub used: String,
}

/// One document that matches.
#[derive(Clone, Debug, Serialize)]
pub struct Hit {
    /// The document's id.
    pub id: String,
    /// Its link.
    pub url: String,
    /// Further addresses of the same article.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also_at: Vec<String>,
    /// The title to display.
    pub title: String,
    /// The company.
    pub company: Option<String>,
    /// True when the company was inferred.
    pub company_inferred: bool,
    /// The tags.
    pub tags: Vec<String>,
    /// The date that the list gives.
    pub date_listed: Option<Date>,
    /// The date that the article gives.
    pub date_published: Option<Date>,
    /// BM25 with boosts; larger is better, comparable within one search only.
    pub score: f32,
    /// What the text is.
    pub provenance: Provenance,
    /// The best passages.
    pub snippets: Vec<Snippet>,
    /// Why it has this score, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
}

fn engine_error(error: tantivy::TantivyError) -> Error {
    Error::Engine(error.to_string())
}

fn io_error(error: std::io::Error) -> Error {
    Error::Engine(error.to_string())
}
