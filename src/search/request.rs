//! What is asked of a search.

use jiff::civil::DateTime;

use crate::query::{filters::Filters, sort::Sort};

/// What is asked.
#[derive(Clone, Debug)]
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
    /// Whether to find documents by their meaning, too, where the index has vectors; none for what
    /// the searcher does by itself.
    pub hybrid: Option<bool>,
    /// Whether to count all documents that match; without, the best are found faster.
    pub count: bool,
    /// The time on the user's clock, for `after:30d` and for `fresh`.
    pub now: Option<DateTime>,
    /// Whether newer documents come a little earlier.
    pub fresh: bool,
}

/// Pseudo-relevance feedback: whether words of the best hits may join the query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Feedback {
    /// Where the index is small enough for it to cost little.
    #[default]
    Auto,
    /// Never.
    Off,
}

impl Request {
    /// A request for the ten best hits of a query, without snippets or counts.
    pub fn new(query: &str) -> Request {
        Request {
            query: query.to_owned(),
            filters: Filters::default(),
            limit: 10,
            offset: 0,
            sort: Sort::default(),
            facets: false,
            snippets: 0,
            explain: false,
            exact: false,
            feedback: Feedback::default(),
            related: false,
            hybrid: None,
            count: false,
            now: None,
            fresh: false,
        }
    }
}

impl Default for Request {
    /// A request for the first ten of all documents.
    fn default() -> Request {
        Request::new("")
    }
}
