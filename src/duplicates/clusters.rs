//! Clusters: the entries of a collection, those with the same article under several addresses as one.

use std::collections::HashMap;

use crate::{
    duplicates::{
        claims::{self, FreeClaim},
        corpus::Corpus,
        sketch::Sketch,
        title::Title,
    },
    error::Error,
};

/// Articles that are compared with a new one for each of its handles. What many pages of a site
/// have in common would otherwise make every one of them be compared with all others.
const MOST_COMPARED: usize = 16;

/// Which entries are one document: those whose pages hold nearly the same text under titles that
/// agree. Entries are named by their positions in the lists.
#[derive(Debug, Default)]
pub(crate) struct Clusters {
    /// The further members of a cluster by its first one, in the order of the lists.
    others: HashMap<i64, Vec<i64>>,
    /// Those further members, with their first ones.
    joined: HashMap<i64, i64>,
    /// The addresses that pages declare and that are believed, by their own.
    declared: HashMap<String, String>,
}

/// Bytes of sketches that stay in memory from the pass that collects them to the one that compares
/// them: those of 131,072 pages. The others are read again.
const CACHED_BYTES: usize = 64 << 20;

/// The sketches of a collection: the handles of all, each with the position of its entry, and as
/// many of the first ones as memory holds.
#[derive(Debug, Default)]
pub(crate) struct Sketches {
    handles: Vec<(u32, u32)>,
    cached: Vec<(u32, Sketch)>,
    cached_bytes: usize,
}

impl Sketches {
    /// Adds a stored one, in the order of the lists.
    pub(crate) fn add(&mut self, position: i64, stored: &[u8]) {
        // Lists are bounded, so that there are never as many positions.
        let position = u32::try_from(position).unwrap_or(u32::MAX);
        self.handles.extend(Sketch::handles_in(stored).map(|handle| (handle, position)));
        if self.cached_bytes < CACHED_BYTES {
            self.cached_bytes += stored.len();
            self.cached.push((position, Sketch::from_bytes(stored)));
        }
    }

    /// The pages that share a handle with another one, in the order of the lists.
    fn candidates(self, corpus: &impl Corpus) -> Result<Vec<ClusterCandidate>, Error> {
        let Sketches { mut handles, cached, .. } = self;
        handles.sort_unstable();
        let same = handles.chunk_by(|one, other| one.0 == other.0).filter(|same| same.len() > 1);
        let mut positions: Vec<u32> = same.flatten().map(|(_, position)| *position).collect();
        positions.sort_unstable();
        positions.dedup();
        drop(handles);
        let mut candidates = Vec::with_capacity(positions.len());
        let mut cached = cached.into_iter().peekable();
        for at in positions {
            while cached.next_if(|(position, _)| *position < at).is_some() {}
            let position = i64::from(at);
            let sketch = match cached.next_if(|(position, _)| *position == at) {
                Some((_, sketch)) => Some(sketch),
                None => corpus.sketch(position)?,
            };
            candidates.extend(sketch.map(|sketch| ClusterCandidate {
                position,
                sketch,
                title: None,
            }));
        }
        Ok(candidates)
    }
}

impl Clusters {
    /// Puts the entries of a collection together.
    ///
    /// An entry joins the first one that it is like. Entries without a text, or with a short one,
    /// stay by themselves, whatever their addresses look like, unless one declares the address of
    /// the other and the texts are the same.
    pub(crate) fn find(corpus: &impl Corpus, sketches: Sketches) -> Result<Clusters, Error> {
        let mut clusters = Clusters::default();
        // The first members, and by handle the places of those that have it.
        let mut firsts: Vec<ClusterCandidate> = Vec::new();
        let mut by_handle: HashMap<u32, Vec<usize>> = HashMap::new();
        for mut candidate in sketches.candidates(corpus)? {
            if let Some(at) = first_like(corpus, &mut candidate, &mut firsts, &by_handle)? {
                let (first, position) = (firsts[at].position, candidate.position);
                clusters.joined.insert(position, first);
                clusters.others.entry(first).or_default().push(position);
                continue;
            }
            for handle in candidate.sketch.handles() {
                let there = by_handle.entry(*handle).or_default();
                if there.len() < MOST_COMPARED {
                    there.push(firsts.len());
                }
            }
            firsts.push(candidate);
        }
        drop(firsts);
        clusters.add_claims(corpus)?;
        Ok(clusters)
    }

    /// Joins entries of which one declares the address of the other, if their texts are the same,
    /// and chooses which of the other declared addresses are believed.
    fn add_claims(&mut self, corpus: &impl Corpus) -> Result<(), Error> {
        let mut free = Vec::new();
        for (key, declared) in corpus.claims()? {
            let Some(ours) = corpus.position(&key)? else { continue };
            match corpus.position(&declared)? {
                None => free.push((key, declared, ours)),
                Some(theirs) => {
                    let (ours, theirs) = (self.first(ours), self.first(theirs));
                    if ours != theirs && is_same(corpus, &key, &declared)? {
                        self.join(ours.min(theirs), ours.max(theirs));
                    }
                }
            }
        }
        let free = free.into_iter();
        let free = free
            .map(|(key, declared, ours)| FreeClaim { key, declared, first: self.first(ours) })
            .collect();
        self.declared = claims::believed(free);
        Ok(())
    }

    /// The first member of the cluster of an entry.
    fn first(&self, position: i64) -> i64 {
        self.joined.get(&position).copied().unwrap_or(position)
    }

    /// Makes one cluster of two, given by their first members.
    fn join(&mut self, first: i64, second: i64) {
        let others = self.others.remove(&second).unwrap_or_default();
        let cluster = self.others.entry(first).or_default();
        for member in std::iter::once(second).chain(others) {
            self.joined.insert(member, first);
            cluster.push(member);
        }
        cluster.sort_unstable();
    }

    /// The address that a page declares, where that is believed.
    pub(crate) fn declared(&self, key: &str) -> Option<&String> {
        self.declared.get(key)
    }

    /// Whether the entry at a position belongs to no earlier one.
    pub(crate) fn is_first(&self, position: i64) -> bool {
        !self.joined.contains_key(&position)
    }

    /// The further members of the cluster that begins at a position.
    pub(crate) fn others(&self, position: i64) -> &[i64] {
        self.others.get(&position).map_or(&[], Vec::as_slice)
    }

    /// How many entries are one document with an earlier one.
    pub(crate) fn merged(&self) -> u64 {
        self.joined.len() as u64
    }
}

/// The first of the clusters that has the article of an entry.
fn first_like(
    corpus: &impl Corpus,
    candidate: &mut ClusterCandidate,
    firsts: &mut [ClusterCandidate],
    by_handle: &HashMap<u32, Vec<usize>>,
) -> Result<Option<usize>, Error> {
    let there = candidate.sketch.handles().iter().filter_map(|handle| by_handle.get(handle));
    let mut places: Vec<usize> = there.flatten().copied().collect();
    places.sort_unstable();
    places.dedup();
    for at in places {
        if candidate.sketch.is_like(&firsts[at].sketch) {
            let theirs = firsts[at].title(corpus)?;
            let ours = candidate.title(corpus)?;
            if ours.zip(theirs).is_some_and(|(ours, theirs)| ours.agrees_with(theirs)) {
                return Ok(Some(at));
            }
        }
    }
    Ok(None)
}

/// Whether two pages hold the same text: as sketches tell, or, where both are too short for one, to
/// the letter and under titles that agree.
fn is_same(corpus: &impl Corpus, one: &str, other: &str) -> Result<bool, Error> {
    let (one, other) = (corpus.titled_text(one)?, corpus.titled_text(other)?);
    let (Some((our_title, ours)), Some((their_title, theirs))) = (one, other) else {
        return Ok(false);
    };
    Ok(match (Sketch::of(&ours), Sketch::of(&theirs)) {
        (Some(ours), Some(theirs)) => ours.is_like(&theirs),
        (None, None) => ours == theirs && our_title.agrees_with(&their_title),
        _ => false,
    })
}

/// An entry whose page may hold the article of another one.
#[derive(Debug)]
struct ClusterCandidate {
    position: i64,
    sketch: Sketch,
    /// Read when it is first needed, which for most pages it never is; none inside for a page
    /// without one.
    title: Option<Option<Title>>,
}

impl ClusterCandidate {
    fn title(&mut self, corpus: &impl Corpus) -> Result<Option<&Title>, Error> {
        if self.title.is_none() {
            self.title = Some(corpus.title(self.position)?);
        }
        Ok(self.title.as_ref().and_then(Option::as_ref))
    }
}
