//! Pulling: an index that somebody else has built and packed is fetched, held against its checksums and
//! its signature, and published in place of the one before.

mod checks;
mod drafts;
mod fetch;
mod files;
mod options;
mod pages;
mod pending;
mod retry_pauses;
mod sidecars;
mod unpack;
mod work;

pub use crate::pull::{
    options::{PullOptions, PullProgress, PullSource},
    work::pull,
};
