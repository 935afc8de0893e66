//! Extractors: threads that read pages, and the workers that read the risky ones.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

use crate::{
    crawl::Stop,
    extract::{self, Extraction, Input},
    page::Page,
    worker::{Launch, Pool, WorkerFailure},
};

/// The version of what was not read for a reason that lies not with the page; it is read again by
/// the next update.
const UNREAD: u32 = 0;

/// How long pages in hand are still read when somebody has asked to stop. It is a hundred ordinary
/// pages; the others are in the store and are read by the next update.
const GRACE: Duration = Duration::from_secs(1);

/// What reads pages.
pub(crate) struct Extractors {
    pub(crate) jobs: usize,
    workers: Pool,
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
    /// Extractors on `jobs` threads, and workers that are started by a command line.
    pub(crate) fn new(jobs: usize, launch: Option<Launch>, stop: &Stop) -> Extractors {
        let workers = Pool::new(launch);
        let stopped_at = OnceLock::new();
        Extractors { jobs, workers, stop: stop.clone(), stopped_at, suspects: false }
    }

    /// Extractors that read every page in a worker, alone, since one of them, or one like them, may
    /// have ended an update.
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
            form: page.form,
        };
        let is_over = || self.is_over();
        let found = match self.suspects {
            true => self.workers.extract(&input, &is_over),
            false => self.workers.read(&input, &is_over),
        };
        let version = match &found {
            Err(WorkerFailure::Stopped) => return None,
            Err(WorkerFailure::NotStarted(_) | WorkerFailure::Killed) => UNREAD,
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use crate::{
        crawl::Stop,
        crawl_policy::Policy,
        extract,
        page::{Form, Outcome, Page, Source},
        store::{CopyRole, Store},
        update::{
            extractors::Extractors,
            ingest,
            pipeline::Job,
            report::{Progress, Report},
        },
        worker::Pool,
    };

    const KEY: &str = "https://a.example/";

    fn page() -> Page {
        Page {
            url: KEY.into(),
            final_url: KEY.into(),
            status: Some(200),
            headers: Vec::new(),
            body: b"<p>A page that its reader does not get through.".into(),
            fetched_at: Timestamp::UNIX_EPOCH,
            outcome: Outcome::Ok,
            form: Form::Page,
            reason: None,
            come_back: None,
            source: Source::Live,
            requests: 1,
            wire_bytes: 1,
            elapsed_ms: 1,
        }
    }

    #[test]
    fn a_page_on_which_the_extractor_panics_is_a_page_with_a_reason() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(&dir.path().join("pages.sqlite")).unwrap();
        store.record(KEY, &page()).unwrap();
        let mut report = Report::new(Timestamp::UNIX_EPOCH);
        let mut rows = Vec::new();
        let extractors = Extractors {
            workers: Pool::reading_with(|_| panic!("a mistake")),
            ..Extractors::new(2, None, &Stop::default())
        };
        let mut tell = |progress: Progress<'_>| {
            if let Progress::Visited(row) = progress {
                rows.push((row.outcome, row.reason.clone()));
            }
        };
        let policy = Policy::default();
        let done = ingest::with_ingest(
            &extractors,
            &policy,
            &mut store,
            &mut report,
            &mut tell,
            |ingest| {
                let (key, page, titles) = (KEY.to_owned(), page(), Vec::new());
                ingest.extract(Job { key, role: CopyRole::Last, page, titles, is_visit: true })?;
                ingest.finish()
            },
        );
        done.unwrap();
        let reason = Some("the extractor failed".to_owned());
        assert_eq!(rows, [(Outcome::UnsupportedType, reason)]);
        assert!(store.unjudged(extract::VERSION).unwrap().is_empty());
    }
}
