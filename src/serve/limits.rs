//! What a client may take.

use std::time::Duration;

/// Bytes of a request's address.
pub(crate) const URI_BYTES: usize = 8 << 10;
/// Characters of a query.
pub(crate) const QUERY_CHARS: usize = 1_000;
/// Hits that may be skipped: what is further down nobody reads, and it costs the more the deeper.
pub(crate) const MAX_OFFSET: usize = 10_000;
/// Hits of one answer.
pub(crate) const MAX_HITS: usize = 100;
/// Values of all filters of a request.
pub(crate) const MAX_FILTERS: usize = 64;
/// Bytes of a form that is sent.
pub(crate) const FORM_BYTES: usize = 4 << 10;

/// Bytes of a call of a tool for agents.
pub(crate) const MCP_BYTES: usize = 256 << 10;

/// How much is done at once, and how long anything may take.
#[derive(Clone, Copy, Debug)]
pub struct ServeLimits {
    /// Requests that are worked on at a time, those of all connections together.
    pub in_flight: usize,
    /// Connections that are open at a time; the next one waits.
    pub connections: usize,
    /// For the head of a request, and for an idle connection until its next one.
    pub head: Duration,
    /// For a client that takes nothing of an answer.
    pub stall: Duration,
    /// For the work on a request.
    pub answer: Duration,
    /// For what is in flight when the server ends.
    pub drain: Duration,
}

impl Default for ServeLimits {
    fn default() -> ServeLimits {
        ServeLimits {
            in_flight: 32,
            connections: 256,
            head: Duration::from_secs(10),
            stall: Duration::from_secs(20),
            answer: Duration::from_secs(10),
            drain: Duration::from_secs(5),
        }
    }
}
