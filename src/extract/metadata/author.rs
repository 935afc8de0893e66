//! The author: from JSON-LD, meta elements, microdata, `rel=author`, then bylines.

use crate::extract::{
    dom::{Dom, Id, collapse},
    metadata::{Linked, Metas},
};

/// Finds who wrote the article.
pub(crate) fn find(
    dom: &Dom<'_>,
    metas: &Metas<'_>,
    linked: &Linked,
    site: Option<&str>,
) -> Option<String> {
    let metas = || {
        [
            "author",
            "article:author",
            "parsely-author",
            "dc.creator",
            "sailthru.author",
            "byl",
            "twitter:data1",
        ]
        .iter()
        .filter(|name| **name != "twitter:data1")
        .flat_map(|name| metas.all(name))
        .map(str::to_owned)
    };
    let from_elements = |rule: fn(&Dom<'_>, Id) -> bool| {
        (1..dom.nodes.len())
            .filter(|id| {
                dom.nodes[*id].element.is_some()
                    && !dom.nodes[*id].tag.is_silent()
                    && rule(dom, *id)
            })
            .map(|id| dom.text(id))
            .find_map(|text| name(&text, site))
    };
    linked
        .author
        .as_deref()
        .and_then(|text| name(text, site))
        .or_else(|| metas().find_map(|text| name(&text, site)))
        .or_else(|| from_elements(|dom, id| dom.attr_has(id, "itemprop", "author")))
        .or_else(|| from_elements(|dom, id| dom.attr_has(id, "rel", "author")))
        .or_else(|| from_elements(is_byline))
}

fn is_byline(dom: &Dom<'_>, id: Id) -> bool {
    dom.attr(id, "class").is_some_and(|class| {
        class.split_ascii_whitespace().any(|c| {
            let c = c.to_ascii_lowercase();
            c.contains("byline") || c.contains("author")
        })
    })
}

/// A person's name, or none when the text is something else.
fn name(text: &str, site: Option<&str>) -> Option<String> {
    let text = collapse(text);
    let text = text.trim_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != ')');
    let lower = text.to_lowercase();
    let text = ["by ", "written by ", "posted by ", "par ", "von ", "por "]
        .iter()
        .find(|prefix| lower.starts_with(**prefix))
        .map_or(text, |prefix| text.get(prefix.len()..).unwrap_or(text))
        .trim();
    let usable = !text.is_empty()
        && text.chars().count() <= 80
        && text.split(' ').count() <= 10
        && !text.contains("://")
        && !text.contains('@')
        && text.chars().any(char::is_alphabetic)
        && site.is_none_or(|site| !site.eq_ignore_ascii_case(text));
    usable.then(|| text.to_owned())
}
