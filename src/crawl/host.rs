//! Politeness: one request at a time to a host, a pause between their starts, and an end after
//! repeated failure.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use tokio::time::Instant;
use url::Url;

use crate::{crawl::cache::Cache, crawl_policy::Policy, http::back_off::MAX_PAUSE};

/// Visits that may fail in a row before a host is left alone for this run.
pub(crate) const MAX_FAILURES: u32 = 5;

/// Every host of a run.
#[derive(Debug)]
pub(crate) struct Hosts {
    delay: Duration,
    delays: BTreeMap<String, Duration>,
    known: KnownHosts,
}

/// What crawls know of hosts: those that share it keep the delay between the last request of one
/// and the first of the next, and leave the same hosts alone.
#[derive(Clone, Debug, Default)]
pub struct KnownHosts(Arc<Cache<Host>>);

/// What is known of one host.
#[derive(Debug)]
pub(crate) struct Host {
    /// Held while a request is on its way: nobody else speaks to the host meanwhile.
    pub(crate) slot: tokio::sync::Mutex<HostSlot>,
    failures: AtomicU32,
    come_back: Mutex<Option<Timestamp>>,
}

/// When the next request may start.
#[derive(Debug)]
pub(crate) struct HostSlot {
    next: Instant,
    delay: Duration,
    /// The delay before its robots.txt was known.
    usual: Duration,
    /// Whether there was a request at all.
    begun: bool,
}

impl Hosts {
    /// Hosts with the delays that a policy gives them.
    pub(crate) fn new(policy: &Policy, known: KnownHosts) -> Hosts {
        Hosts { delay: policy.delay, delays: policy.delays(), known }
    }

    /// The host that a URL names; http and https on their default ports are one host.
    pub(crate) fn get(&self, url: &Url) -> Arc<Host> {
        let new = |key: &str| {
            let delay = self.delays.get(key).copied().unwrap_or(self.delay);
            let slot = HostSlot { next: Instant::now(), usual: delay, delay, begun: false };
            let slot = tokio::sync::Mutex::new(slot);
            Host { slot, failures: AtomicU32::new(0), come_back: Mutex::default() }
        };
        self.known.0.get(key(url), new, Host::is_idle)
    }
}

/// The name under which a host's queue is kept: host, and port unless it is a default one.
pub(crate) fn key(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    match url.port() {
        Some(port) if !matches!(port, 80 | 443) => format!("{host}:{port}"),
        _ => host.to_owned(),
    }
}

impl Host {
    /// Remembers that the host answered.
    pub(crate) fn answered(&self) {
        self.failures.store(0, Ordering::Relaxed);
    }

    /// Remembers that a visit failed for a reason that lies with the host.
    pub(crate) fn failed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    /// Remembers that the host asked not to be visited before a moment beyond this run.
    pub(crate) fn put_off(&self, until: Timestamp) {
        self.failed();
        let mut come_back = self.come_back.lock().unwrap_or_else(PoisonError::into_inner);
        *come_back = (*come_back).max(Some(until));
    }

    /// The latest of those moments.
    pub(crate) fn come_back(&self) -> Option<Timestamp> {
        *self.come_back.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is as good as a host that was never visited.
    fn is_idle(&self) -> bool {
        let is_free = |slot: &HostSlot| slot.next <= Instant::now() && slot.delay == slot.usual;
        self.failures.load(Ordering::Relaxed) == 0
            && self.slot.try_lock().is_ok_and(|slot| is_free(&slot))
    }

    /// Whether the host is left alone for the rest of this run.
    pub(crate) fn is_dropped(&self) -> bool {
        self.failures.load(Ordering::Relaxed) >= MAX_FAILURES
    }
}

impl HostSlot {
    /// Waits until the next request may start.
    pub(crate) async fn wait(&self) {
        if self.next > Instant::now() {
            tokio::time::sleep_until(self.next).await;
        }
    }

    /// Notes that a request starts.
    pub(crate) fn start(&mut self) -> Instant {
        let started = Instant::now();
        self.next = started + self.delay;
        self.begun = true;
        started
    }

    /// Notes when the answer began. The server saw the request somewhere between start and answer;
    /// when that took long, connecting for instance, the pause is counted from the answer, so that
    /// the server's own clock never shows a gap much below the delay.
    pub(crate) fn answered_at(&mut self, answered: Instant) {
        let slack = self.delay / 50 + Duration::from_millis(10);
        self.next = self.next.max(answered + self.delay.saturating_sub(slack));
    }

    /// Keeps the host quiet for a while.
    pub(crate) fn pause(&mut self, pause: Duration) {
        self.next = self.next.max(Instant::now() + pause.min(MAX_PAUSE));
    }

    /// Takes over the delay that robots.txt asks for, if it is longer.
    pub(crate) fn slow_down(&mut self, delay: Duration) {
        if delay > self.delay {
            if self.begun {
                self.next += delay - self.delay;
            }
            self.delay = delay;
        }
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use crate::crawl::host::key;

    #[test]
    fn default_ports_are_one_host_and_others_are_not() {
        let key = |url: &str| key(&Url::parse(url).unwrap());
        assert_eq!(key("http://Example.org/"), key("https://example.org./x"));
        assert_eq!(key("https://example.org:80/"), key("https://example.org/"));
        assert_ne!(key("http://example.org:8080/"), key("http://example.org/"));
    }
}
