//! How often something is done: as people write it, in words, and as a crontab can say it.

use std::time::Duration;

/// A span of time: a number with s, m, h, d or w.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    let wrong = || "not a span like 12h or 7d".to_owned();
    let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(split);
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return Err(wrong()),
    };
    let number: u32 = number.parse().map_err(|_| wrong())?;
    match u64::from(number) * seconds {
        0 => Err("not longer than nothing".into()),
        seconds if seconds > 3_660 * 86_400 => Err("longer than ten years".into()),
        seconds => Ok(Duration::from_secs(seconds)),
    }
}

/// A span as [`span`] and systemd.time(7) read it: `90m`, `1d`.
pub(crate) fn short(span: Duration) -> String {
    let (number, unit) = whole(span);
    format!("{number}{}", &unit[..1])
}

/// The five fields of crontab(5) for a rhythm no quicker than asked, if there is one, and a note
/// when it is not the one asked for.
pub(crate) fn cron_times(every: Duration) -> (String, Option<String>) {
    let hours = every.as_secs().div_ceil(3_600);
    // What does not divide the day has a gap at midnight.
    let divisor = [1, 2, 3, 4, 6, 8, 12].into_iter().find(|divisor| *divisor >= hours);
    let (fields, kept, words) = match (divisor, hours) {
        (Some(1), _) => ("17 * * * *".into(), 1, "hourly".into()),
        (Some(step), _) => (format!("17 */{step} * * *"), step, format!("every {step} hours")),
        (None, ..=24) => ("17 4 * * *".into(), 24, "daily".into()),
        (None, ..=144) => {
            let step = hours.div_ceil(24);
            // The count of days begins anew with each month: no span is kept.
            let words = format!("days 1, {}, {}, ... of each month", 1 + step, 1 + 2 * step);
            (format!("17 4 */{step} * *"), 0, words)
        }
        (None, _) => ("17 4 * * 1".into(), 168, "weekly".into()),
    };
    let other = every.as_secs() != kept * 3_600;
    (fields, other.then(|| format!("cron knows no {}: {words} instead", in_words(every))))
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

    use crate::cli::rhythm::{cron_times, short, span};

    #[test]
    fn a_span_has_a_number_and_a_unit() {
        assert_eq!(span("90m"), Ok(Duration::from_secs(5_400)));
        assert_eq!(span("1d"), Ok(Duration::from_secs(86_400)));
        for wrong in ["", "1", "d", "1.5d", "-1d", "0s", "99999999999d", "9999w", "1 d", "１d"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_span_is_written_as_it_is_read() {
        for text in ["10s", "90m", "36h", "1d", "45d"] {
            assert_eq!(span(text).map(short).as_deref(), Ok(text));
        }
    }

    #[track_caller]
    fn check(every: &str, fields: &str, note: Option<&str>) {
        let (found, said) = cron_times(span(every).unwrap());
        assert_eq!((found.as_str(), said.as_deref()), (fields, note), "{every}");
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
    fn another_rhythm_is_told() {
        check("10s", "17 * * * *", Some("cron knows no 10 seconds: hourly instead"));
        check("1m", "17 * * * *", Some("cron knows no 1 minute: hourly instead"));
        check("90m", "17 */2 * * *", Some("cron knows no 90 minutes: every 2 hours instead"));
        check("5h", "17 */6 * * *", Some("cron knows no 5 hours: every 6 hours instead"));
        check("13h", "17 4 * * *", Some("cron knows no 13 hours: daily instead"));
        let days = "cron knows no 3 days: days 1, 4, 7, ... of each month instead";
        check("3d", "17 4 */3 * *", Some(days));
        let days = "cron knows no 36 hours: days 1, 3, 5, ... of each month instead";
        check("36h", "17 4 */2 * *", Some(days));
        check("145h", "17 4 * * 1", Some("cron knows no 145 hours: weekly instead"));
        check("45d", "17 4 * * 1", Some("cron knows no 45 days: weekly instead"));
    }
}
