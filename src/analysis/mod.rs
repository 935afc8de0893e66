//! Analysis: from text to the terms that an index knows, the same for documents and queries.

pub(crate) mod analyzer;
mod fold;
mod forms;
pub(crate) mod prefilter;
mod stems;
mod stop_words;
pub(crate) mod text_field;
pub(crate) mod unspaced;
mod words;
