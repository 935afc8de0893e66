//! How a collection is to be updated.

use std::time::Duration;

use ipnet::IpNet;
use jiff::Timestamp;

use crate::worker::Launch;

/// How to update.
#[derive(Clone, Debug)]
pub struct Options {
    /// Send no request: rebuild from the stored pages.
    pub offline: bool,
    /// Visit every page, due or not, even those that an interrupted update has visited.
    pub refresh: bool,
    /// Build and publish even if the index lost more than the limit, or is there already.
    pub force: bool,
    /// Say what would be visited and stop there.
    pub dry_run: bool,
    /// Afterwards forget older versions of texts, and pages that no list has any more.
    pub prune: bool,
    /// Delay between two requests to a host, in place of the collection's.
    pub delay: Option<Duration>,
    /// Networks to be treated as public, beside the collection's.
    pub allow_net: Vec<IpNet>,
    /// The command line that starts a worker of [`crate::worker`]. Without one, PDF files are not
    /// read, and large pages within this process.
    pub worker: Option<Launch>,
    /// Threads for extraction and indexing; 0 for one a core.
    pub jobs: usize,
    /// Reads the wall clock.
    pub clock: fn() -> Timestamp,
}

impl Options {
    /// The defaults, with the clock to read.
    pub fn new(clock: fn() -> Timestamp) -> Options {
        Options {
            offline: false,
            refresh: false,
            force: false,
            dry_run: false,
            prune: false,
            delay: None,
            allow_net: Vec::new(),
            worker: None,
            jobs: 0,
            clock,
        }
    }
}
