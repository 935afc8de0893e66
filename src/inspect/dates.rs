//! Dates that were written while the clock was wrong, and what is made of them.

use jiff::{SignedDuration, Timestamp};

use crate::update::{Report, clock::is_ahead};

/// Dates as far as they can be believed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dates {
    now: Timestamp,
    /// What was dated ahead of the clock had happened by then.
    happened_by: Timestamp,
}

impl Dates {
    /// Dates in the light of the runs of an update, the newest first.
    pub(crate) fn of(runs: &[Report], now: Timestamp) -> Dates {
        let is_wrong = |run: &&Report| is_ahead(run.ended_at(), now);
        let next = runs.iter().take_while(|run| !is_wrong(run)).last();
        let happened_by = match (runs.iter().any(|run| is_wrong(&run)), next) {
            (false, _) => Timestamp::MIN,
            (true, None) => now,
            // Not what that run itself has found.
            (true, Some(next)) => next.started_at - SignedDuration::from_millis(1),
        };
        Dates { now, happened_by }
    }

    /// The date, or by when it has happened if it lies ahead of the clock.
    pub(crate) fn believed(&self, at: Timestamp) -> Timestamp {
        if is_ahead(at, self.now) { self.happened_by } else { at }
    }
}
