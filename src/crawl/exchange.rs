//! The exchange with hosts: the one way in which a crawl sends a request.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;
use url::Url;

use crate::{
    crawl::{
        channel::Caller, frontier::Event, host::Hosts, in_flight::InFlight,
        offline::OfflineDetector, options::CrawlOptions,
    },
    error::Error,
    http::{
        back_off::{MAX_PAUSE, back_off},
        client::Client,
        fetch::{self, Limits, Want},
        memory_budget::MemoryPermit,
        reply::{Reply, RequestFailure},
    },
    page::Page,
};

/// What it takes to send a request politely.
pub(crate) struct Exchange {
    pub(crate) hosts: Hosts,
    pub(crate) offline: OfflineDetector,
    pub(crate) caller: Caller,
    /// First pause after a failure.
    pub(crate) back_off: Duration,
    pub(crate) clock: fn() -> Timestamp,
    /// The name that robots.txt and `X-Robots-Tag` call us by.
    pub(crate) product: String,
    client: Client,
    limits: Limits,
    in_flight: InFlight,
}

/// What a visit has cost so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cost {
    pub(crate) requests: u32,
    pub(crate) wire_bytes: u64,
    pub(crate) elapsed: Duration,
}

impl Cost {
    /// Adds to what a page says that it has cost.
    pub(crate) fn add_to(&self, page: &mut Page) {
        page.requests += self.requests;
        page.wire_bytes += self.wire_bytes;
        page.elapsed_ms += u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX);
    }
}

impl Exchange {
    /// Sets up the client; `hosts` is how many hosts there are to visit.
    pub(crate) fn new(
        settings: &CrawlOptions,
        hosts: usize,
        caller: Caller,
        in_flight: InFlight,
    ) -> Result<Exchange, Error> {
        let policy = &settings.policy;
        let product = settings.user_agent.split(['/', ' ']).next().unwrap_or_default();
        Ok(Exchange {
            hosts: Hosts::new(policy, settings.known.clone()),
            offline: OfflineDetector::new(hosts, policy.hosts_at_once.max(1)),
            caller,
            back_off: settings.back_off,
            clock: settings.clock,
            product: product.to_owned(),
            client: Client::new(&settings.user_agent, policy)?,
            limits: Limits::new(
                policy.max_body_bytes,
                policy.connect_timeout,
                policy.idle_timeout,
                policy.total_timeout,
            ),
            in_flight,
        })
    }

    /// The moment that lies so far ahead.
    pub(crate) fn after(&self, wait: Duration) -> Timestamp {
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
        (self.clock)().checked_add(wait).unwrap_or(Timestamp::MAX)
    }

    /// Whether nobody else is to learn of a page, because its host is not a public one.
    pub(crate) async fn is_internal(&self, url: &Url) -> bool {
        self.client.is_internal(url).await
    }

    /// Whether a failure may mean that there is no network, as long as nobody has answered.
    pub(crate) fn is_offline_suspect(&self, failure: &RequestFailure) -> bool {
        matches!(failure, RequestFailure::Offline(_)) && !self.offline.is_online()
    }

    /// Sends one request when the host may be asked, and waits for the whole answer.
    pub(crate) async fn send(
        &self,
        url: &Url,
        want: Want<'_>,
        cost: &mut Cost,
    ) -> Result<Reply, RequestFailure> {
        let route = self.client.route(url).map_err(RequestFailure::Forbidden)?;
        let host = self.hosts.get(url);
        let mut slot = host.slot.lock().await;
        if host.is_dropped() {
            return Err(RequestFailure::Dropped);
        }
        slot.wait().await;
        let Some(_in_flight) = self.in_flight.begin() else {
            // The crawl ends without this page as soon as those in hand have come in.
            return std::future::pending().await;
        };
        self.caller.tell(Event::Request { url: url.to_string() }, MemoryPermit::default()).await;
        let started = slot.start();
        let mut answered: Option<Instant> = None;
        let result = fetch::send(route, url, want, &self.limits, &mut answered).await;
        if let Some(answered) = answered {
            slot.answered_at(answered);
            self.offline.note_answer();
        }
        cost.elapsed += started.elapsed();
        // What ends before the connection stands is no request: the site never saw it.
        let unsent = |failure: &RequestFailure| {
            matches!(
                failure,
                RequestFailure::Forbidden(_)
                    | RequestFailure::Offline(_)
                    | RequestFailure::Refused(_)
            )
        };
        if !result.as_ref().is_err_and(unsent) {
            cost.requests += 1;
        }
        match result {
            Ok(reply) => {
                cost.wire_bytes += reply.wire_bytes;
                if matches!(reply.status, 429 | 503) {
                    let asked = reply.headers.retry_after((self.clock)());
                    let asked = asked.filter(|pause| *pause <= MAX_PAUSE);
                    slot.pause(asked.unwrap_or_else(|| back_off(self.back_off, 1)));
                }
                Ok(reply)
            }
            Err(RequestFailure::Refused(what)) if route.by_proxy => {
                Err(RequestFailure::Offline(format!("proxy: {what}")))
            }
            Err(failure) => Err(failure),
        }
    }
}
