//! How a collection is to be updated.

use std::{io::Read, sync::Arc, time::Duration};

use ipnet::IpNet;
use jiff::Timestamp;

use crate::{embedding::Model, engine::opensearch::target::Target, worker::Launch};

/// Pages that come out of WARC files, in place of visits.
#[derive(Clone, Debug)]
pub struct WarcOptions {
    /// Files, folders, listings and addresses of those; `-` for the standard input.
    pub sources: Vec<String>,
    /// Where the relative paths of listings begin: a folder or an address. By default each begins
    /// where its listing is.
    pub base: Option<String>,
    /// Whether pages that no list names are taken as well.
    pub all: bool,
    /// Opens the standard input.
    pub stdin: fn() -> Box<dyn Read>,
}

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
    /// Where pages come from in place of visits. Lists are read as ever, and no page is visited.
    pub warc: Option<WarcOptions>,
    /// Networks to be treated as public, beside the collection's.
    pub allow_net: Vec<IpNet>,
    /// The cluster that holds the index; none when this machine does.
    pub cluster: Option<Target>,
    /// The command line that starts a worker of [`crate::worker`]. Without one, PDF files are not
    /// read, and large pages within this process.
    pub worker: Option<Launch>,
    /// The model that gives passages their vectors; none when the index is to have none.
    pub model: Option<Arc<Model>>,
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
            warc: None,
            allow_net: Vec::new(),
            cluster: None,
            worker: None,
            model: None,
            jobs: 0,
            clock,
        }
    }
    /// Whether pages are visited that are due.
    pub fn visits_pages(&self) -> bool {
        !self.offline && self.warc.is_none()
    }
}
