//! Documents of a collection: each entry with what the store holds of its page.

use std::vec::IntoIter;

use jiff::{Timestamp, tz::TimeZone};
use siphasher::sip128::{Hasher128, SipHasher13};

use crate::{
    aliases::Aliases,
    entry::Entry,
    error::Error,
    extract::{Content, Coverage},
    index::{Document, Provenance},
    page::{Outcome, Source},
    store::{LastVisit, Store, Text},
    update::{pages::StoredText, versions},
};

/// Documents in the order of their entries, read from the store one by one.
pub(crate) struct Documents<'a> {
    store: &'a mut Store,
    entries: IntoIter<Entry>,
    failure: Option<Error>,
}

impl<'a> Documents<'a> {
    pub(crate) fn new(store: &'a mut Store, entries: Vec<Entry>) -> Documents<'a> {
        Documents { store, entries: entries.into_iter(), failure: None }
    }

    /// Whether all of them could be read; to be asked when the iterator has ended.
    pub(crate) fn result(self) -> Result<(), Error> {
        self.failure.map_or(Ok(()), Err)
    }
}

impl Iterator for Documents<'_> {
    type Item = Document;

    fn next(&mut self) -> Option<Document> {
        let entry = self.entries.next()?;
        match content_of(self.store, entry.canonical.as_str()) {
            Ok(content) => Some(Document::new(entry, content)),
            Err(error) => {
                self.failure = Some(error);
                None
            }
        }
    }
}

/// A hash of everything that the index is made from.
pub(crate) fn fingerprint(
    store: &Store,
    entries: &[Entry],
    aliases: &Aliases,
) -> Result<String, Error> {
    let mut hasher = SipHasher13::new();
    let mut add = |text: &str| {
        std::hash::Hasher::write(&mut hasher, text.as_bytes());
        std::hash::Hasher::write(&mut hasher, &[0]);
    };
    add(&versions());
    add(&format!("{aliases:?}"));
    for entry in entries {
        add(&serde_json::to_string(entry).expect("an entry has string keys only"));
        if let Some(visit) = store.last_visit(entry.canonical.as_str())? {
            add(if is_lost(visit.outcome) { "lost" } else { "good" });
        }
    }
    for (key, hash, version) in store.text_marks()? {
        add(&format!("{key} {hash} {version}"));
    }
    Ok(format!("{:032x}", hasher.finish128().as_u128()))
}

fn content_of(store: &Store, key: &str) -> Result<Option<(Content, Provenance)>, Error> {
    let Some(text) = store.text(key)? else { return Ok(None) };
    let Ok(stored) = serde_json::from_slice::<StoredText>(&text.text) else { return Ok(None) };
    if stored.content.sections.is_empty() {
        return Ok(None);
    }
    let provenance = provenance(&text, stored.coverage, store.last_visit(key)?.as_ref());
    Ok(Some((stored.content, provenance)))
}

fn provenance(text: &Text, coverage: Coverage, visit: Option<&LastVisit>) -> Provenance {
    let day = |at: Timestamp| TimeZone::UTC.to_datetime(at).date();
    match text.source {
        Source::Archived { captured } => return Provenance::Archived { captured: day(captured) },
        Source::Live => {}
    }
    if visit.is_some_and(|visit| is_lost(visit.outcome)) {
        return Provenance::LastGood { fetched: day(text.fetched_at) };
    }
    match coverage {
        Coverage::FullText => Provenance::FullText,
        Coverage::Abstract => Provenance::Abstract,
        Coverage::Transcript => Provenance::Transcript,
    }
}

/// Whether the page itself is not what it was; no answer at all says nothing about the page.
fn is_lost(outcome: Outcome) -> bool {
    !outcome.is_good() && outcome != Outcome::Unreachable
}
