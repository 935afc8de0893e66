//! Room in memory: any number of small bodies at once, some of middle size, and few large ones.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A body up to this size may be held by every fetch at once: 32 MiB for 256 hosts.
const SMALL: u64 = 128 << 10;
/// A body up to this size is of middle size.
const MIDDLE: u64 = 1 << 20;
/// Bodies of middle size that may be held at once: 32 MiB.
const MIDDLE_AT_ONCE: usize = 32;
/// Larger bodies that may be held at once, each up to the limit on the wire and once more decoded.
const LARGE_AT_ONCE: usize = 2;

/// The room of one crawl.
#[derive(Debug)]
pub(crate) struct Room {
    middle: Arc<Semaphore>,
    large: Arc<Semaphore>,
}

/// The right to hold a body, from its first byte until the caller has the page.
#[derive(Debug, Default)]
pub(crate) struct Hold {
    middle: Option<OwnedSemaphorePermit>,
    large: Option<OwnedSemaphorePermit>,
}

impl Room {
    pub(crate) fn new() -> Room {
        Room {
            middle: Arc::new(Semaphore::new(MIDDLE_AT_ONCE)),
            large: Arc::new(Semaphore::new(LARGE_AT_ONCE)),
        }
    }

    /// Waits until a body of so many bytes may be held. Who holds a large body waits for nobody, and
    /// who holds one of middle size waits only for those: no two ever wait for each other.
    pub(crate) async fn make(&self, hold: &mut Hold, bytes: u64) {
        // The semaphores are never closed.
        if bytes > SMALL && hold.middle.is_none() {
            hold.middle = Arc::clone(&self.middle).acquire_owned().await.ok();
        }
        if bytes > MIDDLE && hold.large.is_none() {
            hold.large = Arc::clone(&self.large).acquire_owned().await.ok();
        }
    }
}

impl Hold {
    /// The size of the bodies that may be held, in bytes.
    pub(crate) fn allows(&self) -> u64 {
        match (&self.middle, &self.large) {
            (_, Some(_)) => u64::MAX,
            (Some(_), None) => MIDDLE,
            (None, None) => SMALL,
        }
    }
}
