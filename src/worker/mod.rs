//! Workers: child processes of this program that extract text, each with a limit on its memory, its
//! processor time and the time that others wait for it.
//!
//! A PDF file can ask for far more work than its size lets one expect, and no count inside the
//! reader has held against every file. What kills a worker, or outlasts it, kills nothing else.
//! The worker reads a request from its standard input, one line of JSON and then the body, and
//! writes a reply to its standard output, one line of JSON; it serves one file after the other.

mod child;
mod limits;
mod pool;

use std::{ffi::OsString, path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    content,
    extract::{self, Extraction},
    page::Form,
};

pub use crate::worker::{
    child::{Overrun, serve},
    pool::{Failure, Pool},
};

/// The exit code of a worker that ended itself because a file took too much processor time.
pub const OVERRUN: u8 = 3;

/// Bytes of memory that a worker may take for its data. With its program it stays below 200 MB;
/// of the PDF files in Debian's documentation none takes more than 60 MB.
const MEMORY_BYTES: u64 = 160 << 20;
/// Processor time for a file, and more for each megabyte of it.
const PROCESSOR_TIME: Duration = Duration::from_millis(700);
const PROCESSOR_TIME_PER_MB: Duration = Duration::from_millis(200);
/// How much longer an unoptimised build takes.
const SLOWNESS: u32 = if cfg!(debug_assertions) { 20 } else { 1 };
/// How long others wait for a file. It is much longer than the processor time, so that a busy
/// machine fails no good file.
const DEADLINE: Duration = Duration::from_secs(20).saturating_mul(SLOWNESS);
/// Bytes of a reply that are read; a text is at most [`content::MAX_TEXT_BYTES`] before its
/// characters are escaped.
const MAX_REPLY_BYTES: u64 = 6 * content::MAX_TEXT_BYTES as u64 + (1 << 20);
/// Bytes of the line before a body: an address, a media type and titles.
const MAX_REQUEST_LINE_BYTES: u64 = 1 << 20;
/// Bytes of titles, and of an address or media type, that a request has: no escape in JSON is longer
/// than six bytes, so that they fit into its line.
const MAX_TITLE_BYTES: usize = 64 << 10;

/// The command line that starts a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The executable of this program.
    pub program: PathBuf,
    /// The arguments that make it a worker.
    pub args: Vec<OsString>,
}

/// The first line of a worker, which says that it is one, and of which version.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Greeting {
    worker: u32,
}

impl Greeting {
    const OURS: Greeting = Greeting { worker: extract::VERSION };
}

/// What stands before a body: an [`extract::Input`] without it.
#[derive(Debug, Serialize, Deserialize)]
struct Request {
    url: String,
    content_type: Option<String>,
    listed_titles: Vec<String>,
    form: Form,
    body_bytes: u64,
}

/// What a worker says of a body.
#[derive(Debug, Serialize, Deserialize)]
enum Reply {
    Found(Box<Extraction>),
    /// The extractor stopped at a mistake of its own.
    Panicked,
}
