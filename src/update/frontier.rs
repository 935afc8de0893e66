//! The frontier of an update: pages that are due come out of the store, pages that came go in.

use crate::{
    canonical::CanonicalUrl,
    crawl::{Event, Frontier, RobotsCopy, Stop, Visit},
    entry::Entry,
    error::Error,
    page::{Outcome, Page, Source},
    store::Store,
    update::{
        ingest::{Arrival, Ingest},
        report::Progress,
    },
};

/// Visits of a host that are taken from the store at a time.
const AT_ONCE: u32 = 16;

/// The queues in the store, and the way in for the pages that come of them. Pages that nobody answered
/// for wait until it is known whether there is a network: without one they say nothing about the
/// page, and are not recorded.
pub(crate) struct IngestFrontier<'d, 'scope, 'a> {
    ingest: &'d mut Ingest<'scope, 'a>,
    stop: &'d Stop,
    /// Whether the pages are copies of a web archive in place of others, whose visits are recorded.
    is_for_archive: bool,
    waiting: Vec<Page>,
    answered: bool,
    /// What went wrong first; it ends the crawl.
    failure: Option<Error>,
}

impl<'d, 'scope, 'a> IngestFrontier<'d, 'scope, 'a> {
    /// The frontier of a crawl.
    pub(crate) fn new(
        ingest: &'d mut Ingest<'scope, 'a>,
        stop: &'d Stop,
    ) -> IngestFrontier<'d, 'scope, 'a> {
        let (waiting, failure) = (Vec::new(), None);
        IngestFrontier { ingest, stop, is_for_archive: false, waiting, answered: false, failure }
    }

    /// The frontier of a look-up of archived copies: its queues are left alone.
    pub(crate) fn for_archive(self) -> IngestFrontier<'d, 'scope, 'a> {
        IngestFrontier { is_for_archive: true, ..self }
    }

    /// Lets in the pages that still wait, and waits until all are judged.
    ///
    /// # Errors
    /// What went wrong first, which has ended the crawl.
    pub(crate) fn close(mut self) -> Result<(), Error> {
        match self.failure.take() {
            Some(failure) => Err(failure),
            None => {
                self.let_in()?;
                self.ingest.finish()
            }
        }
    }

    fn next(&mut self, host: usize) -> Result<Vec<Visit>, Error> {
        let host = u32::try_from(host).unwrap_or(u32::MAX);
        let entries: Vec<Entry> = self.ingest.store.dequeue(host, AT_ONCE)?;
        let visit = |entry: Entry| {
            let validators = self.ingest.store.validators(entry.canonical.as_str())?;
            Ok(Visit { url: entry.url, validators, date_listed: entry.date_listed })
        };
        entries.into_iter().map(visit).collect()
    }

    fn take(&mut self, event: Event) -> Result<(), Error> {
        match event {
            Event::Request { url } => self.ingest.tell(Progress::Request { url: &url }),
            Event::Robots { origin, copy } => {
                self.ingest.store.set_robots(&origin, &copy)?;
            }
            Event::NoNetwork => {
                self.ingest.report.no_network = true;
                let report = &mut *self.ingest.report;
                self.waiting.drain(..).for_each(|page| report.note_try(&page));
                self.ingest.tell(Progress::NoNetwork);
            }
            Event::Page(page) => {
                let is_silent = page.outcome == Outcome::Unreachable && page.status.is_none();
                self.answered |= !is_silent;
                match is_silent && self.ingest.report.no_network {
                    true => self.ingest.report.note_try(&page),
                    false => self.waiting.push(*page),
                }
                if self.answered || self.is_for_archive {
                    self.ingest.store.begin()?;
                    self.let_in()?;
                }
            }
        }
        Ok(())
    }

    /// Lets in the pages that waited.
    fn let_in(&mut self) -> Result<(), Error> {
        for page in std::mem::take(&mut self.waiting) {
            let Some(entry) = entry_of(self.ingest.store, &page)? else { continue };
            if self.is_for_archive && page.source == Source::Live {
                self.ingest.report_without_text(entry.canonical.as_str(), &page)?;
                continue;
            }
            let completes_visit = self.is_for_archive;
            self.ingest.ingest([Arrival { entry, page, completes_visit }])?;
        }
        Ok(())
    }

    /// The value, or nothing after a failure.
    fn or_nothing<T: Default>(&mut self, result: Result<T, Error>) -> T {
        result.unwrap_or_else(|failure| {
            self.stop.abandon();
            self.failure.get_or_insert(failure);
            T::default()
        })
    }
}

impl Frontier for IngestFrontier<'_, '_, '_> {
    fn hosts(&mut self) -> usize {
        let hosts = self.ingest.store.count_queues();
        self.or_nothing(hosts) as usize
    }

    fn visits(&mut self, host: usize) -> Vec<Visit> {
        let visits = self.next(host);
        self.or_nothing(visits)
    }

    fn robots(&mut self, origin: &str) -> Option<RobotsCopy> {
        let copy = self.ingest.store.robots(origin);
        self.or_nothing(copy)
    }

    fn tell(&mut self, event: Event) {
        let taken = self.take(event);
        self.or_nothing(taken);
    }

    fn rest(&mut self) {
        if self.failure.is_none() {
            let written = self.ingest.commit();
            self.or_nothing(written);
        }
    }
}

/// The entry that a page was visited for.
pub(crate) fn entry_of(store: &Store, page: &Page) -> Result<Option<Entry>, Error> {
    match CanonicalUrl::parse(&page.url) {
        Some(canonical) => store.pending_entry(canonical.as_str()),
        None => Ok(None),
    }
}
