//! What a request comes to: an answer, or why there is none.

use crate::http::{headers::Headers, memory_budget::MemoryPermit};

/// An answer.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    /// The HTTP status.
    pub(crate) status: u16,
    /// All header fields.
    pub(crate) headers: Headers,
    /// The body without its content codings.
    pub(crate) body: Vec<u8>,
    /// Bytes of body that came over the wire.
    pub(crate) wire_bytes: u64,
    /// The memory that the body may take.
    pub(crate) permit: MemoryPermit,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RequestFailure {
    /// The address may not be visited.
    Forbidden(String),
    /// The name does not resolve or the network cannot be reached: nobody is there, or we are offline.
    Offline(String),
    /// The host refuses connections.
    Refused(String),
    /// The certificate or the handshake is not acceptable.
    Tls(String),
    /// One of the time limits.
    Timeout(String),
    /// Nothing came before the connection ended, or what came is not HTTP.
    NoHttp(String),
    /// An answer that breaks off or is damaged.
    Broken(String),
    /// Over a limit of size.
    TooLarge(String),
    /// A body that can be seen to be of no use before it has been read.
    Unsupported(String),
    /// The host is left alone for the rest of the run.
    Dropped,
}

impl RequestFailure {
    /// Whether another try in the same run may help. A host that was too slow once is not helped by
    /// more requests.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(
            self,
            RequestFailure::Offline(_)
                | RequestFailure::Refused(_)
                | RequestFailure::NoHttp(_)
                | RequestFailure::Broken(_)
        )
    }
}

impl std::fmt::Display for RequestFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RequestFailure::Forbidden(what)
            | RequestFailure::Offline(what)
            | RequestFailure::Refused(what)
            | RequestFailure::Tls(what)
            | RequestFailure::Timeout(what)
            | RequestFailure::NoHttp(what)
            | RequestFailure::Broken(what)
            | RequestFailure::TooLarge(what)
            | RequestFailure::Unsupported(what) => f.write_str(what),
            RequestFailure::Dropped => {
                f.write_str("host left alone after repeated failure in this run")
            }
        }
    }
}
