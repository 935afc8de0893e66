//! The date of publication: from JSON-LD, meta elements, microdata, the address, `<time>`, then
//! what is written near the title.

use std::sync::LazyLock;

use jiff::civil::Date;
use scraper::Selector;

use crate::{
    dates,
    extract::{
        dom::{Dom, Id, TEST_ID, Tag, selector},
        metadata::{jsonld::Linked, metas::Metas},
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
    let date = |text: Option<&str>| text.and_then(dates::find);
    date(linked.date_published.as_deref())
        .or_else(|| META_NAMES.iter().flat_map(|name| metas.all(name)).find_map(dates::find))
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
                .find_map(|name| dom.attr(id, name).and_then(dates::find));
            stated.or_else(|| {
                let small = dom.nodes[id].end - id < 30;
                let text = if small { dom.text(id) } else { String::new() };
                (text.chars().count() <= MAX_LINE_CHARS).then(|| dates::find(&text)).flatten()
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
    looks_like_one.then(|| dates::find(text)).flatten()
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
