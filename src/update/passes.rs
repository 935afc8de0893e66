//! The passes of an update over its pages: stored ones are extracted again, then those that are due
//! are crawled, then the pages that they lead to, and at last a web archive is asked.

use std::{cell::RefCell, collections::HashMap};

use crate::{
    aliases::Aliases,
    canonical::CanonicalUrl,
    collection::{Collection, Exclusion},
    crawl::{self, Event, Stop, Visit},
    crawl_policy::Policy,
    entry::Entry,
    error::Error,
    extract,
    page::{Outcome, Page, Validators},
    store::{CopyRole, FollowUp, Store},
    update::{
        extractors::Extractors,
        follow_ups,
        frontier::{IngestFrontier, entry_of},
        ingest::{self, Arrival, Ingest},
        options::{Options, WarcOptions},
        pipeline::Job,
        report::{Progress, Report},
        revisit,
        warc_input::WarcInput,
        warc_intake::WarcIntake,
    },
};

/// Texts of stored pages that are committed together.
const EXTRACTIONS_TOGETHER: usize = 64;
/// Documents whose further pages are fetched side by side; bounds the memory.
const FOLLOW_UPS_TOGETHER: usize = 16;

/// How the collection and its user want pages to be fetched.
pub(crate) fn crawl_settings(collection: &Collection, options: &Options) -> crawl::CrawlOptions {
    let mut policy = collection.settings.crawl.clone();
    policy.delay = options.delay.unwrap_or(policy.delay);
    policy.allow_net.extend(&options.allow_net);
    policy.ca_bundle = policy.ca_bundle.map(|path| collection.dir.join(path));
    let user_agent = crawl::user_agent(collection.settings.contact());
    crawl::CrawlOptions { user_agent, policy, ..crawl::CrawlOptions::new(options.clock) }
}

/// What all passes need.
pub(crate) struct Passes<'a> {
    pub(crate) crawl: &'a crawl::CrawlOptions,
    pub(crate) options: &'a Options,
    /// Addresses that are not visited, whoever links to them.
    pub(crate) exclude: &'a [Exclusion],
    pub(crate) jobs: usize,
    /// Whether the update before died while it read pages: there may be more like the one that it
    /// died of among those that come.
    pub(crate) suspects: bool,
    pub(crate) stop: &'a Stop,
}

impl Passes<'_> {
    /// Visits the pages in the queues of the store, which are as many as `pages` says, then what is
    /// still wanted for them: the pages that they lead to, and copies of a web archive.
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
        ingest::with_ingest(&extractors, &self.crawl.policy, store, report, on_progress, |ingest| {
            let mut frontier = IngestFrontier::new(ingest, self.stop);
            crawl::crawl_all(&mut frontier, self.crawl, self.stop)?;
            frontier.close()?;
            self.follow_up(ingest)?;
            self.ask_archive(ingest)
        })
    }

    /// Takes pages out of WARC files. None is visited, and nothing else is asked for them.
    pub(crate) fn take_warc(
        &self,
        warc: &WarcOptions,
        aliases: &Aliases,
        store: &mut Store,
        report: &mut Report,
        on_progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), Error> {
        let extractors = self.extractors();
        let policy = Policy { variants: false, books: false, ..self.crawl.policy.plain() };
        let now = report.started_at;
        let mut input = WarcInput {
            base: warc.base.as_deref(),
            crawl: Some(self.crawl).filter(|_| !self.options.offline),
            max_body_bytes: policy.max_body_bytes,
            stdin: warc.stdin,
            stop: self.stop,
            is_again: false,
            robots: store.all_robots()?.into_iter().collect(),
            new_robots: RefCell::default(),
        };
        ingest::with_ingest(&extractors, &policy, store, report, on_progress, |ingest| {
            let mut intake = WarcIntake::new(ingest, self.crawl, aliases, warc.all, now);
            input.read(&warc.sources, &mut intake)?;
            input.is_again = true;
            while !self.stop.is_stopped() && intake.begin_again() {
                input.read(&warc.sources, &mut intake)?;
            }
            let found = intake.finish()?;
            ingest.report.warc = Some(found);
            let robots = input.new_robots.take();
            robots.iter().try_for_each(|(origin, copy)| ingest.store.set_robots(origin, copy))
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
        ingest::with_ingest(&extractors, &self.crawl.policy, store, report, on_progress, |ingest| {
            ingest.mark()?;
            for (number, (key, role)) in stale.into_iter().enumerate() {
                if self.stop.is_stopped() {
                    break;
                }
                if number % EXTRACTIONS_TOGETHER == 0 {
                    ingest.store.commit()?;
                    ingest.store.begin()?;
                }
                let Some(copy) = ingest.store.copy(&key, role)? else { continue };
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
                let entry: Option<Entry> = ingest.store.pending_entry(&key)?;
                let titles = entry.map(|entry| entry.titles).unwrap_or_default();
                ingest.extract(Job { key, role, page, titles, is_visit: false })?;
            }
            ingest.finish()
        })
    }

    /// Fetches the pages that others lead to, a few documents at a time, also those that an
    /// interrupted update has left.
    fn follow_up(&self, ingest: &mut Ingest<'_, '_>) -> Result<(), Error> {
        // One try: what these pages give is more than a list asks for.
        let mut policy = self.crawl.policy.plain();
        policy.max_body_bytes = policy.max_body_bytes.min(follow_ups::MOST_BYTES as u64);
        let settings = crawl::CrawlOptions { policy, tries: 1, ..self.crawl.clone() };
        let mut follow_ups = ingest.store.follow_ups()?.into_iter();
        loop {
            let batch: Vec<_> = follow_ups.by_ref().take(FOLLOW_UPS_TOGETHER).collect();
            if batch.is_empty() {
                return Ok(());
            }
            let found = self.fetch_all(&batch, &settings, ingest)?;
            if self.stop.is_stopped() {
                // What is not whole stays in the store for the next update.
                return Ok(());
            }
            for (key, follow_up) in batch {
                ingest.store.forget_follow_up(&key)?;
                let entry: Option<Entry> = ingest.store.pending_entry(&key)?;
                let Some(entry) = entry else { continue };
                let good = ingest.store.copy(&key, CopyRole::Good)?;
                let last = ingest.store.copy(&key, CopyRole::Last)?;
                if let Some(page) = follow_ups::assemble(follow_up, good, last, &found) {
                    ingest.ingest([Arrival { entry, page, completes_visit: true }])?;
                }
            }
            ingest.finish()?;
        }
    }

    /// The pages of some follow-ups, by the URL asked for. Bodies are held until the last of them is
    /// there, for each follow-up no more than its document may have.
    fn fetch_all(
        &self,
        batch: &[(String, FollowUp)],
        settings: &crawl::CrawlOptions,
        ingest: &mut Ingest<'_, '_>,
    ) -> Result<HashMap<String, Page>, Error> {
        let mut visits = Vec::new();
        // Which follow-up a page is for, and how many bytes it may still take.
        let mut follow_up_of = HashMap::new();
        let mut bytes_left = vec![follow_ups::MOST_BYTES; batch.len()];
        let urls = batch.iter().enumerate();
        for (at, url) in urls.flat_map(|(at, (_, f))| f.urls.iter().map(move |url| (at, url))) {
            let address = CanonicalUrl::parse(url);
            if address.is_some_and(|address| self.exclude.iter().any(|one| one.matches(&address))) {
                continue;
            }
            if follow_up_of.insert(url.as_str(), at).is_none() {
                let validators = Validators::default();
                visits.push(Visit { url: url.clone(), validators, date_listed: None });
            }
        }
        let known = ingest.store.all_robots()?.into_iter().collect();
        let mut found = HashMap::new();
        let mut failure = None;
        crawl::crawl(visits, settings, known, self.stop, &mut |event| {
            let noted = match event {
                Event::Page(mut page) => {
                    let at = follow_up_of.get(page.url.as_str()).copied().unwrap_or(0);
                    match bytes_left[at].checked_sub(page.body.len()) {
                        Some(left) => bytes_left[at] = left,
                        None => {
                            page.outcome = Outcome::TooLarge;
                            page.body = Vec::new();
                        }
                    }
                    found.insert(page.url.clone(), *page);
                    Ok(())
                }
                Event::Request { url } => {
                    ingest.tell(Progress::Request { url: &url });
                    Ok(())
                }
                Event::Robots { origin, copy } => ingest.store.set_robots(&origin, &copy),
                Event::NoNetwork => Ok(()),
            };
            if let Err(error) = noted {
                self.stop.abandon();
                failure.get_or_insert(error);
            }
        })?;
        if let Some(error) = failure {
            return Err(error);
        }
        Ok(found)
    }

    /// Asks the web archive for copies of pages that turned out to be no articles.
    fn ask_archive(&self, ingest: &mut Ingest<'_, '_>) -> Result<(), Error> {
        let mut wanted = Vec::new();
        for page in ingest.take_for_archive() {
            let date = entry_of(ingest.store, &page)?.and_then(|entry| entry.date_listed);
            wanted.push((page, date));
        }
        let mut frontier = IngestFrontier::new(ingest, self.stop).for_archive();
        crawl::ask_archive(wanted, &mut frontier, self.crawl, self.stop)?;
        frontier.close()
    }

    fn extractors(&self) -> Extractors {
        let extractors = Extractors::new(self.jobs, self.options.worker.clone(), self.stop);
        if self.suspects { extractors.for_suspects() } else { extractors }
    }
}
