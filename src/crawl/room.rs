//! Room in memory: any number of small bodies at once, some of middle size, and few large ones.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A body up to this size may be held by every fetch at once: 32 MiB for 256 hosts.
const SMALL: u64 = 128 << 10;
/// A body up to this size is of middle size.
pub(crate) const MIDDLE: u64 = 1 << 20;
/// Bodies of middle size that may be held at once: 16 MiB.
const MIDDLE_AT_ONCE: usize = 16;
/// Larger bodies that may be held at once, each up to the limit on the wire and once more decoded.
const LARGE_AT_ONCE: usize = 2;

/// What is reserved for a large body. Beyond 32 MiB the allocator of glibc takes memory from the
/// system and gives it back, without touching what is not used; smaller pieces it keeps for later, as
/// large as any that came before and for each thread: 100 pages of 19 MB then took 170 MB more.
const LARGE_RESERVE: usize = 33 << 20;

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

/// Sees to it that a body that has grown large grows no further piece by piece.
pub(crate) fn settle(body: &mut Vec<u8>) {
    if body.len() as u64 > MIDDLE {
        body.reserve(LARGE_RESERVE.saturating_sub(body.len()));
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
