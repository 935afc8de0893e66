//! What a program and its workers say to each other: lines of JSON, and bodies.

use serde::{Deserialize, Serialize};

use crate::{
    content,
    extract::{self, Extraction},
    page::Form,
};

/// The exit code of a worker that ended itself because a file took too much processor time.
pub const OVERRUN: u8 = 3;

/// Bytes of a reply that are read; a text is at most [`content::MAX_TEXT_BYTES`] before its
/// characters are escaped.
pub(crate) const MAX_REPLY_BYTES: u64 = 6 * content::MAX_TEXT_BYTES as u64 + (1 << 20);
/// Bytes of the line before a body: an address, a media type and titles.
pub(crate) const MAX_REQUEST_LINE_BYTES: u64 = 1 << 20;
/// Bytes of titles, and of an address or media type, that a request has: no escape in JSON is longer
/// than six bytes, so that they fit into its line.
pub(crate) const MAX_TITLE_BYTES: usize = 64 << 10;

/// The first line of a worker, which says that it is one, and of which version.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Greeting {
    pub(crate) worker: u32,
}

impl Greeting {
    pub(crate) const OURS: Greeting = Greeting { worker: extract::VERSION };
}

/// What stands before a body: an [`extract::Input`] without it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WorkerRequest {
    pub(crate) url: String,
    pub(crate) content_type: Option<String>,
    pub(crate) listed_titles: Vec<String>,
    pub(crate) form: Form,
    pub(crate) body_bytes: u64,
}

/// What a worker says of a body.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum WorkerReply {
    Found(Box<Extraction>),
    /// The extractor stopped at a mistake of its own.
    Panicked,
}
