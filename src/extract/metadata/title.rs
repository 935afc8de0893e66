//! The title: chosen among `h1`, JSON-LD, OpenGraph and `<title>`, without the site's name.

use crate::{
    content::collapse,
    extract::{
        dom::{Dom, Id, Tag},
        metadata::{jsonld::Linked, metas::Metas},
    },
};

/// Finds the article's title.
pub(crate) fn find(
    dom: &Dom<'_>,
    metas: &Metas<'_>,
    linked: &Linked,
    head: &str,
    site: Option<&str>,
) -> Option<String> {
    let social = metas.first(&["og:title", "twitter:title", "dc.title", "title"]).map(collapse);
    let stated = [Some(head.to_owned()), social.clone(), linked.headline.clone()];
    let stated: Vec<String> = stated.into_iter().flatten().map(|t| plain(&t)).collect();
    let headings: Vec<(Id, String)> = dom
        .all(Tag::Heading(1))
        .map(|id| (id, without_marks(&dom.text(id))))
        .filter(|(_, t)| !t.is_empty())
        .collect();
    let is_stated = |text: &String| {
        let text = plain(text);
        text.len() >= 4 && stated.iter().any(|s| s.contains(&text))
    };
    let is_site = |text: &str| site.is_some_and(|site| plain(site) == plain(text));
    headings
        .iter()
        .map(|(_, text)| text)
        .filter(|text| is_stated(text) && !is_site(text))
        .max_by_key(|text| (plain(head).starts_with(&plain(text)), text.len()))
        .cloned()
        .or_else(|| linked.headline.clone())
        .or_else(|| social.filter(|t| !is_site(t)).map(|t| without_site(&t, site)))
        .or_else(|| Some(without_site(head, site)).filter(|t| !t.is_empty()))
        .or_else(|| headings.first().map(|(_, text)| text.clone()))
}

/// Cuts the site's name off: `Title | Site`, `Site: Title`.
fn without_site(title: &str, site: Option<&str>) -> String {
    const MARKS: [&str; 9] = [" | ", " - ", " – ", " — ", " · ", " » ", " « ", " :: ", " • "];
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
