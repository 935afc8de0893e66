//! The pipeline: stored pages go through the extractors, and each comes back judged.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::mpsc::{self, Receiver, Sender},
};

use crate::{
    crawl_policy::Policy,
    error::Error,
    page::{Outcome, Page, Source},
    store::{CopyRole, FollowUp, Judgement, Store},
    update::{
        extractors::Extractors,
        follow_ups,
        page_report::PageReport,
        page_text::PageText,
        revisit,
        soft_404::{self, Answer},
        stored_text::{self, KnownText},
    },
};

/// A page on its way through the extractors. It is in the store already.
pub(crate) struct Job {
    pub(crate) key: String,
    pub(crate) role: CopyRole,
    pub(crate) page: Page,
    /// The titles that lists give it.
    pub(crate) titles: Vec<String>,
    /// Whether a visit brought it just now.
    pub(crate) is_visit: bool,
}

/// What a page came to, and what is still wanted for it.
pub(crate) enum Judged {
    /// Nothing more: its text is stored. If a visit brought it, that is to be reported.
    Done(Option<Box<PageReport>>),
    /// The pages that it leads to: it is judged together with them. The first part is its key.
    FollowUps(String, Box<FollowUp>),
    /// A copy of a web archive: it is no article, and there is no good copy of it. It comes without
    /// its body, and its visit is not reported yet.
    Archive(Box<Page>),
}

/// A page as the extractors give it back.
struct Read {
    job: Job,
    /// None when it was not read, because the update is to stop.
    found: Option<PageText>,
}

/// Pages in the hands of the extractors at the same time, so many that they have something to do while
/// the store is synced.
pub(crate) const MOST_IN_HAND: usize = 128;
/// Bytes of bodies in the hands of the extractors at the same time, more than one body apart: a
/// page at the size limit takes several times as much while it is read.
pub(crate) const MOST_BYTES_IN_HAND: usize = 8 << 20;

/// Pages in the hands of the extractors, which are the threads of a pool. What they find is judged
/// and stored by the thread that asks for it.
pub(crate) struct Pipeline<'scope, 'a> {
    scope: &'a rayon::Scope<'scope>,
    extractors: &'scope Extractors,
    /// Which pages are asked for beside those that are listed.
    policy: &'a Policy,
    sender: Sender<Read>,
    results: Receiver<Read>,
    in_hand: usize,
    /// The bytes of their bodies.
    bytes_in_hand: usize,
}

impl<'scope, 'a> Pipeline<'scope, 'a> {
    /// An empty pipeline to these extractors, whose threads are those of the scope.
    pub(crate) fn new(
        scope: &'a rayon::Scope<'scope>,
        extractors: &'scope Extractors,
        policy: &'a Policy,
    ) -> Pipeline<'scope, 'a> {
        let (sender, results) = mpsc::channel();
        Pipeline { scope, extractors, policy, sender, results, in_hand: 0, bytes_in_hand: 0 }
    }

    /// Whether a body of so many bytes may be submitted before another page comes back.
    pub(crate) fn has_room_for(&self, bytes: usize) -> bool {
        self.in_hand == 0 || self.bytes_in_hand + bytes <= MOST_BYTES_IN_HAND
    }

    /// Whether a page has to come back before the next one is submitted.
    pub(crate) fn is_full(&self) -> bool {
        self.in_hand >= MOST_IN_HAND
    }

    /// Whether no page is to come back.
    pub(crate) fn is_empty(&self) -> bool {
        self.in_hand == 0
    }

    /// Gives a page that is in the store to the extractors.
    pub(crate) fn submit(&mut self, job: Job) {
        let (extractors, sender) = (self.extractors, self.sender.clone());
        self.in_hand += 1;
        self.bytes_in_hand += job.page.body.len();
        self.scope.spawn(move |_| {
            let find = || {
                let extracted = extractors.extract(&job.page, &job.titles)?;
                Some(PageText::new(&job.key, &job.page, extracted))
            };
            // The extractors take care of their own mistakes; without an answer for this one, the
            // pipeline would wait for ever.
            let found = panic::catch_unwind(AssertUnwindSafe(find)).unwrap_or_default();
            // The receiver lives as long as the pipeline, unless the update has failed already.
            let _ = sender.send(Read { job, found });
        });
    }

    /// Waits for one of the pages in hand, judges it, stores its text and plans its next visit. None
    /// for a page that was not read; it is in the store for the next update.
    pub(crate) fn next(&mut self, store: &mut Store) -> Result<Option<Judged>, Error> {
        let read = self.results.recv().expect("a sender is held here, so the channel is open");
        self.in_hand -= 1;
        self.bytes_in_hand -= read.job.page.body.len();
        let Read { job, found: Some(found) } = read else { return Ok(None) };
        if job.role == CopyRole::Good && !found.is_known {
            // What an earlier version made of it is better than nothing.
            store.mark_extracted(&job.key, job.role, found.version)?;
            return Ok(None);
        }
        self.judge(job, found, store).map(Some)
    }

    /// Judges a page by what was found on it, and stores that.
    fn judge(&self, job: Job, mut found: PageText, store: &mut Store) -> Result<Judged, Error> {
        let outlinks = std::mem::take(&mut found.outlinks);
        let follow_up = follow_ups::of(&job.page, outlinks, self.policy).filter(|_| job.is_visit);
        if let Some(follow_up) = follow_up {
            // It is judged with its further pages; without them it would undo what they gave before.
            return Ok(Judged::FollowUps(job.key, Box::new(follow_up)));
        }
        if found.outcome.is_good() {
            if !store.has_text(&job.key, &found.text)? {
                compare(&job, &mut found, store)?;
            } else if found.outcome == Outcome::Ok {
                found.outcome = Outcome::Unchanged;
            }
        }
        let PageText { version, outcome, reason, stored, claim, text, plain, sketch, .. } = found;
        let judgement = Judgement {
            version,
            outcome,
            reason: reason.as_deref(),
            text: &text,
            plain: &plain,
            to_plain: stored_text::plain,
            sketch: sketch.as_deref(),
        };
        let Job { key, role, mut page, is_visit, .. } = job;
        let has_changed = store.judge(&key, role, &judgement)?;
        if outcome.is_good() {
            set_claim(store, &key, claim.as_deref())?;
        }
        if role == CopyRole::Last {
            revisit::plan(store, &key, has_changed)?;
        }
        if !is_visit {
            return Ok(Judged::Done(None));
        }
        (page.outcome, page.reason) = (outcome, reason);
        if matches!(outcome, Outcome::Empty | Outcome::Gone | Outcome::Blocked)
            && self.policy.archive
            && page.source == Source::Live
            && store.text(&key)?.is_none()
        {
            page.body.clear();
            return Ok(Judged::Archive(Box::new(page)));
        }
        let report = if outcome.is_good() {
            let provenance = stored_text::fresh(&page.source, stored.coverage);
            let known = KnownText { content: stored.content, provenance, origins: stored.origins };
            PageReport::new(&page, Some(&known), has_changed)
        } else {
            PageReport::without_text(store, &key, &page)?
        };
        Ok(Judged::Done(Some(Box::new(report))))
    }
}

/// Holds a new text against what is listed, and against what was there before.
fn compare(job: &Job, found: &mut PageText, store: &Store) -> Result<(), Error> {
    let Job { key, role, page, titles, .. } = job;
    if *role != CopyRole::Last || page.source != Source::Live {
        return Ok(());
    }
    let before = match store.text(key)? {
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

/// Stores the address that the good copy of a page declares, if that is another one than before.
fn set_claim(store: &mut Store, key: &str, claim: Option<&str>) -> Result<(), Error> {
    if store.claim(key)?.as_deref() != claim {
        store.set_claim(key, claim)?;
    }
    Ok(())
}
