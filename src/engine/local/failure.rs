//! What fails in Tantivy, as errors of ours.

use std::io;

use crate::error::Error;

/// A failure of Tantivy.
pub(crate) fn engine_error(error: tantivy::TantivyError) -> Error {
    Error::Engine(error.to_string())
}

/// A failure to read a file of an index.
pub(crate) fn io_error(error: io::Error) -> Error {
    Error::Engine(error.to_string())
}
