//! How often something is done: as people write it, in words, and as a crontab can say it.

use std::time::Duration;

use jiff::civil::Time;
use mlsearch::dates::{self, NotASpan};

/// How often something is done, as a span of time. Nobody counts from a certain day, so that a month
/// is 30 days and a year 365.
pub(crate) fn every(text: &str) -> Result<Duration, String> {
    let span = dates::span(text).map_err(|error| match error {
        NotASpan::Ambiguous { .. } => error.to_string(),
        NotASpan::Unknown { .. } => "not a span of time such as 12h, 7d or 2w".to_owned(),
    })?;
    let days = i64::from(span.get_years()) * 365
        + i64::from(span.get_months()) * 30
        + i64::from(span.get_weeks()) * 7
        + i64::from(span.get_days());
    let hours = days * 24 + i64::from(span.get_hours());
    let seconds = (hours * 60).saturating_add(span.get_minutes()) as i128 * 60;
    match seconds + i128::from(span.get_seconds()) {
        ..=0 => Err("not longer than nothing".into()),
        seconds if seconds > 3_660 * 86_400 => Err("longer than ten years".into()),
        seconds => Ok(Duration::from_secs(u64::try_from(seconds).unwrap_or(u64::MAX))),
    }
}

/// A span as [`every`] and systemd.time(7) read it: `90min`, `1d`.
pub(crate) fn short(span: Duration) -> String {
    let (number, unit) = whole(span);
    let unit = if unit == "minute" { "min" } else { &unit[..1] };
    format!("{number}{unit}")
}

/// When something is done again and again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// How often.
    pub(crate) every: Duration,
    /// At which time of the day; then it is done so many days apart.
    pub(crate) at: Option<Time>,
}

/// The days on which something is done, as a calendar can say them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Days {
    /// Every day.
    All,
    /// The first day of each month and every so many days after it.
    OfMonth(u8),
    /// Every Monday.
    Mondays,
}

impl Days {
    /// The days for an interval of at least a day. Weeks and longer spans are kept by no calendar but
    /// that of the week.
    pub(crate) fn of(every: Duration) -> Days {
        match every.as_secs().div_ceil(86_400) {
            ..=1 => Days::All,
            days @ 2..=6 => Days::OfMonth(u8::try_from(days).unwrap_or(6)),
            _ => Days::Mondays,
        }
    }

    /// In words.
    fn words(self) -> String {
        match self {
            Days::All => "daily".into(),
            // The count of days begins anew with each month: no span is kept.
            Days::OfMonth(step) => {
                format!("days 1, {}, {}, ... of each month", 1 + step, 1 + 2 * step)
            }
            Days::Mondays => "weekly".into(),
        }
    }

    /// The interval that they keep.
    fn kept(self) -> Option<Duration> {
        match self {
            Days::All => Some(Duration::from_secs(86_400)),
            Days::OfMonth(_) => None,
            Days::Mondays => Some(Duration::from_secs(7 * 86_400)),
        }
    }

    /// What to say when a calendar, called by its name, cannot keep the interval that was asked for.
    pub(crate) fn note(self, calendar: &str, every: Duration) -> Option<String> {
        let is_other = self.kept() != Some(every);
        is_other.then(|| other_interval(calendar, every, &self.words()))
    }
}

/// A time of day as an argument.
pub(crate) fn time_of_day(text: &str) -> Result<Time, String> {
    let time = Time::strptime("%H:%M", text.trim());
    time.map_err(|_| "not a time of day such as 02:00".to_owned())
}

/// The five fields of crontab(5) for an interval no shorter than asked, if there is one, and a note
/// when it is not the one asked for.
pub(crate) fn cron_times(Timing { every, at }: Timing) -> (String, Option<String>) {
    let (hour, minute) = at.map_or((4, 17), |at| (at.hour(), at.minute()));
    let hours = every.as_secs().div_ceil(3_600);
    // What does not divide the day has a gap at midnight.
    let divisor = [1, 2, 3, 4, 6, 8, 12].into_iter().find(|divisor| *divisor >= hours);
    if let Some(step) = divisor {
        let (fields, words) = match step {
            1 => ("17 * * * *".to_owned(), "hourly".to_owned()),
            step => (format!("17 */{step} * * *"), format!("every {step} hours")),
        };
        let is_other = every.as_secs() != step * 3_600;
        return (fields, is_other.then(|| other_interval("cron", every, &words)));
    }
    let days = Days::of(every);
    let fields = match days {
        Days::All => "* * *".to_owned(),
        Days::OfMonth(step) => format!("*/{step} * *"),
        Days::Mondays => "* * 1".to_owned(),
    };
    (format!("{minute} {hour} {fields}"), days.note("cron", every))
}

fn other_interval(calendar: &str, every: Duration, kept: &str) -> String {
    format!("{calendar} cannot repeat every {}: {kept} instead", in_words(every))
}

fn in_words(span: Duration) -> String {
    let (number, unit) = whole(span);
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

/// A span in the largest unit of which it is a whole number.
fn whole(span: Duration) -> (u64, &'static str) {
    let seconds = span.as_secs();
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let unit = units.into_iter().find(|(size, _)| seconds.is_multiple_of(*size));
    unit.map_or((seconds, "second"), |(size, unit)| (seconds / size, unit))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::cli::interval::{Timing, cron_times, every, short, time_of_day};

    #[test]
    fn a_span_has_a_number_and_a_unit() {
        let day = Duration::from_secs(86_400);
        assert_eq!(every("90min"), Ok(Duration::from_secs(5_400)));
        assert_eq!(every("1h30min"), Ok(Duration::from_secs(5_400)));
        assert_eq!(every("1d"), Ok(day));
        assert_eq!(every("2w"), Ok(day * 14));
        assert_eq!(every("1mo"), Ok(day * 30));
        assert_eq!(every("1 year"), Ok(day * 365));
        for wrong in ["", "1", "d", "1.5d", "-1d", "0s", "99999999999d", "9999w", "１d"] {
            assert!(every(wrong).is_err(), "{wrong}");
        }
        let told = "`6m` may be minutes or months: write `6min` or `6mo`";
        assert_eq!(every("6m"), Err(told.into()));
    }

    #[test]
    fn a_span_is_written_as_it_is_read() {
        for text in ["10s", "90min", "36h", "1d", "45d"] {
            assert_eq!(every(text).map(short).as_deref(), Ok(text));
        }
    }

    #[track_caller]
    fn check(text: &str, fields: &str, note: Option<&str>) {
        let (found, said) = cron_times(Timing { every: every(text).unwrap(), at: None });
        assert_eq!((found.as_str(), said.as_deref()), (fields, note), "{text}");
    }

    #[test]
    fn a_crontab_keeps_what_it_can_say() {
        check("1h", "17 * * * *", None);
        check("6h", "17 */6 * * *", None);
        check("12h", "17 */12 * * *", None);
        check("24h", "17 4 * * *", None);
        check("7d", "17 4 * * 1", None);
    }

    #[test]
    fn a_crontab_keeps_a_time_of_day() {
        let at = time_of_day("02:05").ok();
        for (text, fields) in [("1d", "5 2 * * *"), ("3d", "5 2 */3 * *"), ("7d", "5 2 * * 1")] {
            assert_eq!(cron_times(Timing { every: every(text).unwrap(), at }).0, fields);
        }
        for wrong in ["", "2", "24:00", "02:60", "02:00:00", "2 pm", "-1:00"] {
            assert!(time_of_day(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn another_interval_is_reported() {
        check("10s", "17 * * * *", Some("cron cannot repeat every 10 seconds: hourly instead"));
        check("1min", "17 * * * *", Some("cron cannot repeat every 1 minute: hourly instead"));
        check(
            "90min",
            "17 */2 * * *",
            Some("cron cannot repeat every 90 minutes: every 2 hours instead"),
        );
        check(
            "5h",
            "17 */6 * * *",
            Some("cron cannot repeat every 5 hours: every 6 hours instead"),
        );
        check("13h", "17 4 * * *", Some("cron cannot repeat every 13 hours: daily instead"));
        let days = "cron cannot repeat every 3 days: days 1, 4, 7, ... of each month instead";
        check("3d", "17 4 */3 * *", Some(days));
        let days = "cron cannot repeat every 36 hours: days 1, 3, 5, ... of each month instead";
        check("36h", "17 4 */2 * *", Some(days));
        check("145h", "17 4 * * 1", Some("cron cannot repeat every 145 hours: weekly instead"));
        check("45d", "17 4 * * 1", Some("cron cannot repeat every 45 days: weekly instead"));
    }
}
