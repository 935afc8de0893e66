//! Texts that are a date and nothing else, as lists have them.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::entry::DatePrecision;

/// A date with the precision at which it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PartialDate {
    pub(crate) date: Date,
    pub(crate) precision: DatePrecision,
}

/// Longest text that is read as a date, in bytes.
const LONGEST: usize = 80;

/// Reads `Mar 6, 2023`, `6 March 2023`, `2023-03-06T10:00:00Z`, `2023/3/6`, `06.03.2023`,
/// `Mon, 6 Mar 23 10:00 GMT`, `March 2023`, `2023-03`, `2023`, `20230306`, `2023年3月6日`,
/// `6 mars 2023` and the like; none when anything else is in it.
///
/// Where day and month cannot be told apart, `3/6/2023` is read as in the United States and
/// `6.3.2023` as in Europe. The time of day does not count, nor its zone.
pub(crate) fn parse(text: &str) -> Option<PartialDate> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let day = without_time(text);
    // The day of the week may be a month in another language, or a word that is not known here.
    let behind_weekday = || {
        let end = day.find([',', '.']).filter(|&end| is_word(&day[..end]))?;
        let is_short = end <= 4 || day[end..].starts_with(',');
        let rest = day.get(end + 1..).filter(|_| is_short)?;
        parse_day(rest).filter(|listed| listed.precision == DatePrecision::Day)
    };
    parse_day(&day).or_else(behind_weekday)
}

fn parse_day(day: &str) -> Option<PartialDate> {
    let mut numbers: Vec<(u16, usize)> = Vec::new();
    let mut month_name = None;
    let parts = day.split(|c: char| !c.is_alphanumeric()).flat_map(split_units);
    for word in parts.flat_map(split_digits) {
        if let Some(month) = month_of(word) {
            // A second month is a range of dates, which is none.
            if month_name.replace((month, numbers.len())).is_some() {
                return None;
            }
        } else if !is_filler(word) && !is_weekday(word) {
            numbers.push((word.parse().ok()?, word.len()));
        }
    }
    let year_at = numbers.iter().position(|&(_, digits)| digits == 4);
    let number = |at: usize| numbers.get(at).map(|&(number, _)| number);
    let (year, month, day) = match (numbers.len(), month_name, year_at) {
        (1, None, Some(0)) => (number(0)?, None, None),
        (1, Some((month, _)), Some(0)) => (number(0)?, Some(month), None),
        (2, Some((month, _)), Some(year)) => (number(year)?, Some(month), number(1 - year)),
        // As in RFC 822; numbers from 70 on are of the last century.
        (2, Some((month, _)), None) if numbers[1].1 == 2 => {
            let year = number(1)?;
            (year + if year < 70 { 2000 } else { 1900 }, Some(month), number(0))
        }
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

/// The text without a time of day and its zone: `2023-03-06T10:00Z`, `10:00:00 -0800`, `1:35 PM UTC`.
fn without_time(text: &str) -> String {
    let is_digit = |c: char| c.is_ascii_digit();
    let mut day = String::with_capacity(text.len());
    let mut has_time = false;
    for word in text.split_whitespace() {
        let date = match word.find(['T', 't']) {
            // Words have a `t`, too.
            Some(at) if word[..at].ends_with(is_digit) && word[at + 1..].starts_with(is_digit) => {
                has_time = true;
                &word[..at]
            }
            _ if word.contains(':') && word.starts_with(is_digit) => {
                has_time = true;
                continue;
            }
            _ if has_time && word.starts_with(['+', '-', '(']) => continue,
            // The name of a zone, and a half of the day.
            _ if has_time && is_word(word) && month_of(word).is_none() => continue,
            _ if has_time && word.contains(['+', ')']) => continue,
            _ => word,
        };
        if !day.is_empty() {
            day.push(' ');
        }
        day.push_str(date);
    }
    day
}

/// Whether a word is letters, perhaps with a full stop or a comma.
fn is_word(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | ','))
}

/// The day of a moment as browsers and bookmark services write it: seconds, milliseconds,
/// microseconds or nanoseconds since 1970, or microseconds since 1601, as Chrome does.
pub(crate) fn from_epoch(text: &str) -> Option<PartialDate> {
    /// From 1601 to 1970.
    const WEBKIT_SECONDS: i64 = 11_644_473_600;
    let text = text.trim();
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let number: i64 = whole.parse().ok()?;
    let seconds = match number {
        ..=0 => return None,
        1..100_000_000_000 => number,
        100_000_000_000..100_000_000_000_000 => number / 1_000,
        100_000_000_000_000..10_000_000_000_000_000 => number / 1_000_000,
        10_000_000_000_000_000..100_000_000_000_000_000 => number / 1_000_000 - WEBKIT_SECONDS,
        _ => number / 1_000_000_000,
    };
    let moment = Timestamp::from_second(seconds).ok()?;
    // There were no links before, and what is later is a number of another sort.
    Some(utc_date(moment)).filter(|listed| (1990..=2100).contains(&listed.date.year()))
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

/// Cuts eight digits into year, month and day.
fn split_digits(word: &str) -> impl Iterator<Item = &str> {
    let is_date = word.len() == 8 && word.bytes().all(|b| b.is_ascii_digit());
    let cuts: &[(usize, usize)] =
        if is_date { &[(0, 4), (4, 6), (6, 8)] } else { &[(0, usize::MAX)] };
    cuts.iter().filter_map(move |&(from, to)| word.get(from..to.min(word.len())))
}

/// What stands between the parts of a date.
fn is_filler(word: &str) -> bool {
    const FILLERS: [&str; 21] = [
        "", "年", "月", "日", "년", "월", "일", "of", "st", "nd", "rd", "th", "de", "del", "do",
        "le", "er", "º", "den", "der", "the",
    ];
    FILLERS.iter().any(|filler| word.eq_ignore_ascii_case(filler))
}

/// The number of a month by its name or a usual short form, in six languages.
fn month_of(word: &str) -> Option<u16> {
    const MONTHS: [&str; 12] = [
        "january jan januar janvier janv enero ene janeiro gennaio",
        "february feb februar février fevrier févr fevr febrero fevereiro fev febbraio",
        "march mar märz maerz mrz mär mars marzo março marco",
        "april apr avril avr abril abr aprile",
        "may mai mayo maio maggio",
        "june jun juni juin junio junho giugno",
        "july jul juli juillet juil julio julho luglio",
        "august aug août aout agosto",
        "september sep sept septembre septiembre setembro settembre",
        "october oct oktober okt octobre octubre outubro ottobre",
        "november nov novembre noviembre novembro",
        "december dec dezember dez décembre decembre déc diciembre dic dezembro dicembre",
    ];
    let word = word.trim_end_matches(['.', ',']).to_lowercase();
    let is_it = |names: &&str| names.split(' ').any(|name| name == word);
    let at = MONTHS.iter().position(is_it).filter(|_| !word.is_empty());
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
            "20230306",
            "2023년 3월 6일",
            "2023. 3. 6.",
            "6 mars 2023",
            "6. März 2023",
            "6 de marzo de 2023",
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
    fn a_time_of_day_and_its_zone_do_not_count() {
        for text in [
            "Tue, 10 Mar 2020 02:00:00 -0400",
            "10 Mar 2020 02:00 CEST",
            "2020-03-10 02:00:00.364419679 +0200 CEST",
            "2020-03-10T02:00:00",
            "20200310T020000Z",
            "Tue, 10 Mar 20 02:00:00 GMT",
            "Tue,10 Mar 2020 2:0:0 Z",
            "TUE, 10 MAR 2020 24:00:00 GMT+1",
            "mar, 10 mars 2020 02:00:00 +0100",
            "mar. 10 mars 2020 02:00",
            "Di, 10 März 2020 02:00",
            "Tuesday, March 10, 2020 - 02:00",
            "03/10/2020 02:00",
            "Tue Mar 10 02:00:00 2020",
            "Tue Mar 10 02:00:00 EST 2020",
            "Tue Mar 10 2020 02:00:00 GMT+0100 (Central European Standard Time)",
            "02:00, 10 March 2020",
            "Sun, 10 Mar 2020 12:15 PM",
            "2020-03-10 08:53:11 a.m.",
            "10-Mar-20",
        ] {
            check(text, "2020-03-10");
        }
        check("10 Mar 98 02:00 EST", "1998-03-10");
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
        for text in ["1678060800.25", "1678060800000000000", "13322534400000000"] {
            assert_eq!(from_epoch(text).unwrap().date.to_string(), "2023-03-06");
        }
        assert_eq!(from_epoch("5"), None);
        assert_eq!(from_epoch("0"), None);
        assert_eq!(from_epoch("9223372036854775807").map(|listed| listed.precision), None);
    }
}
