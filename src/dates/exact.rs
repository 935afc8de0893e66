//! Texts that are a date and nothing else, as lists have them.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::entry::DatePrecision;

/// A date with the precision at which it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PartialDate {
    pub(crate) date: Date,
    pub(crate) precision: DatePrecision,
}

/// Reads `Mar 6, 2023`, `6 March 2023`, `2023-03-06T10:00:00Z`, `2023/3/6`, `06.03.2023`,
/// `March 2023`, `2023-03`, `2023`, `2023年3月6日` and the like; none when anything else is in it.
///
/// Where day and month cannot be told apart, `3/6/2023` is read as in the United States and
/// `6.3.2023` as in Europe.
pub(crate) fn parse(text: &str) -> Option<PartialDate> {
    let text = text.trim();
    if text.len() > 64 {
        return None;
    }
    // The time of day does not count, nor what follows it.
    let day = match text.find('T') {
        Some(at) if text[..at].contains('-') => &text[..at],
        _ => text,
    };
    let day = match day.find(':') {
        Some(colon) => &day[..day[..colon].rfind(' ').unwrap_or(0)],
        None => day,
    };
    let mut numbers: Vec<(u16, usize)> = Vec::new();
    let mut month_name = None;
    for word in day.split(|c: char| !c.is_alphanumeric()).flat_map(split_units) {
        if let Some(month) = month_of(word) {
            // A second month is a range of dates, which is none.
            if month_name.replace((month, numbers.len())).is_some() {
                return None;
            }
        } else if !matches!(word, "" | "年" | "月" | "日" | "of" | "st" | "nd" | "rd" | "th")
            && !is_weekday(word)
        {
            numbers.push((word.parse().ok()?, word.len()));
        }
    }
    let year_at = numbers.iter().position(|&(_, digits)| digits == 4);
    let number = |at: usize| numbers.get(at).map(|&(number, _)| number);
    let (year, month, day) = match (numbers.len(), month_name, year_at) {
        (1, None, Some(0)) => (number(0)?, None, None),
        (1, Some((month, _)), Some(0)) => (number(0)?, Some(month), None),
        (2, Some((month, _)), Some(year)) => (number(year)?, Some(month), number(1 - year)),
        (2, None, Some(year)) => (number(year)?, number(1 - year), None),
        (3, None, Some(0)) => (number(0)?, number(1), number(2)),
        (3, None, Some(2)) => {
            let (first, second) = (number(0)?, number(1)?);
            let day_first = first > 12 || (second <= 12 && day.contains('.'));
            let (month, day) = if day_first { (second, first) } else { (first, second) };
            (number(2)?, Some(month), Some(day))
        }
        _ => return None,
    };
    if !(1900..=2100).contains(&year) {
        return None;
    }
    let precision = match (month, day) {
        (_, Some(_)) => DatePrecision::Day,
        (Some(_), None) => DatePrecision::Month,
        (None, None) => DatePrecision::Year,
    };
    let small = |number: Option<u16>| i8::try_from(number.unwrap_or(1)).ok();
    let date = Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()?;
    Some(PartialDate { date, precision })
}

/// The day of a moment given in seconds, milliseconds or microseconds since 1970, as browsers and
/// bookmark services write it.
pub(crate) fn from_epoch(text: &str) -> Option<PartialDate> {
    let number: i64 = text.trim().parse().ok()?;
    let seconds = match number {
        ..=0 => return None,
        1..100_000_000_000 => number,
        100_000_000_000..100_000_000_000_000 => number / 1_000,
        _ => number / 1_000_000,
    };
    let moment = Timestamp::from_second(seconds).ok()?;
    Some(utc_date(moment))
}

/// The day of a moment in universal time, as a date that is wholly known.
pub(crate) fn utc_date(moment: Timestamp) -> PartialDate {
    PartialDate { date: utc_day(moment), precision: DatePrecision::Day }
}

/// The day of a moment in universal time.
pub(crate) fn utc_day(moment: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(moment).date()
}

/// A year that stands alone: four digits from 1900 to 2100.
pub(crate) fn year(text: &str) -> Option<PartialDate> {
    let text = text.trim();
    (text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())).then(|| parse(text)).flatten()
}

/// Cuts `6th`, `3月6日` and `2023年` between digits and letters.
fn split_units(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let numeric = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != numeric).unwrap_or(rest.len());
        let (unit, after) = rest.split_at(end);
        rest = after;
        Some(unit)
    })
}

fn month_of(word: &str) -> Option<u16> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.to_ascii_lowercase();
    let at = match word.as_str() {
        "sept" => Some(8),
        word if word.len() >= 3 => MONTHS
            .iter()
            .position(|month| *month == word || (word.len() == 3 && month.starts_with(word))),
        _ => None,
    };
    u16::try_from(at? + 1).ok()
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] =
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let word = word.to_ascii_lowercase();
    word.len() >= 3
        && DAYS.iter().any(|day| *day == word || (word.len() <= 5 && day.starts_with(&word)))
}

#[cfg(test)]
mod tests {
    use crate::dates::exact::{from_epoch, parse};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let got = parse(text).map(|listed| listed.precision.write(listed.date));
        assert_eq!(got.unwrap_or_default(), expected, "{text}");
    }

    #[test]
    fn dates_are_read_in_many_forms() {
        for text in [
            "Mar 6, 2023",
            "March 6 2023",
            "6 March 2023",
            "6th of March, 2023",
            "Mon, 6 Mar 2023",
            "2023-03-06",
            "2023-03-06T10:20:30Z",
            "2023-03-06 10:20",
            "2023/3/6",
            "2023.03.06",
            "3/6/2023",
            "06.03.2023",
            "2023年3月6日",
            " 2023年03月06日 ",
            "Mar-06-2023",
            "Mon, 06 Mar 2023 10:20:30 GMT",
        ] {
            check(text, "2023-03-06");
        }
        check("25/12/2023", "2023-12-25");
        check("12/25/2023", "2023-12-25");
        check("Sept 2023", "2023-09");
        check("2023-09", "2023-09");
        check("2023年9月", "2023-09");
        check("2023", "2023");
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "soon",
            "23",
            "2023-13-01",
            "31 Feb 2023",
            "1, 2, 3, 2023",
            "version 2023",
            "May to June 2023",
            "99999",
            "0123",
            "2023-2024",
        ] {
            check(text, "");
        }
        check(&"1".repeat(100), "");
    }

    #[test]
    fn moments_are_read_in_seconds_and_smaller_units() {
        for text in ["1678060800", "1678060800000", "1678060800000000"] {
            assert_eq!(from_epoch(text).unwrap().date.to_string(), "2023-03-06");
        }
        assert_eq!(from_epoch("0"), None);
        assert_eq!(from_epoch("9223372036854775807").map(|listed| listed.precision), None);
    }
}
