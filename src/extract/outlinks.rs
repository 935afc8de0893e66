//! Outlinks: where more of a page's text is, when the page itself shows none or only its contents.

use std::sync::LazyLock;

use scraper::Selector;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    extract::{
        article::Article,
        dom::{Dom, Id, Tag, selector},
        link::target,
        metadata::Metadata,
        toc,
    },
    html::local_name,
    page::Outcome,
};

static AMP: LazyLock<Selector> = LazyLock::new(|| selector("link[rel~=amphtml i]"));
static PRINT: LazyLock<Selector> =
    LazyLock::new(|| selector("link[rel~=alternate i][media=print i]"));

/// Links of a tweet that are kept; the first ones may lead to its own pictures.
const MOST_LINKED: usize = 3;

/// Links of an empty page that are looked at.
const MOST_LINKS: usize = 1_000;

/// Where more of a page's text is. It is empty for a page that asks not to be followed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Outlinks {
    /// The AMP or print version that an empty page links to.
    pub variant: Option<String>,
    /// The chapters of the book or documentation whose front page this is, in the order of its
    /// table of contents.
    pub chapters: Vec<String>,
    /// The page that holds that whole book.
    pub whole: Option<String>,
    /// What a tweet links to.
    pub linked: Vec<String>,
}

/// Outlinks of a page that is no article.
pub(crate) fn of_refused(dom: &Dom<'_>, url: &str, outcome: Outcome) -> Outlinks {
    let base = Url::parse(url).ok().filter(|_| outcome == Outcome::Empty);
    Outlinks { variant: base.and_then(|base| variant(dom, &base)), ..Outlinks::default() }
}

/// Outlinks of a page that has a text.
pub(crate) fn of_article(
    dom: &Dom<'_>,
    url: &str,
    metadata: &Metadata,
    article: &Article,
) -> Outlinks {
    let Some(url) = Url::parse(url).ok().filter(|_| !metadata.nofollow) else {
        return Outlinks::default();
    };
    if is_tweet(&url) {
        let linked = links_of_tweet(dom, &url);
        return Outlinks { linked, ..Outlinks::default() };
    }
    let (chapters, whole) = toc::find(dom, &url, article);
    Outlinks { chapters, whole, ..Outlinks::default() }
}

/// Whether an address is on the service where tweets are.
pub fn is_tweet(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let is_at = |site: &str| {
        host.strip_suffix(site).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
    };
    is_at("twitter.com") || is_at("x.com")
}

/// The version of the page for phones that is declared as such, else the one to be printed on the
/// same host.
fn variant(dom: &Dom<'_>, base: &Url) -> Option<String> {
    let amp = dom.select(dom.with_rel(), &AMP).find_map(|id| target(dom, id, base));
    let print = || {
        let is_link = |id: &Id| matches!(dom.nodes[*id].tag, Tag::Link | Tag::Anchor);
        (0..dom.nodes.len())
            .filter(is_link)
            .take(MOST_LINKS)
            .filter(|id| is_print(dom, *id))
            .filter_map(|id| target(dom, id, base))
            .find(|url| url.host() == base.host() && url.port() == base.port())
    };
    amp.or_else(print).map(Url::into)
}

/// Whether a link leads to a version to be printed.
fn is_print(dom: &Dom<'_>, id: Id) -> bool {
    if dom.nodes[id].tag == Tag::Link {
        return dom.is(id, &PRINT);
    }
    let names = [
        dom.attr(id, &local_name!("rel")),
        dom.attr(id, &local_name!("class")),
        dom.attr(id, &local_name!("id")),
    ];
    let named = names.into_iter().flatten().any(|names| {
        let mut words = names.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| word.eq_ignore_ascii_case("print") || word.eq_ignore_ascii_case("printer"))
    });
    let says = |text: &str| PRINTS.contains(&text.trim().to_lowercase().as_str());
    named || says(&dom.text(id)) || dom.attr(id, &local_name!("title")).is_some_and(says)
}

/// What links to such versions say.
const PRINTS: [&str; 14] = [
    "print",
    "print this",
    "print this page",
    "print this article",
    "print version",
    "printable version",
    "printer friendly",
    "printer-friendly",
    "printer-friendly version",
    "druckversion",
    "version imprimable",
    "versión para imprimir",
    "versão para impressão",
    "印刷用ページ",
];

/// The links of a tweet that may lead off the service; pictures say of themselves that they do not.
fn links_of_tweet(dom: &Dom<'_>, base: &Url) -> Vec<String> {
    let is_picture = |id: Id| {
        let text = dom.text(id);
        text.starts_with("pic.twitter.com") || text.starts_with("pic.x.com")
    };
    let mut linked: Vec<String> = Vec::new();
    for id in dom.all(Tag::Anchor).filter(|id| !is_picture(*id)) {
        let url = target(dom, id, base).filter(|url| !is_tweet(url)).map(String::from);
        if let Some(url) = url.filter(|url| !linked.contains(url)) {
            linked.push(url);
        }
    }
    linked.truncate(MOST_LINKED);
    linked
}
