//! Updating a collection: lists → crawl → store → extract → index → publish.

pub(crate) mod clock;
mod corpus;
mod desk;
mod documents;
mod due;
mod extractors;
mod further;
mod gate;
mod lists;
mod lock;
mod loss;
mod pages;
mod report;
mod text;

use std::{num::NonZero, thread, time::Duration};

use ipnet::IpNet;
use jiff::Timestamp;
use serde_json::Value;

use crate::{
    aliases::Aliases,
    canonical,
    collection::Collection,
    crawl::Stop,
    engine::local::{
        generations::{Generations, Integrity, Manifest},
        metadata,
    },
    error::Error,
    extract, list,
    store::Store,
    update::{documents::Survey, lock::Lock},
    worker::Launch,
};

pub use crate::update::report::{Progress, Report, Row};
pub(crate) use crate::update::{
    due::due_at, lists::read_stored as read_stored_lists, text::plain as plain_text,
};

/// How to update.
#[derive(Clone, Debug)]
pub struct Options {
    /// Send no request: rebuild from the stored pages.
    pub offline: bool,
    /// Visit every page, due or not, even those that an interrupted update has visited.
    pub refresh: bool,
    /// Build and publish even if the index lost more than the limit, or is there already.
    pub force: bool,
    /// Say what would be visited and stop there.
    pub dry_run: bool,
    /// Afterwards forget older versions of texts, and pages that no list has any more.
    pub prune: bool,
    /// Delay between two requests to a host, in place of the collection's.
    pub delay: Option<Duration>,
    /// Networks to be treated as public, beside the collection's.
    pub allow_net: Vec<IpNet>,
    /// The command line that starts a worker of [`crate::worker`]. Without one, PDF files are not
    /// read, and large pages within this process.
    pub worker: Option<Launch>,
    /// Threads for extraction and indexing; 0 for one a core.
    pub jobs: usize,
    /// Reads the wall clock.
    pub clock: fn() -> Timestamp,
}

impl Options {
    /// The defaults, with the clock to read.
    pub fn new(clock: fn() -> Timestamp) -> Options {
        Options {
            offline: false,
            refresh: false,
            force: false,
            dry_run: false,
            prune: false,
            delay: None,
            allow_net: Vec::new(),
            worker: None,
            jobs: 0,
            clock,
        }
    }
}

/// Brings a collection up to date and publishes its index.
///
/// What was fetched is kept whatever happens; the published index changes only at the very end.
///
/// # Errors
/// [`Error::Locked`] when another process updates, [`Error::List`] when no list can be read,
/// [`Error::Interrupted`] after `stop`, [`Error::Store`], [`Error::Io`] and [`Error::Engine`] as
/// they come. A refused index is no error here: see [`Report::refused`].
pub fn update(
    collection: &Collection,
    options: &Options,
    stop: &Stop,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Report, Error> {
    let mut report = Report::new((options.clock)());
    let _lock = Lock::take(&collection.dir, report.started_at)?;
    let mut store = Store::open(&collection.store_path())?;
    let done = run(collection, options, &mut store, &mut report, stop, on_progress);
    report.end((options.clock)());
    match &done {
        Ok(()) => {}
        Err(Error::Interrupted) => report.interrupted = true,
        Err(error) => report.failed = Some(canonical::discreet(&error.to_string()).into_owned()),
    }
    let logged = if options.dry_run { Ok(()) } else { store.log_run(&report) };
    // A store that cannot be written has most likely failed before; that is the error to report.
    done.and(logged).map(|()| report)
}

/// The steps of an update, each noted in the report.
fn run(
    collection: &Collection,
    options: &Options,
    store: &mut Store,
    report: &mut Report,
    stop: &Stop,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), Error> {
    let now = report.started_at;
    if !options.dry_run {
        forget_userinfo(store)?;
    }
    let mut aliases = collection.aliases()?;
    // Lists, pages and what they lead to are one crawl to the hosts: its settings keep the delays.
    let crawl = pages::crawl_settings(collection, options);
    let lists = lists::read(
        collection,
        Some(&crawl).filter(|_| !options.offline),
        store,
        stop,
        &mut |progress| {
            report.note(&progress);
            on_progress(progress);
        },
    )?;
    let has_all = lists.len() >= collection.settings.lists.len();
    report.entries = lists.iter().map(|list| list.entries.len() as u64).sum();
    let mut entries = list::merge(lists);
    for entry in list::crowded(&entries) {
        let message = "it is listed so often that not all titles, tags and places are kept";
        on_progress(Progress::Warning { list: &entry.url, line: 0, message });
    }
    list::infer_companies(&mut entries, &aliases);
    let unlike = aliases.fold_tags(&entries);
    if unlike > 0 {
        let message = format!("{unlike} tags are kept as written: there are too many to compare");
        on_progress(Progress::Warning { list: "all lists", line: 0, message: &message });
    }
    on_progress(Progress::Listed { entries: report.entries, documents: entries.len() as u64 });

    // From here on the store has the entries: lists may be longer than memory is wide.
    let listed = entries.iter().map(|e| (e.canonical.as_str(), e.url.as_str(), e.title(), e));
    store.hold(listed)?;
    drop(entries);
    let due = due::enqueue(store, options, now, &mut |url| {
        if options.dry_run {
            on_progress(Progress::WouldVisit { url });
        }
    })?;
    if options.dry_run {
        return Ok(());
    }
    (report.added, report.removed) = store.see(now, has_all)?;
    let jobs = match options.jobs {
        0 => thread::available_parallelism().map_or(1, NonZero::get),
        jobs => jobs,
    };
    let suspects = store.is_extracting()?;
    let work = pages::Work { crawl: &crawl, options, jobs, suspects, stop };
    work.extract_stored(store, report, on_progress)?;
    let has_follow_ups = !options.offline && store.has_follow_ups()?;
    if due > 0 || has_follow_ups {
        work.visit(due, store, report, on_progress)?;
    }
    if stop.is_stopped() {
        return Err(Error::Interrupted);
    }
    due::finish(store)?;
    publish(collection, options, store, report, &aliases, jobs, on_progress)?;
    if options.prune && report.refused.is_none() {
        store.prune()?;
    }
    Ok(())
}

/// Takes user names and passwords out of a store that an older version has filled, once.
fn forget_userinfo(store: &mut Store) -> Result<(), Error> {
    if !store.is_without_userinfo()? {
        store.change_addresses(without_userinfo)?;
        store.set_without_userinfo()?;
    }
    Ok(())
}

/// A stored text without user names and passwords; none when it has none.
fn without_userinfo(text: &str) -> Option<String> {
    let cut = canonical::without_userinfo(text)?;
    // What stands between two strings of an object must not be taken for a password.
    match serde_json::from_str(text) {
        Ok(mut value @ (Value::Object(_) | Value::Array(_))) => {
            cut_strings(&mut value).then(|| value.to_string())
        }
        _ => Some(cut),
    }
}

/// Cuts user names and passwords out of the strings of a value, and says whether there were any.
fn cut_strings(value: &mut Value) -> bool {
    let cut_any = |cut_before, value| cut_strings(value) || cut_before;
    match value {
        Value::String(text) => match canonical::without_userinfo(text) {
            Some(cut) => {
                *text = cut;
                true
            }
            None => false,
        },
        Value::Array(values) => values.iter_mut().fold(false, cut_any),
        Value::Object(values) => values.values_mut().fold(false, cut_any),
        _ => false,
    }
}

/// Builds the index of what the store holds and publishes it, unless it is there already or the
/// gate refuses it.
fn publish(
    collection: &Collection,
    options: &Options,
    store: &mut Store,
    report: &mut Report,
    aliases: &Aliases,
    jobs: usize,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), Error> {
    let generations = Generations::of(&collection.dir);
    let published = generations.manifest()?;
    let gate = published.as_ref().filter(|_| !options.force);
    let settings = &collection.settings.publish;
    let Survey { fingerprint, sketches, failures } = documents::survey(store, aliases)?;
    let before = store.failed_pages()?;
    if let Some(old) = gate
        && let Some(reason) = gate::failures(failures, before.unwrap_or(0), settings)
    {
        (report.documents, report.full_texts) = (old.documents, old.full_texts);
        return refuse(&generations, report, reason);
    }
    let would_be_built = |old: &&Manifest| !options.force && old.fingerprint == fingerprint;
    let is_there = match published.as_ref().filter(would_be_built) {
        // What a disk has damaged at its full length opens all the same.
        Some(_) => generations.verify()? == Some(Integrity::Intact) && generations.opens(),
        None => false,
    };
    if let Some(old) = published.as_ref().filter(|_| is_there) {
        (report.documents, report.full_texts) = (old.documents, old.full_texts);
        report.merged = old.merged;
        generations.confirm()?;
    } else {
        on_progress(Progress::Indexing { documents: store.count_held()? });
        let draft = generations.begin()?;
        let (built, merged) = documents::build(store, sketches, &draft.path, aliases, jobs)?;
        (report.documents, report.full_texts) = (built.documents, built.full_texts);
        report.merged = merged;
        let manifest = Manifest {
            built_at: report.started_at,
            documents: built.documents,
            full_texts: built.full_texts,
            merged,
            provenance: built.provenance,
            fingerprint,
            ..Manifest::default()
        };
        if let Some(reason) = gate.and_then(|old| gate::loss(old, &manifest, settings)) {
            return refuse(&generations, report, reason);
        }
        // The store outlasts a power cut before the index that was made of it does.
        store.sync()?;
        generations.publish(&draft, manifest)?;
        report.generation = Some(draft.number);
    }
    store.set_failed_pages(failures.failed)
}

fn refuse(generations: &Generations, report: &mut Report, reason: String) -> Result<(), Error> {
    generations.refuse(report.started_at, &reason)?;
    report.refused = Some(reason);
    Ok(())
}

/// The versions that make a stored text or an index stale.
pub fn versions() -> String {
    format!("extractor {}, index {}", extract::VERSION, metadata::VERSION)
}
