//! Embedding: the vectors of all passages of an index, of which only those are computed that are not
//! known.

use std::{
    collections::{HashMap, HashSet},
    io::Write,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use serde::{Deserialize, Serialize};

use crate::{
    embedding::{Model, Vector},
    engine::{
        document::Document,
        vectors::{
            file::VectorWriter,
            passages::{PassageKey, key, passages},
        },
    },
    error::Error,
};

/// New passages that are embedded before their vectors are given to the cache: what a kill loses.
const MOST_NEW: usize = 256;
/// Documents that are in hand at the same time.
const MOST_DOCUMENTS: usize = 256;
/// Passages that a model reads at once: with 4 to 32 of them the speed is within a twentieth.
const BATCH: usize = 8;

/// Vectors that were computed before.
pub trait VectorCache {
    /// The vectors that a model has given for passages, by their keys, as many as are known.
    ///
    /// # Errors
    /// Those of reading them.
    fn known(&mut self, model: &str, keys: &[PassageKey]) -> Result<Vec<Option<Vector>>, Error>;

    /// Keeps what a model has given for passages.
    ///
    /// # Errors
    /// Those of writing it.
    fn keep(&mut self, model: &str, new: &[(PassageKey, Vector)]) -> Result<(), Error>;
}

/// With what an index is given vectors, and how.
pub struct Embedding<'a> {
    /// The model.
    pub model: &'a Model,
    /// Batches that are embedded at the same time.
    pub threads: usize,
    /// Whether to stop.
    pub is_stopped: &'a (dyn Fn() -> bool + Sync),
    /// Told how many documents are done, of how many, and how many passages were embedded.
    pub on_progress: &'a mut dyn FnMut(u64, u64, u64),
}

/// The vectors of an index, as its manifest tells of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Embedded {
    /// The hash of the model.
    pub model: String,
    /// The dimensions of its vectors.
    pub dimensions: u64,
    /// Passages that have one.
    pub passages: u64,
}

impl Embedded {
    /// That the next index has none, in words.
    pub fn lost(&self) -> String {
        let passages = self.passages;
        format!("no model is named, so the vectors of the index before ({passages}) are left out")
    }
}

/// Writes the vectors of documents, given one after the other, `count` of them.
pub(crate) fn write(
    out: impl Write,
    documents: impl Iterator<Item = Result<Document, Error>>,
    count: u64,
    embedding: &mut Embedding<'_>,
    cache: &mut dyn VectorCache,
    failed: &dyn Fn(std::io::Error) -> Error,
) -> Result<Embedded, Error> {
    let model = embedding.model;
    let mut writer = VectorWriter::new(out, model.id());
    let dimensions = model.embed(&[""])?.first().map_or(0, Vector::dimensions);
    let (mut done, mut new) = (0, 0);
    let mut documents = documents.peekable();
    while documents.peek().is_some() {
        let (mut in_hand, mut missing) = (Vec::new(), Vec::new());
        let mut missing_keys = HashSet::new();
        while in_hand.len() < MOST_DOCUMENTS && missing.len() < MOST_NEW {
            let Some(document) = documents.next() else { break };
            let mut passages = known_passages(&document?, model, cache)?;
            for passage in &mut passages {
                // What a cache has in other dimensions is damaged.
                passage.vector.take_if(|vector| vector.dimensions() != dimensions);
                let text = std::mem::take(&mut passage.text);
                if passage.vector.is_none() && missing_keys.insert(passage.key) {
                    missing.push((passage.key, text));
                }
            }
            in_hand.push(passages);
        }
        let vectors = embed(&missing, embedding)?;
        if let Some(other) = vectors.iter().find(|vector| vector.dimensions() != dimensions) {
            let other = other.dimensions();
            return Err(
                model.error(&format!("gives vectors of {dimensions} and of {other} numbers"))
            );
        }
        let found: Vec<(PassageKey, Vector)> =
            missing.into_iter().map(|(key, _)| key).zip(vectors).collect();
        cache.keep(model.id(), &found)?;
        new += found.len() as u64;
        let found: HashMap<PassageKey, Vector> = found.into_iter().collect();
        for passages in &in_hand {
            let vectors = passages.iter().filter_map(|KnownPassage { key, vector, .. }| {
                Some((*key, vector.as_ref().or_else(|| found.get(key))?.clone()))
            });
            writer.add(&vectors.collect::<Vec<_>>()).map_err(failed)?;
        }
        done += in_hand.len() as u64;
        (embedding.on_progress)(done, count, new);
    }
    let (passages, dimensions) = writer.finish().map_err(failed)?;
    Ok(Embedded { model: model.id().to_owned(), dimensions, passages })
}

/// A passage as a model reads it, with its vector when that is known.
struct KnownPassage {
    key: PassageKey,
    text: String,
    vector: Option<Vector>,
}

/// The passages of a document with the vectors that are known.
fn known_passages(
    document: &Document,
    model: &Model,
    cache: &mut dyn VectorCache,
) -> Result<Vec<KnownPassage>, Error> {
    let title = document.title();
    let texts: Vec<String> =
        passages(document).iter().map(|passage| passage.with_heads(title)).collect();
    let keys: Vec<PassageKey> = texts.iter().map(|text| key(text)).collect();
    let known = cache.known(model.id(), &keys)?;
    let passages = keys.into_iter().zip(texts).zip(known);
    Ok(passages.map(|((key, text), vector)| KnownPassage { key, text, vector }).collect())
}

/// The vectors of texts in their order. Texts of like lengths are read together.
fn embed(texts: &[(PassageKey, String)], embedding: &Embedding<'_>) -> Result<Vec<Vector>, Error> {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|at| texts[*at].1.len());
    let batches: Vec<&[usize]> = order.chunks(BATCH).collect();
    let (next, done) = (AtomicUsize::new(0), Mutex::new(vec![None; texts.len()]));
    let work = || -> Result<(), Error> {
        while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
            if (embedding.is_stopped)() {
                return Err(Error::Interrupted);
            }
            let read: Vec<&str> = batch.iter().map(|at| texts[*at].1.as_str()).collect();
            let vectors = embedding.model.embed(&read)?;
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            batch.iter().zip(vectors).for_each(|(at, vector)| done[*at] = Some(vector));
        }
        Ok(())
    };
    let threads = embedding.threads.clamp(1, batches.len().max(1));
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().try_for_each(|thread| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })?;
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(done.into_iter().flatten().collect())
}
