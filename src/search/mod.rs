//! Search: from a query to ranked hits, facets and snippets.

pub mod evaluate;
mod hybrid;
mod live;
mod phrase;
mod readable_text;
mod request;
mod results;
mod searcher;
mod similar;
mod snippet;

pub(crate) use crate::search::results::passage_url;
pub use crate::{
    engine::execution::{FacetCount, FacetCounts},
    query::{
        facet::FACETS,
        filters::Filters,
        note::{Corrected, Note},
        sort::Sort,
    },
    search::{
        hybrid::{ModelLoader, QueryModel},
        live::{LiveSearcher, OpenedIndex},
        readable_text::{ReadableText, TextSection, TextSlice},
        request::{Feedback, Request},
        results::{Hit, Results},
        searcher::{ExplainedQuery, Searcher},
        snippet::{Marker, Snippet},
    },
};
