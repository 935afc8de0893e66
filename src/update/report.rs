//! What an update reports: while it works, and at its end.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    canonical,
    error::RefusalCause,
    page::{Outcome, Page},
    update::{
        exclusions::Excluded, page_report::PageReport, pull_report::PullReport,
        warc_report::WarcReport,
    },
};

/// What an update reports while it works.
#[derive(Debug)]
pub enum Progress<'a> {
    /// Something about a list that a person should know.
    Warning {
        /// Name or address of the list.
        list: &'a str,
        /// Line in it; 0 for the whole list.
        line: u32,
        /// What is odd.
        message: &'a str,
    },
    /// The lists have been read.
    Listed {
        /// Entries of all lists.
        entries: u64,
        /// Documents that they make.
        documents: u64,
    },
    /// A page that is due, in a dry run.
    WouldVisit {
        /// Its URL.
        url: &'a str,
    },
    /// The crawl begins.
    Crawling {
        /// Pages to visit.
        pages: u64,
    },
    /// A file of recorded pages is being read.
    Reading {
        /// Its path or address.
        name: &'a str,
    },
    /// A request goes out.
    Request {
        /// Where to.
        url: &'a str,
    },
    /// A visit has ended and its page was judged.
    Visited(&'a PageReport),
    /// There is no network; the remaining pages are not tried.
    NoNetwork,
    /// The index is being built.
    Indexing {
        /// Documents to index.
        documents: u64,
    },
    /// The passages of the index get their vectors.
    Embedding {
        /// Documents that are done.
        done: u64,
        /// Documents of the index.
        documents: u64,
        /// Passages whose vectors were not known.
        passages: u64,
    },
}

/// What an update did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Report {
    /// When it began.
    #[cfg_attr(feature = "cli", schemars(with = "String", extend("format" = "date-time")))]
    pub started_at: Timestamp,
    /// How long it took, in milliseconds.
    pub elapsed_ms: u64,
    /// Entries of all lists.
    pub entries: u64,
    /// Entries that no update has seen before.
    pub added: u64,
    /// Entries that the lists had until now.
    pub removed: u64,
    /// Documents in the index.
    pub documents: u64,
    /// Documents with more text than the list gives.
    pub full_texts: u64,
    /// Entries that are one document with another entry, because their pages hold its article.
    #[serde(default)]
    pub merged: u64,
    /// Pages visited.
    pub visited: u64,
    /// How many visits had which outcome.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Pages whose text is another than at the visit before.
    pub changed: u64,
    /// Requests sent.
    pub requests: u64,
    /// Bytes received.
    pub bytes: u64,
    /// Pages whose text was extracted.
    pub extracted: u64,
    /// True when no request was to be sent.
    #[serde(default)]
    pub offline: bool,
    /// True when there was no network.
    pub no_network: bool,
    /// Pages that were due and were not visited, since there was no network.
    #[serde(default)]
    pub not_visited: u64,
    /// The tries that failed before it was clear that there is no network, a few of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_tries: Vec<FailedTry>,
    /// Lists that could not be read, or not as they are now, by their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread_lists: Vec<String>,
    /// Passages whose vectors were computed, when there is a model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embedded: Option<u64>,
    /// Number of the generation that was built and published; none when nothing had changed, or
    /// when it was refused.
    pub generation: Option<u64>,
    /// Why the new index was not published.
    pub refused: Option<String>,
    /// What is at fault then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_for: Option<RefusalCause>,
    /// True when the user interrupted it; the next update takes it up.
    pub interrupted: bool,
    /// What ended it early; what it had fetched is kept.
    #[serde(default)]
    pub failed: Option<String>,
    /// What a person should know of a whole list: that it could not be had, and what is used instead.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// What `exclude` in the settings has left out of the lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<Excluded>,
    /// What was forgotten, if that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pruned: Option<Pruned>,
    /// What was pulled, where somebody else builds the index; nothing was visited then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pulled: Option<PullReport>,
    /// What was in the WARC files, if pages came out of some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warc: Option<WarcReport>,
}

/// A page that nobody answered for, which says nothing of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct FailedTry {
    /// The link in the list.
    pub url: String,
    /// What happened.
    pub reason: String,
}

/// What an update has forgotten because it was asked to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Pruned {
    /// How many pages that no list has any more.
    pub pages: u64,
    /// Their links.
    pub urls: Vec<String>,
    /// How many older versions of texts.
    pub versions: u64,
    /// The links of the pages that had them.
    pub texts: Vec<String>,
}

/// Names of excluded and forgotten pages that are kept of an update, of each kind.
const MOST_NAMES: usize = 20;
/// Tries that are kept of an update without a network.
const MOST_TRIES: usize = 3;
/// Warnings that are kept of an update.
const MOST_WARNINGS: usize = 20;

impl Report {
    pub(crate) fn new(started_at: Timestamp) -> Report {
        Report {
            started_at,
            elapsed_ms: 0,
            entries: 0,
            added: 0,
            removed: 0,
            documents: 0,
            full_texts: 0,
            merged: 0,
            visited: 0,
            outcomes: BTreeMap::new(),
            changed: 0,
            requests: 0,
            bytes: 0,
            extracted: 0,
            offline: false,
            no_network: false,
            not_visited: 0,
            failed_tries: Vec::new(),
            unread_lists: Vec::new(),
            embedded: None,
            generation: None,
            refused: None,
            refused_for: None,
            interrupted: false,
            failed: None,
            warnings: Vec::new(),
            excluded: Vec::new(),
            pruned: None,
            pulled: None,
            warc: None,
        }
    }

    /// The report of an update that has pulled the index, in place of visits.
    pub fn of_pull(pulled: PullReport) -> Report {
        Report {
            elapsed_ms: pulled.elapsed_ms,
            documents: pulled.documents,
            full_texts: pulled.full_texts,
            bytes: pulled.received,
            generation: pulled.generation,
            refused: pulled.refused.clone(),
            refused_for: pulled.refused_for,
            pulled: Some(pulled.clone()),
            ..Report::new(pulled.started_at)
        }
    }

    /// Keeps what is said of a whole list.
    pub(crate) fn note(&mut self, progress: &Progress<'_>) {
        if let Progress::Embedding { passages, .. } = progress {
            self.embedded = Some(*passages);
        }
        if let Progress::Warning { list, line: 0, message } = progress
            && self.warnings.len() < MOST_WARNINGS
        {
            let message = format!("{list}: {message}");
            self.warnings.push(canonical::discreet(&message).into_owned());
        }
    }

    /// The report as it is kept, with a few names where there may be a million.
    pub(crate) fn for_log(&self) -> Report {
        let mut report = self.clone();
        report.excluded.iter_mut().for_each(|excluded| excluded.urls.truncate(MOST_NAMES));
        if let Some(pruned) = &mut report.pruned {
            pruned.urls.truncate(MOST_NAMES);
            pruned.texts.truncate(MOST_NAMES);
        }
        report
    }

    /// Keeps a try that nobody answered.
    pub(crate) fn note_try(&mut self, page: &Page) {
        self.keep_try(&page.url, page.reason.as_deref());
    }

    fn keep_try(&mut self, url: &str, reason: Option<&str>) {
        if self.failed_tries.len() < MOST_TRIES {
            let reason = reason.unwrap_or_default().to_owned();
            self.failed_tries.push(FailedTry { url: url.to_owned(), reason });
        }
    }

    /// Whether it came to its end, with an index of what it found.
    pub(crate) fn is_done(&self) -> bool {
        !self.interrupted && self.refused.is_none() && self.failed.is_none()
    }

    /// Whether pages were to be visited and nobody answered for any of them.
    pub fn reached_nothing(&self) -> bool {
        let unreachable = self.outcomes.get(&Outcome::Unreachable).copied().unwrap_or(0);
        self.no_network || self.warc.is_none() && self.visited > 0 && unreachable == self.visited
    }

    pub(crate) fn count(&mut self, row: &PageReport) {
        self.visited += 1;
        self.changed += u64::from(row.changed);
        self.requests += u64::from(row.requests);
        self.bytes += row.bytes;
        *self.outcomes.entry(row.outcome).or_default() += 1;
        // Whoever allows a private network has to know which one.
        if row.reason.as_deref().is_some_and(|reason| reason.starts_with("forbidden address: ")) {
            self.keep_try(&row.url, row.reason.as_deref());
        }
    }

    pub(crate) fn end(&mut self, at: Timestamp) {
        let elapsed = at.as_millisecond() - self.started_at.as_millisecond();
        self.elapsed_ms = u64::try_from(elapsed).unwrap_or(0);
    }

    /// When it ended.
    pub fn ended_at(&self) -> Timestamp {
        let elapsed = jiff::SignedDuration::from_millis(self.elapsed_ms.cast_signed());
        self.started_at.checked_add(elapsed).unwrap_or(Timestamp::MAX)
    }
}
