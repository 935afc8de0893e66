//! How often a server is asked again that breaks off or is busy, and how long it is left alone before.

use std::time::Duration;

use crate::http::back_off::{MAX_PAUSE, back_off};

/// Tries in a row that bring nothing new.
pub(crate) const MOST_TRIES: u32 = 4;

/// What waits between two tries.
pub(crate) struct RetryPauses<'a> {
    /// The first pause, which doubles with each try in vain.
    pub(crate) back_off: Duration,
    pub(crate) wait: fn(Duration, &dyn Fn() -> bool),
    pub(crate) is_stopped: &'a dyn Fn() -> bool,
}

/// Why there is no other try.
pub(crate) enum NoRetry {
    /// Nobody waits for it any more.
    Stopped,
    /// The server wants to be left alone for longer than a run waits; that, in words.
    LaterRun(String),
}

impl RetryPauses<'_> {
    /// Waits after so many tries in vain, and for as long as the server asks.
    ///
    /// # Errors
    /// Why there is to be no other try.
    pub(crate) fn pause(&self, tries: u32, asked: Option<Duration>) -> Result<(), NoRetry> {
        if let Some(asked) = asked.filter(|asked| *asked > MAX_PAUSE) {
            let minutes = asked.as_secs().div_ceil(60);
            return Err(NoRetry::LaterRun(format!("it asks to wait for {minutes} minutes")));
        }
        let pause = back_off(self.back_off, tries).max(asked.unwrap_or_default());
        (self.wait)(pause, self.is_stopped);
        match (self.is_stopped)() {
            true => Err(NoRetry::Stopped),
            false => Ok(()),
        }
    }
}

/// Whether an answer of such a status may be another one soon.
pub(crate) fn is_passing(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}
