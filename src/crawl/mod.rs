//! The crawler: from URLs to pages, politely and within bounds.

mod adapter;
mod admission;
mod archive;
mod cache;
mod channel;
mod classify;
mod exchange;
mod frontier;
mod host;
mod in_flight;
mod memory_frontier;
mod offline;
mod options;
mod piece;
mod recorded;
mod redirect;
mod robots;
mod robots_cache;
mod run;
mod session;
mod stop;
mod visit;

use std::collections::HashMap;

use jiff::civil::Date;
use url::Url;

pub(crate) use crate::crawl::{
    admission::admits_now,
    piece::FilePiece,
    recorded::{Recorded, RecordedAnswer, Unusable, is_told_by_head},
    redirect::MAX_HOPS,
};
pub use crate::{
    crawl::{
        frontier::{Event, Frontier, Visit, host_of},
        host::KnownHosts,
        memory_frontier::MemoryFrontier,
        options::{CrawlOptions, PRODUCT, user_agent},
        stop::Stop,
    },
    page::RobotsCopy,
};
use crate::{error::Error, page::Page};

/// Visits every page of a frontier and reports each as it ends. Blocks until all are done or `stop`
/// is set.
///
/// # Errors
/// [`Error::Network`] when the client cannot be set up. A page that fails is no error.
pub fn crawl_all(
    frontier: &mut dyn Frontier,
    settings: &CrawlOptions,
    stop: &Stop,
) -> Result<(), Error> {
    match frontier.hosts() {
        0 => Ok(()),
        hosts => run::run(frontier, hosts, settings, stop),
    }
}

/// Visits a few pages; `robots` holds the stored answers by origin.
///
/// # Errors
/// As [`crawl_all`].
pub fn crawl(
    visits: Vec<Visit>,
    settings: &CrawlOptions,
    robots: HashMap<String, RobotsCopy>,
    stop: &Stop,
    on_event: &mut dyn FnMut(Event),
) -> Result<(), Error> {
    crawl_all(&mut MemoryFrontier::new(visits, robots, on_event), settings, stop)
}

/// Asks the web archive for copies of pages that came without a text, and gives each to the frontier
/// as it ends; its queues are left alone. Nobody is asked about a page that only
/// [`allow_net`](crate::crawl_policy::Policy::allow_net) makes public. Only pages with
/// [`Outcome::Ok`](crate::page::Outcome::Ok) afterwards have got one; the others come back as they
/// were, with the reason added.
///
/// # Errors
/// As [`crawl_all`].
pub fn ask_archive(
    pages: Vec<(Page, Option<Date>)>,
    frontier: &mut dyn Frontier,
    settings: &CrawlOptions,
    stop: &Stop,
) -> Result<(), Error> {
    if pages.is_empty() {
        return Ok(());
    }
    run::run_archive(pages, frontier, settings, stop)
}

/// Fetches `length` bytes of a large file from an offset on; `robots` holds the stored answers by
/// origin. The inner error is why there are none.
///
/// # Errors
/// As [`crawl_all`], and [`Error::Interrupted`] after `stop`.
pub(crate) fn fetch_piece(
    url: &Url,
    (from, length): (u64, u64),
    settings: &CrawlOptions,
    robots: HashMap<String, RobotsCopy>,
    stop: &Stop,
    on_event: &mut dyn FnMut(Event),
) -> Result<Result<FilePiece, String>, Error> {
    let mut frontier = MemoryFrontier::new(Vec::new(), robots, on_event);
    let fetched = run::run_piece(url.clone(), from, length, &mut frontier, settings, stop)?;
    fetched.ok_or(Error::Interrupted)
}
