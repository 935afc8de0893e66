//! Updating a collection: lists → crawl → store → extract → index → publish.

mod documents;
mod gate;
mod lists;
mod lock;
mod pages;
mod report;
mod status;

use std::{num::NonZero, thread, time::Duration};

use ipnet::IpNet;
use jiff::Timestamp;

use crate::{
    collection::Collection,
    crawl::Stop,
    error::Error,
    extract,
    index::{
        self,
        generation::{Generations, Manifest},
    },
    list,
    store::Store,
    update::lock::Lock,
};

pub use crate::update::{
    report::{Progress, Report, Row},
    status::{Status, status},
};

/// How to update.
#[derive(Clone, Debug)]
pub struct Options {
    /// Send no request: rebuild from the stored pages.
    pub offline: bool,
    /// Visit every page, even those that an interrupted update has visited.
    pub refresh: bool,
    /// Publish although the index lost more than the limit.
    pub force: bool,
    /// Say what would be visited and stop there.
    pub dry_run: bool,
    /// Delay between two requests to a host, in place of the collection's.
    pub delay: Option<Duration>,
    /// Networks to be treated as public, beside the collection's.
    pub allow_net: Vec<IpNet>,
    /// Threads for extraction and indexing; 0 for one a core.
    pub jobs: usize,
    /// Reads the wall clock.
    pub clock: fn() -> Timestamp,
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
    let started = (options.clock)();
    let _lock = Lock::take(&collection.dir, started)?;
    let mut store = Store::open(&collection.store_path())?;
    let aliases = collection.aliases()?;
    let generations = Generations::of(&collection.dir);
    let mut report = Report::new(started);

    let lists = lists::read(collection, options, &mut store, stop, on_progress)?;
    report.entries = lists.iter().map(|list| list.entries.len() as u64).sum();
    let mut entries = list::merge(lists);
    list::infer_companies(&mut entries, &aliases);
    on_progress(Progress::Listed { entries: report.entries, documents: entries.len() as u64 });

    let visits = pages::due(&store, &entries, options)?;
    if options.dry_run {
        visits.iter().for_each(|visit| on_progress(Progress::WouldVisit { url: &visit.url }));
        return Ok(report);
    }
    let jobs = match options.jobs {
        0 => thread::available_parallelism().map_or(1, NonZero::get),
        jobs => jobs,
    };
    let work = pages::Work { collection, options, entries: &entries, jobs, stop };
    work.extract_stored(&mut store, &mut report)?;
    if !visits.is_empty() {
        work.visit(visits, &mut store, &mut report, on_progress)?;
    }
    if stop.is_stopped() {
        return Err(Error::Interrupted);
    }
    pages::finish(&mut store)?;

    let fingerprint = documents::fingerprint(&store, &entries, &aliases)?;
    let published = generations.manifest()?;
    if let Some(manifest) = published.as_ref().filter(|old| old.fingerprint == fingerprint) {
        report.documents = manifest.documents;
        report.full_texts = manifest.full_texts;
        generations.confirm()?;
        return Ok(report.ended((options.clock)()));
    }
    on_progress(Progress::Indexing { documents: entries.len() as u64 });
    let draft = generations.begin()?;
    let mut documents = documents::Documents::new(&mut store, entries);
    let built = index::build(&draft.path, &mut documents, &aliases, jobs)?;
    documents.result()?;
    report.documents = built.documents;
    report.full_texts = built.full_texts;
    let manifest = Manifest {
        built_at: started,
        documents: built.documents,
        full_texts: built.full_texts,
        fingerprint,
    };
    let limit = collection.settings.publish.max_loss;
    let loss = published.and_then(|old| gate::loss(&old, &manifest, limit));
    match loss.filter(|_| !options.force) {
        Some(reason) => {
            let day = started.strftime("%Y-%m-%d");
            generations.refuse(draft, &format!("the rebuild of {day} was refused: {reason}"))?;
            report.refused = Some(reason);
        }
        None => {
            generations.publish(&draft, &manifest)?;
            report.generation = Some(draft.number);
        }
    }
    Ok(report.ended((options.clock)()))
}

/// The versions that make a stored text or an index stale.
pub fn versions() -> String {
    format!("extractor {}, index {}", extract::VERSION, index::VERSION)
}
