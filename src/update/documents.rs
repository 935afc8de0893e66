//! Documents of a collection: each entry with what the store holds of its page.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::mpsc,
    thread,
    vec::IntoIter,
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use siphasher::sip128::{Hasher128, SipHasher13};

use crate::{
    aliases::Aliases,
    canonical::CanonicalUrl,
    entry::Entry,
    error::Error,
    extract::{Content, Coverage},
    index::{Document, Provenance},
    list,
    page::{Outcome, Source},
    store::{Mark, Store, Text, Visited},
    update::{
        desk::StoredText,
        families::{self, Claims, Family, is_front},
        versions,
    },
};

/// Bytes of packed texts that are read before they are unpacked together, and documents at most.
const BATCH_BYTES: usize = 2 << 20;
const BATCH: usize = 512;

/// Reads the documents of entries from the store, in the order of the entries, and lets `work` have
/// them while the next ones are read on another thread. Returns what they were.
///
/// The iterator ends early when the store cannot be read; then that is the error.
pub(crate) fn read<T>(
    store: &mut Store,
    entries: Vec<Entry>,
    visits: &HashMap<String, Visited>,
    jobs: usize,
    work: impl FnOnce(&mut (dyn Iterator<Item = Document> + Send)) -> Result<T, Error>,
) -> Result<(T, Counts), Error> {
    let claims = families::claims(store)?;
    let families = families::families(store, entries, &claims)?;
    let claims = families::believable(claims, &families);
    let addresses = families::addresses(&families);
    let merged = families.iter().map(|family| family.others.len() as u64).sum();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
    let pool = pool.map_err(|e| Error::Engine(e.to_string()))?;
    thread::scope(|scope| {
        let (sender, documents) = mpsc::sync_channel::<Vec<Document>>(1);
        let reading = scope.spawn(move || -> Result<Counts, Error> {
            let mut counts = Counts { merged, ..Counts::default() };
            let mut families = families.into_iter();
            loop {
                let batch = Packed::next_batch(store, &mut families)?;
                let unpack = |packed: Packed| packed.document(visits, &addresses, &claims);
                let batch = pool.install(|| {
                    batch.into_par_iter().map(unpack).collect::<Result<Vec<_>, Error>>()
                })?;
                for document in &batch {
                    let name = document.provenance.name().to_owned();
                    *counts.provenance.entry(name).or_default() += 1;
                }
                // A closed channel means that the work has failed; its error is the one to report.
                if batch.is_empty() || sender.send(batch).is_err() {
                    return Ok(counts);
                }
            }
        });
        let done = work(&mut documents.into_iter().flatten())?;
        let counts = reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        Ok((done, counts))
    })
}

/// What the documents are, all together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// How many have which sort of text.
    pub(crate) provenance: BTreeMap<String, u64>,
    /// Entries beyond the first ones of their documents.
    pub(crate) merged: u64,
}

/// A family with what the store holds of its pages, still packed.
struct Packed {
    family: Family,
    texts: Vec<Option<Text>>,
}

impl Packed {
    /// Reads the next few families.
    fn next_batch(store: &Store, families: &mut IntoIter<Family>) -> Result<Vec<Packed>, Error> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while batch.len() < BATCH && bytes < BATCH_BYTES {
            let Some(family) = families.next() else { break };
            let mut texts = Vec::with_capacity(1 + family.others.len());
            for entry in family.members() {
                let text = store.text(entry.canonical.as_str())?;
                bytes += text.as_ref().map_or(0, |text| text.text.len());
                texts.push(text);
            }
            batch.push(Packed { family, texts });
        }
        Ok(batch)
    }

    /// The document of the family: the member with the best text, the first of equals, and what
    /// the lists say of the others.
    fn document(
        self,
        visits: &HashMap<String, Visited>,
        addresses: &HashSet<String>,
        claims: &Claims,
    ) -> Result<Document, Error> {
        let mut also_at = Vec::new();
        let mut best: Option<(usize, Known)> = None;
        for (at, (entry, text)) in self.family.members().zip(&self.texts).enumerate() {
            let key = entry.canonical.as_str();
            let Some(text) = text else { continue };
            // Where the page has its address now, unless that is the address of something else.
            let target = CanonicalUrl::parse(&text.final_url).map(|url| url.to_string());
            also_at.extend(target.filter(|url| !addresses.contains(url) && !is_front(url)));
            also_at.extend(claims.get(key).cloned());
            let Some(known) = content_of(text, visits.get(key))? else { continue };
            let rank = |known: &Known| rank(&known.provenance);
            if best.as_ref().is_none_or(|(_, best)| rank(&known) < rank(best)) {
                best = Some((at, known));
            }
        }
        let (at, known) = best.map_or((0, None), |(at, known)| (at, Some(known)));
        let text_from = known.as_ref().map(|known| known.origins.clone()).unwrap_or_default();
        let content = known.map(|known| (known.content, known.provenance));
        let mut members: Vec<Entry> = self.family.into_members().collect();
        let mut entry = members.remove(at);
        let keys = members.iter().map(|other| other.canonical.to_string());
        let mut also_at: Vec<String> = keys.chain(also_at).collect();
        let mut seen = HashSet::new();
        also_at.retain(|url| seen.insert(url.clone()));
        members.into_iter().for_each(|other| list::unite(&mut entry, other));
        Ok(Document { also_at, text_from, ..Document::new(entry, content) })
    }
}

/// Texts in the order in which they are preferred.
fn rank(provenance: &Provenance) -> u32 {
    match provenance {
        Provenance::FullText => 0,
        Provenance::Transcript => 1,
        Provenance::LastGood { .. } => 2,
        Provenance::Archived { .. } => 3,
        Provenance::Abstract => 4,
        Provenance::ListOnly => 5,
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
    let claims = families::claims(store)?;
    for entry in entries {
        add(claims.get(entry.canonical.as_str()).map_or("", String::as_str));
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

/// What the store holds of a page: its text, what sort of text it is, and where it is from.
pub(crate) struct Known {
    pub(crate) content: Content,
    pub(crate) provenance: Provenance,
    pub(crate) origins: Vec<String>,
}

/// What the store holds of a page; none when that is no text.
pub(crate) fn content_of(text: &Text, visit: Option<&Visited>) -> Result<Option<Known>, Error> {
    let Ok(stored) = serde_json::from_slice::<StoredText>(&text.text.unpack()?) else {
        return Ok(None);
    };
    if stored.content.sections.is_empty() {
        return Ok(None);
    }
    let provenance = provenance(text, stored.coverage, visit);
    Ok(Some(Known { content: stored.content, provenance, origins: stored.origins }))
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
