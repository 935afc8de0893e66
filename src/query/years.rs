//! Ranges of years, as they stand behind `year:` and `--year`.

use std::ops::RangeInclusive;

/// The first and the last year that can be written.
const FIRST: u16 = 0;
const LAST: u16 = 9999;

/// The years of `>2012`, `>=2012`, `<2012`, `<=2012`, `2019..2021`, `2019..`, `..2021`, `2019-2021`
/// and `[2019 TO 2021]`; none of what is no range.
pub(crate) fn range(text: &str) -> Option<RangeInclusive<u16>> {
    let text = text.trim();
    for sign in [">=", "≥", "<=", "≤", ">", "<"] {
        if let Some(rest) = text.strip_prefix(sign) {
            let year = year(rest)?;
            return Some(match sign {
                ">" => year + 1..=LAST,
                ">=" | "≥" => year..=LAST,
                // Before the first year there is none.
                "<" => FIRST..=year.checked_sub(1)?,
                _ => FIRST..=year,
            });
        }
    }
    let bracketed = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let (from, until) = match bracketed {
        Some(inner) => inner.split_once(" TO ")?,
        None => ["...", "..", "…", "-", "–"].iter().find_map(|sign| text.split_once(sign))?,
    };
    let end = |text: &str, open: u16| match text.trim() {
        "" | "*" => Some(open),
        text => year(text),
    };
    let (from, until) = (end(from, FIRST)?, end(until, LAST)?);
    (from != FIRST || until != LAST).then(|| from.min(until)..=from.max(until))
}

/// A year of four digits.
fn year(text: &str) -> Option<u16> {
    let text = text.trim();
    (text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use crate::query::years::range;

    #[test]
    fn ranges_are_written_with_signs_and_points() {
        for (text, expected) in [
            (">2012", Some(2013..=9999)),
            (">=2012", Some(2012..=9999)),
            ("<2012", Some(0..=2011)),
            ("<= 2012", Some(0..=2012)),
            ("2019..2021", Some(2019..=2021)),
            ("2021...2019", Some(2019..=2021)),
            ("2019-2021", Some(2019..=2021)),
            ("2019–2021", Some(2019..=2021)),
            ("2019..", Some(2019..=9999)),
            ("..2021", Some(0..=2021)),
            ("[2019 TO 2021]", Some(2019..=2021)),
            ("[2019 TO *]", Some(2019..=9999)),
            ("2012", None),
            (">12", None),
            (">９９９９", None),
            ("2019-07", None),
            ("..", None),
            ("-", None),
            ("", None),
        ] {
            assert_eq!(range(text), expected, "{text}");
        }
    }
}
