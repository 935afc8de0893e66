//! The flag by which a crawl, or an update, is asked to stop.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

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
