//! What all tasks of one crawl share.

use std::{collections::BTreeSet, sync::Arc};

use url::Url;

use crate::{
    crawl::{
        channel::Caller,
        exchange::{Cost, Exchange},
        in_flight::InFlight,
        options::CrawlOptions,
        robots_cache::{Permission, RobotsCache},
    },
    crawl_policy::Adapter,
    error::Error,
};

/// What all tasks of one crawl share.
pub(crate) struct Session {
    pub(crate) exchange: Exchange,
    /// Which services are asked in ways of their own.
    pub(crate) adapters: BTreeSet<Adapter>,
    /// Tries for one page.
    pub(crate) tries: u32,
    robots: RobotsCache,
}

impl Session {
    /// Sets up the client; `hosts` is how many hosts there are to visit.
    pub(crate) fn new(
        settings: &CrawlOptions,
        hosts: usize,
        caller: Caller,
        in_flight: InFlight,
    ) -> Result<Session, Error> {
        Ok(Session {
            exchange: Exchange::new(settings, hosts, caller, in_flight)?,
            adapters: settings.policy.adapters.clone(),
            tries: settings.tries,
            robots: RobotsCache::default(),
        })
    }

    /// What the robots.txt of a URL's origin permits, which is fetched unless this was done already.
    pub(crate) async fn permission(&self, url: &Url, cost: &mut Cost) -> Arc<Permission> {
        self.robots.permission(&self.exchange, url, cost).await
    }
}
