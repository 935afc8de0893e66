//! The history of one article: its dates, its visits and the texts that it had.

use crate::{
    canonical::CanonicalUrl,
    collection::Collection,
    engine::document::id_of_key,
    error::Error,
    store::{ListedEntry, Store, TextVersion, Visited},
    update::plain_text,
};

/// What is known of an article over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// Its place in the lists.
    pub entry: ListedEntry,
    /// The texts it had, the oldest first.
    pub versions: Vec<TextVersion>,
    /// The last visits to its page, the newest first.
    pub visits: Vec<Visited>,
}

/// The history of the article with an id or a URL; `id:` may stand before an id.
///
/// # Errors
/// [`Error::UnknownEntry`] when no list ever had it, [`Error::NoStore`] when nothing was updated yet,
/// [`Error::Store`] when the page store cannot be read.
pub fn history(collection: &Collection, id_or_url: &str) -> Result<History, Error> {
    let store = Store::read(&collection.store_path())?
        .ok_or_else(|| Error::NoStore(collection.dir.clone()))?;
    let entry = match CanonicalUrl::parse(id_or_url) {
        Some(url) => entry_at(&store, url.as_str())?,
        None => {
            let id = id_or_url.strip_prefix("id:").unwrap_or(id_or_url);
            store.entries()?.into_iter().find(|entry| id_of_key(&entry.first_key) == id)
        }
    };
    let entry = entry.ok_or_else(|| Error::UnknownEntry(id_or_url.to_owned()))?;
    let versions = store.versions(&entry.key, plain_text)?;
    let visits = store.visits(&entry.key)?;
    Ok(History { entry, versions, visits })
}

/// The entry with a key, or that had it before its link moved.
fn entry_at(store: &Store, key: &str) -> Result<Option<ListedEntry>, Error> {
    let former = store.former_keys()?.into_iter().find(|former| former.former == key);
    store.entry(former.as_ref().map_or(key, |former| &former.key))
}
