//! Dates as people write them and as the index keeps them.

use jiff::{Span, civil::Date};

/// The first day of what is written as `2022`, `2022-07` or `2022-07-19`.
pub fn first_day(text: &str) -> Option<Date> {
    let mut parts = text.trim().split('-');
    let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let month = parts.next().map_or(Some(1), |month| month.parse().ok())?;
    let day = parts.next().map_or(Some(1), |day| day.parse().ok())?;
    if parts.next().is_some() {
        return None;
    }
    Date::new(year, month, day).ok()
}

/// The day so many days, weeks, months or years before `today`: `30d`, `2w`, `6m`, `1y`.
pub fn days_ago(text: &str, today: Date) -> Option<Date> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: i32 = number.parse().ok().filter(|number| (0..=100_000).contains(number))?;
    let span = match unit {
        "d" => Span::new().try_days(number),
        "w" => Span::new().try_weeks(number),
        "m" => Span::new().try_months(number),
        "y" => Span::new().try_years(number),
        _ => return None,
    };
    today.checked_sub(span.ok()?).ok()
}

/// The date of a number `yyyymmdd`.
pub(crate) fn of_number(number: i64) -> Option<Date> {
    let part = |divisor: i64, size: i64| i8::try_from(number / divisor % size).ok();
    Date::new(i16::try_from(number / 10_000).ok()?, part(100, 100)?, part(1, 100)?).ok()
}

/// A date as the number `yyyymmdd`.
pub(crate) fn number(date: Date) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::index::date::{days_ago, first_day, number, of_number};

    #[test]
    fn times_ago_are_counted_back() {
        let today = date(2023, 3, 31);
        assert_eq!(days_ago("30d", today), Some(date(2023, 3, 1)));
        assert_eq!(days_ago("2w", today), Some(date(2023, 3, 17)));
        assert_eq!(days_ago("1m", today), Some(date(2023, 2, 28)));
        assert_eq!(days_ago("1y", today), Some(date(2022, 3, 31)));
        for wrong in ["", "d", "-1d", "1é", "99999999y", "soon"] {
            assert_eq!(days_ago(wrong, today), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_become_dates_again() {
        assert_eq!(of_number(number(date(2023, 3, 31))), Some(date(2023, 3, 31)));
        assert_eq!(of_number(20_230_231), None);
    }

    #[test]
    fn years_months_and_days_are_understood() {
        assert_eq!(first_day("2022"), Some(date(2022, 1, 1)));
        assert_eq!(first_day("2022-07"), Some(date(2022, 7, 1)));
        assert_eq!(first_day("2022-07-19"), Some(date(2022, 7, 19)));
        for wrong in ["", "22", "2022-13", "2022-02-30", "2022-01-01-01", "next week"] {
            assert_eq!(first_day(wrong), None, "{wrong}");
        }
    }
}
