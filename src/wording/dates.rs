//! The dates of an article in words.

use jiff::civil::Date;

use crate::dates::NotASpan;

/// The dates of an article: one, or both where they are more than a month apart.
pub fn dates(listed: Option<Date>, published: Option<Date>) -> Option<String> {
    match (listed, published) {
        (Some(listed), Some(published)) if days_between(listed, published) > 31 => {
            Some(format!("{published}, listed {listed}"))
        }
        (Some(date), _) | (None, Some(date)) => Some(date.to_string()),
        (None, None) => None,
    }
}

/// Why a text is no date, and how one is written.
pub fn no_date(error: &NotASpan) -> (String, &'static str) {
    let message = match error {
        NotASpan::Ambiguous { .. } => error.to_string(),
        NotASpan::Unknown { text } => format!("`{text}` is no date"),
    };
    (message, "write 2022, 2022-07, 2022-07-19, or 30d, 8w, 6mo, 1y for so long ago")
}

fn days_between(a: Date, b: Date) -> i32 {
    a.until(b).map_or(0, |span| span.get_days().abs())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::wording::dates;

    #[test]
    fn both_dates_are_told_when_they_differ() {
        let (may, june, august) = (date(2022, 5, 20), date(2022, 6, 3), date(2022, 8, 1));
        assert_eq!(dates(Some(may), Some(june)).as_deref(), Some("2022-05-20"));
        assert_eq!(
            dates(Some(august), Some(may)).as_deref(),
            Some("2022-05-20, listed 2022-08-01")
        );
        assert_eq!(dates(None, Some(june)).as_deref(), Some("2022-06-03"));
        assert_eq!(dates(None, None), None);
    }
}
