//! Dates that were written while the clock was wrong, and sums of dates and times that never fail.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

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
