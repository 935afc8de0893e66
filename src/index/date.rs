//! Dates as people write them and as the index keeps them.

use jiff::civil::Date;

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

/// A date as the number `yyyymmdd`.
pub(crate) fn number(date: Date) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::index::date::first_day;

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
