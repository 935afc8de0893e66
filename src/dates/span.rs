//! Spans of time and the days that are counted back by them, as a command line or a query has them.

use std::fmt;

use jiff::{
    Span,
    civil::{Date, DateTime},
    fmt::friendly::SpanParser,
};

/// Why a text is no span of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotASpan {
    /// A lone `m` may mean minutes and months.
    Ambiguous {
        /// The text as written.
        text: String,
        /// The text with minutes.
        minutes: String,
        /// The text with months.
        months: String,
    },
    /// It is nothing of the sort.
    Unknown {
        /// The text as written.
        text: String,
    },
}

impl fmt::Display for NotASpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotASpan::Ambiguous { text, minutes, months } => {
                write!(f, "`{text}` may be minutes or months: write `{minutes}` or `{months}`")
            }
            NotASpan::Unknown { text } => {
                write!(f, "`{text}` is no span of time such as 12h, 30d, 2w, 6mo or 1y")
            }
        }
    }
}

impl std::error::Error for NotASpan {}

/// A span of time as it is written wherever one is asked for: `90min`, `12h`, `30d`, `2w`, `6mo`,
/// `1y`, `1w 2d`, `3 months`. It is never negative.
///
/// # Errors
/// [`NotASpan`]; a lone `m` is minutes to some programs and months to others, so that it is refused.
pub fn span(text: &str) -> Result<Span, NotASpan> {
    let text = text.trim();
    if let Some((minutes, months)) = without_lone_m(text) {
        return Err(NotASpan::Ambiguous { text: text.into(), minutes, months });
    }
    let span = SpanParser::new().parse_span(text).ok().filter(|span| !span.is_negative());
    span.ok_or_else(|| NotASpan::Unknown { text: text.into() })
}

/// The text with `min` and with `mo` for the unit `m`; none when it does not have that, or is no span
/// with another unit in its place either.
fn without_lone_m(text: &str) -> Option<(String, String)> {
    let is_letter = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_alphabetic);
    let lone = |at: usize| !is_letter(at + 1) && (at == 0 || !is_letter(at - 1));
    let at = text.match_indices(['m', 'M']).map(|(at, _)| at).find(|at| lone(*at))?;
    let with = |unit: &str| format!("{}{unit}{}", &text[..at], &text[at + 1..]);
    let is_span = |text: &str| SpanParser::new().parse_span(text).is_ok();
    let (minutes, months) = (with("min"), with("mo"));
    (is_span(&minutes) || is_span(&months)).then_some((minutes, months))
}

/// A day written as a date, or as a span of time before `now`, which is the time on the user's clock.
///
/// # Errors
/// [`NotASpan`] when it is neither.
pub fn day(text: &str, now: DateTime) -> Result<Date, NotASpan> {
    match first_day(text) {
        Some(day) => Ok(day),
        None => {
            let then = now.checked_sub(span(text)?);
            then.map(DateTime::date).map_err(|_| NotASpan::Unknown { text: text.trim().into() })
        }
    }
}

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

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::dates::span::{NotASpan, day, first_day, span};

    #[test]
    fn spans_are_counted_back_from_now() {
        let now = date(2023, 3, 31).at(9, 30, 0, 0);
        for (text, expected) in [
            ("30d", date(2023, 3, 1)),
            ("2w", date(2023, 3, 17)),
            ("2 weeks", date(2023, 3, 17)),
            ("1mo", date(2023, 2, 28)),
            ("1y", date(2022, 3, 31)),
            ("1y1mo", date(2022, 2, 28)),
            ("0d", date(2023, 3, 31)),
            ("9h", date(2023, 3, 31)),
            ("12h", date(2023, 3, 30)),
            ("36h", date(2023, 3, 29)),
            ("2022-07", date(2022, 7, 1)),
        ] {
            assert_eq!(day(text, now), Ok(expected), "{text}");
        }
        for wrong in ["", "d", "-1d", "1 d ago", "1é", "99999999y", "19000y", "soon", "1"] {
            let unknown = NotASpan::Unknown { text: wrong.into() };
            assert_eq!(day(wrong, now), Err(unknown), "{wrong}");
        }
    }

    #[test]
    fn a_lone_m_is_refused_with_both_that_it_may_mean() {
        for (text, minutes, months) in [
            ("6m", "6min", "6mo"),
            ("6 m", "6 min", "6 mo"),
            ("6M", "6min", "6mo"),
            ("1y6m", "1y6min", "1y6mo"),
            ("1h30m", "1h30min", "1h30mo"),
        ] {
            let (text, minutes) = (text.to_owned(), minutes.to_owned());
            let ambiguous =
                NotASpan::Ambiguous { text: text.clone(), minutes, months: months.into() };
            assert_eq!(span(&text).unwrap_err(), ambiguous, "{text}");
        }
        for other in ["m", "x m", "m6", "6mm"] {
            assert_eq!(span(other).unwrap_err(), NotASpan::Unknown { text: other.into() });
        }
        let told = span("6m").unwrap_err().to_string();
        assert_eq!(told, "`6m` may be minutes or months: write `6min` or `6mo`");
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
