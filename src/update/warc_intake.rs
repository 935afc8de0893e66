//! The intake of WARC files: their records are joined with the lists and let in as the crawl's pages.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::{
    aliases::Aliases,
    canonical::CanonicalUrl,
    counted::counted_as,
    crawl::{self, CrawlOptions, Recorded},
    entry::{Entry, Mention},
    error::Error,
    list,
    page::{Outcome, Page},
    store::Visited,
    update::{
        ingest::{Arrival, Ingest},
        report::Progress,
        warc_backlog::{Backlog, Revisit},
        warc_input::RecordSink,
        warc_record::{PageRecord, Skip},
        warc_report::{SkipReason, WarcReport},
    },
    warc::{Item, RecordKind, WarcRecord},
};

/// The list that unlisted pages are filed under.
const LIST: &str = "warc";
/// Places where listed pages lead that are remembered.
const MOST_TARGETS: usize = 200_000;
/// Entries that are told apart from those in the hands of the extractors, which have few of them.
const MOST_WATCHED: usize = 4_096;
/// Faults of files that are named; the others are counted.
const MOST_NAMED: u64 = 50;

/// Takes the pages of records in.
pub(crate) struct WarcIntake<'i, 'scope, 'a> {
    ingest: &'i mut Ingest<'scope, 'a>,
    crawl: &'i CrawlOptions,
    aliases: &'i Aliases,
    /// Whether pages that no list names are taken.
    takes_all: bool,
    now: Timestamp,
    /// Listed pages of which records have said that they are elsewhere, by the canonical URL of that
    /// place.
    origins: HashMap<String, Vec<LeadingPage>>,
    /// Entries whose pages may still be in the hands of the extractors. A record of another moment is
    /// not let in meanwhile: it would be taken for the page that they read.
    in_hand: HashSet<String>,
    /// What the files are read again for.
    backlog: Backlog,
    /// How often they have been read before.
    readings: usize,
    faults: u64,
    report: WarcReport,
}

/// A listed page that leads to another one.
#[derive(Clone)]
struct LeadingPage {
    /// Its canonical URL.
    key: String,
    hops: usize,
    /// Whether every redirect so far was for good.
    permanent: bool,
}

impl<'i, 'scope, 'a> WarcIntake<'i, 'scope, 'a> {
    pub(crate) fn new(
        ingest: &'i mut Ingest<'scope, 'a>,
        crawl: &'i CrawlOptions,
        aliases: &'i Aliases,
        takes_all: bool,
        now: Timestamp,
    ) -> WarcIntake<'i, 'scope, 'a> {
        WarcIntake {
            ingest,
            crawl,
            aliases,
            takes_all,
            now,
            origins: HashMap::new(),
            in_hand: HashSet::new(),
            backlog: Backlog::default(),
            readings: 0,
            faults: 0,
            report: WarcReport::default(),
        }
    }

    /// Waits until everything that came in is judged, and says what it was.
    ///
    /// # Errors
    /// [`Error::Store`] and [`Error::Io`] when the store cannot be written.
    pub(crate) fn finish(mut self) -> Result<WarcReport, Error> {
        self.ingest.finish()?;
        for revisit in std::mem::take(&mut self.backlog).into_revisits() {
            self.give_up(&revisit);
        }
        if self.faults > MOST_NAMED {
            let message = counted_as(
                self.faults - MOST_NAMED,
                "more fault is not named",
                "more faults are not named",
            );
            self.ingest.warn("WARC files", &message);
        }
        Ok(self.report)
    }

    /// Whether the files are to be read again, for what records referred to that had been passed over;
    /// if so, that begins.
    pub(crate) fn begin_again(&mut self) -> bool {
        self.readings += 1;
        // A redirect that stands before the one that leads to it takes one reading more.
        self.readings <= crawl::MAX_HOPS && self.backlog.begin_again()
    }

    /// Takes the page of a record, or says why not.
    fn record(&mut self, name: &str, record: &WarcRecord<'_>) -> Result<Result<(), Skip>, Error> {
        let page = match PageRecord::of(record) {
            Ok(Some(page)) => page,
            Ok(None) => return Ok(Ok(())),
            Err(skip) => return Ok(Err(skip)),
        };
        self.backlog.note_seen(&page.canonical);
        if !self.is_wanted(&page.canonical)? {
            return Ok(Err(Skip::plain(SkipReason::NotListed)));
        }
        match page.judge(self.crawl.policy.max_body_bytes, self.now) {
            Err(Skip { reason: SkipReason::Revisit, .. }) => self.revisit(name, &page, record),
            Err(skip) => Ok(Err(skip)),
            Ok(Recorded::Page(found)) => self.page(&page.canonical, *found),
            Ok(Recorded::Redirect { to, permanent }) => {
                if let Some(to) = CanonicalUrl::from_url(&to) {
                    self.note_redirect(&page.canonical, &to, permanent)?;
                }
                Ok(Err(Skip::plain(SkipReason::Redirect)))
            }
        }
    }

    /// Lets a revisit wait for the record that it refers to.
    fn revisit(
        &mut self,
        name: &str,
        page: &PageRecord<'_>,
        record: &WarcRecord<'_>,
    ) -> Result<Result<(), Skip>, Error> {
        let revisit = match page.revisit(name, self.now) {
            Ok(revisit) => revisit,
            Err(skip) => return Ok(Err(skip)),
        };
        let visits = self.ingest.store.visits(revisit.canonical.as_str())?;
        if !is_newer(revisit.at, true, &visits) {
            return Ok(Err(Skip::plain(SkipReason::NotNewer)));
        }
        if let Err(revisit) = self.backlog.wait(revisit, &record.keys, record.referent.as_deref()) {
            self.give_up(&revisit);
        }
        Ok(Ok(()))
    }

    /// Counts and names a revisit whose page is not there.
    fn give_up(&mut self, revisit: &Revisit) {
        self.skip(SkipReason::Revisit);
        self.name_fault(&revisit.file, &revisit.fault);
    }

    /// Takes what a record is now known to be good for, which an earlier reading has passed over.
    fn record_again(&mut self, name: &str, record: &WarcRecord<'_>) -> Result<(), Error> {
        let Ok(Some(page)) = PageRecord::of(record) else { return Ok(()) };
        let max_body_bytes = self.crawl.policy.max_body_bytes;
        if record.kind != RecordKind::Revisit {
            for revisit in self.backlog.waiting_for(&record.keys) {
                match page.judge_for(&revisit, max_body_bytes) {
                    Ok(Recorded::Page(found)) => {
                        if let Err(skip) = self.page(&revisit.canonical, *found)? {
                            self.skip(skip.reason);
                        }
                    }
                    _ => self.give_up(&revisit),
                }
            }
        }
        if !self.backlog.is_target(&page.canonical) {
            return Ok(());
        }
        let was_passed_over =
            !self.takes_all && self.ingest.store.position(page.canonical.as_str())?.is_none();
        let now_skipped = match page.judge(max_body_bytes, self.now) {
            Ok(Recorded::Page(found)) => self.page(&page.canonical, *found)?.err(),
            Ok(Recorded::Redirect { to, permanent }) => {
                if let Some(to) = CanonicalUrl::from_url(&to) {
                    self.note_redirect(&page.canonical, &to, permanent)?;
                }
                Some(Skip::plain(SkipReason::Redirect))
            }
            Err(Skip { reason: SkipReason::Revisit, .. }) => {
                self.revisit(name, &page, record)?.err()
            }
            Err(skip) => Some(skip),
        };
        if was_passed_over {
            // It was counted as a page of no list.
            if let Some(count) = self.report.skipped.get_mut(&SkipReason::NotListed) {
                *count = count.saturating_sub(1);
            }
            self.report.skipped.retain(|_, count| *count > 0);
            if let Some(skip) = now_skipped {
                self.skip(skip.reason);
            }
        }
        Ok(())
    }

    /// Whether the page at an address is listed, is where a listed one leads, or is to be taken in
    /// any case.
    fn is_wanted(&self, url: &CanonicalUrl) -> Result<bool, Error> {
        let url = url.as_str();
        Ok(self.takes_all
            || self.origins.contains_key(url)
            || self.ingest.store.position(url)?.is_some())
    }

    /// Notes where a listed page leads, and those that lead to it.
    fn note_redirect(
        &mut self,
        from: &CanonicalUrl,
        to: &CanonicalUrl,
        permanent: bool,
    ) -> Result<(), Error> {
        let mut leading = self.origins.get(from.as_str()).cloned().unwrap_or_default();
        if self.ingest.store.position(from.as_str())?.is_some() {
            leading.push(LeadingPage { key: from.to_string(), hops: 0, permanent: true });
        }
        let is_full = self.origins.len() >= MOST_TARGETS;
        if from == to || leading.is_empty() || is_full {
            return Ok(());
        }
        let there = self.origins.entry(to.to_string()).or_default();
        for origin in leading {
            let is_new = there.iter().all(|known| known.key != origin.key);
            if is_new && origin.hops < crawl::MAX_HOPS && origin.key != to.as_str() {
                let (hops, permanent) = (origin.hops + 1, origin.permanent && permanent);
                there.push(LeadingPage { hops, permanent, ..origin });
                self.backlog.want(to);
            }
        }
        Ok(())
    }

    /// Lets a page in for every entry that it is the page of.
    fn page(&mut self, canonical: &CanonicalUrl, page: Page) -> Result<Result<(), Skip>, Error> {
        let mut entries: Vec<(Entry, bool)> = Vec::new();
        for origin in self.origins.get(canonical.as_str()).cloned().unwrap_or_default() {
            let entry: Option<Entry> = self.ingest.store.pending_entry(&origin.key)?;
            entries.extend(entry.map(|entry| (entry, origin.permanent)));
        }
        match self.ingest.store.pending_entry(canonical.as_str())? {
            Some(entry) => entries.push((entry, false)),
            None if entries.is_empty() => match self.takes_all && page.outcome == Outcome::Ok {
                true => entries.push((self.new_entry(canonical, &page)?, false)),
                false => return Ok(Err(Skip::plain(SkipReason::NotListed))),
            },
            None => {}
        }
        let mut is_taken = false;
        for (entry, has_moved) in entries {
            let visits = self.ingest.store.visits(entry.canonical.as_str())?;
            if !is_newer(page.fetched_at, page.outcome.is_good(), &visits) {
                continue;
            }
            self.wait_for(entry.canonical.as_str())?;
            let mut page = Page { url: entry.url.clone(), ..page.clone() };
            if has_moved && page.outcome == Outcome::Ok {
                page.outcome = Outcome::Moved;
                page.reason = Some(format!("moved to {}", page.final_url));
            }
            is_taken = true;
            self.ingest.store.begin()?;
            self.ingest.ingest([Arrival { entry, page, completes_visit: false }])?;
        }
        if !is_taken {
            return Ok(Err(Skip::plain(SkipReason::NotNewer)));
        }
        self.report.taken += 1;
        Ok(Ok(()))
    }

    /// Waits until an entry is in nobody's hands.
    fn wait_for(&mut self, key: &str) -> Result<(), Error> {
        if self.in_hand.len() >= MOST_WATCHED || self.in_hand.contains(key) {
            self.ingest.finish()?;
            self.in_hand.clear();
        }
        self.in_hand.insert(key.to_owned());
        Ok(())
    }

    /// Makes an entry for a page that no list names. It has no title: that of the page is shown.
    fn new_entry(&mut self, canonical: &CanonicalUrl, page: &Page) -> Result<Entry, Error> {
        let mut entry = Entry {
            titles: Vec::new(),
            url: page.final_url.clone(),
            canonical: canonical.clone(),
            date_listed: None,
            date_precision: Default::default(),
            tags: Vec::new(),
            company: None,
            company_inferred: false,
            section: Vec::new(),
            description: None,
            labels: Vec::new(),
            also: Vec::new(),
            lists: vec![Mention { list: LIST.to_owned(), line: 0 }],
        };
        list::infer_companies(std::slice::from_mut(&mut entry), self.aliases);
        self.ingest.store.begin()?;
        self.ingest.store.add_unlisted(canonical.as_str(), &entry.url, &entry)?;
        Ok(entry)
    }

    fn skip(&mut self, reason: SkipReason) {
        *self.report.skipped.entry(reason).or_default() += 1;
    }

    /// Names a fault of a file, unless there were too many of them.
    fn name_fault(&mut self, name: &str, message: &str) {
        self.faults += 1;
        if self.faults <= MOST_NAMED {
            self.ingest.warn(name, message);
        }
    }
}

impl RecordSink for WarcIntake<'_, '_, '_> {
    fn begin(&mut self, name: &str) -> Result<(), Error> {
        self.report.files += u64::from(self.readings == 0);
        self.ingest.tell(Progress::Reading { name });
        Ok(())
    }

    fn wants(&mut self, url: &str) -> Result<bool, Error> {
        let url = CanonicalUrl::parse(url);
        if self.readings > 0 {
            return Ok(url.is_some_and(|url| self.backlog.wants(&url)));
        }
        let is_wanted = match url {
            Some(url) => {
                self.backlog.note_seen(&url);
                self.is_wanted(&url)?
            }
            // Its record may say better what it is.
            None => true,
        };
        if !is_wanted {
            self.skip(SkipReason::NotListed);
        }
        Ok(is_wanted)
    }

    fn take(&mut self, name: &str, item: Item<'_>) -> Result<(), Error> {
        if self.readings > 0 {
            return match item {
                Item::Record(record) => self.record_again(name, &record),
                Item::Bad(_) => Ok(()),
            };
        }
        self.report.records += 1;
        let (skip, fault) = match &item {
            Item::Record(record) => match self.record(name, record)? {
                Ok(()) => return Ok(()),
                Err(skip) => {
                    let fault = skip.fault(record.number, record.offset, record.url.as_deref());
                    (skip, fault)
                }
            },
            Item::Bad(bad) => {
                let skip = Skip::of_bad(bad);
                let fault = skip.fault(bad.number, bad.offset, bad.url.as_deref());
                (skip, fault)
            }
        };
        self.skip(skip.reason);
        if let Some(fault) = fault {
            self.name_fault(name, &fault);
        }
        Ok(())
    }

    fn fail(&mut self, name: &str, why: &str) -> Result<(), Error> {
        if self.readings > 0 {
            return Ok(());
        }
        self.report.unreadable += 1;
        self.name_fault(name, why);
        Ok(())
    }
}

/// Whether a recorded page says more than the visits to its entry, the newest first: a page with a text
/// is held against those that found one, any other against all. A visit of the same moment is that of
/// the record itself.
fn is_newer(at: Timestamp, is_good: bool, visits: &[Visited]) -> bool {
    visits.iter().all(|visit| {
        let counts = visit.outcome.is_good() || !is_good;
        visit.at != at && (!counts || visit.at < at)
    })
}
