//! The memory budget for bodies: any number of small bodies at once, some of middle size, and few large ones.

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

/// The memory for the bodies of one crawl.
#[derive(Debug)]
pub(crate) struct MemoryBudget {
    middle: Arc<Semaphore>,
    large: Arc<Semaphore>,
}

/// The right to hold a body, from its first byte until the caller has the page.
#[derive(Debug, Default)]
pub(crate) struct MemoryPermit {
    middle: Option<OwnedSemaphorePermit>,
    large: Option<OwnedSemaphorePermit>,
}

impl MemoryBudget {
    pub(crate) fn new() -> MemoryBudget {
        MemoryBudget {
            middle: Arc::new(Semaphore::new(MIDDLE_AT_ONCE)),
            large: Arc::new(Semaphore::new(LARGE_AT_ONCE)),
        }
    }

    /// Waits until a body of so many bytes may be held. Who holds a large body waits for nobody, and
    /// who holds one of middle size waits only for those: no two ever wait for each other.
    pub(crate) async fn acquire(&self, permit: &mut MemoryPermit, bytes: u64) {
        // The semaphores are never closed.
        if bytes > SMALL && permit.middle.is_none() {
            permit.middle = Arc::clone(&self.middle).acquire_owned().await.ok();
        }
        if bytes > MIDDLE && permit.large.is_none() {
            permit.large = Arc::clone(&self.large).acquire_owned().await.ok();
        }
    }
}

/// Reserves memory for a body that has grown large, so that it grows no further piece by piece.
pub(crate) fn reserve_large(body: &mut Vec<u8>) {
    if body.len() as u64 > MIDDLE {
        body.reserve(LARGE_RESERVE.saturating_sub(body.len()));
    }
}

impl MemoryPermit {
    /// The size of the bodies that may be held, in bytes.
    pub(crate) fn allows(&self) -> u64 {
        match (&self.middle, &self.large) {
            (_, Some(_)) => u64::MAX,
            (Some(_), None) => MIDDLE,
            (None, None) => SMALL,
        }
    }
}
