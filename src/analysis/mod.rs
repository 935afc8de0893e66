//! Analysis: from text to the terms that an index knows, the same for documents and queries.

pub(crate) mod analyzer;
mod british;
mod compound;
pub(crate) mod english;
mod fold;
mod forms;
pub(crate) mod graphemes;
pub(crate) mod language;
pub(crate) mod normalize;
pub(crate) mod place;
pub(crate) mod prefilter;
pub(crate) mod raw_word;
mod stem_memory;
pub(crate) mod stem_set;
mod stemmers;
pub(crate) mod stems;
pub(crate) mod stop_words;
pub(crate) mod text_field;
pub(crate) mod unspaced;
mod words;
