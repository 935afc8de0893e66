//! Days as the numbers `yyyymmdd`, whose order is theirs.

use jiff::civil::Date;

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

    use crate::dates::number::{number, of_number};

    #[test]
    fn numbers_become_dates_again() {
        assert_eq!(of_number(number(date(2023, 3, 31))), Some(date(2023, 3, 31)));
        assert_eq!(of_number(20_230_231), None);
    }
}
