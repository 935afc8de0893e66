//! The date of publication: from JSON-LD, meta elements, microdata, the address, `<time>`, then text.

use jiff::civil::Date;

use crate::extract::{
    dom::{Dom, Tag},
    metadata::{Linked, Metas},
};

/// Finds when the article was first published.
pub(crate) fn find(dom: &Dom<'_>, metas: &Metas<'_>, linked: &Linked, url: &str) -> Option<Date> {
    const NAMES: [&str; 18] = [
        "article:published_time",
        "og:published_time",
        "datepublished",
        "date",
        "pubdate",
        "publishdate",
        "publish-date",
        "dc.date",
        "dc.date.issued",
        "dcterms.created",
        "dc.date.created",
        "sailthru.date",
        "parsely-pub-date",
        "citation_publication_date",
        "citation_date",
        "article.published",
        "published-date",
        "datecreated",
    ];
    linked
        .date_published
        .as_deref()
        .and_then(parse)
        .or_else(|| NAMES.iter().flat_map(|n| metas.all(n)).find_map(parse))
        .or_else(|| {
            (1..dom.nodes.len())
                .filter(|id| dom.attr_has(*id, "itemprop", "datePublished"))
                .find_map(|id| {
                    dom.attr(id, "datetime")
                        .or_else(|| dom.attr(id, "content"))
                        .and_then(parse)
                        .or_else(|| parse(&dom.text(id)))
                })
        })
        .or_else(|| in_address(url))
        .or_else(|| {
            dom.all(Tag::Time).find_map(|id| {
                dom.attr(id, "datetime").and_then(parse).or_else(|| parse(&dom.text(id)))
            })
        })
}

/// `/2021/03/07/` or `/2021-03-07-` in a path.
fn in_address(url: &str) -> Option<Date> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest).split_once('/')?.1;
    numeric(path)
}

/// Whether a line is a date and little else.
pub(crate) fn is_date_line(text: &str) -> bool {
    parse(text).is_some() && text.split_whitespace().count() <= 9
}

/// A date in any of the usual spellings.
pub(crate) fn parse(text: &str) -> Option<Date> {
    numeric(text).or_else(|| spelled(text))
}

/// Year, month and day in that order between `-`, `/` or `.`.
fn numeric(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let (year, after) = number(bytes, at);
        if after - at == 4 && after < bytes.len() && matches!(bytes[after], b'-' | b'/' | b'.') {
            let (month, after_month) = number(bytes, after + 1);
            if after_month > after + 1
                && after_month < bytes.len()
                && bytes[after_month] == bytes[after]
            {
                let (day, after_day) = number(bytes, after_month + 1);
                if after_day > after_month + 1
                    && let Some(date) = sane(year, month, day)
                {
                    return Some(date);
                }
            }
        }
        if after - at == 8
            && let Some(date) = sane(year / 10_000, year / 100 % 100, year % 100)
        {
            return Some(date);
        }
        at = after;
    }
    None
}

fn number(bytes: &[u8], from: usize) -> (u32, usize) {
    let digits = bytes[from.min(bytes.len())..].iter().take_while(|b| b.is_ascii_digit()).count();
    let value = bytes[from.min(bytes.len())..][..digits]
        .iter()
        .take(9)
        .fold(0u32, |value, digit| value * 10 + u32::from(digit - b'0'));
    (value, from + digits)
}

/// `29 Nov 2016`, `November 29th, 2016`.
fn spelled(text: &str) -> Option<Date> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).take(400).collect();
    words.windows(3).find_map(|w| {
        let day_first = day(w[0]).zip(month(w[1])).zip(year(w[2]));
        let month_first = month(w[0]).zip(day(w[1])).zip(year(w[2]));
        day_first
            .map(|((day, month), year)| (day, month, year))
            .or_else(|| month_first.map(|((month, day), year)| (day, month, year)))
            .and_then(|(day, month, year)| sane(year, month, day))
    })
}

fn day(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

fn year(word: &str) -> Option<u32> {
    (word.len() == 4).then(|| word.parse().ok()).flatten()
}

fn month(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let word = word.to_lowercase();
    MONTHS.iter().position(|m| word.starts_with(m)).map(|at| at as u32 + 1)
}

/// A date that an article on the web can have.
fn sane(year: u32, month: u32, day: u32) -> Option<Date> {
    if !(1994..=2100).contains(&year) {
        return None;
    }
    Date::new(year as i16, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
