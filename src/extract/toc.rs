//! Tables of contents: whether a page is the front page of a book or of documentation, and where
//! its chapters are.
//!
//! An article with a menu must never be taken for a book. So a page has to stand above its
//! chapters in the path, has to say little itself, and its list of links has to name itself as
//! the generators of documentation do, or to number its chapters, or to stand under “Contents”.

use std::collections::HashSet;

use url::Url;

use crate::{
    extract::{
        article::Article,
        dom::{Dom, Id, TEST_ID, Tag},
        link::target,
    },
    html::local_name,
};

/// Fewer chapters are a menu.
const MIN_MARKED: usize = 3;
const MIN_UNMARKED: usize = 4;
/// Characters outside links with which a page may introduce its chapters; with more it is an
/// article of its own. The front pages of a dozen books and documentations have 200 to 4,000.
const MAX_OWN_CHARS: usize = 5_000;
/// Characters outside links where nothing but the links themselves says that the page is a book.
const MAX_OWN_CHARS_UNMARKED: usize = 1_500;
/// Links that are looked at; a longer table is cut anyway.
const MOST_LINKS: usize = 1_000;
/// Headings that are looked at; a table of contents stands before the text.
const MOST_HEADINGS: usize = 100;

/// Classes, ids and roles by which generators name the table of all pages: Sphinx, Read the Docs,
/// Jupyter Book, MkDocs, Docusaurus, mdBook, GitBook, bookdown, Quarto, VitePress, Hugo, Nextra,
/// Mintlify, DocBook, TeX4ht, and what people call it by hand. Names that site menus have as well
/// (`sidebar`, `nav-menu`) are none of them.
const MARKS: [&str; 26] = [
    "bd-links",
    "book-menu",
    "book-summary",
    "chapter-list",
    "chapters",
    "doc-toc",
    "globaltoc",
    "md-nav--primary",
    "navigation-items",
    "nextra-sidebar",
    "quarto-sidebar",
    "sidebar-scrollbox",
    "sphinxsidebarwrapper",
    "table-of-contents",
    "tableofcontents",
    "td-sidebar-nav",
    "theme-doc-sidebar-menu",
    "toc",
    "toctree-l1",
    "toctree-wrapper",
    "vpsidebar",
    "wy-menu-vertical",
    "chaptertoc",
    "childlinks",
    "site-toc",
    "toc-tree",
];
/// What stands above a table of contents.
const HEADINGS: [&str; 14] = [
    "contents",
    "table of contents",
    "toc",
    "chapters",
    "inhalt",
    "inhaltsverzeichnis",
    "table des matières",
    "sommaire",
    "índice",
    "sumário",
    "indice",
    "目次",
    "目录",
    "목차",
];
/// Words before the number of a chapter, in a label or a file name.
const CHAPTERS: [&str; 14] = [
    "chapter",
    "chap",
    "ch",
    "part",
    "section",
    "sec",
    "lesson",
    "lecture",
    "unit",
    "module",
    "kapitel",
    "chapitre",
    "capítulo",
    "capitolo",
];
/// File names of pages that are no chapters.
const NO_CHAPTERS: [&str; 9] = [
    "404",
    "genindex",
    "modindex",
    "np-modindex",
    "print",
    "py-modindex",
    "search",
    "tags",
    "changelog",
];

/// The chapters that a front page lists, in its order, and the page that holds them all, if there
/// is one; nothing for any other page.
pub(crate) fn find(dom: &Dom<'_>, url: &Url, article: &Article) -> (Vec<String>, Option<String>) {
    let Some(above) = folder(url) else { return Default::default() };
    let kept = article.blocks.iter().zip(&article.cuts).filter(|(_, cut)| cut.is_none());
    let own: usize = kept.map(|(block, _)| block.chars - block.link_chars).sum();
    if own > MAX_OWN_CHARS {
        return Default::default();
    }
    let links = ChapterLinks::new(dom, url, &above);
    if links.0.len() < MIN_MARKED {
        return (Vec::new(), whole(dom, url, &above));
    }
    let marked = links.marked(dom);
    let chapters = if marked.len() >= MIN_MARKED {
        marked
    } else if own > MAX_OWN_CHARS_UNMARKED {
        Vec::new()
    } else {
        let listed = links.under_a_heading(dom);
        let found = if listed.len() >= MIN_UNMARKED { listed } else { links.numbered(dom) };
        if found.len() >= MIN_UNMARKED { found } else { Vec::new() }
    };
    let whole = if chapters.is_empty() { whole(dom, url, &above) } else { None };
    (chapters, whole)
}

/// The path that all chapters of a front page begin with; none for the address of a single page.
fn folder(url: &Url) -> Option<String> {
    let path = url.path();
    let (above, name) = path.rsplit_once('/')?;
    let stem = name.split_once('.').map(|(stem, _)| stem.to_ascii_lowercase());
    match stem.as_deref() {
        _ if name.is_empty() => Some(path.to_owned()),
        None => Some(format!("{path}/")),
        Some("index" | "contents" | "toc" | "default" | "readme") => Some(format!("{above}/")),
        Some(_) => None,
    }
}

/// The page of a book that is there to be printed as a whole, as mdBook makes it.
fn whole(dom: &Dom<'_>, url: &Url, above: &str) -> Option<String> {
    let says = |id: &Id| {
        let title = dom
            .attr(*id, &local_name!("title"))
            .or_else(|| dom.attr(*id, &local_name!("aria-label")));
        title.is_some_and(|title| title.eq_ignore_ascii_case("print this book"))
    };
    let target = dom.all(Tag::Anchor).filter(says).find_map(|id| target(dom, id, url))?;
    (target.origin() == url.origin() && target.path() == format!("{above}print.html"))
        .then(|| target.into())
}

/// Links to pages that may be chapters.
struct ChapterLinks(Vec<(Id, Url)>);

impl ChapterLinks {
    fn new(dom: &Dom<'_>, page: &Url, above: &str) -> ChapterLinks {
        let may_be = |url: &Url| {
            let Some(rest) = url.path().strip_prefix(above) else { return false };
            let name = rest.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            let (stem, suffix) = name.rsplit_once('.').unwrap_or((name, ""));
            let suffix = suffix.to_ascii_lowercase();
            let is_page = matches!(suffix.as_str(), "" | "html" | "htm" | "xhtml" | "php")
                // A version in the name of a folder, `v1.2`, is no suffix.
                || suffix.chars().all(|c| c.is_ascii_digit());
            let is_self = rest.is_empty() || rest.strip_prefix("index.").is_some();
            let in_pages = rest.starts_with("page/") || rest.starts_with('_');
            let stem = stem.to_ascii_lowercase();
            is_page && !is_self && !in_pages && !NO_CHAPTERS.contains(&stem.as_str())
        };
        let same_site = |url: &Url| {
            url.host() == page.host() && url.port() == page.port() && url.query().is_none()
        };
        // Most links lead elsewhere, which can be told without resolving them.
        let host = page.host_str().unwrap_or_default();
        let is_near = |id: &Id| {
            let href = dom.attr(*id, &local_name!("href")).unwrap_or_default().trim_start();
            let rooted = href.starts_with('/') && !href.starts_with("//");
            if rooted {
                href.starts_with(above)
            } else {
                !href.contains("//") || href.contains(host)
            }
        };
        let anchors = dom.all(Tag::Anchor).filter(is_near).take(10 * MOST_LINKS);
        let links = anchors.filter_map(|id| Some((id, target(dom, id, page)?)));
        ChapterLinks(
            links.filter(|(_, url)| same_site(url) && may_be(url)).take(MOST_LINKS).collect(),
        )
    }

    /// The targets of some links, each once.
    fn targets<'l>(links: impl Iterator<Item = &'l (Id, Url)>) -> Vec<String> {
        let mut seen = HashSet::new();
        links.map(|(_, url)| url.to_string()).filter(|url| seen.insert(url.clone())).collect()
    }

    /// The targets of links within tables of contents that name themselves so.
    fn marked(&self, dom: &Dom<'_>) -> Vec<String> {
        let around: HashSet<Id> =
            self.0.iter().flat_map(|(id, _)| dom.ancestors(*id).chain([*id])).collect();
        let tables: HashSet<Id> = around.into_iter().filter(|id| is_marked(dom, *id)).collect();
        let inside = |id: Id| dom.ancestors(id).chain([id]).any(|id| tables.contains(&id));
        ChapterLinks::targets(self.0.iter().filter(|(id, _)| inside(*id)))
    }

    /// The targets of links between a heading that says “Contents” and the next one of its level.
    fn under_a_heading(&self, dom: &Dom<'_>) -> Vec<String> {
        let level = |id: Id| match dom.nodes[id].tag {
            Tag::Heading(level) => Some(level),
            _ => None,
        };
        let says = |id: &Id| HEADINGS.contains(&dom.text(*id).to_lowercase().as_str());
        let all = || (0..dom.nodes.len()).filter(|id| level(*id).is_some());
        let headings = || all().take(MOST_HEADINGS);
        let Some(heading) = headings().find(says) else { return Vec::new() };
        let end = headings().find(|id| *id > heading && level(*id) <= level(heading));
        let range = heading..end.unwrap_or(dom.nodes.len());
        let in_text = |id: Id| {
            let is_boilerplate = |id: Id| matches!(dom.nodes[id].tag, Tag::Footer | Tag::Aside);
            range.contains(&id) && !dom.ancestors(id).any(is_boilerplate)
        };
        ChapterLinks::targets(self.0.iter().filter(|(id, _)| in_text(*id)))
    }

    /// The targets of all links in lists whose links are numbered 1, 2, 3, 4, or from 0.
    fn numbered(&self, dom: &Dom<'_>) -> Vec<String> {
        let numbers: Vec<(Id, u32)> = self
            .0
            .iter()
            .filter_map(|(id, url)| Some((*id, number(&dom.text(*id), url)?)))
            .collect();
        let mut next = None;
        let mut count = 0;
        for (_, number) in &numbers {
            if next.map_or(*number <= 1, |next| *number == next) {
                next = Some(number + 1);
                count += 1;
            }
        }
        if count < MIN_UNMARKED {
            return Vec::new();
        }
        let lists: HashSet<Id> = numbers.iter().map(|(id, _)| list_of(dom, *id)).collect();
        ChapterLinks::targets(self.0.iter().filter(|(id, _)| lists.contains(&list_of(dom, *id))))
    }
}

/// Whether an element names itself as a table of contents.
fn is_marked(dom: &Dom<'_>, id: Id) -> bool {
    let names = [&local_name!("class"), &local_name!("id"), &local_name!("role"), &*TEST_ID];
    names.into_iter().filter_map(|name| dom.attr(id, name)).any(|names| {
        let mut names = names.split_ascii_whitespace().map(str::to_ascii_lowercase);
        names.any(|name| MARKS.contains(&name.as_str()))
    }) || dom.nodes[id].tag == Tag::List && dom.attr_has(id, &local_name!("class"), "chapter")
}

/// The outermost list or table around a link, else the element that it stands in.
fn list_of(dom: &Dom<'_>, id: Id) -> Id {
    let is_list = |id: &Id| matches!(dom.nodes[*id].tag, Tag::List | Tag::Table | Tag::Nav);
    dom.ancestors(id).filter(is_list).last().unwrap_or(dom.nodes[id].parent)
}

/// The number of a chapter, from its link's label or its file's name.
fn number(label: &str, url: &Url) -> Option<u32> {
    let label = label.trim().to_lowercase();
    let in_label = |label: &str| {
        let (number, rest) = leading(label)?;
        let ends = !rest.starts_with(|c: char| c.is_alphanumeric());
        (ends && rest.chars().any(char::is_alphabetic)).then_some(number)
    };
    let after_word = |text: &str| {
        CHAPTERS.iter().find_map(|word| {
            let rest = text.strip_prefix(word)?.trim_start_matches([' ', '-', '_', '.']);
            let (number, rest) = leading(rest)?;
            (!rest.starts_with(|c: char| c.is_ascii_digit())).then_some(number)
        })
    };
    let name = url.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let name = name.to_ascii_lowercase();
    let in_name = |name: &str| {
        let (number, rest) = leading(name)?;
        let rest = rest.strip_prefix(['-', '_', '.'])?;
        rest.starts_with(|c: char| c.is_ascii_alphabetic()).then_some(number)
    };
    in_label(&label)
        .or_else(|| after_word(&label))
        .or_else(|| after_word(&name))
        .or_else(|| in_name(&name))
}

/// A number of at most two digits at the beginning, and what follows it.
fn leading(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() || digits.len() > 2 {
        return None;
    }
    Some((digits.parse().ok()?, rest))
}
