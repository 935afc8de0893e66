//! Settings of a crawl.

use std::time::Duration;

use jiff::Timestamp;

use crate::{crawl::host::KnownHosts, crawl_policy::Policy};

/// How to crawl, for whom, and with what is known of the hosts.
#[derive(Clone)]
pub struct CrawlOptions {
    /// The whole `User-Agent` value.
    pub user_agent: String,
    /// How to crawl, as the collection and its user want it.
    pub policy: Policy,
    /// First pause before another try; it doubles with each try and varies by half.
    pub back_off: Duration,
    /// Tries for one page that fails for a passing reason.
    pub tries: u32,
    /// What earlier crawls know of the hosts.
    pub known: KnownHosts,
    /// Reads the wall clock.
    pub clock: fn() -> Timestamp,
}

impl CrawlOptions {
    /// The defaults, with the clock to read.
    pub fn new(clock: fn() -> Timestamp) -> CrawlOptions {
        CrawlOptions {
            user_agent: user_agent(None),
            policy: Policy::default(),
            back_off: Duration::from_secs(1),
            tries: 3,
            known: KnownHosts::default(),
            clock,
        }
    }
}

/// The name that robots.txt and `X-Robots-Tag` call us by.
pub const PRODUCT: &str = "mlsearch";

/// The `User-Agent` value: who visits, and where to reach the person who runs it.
pub fn user_agent(contact: Option<&str>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    match contact {
        Some(contact) => format!("{PRODUCT}/{version} (+{contact})"),
        None => format!("{PRODUCT}/{version}"),
    }
}
