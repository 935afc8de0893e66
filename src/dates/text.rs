//! The first date in a line of text, such as a byline or an address.

use jiff::civil::Date;

/// Whether a line is a date and little else.
pub(crate) fn is_date_line(text: &str) -> bool {
    find(text).is_some() && text.split_whitespace().count() <= 9
}

/// The first date in a text, in any of the usual spellings.
pub(crate) fn find(text: &str) -> Option<Date> {
    find_numeric(text).or_else(|| spelled(text)).or_else(|| day_first(text))
}

/// The first date in a text that is written as year, month and day: `2021-03-07`, `2021/3/7`, `20210307`, `2021年3月7日`.
pub(crate) fn find_numeric(text: &str) -> Option<Date> {
    let runs = digit_runs(text);
    runs.windows(3)
        .find_map(|run| {
            let near = run[1].start - run[0].end <= 4 && run[2].start - run[1].end <= 4;
            let separator = |from: usize, to: usize| {
                matches!(text.get(from..to), Some("-" | "/" | "." | "年" | "月" | " / " | ". "))
            };
            (run[0].digits == 4
                && near
                && separator(run[0].end, run[1].start)
                && separator(run[1].end, run[2].start))
            .then(|| sane(run[0].value, run[1].value, run[2].value))
            .flatten()
        })
        .or_else(|| {
            runs.iter()
                .filter(|run| run.digits == 8)
                .find_map(|run| sane(run.value / 10_000, run.value / 100 % 100, run.value % 100))
        })
}

/// `27.06.2018`, `27/06/2018` and, where it cannot be otherwise or stands with slashes,
/// `06/27/2018`.
fn day_first(text: &str) -> Option<Date> {
    digit_runs(text).windows(3).find_map(|run| {
        let separator = text.get(run[0].end..run[1].start)?;
        let same = text.get(run[1].end..run[2].start)? == separator;
        // Two digits are a year where days and months have dots.
        let is_short = separator == "." && run.iter().all(|run| run.digits == 2);
        if !same || run[2].digits != 4 && !is_short || !matches!(separator, "." | "/" | "-" | ". ")
        {
            return None;
        }
        let (first, second, year) = (run[0].value, run[1].value, run[2].value);
        let year = if is_short { 2000 + year } else { year };
        if separator == "/" && first <= 12 {
            sane(year, first, second)
        } else {
            sane(year, second, first)
        }
    })
}

struct Run {
    start: usize,
    end: usize,
    digits: usize,
    value: u32,
}

fn digit_runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (at, byte) in text.bytes().enumerate() {
        if !byte.is_ascii_digit() {
            continue;
        }
        let value = u32::from(byte - b'0');
        match runs.last_mut().filter(|run| run.end == at) {
            Some(run) => {
                run.end = at + 1;
                run.digits += 1;
                run.value = run.value.saturating_mul(10).saturating_add(value);
            }
            None => runs.push(Run { start: at, end: at + 1, digits: 1, value }),
        }
        if runs.len() > 200 {
            break;
        }
    }
    runs
}

/// `29 Nov 2016`, `2016 Nov 29`, `November 29th, 2016`, `3. Dezember 2011`, `15 de marzo de 2020`.
fn spelled(text: &str) -> Option<Date> {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty() && !matches!(*w, "de" | "of" | "del" | "the"))
        .take(400)
        .collect();
    words.windows(3).find_map(|w| {
        if let (Some(year), Some(month), Some(day)) = (year(w[0]), month(w[1]), day(w[2])) {
            return sane(year, month, day);
        }
        let year = year(w[2])?;
        let day_first = day(w[0]).zip(month(w[1]));
        let month_first = || month(w[0]).zip(day(w[1])).map(|(month, day)| (day, month));
        let (day, month) = day_first.or_else(month_first)?;
        sane(year, month, day)
    })
}

fn day(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

fn year(word: &str) -> Option<u32> {
    (word.len() == 4).then(|| word.parse().ok()).flatten()
}

/// The number of a month by the first letters of its name in eight languages.
fn month(word: &str) -> Option<u32> {
    const MONTHS: [&[&str]; 12] = [
        &["jan", "jän", "ene", "gen", "янв"],
        &["feb", "fév", "fev", "feb", "фев"],
        &["mar", "mär", "mrz", "maa", "мар"],
        &["apr", "avr", "abr", "апр"],
        &["may", "mai", "mag", "mei", "maj", "мая"],
        &["jun", "juin", "giu", "июн"],
        &["jul", "juil", "lug", "июл"],
        &["aug", "aoû", "aou", "ago", "авг"],
        &["sep", "set", "сен"],
        &["oct", "okt", "out", "ott", "окт"],
        &["nov", "ноя"],
        &["dec", "déc", "dez", "dic", "дек"],
    ];
    let word = word.to_lowercase();
    if word.chars().count() > 10 || !word.starts_with(char::is_alphabetic) {
        return None;
    }
    let at = MONTHS.iter().position(|names| names.iter().any(|name| word.starts_with(name)))?;
    u32::try_from(at + 1).ok()
}

/// A date that an article on the web can have.
fn sane(year: u32, month: u32, day: u32) -> Option<Date> {
    if !(1994..=2100).contains(&year) {
        return None;
    }
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use crate::dates::text;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = text::find(text).map(|date| date.to_string()).unwrap_or_default();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn dates_are_read_in_the_usual_spellings() {
        check("2016-11-29T10:00:00Z", "2016-11-29");
        check("Posted on Nov 29th, 2016 by Ann", "2016-11-29");
        check("29. November 2016", "2016-11-29");
        check("15 de marzo de 2020", "2020-03-15");
        check("27.06.2018 09:54", "2018-06-27");
        check("28.01.22", "2022-01-28");
        check("2023 Jan 7", "2023-01-07");
        check("2/24/2026", "2026-02-24");
        check("24/2/2026", "2026-02-24");
        check("2019年3月4日", "2019-03-04");
        check("20190304", "2019-03-04");
    }

    #[test]
    fn numbers_that_are_no_date_are_left_alone() {
        check("version 2016-13-40", "");
        check("from 1.2.22 to 10.20.30", "");
        check("1 of 2 in 3000", "");
        check("call 555-0199-2000", "");
        check("99999999999999999999", "");
    }
}
