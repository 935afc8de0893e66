//! The title: chosen among `h1`, JSON-LD, OpenGraph and `<title>`, without the site's name.

use crate::{
    content::collapse,
    extract::{
        class_words::ClassWords,
        dom::{Dom, Id, Tag},
        metadata::{jsonld::Linked, metas::Metas},
    },
    html,
};

/// Finds the article's title.
pub(crate) fn find(
    dom: &Dom<'_>,
    words: &[ClassWords],
    metas: &Metas<'_>,
    linked: &Linked,
    head: &str,
    site: Option<&str>,
) -> Option<String> {
    let social = metas.first(&["og:title", "twitter:title", "dc.title", "title"]).map(unescaped);
    let stated = [Some(head.to_owned()), social.clone(), linked.headline.clone()];
    let stated: Vec<String> = stated.into_iter().flatten().map(|t| plain(&t)).collect();
    // One in a menu names the site, or the book.
    let in_menu = |id: Id| {
        std::iter::once(id).chain(dom.ancestors(id).take(3)).any(|at| {
            let node = &dom.nodes[at];
            node.tag == Tag::Nav || words[node.class].cut == Some("nav") && node.tag != Tag::Body
        })
    };
    let headings: Vec<String> = dom
        .all(Tag::Heading(1))
        .filter(|id| !in_menu(*id))
        .map(|id| without_marks(&dom.text(id)))
        .filter(|t| !t.is_empty())
        .collect();
    let is_stated = |text: &String| {
        let text = plain(text);
        text.len() >= 4 && stated.iter().any(|s| s.contains(&text))
    };
    let is_site = |text: &str| site.is_some_and(|site| plain(site) == plain(text));
    let only = match &headings[..] {
        [only] if only.split(' ').count() >= 3 && !is_site(only) => Some(only.clone()),
        _ => None,
    };
    headings
        .iter()
        .filter(|text| is_stated(text) && !is_site(text))
        .max_by_key(|text| (plain(head).starts_with(&plain(text)), text.len()))
        .cloned()
        .or_else(|| only.filter(|_| linked.is_article))
        .or_else(|| linked.headline.as_deref().map(unescaped))
        .or_else(|| chapter(dom, head, in_menu))
        .or_else(|| social.filter(|t| !is_site(t)).map(|t| without_site(&t, site)))
        .or_else(|| Some(without_site(head, site)).filter(|t| !t.is_empty()))
        .or_else(|| headings.first().cloned())
}

/// The first part of `<title>` where a heading of the text repeats it: a chapter, before the name of
/// its book.
fn chapter(dom: &Dom<'_>, head: &str, in_menu: impl Fn(Id) -> bool) -> Option<String> {
    let parts = MARKS.iter().filter_map(|mark| head.split_once(mark));
    let parts: Vec<String> = parts.map(|(first, _)| plain(first)).collect();
    let ids = dom.all(Tag::Heading(1)).chain(dom.all(Tag::Heading(2))).filter(|id| !in_menu(*id));
    ids.take(20).map(|id| without_marks(&dom.text(id))).find(|text| parts.contains(&plain(text)))
}

/// A text whose character references were escaped once too often.
fn unescaped(text: &str) -> String {
    let text = collapse(text);
    let is_escaped =
        ["&amp;", "&#", "&quot;", "&lt;", "&rsquo;", "&ndash;"].iter().any(|r| text.contains(r));
    if is_escaped { collapse(&html::unescape(&text)) } else { text }
}

const MARKS: [&str; 9] = [" | ", " - ", " – ", " — ", " · ", " » ", " « ", " :: ", " • "];

/// Cuts the site's name off: `Title | Site`, `Site: Title`.
fn without_site(title: &str, site: Option<&str>) -> String {
    if let Some(site) = site.filter(|s| !s.is_empty()) {
        let site = plain(site);
        for mark in MARKS {
            if let Some((front, back)) = title.rsplit_once(mark)
                && plain(back) == site
            {
                return front.trim().to_owned();
            }
            if let Some((front, back)) = title.split_once(mark)
                && plain(front) == site
            {
                return back.trim().to_owned();
            }
        }
    }
    for mark in MARKS {
        if let Some((front, back)) = title.rsplit_once(mark) {
            let (long, short) =
                if front.len() >= back.len() { (front, back) } else { (back, front) };
            if long.len() >= 10 && short.len() < 40 {
                return long.trim().to_owned();
            }
        }
    }
    title.to_owned()
}

/// Without the characters by which documentation links to its own headings.
fn without_marks(text: &str) -> String {
    text.trim_end_matches(['¶', '#', '§', '🔗', ' ']).to_owned()
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
