//! What records refer to that came before them; WARC files are read again for it.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
};

use jiff::Timestamp;

use crate::canonical::CanonicalUrl;

/// Pages of which it is remembered that they have been read, 16 MB of hashes; beyond them any page may
/// have been.
const MOST_SEEN: usize = 1 << 20;
/// Pages that are wanted again.
const MOST_TARGETS: usize = 100_000;
/// Bytes of revisits that wait for what they refer to.
const MOST_REVISIT_BYTES: usize = 32 << 20;

/// What another reading of the files is to bring.
#[derive(Default)]
pub(crate) struct Backlog {
    hasher: RandomState,
    seen: HashSet<u64>,
    /// Pages that were passed over before a redirect of a listed page led to them.
    targets: HashSet<String>,
    /// Those among them that were found out since the reading began.
    new_targets: HashSet<String>,
    /// By the number under which each waits.
    revisits: HashMap<usize, Revisit>,
    /// Which of them wait for a record, by what it is known by.
    waiting: HashMap<String, Vec<usize>>,
    /// The addresses of such records, where revisits name them.
    referents: HashSet<String>,
    revisit_bytes: usize,
    /// Whether revisits have come since the reading began.
    has_new_revisits: bool,
}

/// A record that says that a page was that of another record.
#[derive(Debug)]
pub(crate) struct Revisit {
    pub(crate) canonical: CanonicalUrl,
    pub(crate) url: String,
    pub(crate) at: Timestamp,
    /// The header of the answer, where it is there.
    pub(crate) head: Vec<u8>,
    /// The file that it is in.
    pub(crate) file: String,
    /// What is said of it when its page is not found.
    pub(crate) fault: String,
}

impl Backlog {
    /// Notes that a page has been read.
    pub(crate) fn note_seen(&mut self, page: &CanonicalUrl) {
        if self.seen.len() < MOST_SEEN {
            self.seen.insert(self.hasher.hash_one(page.as_str()));
        }
    }

    /// Notes that a page is wanted from now on; if it may have been read before, it is read again.
    pub(crate) fn want(&mut self, page: &CanonicalUrl) {
        let is_seen = self.seen.len() >= MOST_SEEN
            || self.seen.contains(&self.hasher.hash_one(page.as_str()));
        let is_full = self.targets.len() + self.new_targets.len() >= MOST_TARGETS;
        if is_seen && !is_full && !self.targets.contains(page.as_str()) {
            self.new_targets.insert(page.to_string());
        }
    }

    /// Keeps a revisit until one of the records is read that have these keys.
    ///
    /// # Errors
    /// The revisit, if it does not say what it refers to or too many wait already.
    pub(crate) fn wait(
        &mut self,
        revisit: Revisit,
        keys: &[String],
        referent: Option<&str>,
    ) -> Result<(), Box<Revisit>> {
        let Revisit { url, head, file, fault, .. } = &revisit;
        let texts = url.len() * 2 + head.len() + file.len() + fault.len();
        let bytes = texts + keys.iter().map(String::len).sum::<usize>() + 200;
        if keys.is_empty() || self.revisit_bytes + bytes > MOST_REVISIT_BYTES {
            return Err(Box::new(revisit));
        }
        self.revisit_bytes += bytes;
        let number = self.revisits.len();
        for key in keys {
            self.waiting.entry(key.clone()).or_default().push(number);
        }
        let referent = referent.and_then(CanonicalUrl::parse);
        self.referents.insert(referent.as_ref().unwrap_or(&revisit.canonical).to_string());
        self.revisits.insert(number, revisit);
        self.has_new_revisits = true;
        Ok(())
    }

    /// Whether the files are to be read again; if so, the reading begins.
    pub(crate) fn begin_again(&mut self) -> bool {
        let has_new = std::mem::take(&mut self.has_new_revisits);
        self.targets = std::mem::take(&mut self.new_targets);
        has_new || !self.targets.is_empty()
    }

    /// Whether a page is to be read again as the one that a redirect leads to.
    pub(crate) fn is_target(&self, page: &CanonicalUrl) -> bool {
        self.targets.contains(page.as_str())
    }

    /// Whether the records of an address are to be read again.
    pub(crate) fn wants(&self, page: &CanonicalUrl) -> bool {
        self.is_target(page) || self.referents.contains(page.as_str())
    }

    /// The revisits that wait for a record with these keys.
    pub(crate) fn waiting_for(&mut self, keys: &[String]) -> Vec<Revisit> {
        let numbers = keys.iter().filter_map(|key| self.waiting.remove(key)).flatten();
        numbers.filter_map(|number| self.revisits.remove(&number)).collect()
    }

    /// The revisits whose pages were not found, in the order in which they came.
    pub(crate) fn into_revisits(self) -> Vec<Revisit> {
        let mut left: Vec<_> = self.revisits.into_iter().collect();
        left.sort_unstable_by_key(|(number, _)| *number);
        left.into_iter().map(|(_, revisit)| revisit).collect()
    }
}
