//! Metadata: what the page says of itself, outside its text.

mod author;
mod beside;
mod date;
mod jsonld;
mod metas;
mod thread;
mod title;

use std::sync::LazyLock;

use jiff::civil::Date;
use scraper::Selector;
use url::Url;

use crate::{
    canonical::cut_userinfo,
    content::collapse,
    extract::{
        class_words::ClassWords,
        dom::{Dom, Tag, selector},
        metadata::metas::Metas,
    },
    html::local_name,
};

pub(crate) use jsonld::Linked;

/// What the page says of itself.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    pub(crate) title: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) date: Option<Date>,
    pub(crate) language: Option<String>,
    pub(crate) site: Option<String>,
    pub(crate) canonical: Option<String>,
    pub(crate) noindex: bool,
    /// Whether the page asks that its links be not followed.
    pub(crate) nofollow: bool,
    /// Whether the page says that it is an article.
    pub(crate) is_article: bool,
    /// Whether the page is a thread, whose posts are all its text.
    pub(crate) is_thread: bool,
    /// What JSON-LD says.
    pub(crate) linked: Linked,
    /// The `<title>` as written, white space collapsed.
    pub(crate) head_title: String,
}

static CANONICAL: LazyLock<Selector> = LazyLock::new(|| selector("link[rel~=canonical i]"));
static HTML: LazyLock<Selector> = LazyLock::new(|| selector("html"));

impl Metadata {
    /// Reads the metadata of a page.
    pub(crate) fn new(dom: &Dom<'_>, url: &str) -> Metadata {
        let metas = Metas::new(dom);
        let linked = jsonld::read(dom);
        let base = Url::parse(url).ok();
        let head_title = dom
            .all(Tag::Title)
            .find(|id| !dom.ancestors(*id).any(|a| dom.nodes[a].tag == Tag::Skipped))
            .map(|id| dom.text(id))
            .unwrap_or_default();
        let site = metas
            .first(&["og:site_name", "application-name", "twitter:site:name"])
            .map(collapse)
            .or_else(|| linked.publisher.clone());
        let words: Vec<ClassWords> =
            dom.classes.iter().map(|classes| ClassWords::of_classes(classes)).collect();
        let title = title::find(dom, &words, &metas, &linked, &head_title, site.as_deref());
        Metadata {
            author: author::find(dom, &words, &metas, &linked, site.as_deref()),
            date: date::find(dom, &words, &metas, &linked, url),
            language: language(dom, &metas),
            canonical: canonical(dom, &metas, base.as_ref()),
            noindex: asks_for(&metas, "noindex"),
            nofollow: asks_for(&metas, "nofollow"),
            is_thread: linked.is_thread || thread::is_one(dom, &metas),
            is_article: linked.is_article || metas.first(&["og:type"]) == Some("article"),
            title,
            site,
            linked,
            head_title,
        }
    }
}

/// Whether the page asks all robots, or this one, for something. What it asks of others by name is
/// theirs alone, as in `X-Robots-Tag`.
fn asks_for(metas: &Metas<'_>, what: &str) -> bool {
    ["robots", "mlsearch"].iter().flat_map(|name| metas.all(name)).any(|value| {
        let value = value.to_ascii_lowercase();
        value.split([',', ';', ' ', '\t', '\n']).any(|word| word == what || word == "none")
    })
}

fn language(dom: &Dom<'_>, metas: &Metas<'_>) -> Option<String> {
    dom.select(1..dom.nodes.len(), &HTML)
        .next()
        .and_then(|id| {
            dom.attr(id, &local_name!("lang")).or_else(|| dom.attr(id, &local_name!("xml:lang")))
        })
        .or_else(|| metas.first(&["og:locale", "content-language", "language", "dc.language"]))
        .map(str::to_owned)
}

fn canonical(dom: &Dom<'_>, metas: &Metas<'_>, base: Option<&Url>) -> Option<String> {
    let link = dom
        .select(dom.all(Tag::Link), &CANONICAL)
        .next()
        .and_then(|id| dom.attr(id, &local_name!("href")));
    let href = link.or_else(|| metas.first(&["og:url"]))?.trim();
    let mut url = match base {
        Some(base) => base.join(href).ok()?,
        None => Url::parse(href).ok()?,
    };
    cut_userinfo(&mut url);
    // A template's canonical link that names the site's front page is no identity of an article.
    let to_root =
        url.path() == "/" && url.query().is_none() && base.is_some_and(|b| b.path() != "/");
    let usable = matches!(url.scheme(), "http" | "https") && !to_root;
    usable.then(|| url.into())
}
