//! The crawler: from URLs to pages, politely and within bounds.

mod adapter;
mod archive;
mod frontier;
mod host;
mod permission;
mod recent;
mod redirect;
mod robots;
mod run;
mod session;
mod verdict;
mod visit;
mod watch;

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use jiff::{Timestamp, civil::Date};

pub use crate::crawl::{
    frontier::{Few, Frontier, host_of},
    host::Known,
};
pub use crate::page::RobotsCopy;
use crate::{
    error::Error,
    page::{Page, Validators},
    policy::Policy,
};

/// One page to visit.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Absolute http or https URL, as the list has it. The page comes back under it, without the
    /// user name and the password that it may have.
    pub url: String,
    /// Validators of the stored copy; empty on the first visit.
    pub validators: Validators,
    /// The curator's date, which chooses the archive's capture.
    pub date_listed: Option<Date>,
}

/// What a crawl goes by.
#[derive(Clone)]
pub struct Settings {
    /// The whole `User-Agent` value.
    pub user_agent: String,
    /// How to crawl, as the collection and its user want it.
    pub policy: Policy,
    /// First pause before another try; it doubles with each try and varies by half.
    pub back_off: Duration,
    /// Tries for one page that fails for a passing reason.
    pub tries: u32,
    /// What earlier crawls know of the hosts.
    pub known: Known,
    /// Reads the wall clock.
    pub clock: fn() -> Timestamp,
}

impl Settings {
    /// The defaults, with the clock to read.
    pub fn new(clock: fn() -> Timestamp) -> Settings {
        Settings {
            user_agent: user_agent(None),
            policy: Policy::default(),
            back_off: Duration::from_secs(1),
            tries: 3,
            known: Known::default(),
            clock,
        }
    }
}

/// The `User-Agent` value: who visits, and where to reach the person who runs it.
pub fn user_agent(contact: Option<&str>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    match contact {
        Some(contact) => format!("mlsearch/{version} (+{contact})"),
        None => format!("mlsearch/{version}"),
    }
}

/// What the crawler tells while it works, on the caller's thread and in order.
#[derive(Debug)]
pub enum Event {
    /// A request goes out; for `-v`.
    Request {
        /// `GET` and the URL.
        url: String,
    },
    /// An answer to `/robots.txt` that is worth keeping, by origin (`https://host:port`).
    Robots {
        /// Scheme, host and port.
        origin: String,
        /// The answer.
        copy: RobotsCopy,
    },
    /// A visit has ended; one for each [`Visit`], in the order in which they end.
    Page(Box<Page>),
    /// The first hosts all failed to resolve or connect: there is no network, the rest is not tried.
    NoNetwork,
}

/// A flag that asks the crawler to stop; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicU8>);

impl Stop {
    /// Asks to stop: pages in hand are finished if that does not take long, nothing new is begun.
    pub fn stop(&self) {
        self.0.fetch_max(1, Ordering::Relaxed);
    }

    /// Asks to stop at once: pages in hand are dropped.
    pub fn abandon(&self) {
        self.0.fetch_max(2, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }

    /// Whether somebody asked to stop at once.
    pub fn is_abandoned(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 1
    }
}

/// Visits every page of a frontier and reports each as it ends. Blocks until all are done or `stop`
/// is set.
///
/// # Errors
/// [`Error::Network`] when the client cannot be set up. A page that fails is no error.
pub fn crawl_all(
    frontier: &mut dyn Frontier,
    settings: &Settings,
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
    settings: &Settings,
    robots: HashMap<String, RobotsCopy>,
    stop: &Stop,
    on_event: &mut dyn FnMut(Event),
) -> Result<(), Error> {
    crawl_all(&mut Few::new(visits, robots, on_event), settings, stop)
}

/// Asks the web archive for copies of pages that came without a text, and tells the frontier of each
/// as it ends; its queues are left alone. Nobody is asked about a page that only
/// [`Policy::allow_net`] makes public. Only pages with
/// [`Outcome::Ok`](crate::page::Outcome::Ok) afterwards have got one; the others come back as they
/// were, with the reason added.
///
/// # Errors
/// As [`crawl_all`].
pub fn stand_ins(
    pages: Vec<(Page, Option<Date>)>,
    frontier: &mut dyn Frontier,
    settings: &Settings,
    stop: &Stop,
) -> Result<(), Error> {
    if pages.is_empty() {
        return Ok(());
    }
    run::run_stand_ins(pages, frontier, settings, stop)
}
