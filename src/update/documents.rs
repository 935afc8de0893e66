//! Documents of a collection: each entry with what the store holds of its page.

use std::{
    collections::{HashMap, HashSet},
    iter,
};

use siphasher::sip128::{Hasher128, SipHasher13};

use crate::{
    aliases::Aliases,
    canonical::{self, CanonicalUrl},
    crawl::Stop,
    dates,
    duplicates::clusters::{Clusters, Sketches},
    embedding::Model,
    engine::{
        BuildSummary, Document, Provenance, choice::IndexDraft, document::id_of_key,
        local::metadata, vectors::passages,
    },
    entry::Entry,
    error::Error,
    extract, list,
    store::{FormerKey, PendingPage, Store},
    update::{
        publish_gate::Failures,
        stored_text::{self, KnownText},
    },
};

/// Bytes of packed texts that are read before they are unpacked together, and documents at most.
const BATCH_BYTES: usize = 128 << 10;
const BATCH: usize = 32;

/// What one pass over all entries of the worklist comes to.
pub(crate) struct Survey {
    /// A hash of everything that the index is made from.
    pub(crate) fingerprint: String,
    /// The sketches, by which near-duplicates are found.
    pub(crate) sketches: Sketches,
    /// How many of their pages failed.
    pub(crate) failures: Failures,
}

/// Builds the index of the documents of the worklist, in the order of its entries.
/// Returns, too, how many entries are one document with an earlier one.
pub(crate) fn build(
    store: &Store,
    sketches: Sketches,
    draft: &IndexDraft<'_>,
    aliases: &Aliases,
    jobs: usize,
    stop: &Stop,
) -> Result<(BuildSummary, u64), Error> {
    let clusters = Clusters::find(store, sketches)?;
    let former = former_keys(store)?;
    let mut position = 0;
    let batches = iter::from_fn(|| match next_batch(store, &clusters, &former, &mut position) {
        Ok(batch) if batch.is_empty() => None,
        batch => Some(batch),
    });
    let built = draft.build_batches(batches, document, aliases, jobs, &|| stop.is_stopped())?;
    Ok((built, clusters.merged()))
}

/// An entry with what the store holds of its page, still packed.
struct Member {
    page: PendingPage,
    /// Where the page has its address now, unless that is the address of something else.
    target: Option<String>,
    /// The address that it declares, where that is to be believed.
    declared: Option<String>,
    /// The keys that it had before its link moved.
    former: Vec<FormerKey>,
}

/// The former keys of entries whose links have moved, by the keys that they have now.
type FormerKeys = HashMap<String, Vec<FormerKey>>;

fn former_keys(store: &Store) -> Result<FormerKeys, Error> {
    let mut keys = FormerKeys::new();
    for former in store.former_keys()? {
        keys.entry(former.key.clone()).or_default().push(former);
    }
    Ok(keys)
}

impl Member {
    fn of(
        store: &Store,
        clusters: &Clusters,
        former: &FormerKeys,
        page: PendingPage,
    ) -> Result<Member, Error> {
        let final_url = page.text.as_ref().map(|text| text.final_url.as_str());
        let target = final_url.filter(|url| *url != page.key).and_then(CanonicalUrl::parse);
        let mut target =
            target.map(|url| url.to_string()).filter(|url| !canonical::is_front_page(url));
        if let Some(url) = &target
            && (*url == page.key || store.position(url)?.is_some())
        {
            target = None;
        }
        let declared = clusters.declared(&page.key).cloned();
        let former = former.get(&page.key).cloned().unwrap_or_default();
        Ok(Member { page, target, declared, former })
    }
}

/// Reads the members of the next few documents behind a place in the lists.
fn next_batch(
    store: &Store,
    clusters: &Clusters,
    former: &FormerKeys,
    position: &mut i64,
) -> Result<Vec<Vec<Member>>, Error> {
    let size = |page: &PendingPage| page.text.as_ref().map_or(0, |text| text.text.len());
    let (mut firsts, mut bytes) = (Vec::new(), 0);
    store.each_pending_page(*position, |page| {
        *position = page.position;
        if clusters.is_first(*position) {
            bytes += size(&page);
            firsts.push(page);
        }
        firsts.len() < BATCH && bytes < BATCH_BYTES
    })?;
    let members = firsts.into_iter().map(|first| {
        let others = clusters.others(first.position);
        let mut members = vec![Member::of(store, clusters, former, first)?];
        for place in others {
            if let Some(other) = store.pending_page(*place)? {
                members.push(Member::of(store, clusters, former, other)?);
            }
        }
        Ok(members)
    });
    members.collect()
}

/// The document of a cluster: the member with the best text, the first of equals, and what the lists
/// say of the others.
fn document(members: Vec<Member>) -> Result<Document, Error> {
    let (mut entries, mut targets) = (Vec::with_capacity(members.len()), Vec::new());
    let mut first_keys = Vec::with_capacity(members.len());
    let mut best: Option<(usize, KnownText)> = None;
    for (at, Member { page, target, declared, former }) in members.into_iter().enumerate() {
        let entry: Entry = serde_json::from_str(&page.entry)
            .map_err(|e| Error::Engine(format!("an entry of the worklist: {e}")))?;
        entries.push(entry);
        targets.extend(target.into_iter().chain(declared));
        let first = former.iter().find(|former| former.is_first);
        first_keys.push(first.map(|first| first.former.clone()));
        targets.extend(former.into_iter().map(|former| former.former));
        let Some(text) = page.text else { continue };
        let Some(known) = stored_text::known(&text, page.outcome)? else { continue };
        let rank = |known: &KnownText| rank(&known.provenance);
        if best.as_ref().is_none_or(|(_, best)| rank(&known) < rank(best)) {
            best = Some((at, known));
        }
    }
    let (at, known) = best.map_or((0, None), |(at, known)| (at, Some(known)));
    let text_from = known.as_ref().map(|known| known.origins.clone()).unwrap_or_default();
    let content = known.map(|known| (known.content, known.provenance));
    let mut entry = entries.remove(at);
    let keys = entries.iter().map(|other| other.canonical.to_string());
    let mut also_at: Vec<String> = keys.chain(targets).collect();
    let mut seen = HashSet::new();
    also_at.retain(|url| seen.insert(url.clone()));
    entries.into_iter().for_each(|other| list::unite(&mut entry, other));
    let document = Document::new(entry, content);
    // Whoever knows it by the id that it had before its link moved finds it.
    let id = first_keys.swap_remove(at).map_or_else(|| document.id.clone(), |key| id_of_key(&key));
    Ok(Document { id, also_at, text_from, ..document })
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

/// Looks at all entries of the worklist.
pub(crate) fn survey(
    store: &Store,
    aliases: &Aliases,
    model: Option<&Model>,
) -> Result<Survey, Error> {
    let (mut sketches, mut failures) = (Sketches::default(), Failures::default());
    let mut hasher = SipHasher13::new();
    let mut add = |text: &str| {
        std::hash::Hasher::write(&mut hasher, text.as_bytes());
        std::hash::Hasher::write(&mut hasher, &[0]);
    };
    add(&versions());
    add(&format!("{aliases:?}"));
    if let Some(model) = model {
        add(&format!("model {}, passages {}", model.id(), passages::RULE));
    }
    for (key, claim) in store.claims()? {
        add(&key);
        add(&claim);
    }
    for former in store.former_keys()? {
        add(&former.former);
        add(&former.key);
    }
    store.each_pending_state(|standing| {
        add(standing.entry);
        standing.outcome.into_iter().for_each(|outcome| failures.count(outcome));
        if let Some(sketch) = standing.sketch {
            sketches.add(standing.position, sketch);
        }
        if let Some((hash, fetched_at)) = standing.text {
            add(&hash.to_string());
            if standing.outcome.is_some_and(stored_text::is_lost) {
                add(&dates::utc_day(fetched_at).to_string());
            }
        }
    })?;
    let fingerprint = format!("{:032x}", hasher.finish128().as_u128());
    Ok(Survey { fingerprint, sketches, failures })
}

/// The versions that make a stored text or an index stale.
fn versions() -> String {
    format!("extractor {}, index {}", extract::VERSION, metadata::VERSION)
}
