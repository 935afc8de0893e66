//! The date of publication: from JSON-LD, meta elements, microdata, the address, `<time>`, then
//! what is written near the title.

use std::sync::LazyLock;

use jiff::civil::Date;
use scraper::Selector;

use crate::{
    extract::{
        decode,
        dom::{Dom, Id, TEST_ID, Tag, selector},
        metadata::{Linked, Metas},
    },
    html::{LocalName, local_name},
};

const META_NAMES: [&str; 32] = [
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article:published",
    "article.published",
    "datepublished",
    "date_published",
    "published",
    "publish_date",
    "publish-date",
    "publishdate",
    "published-date",
    "published_date",
    "publication_date",
    "pub_date",
    "pubdate",
    "parsely-pub-date",
    "sailthru.date",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "dc.date.issued",
    "dc.date.created",
    "dcterms.created",
    "dcterms.issued",
    "dcterms.date",
    "dc.date",
    "dc.created",
    "date",
    "datecreated",
    "created",
    "ms.date",
];

static DATE_PROPERTIES: LazyLock<Selector> =
    LazyLock::new(|| selector("[itemprop~=datePublished i]"));

/// A text longer than this is not looked at for a date.
const MAX_LINE_CHARS: usize = 120;

/// Finds when the article was first published.
pub(crate) fn find(dom: &Dom<'_>, metas: &Metas<'_>, linked: &Linked, url: &str) -> Option<Date> {
    let date = |text: Option<&str>| text.and_then(parse);
    date(linked.date_published.as_deref())
        .or_else(|| META_NAMES.iter().flat_map(|name| metas.all(name)).find_map(parse))
        .or_else(|| in_elements(dom, dom.select(dom.with_itemprop(), &DATE_PROPERTIES)))
        .or_else(|| in_address(url))
        .or_else(|| {
            let is_time = |id: &Id| {
                let node = &dom.nodes[*id];
                node.tag == Tag::Time || node.element.is_some_and(|e| e.name() == "relative-time")
            };
            in_elements(dom, (1..dom.nodes.len()).filter(is_time))
        })
        .or_else(|| in_named_elements(dom))
        .or_else(|| near_the_title(dom))
        .or_else(|| in_scripts(dom))
        .or_else(|| {
            date(linked.date_modified.as_deref()).or_else(|| {
                date(metas.first(&["article:modified_time", "og:updated_time", "last-modified"]))
            })
        })
        .or_else(|| (0..dom.nodes.len()).find_map(|id| in_text(dom, id)))
}

/// The first date that an element of those given has in an attribute or as its short text.
fn in_elements(dom: &Dom<'_>, ids: impl Iterator<Item = Id>) -> Option<Date> {
    ids.filter(|id| dom.nodes[*id].element.is_some() && !dom.nodes[*id].tag.is_silent()).find_map(
        |id| {
            let stated = [local_name!("datetime"), local_name!("content"), local_name!("title")]
                .iter()
                .find_map(|name| dom.attr(id, name).and_then(parse));
            stated.or_else(|| {
                let small = dom.nodes[id].end - id < 30;
                let text = if small { dom.text(id) } else { String::new() };
                (text.chars().count() <= MAX_LINE_CHARS).then(|| parse(&text)).flatten()
            })
        },
    )
}

/// The date in an element whose class, id or name for tests says that it holds one.
fn in_named_elements(dom: &Dom<'_>) -> Option<Date> {
    let classes: Vec<bool> = dom.classes.iter().map(|class| names_a_date(class)).collect();
    let names_one = |id: Id, name: &LocalName| dom.attr(id, name).is_some_and(names_a_date);
    let is_named = |id: &Id| {
        classes[dom.nodes[*id].class]
            || names_one(*id, &local_name!("id"))
            || names_one(*id, &TEST_ID)
    };
    in_elements(dom, (1..dom.nodes.len()).filter(is_named))
}

fn names_a_date(names: &str) -> bool {
    let names = names.to_ascii_lowercase();
    ["date", "publish", "posted", "timestamp", "datum", "created"]
        .iter()
        .any(|word| names.contains(word))
        && !names.contains("copyright")
}

/// The first date in the short texts around the first `h1`.
fn near_the_title(dom: &Dom<'_>) -> Option<Date> {
    let title = dom.all(Tag::Heading(1)).next()?;
    let around = title.saturating_sub(60)..dom.nodes.len().min(title + 160);
    let after = (title..around.end).find_map(|id| in_text(dom, id));
    after.or_else(|| (around.start..title).rev().find_map(|id| in_text(dom, id)))
}

fn in_text(dom: &Dom<'_>, id: Id) -> Option<Date> {
    let node = &dom.nodes[id];
    let text = node.text.trim();
    let looks_like_one = node.tag == Tag::Text
        && (8..=MAX_LINE_CHARS).contains(&text.len())
        && text.bytes().filter(u8::is_ascii_digit).count() >= 5
        && !text.contains('©')
        && !dom.nodes[node.parent].tag.is_silent();
    looks_like_one.then(|| parse(text)).flatten()
}

/// The date in the state that a script is given: `"datePublished":"…"`, also with escaped quotes.
fn in_scripts(dom: &Dom<'_>) -> Option<Date> {
    const KEYS: [&str; 6] = [
        "datePublished",
        "publishedAt",
        "published_at",
        "dateCreated",
        "published_on",
        "publishDate",
    ];
    let scripts = || {
        dom.nodes.iter().filter(|n| n.tag == Tag::Text && dom.nodes[n.parent].tag == Tag::Script)
    };
    KEYS.iter().find_map(|key| {
        scripts().find_map(|script| {
            let at = script.text.find(key)? + key.len();
            let value = decode::prefix(&script.text[at..], 40);
            let value = value.trim_start_matches(['"', '\\', ':', ' ', '\'']);
            value.starts_with(|c: char| c.is_ascii_digit()).then(|| numeric(value)).flatten()
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
    numeric(text).or_else(|| spelled(text)).or_else(|| day_first(text))
}

/// Year, month and day in that order: `2021-03-07`, `2021/3/7`, `20210307`, `2021年3月7日`.
fn numeric(text: &str) -> Option<Date> {
    let runs = digit_runs(text);
    runs.windows(3)
        .find_map(|run| {
            let near = run[1].start - run[0].end <= 4 && run[2].start - run[1].end <= 4;
            let sign = |from: usize, to: usize| {
                matches!(text.get(from..to), Some("-" | "/" | "." | "年" | "月" | " / " | ". "))
            };
            (run[0].digits == 4
                && near
                && sign(run[0].end, run[1].start)
                && sign(run[1].end, run[2].start))
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
        let sign = text.get(run[0].end..run[1].start)?;
        let same = text.get(run[1].end..run[2].start)? == sign;
        if !same || run[2].digits != 4 || !matches!(sign, "." | "/" | "-" | ". ") {
            return None;
        }
        let (first, second, year) = (run[0].value, run[1].value, run[2].value);
        if sign == "/" && first <= 12 {
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

/// `29 Nov 2016`, `November 29th, 2016`, `3. Dezember 2011`, `15 de marzo de 2020`.
fn spelled(text: &str) -> Option<Date> {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty() && !matches!(*w, "de" | "of" | "del" | "the"))
        .take(400)
        .collect();
    words.windows(3).find_map(|w| {
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
    use crate::extract::metadata::date;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = date::parse(text).map(|date| date.to_string()).unwrap_or_default();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn dates_are_read_in_the_usual_spellings() {
        check("2016-11-29T10:00:00Z", "2016-11-29");
        check("Posted on Nov 29th, 2016 by Ann", "2016-11-29");
        check("29. November 2016", "2016-11-29");
        check("15 de marzo de 2020", "2020-03-15");
        check("27.06.2018 09:54", "2018-06-27");
        check("2/24/2026", "2026-02-24");
        check("24/2/2026", "2026-02-24");
        check("2019年3月4日", "2019-03-04");
        check("20190304", "2019-03-04");
    }

    #[test]
    fn numbers_that_are_no_date_are_left_alone() {
        check("version 2016-13-40", "");
        check("1 of 2 in 3000", "");
        check("call 555-0199-2000", "");
        check("99999999999999999999", "");
    }
}
