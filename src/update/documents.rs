//! Documents of a collection: each entry with what the store holds of its page.

use std::{
    collections::{BTreeMap, HashMap},
    vec::IntoIter,
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use siphasher::sip128::{Hasher128, SipHasher13};

use crate::{
    aliases::Aliases,
    entry::Entry,
    error::Error,
    extract::{Content, Coverage},
    index::{Document, Provenance},
    page::{Outcome, Source},
    store::{Mark, Store, Text, Visited},
    update::{desk::StoredText, versions},
};

/// Documents in the order of their entries, read from the store one by one.
pub(crate) struct Documents<'a> {
    store: &'a mut Store,
    entries: IntoIter<Entry>,
    visits: &'a HashMap<String, Visited>,
    provenance: BTreeMap<String, u64>,
    failure: Option<Error>,
}

impl<'a> Documents<'a> {
    pub(crate) fn new(
        store: &'a mut Store,
        entries: Vec<Entry>,
        visits: &'a HashMap<String, Visited>,
    ) -> Documents<'a> {
        let entries = entries.into_iter();
        Documents { store, entries, visits, provenance: BTreeMap::new(), failure: None }
    }

    /// How many had which sort of text, or why they could not all be read; to be asked when the
    /// iterator has ended.
    pub(crate) fn result(self) -> Result<BTreeMap<String, u64>, Error> {
        self.failure.map_or(Ok(self.provenance), Err)
    }
}

impl Iterator for Documents<'_> {
    type Item = Document;

    fn next(&mut self) -> Option<Document> {
        let entry = self.entries.next()?;
        let key = entry.canonical.as_str();
        match content_of(self.store, key, self.visits.get(key)) {
            Ok(content) => {
                let document = Document::new(entry, content);
                *self.provenance.entry(document.provenance.name().to_owned()).or_default() += 1;
                Some(document)
            }
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
    visits: &HashMap<String, Visited>,
    aliases: &Aliases,
) -> Result<String, Error> {
    let mut hasher = SipHasher13::new();
    let mut add = |text: &str| {
        std::hash::Hasher::write(&mut hasher, text.as_bytes());
        std::hash::Hasher::write(&mut hasher, &[0]);
    };
    add(&versions());
    add(&format!("{aliases:?}"));
    let marks: HashMap<String, Mark> =
        store.marks()?.into_iter().map(|mark| (mark.key.clone(), mark)).collect();
    for entry in entries {
        add(&serde_json::to_string(entry).expect("an entry has string keys only"));
        let key = entry.canonical.as_str();
        if let Some(mark) = marks.get(key) {
            add(&mark.hash.to_string());
            if visits.get(key).is_some_and(|visit| is_lost(visit.outcome)) {
                add(&day(mark.fetched_at).to_string());
            }
        }
    }
    Ok(format!("{:032x}", hasher.finish128().as_u128()))
}

/// What the store holds of a page: its text, and what sort of text it is.
pub(crate) fn content_of(
    store: &Store,
    key: &str,
    visit: Option<&Visited>,
) -> Result<Option<(Content, Provenance)>, Error> {
    let Some(text) = store.text(key)? else { return Ok(None) };
    let Ok(stored) = serde_json::from_slice::<StoredText>(&text.text) else { return Ok(None) };
    if stored.content.sections.is_empty() {
        return Ok(None);
    }
    let provenance = provenance(&text, stored.coverage, visit);
    Ok(Some((stored.content, provenance)))
}

fn provenance(text: &Text, coverage: Coverage, visit: Option<&Visited>) -> Provenance {
    let is_live = text.source == Source::Live;
    if is_live && visit.is_some_and(|visit| is_lost(visit.outcome)) {
        return Provenance::LastGood { fetched: day(text.fetched_at) };
    }
    fresh(&text.source, coverage)
}

/// The provenance of a text that has just come.
pub(crate) fn fresh(source: &Source, coverage: Coverage) -> Provenance {
    match (source, coverage) {
        (Source::Archived { captured }, _) => Provenance::Archived { captured: day(*captured) },
        (Source::Live, Coverage::FullText) => Provenance::FullText,
        (Source::Live, Coverage::Abstract) => Provenance::Abstract,
        (Source::Live, Coverage::Transcript) => Provenance::Transcript,
    }
}

fn day(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

/// Whether the page itself is not what it was; no answer at all says nothing about the page.
fn is_lost(outcome: Outcome) -> bool {
    !outcome.is_good() && outcome != Outcome::Unreachable
}
