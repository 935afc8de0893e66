//! Analysis: from text to the terms that an index knows, the same for documents and queries.

pub(crate) mod analyzer;
pub(crate) mod prefilter;
mod stems;
mod stop_words;
pub(crate) mod words;
