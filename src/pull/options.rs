//! What a pull is to do, and what it tells while it works.

use std::{path::PathBuf, time::Duration};

use ipnet::IpNet;
use jiff::Timestamp;
use url::Url;

use crate::http::back_off;

/// Where an archive is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PullSource {
    /// On the web.
    Web(Url),
    /// On this machine.
    File(PathBuf),
}

/// How to pull.
#[derive(Clone, Debug)]
pub struct PullOptions {
    /// Where the archive is; by default where the settings say.
    pub source: Option<PullSource>,
    /// The SHA-256 that it has to have.
    pub sha256: Option<String>,
    /// The public key with which it has to be signed, in place of that of the settings.
    pub public_key: Option<String>,
    /// Publish even if the index lost more than the limit, or is there already.
    pub force: bool,
    /// Networks to be treated as public, for redirects.
    pub allow_net: Vec<IpNet>,
    /// Reads the wall clock.
    pub clock: fn() -> Timestamp,
    /// The pause before a server is asked again that broke off; it doubles with each try in vain.
    pub back_off: Duration,
    /// Waits until a pause is over, or it is to stop.
    pub wait: fn(Duration, &dyn Fn() -> bool),
}

impl PullOptions {
    /// The options for what the settings say, with the clock to read.
    pub fn again(clock: fn() -> Timestamp) -> PullOptions {
        PullOptions {
            source: None,
            sha256: None,
            public_key: None,
            force: false,
            allow_net: Vec::new(),
            clock,
            back_off: Duration::from_secs(1),
            wait: back_off::wait,
        }
    }
}

/// What a pull reports while it works: bytes that are done, of how many if that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullProgress {
    /// The archive comes.
    Fetching(u64, Option<u64>),
    /// Its files are unpacked.
    Unpacking(u64, Option<u64>),
}
