//! The date of publication: from JSON-LD, meta elements, microdata, the address, `<time>`, then
//! what is written near the title.

use std::sync::LazyLock;

use jiff::civil::Date;
use scraper::Selector;

use crate::{
    dates,
    extract::{
        class_words::ClassWords,
        dom::{Dom, Id, TEST_ID, Tag, selector},
        metadata::{beside::is_beside, jsonld::Linked, metas::Metas},
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
pub(crate) fn find(
    dom: &Dom<'_>,
    words: &[ClassWords],
    metas: &Metas<'_>,
    linked: &Linked,
    url: &str,
) -> Option<Date> {
    let in_address = in_address(url);
    let stated = |text: &str| {
        let date = dates::find(text)?;
        // What is the next day in Greenwich may be the day before where it was written.
        let is_utc = text.contains(':') && (text.ends_with('Z') || text.contains("+00"));
        let is_near = |day: &Date| is_utc && (date - *day).get_days().abs() == 1;
        Some(in_address.filter(is_near).unwrap_or(date))
    };
    let date = |text: Option<&str>| text.and_then(dates::find);
    let is_own = |id: &Id| {
        !is_beside(dom, words, *id)
            && !dom.ancestors(*id).any(|at| matches!(dom.nodes[at].tag, Tag::Pre | Tag::Code))
    };
    let published = linked.date_published.as_deref().and_then(stated);
    published
        .or_else(|| META_NAMES.iter().flat_map(|name| metas.all(name)).find_map(stated))
        .or_else(|| {
            in_elements(dom, dom.select(dom.with_itemprop(), &DATE_PROPERTIES).filter(is_own))
        })
        .or(in_address)
        .or_else(|| {
            let is_time = |id: &Id| {
                let node = &dom.nodes[*id];
                node.tag == Tag::Time || node.element.is_some_and(|e| e.name() == "relative-time")
            };
            in_elements(dom, (1..dom.nodes.len()).filter(is_time).filter(is_own))
        })
        .or_else(|| in_named_elements(dom, &is_own))
        .or_else(|| near_the_title(dom))
        .or_else(|| in_scripts(dom))
        .or_else(|| {
            date(linked.date_modified.as_deref()).or_else(|| {
                date(metas.first(&["article:modified_time", "og:updated_time", "last-modified"]))
            })
        })
        .or_else(|| (0..dom.nodes.len()).find_map(|id| in_text(dom, id).filter(|_| is_own(&id))))
}

/// The first date that an element of those given has in an attribute or as its short text; one that
/// is said to be of another event than publication only if there is no other.
fn in_elements(dom: &Dom<'_>, ids: impl Iterator<Item = Id>) -> Option<Date> {
    let mut other = None;
    for id in ids.filter(|id| dom.nodes[*id].element.is_some() && !dom.nodes[*id].tag.is_silent()) {
        let small = dom.nodes[id].end - id < 30;
        let text = if small { dom.text(id) } else { String::new() };
        let text = if text.chars().count() <= MAX_LINE_CHARS { &*text } else { "" };
        let names = [local_name!("datetime"), local_name!("content"), local_name!("title")];
        let in_attribute = names.iter().find_map(|n| dom.attr(id, n).and_then(dates::find));
        match of_publication(text) {
            Some(date) => return Some(in_attribute.unwrap_or(date)),
            None if in_attribute.is_some() && !names_other_event(text) => return in_attribute,
            None => other = other.or(in_attribute).or_else(|| dates::find(text)),
        }
    }
    other
}

/// The date of publication in a line that may name those of other events, too.
fn of_publication(line: &str) -> Option<Date> {
    let lower = line.to_lowercase();
    let after = PUBLICATION.iter().find_map(|word| lower.find(word));
    match after {
        Some(at) => lower.get(at..).and_then(dates::find).or_else(|| dates::find(line)),
        None if names_other_event(line) => None,
        None => dates::find(line),
    }
}

fn names_other_event(line: &str) -> bool {
    let lower = line.to_lowercase();
    OTHER_EVENTS.iter().any(|word| lower.contains(word))
        && !PUBLICATION.iter().any(|word| lower.contains(word))
}

/// How publication is named, and what else happens to an article.
const PUBLICATION: [&str; 6] =
    ["publish", "posted", "publié", "publicado", "veröffentlicht", "erschienen"];
const OTHER_EVENTS: [&str; 9] = [
    "updated",
    "modified",
    "received",
    "submitted",
    "accepted",
    "revised",
    "edited on",
    "accessed",
    "aktualisiert",
];

/// The date in an element whose class, id or name for tests says that it holds one.
fn in_named_elements(dom: &Dom<'_>, is_own: &impl Fn(&Id) -> bool) -> Option<Date> {
    let classes: Vec<bool> = dom.classes.iter().map(|class| names_a_date(class)).collect();
    let names_one = |id: Id, name: &LocalName| dom.attr(id, name).is_some_and(names_a_date);
    let is_named = |id: &Id| {
        classes[dom.nodes[*id].class]
            || names_one(*id, &local_name!("id"))
            || names_one(*id, &TEST_ID)
    };
    in_elements(dom, (1..dom.nodes.len()).filter(is_named).filter(is_own))
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
    let after = || (title..around.end).find_map(|id| in_text(dom, id));
    let said = (title..around.end).find_map(|id| in_line(dom, id).and_then(of_publication));
    said.or_else(after).or_else(|| (around.start..title).rev().find_map(|id| in_text(dom, id)))
}

fn in_text(dom: &Dom<'_>, id: Id) -> Option<Date> {
    in_line(dom, id).and_then(dates::find)
}

/// A text that may hold a date.
fn in_line<'a>(dom: &Dom<'a>, id: Id) -> Option<&'a str> {
    let node = &dom.nodes[id];
    let text = node.text.trim();
    let looks_like_one = node.tag == Tag::Text
        && (8..=MAX_LINE_CHARS).contains(&text.len())
        && text.bytes().filter(u8::is_ascii_digit).count() >= 5
        && !text.contains('©')
        && !dom.nodes[node.parent].tag.is_silent();
    looks_like_one.then_some(text)
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
            let value = &script.text[at..];
            let value = &value[..value.floor_char_boundary(40)];
            let value = value.trim_start_matches(['"', '\\', ':', ' ', '\'']);
            value
                .starts_with(|c: char| c.is_ascii_digit())
                .then(|| dates::find_numeric(value))
                .flatten()
        })
    })
}

/// `/2021/03/07/` or `/2021-03-07-` in a path.
fn in_address(url: &str) -> Option<Date> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest).split_once('/')?.1;
    dates::find_numeric(path)
}
