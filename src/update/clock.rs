//! Dates that were written while the clock was wrong: how they are told, and what is made of them.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::update::Report;

/// A date further ahead than this was written under a wrong clock, then or now. It is as long as the
/// shortest time between two visits of a page, so that a clock that is corrected by minutes or hours
/// causes no visit.
const TOLERANCE: Duration = Duration::from_secs(86_400);

/// Whether a date of the past lies ahead of the clock.
pub(crate) fn is_ahead(at: Timestamp, now: Timestamp) -> bool {
    at > after(now, TOLERANCE)
}

/// The moment so long after another one.
pub(crate) fn after(moment: Timestamp, wait: Duration) -> Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    moment.checked_add(wait).unwrap_or(Timestamp::MAX)
}

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
