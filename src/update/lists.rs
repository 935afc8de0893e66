//! Reading the lists of a collection, from files and from the web.

use std::{
    collections::{HashSet, VecDeque},
    fs::File,
    io::Read,
    path::Path,
};

use url::Url;

use crate::{
    canonical::CanonicalUrl,
    collection::{Collection, ListSource},
    crawl::{self, Event, Stop, Visit},
    entry::Entry,
    error::{Error, ListFault},
    list::{self, List, Warning},
    page::Page,
    store::{Postponed, Store},
    update::{
        exclusions::Exclusions,
        report::Progress,
        revisit,
        sublists::{ListPlace, Wanted, lists_within},
    },
};

/// Entries that are read of lists that others name.
const MOST_ENTRIES_WITHIN: usize = 1_000_000;

/// The lists of a collection as they were read.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    /// The lists, those that others name right after these.
    pub(crate) lists: Vec<List>,
    /// Names of lists that another one names, with the name of that.
    pub(crate) roots: Vec<(String, String)>,
    /// Names of the lists that were to be read.
    pub(crate) wanted: Vec<String>,
    /// Names of those that could not be had.
    pub(crate) unread: Vec<String>,
    /// Names of those that could not be had as they are now, so that an older copy stands in.
    pub(crate) outdated: Vec<String>,
    /// Names of those whose entries stay when they do not have them any more.
    pub(crate) kept: Vec<String>,
    /// What the settings leave out of all of them.
    pub(crate) exclusions: Exclusions,
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
    let mut all = Lists::default();
    let Lists { lists, roots, wanted, unread, outdated, kept, exclusions } = &mut all;
    let mut errors = Vec::new();
    let mut within = 0;
    let named = collection.settings.lists.iter();
    let mut places: VecDeque<Wanted<'_>> =
        named.map(|source| Wanted::by_the_settings(collection, source)).collect();
    while let Some(place) = places.pop_front() {
        let source = place.source.as_ref();
        wanted.push(source.name());
        if place.named_by.is_some() && within >= MOST_ENTRIES_WITHIN {
            let message = "it is left out: the lists before it have too many entries";
            on_progress(Progress::Warning { list: &source.source, line: 0, message });
            unread.push(source.name());
            continue;
        }
        // Its address says little to whoever has not read the list that names it.
        let shown = place.named_by.as_deref().unwrap_or(&source.source);
        let read = match &place.place {
            ListPlace::Web(url) => {
                let fetched = fetched(crawl, source, url, shown, store, stop, on_progress);
                fetched.map(|Fetched { list, is_outdated }| {
                    outdated.extend(is_outdated.then(|| source.name()));
                    list
                })
            }
            ListPlace::File(path) => from_file(path, source),
        };
        match read {
            Ok(mut list) => {
                if source.keep.unwrap_or(list.is_feed) {
                    add_kept(&mut list, store)?;
                    kept.push(list.name.clone());
                }
                exclusions.apply(&mut list, &collection.settings.exclude, &source.exclude);
                for warning in &list.warnings {
                    let (line, message) = (warning.line, warning.message.as_str());
                    on_progress(Progress::Warning { list: &list.name, line, message });
                }
                match &place.named_by {
                    None => {
                        let lists = lists_within(collection, &place, &list, on_progress);
                        lists.into_iter().rev().for_each(|place| places.push_front(place));
                    }
                    Some(root) => {
                        within += list.entries.len();
                        roots.push((list.name.clone(), root.clone()));
                    }
                }
                lists.push(list);
            }
            // It may be no list at all, which nobody has to repair.
            Err(Error::List { fault: ListFault::Format, message, .. }) if place.is_guess => {
                let message = format!("`{}` is not read as a list: {message}", source.source);
                on_progress(Progress::Warning { list: shown, line: 0, message: &message });
            }
            Err(error) => {
                errors.push((shown.to_owned(), error));
                unread.push(source.name());
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
        _ => Ok(all),
    }
}

/// Adds to a list the entries that it had and does not have any more.
fn add_kept(list: &mut List, store: &Store) -> Result<(), Error> {
    let has: HashSet<CanonicalUrl> =
        list.entries.iter().map(|entry| entry.canonical.clone()).collect();
    let kept: Vec<Entry> = store.kept_entries(&list.name)?;
    list.entries.extend(kept.into_iter().filter(|entry| !has.contains(&entry.canonical)));
    Ok(())
}

/// Reads every list as the last update found it, without a request.
///
/// # Errors
/// [`Error::List`] when no list can be read, [`Error::Store`] when the page store cannot be.
pub(crate) fn read_stored(collection: &Collection, store: &mut Store) -> Result<Vec<List>, Error> {
    read(collection, None, store, &Stop::default(), &mut |_| {}).map(|read| read.lists)
}

fn parse_options(source: &ListSource, base: Option<Url>) -> list::ListOptions {
    list::ListOptions {
        name: source.name(),
        base: source.base.clone().or(base),
        labels: source.labels,
    }
}

fn from_file(path: &Path, source: &ListSource) -> Result<List, Error> {
    let mut bytes = Vec::new();
    let most = list::MAX_BYTES as u64 + 1;
    let read = File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
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

/// A list from the web.
struct Fetched {
    list: List,
    /// Whether it is an older copy of one that could not be had.
    is_outdated: bool,
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
) -> Result<Fetched, Error> {
    let mut problem = None;
    for address in list::source::fetch_plan(url) {
        let mut failure = None;
        problem = match ask(crawl, store, &address, stop)? {
            Ok(None) => None,
            Ok(Some(page)) => {
                let parsed = list::parse(&page.body, &parse_options(source, Some(address.clone())));
                match parsed {
                    Ok(list) => {
                        store.set_list(address.as_str(), &page)?;
                        return Ok(Fetched { list, is_outdated: false });
                    }
                    Err(error) => failure.insert(error).to_string().into(),
                }
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
            let list = list::parse(&copy.body, &parse_options(source, Some(address)))?;
            return Ok(Fetched { list, is_outdated: problem.is_some() });
        }
        // What is there is no list; another name would be another file.
        if let Some(failure) = failure {
            return Err(failure);
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
