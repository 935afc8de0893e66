//! The desk between crawl and store: pages come in, go through the extractors and are settled.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::mpsc::{self, Receiver},
};

use crate::{
    duplicates::{claims, sketch::Sketch},
    engine::Provenance,
    entry::Entry,
    error::Error,
    extract::{Content, Coverage, Extraction, Leads},
    page::{Form, Outcome, Page, Source},
    policy::Policy,
    store::{Judgement, Role, Store},
    update::{
        extractors::{Extracted, Extractors},
        further,
        report::{PageReport, Progress, Report},
        revisit,
        soft_404::{self, Answer},
        stored_text::{self, KnownText, StoredText},
    },
};

/// A page on its way through the extractor.
pub(crate) struct Job {
    pub(crate) key: String,
    pub(crate) role: Role,
    pub(crate) page: Page,
    /// The titles that lists give it.
    pub(crate) titles: Vec<String>,
    /// Whether a visit brought it just now.
    pub(crate) is_visit: bool,
}

/// A page as the extractor gives it back.
struct Done {
    job: Job,
    /// None when it was not read, because the update is to stop.
    found: Option<Found>,
}

/// What the extractor has found on a page.
struct Found {
    /// The extractor's version.
    version: u32,
    /// Whether the extractor came to its end.
    is_known: bool,
    outcome: Outcome,
    reason: Option<String>,
    stored: StoredText,
    leads: Leads,
    claim: Option<String>,
    /// The same as it is stored, as a reader sees it, and its sketch.
    text: Vec<u8>,
    plain: String,
    sketch: Option<Vec<u8>>,
}

/// Where pages come in and texts come back. Only the thread at the desk writes into the store;
/// the extractors are the threads of a pool.
pub(crate) struct Desk<'scope, 'a> {
    pub(crate) store: &'a mut Store,
    pub(crate) report: &'a mut Report,
    on_progress: &'a mut dyn FnMut(Progress<'_>),
    scope: &'a rayon::Scope<'scope>,
    extractors: &'scope Extractors,
    /// Pages that came in and are not written yet; what reads them may end this process.
    arrived: Vec<Job>,
    arrived_bytes: usize,
    /// Whether the store says that extraction has begun.
    is_marked: bool,
    done: mpsc::Sender<Done>,
    results: Receiver<Done>,
    in_hand: usize,
    /// The bytes of their bodies.
    bytes_in_hand: usize,
    /// Which pages are asked for beside those that are listed.
    policy: &'a Policy,
    /// Pages that turned out to be no articles, without their bodies; they are reported when the
    /// archive has answered.
    empty: Vec<Page>,
}

/// Pages in the hands of the extractors at the same time, so many that they have something to do while
/// the store is synced.
const MOST_IN_HAND: usize = 128;
/// Bytes of bodies in the hands of the extractors at the same time, more than one body apart: a
/// page at the size limit takes several times as much while it is read.
const MOST_BYTES_IN_HAND: usize = 8 << 20;

/// Runs `work` at a desk with these extractors.
pub(crate) fn with_desk(
    extractors: &Extractors,
    policy: &Policy,
    store: &mut Store,
    report: &mut Report,
    on_progress: &mut dyn FnMut(Progress<'_>),
    work: impl FnOnce(&mut Desk<'_, '_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(extractors.jobs).build();
    let pool = pool.map_err(|e| Error::Engine(e.to_string()))?;
    let was_marked = store.is_extracting()?;
    let worked = pool.in_place_scope(|scope| {
        let (done, results) = mpsc::channel();
        work(&mut Desk {
            store: &mut *store,
            report,
            on_progress,
            scope,
            extractors,
            arrived: Vec::new(),
            arrived_bytes: 0,
            is_marked: was_marked,
            done,
            results,
            in_hand: 0,
            bytes_in_hand: 0,
            policy,
            empty: Vec::new(),
        })
    });
    // Whatever it comes to, this is an orderly end: nothing that was read has ended the process.
    let is_cleared = !was_marked || (worked.is_ok() && extractors.clears_suspicion());
    worked.and(if is_cleared { store.set_extracting(false) } else { Ok(()) })
}

impl Desk<'_, '_> {
    pub(crate) fn tell(&mut self, progress: Progress<'_>) {
        (self.on_progress)(progress);
    }

    /// Records a visit, and hands its page to the extractors if it brought something new.
    pub(crate) fn take_in(&mut self, entry: &Entry, mut page: Page) -> Result<(), Error> {
        let key = entry.canonical.as_str();
        match self.store.record(key, &page)? {
            None => {
                self.arrived_bytes += page.body.len();
                self.arrived.push(Job {
                    key: key.to_owned(),
                    role: Role::Last,
                    page,
                    titles: entry.titles.clone(),
                    is_visit: true,
                });
                let is_much = self.arrived_bytes > MOST_BYTES_IN_HAND;
                if is_much || self.arrived.len() >= MOST_IN_HAND { self.commit() } else { Ok(()) }
            }
            Some((outcome, reason)) => {
                revisit::plan(self.store, key, false)?;
                (page.outcome, page.reason) = (outcome, reason);
                self.visited_without_text(key, &page)
            }
        }
    }

    /// Takes the pages that turned out to be no articles and have no good copy.
    pub(crate) fn take_empty(&mut self) -> Vec<Page> {
        std::mem::take(&mut self.empty)
    }

    /// Takes in what a web archive has in place of such a page; nothing new if it has nothing.
    pub(crate) fn take_stand_in(&mut self, entry: &Entry, page: Page) -> Result<(), Error> {
        let key = entry.canonical.as_str();
        if page.source == Source::Live {
            return self.visited_without_text(key, &page);
        }
        self.store.forget_last_visit(key)?;
        self.take_in(entry, page)
    }

    /// Writes what has come in, and only then lets the extractors have it: should one of the pages
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
            self.hand_over(job)?;
        }
        self.store.commit()
    }

    /// Says in the store that extraction has begun.
    pub(crate) fn mark(&mut self) -> Result<(), Error> {
        if !self.is_marked {
            self.store.set_extracting(true)?;
            self.is_marked = true;
        }
        Ok(())
    }

    /// Gives a page that is in the store to the extractors; waits while they have their hands full.
    pub(crate) fn hand_over(&mut self, job: Job) -> Result<(), Error> {
        while self.in_hand > 0 && self.bytes_in_hand + job.page.body.len() > MOST_BYTES_IN_HAND {
            self.settle_next()?;
        }
        let (extractors, done) = (self.extractors, self.done.clone());
        self.in_hand += 1;
        self.bytes_in_hand += job.page.body.len();
        self.scope.spawn(move |_| {
            let find = || extractors.extract(&job.page, &job.titles).map(|e| Found::new(&job, e));
            // The extractors take care of their own mistakes; without an answer for this one, the
            // desk would wait for ever.
            let found = panic::catch_unwind(AssertUnwindSafe(find)).unwrap_or_default();
            // The receiver lives as long as the desk, unless the update has failed already.
            let _ = done.send(Done { job, found });
        });
        while self.in_hand >= MOST_IN_HAND {
            self.settle_next()?;
        }
        Ok(())
    }

    /// Waits for everything that the extractors have in hand, and writes it.
    pub(crate) fn clear(&mut self) -> Result<(), Error> {
        self.commit()?;
        self.store.begin()?;
        while self.in_hand > 0 {
            self.settle_next()?;
        }
        self.store.commit()
    }

    /// Waits for one extraction, keeps its text and plans the next visit.
    fn settle_next(&mut self) -> Result<(), Error> {
        let done = self.results.recv().expect("a sender is held here, so the channel is open");
        self.in_hand -= 1;
        self.bytes_in_hand -= done.job.page.body.len();
        // What was not read is in the store for the next update.
        let Done { mut job, found: Some(mut found) } = done else { return Ok(()) };
        if job.role == Role::Good && !found.is_known {
            // What an earlier version made of it is better than nothing.
            return self.store.pass_over(&job.key, job.role, found.version);
        }
        self.report.extracted += 1;
        let leads = std::mem::take(&mut found.leads);
        let follow_up = further::of(&job.page, leads, self.policy).filter(|_| job.is_visit);
        if let Some(follow_up) = follow_up {
            // It is judged with its further pages; without them it would undo what they gave before.
            return self.store.set_follow_up(&job.key, &follow_up);
        }
        if found.outcome.is_good() {
            if !self.store.has_text(&job.key, &found.text)? {
                self.compare(&job, &mut found)?;
            } else if found.outcome == Outcome::Ok {
                found.outcome = Outcome::Unchanged;
            }
        }
        let Found { version, outcome, reason, stored, claim, text, plain, sketch, .. } = found;
        let judgement = Judgement {
            version,
            outcome,
            reason: reason.as_deref(),
            text: &text,
            plain: &plain,
            to_plain: stored_text::plain,
            sketch: sketch.as_deref(),
        };
        let has_changed = self.store.judge(&job.key, job.role, &judgement)?;
        if outcome.is_good() {
            self.keep_claim(&job.key, claim.as_ref())?;
        }
        if job.role == Role::Last {
            revisit::plan(self.store, &job.key, has_changed)?;
        }
        if job.is_visit {
            (job.page.outcome, job.page.reason) = (outcome, reason);
            let is_live = job.page.source == Source::Live;
            if matches!(outcome, Outcome::Empty | Outcome::Gone | Outcome::Blocked)
                && self.policy.archive
                && is_live
                && self.store.text(&job.key)?.is_none()
            {
                job.page.body.clear();
                self.empty.push(job.page);
                return Ok(());
            }
            if !outcome.is_good() {
                return self.visited_without_text(&job.key, &job.page);
            }
            let provenance = stored_text::fresh(&job.page.source, stored.coverage);
            let known = KnownText { content: stored.content, provenance, origins: stored.origins };
            self.visited(&row(&job.page, Some(&known), has_changed));
        }
        Ok(())
    }

    /// Holds a new text against what is listed, and against what was there before.
    fn compare(&self, job: &Job, found: &mut Found) -> Result<(), Error> {
        let Job { key, role, page, titles, .. } = job;
        if *role != Role::Last || page.source != Source::Live {
            return Ok(());
        }
        let before = match self.store.text(key)? {
            Some(text) => stored_text::known(&text, None)?,
            None => None,
        };
        let answer = Answer {
            key,
            final_url: &page.final_url,
            titles,
            title: found.stored.content.title.as_deref().unwrap_or_default(),
            text: &found.plain,
        };
        if let Some((outcome, reason)) = soft_404::recognize(&answer, before.as_ref()) {
            found.refuse(outcome, reason);
        }
        Ok(())
    }

    /// Remembers what the good copy of a page declares.
    fn keep_claim(&mut self, key: &str, claim: Option<&String>) -> Result<(), Error> {
        if self.store.claim(key)?.as_ref() != claim {
            self.store.set_claim(key, claim.map(String::as_str))?;
        }
        Ok(())
    }

    /// Reports a visit that brought no text of its own.
    fn visited_without_text(&mut self, key: &str, page: &Page) -> Result<(), Error> {
        let last = self.store.last_visit(key)?;
        let known = match self.store.text(key)? {
            Some(text) => stored_text::known(&text, last.map(|visit| visit.outcome))?,
            None => None,
        };
        self.visited(&row(page, known.as_ref(), false));
        Ok(())
    }

    fn visited(&mut self, row: &PageReport) {
        self.report.count(row);
        (self.on_progress)(Progress::Visited(row));
    }
}

impl Found {
    /// Judges an extraction and makes of it what is kept.
    fn new(job: &Job, Extracted { extraction, version, is_known }: Extracted) -> Found {
        let (outcome, reason) = verdict(&job.page, &extraction);
        let content = if outcome.is_good() { extraction.content } else { Content::default() };
        let plain = content.text();
        let coverage = match job.page.form {
            Form::Summary => Coverage::Abstract,
            Form::Page | Form::Parts => extraction.coverage,
        };
        let mut origins = extraction.origins;
        if origins.iter().all(|url| *url == job.page.final_url) {
            origins.clear();
        }
        let stored = StoredText { content, coverage, origins };
        let text = stored.to_bytes();
        let sketch = Sketch::of(&plain).map(|sketch| sketch.to_bytes());
        let declared = extraction.canonical_link.as_deref();
        let claim = claims::claim(&job.key, &job.page.final_url, declared);
        let leads = extraction.leads;
        Found { version, is_known, outcome, reason, stored, leads, claim, text, plain, sketch }
    }

    /// Takes the text for none.
    fn refuse(&mut self, outcome: Outcome, reason: String) {
        (self.outcome, self.reason) = (outcome, Some(reason));
        self.stored.content = Content::default();
        self.text = self.stored.to_bytes();
        (self.plain, self.sketch) = (String::new(), None);
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

fn row(page: &Page, known: Option<&KnownText>, has_changed: bool) -> PageReport {
    let provenance = known.map_or(&Provenance::ListOnly, |known| &known.provenance);
    let shown = known.filter(|_| page.outcome.is_good());
    PageReport {
        url: page.url.clone(),
        final_url: page.final_url.clone(),
        outcome: page.outcome,
        reason: page.reason.clone(),
        status: page.status,
        provenance: provenance.to_string(),
        text_from: shown.map(|known| known.origins.clone()).unwrap_or_default(),
        title: shown.and_then(|known| known.content.title.clone()),
        text_chars: shown.map_or(0, |known| known.content.text().chars().count() as u64),
        changed: has_changed,
        requests: page.requests,
        bytes: page.wire_bytes,
        ms: page.elapsed_ms,
    }
}
