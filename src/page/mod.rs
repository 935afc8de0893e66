//! A page: what the network gave for one URL.

mod outcome;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use crate::page::outcome::Outcome;

/// What the network gave for one URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The URL that was asked for.
    pub url: String,
    /// The URL that answered, after redirects.
    pub final_url: String,
    /// The HTTP status of the last answer; none when there was no answer.
    pub status: Option<u16>,
    /// The headers worth keeping, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The decoded body (content codings removed, charset untouched); empty unless `outcome` is `Ok`
    /// or the body is the evidence for another outcome.
    pub body: Vec<u8>,
    /// When the answer came.
    pub fetched_at: Timestamp,
    /// What became of the visit.
    pub outcome: Outcome,
    /// The evidence for the outcome in a few words, for people.
    pub reason: Option<String>,
    /// What the body is.
    #[serde(default)]
    pub form: Form,
    /// The moment before which the site asks not to be visited again, when it lies beyond the run.
    pub come_back: Option<Timestamp>,
    /// Where the body comes from.
    pub source: Source,
    /// Requests sent for this page: redirects, retries and robots.txt included.
    pub requests: u32,
    /// Bytes of body received on the wire.
    pub wire_bytes: u64,
    /// Time from the first to the last byte of all its requests, in milliseconds.
    pub elapsed_ms: u64,
}

impl Page {
    /// The value of the first header of that name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Whether the site says that the stored copy is still good, so that no body came.
    pub fn is_not_modified(&self) -> bool {
        self.status == Some(304) && self.outcome.is_good()
    }

    /// The validators to send on the next visit.
    pub fn validators(&self) -> Validators {
        Validators {
            etag: self.header("etag").map(str::to_owned),
            last_modified: self.header("last-modified").map(str::to_owned),
        }
    }
}

/// The validators of a stored copy (RFC 9110, section 8.8), sent on the next visit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// The `ETag` value, quotes and weakness prefix included.
    pub etag: Option<String>,
    /// The `Last-Modified` value as received.
    pub last_modified: Option<String>,
}

/// Where a body comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Source {
    /// The site itself.
    Live,
    /// A web archive's capture of the given moment.
    Archived {
        /// When the archive captured it.
        captured: Timestamp,
        /// What became of the visit to the site itself.
        instead_of: Outcome,
    },
}

impl Source {
    /// What became of the visit to the site itself, when a web archive stood in for it.
    pub fn instead_of(&self) -> Option<Outcome> {
        match self {
            Source::Live => None,
            Source::Archived { instead_of, .. } => Some(*instead_of),
        }
    }
}

/// What a body is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A page.
    #[default]
    Page,
    /// A page made of what a service says of it, which is less than the whole text.
    Summary,
    /// Several pages in one body.
    Parts,
}

impl Form {
    /// Every form.
    pub const ALL: [Form; 3] = [Form::Page, Form::Summary, Form::Parts];

    /// The name used in the store.
    pub fn name(self) -> &'static str {
        match self {
            Form::Page => "page",
            Form::Summary => "summary",
            Form::Parts => "parts",
        }
    }

    /// The form of that name.
    pub fn from_name(name: &str) -> Option<Form> {
        Form::ALL.into_iter().find(|form| form.name() == name)
    }
}

/// An answer to `/robots.txt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RobotsCopy {
    /// When it was fetched; it is used for 24 hours (RFC 9309, section 2.4).
    pub fetched_at: Timestamp,
    /// The HTTP status of the last answer; none when there was no answer.
    pub status: Option<u16>,
    /// At most the first 500 KiB.
    pub body: Vec<u8>,
}
