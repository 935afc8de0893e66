//! Extractors: threads that read pages, and the workers that read the risky ones.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::OnceLock,
    time::{Duration, Instant},
};

use crate::{
    crawl::Stop,
    error::Error,
    extract::{self, Extraction, Input},
    page::Page,
    store::Store,
    worker::{self, Failure, Launch},
};

/// The mark that extraction has begun and has not come to an orderly end.
const MARK: (&str, &str) = ("run", "extracting");

/// The version of what was not read for a reason that lies not with the page; it is read again by
/// the next update.
const UNREAD: u32 = 0;

/// How long pages in hand are still read when somebody has asked to stop. It is a hundred ordinary
/// pages; the others are in the store and are read by the next update.
const GRACE: Duration = Duration::from_secs(1);

/// What reads pages.
pub(crate) struct Extractors {
    pub(crate) jobs: usize,
    workers: worker::Pool,
    stop: Stop,
    stopped_at: OnceLock<Instant>,
    /// Whether any of the pages may be what ended an earlier update.
    suspects: bool,
}

/// What was found on a page, and the version of the extractor that found it.
pub(crate) struct Extracted {
    pub(crate) extraction: Extraction,
    pub(crate) version: u32,
    /// Whether the extractor came to its end, so that the text is all there is.
    pub(crate) is_known: bool,
}

impl Extractors {
    /// Extractors on so many threads. Workers are started by that command line, and without one
    /// risky pages are not read.
    pub(crate) fn new(jobs: usize, launch: Option<Launch>, stop: &Stop) -> Extractors {
        let workers = worker::Pool::new(launch);
        let stopped_at = OnceLock::new();
        Extractors { jobs, workers, stop: stop.clone(), stopped_at, suspects: false }
    }

    /// The same for pages that an update may have left unread because one of them ended it: each
    /// is read in a worker, alone.
    pub(crate) fn for_suspects(self) -> Extractors {
        Extractors { suspects: true, ..self }
    }

    /// Reads a page; none when somebody asked to stop before that was done.
    pub(crate) fn extract(&self, page: &Page, titles: &[String]) -> Option<Extracted> {
        if self.is_over() {
            return None;
        }
        let input = Input {
            body: &page.body,
            url: &page.final_url,
            content_type: page.header("content-type"),
            listed_titles: titles,
        };
        let found = if self.suspects || extract::is_risky(&input) {
            self.workers.extract(&input, &|| self.is_over())
        } else {
            let extract = AssertUnwindSafe(|| extract::extract(&input));
            panic::catch_unwind(extract).map_err(|_| Failure::Panicked)
        };
        let version = match &found {
            Err(Failure::Stopped) => return None,
            Err(Failure::NotStarted(_)) => UNREAD,
            _ => extract::VERSION,
        };
        let is_known = found.is_ok();
        let extraction = found.unwrap_or_else(Extraction::from);
        Some(Extracted { extraction, version, is_known })
    }

    /// Whether nothing is to be read any more.
    fn is_over(&self) -> bool {
        let is_late = || self.stopped_at.get_or_init(Instant::now).elapsed() > GRACE;
        self.stop.is_abandoned() || (self.stop.is_stopped() && is_late())
    }

    /// Whether the mark of an earlier update goes away when everything has been read.
    pub(crate) fn clears_suspicion(&self) -> bool {
        self.suspects && !self.stop.is_stopped()
    }
}

/// Whether the last extraction came to no orderly end: the process died, or its machine.
pub(crate) fn is_marked(store: &Store) -> Result<bool, Error> {
    Ok(store.value(MARK.0, MARK.1)?.unwrap_or(false))
}

/// Marks that extraction begins, or that it has ended.
pub(crate) fn mark(store: &mut Store, is_begun: bool) -> Result<(), Error> {
    store.keep(MARK.0, MARK.1, is_begun.then_some(&true))
}
