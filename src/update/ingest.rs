//! The one way in for pages, wherever they come from: they are stored, extracted and judged.

use crate::{
    crawl_policy::Policy,
    entry::Entry,
    error::Error,
    page::Page,
    store::{CopyRole, Store},
    update::{
        extractors::Extractors,
        page_report::PageReport,
        pipeline::{Job, Judged, MOST_BYTES_IN_HAND, MOST_IN_HAND, Pipeline},
        report::{Progress, Report},
        revisit,
    },
};

/// A page that comes in.
pub(crate) struct Arrival {
    /// What lists say of it.
    pub(crate) entry: Entry,
    pub(crate) page: Page,
    /// Whether it completes the last visit to the page, which is recorded already.
    pub(crate) completes_visit: bool,
}

/// Where pages come in. Only the thread that holds it writes into the store.
pub(crate) struct Ingest<'scope, 'a> {
    pub(crate) store: &'a mut Store,
    pub(crate) report: &'a mut Report,
    on_progress: &'a mut dyn FnMut(Progress<'_>),
    pipeline: Pipeline<'scope, 'a>,
    /// Pages that came in and are not committed yet; what reads them may end this process.
    arrived: Vec<Job>,
    arrived_bytes: usize,
    /// Whether the store says that extraction has begun.
    is_marked: bool,
    /// Pages for which a web archive is to be asked.
    for_archive: Vec<Page>,
}

/// Runs `work`, which lets pages in that these extractors read.
///
/// # Errors
/// [`Error::Engine`] when there are no threads, [`Error::Store`] and [`Error::Io`] when the store
/// cannot be written, and those of `work`.
pub(crate) fn with_ingest(
    extractors: &Extractors,
    policy: &Policy,
    store: &mut Store,
    report: &mut Report,
    on_progress: &mut dyn FnMut(Progress<'_>),
    work: impl FnOnce(&mut Ingest<'_, '_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(extractors.jobs).build();
    let pool = pool.map_err(|e| Error::Engine(e.to_string()))?;
    let was_marked = store.is_extracting()?;
    let worked = pool.in_place_scope(|scope| {
        work(&mut Ingest {
            store: &mut *store,
            report,
            on_progress,
            pipeline: Pipeline::new(scope, extractors, policy),
            arrived: Vec::new(),
            arrived_bytes: 0,
            is_marked: was_marked,
            for_archive: Vec::new(),
        })
    });
    // Whatever it comes to, this is an orderly end: nothing that was read has ended the process.
    let is_cleared = !was_marked || (worked.is_ok() && extractors.clears_suspicion());
    worked.and(if is_cleared { store.set_extracting(false) } else { Ok(()) })
}

impl Ingest<'_, '_> {
    /// Takes pages in: each is recorded as a visit, and if it brought something new, it is stored
    /// and goes through the extractors.
    ///
    /// # Errors
    /// [`Error::Store`] and [`Error::Io`] when the store cannot be written.
    pub(crate) fn ingest(&mut self, pages: impl IntoIterator<Item = Arrival>) -> Result<(), Error> {
        pages.into_iter().try_for_each(|arrival| self.record(arrival))
    }

    fn record(&mut self, arrival: Arrival) -> Result<(), Error> {
        let Arrival { entry, mut page, completes_visit } = arrival;
        let key = entry.canonical.as_str();
        let recorded = match completes_visit {
            true => self.store.complete(key, &page)?,
            false => self.store.record(key, &page)?,
        };
        match recorded {
            None => {
                self.arrived_bytes += page.body.len();
                self.arrived.push(Job {
                    key: key.to_owned(),
                    role: CopyRole::Last,
                    page,
                    titles: entry.titles,
                    is_visit: true,
                });
                let is_much = self.arrived_bytes > MOST_BYTES_IN_HAND;
                if is_much || self.arrived.len() >= MOST_IN_HAND { self.commit() } else { Ok(()) }
            }
            Some((outcome, reason)) => {
                revisit::plan(self.store, key, false)?;
                (page.outcome, page.reason) = (outcome, reason);
                self.report_without_text(key, &page)
            }
        }
    }

    /// Commits what has come in, and only then lets the extractors have it: should one of the pages
    /// end this process, the next update knows it.
    pub(crate) fn commit(&mut self) -> Result<(), Error> {
        if self.arrived.is_empty() {
            return self.store.commit();
        }
        self.mark()?;
        self.store.commit()?;
        self.store.begin()?;
        self.arrived_bytes = 0;
        for job in std::mem::take(&mut self.arrived) {
            self.extract(job)?;
        }
        self.store.commit()
    }

    /// Notes in the store that extraction has begun.
    pub(crate) fn mark(&mut self) -> Result<(), Error> {
        if !self.is_marked {
            self.store.set_extracting(true)?;
            self.is_marked = true;
        }
        Ok(())
    }

    /// Gives a page that is in the store to the extractors; waits while they have their hands full.
    pub(crate) fn extract(&mut self, job: Job) -> Result<(), Error> {
        while !self.pipeline.has_room_for(job.page.body.len()) {
            self.settle_next()?;
        }
        self.pipeline.submit(job);
        while self.pipeline.is_full() {
            self.settle_next()?;
        }
        Ok(())
    }

    /// Waits until everything that came in is judged, and commits it.
    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        self.commit()?;
        self.store.begin()?;
        while !self.pipeline.is_empty() {
            self.settle_next()?;
        }
        self.store.commit()
    }

    /// Waits for one page to be judged and notes what is still wanted for it.
    fn settle_next(&mut self) -> Result<(), Error> {
        let Some(judged) = self.pipeline.next(self.store)? else { return Ok(()) };
        self.report.extracted += 1;
        match judged {
            Judged::Done(None) => {}
            Judged::Done(Some(report)) => self.report_page(&report),
            Judged::FollowUps(key, follow_up) => self.store.set_follow_up(&key, &follow_up)?,
            Judged::Archive(page) => self.for_archive.push(*page),
        }
        Ok(())
    }

    /// Takes out the pages for which a web archive is to be asked.
    pub(crate) fn take_for_archive(&mut self) -> Vec<Page> {
        std::mem::take(&mut self.for_archive)
    }

    /// Reports a visit that brought no text of its own.
    pub(crate) fn report_without_text(&mut self, key: &str, page: &Page) -> Result<(), Error> {
        let report = PageReport::without_text(self.store, key, page)?;
        self.report_page(&report);
        Ok(())
    }

    fn report_page(&mut self, page: &PageReport) {
        self.report.count(page);
        self.tell(Progress::Visited(page));
    }

    /// Says and reports what a person should know of what pages come from.
    pub(crate) fn warn(&mut self, source: &str, message: &str) {
        let progress = Progress::Warning { list: source, line: 0, message };
        self.report.note(&progress);
        self.tell(progress);
    }

    /// Shows progress.
    pub(crate) fn tell(&mut self, progress: Progress<'_>) {
        (self.on_progress)(progress);
    }
}
