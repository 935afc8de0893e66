//! Visiting pages, and reading those in the store again.

use crate::{
    canonical::CanonicalUrl,
    collection::Collection,
    crawl::{self, Event, Frontier, RobotsCopy, Stop, Visit},
    entry::Entry,
    error::Error,
    extract,
    page::{Outcome, Page},
    store::Store,
    update::{
        desk::{self, Desk, Job},
        extractors::Extractors,
        options::Options,
        report::{Progress, Report},
        revisit,
    },
};

/// What the crawls of an update go by: how the collection and its user want pages to be fetched.
pub(crate) fn crawl_settings(collection: &Collection, options: &Options) -> crawl::Settings {
    let mut policy = collection.settings.crawl.clone();
    policy.delay = options.delay.unwrap_or(policy.delay);
    policy.allow_net.extend(&options.allow_net);
    policy.ca_bundle = policy.ca_bundle.map(|path| collection.dir.join(path));
    let user_agent = crawl::user_agent(collection.settings.contact());
    crawl::Settings { user_agent, policy, ..crawl::Settings::new(options.clock) }
}

/// Visits of a host that are taken from the store at a time.
const AT_ONCE: u32 = 16;
/// Texts of stored pages that are written together.
const EXTRACTIONS_TOGETHER: usize = 64;

/// What both ways of getting texts need: from the web, and from the store.
pub(crate) struct Work<'a> {
    pub(crate) crawl: &'a crawl::Settings,
    pub(crate) options: &'a Options,
    pub(crate) jobs: usize,
    /// Whether the update before died while it read pages: there may be more like the one that it
    /// died of among those that come.
    pub(crate) suspects: bool,
    pub(crate) stop: &'a Stop,
}

impl Work<'_> {
    /// Visits the pages in the queues, so many; each is stored when it comes, then extracted beside
    /// the crawl.
    pub(crate) fn visit(
        &self,
        pages: u64,
        store: &mut Store,
        report: &mut Report,
        on_progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), Error> {
        on_progress(Progress::Crawling { pages });
        revisit::begin(store, self.options, report.started_at)?;
        let extractors = self.extractors();
        desk::with_desk(&extractors, &self.crawl.policy, store, report, on_progress, |desk| {
            let mut door = Door::new(desk, self.stop);
            crawl::crawl_all(&mut door, self.crawl, self.stop)?;
            door.close()?;
            self.fetch_further(desk)?;

            let mut empty = Vec::new();
            for page in desk.take_empty() {
                let date = entry_of(desk.store, &page)?.and_then(|entry| entry.date_listed);
                empty.push((page, date));
            }
            let mut door = Door { is_for_stand_ins: true, ..Door::new(desk, self.stop) };
            crawl::stand_ins(empty, &mut door, self.crawl, self.stop)?;
            door.close()
        })
    }

    /// Extracts what the store holds and this version of the extractor has not seen.
    pub(crate) fn extract_stored(
        &self,
        store: &mut Store,
        report: &mut Report,
        on_progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), Error> {
        let stale = store.unjudged(extract::VERSION)?;
        if stale.is_empty() && !self.suspects {
            return Ok(());
        }
        let extractors = self.extractors();
        desk::with_desk(&extractors, &self.crawl.policy, store, report, on_progress, |desk| {
            desk.mark()?;
            for (number, (key, role)) in stale.into_iter().enumerate() {
                if self.stop.is_stopped() {
                    break;
                }
                if number % EXTRACTIONS_TOGETHER == 0 {
                    desk.store.commit()?;
                    desk.store.begin()?;
                }
                let Some(copy) = desk.store.copy(&key, role)? else { continue };
                let page = Page {
                    url: key.clone(),
                    final_url: copy.final_url,
                    status: None,
                    headers: copy.headers,
                    body: copy.body,
                    fetched_at: copy.fetched_at,
                    outcome: Outcome::Ok,
                    reason: None,
                    form: copy.form,
                    come_back: None,
                    source: copy.source,
                    requests: 0,
                    wire_bytes: 0,
                    elapsed_ms: 0,
                };
                let entry: Option<Entry> = desk.store.held(&key)?;
                let titles = entry.map(|entry| entry.titles).unwrap_or_default();
                desk.hand_over(Job { key, role, page, titles, is_visit: false })?;
            }
            desk.clear()
        })
    }

    fn extractors(&self) -> Extractors {
        let extractors = Extractors::new(self.jobs, self.options.worker.clone(), self.stop);
        if self.suspects { extractors.for_suspects() } else { extractors }
    }
}

/// The entry that a page was visited for.
fn entry_of(store: &Store, page: &Page) -> Result<Option<Entry>, Error> {
    match CanonicalUrl::parse(&page.url) {
        Some(canonical) => store.held(canonical.as_str()),
        None => Ok(None),
    }
}

/// Lets visits out and pages in. Pages that nobody answered for wait until it is known whether there
/// is a network: without one they say nothing about the page, and are not recorded.
struct Door<'d, 'scope, 'a> {
    desk: &'d mut Desk<'scope, 'a>,
    stop: &'d Stop,
    /// Whether the pages are copies of a web archive in place of others, which were visited already.
    is_for_stand_ins: bool,
    waiting: Vec<Page>,
    answered: bool,
    /// What went wrong first; it ends the crawl.
    failure: Option<Error>,
}

impl<'d, 'scope, 'a> Door<'d, 'scope, 'a> {
    fn new(desk: &'d mut Desk<'scope, 'a>, stop: &'d Stop) -> Door<'d, 'scope, 'a> {
        Door {
            desk,
            stop,
            is_for_stand_ins: false,
            waiting: Vec::new(),
            answered: false,
            failure: None,
        }
    }

    /// Lets in the pages that still wait, and waits for the extractors.
    fn close(mut self) -> Result<(), Error> {
        match self.failure.take() {
            Some(failure) => Err(failure),
            None => {
                self.let_in()?;
                self.desk.clear()
            }
        }
    }

    fn next(&mut self, host: usize) -> Result<Vec<Visit>, Error> {
        let host = u32::try_from(host).unwrap_or(u32::MAX);
        let entries: Vec<Entry> = self.desk.store.dequeue(host, AT_ONCE)?;
        let visit = |entry: Entry| {
            let validators = self.desk.store.validators(entry.canonical.as_str())?;
            Ok(Visit { url: entry.url, validators, date_listed: entry.date_listed })
        };
        entries.into_iter().map(visit).collect()
    }

    fn take(&mut self, event: Event) -> Result<(), Error> {
        match event {
            Event::Request { url } => self.desk.tell(Progress::Request { url: &url }),
            Event::Robots { origin, copy } => {
                self.desk.store.set_robots(&origin, &copy)?;
            }
            Event::NoNetwork => {
                self.desk.report.no_network = true;
                self.waiting.clear();
                self.desk.tell(Progress::NoNetwork);
            }
            Event::Page(page) => {
                let is_silent = page.outcome == Outcome::Unreachable && page.status.is_none();
                self.answered |= !is_silent;
                if !(is_silent && self.desk.report.no_network) {
                    self.waiting.push(*page);
                }
                if self.answered || self.is_for_stand_ins {
                    self.desk.store.begin()?;
                    self.let_in()?;
                }
            }
        }
        Ok(())
    }

    /// Records the pages that waited.
    fn let_in(&mut self) -> Result<(), Error> {
        for page in self.waiting.drain(..) {
            if let Some(entry) = entry_of(self.desk.store, &page)? {
                match self.is_for_stand_ins {
                    true => self.desk.take_stand_in(&entry, page)?,
                    false => self.desk.take_in(&entry, page)?,
                }
            }
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

impl Frontier for Door<'_, '_, '_> {
    fn hosts(&mut self) -> usize {
        let hosts = self.desk.store.queues();
        self.or_nothing(hosts) as usize
    }

    fn visits(&mut self, host: usize) -> Vec<Visit> {
        let visits = self.next(host);
        self.or_nothing(visits)
    }

    fn robots(&mut self, origin: &str) -> Option<RobotsCopy> {
        let copy = self.desk.store.robots(origin);
        self.or_nothing(copy)
    }

    fn tell(&mut self, event: Event) {
        let taken = self.take(event);
        self.or_nothing(taken);
    }

    fn rest(&mut self) {
        if self.failure.is_none() {
            let written = self.desk.commit();
            self.or_nothing(written);
        }
    }
}
