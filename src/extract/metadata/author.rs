//! The author: from JSON-LD, meta elements, microdata, `rel=author`, then bylines.

use std::sync::LazyLock;

use scraper::Selector;

use crate::{
    content::collapse,
    extract::{
        dom::{Dom, Id, Tag, selector},
        metadata::{jsonld::Linked, metas::Metas},
    },
    html::local_name,
};

static AUTHOR_PROPERTIES: LazyLock<Selector> = LazyLock::new(|| selector("[itemprop~=author i]"));
static AUTHOR_LINKS: LazyLock<Selector> = LazyLock::new(|| selector("[rel~=author i]"));

/// Finds who wrote the article.
pub(crate) fn find(
    dom: &Dom<'_>,
    metas: &Metas<'_>,
    linked: &Linked,
    site: Option<&str>,
) -> Option<String> {
    const META_NAMES: [&str; 7] = [
        "author",
        "article:author",
        "parsely-author",
        "dc.creator",
        "sailthru.author",
        "byl",
        "byline",
    ];
    linked
        .author
        .as_deref()
        .and_then(|text| name(text, site))
        .or_else(|| META_NAMES.iter().flat_map(|n| metas.all(n)).find_map(|text| name(text, site)))
        .or_else(|| {
            let label = metas.first(&["twitter:label1"])?.to_ascii_lowercase();
            let value = metas.first(&["twitter:data1"])?;
            (label.contains("written") || label == "by").then(|| name(value, site)).flatten()
        })
        .or_else(|| in_elements(dom, site, dom.select(dom.with_itemprop(), &AUTHOR_PROPERTIES)))
        .or_else(|| in_elements(dom, site, dom.select(dom.with_rel(), &AUTHOR_LINKS)))
        .or_else(|| {
            let bylines: Vec<bool> = dom.classes.iter().map(|class| is_byline(class)).collect();
            let is_byline = |id: &Id| bylines[dom.nodes[*id].class];
            in_elements(dom, site, (1..dom.nodes.len()).filter(is_byline))
        })
        .or_else(|| near_the_title(dom, site))
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
    let text = collapse(text);
    let text = text.trim_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != ')');
    let lower = text.to_lowercase();
    let text = ["by ", "written by ", "posted by ", "par ", "von ", "por "]
        .iter()
        .find(|prefix| lower.starts_with(**prefix))
        .map_or(text, |prefix| text.get(prefix.len()..).unwrap_or(text));
    // `By` and a name in two elements without a space between them.
    let glued = text.strip_prefix("By").filter(|rest| rest.starts_with(char::is_uppercase));
    let text = glued.unwrap_or(text).split(" | ").next().unwrap_or(text).trim();
    let usable = !text.is_empty()
        && text.chars().count() <= 80
        && text.split(' ').count() <= 10
        && !matches!(lower.as_str(), "by" | "author" | "the author" | "admin" | "editor" | "guest")
        && !text.contains("://")
        && !text.contains('@')
        && text.chars().any(char::is_alphabetic)
        && site.is_none_or(|site| !site.eq_ignore_ascii_case(text));
    usable.then(|| text.to_owned())
}
