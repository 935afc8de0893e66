//! A static site of what the lists say: plain pages with facets as links, which Pagefind can index.
//!
//! The articles belong to others: a page of the site has the facts of the list and a short passage,
//! and leads to the article.

mod pages;
mod slug;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
};

use askama::Template;
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    error::Error,
    files::DraftFolder,
    search::{Hit, Request, Searcher, Sort},
    serve::{STYLE_SHEET, clean, counted},
    site::{
        pages::{EntryPage, Facet, FacetGroup, FacetLink, IndexPage, ListPage, SiteFrame, SiteRow},
        slug::slug,
    },
};

/// The file by which a folder is known that was written here, and may be replaced.
pub const MARK: &str = "mlsearch-site.txt";
/// What the mark says to people.
const MARK_TEXT: &str =
    "Written by `mlsearch export site`, which replaces this folder as a whole.\n";
/// Entries on a page of a list.
const ENTRIES: usize = 100;
/// Entries that are read at a time.
const AT_ONCE: usize = 500;

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct SiteExport {
    /// Entries, each with a page of its own.
    pub entries: u64,
    /// Pages of all kinds.
    pub pages: u64,
}

/// Writes a site of all entries of an index into a folder that is not there yet, is empty, or was
/// written so before.
///
/// # Errors
/// [`Error::Io`] when the folder holds something else or cannot be written; it is then as it was.
/// [`Error::Engine`] when the index cannot be read.
pub fn site(
    searcher: &Searcher,
    dir: &Path,
    title: &str,
    now: Timestamp,
) -> Result<SiteExport, Error> {
    let failed = |e| Error::io(dir, e);
    let folder = DraftFolder::begin(dir, Some(MARK)).map_err(failed)?;
    let mut writer = SiteWriter { folder: &folder, title, now, export: SiteExport::default() };
    writer.file("style.css", STYLE_SHEET.as_bytes()).map_err(failed)?;
    // GitHub's pages would leave out what begins with an underscore.
    writer.file(".nojekyll", b"").map_err(failed)?;
    let mut rows = Vec::new();
    let mut facets: BTreeMap<(&'static str, String), Facet> = BTreeMap::new();
    loop {
        let request = Request {
            sort: Sort::Date,
            offset: rows.len(),
            limit: AT_ONCE,
            snippets: 1,
            ..Request::default()
        };
        let hits = searcher.search(&request)?.hits;
        if hits.is_empty() {
            break;
        }
        for hit in &hits {
            let values = values(hit, searcher);
            writer.entry(hit, &values).map_err(failed)?;
            for FacetLink { kind, label, slug } in values {
                let facet = facets.entry((kind, slug.clone()));
                let facet = facet.or_insert(Facet { kind, label, slug, rows: Vec::new() });
                facet.rows.push(rows.len());
            }
            rows.push(SiteRow::of(hit));
        }
    }
    writer.lists(&rows, &facets.into_values().collect::<Vec<_>>()).map_err(failed)?;
    writer.file(MARK, MARK_TEXT.as_bytes()).map_err(failed)?;
    let export = writer.export;
    folder.publish().map_err(failed)?;
    Ok(export)
}

/// The values of an entry that have pages of their own, those that are spelled otherwise the same one.
fn values(hit: &Hit, searcher: &Searcher) -> Vec<FacetLink> {
    let year = hit.date_listed.or(hit.date_published).map(|date| date.year().to_string());
    let company = hit.company.iter().map(|company| ("company", company.as_str()));
    let tags = hit.tags.iter().map(|tag| ("tag", tag.as_str()));
    let values = company.chain(tags).chain(year.as_deref().map(|year| ("year", year)));
    let link = |(kind, value)| FacetLink {
        kind,
        label: clean(value),
        slug: slug(&searcher.folded_value(kind, value)),
    };
    let mut links: Vec<FacetLink> = Vec::new();
    for link in values.map(link).filter(|link| !link.label.is_empty()) {
        if !links.iter().any(|other| other.kind == link.kind && other.slug == link.slug) {
            links.push(link);
        }
    }
    links
}

struct SiteWriter<'a> {
    folder: &'a DraftFolder,
    title: &'a str,
    now: Timestamp,
    export: SiteExport,
}

impl SiteWriter<'_> {
    fn frame(&self, title: &str, root: &'static str) -> SiteFrame {
        SiteFrame::new(self.title, title, root, self.now)
    }

    fn entry(&mut self, hit: &Hit, values: &[FacetLink]) -> io::Result<()> {
        let page = EntryPage::new(self.frame(&hit.title, "../"), hit, values);
        self.export.entries += 1;
        self.page(&format!("entry/{}.html", slug(&hit.id)), &page)
    }

    /// The list of all entries, one for each value of a facet, and one of the values of each facet.
    fn lists(&mut self, rows: &[SiteRow], facets: &[Facet]) -> io::Result<()> {
        let all: Vec<usize> = (0..rows.len()).collect();
        self.list("index", "", "", rows, &all, facets)?;
        for facet in facets {
            let path = format!("{}/{}", facet.kind, facet.slug);
            self.list(&path, "../", &facet.label, rows, &facet.rows, &[])?;
        }
        for (kind, heading) in pages::KINDS {
            let values: Vec<&Facet> = facets.iter().filter(|facet| facet.kind == kind).collect();
            let frame = self.frame(heading, "../");
            self.page(&format!("{kind}/index.html"), &IndexPage { frame, heading, values })?;
        }
        Ok(())
    }

    /// A list of entries, in as many pages as it takes.
    fn list(
        &mut self,
        path: &str,
        root: &'static str,
        heading: &str,
        rows: &[SiteRow],
        shown: &[usize],
        facets: &[Facet],
    ) -> io::Result<()> {
        let stem = path.rsplit('/').next().unwrap_or(path);
        let name = |page: usize| match page {
            0 => format!("{stem}.html"),
            page => format!("{stem}-{}.html", page + 1),
        };
        let pages = shown.len().div_ceil(ENTRIES).max(1);
        for number in 0..pages {
            let of_page = shown.iter().skip(number * ENTRIES).take(ENTRIES);
            let page = ListPage {
                frame: self.frame(heading, root),
                heading: heading.to_owned(),
                count: counted(shown.len(), "article"),
                numbering: (pages > 1).then(|| format!("page {} of {pages}", number + 1)),
                rows: of_page.map(|row| &rows[*row]).collect(),
                groups: if number == 0 { FacetGroup::groups(facets) } else { Vec::new() },
                previous: number.checked_sub(1).map(name),
                next: (number + 1 < pages).then(|| name(number + 1)),
            };
            let folder = &path[..path.len() - stem.len()];
            self.page(&format!("{folder}{}", name(number)), &page)?;
        }
        Ok(())
    }

    fn page(&mut self, path: &str, page: &impl Template) -> io::Result<()> {
        self.export.pages += 1;
        self.file(path, page.render().map_err(io::Error::other)?.as_bytes())
    }

    fn file(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.folder.path().join(path);
        path.parent().map(fs::create_dir_all).transpose()?;
        let mut out = BufWriter::new(File::create_new(path)?);
        out.write_all(bytes)?;
        out.flush()
    }
}
