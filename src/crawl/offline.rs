//! The offline detector: recognizes that there is no network, from the first hosts that nobody
//! answers for.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

/// Hosts that must have failed before the network may be what is missing.
const FEW: usize = 3;
/// How long the other hosts that were begun at the same time are given to answer.
const GRACE: Duration = Duration::from_secs(2);

/// Whether anybody has answered yet.
#[derive(Debug)]
pub(crate) struct OfflineDetector {
    online: AtomicBool,
    offline: AtomicBool,
    hosts: usize,
    at_once: usize,
    ended: AtomicUsize,
    waiting: AtomicUsize,
    failed: AtomicUsize,
    changed: Notify,
    started: Instant,
}

impl OfflineDetector {
    /// A detector for a crawl of `hosts` hosts, of which `at_once` are visited at the same time.
    pub(crate) fn new(hosts: usize, at_once: usize) -> OfflineDetector {
        OfflineDetector {
            online: AtomicBool::new(false),
            offline: AtomicBool::new(false),
            hosts,
            at_once,
            ended: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            failed: AtomicUsize::new(0),
            changed: Notify::new(),
            started: Instant::now(),
        }
    }

    /// Notes that somebody has answered.
    pub(crate) fn note_answer(&self) {
        if !self.online.swap(true, SeqCst) {
            self.changed.notify_waiters();
        }
    }

    /// Whether somebody has answered.
    pub(crate) fn is_online(&self) -> bool {
        self.online.load(SeqCst)
    }

    /// Whether there is no network.
    pub(crate) fn is_offline(&self) -> bool {
        self.offline.load(SeqCst)
    }

    /// Notes that a host is done with.
    pub(crate) fn host_ended(&self) {
        self.ended.fetch_add(1, SeqCst);
        self.changed.notify_waiters();
    }

    /// Notes that a host could not be reached, and waits until it is clear whether that is the
    /// host's fault or the network's. True for exactly one caller: who finds that there is no network.
    pub(crate) async fn host_failed(&self) -> bool {
        let failed = self.failed.fetch_add(1, SeqCst) + 1;
        if self.hosts < FEW || failed > self.hosts {
            return false;
        }
        self.waiting.fetch_add(1, SeqCst);
        self.changed.notify_waiters();
        let first = loop {
            let changed = self.changed.notified();
            if self.is_online() || self.is_offline() {
                break false;
            }
            // Hosts that are about to be begun count: one of them may answer.
            let left = self.hosts.saturating_sub(self.ended.load(SeqCst));
            let all_wait = self.waiting.load(SeqCst) >= left.min(self.at_once);
            let enough = self.failed.load(SeqCst) >= FEW;
            if enough && (all_wait || self.started.elapsed() >= GRACE) {
                break !self.offline.swap(true, SeqCst);
            }
            if all_wait {
                break false;
            }
            // Wakes by itself because the grace may end without anything else happening.
            let _ = tokio::time::timeout(GRACE / 10, changed).await;
        };
        self.waiting.fetch_sub(1, SeqCst);
        if first {
            self.changed.notify_waiters();
        }
        first
    }
}
