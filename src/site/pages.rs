//! The pages of the site.

use askama::Template;
use jiff::Timestamp;

use crate::{
    search::Hit,
    serve::{ShownHit, clean},
    site::slug::slug,
};

/// The facets that have pages, with their headings.
pub(crate) const KINDS: [(&str, &str); 3] =
    [("company", "Companies"), ("tag", "Tags"), ("year", "Years")];
/// Values of a facet that the first page names.
const NAMED: usize = 24;

/// What all pages of the site have.
pub(crate) struct SiteFrame {
    pub(crate) site: String,
    pub(crate) title: String,
    /// The way from the page to the first one, as addresses begin with it.
    pub(crate) root: &'static str,
    pub(crate) day: String,
}

/// An entry in a list.
pub(crate) struct SiteRow {
    pub(crate) page: String,
    pub(crate) title: String,
    pub(crate) about: Vec<String>,
    pub(crate) language: Option<String>,
}

/// A value of a facet with the entries that have it.
pub(crate) struct Facet {
    pub(crate) kind: &'static str,
    pub(crate) label: String,
    pub(crate) slug: String,
    pub(crate) rows: Vec<usize>,
}

/// A value of an entry, with the name of the page of all entries that have it.
pub(crate) struct FacetLink {
    pub(crate) kind: &'static str,
    pub(crate) label: String,
    pub(crate) slug: String,
}

/// The most frequent values of a facet, and whether there are more.
pub(crate) struct FacetGroup<'a> {
    pub(crate) kind: &'static str,
    pub(crate) heading: &'static str,
    pub(crate) values: Vec<&'a Facet>,
    pub(crate) more: usize,
}

/// A page with entries.
#[derive(Template)]
#[template(path = "list.html")]
pub(crate) struct ListPage<'a> {
    pub(crate) frame: SiteFrame,
    pub(crate) heading: String,
    pub(crate) count: String,
    pub(crate) numbering: Option<String>,
    pub(crate) rows: Vec<&'a SiteRow>,
    pub(crate) groups: Vec<FacetGroup<'a>>,
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
}

/// A page with all values of a facet.
#[derive(Template)]
#[template(path = "values.html")]
pub(crate) struct IndexPage<'a> {
    pub(crate) frame: SiteFrame,
    pub(crate) heading: &'static str,
    pub(crate) values: Vec<&'a Facet>,
}

/// The page of an entry.
#[derive(Template)]
#[template(path = "entry.html")]
pub(crate) struct EntryPage {
    frame: SiteFrame,
    hit: ShownHit,
    company: Option<(String, String)>,
    tags: Vec<(String, String)>,
    year: Option<String>,
    /// The date by which Pagefind sorts.
    date: Option<String>,
}

impl SiteFrame {
    pub(crate) fn new(site: &str, title: &str, root: &'static str, now: Timestamp) -> SiteFrame {
        let day = now.strftime("%Y-%m-%d").to_string();
        SiteFrame { site: clean(site), title: clean(title), root, day }
    }
}

impl SiteRow {
    pub(crate) fn of(hit: &Hit) -> SiteRow {
        let shown = ShownHit::new(hit, "", true);
        let about = [shown.site, shown.company, shown.dates].into_iter().flatten();
        SiteRow {
            page: format!("entry/{}.html", slug(&hit.id)),
            title: shown.title,
            about: about.collect(),
            language: shown.language,
        }
    }
}

impl<'a> FacetGroup<'a> {
    /// The groups of a page that leads to facets.
    pub(crate) fn groups(facets: &'a [Facet]) -> Vec<FacetGroup<'a>> {
        let groups = KINDS.into_iter().map(|(kind, heading)| {
            let mut values: Vec<&Facet> = facets.iter().filter(|f| f.kind == kind).collect();
            match kind {
                "year" => values.reverse(),
                _ => values.sort_by_key(|facet| std::cmp::Reverse(facet.rows.len())),
            }
            let more = values.len().saturating_sub(NAMED);
            values.truncate(NAMED);
            FacetGroup { kind, heading, values, more }
        });
        groups.filter(|group| !group.values.is_empty()).collect()
    }
}

impl EntryPage {
    pub(crate) fn new(frame: SiteFrame, hit: &Hit, values: &[FacetLink]) -> EntryPage {
        let date = hit.date_listed.or(hit.date_published);
        let of_kind = |kind: &'static str| {
            let links = values.iter().filter(move |link| link.kind == kind);
            links.map(|link| (link.label.clone(), link.slug.clone()))
        };
        EntryPage {
            frame,
            company: of_kind("company").next(),
            tags: of_kind("tag").collect(),
            year: date.map(|date| date.year().to_string()),
            date: date.map(|date| date.to_string()),
            hit: ShownHit::new(hit, "", true),
        }
    }
}
