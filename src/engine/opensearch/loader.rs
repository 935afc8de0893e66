//! Loading: batches of documents are read by one thread, analysed on many, and sent by a few.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver},
    },
    thread,
};

use serde::{Deserialize, Serialize};

use crate::{
    aliases::Aliases,
    engine::{
        BuildSummary, Document,
        opensearch::{
            bulk::Bulk,
            cluster::Cluster,
            row::{Row, row},
        },
        slice::Slice,
        threads::threads_for,
    },
    error::Error,
};

/// Requests on their way at once.
const IN_FLIGHT: usize = 3;

/// What was loaded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Loaded {
    /// What the documents are.
    pub built: BuildSummary,
    /// Whether any has headings.
    pub has_headings: bool,
}

/// Where documents are loaded, and how.
#[derive(Clone, Copy)]
pub(crate) struct Loader<'a> {
    pub(crate) cluster: &'a Cluster,
    /// What leads to the index while it is loaded.
    pub(crate) alias: &'a str,
    /// Which of them they are, by which they are numbered.
    pub(crate) slice: Slice,
    pub(crate) aliases: &'a Aliases,
    pub(crate) threads: usize,
    pub(crate) is_stopped: &'a (dyn Fn() -> bool + Sync),
}

/// Loads batches of what `document` makes documents of into an index.
///
/// Memory holds a few batches for each thread and a few requests, however many documents there are.
/// Documents are numbered in the order in which they come, so that what is sent twice is there once.
pub(crate) fn load<T: Send>(
    loader: Loader<'_>,
    batches: impl Iterator<Item = Result<Vec<T>, Error>>,
    document: impl Fn(T) -> Result<Document, Error> + Sync,
) -> Result<Loaded, Error> {
    let Loader { cluster, alias, slice, aliases, threads, is_stopped } = loader;
    let threads = threads_for(threads);
    let failed = FirstFailure::default();
    let (to_analyse, numbered) = mpsc::sync_channel(threads);
    let (to_send, rows) = mpsc::sync_channel(2 * threads);
    let (numbered, rows) = (Mutex::new(numbered), Mutex::new(rows));
    let loaded = Mutex::new(Loaded::default());
    thread::scope(|scope| {
        let (failed, numbered, rows, loaded) = (&failed, &numbered, &rows, &loaded);
        let document = &document;
        for _ in 0..threads {
            let to_send = to_send.clone();
            scope.spawn(move || {
                while let Some((first, batch)) = next(numbered) {
                    // What comes after a failure is read and dropped, so that nobody waits for ever.
                    if failed.has_come() {
                        continue;
                    }
                    let numbers = (first..).map(|place| slice.document_number(place));
                    match analysed(numbers, batch, document, aliases) {
                        Ok(rows) => drop(to_send.send(rows)),
                        Err(error) => failed.set(error),
                    }
                }
            });
        }
        drop(to_send);
        for _ in 0..IN_FLIGHT {
            scope.spawn(move || {
                while let Some((bulk, part)) = next_bulk(rows) {
                    if failed.has_come() {
                        continue;
                    }
                    match bulk.send(cluster, alias, is_stopped) {
                        Ok(()) => lock(loaded).add(part),
                        Err(error) => failed.set(error),
                    }
                }
            });
        }
        let mut next = 0;
        for batch in batches {
            match batch {
                Ok(_) if failed.has_come() => break,
                Ok(batch) => {
                    let first = next;
                    next += batch.len() as u64;
                    if to_analyse.send((first, batch)).is_err() {
                        break;
                    }
                }
                Err(error) => {
                    failed.set(error);
                    break;
                }
            }
        }
        drop(to_analyse);
    });
    match failed.error.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(loaded.into_inner().unwrap_or_else(PoisonError::into_inner)),
    }
}

/// The first error of several threads.
#[derive(Default)]
struct FirstFailure {
    has_come: AtomicBool,
    error: Mutex<Option<Error>>,
}

impl FirstFailure {
    fn has_come(&self) -> bool {
        self.has_come.load(Ordering::Relaxed)
    }

    fn set(&self, error: Error) {
        lock(&self.error).get_or_insert(error);
        self.has_come.store(true, Ordering::Relaxed);
    }
}

impl Loaded {
    fn count(&mut self, row: &Row) {
        self.built.count(&row.provenance, row.language.code);
        self.has_headings |= row.has_headings;
    }

    /// Adds what else was loaded into the same index.
    pub(crate) fn add(&mut self, part: Loaded) {
        self.has_headings |= part.has_headings;
        self.built.add(part.built);
    }
}

fn analysed<T>(
    numbers: impl Iterator<Item = u64>,
    batch: Vec<T>,
    document: impl Fn(T) -> Result<Document, Error>,
    aliases: &Aliases,
) -> Result<Vec<Row>, Error> {
    let numbered = numbers.zip(batch);
    numbered.map(|(number, item)| Ok(row(number, document(item)?, aliases))).collect()
}

/// The next documents to be sent together, with what they count.
fn next_bulk(rows: &Mutex<Receiver<Vec<Row>>>) -> Option<(Bulk, Loaded)> {
    let rows = lock(rows);
    let (mut bulk, mut part) = (Bulk::default(), Loaded::default());
    while !bulk.is_full() {
        let Ok(batch) = rows.recv() else { break };
        for row in batch {
            part.count(&row);
            bulk.add(&row.lines);
        }
    }
    (bulk.len() > 0).then_some((bulk, part))
}

fn next<T>(receiver: &Mutex<Receiver<T>>) -> Option<T> {
    lock(receiver).recv().ok()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
