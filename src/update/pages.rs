//! Visiting pages, and reading those in the store again.

use std::{collections::HashMap, time::Duration};

use crate::{
    collection::Collection,
    crawl::{self, Event, RobotsCopy, Stop, Visit},
    entry::Entry,
    error::Error,
    extract,
    page::{Outcome, Page},
    store::Store,
    update::{
        Options, Progress, Report,
        desk::{self, Desk, Job},
        due,
        further::Wanted,
        lists,
    },
};

/// How a collection and its user want pages to be fetched.
pub(crate) fn crawl_settings(collection: &Collection, options: &Options) -> crawl::Settings {
    let settings = &collection.settings.crawl;
    let contact = collection.settings.contact.as_deref();
    let mut allow_net = settings.allow_net.clone();
    allow_net.extend(&options.allow_net);
    crawl::Settings {
        user_agent: crawl::user_agent(contact),
        delay: options.delay.unwrap_or(Duration::from_secs_f64(settings.delay)),
        host_delays: settings
            .host_delays
            .iter()
            .map(|(host, delay)| (host.clone(), Duration::from_secs_f64(*delay)))
            .collect(),
        hosts_at_once: settings.hosts_at_once,
        proxy: settings.proxy.clone(),
        allow_net,
        ca_bundle: settings.ca_bundle.as_ref().map(|path| collection.dir.join(path)),
        max_body_bytes: settings.max_body_bytes,
        connect_timeout: Duration::from_secs_f64(settings.connect_timeout),
        idle_timeout: Duration::from_secs_f64(settings.idle_timeout),
        total_timeout: Duration::from_secs_f64(settings.total_timeout),
        archive: settings.archive,
        adapters: crawl::Adapters {
            github: settings.github,
            arxiv: settings.arxiv,
            doi: settings.doi,
            youtube: settings.youtube,
            tweets: settings.tweets,
        },
        ..crawl::Settings::new(options.clock)
    }
}

/// The stored answers to `robots.txt`.
pub(crate) fn robots(store: &Store) -> Result<HashMap<String, RobotsCopy>, Error> {
    Ok(store.values("robots")?.into_iter().collect())
}

/// What both ways of getting texts need: from the web, and from the store.
pub(crate) struct Work<'a> {
    pub(crate) collection: &'a Collection,
    pub(crate) options: &'a Options,
    pub(crate) entries: &'a [Entry],
    pub(crate) jobs: usize,
    pub(crate) stop: &'a Stop,
}

impl Work<'_> {
    /// Visits pages; each is stored when it comes, then extracted beside the crawl.
    pub(crate) fn visit(
        &self,
        visits: Vec<Visit>,
        store: &mut Store,
        report: &mut Report,
        on_progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), Error> {
        on_progress(Progress::Crawling { pages: visits.len() as u64 });
        due::begin(store, self.options, report.started_at)?;
        let settings = crawl_settings(self.collection, self.options);
        let by_url: HashMap<&str, &Entry> =
            self.entries.iter().map(|entry| (entry.url.as_str(), entry)).collect();
        let wanted = Wanted::of(&self.collection.settings.crawl);
        desk::with_desk(self.jobs, wanted, store, report, on_progress, |desk| {
            let known = robots(desk.store)?;
            let mut door = Door { by_url: &by_url, desk, waiting: Vec::new(), answered: false };
            self.watched(|on_event| {
                crawl::crawl(visits, &settings, known, self.stop, &mut |event| {
                    on_event(door.take(event));
                })
            })?;
            door.let_in()?;
            desk.clear()?;
            self.fetch_further(&settings, desk)?;

            let dated = |page: Page| {
                let date = by_url.get(page.url.as_str()).and_then(|entry| entry.date_listed);
                (page, date)
            };
            let empty: Vec<_> = desk.take_empty().into_iter().map(dated).collect();
            let known = robots(desk.store)?;
            self.watched(|on_event| {
                crawl::stand_ins(empty, &settings, known, self.stop, &mut |event| {
                    on_event(stand_in(event, &by_url, desk));
                })
            })?;
            desk.clear()
        })
    }

    /// Runs a part of the crawl; the first failure to take in what it brings ends it.
    pub(crate) fn watched(
        &self,
        crawl: impl FnOnce(&mut dyn FnMut(Result<(), Error>)) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut failure = None;
        crawl(&mut |taken| {
            if let Err(error) = taken
                && failure.is_none()
            {
                self.stop.abandon();
                failure = Some(error);
            }
        })?;
        failure.map_or(Ok(()), Err)
    }

    /// Extracts what the store holds and this version of the extractor has not seen.
    pub(crate) fn extract_stored(
        &self,
        store: &mut Store,
        report: &mut Report,
        on_progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), Error> {
        let mut stale = store.unjudged(extract::VERSION)?;
        stale.retain(|(key, _)| !lists::is_list_key(key));
        if stale.is_empty() {
            return Ok(());
        }
        let by_key: HashMap<&str, &Entry> =
            self.entries.iter().map(|entry| (entry.canonical.as_str(), entry)).collect();
        desk::with_desk(self.jobs, Wanted::default(), store, report, on_progress, |desk| {
            for (key, role) in stale {
                if self.stop.is_stopped() {
                    break;
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
                    source: copy.source,
                    requests: 0,
                    wire_bytes: 0,
                    elapsed_ms: 0,
                };
                let titles = by_key.get(key.as_str()).map_or(&[][..], |entry| &entry.titles);
                desk.hand_over(Job { key, role, page, is_visit: false }, titles.to_vec())?;
            }
            desk.clear()
        })
    }
}

/// Lets pages in. Those that nobody answered for wait until it is known whether there is a
/// network: without one they say nothing about the page, and are not recorded.
struct Door<'e, 'd, 'scope, 'a> {
    by_url: &'e HashMap<&'e str, &'e Entry>,
    desk: &'d mut Desk<'scope, 'a>,
    waiting: Vec<Page>,
    answered: bool,
}

impl Door<'_, '_, '_, '_> {
    fn take(&mut self, event: Event) -> Result<(), Error> {
        match event {
            Event::Request { url } => self.desk.tell(Progress::Request { url: &url }),
            Event::Robots { origin, copy } => {
                self.desk.store.keep("robots", &origin, Some(&copy))?;
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
                if self.answered {
                    self.let_in()?;
                }
            }
        }
        Ok(())
    }

    /// Records the pages that waited.
    fn let_in(&mut self) -> Result<(), Error> {
        for page in self.waiting.drain(..) {
            if let Some(entry) = self.by_url.get(page.url.as_str()) {
                self.desk.take_in(entry, page)?;
            }
        }
        Ok(())
    }
}

/// Notes what a crawl tells beside the pages.
pub(crate) fn note(event: Event, desk: &mut Desk<'_, '_>) -> Result<(), Error> {
    match event {
        Event::Request { url } => desk.tell(Progress::Request { url: &url }),
        Event::Robots { origin, copy } => desk.store.keep("robots", &origin, Some(&copy))?,
        Event::NoNetwork | Event::Page(_) => {}
    }
    Ok(())
}

/// Takes in what a web archive has for an empty page.
fn stand_in(
    event: Event,
    by_url: &HashMap<&str, &Entry>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), Error> {
    match event {
        Event::Page(page) => match by_url.get(page.url.as_str()) {
            Some(entry) => desk.take_stand_in(entry, *page),
            None => Ok(()),
        },
        other => note(other, desk),
    }
}
