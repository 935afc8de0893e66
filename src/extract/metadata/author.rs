//! The author: from JSON-LD, meta elements, microdata, `rel=author`, then bylines.

use std::sync::LazyLock;

use scraper::Selector;

use crate::{
    content::collapse,
    dates,
    extract::{
        class_words::ClassWords,
        dom::{Dom, Id, Tag, selector},
        metadata::{beside::is_beside, jsonld::Linked, metas::Metas},
    },
    html::local_name,
};

static AUTHOR_PROPERTIES: LazyLock<Selector> = LazyLock::new(|| selector("[itemprop~=author i]"));
static AUTHOR_LINKS: LazyLock<Selector> = LazyLock::new(|| selector("[rel~=author i]"));

/// A line with more than this names other things than its writer.
const MAX_BYLINE_BYTES: usize = 1_000;
/// Authors of a paper that are read.
const MAX_AUTHORS: usize = 50;

/// Finds who wrote the article. The publisher is named only where no person is.
pub(crate) fn find(
    dom: &Dom<'_>,
    words: &[ClassWords],
    metas: &Metas<'_>,
    linked: &Linked,
    site: Option<&str>,
) -> Option<String> {
    let is_publisher =
        |name: &String| linked.publisher.as_ref().is_some_and(|p| p.eq_ignore_ascii_case(name));
    let stated = linked.author.as_deref().and_then(|text| name(text, site));
    let (publisher, person) = match stated {
        Some(author) if is_publisher(&author) => (Some(author), None),
        author => (None, author),
    };
    person
        .or_else(|| in_metas(metas, site))
        .or_else(|| {
            let label = metas.first(&["twitter:label1"])?.to_ascii_lowercase();
            let value = metas.first(&["twitter:data1"])?;
            (label.contains("written") || label == "by").then(|| name(value, site)).flatten()
        })
        .or_else(|| {
            let is_own = |id: &Id| !is_beside(dom, words, *id);
            let bylines: Vec<bool> = dom.classes.iter().map(|class| is_byline(class)).collect();
            let is_byline = |id: &Id| bylines[dom.nodes[*id].class];
            let properties = || dom.select(dom.with_itemprop(), &AUTHOR_PROPERTIES);
            let links = || dom.select(dom.with_rel(), &AUTHOR_LINKS);
            in_elements(dom, site, properties().filter(is_own))
                .or_else(|| in_elements(dom, site, links().filter(is_own)))
                .or_else(|| near_the_title(dom, site))
                .or_else(|| {
                    in_elements(dom, site, (1..dom.nodes.len()).filter(is_byline).filter(is_own))
                })
                .or_else(|| {
                    let line = |id: Id| dom.nodes[id].text.trim();
                    let says = |id: &Id| WRITERS.iter().any(|mark| line(*id).starts_with(mark));
                    let lines = (1..dom.nodes.len()).filter(says).filter(is_own).map(line);
                    lines.filter(|line| line.len() < 80).find_map(|line| name(line, site))
                })
        })
        .or(publisher)
        // Of a site that has its writer's name.
        .or_else(|| linked.author.as_deref().and_then(|text| name(text, None)))
}

/// How lines begin that say who wrote the page.
const WRITERS: [&str; 4] = ["Written by ", "Posted by ", "Author: ", "This post was written by "];

/// Those whom meta elements name: all of a paper's, the first of others.
fn in_metas(metas: &Metas<'_>, site: Option<&str>) -> Option<String> {
    const META_NAMES: [&str; 7] = [
        "author",
        "article:author",
        "parsely-author",
        "dc.creator",
        "sailthru.author",
        "byl",
        "byline",
    ];
    let mut authors: Vec<String> = Vec::new();
    for text in metas.all("citation_author").take(MAX_AUTHORS) {
        let text = match text.split_once(", ") {
            Some((family, given)) if !given.contains(',') => format!("{given} {family}"),
            _ => text.to_owned(),
        };
        authors.extend(name(&text, site).filter(|name| !authors.contains(name)));
    }
    match authors.is_empty() {
        true => META_NAMES.iter().flat_map(|n| metas.all(n)).find_map(|text| name(text, site)),
        false => Some(authors.join(", ")),
    }
}

/// `By Ann Example` in the short texts around the first `h1`.
fn near_the_title(dom: &Dom<'_>, site: Option<&str>) -> Option<String> {
    let title = dom.all(Tag::Heading(1)).next()?;
    let texts: Vec<&str> = (title.saturating_sub(40)..dom.nodes.len().min(title + 160))
        .filter(|id| !dom.nodes[dom.nodes[*id].parent].tag.is_silent())
        .map(|id| dom.nodes[id].text.trim())
        .filter(|text| !text.is_empty())
        .collect();
    texts.iter().enumerate().find_map(|(at, text)| {
        let is_mark = ["by", "by:", "written by", "author:", "posted by", "words by"]
            .iter()
            .any(|mark| text.eq_ignore_ascii_case(mark));
        let person = if is_mark {
            name(texts.get(at + 1)?, site)
        } else {
            let said = ["By ", "by ", "Written by "].iter().any(|mark| text.starts_with(mark));
            said.then(|| name(text, site)).flatten()
        }?;
        let words = person.split(' ').count();
        let is_name = person.starts_with(char::is_uppercase) && (1..=5).contains(&words);
        is_name.then_some(person)
    })
}

/// The first name in a small element of those given.
fn in_elements(dom: &Dom<'_>, site: Option<&str>, ids: impl Iterator<Item = Id>) -> Option<String> {
    ids.filter(|id| dom.nodes[*id].element.is_some() && !dom.nodes[*id].tag.is_silent())
        .filter(|id| dom.nodes[*id].end - id < 60)
        .find_map(|id| {
            let content = dom.attr(id, &local_name!("content")).map(str::to_owned);
            name(&content.unwrap_or_else(|| dom.text(id)), site)
        })
}

fn is_byline(classes: &str) -> bool {
    let classes = classes.to_ascii_lowercase();
    classes.contains("byline") || classes.contains("author")
}

/// A person's name, or none when the text is something else.
fn name(text: &str, site: Option<&str>) -> Option<String> {
    if text.len() > MAX_BYLINE_BYTES {
        return None;
    }
    let text = collapse(text);
    // `August 27, 2018 by Ann Example`.
    let text = match text.rsplit_once(" by ").or_else(|| text.rsplit_once(" By ")) {
        Some((front, back)) if dates::find(front).is_some() => back,
        _ => &text,
    };
    let mut text = text.trim_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != ')');
    while let Some(rest) = LABELS.iter().find_map(|label| {
        let start = text.get(..label.len()).filter(|start| start.eq_ignore_ascii_case(label));
        start.map(|start| &text[start.len()..])
    }) {
        text = rest.trim_start();
    }
    // `By` and a name in two elements without a space between them.
    let glued = text.strip_prefix("By").filter(|rest| rest.starts_with(char::is_uppercase));
    let text = glued.unwrap_or(text).split(" | ").next().unwrap_or(text);
    let text = without_moment(without_description(text));
    let text = text.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != ')');
    let label = text.to_lowercase();
    let usable = !text.is_empty()
        && text.chars().count() <= 80
        && text.split(' ').count() <= 10
        && !matches!(&*label, "by" | "author" | "the author" | "admin" | "editor" | "guest")
        && !label.ends_with(" says")
        && !NO_NAMES.contains(&&*label)
        && dates::find(text).is_none()
        && !text.contains("://")
        && !text.contains('@')
        && text.chars().any(char::is_alphabetic)
        && site.is_none_or(|site| !site.eq_ignore_ascii_case(text));
    usable.then(|| text.to_owned())
}

/// What stands before a name.
const LABELS: &[&str] = &[
    "by ",
    "by:",
    "written by ",
    "this post was written by ",
    "posted by ",
    "published by ",
    "authored by ",
    "authored by:",
    "author:",
    "author spotlight ",
    "view all posts by ",
    "read more about ",
    "insights from ",
    "meet the author ",
    "par ",
    "von ",
    "por ",
    "著者：",
];
const NO_NAMES: &[&str] = &[
    "last",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// What stands before a date or a time: `Ann Example, August 27, 2018`, `Ann Example at 10:05 am`.
fn without_moment(text: &str) -> &str {
    const MARKS: [&str; 10] = [", ", " at ", " on ", " · ", " • ", " – ", " — ", " - ", " / ", " "];
    let is_moment = |rest: &str| {
        let mut words = rest.split(' ');
        let first = words.next().unwrap_or_default();
        let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
        let is_day = dates::find(&format!("{first} {}, 2000", words.next().unwrap_or_default()));
        is_number(rest) && rest.contains(':')
            || is_number(rest) && dates::find(rest).is_some()
            || is_day.is_some()
    };
    let ends = MARKS.iter().flat_map(|mark| {
        text.match_indices(mark).filter(|(at, mark)| is_moment(&text[at + mark.len()..]))
    });
    &text[..ends.map(|(at, _)| at).min().unwrap_or(text.len())]
}

/// What stands before the words that say who somebody is: `Ann Example is a writer at …`.
fn without_description(text: &str) -> &str {
    let ends = [
        " is a ",
        " is an ",
        " is the ",
        " writes ",
        " works ",
        " Published",
        " Posted",
        " Updated",
        " published",
    ];
    &text[..ends.iter().filter_map(|words| text.find(words)).min().unwrap_or(text.len())]
}
