//! Visiting pages and extracting their text, both at once.

use std::{
    collections::HashMap,
    sync::mpsc::{self, Receiver},
    time::Duration,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    collection::Collection,
    crawl::{self, Event, RobotsCopy, Stop, Visit},
    entry::Entry,
    error::Error,
    extract::{self, Content, Coverage, Extraction, Input},
    page::{Outcome, Page, Source},
    store::{Role, Store},
    update::{Options, Progress, Report, Row, lists},
};

/// What the store keeps of an extraction.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredText {
    pub(crate) content: Content,
    pub(crate) coverage: Coverage,
}

/// The pages to visit now.
///
/// An update that was interrupted left a mark; the pages that it visited are not visited again.
pub(crate) fn due(
    store: &Store,
    entries: &[Entry],
    options: &Options,
) -> Result<Vec<Visit>, Error> {
    if options.offline {
        return Ok(Vec::new());
    }
    let unfinished: Option<Timestamp> = store.value("run", "unfinished")?;
    let mut visits = Vec::new();
    for entry in entries {
        let key = entry.canonical.as_str();
        let since = unfinished.filter(|_| !options.refresh);
        if let Some(since) = since
            && let Some(visit) = store.last_visit(key)?
            && visit.at >= since
            && visit.outcome != Outcome::Unreachable
        {
            continue;
        }
        visits.push(Visit {
            url: entry.url.clone(),
            validators: store.validators(key)?,
            date_listed: entry.date_listed,
        });
    }
    Ok(visits)
}

/// Takes the mark of an unfinished run away.
pub(crate) fn finish(store: &mut Store) -> Result<(), Error> {
    store.keep::<Timestamp>("run", "unfinished", None)
}

/// How a collection and its user want pages to be fetched.
pub(crate) fn crawl_settings(collection: &Collection, options: &Options) -> crawl::Settings {
    let settings = &collection.settings.crawl;
    let contact = collection.settings.contact.as_deref();
    let mut allow_net = settings.allow_net.clone();
    allow_net.extend(&options.allow_net);
    crawl::Settings {
        user_agent: crawl::user_agent(contact),
        delay: options.delay.unwrap_or(Duration::from_secs_f64(settings.delay)),
        hosts_at_once: settings.hosts_at_once,
        allow_net,
        ca_bundle: settings.ca_bundle.as_ref().map(|path| collection.dir.join(path)),
        max_body_bytes: settings.max_body_bytes,
        archive: settings.archive,
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

/// A page on its way through the extractor.
struct Job {
    key: String,
    role: Role,
    page: Page,
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
        if store.value::<Timestamp>("run", "unfinished")?.is_none() {
            store.keep("run", "unfinished", Some(&(self.options.clock)()))?;
        }
        let settings = crawl_settings(self.collection, self.options);
        let robots = robots(store)?;
        let keys: HashMap<&str, &str> = self
            .entries
            .iter()
            .map(|entry| (entry.url.as_str(), entry.canonical.as_str()))
            .collect();
        let mut failure = None;
        self.with_extractors(|extractors| {
            crawl::crawl(visits, &settings, robots, self.stop, &mut |event| {
                if failure.is_some() {
                    return;
                }
                let handled = match event {
                    Event::Request { url } => {
                        on_progress(Progress::Request { url: &url });
                        Ok(())
                    }
                    Event::Robots { origin, copy } => store.keep("robots", &origin, Some(&copy)),
                    Event::NoNetwork => {
                        report.no_network = true;
                        on_progress(Progress::NoNetwork);
                        Ok(())
                    }
                    Event::Page(page) => match keys.get(page.url.as_str()) {
                        Some(key) => {
                            self.take_in(key, *page, store, report, extractors, on_progress)
                        }
                        None => Ok(()),
                    },
                };
                if let Err(error) = handled {
                    self.stop.stop();
                    failure = Some(error);
                }
            })?;
            while extractors.in_hand > 0 {
                self.keep_next(extractors, store, report, on_progress)?;
            }
            failure.take().map_or(Ok(()), Err)
        })
    }

    /// Extracts what the store holds and this version of the extractor has not seen.
    pub(crate) fn extract_stored(
        &self,
        store: &mut Store,
        report: &mut Report,
    ) -> Result<(), Error> {
        let stale = store.without_text(extract::VERSION)?;
        self.with_extractors(|extractors| {
            for (key, role) in stale.into_iter().filter(|(key, _)| !lists::is_list_key(key)) {
                let Some(copy) = store.copy(&key, role)? else { continue };
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
                extractors.hand_over(Job { key, role, page }, self.entries);
                while extractors.in_hand >= 2 * self.jobs {
                    extractors.keep_next(store)?;
                    report.extracted += 1;
                }
            }
            while extractors.in_hand > 0 {
                extractors.keep_next(store)?;
                report.extracted += 1;
            }
            Ok(())
        })
    }

    fn with_extractors<T>(
        &self,
        work: impl FnOnce(&mut Extractors<'_, '_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.jobs).build();
        let pool = pool.map_err(|e| Error::Engine(e.to_string()))?;
        let (done, results) = mpsc::channel();
        pool.in_place_scope(|scope| work(&mut Extractors { scope, done, results, in_hand: 0 }))
    }

    /// Stores a page that has come and hands it to the extractors if it brought something new.
    fn take_in(
        &self,
        key: &str,
        mut page: Page,
        store: &mut Store,
        report: &mut Report,
        extractors: &mut Extractors<'_, '_>,
        on_progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), Error> {
        if report.no_network && page.outcome == Outcome::Unreachable && page.requests == 0 {
            return Ok(());
        }
        let is_new = store.record(key, &page)?;
        if is_new {
            let job = Job { key: key.to_owned(), role: Role::Last, page };
            extractors.hand_over(job, self.entries);
            while extractors.in_hand >= 2 * self.jobs {
                self.keep_next(extractors, store, report, on_progress)?;
            }
            return Ok(());
        }
        if page.outcome == Outcome::Ok {
            page.outcome = Outcome::Unchanged;
        }
        let row = row(&page, None);
        report.count(&row);
        on_progress(Progress::Visited(&row));
        Ok(())
    }

    fn keep_next(
        &self,
        extractors: &mut Extractors<'_, '_>,
        store: &mut Store,
        report: &mut Report,
        on_progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), Error> {
        let row = extractors.keep_next(store)?;
        report.extracted += 1;
        report.count(&row);
        on_progress(Progress::Visited(&row));
        Ok(())
    }
}

/// The threads that extract; results are kept by the thread that owns the store.
struct Extractors<'scope, 'a> {
    scope: &'a rayon::Scope<'scope>,
    done: mpsc::Sender<(Job, Extraction)>,
    results: Receiver<(Job, Extraction)>,
    in_hand: usize,
}

impl Extractors<'_, '_> {
    fn hand_over(&mut self, job: Job, entries: &[Entry]) {
        let titles = lists::titles_of(entries, &job.key).to_vec();
        let done = self.done.clone();
        self.in_hand += 1;
        self.scope.spawn(move |_| {
            let extraction = extract::extract(&Input {
                body: &job.page.body,
                url: &job.page.final_url,
                content_type: job.page.header("content-type"),
                listed_titles: &titles,
            });
            // The receiver lives as long as the scope, unless the update has failed already.
            let _ = done.send((job, extraction));
        });
    }

    /// Waits for one extraction, keeps its text and returns its row.
    fn keep_next(&mut self, store: &mut Store) -> Result<Row, Error> {
        let (mut job, extraction) =
            self.results.recv().expect("a sender is held here, so the channel is open");
        self.in_hand -= 1;
        let (outcome, reason) = verdict(&job.page, &extraction);
        let stored = StoredText {
            content: if outcome.is_good() {
                extraction.content.clone()
            } else {
                Content::default()
            },
            coverage: extraction.coverage,
        };
        let text = serde_json::to_vec(&stored).expect("content has string keys only");
        store.set_text(
            &job.key,
            job.role,
            extract::VERSION,
            &text,
            (outcome, reason.as_deref()),
        )?;
        job.page.outcome = outcome;
        job.page.reason = reason;
        Ok(row(&job.page, Some(&stored.content)))
    }
}

/// What a visit comes to once its text is known.
fn verdict(page: &Page, extraction: &Extraction) -> (Outcome, Option<String>) {
    if extraction.noindex {
        return (Outcome::Disallowed, Some("the page asks not to be indexed".into()));
    }
    match extraction.outcome {
        Outcome::Ok => (page.outcome, extraction.reason.clone().or_else(|| page.reason.clone())),
        other => (other, extraction.reason.clone()),
    }
}

fn row(page: &Page, content: Option<&Content>) -> Row {
    Row {
        url: page.url.clone(),
        final_url: page.final_url.clone(),
        outcome: page.outcome,
        reason: page.reason.clone(),
        status: page.status,
        provenance: match page.source {
            Source::Live => "live",
            Source::Archived { .. } => "archived",
        },
        title: content.and_then(|content| content.title.clone()),
        text_chars: content.map_or(0, |content| content.text().chars().count() as u64),
        requests: page.requests,
        bytes: page.wire_bytes,
        ms: page.elapsed_ms,
    }
}
