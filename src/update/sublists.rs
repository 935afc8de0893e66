//! Sub-lists: the lists that a list names and that are to be read as well.

use std::{
    borrow::Cow,
    collections::HashSet,
    path::{Path, PathBuf},
};

use url::Url;

use crate::{
    canonical::CanonicalUrl,
    collection::{self, Collection, EntrySettings, ListSource},
    list::{self, List},
    update::{local_links::LocalLinks, report::Progress},
};

/// Sitemaps that are read of one index; each may hold 50,000 addresses.
const MOST_SITEMAPS: usize = 50;
/// Other lists that are read of one list.
const MOST_SUBLISTS: usize = 1_000;

/// Files of a repository that are about it: their links are no entries.
const ABOUT: [&str; 12] = [
    "authors",
    "changelog",
    "code-of-conduct",
    "code_of_conduct",
    "contributing",
    "contributors",
    "governance",
    "license",
    "licence",
    "pull_request_template",
    "security",
    "support",
];

/// A list that is to be read.
pub(crate) struct Wanted<'c> {
    pub(crate) source: Cow<'c, ListSource>,
    pub(crate) place: ListPlace,
    /// The name of the list that names it; none when the settings do.
    pub(crate) named_by: Option<String>,
    /// Whether nobody has said that this very one is a list.
    pub(crate) is_guess: bool,
}

/// Where a list is.
pub(crate) enum ListPlace {
    File(PathBuf),
    Web(Url),
}

impl<'c> Wanted<'c> {
    pub(crate) fn by_the_settings(collection: &Collection, source: &'c ListSource) -> Wanted<'c> {
        let place = match source.as_url() {
            Some(url) => ListPlace::Web(url),
            None => ListPlace::File(collection.dir.join(&source.source)),
        };
        Wanted { source: Cow::Borrowed(source), place, named_by: None, is_guess: false }
    }
}

/// A sub-list before it has a name.
struct Sublist {
    place: ListPlace,
    /// Against what its relative links are resolved.
    base: Option<Url>,
    is_guess: bool,
}

/// The lists that a list of the settings names and that are to be read as well, right after it: the
/// sitemaps of a sitemap index under the name of the index, and under their own names the entries
/// whose `depth` is 1, or all that may be lists when that of the list is. Lists within those are not
/// followed. A list from the web names none but lists of the web.
pub(crate) fn lists_within(
    collection: &Collection,
    wanted: &Wanted<'_>,
    list: &List,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Vec<Wanted<'static>> {
    let source = wanted.source.as_ref();
    let mut warn = |message: String| {
        on_progress(Progress::Warning { list: &list.name, line: 0, message: &message });
    };
    let mut lists = Vec::new();
    for url in list.sitemaps.iter().take(MOST_SITEMAPS) {
        let place = Url::parse(url).map(ListPlace::Web).ok();
        lists.extend(place.map(|place| named(source, source.name(), place, None, false)));
    }
    if list.sitemaps.len() > MOST_SITEMAPS {
        let all = list.sitemaps.len();
        warn(format!("only the first {MOST_SITEMAPS} of its {all} sitemaps are read"));
    }
    let wants_any = source.depth > 0 || source.entries.iter().any(|entry| entry.depth > 0);
    if !wants_any {
        return lists;
    }
    let mut found = Vec::new();
    let left_out: Vec<&EntrySettings> =
        source.entries.iter().filter(|entry| entry.depth == 0).collect();
    let links = match &wanted.place {
        ListPlace::File(path) => LocalLinks::of(path).ok().map(|links| (path.as_path(), links)),
        ListPlace::Web(_) => None,
    };
    for entry in source.entries.iter().filter(|entry| entry.depth > 0) {
        match named_entry(source, entry, list, links.as_ref()) {
            Some(one) => found.push(one),
            None => warn(format!("it has no entry `{}` to be read as a list", entry.url)),
        }
    }
    if source.depth > 0 {
        if let Some((path, links)) = &links {
            let known = files_of_settings(collection);
            found.extend(local_lists(source, path, links, &left_out, &known, &mut warn));
        }
        found.extend(web_lists(list, &left_out));
    }
    let mut seen = HashSet::new();
    found.retain(|found| seen.insert(found.place.shown()));
    if found.len() > MOST_SUBLISTS {
        warn(format!("only the first {MOST_SUBLISTS} of its {} lists are read", found.len()));
        found.truncate(MOST_SUBLISTS);
    }
    let places: Vec<String> = found.iter().map(|found| found.place.shown()).collect();
    let names = collection::names_of_sources(places.iter().map(String::as_str));
    lists.extend(
        found
            .into_iter()
            .zip(names)
            .map(|(found, name)| named(source, name, found.place, found.base, found.is_guess)),
    );
    lists
}

/// The local files of the sub-lists that a list in a file names.
pub(crate) fn files_within(collection: &Collection, source: &ListSource) -> Vec<PathBuf> {
    let wanted = Wanted::by_the_settings(collection, source);
    // What is in the web is no file, so that the entries do not matter.
    let lists = lists_within(collection, &wanted, &List::default(), &mut |_| {});
    let files = lists.into_iter().filter_map(|list| match list.place {
        ListPlace::File(path) => Some(path),
        ListPlace::Web(_) => None,
    });
    files.collect()
}

impl ListPlace {
    fn shown(&self) -> String {
        match self {
            ListPlace::File(path) => path.display().to_string(),
            ListPlace::Web(url) => url.to_string(),
        }
    }
}

/// A list of the settings of the one that names it.
fn named(
    outer: &ListSource,
    name: String,
    place: ListPlace,
    base: Option<Url>,
    is_guess: bool,
) -> Wanted<'static> {
    let source = ListSource {
        source: place.shown(),
        name: Some(name),
        base,
        labels: outer.labels,
        depth: 0,
        keep: outer.keep,
        exclude: outer.exclude.clone(),
        entries: Vec::new(),
    };
    let named_by = Some(outer.name());
    Wanted { source: Cow::Owned(source), place, named_by, is_guess }
}

/// The sub-list that the settings name by its link.
fn named_entry(
    source: &ListSource,
    entry: &EntrySettings,
    list: &List,
    links: Option<&(&Path, LocalLinks)>,
) -> Option<Sublist> {
    let Some(url) = entry.as_url() else {
        let (path, links) = links?;
        let link = links.find(&entry.url)?;
        let file = links.file(&link)?;
        return Some(local(source, path, file, false));
    };
    let canonical = CanonicalUrl::from_url(&url);
    let is_listed = list.entries.iter().any(|listed| Some(&listed.canonical) == canonical.as_ref());
    is_listed.then_some(Sublist { place: ListPlace::Web(url), base: None, is_guess: false })
}

/// The files that a list links to and that may be lists.
fn local_lists(
    source: &ListSource,
    path: &Path,
    links: &LocalLinks,
    left_out: &[&EntrySettings],
    known: &[PathBuf],
    warn: &mut dyn FnMut(String),
) -> Vec<Sublist> {
    let left_out: Vec<String> =
        left_out.iter().filter_map(|entry| links.find(&entry.url)).collect();
    let mut found = Vec::new();
    for link in links.paths().filter(|link| !left_out.contains(link)) {
        let Some(file) = links.file(&link) else {
            if list::source::may_be_list(&link) {
                warn(format!("`{link}` is not read as a list: there is no such file in reach"));
            }
            continue;
        };
        let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let stem = stem.to_lowercase();
        // What has a language behind it is a translation.
        let is_other_readme = stem.starts_with("readme") && stem != "readme";
        let is_list = file.to_str().is_some_and(list::source::may_be_list);
        if is_list && !is_other_readme && !ABOUT.contains(&stem.as_str()) && !known.contains(&file)
        {
            found.push(local(source, path, file, true));
        }
    }
    found
}

/// A sub-list in a file; its relative links are resolved as those of the list that names it.
fn local(source: &ListSource, outer: &Path, file: PathBuf, is_guess: bool) -> Sublist {
    let folder = collection::place_of(outer).ok();
    let folder = folder.as_deref().and_then(Path::parent);
    let way = folder.and_then(|folder| collection::relative_path(folder, &file));
    let base = source
        .base
        .as_ref()
        .zip(way)
        .and_then(|(base, way)| list::source::reading_page(base).join(&way).ok());
    Sublist { place: ListPlace::File(file), base, is_guess }
}

/// The entries that may be lists of the web.
fn web_lists(list: &List, left_out: &[&EntrySettings]) -> Vec<Sublist> {
    let left_out: Vec<CanonicalUrl> = left_out
        .iter()
        .filter_map(|entry| entry.as_url())
        .filter_map(|url| CanonicalUrl::from_url(&url))
        .collect();
    let entries = list.entries.iter().filter(|entry| !left_out.contains(&entry.canonical));
    let urls = entries.filter_map(|entry| Url::parse(&entry.url).ok());
    urls.filter(list::source::may_be_web_list)
        .map(|url| Sublist { place: ListPlace::Web(url), base: None, is_guess: true })
        .collect()
}

/// The files of the lists that the settings name, without detours.
fn files_of_settings(collection: &Collection) -> Vec<PathBuf> {
    let lists = collection.settings.lists.iter().filter(|list| list.as_url().is_none());
    lists.filter_map(|list| collection.dir.join(&list.source).canonicalize().ok()).collect()
}
