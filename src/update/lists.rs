//! Reading the lists of a collection, from files and from the web.

use std::{borrow::Cow, collections::VecDeque, fs::File, io::Read};

use url::Url;

use crate::{
    canonical::CanonicalUrl,
    collection::{Collection, ListSource},
    crawl::{self, Event, Stop, Visit},
    error::{Error, ListFault},
    list::{self, List, Warning},
    page::Page,
    store::{Postponed, Store},
    update::{report::Progress, revisit},
};

/// Sitemaps that are read of one index; each may hold 50,000 addresses.
const MOST_SITEMAPS: usize = 50;

/// The lists of a collection as they were read.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    /// The lists, those that others name right after these.
    pub(crate) lists: Vec<List>,
    /// Names of lists that another one names, with the name of that.
    pub(crate) roots: Vec<(String, String)>,
    /// Names of lists of the settings that could not be had, or a part of which could not.
    pub(crate) unread: Vec<String>,
}

/// Reads every list, from the web unless there is no `crawl`. One that cannot be had is replaced by
/// its last good copy, or left out with a warning; when none is left, that is an error.
pub(crate) fn read(
    collection: &Collection,
    crawl: Option<&crawl::CrawlOptions>,
    store: &mut Store,
    stop: &Stop,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Lists, Error> {
    let Lists { mut lists, mut roots, mut unread } = Lists::default();
    let mut errors = Vec::new();
    let named = collection.settings.lists.iter();
    let mut sources: VecDeque<Wanted<'_>> = named.map(Wanted::by_the_settings).collect();
    while let Some(Wanted { source, url, named_by }) = sources.pop_front() {
        let source = source.as_ref();
        // Its address says little to whoever has not read the list that names it.
        let shown = named_by.as_deref().unwrap_or(&source.source);
        let read = match url {
            Some(url) => fetched(crawl, source, &url, shown, store, stop, on_progress),
            None => from_file(collection, source),
        };
        match read {
            Ok(list) => {
                for warning in &list.warnings {
                    let (line, message) = (warning.line, warning.message.as_str());
                    on_progress(Progress::Warning { list: &list.name, line, message });
                }
                if named_by.is_none() {
                    let within = lists_within(source, &list, on_progress);
                    within.into_iter().rev().for_each(|wanted| sources.push_front(wanted));
                }
                if let Some(root) = named_by.filter(|root| *root != list.name) {
                    roots.push((list.name.clone(), root));
                }
                lists.push(list);
            }
            Err(error) => {
                errors.push((shown.to_owned(), error));
                unread.push(named_by.unwrap_or_else(|| source.name()));
            }
        }
    }
    // Without any list the first error is that of the update.
    let is_fatal = usize::from(lists.is_empty());
    for (list, error) in errors.iter().skip(is_fatal) {
        on_progress(Progress::Warning { list, line: 0, message: &error.to_string() });
    }
    match errors.into_iter().next() {
        Some((_, error)) if lists.is_empty() => Err(error),
        None if lists.is_empty() => Err(Error::Settings {
            path: collection.dir.join(crate::collection::SETTINGS_FILE),
            message: "it names no list".into(),
        }),
        _ => Ok(Lists { lists, roots, unread }),
    }
}

/// Reads every list as the last update found it, without a request.
///
/// # Errors
/// [`Error::List`] when no list can be read, [`Error::Store`] when the page store cannot be.
pub(crate) fn read_stored(collection: &Collection, store: &mut Store) -> Result<Vec<List>, Error> {
    read(collection, None, store, &Stop::default(), &mut |_| {}).map(|read| read.lists)
}

/// A list that is to be read.
struct Wanted<'c> {
    source: Cow<'c, ListSource>,
    /// Where it is in the web; none for a file.
    url: Option<Url>,
    /// The name of the list that names it; none when the settings do. Only they name files.
    named_by: Option<String>,
}

impl<'c> Wanted<'c> {
    fn by_the_settings(source: &'c ListSource) -> Wanted<'c> {
        Wanted { source: Cow::Borrowed(source), url: source.as_url(), named_by: None }
    }

    /// A list that another one names; none unless it is in the web.
    fn by_a_list(outer: &ListSource, address: &str, name: Option<String>) -> Option<Self> {
        let source = ListSource {
            source: address.to_owned(),
            name,
            base: None,
            labels: outer.labels,
            entries: Vec::new(),
        };
        let url = source.as_url()?;
        Some(Wanted { source: Cow::Owned(source), url: Some(url), named_by: Some(outer.name()) })
    }
}

/// The lists that a list names and that are to be read as well, right after it: the sitemaps of a
/// sitemap index under the name of the index, and entries whose `depth` is 1 under their own names.
/// Lists within those are not followed.
fn lists_within(
    source: &ListSource,
    list: &List,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Vec<Wanted<'static>> {
    let sitemaps = list.sitemaps.iter().take(MOST_SITEMAPS);
    if list.sitemaps.len() > MOST_SITEMAPS {
        let all = list.sitemaps.len();
        let message = format!("only the first {MOST_SITEMAPS} of its {all} sitemaps are read");
        on_progress(Progress::Warning { list: &list.name, line: 0, message: &message });
    }
    let mut lists: Vec<_> =
        sitemaps.filter_map(|url| Wanted::by_a_list(source, url, Some(source.name()))).collect();
    for entry in source.entries.iter().filter(|entry| entry.depth > 0) {
        let canonical = CanonicalUrl::from_url(&entry.url);
        if list.entries.iter().any(|listed| Some(&listed.canonical) == canonical.as_ref()) {
            lists.extend(Wanted::by_a_list(source, entry.url.as_str(), None));
        } else {
            let message = format!("it has no entry `{}` to be read as a list", entry.url);
            on_progress(Progress::Warning { list: &list.name, line: 0, message: &message });
        }
    }
    lists
}

fn parse_options(source: &ListSource, base: Option<Url>) -> list::ListOptions {
    list::ListOptions {
        name: source.name(),
        base: source.base.clone().or(base),
        labels: source.labels,
    }
}

fn from_file(collection: &Collection, source: &ListSource) -> Result<List, Error> {
    let path = collection.dir.join(&source.source);
    let mut bytes = Vec::new();
    let most = list::MAX_BYTES as u64 + 1;
    let read = File::open(&path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    read.map_err(|e| Error::List {
        name: path.display().to_string(),
        message: e.to_string(),
        fault: ListFault::Source,
    })?;
    let parsed = list::parse(&bytes, &parse_options(source, None));
    // A list that somebody has just begun, or taken everything out of; the publish gate keeps the index.
    let names_nothing = bytes.len() <= list::MAX_BYTES
        && std::str::from_utf8(&bytes).is_ok_and(|text| !text.contains("://"));
    if parsed.is_err() && names_nothing {
        let message = "it has no entries".to_owned();
        return Ok(List {
            name: source.name(),
            warnings: vec![Warning { line: 0, message }],
            ..List::default()
        });
    }
    parsed
}

/// The list at a URL: what the web says now, else the last good copy.
fn fetched(
    crawl: Option<&crawl::CrawlOptions>,
    source: &ListSource,
    url: &Url,
    shown: &str,
    store: &mut Store,
    stop: &Stop,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<List, Error> {
    let mut problem = None;
    for address in list::source::fetch_plan(url) {
        problem = match ask(crawl, store, &address, stop)? {
            Ok(None) => None,
            Ok(Some(page)) => {
                let parsed = list::parse(&page.body, &parse_options(source, Some(address.clone())));
                if parsed.is_ok() {
                    store.set_list(address.as_str(), &page)?;
                    return parsed;
                }
                parsed.err().map(|e| e.to_string())
            }
            Err(problem) => Some(problem),
        };
        if let Some(copy) = store.list(address.as_str())? {
            if let Some(problem) = &problem {
                let day = copy.fetched_at.strftime("%Y-%m-%d");
                let which = match shown == source.source {
                    true => String::new(),
                    false => format!("`{}`: ", source.source),
                };
                let message = format!("{which}{problem}; using the copy of {day}");
                on_progress(Progress::Warning { list: shown, line: 0, message: &message });
            }
            return list::parse(&copy.body, &parse_options(source, Some(address)));
        }
    }
    Err(Error::List {
        name: source.source.clone(),
        message: problem.unwrap_or_else(|| "no answer".into()),
        fault: ListFault::Network,
    })
}

/// What the web says at an address: a body, none if it is the same as before, or why there is
/// nothing.
fn ask(
    crawl: Option<&crawl::CrawlOptions>,
    store: &mut Store,
    address: &Url,
    stop: &Stop,
) -> Result<Result<Option<Page>, String>, Error> {
    let Some(crawl) = crawl else {
        return Ok(Err("not fetched, since this update is offline".to_owned()));
    };
    let now = (crawl.clock)();
    let postponed = store.postponed_list(address.as_str())?;
    let until = postponed.map(|postponed| revisit::due_after(postponed.at, postponed.until, now));
    if let Some(until) = until.filter(|until| *until > now) {
        let until = until.strftime("%Y-%m-%d %H:%M UTC");
        return Ok(Err(format!("the site asks not to be visited before {until}")));
    }
    let page = fetch(crawl, store, address, stop)?;
    Ok(match page.outcome {
        _ if page.is_not_modified() => Ok(None),
        outcome if outcome.is_good() && !page.body.is_empty() => Ok(Some(page)),
        outcome => {
            if let Some(until) = page.come_back {
                store.postpone_list(address.as_str(), Postponed { at: page.fetched_at, until })?;
            }
            Err(match page.reason {
                Some(reason) => format!("{outcome}: {reason}"),
                None => outcome.to_string(),
            })
        }
    })
}

fn fetch(
    crawl: &crawl::CrawlOptions,
    store: &mut Store,
    url: &Url,
    stop: &Stop,
) -> Result<Page, Error> {
    let validators = store.list_validators(url.as_str())?;
    let visit = Visit { url: url.to_string(), validators, date_listed: None };
    let mut page = None;
    let settings = crawl::CrawlOptions { policy: crawl.policy.plain(), ..crawl.clone() };
    let origin = url.origin().ascii_serialization();
    let robots = store.robots(&origin)?.map(|copy| (origin, copy));
    let robots = robots.into_iter().collect();
    let mut stored = Ok(());
    crawl::crawl(vec![visit], &settings, robots, stop, &mut |event| match event {
        Event::Page(answer) => page = Some(*answer),
        Event::Robots { origin, copy } => stored = store.set_robots(&origin, &copy),
        Event::Request { .. } | Event::NoNetwork => {}
    })?;
    stored?;
    page.ok_or(Error::Interrupted)
}
