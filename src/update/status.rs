//! The state of a collection: its index, its pages, its disk use.

use std::{collections::BTreeMap, fs, path::Path};

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    collection::Collection,
    error::Error,
    index::generation::{Generations, Manifest},
    page::Outcome,
    store::Store,
    update::lists,
};

/// How a collection is.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// Its folder.
    pub dir: String,
    /// The sources of its lists.
    pub lists: Vec<String>,
    /// The published index; none before the first build.
    pub index: Option<Manifest>,
    /// Why the last build was not published, if it was not.
    pub refused: Option<String>,
    /// How many pages had which outcome at their last visit.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Bytes of the page store.
    pub store_bytes: u64,
    /// Bytes of the generations.
    pub index_bytes: u64,
}

/// Looks at a collection without changing it.
///
/// # Errors
/// [`Error::Store`] and [`Error::Io`] when something cannot be read.
pub fn status(collection: &Collection, now: Timestamp) -> Result<Status, Error> {
    let generations = Generations::of(&collection.dir);
    let mut outcomes = BTreeMap::new();
    if let Some(store) = Store::read(&collection.store_path())? {
        for (key, visit) in store.last_visits()? {
            if !lists::is_list_key(&key) {
                *outcomes.entry(visit.outcome).or_default() += 1;
            }
        }
    }
    Ok(Status {
        dir: collection.dir.display().to_string(),
        lists: collection.settings.lists.iter().map(|list| list.source.clone()).collect(),
        index: generations.manifest()?,
        refused: generations.refusal(now),
        outcomes,
        store_bytes: bytes_of(&collection.store_path()),
        index_bytes: bytes_of(&collection.dir.join("generations")),
    })
}

/// Bytes of a file, or of all files below a folder; 0 when there is none.
fn bytes_of(path: &Path) -> u64 {
    match fs::read_dir(path) {
        Ok(entries) => entries.flatten().map(|entry| bytes_of(&entry.path())).sum(),
        Err(_) => fs::metadata(path).map_or(0, |metadata| metadata.len()),
    }
}
