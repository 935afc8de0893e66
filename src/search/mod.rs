//! Search: from a query to ranked hits, facets and snippets.

pub mod evaluate;
mod phrase;
mod request;
mod results;
mod searcher;
mod similar;
mod snippet;

pub use crate::{
    engine::execution::{FacetCount, FacetCounts},
    query::{
        filters::Filters,
        note::{Corrected, Note},
        sort::Sort,
    },
    search::{
        request::{Feedback, Request},
        results::{Hit, Results},
        searcher::{ExplainedQuery, Searcher},
        snippet::{Marker, Snippet},
    },
};
