//! Refusals: that the published index is older than it should be, and why.

use jiff::Timestamp;

/// How old the published index is and why the last rebuild was refused, in one sentence.
pub(crate) fn sentence(now: Timestamp, built_at: Timestamp, reason: &str) -> String {
    format!("index is {}: the last rebuild was refused, {reason}", age(now, built_at))
}

/// An age in the largest unit that fits: `9 days old`.
fn age(now: Timestamp, then: Timestamp) -> String {
    let (count, unit) = match now.as_second() - then.as_second() {
        ..-60 => return "dated ahead of the clock".into(),
        -60..60 => return "less than a minute old".into(),
        seconds @ 60..3_600 => (seconds / 60, "minute"),
        seconds @ 3_600..86_400 => (seconds / 3_600, "hour"),
        seconds => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{} old", if count == 1 { "" } else { "s" })
}
