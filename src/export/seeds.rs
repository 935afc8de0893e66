//! Seeds: the addresses of the lists, for a crawler that is told where to begin.

use std::io::{self, Write};

use crate::{
    collection::Collection, entry::Entry, error::Error, list, store::Store,
    update::read_stored_lists,
};

/// Writes the entries of the lists as the last update found them: a line each, of the address and of
/// what the lists say as `key=value`, with tabs between, as StormCrawler and Nutch read it. Returns how
/// many there are.
///
/// # Errors
/// [`Error::List`] when no list can be read, [`Error::Store`] when the page store cannot be,
/// [`Error::NoStore`] when nothing was updated yet. The inner error is that of `out`.
pub fn seeds(collection: &Collection, out: &mut dyn Write) -> Result<io::Result<u64>, Error> {
    let mut store = Store::read(&collection.store_path())?
        .ok_or_else(|| Error::NoStore(collection.dir.clone()))?;
    let entries = list::merge(read_stored_lists(collection, &mut store)?);
    let mut write = || {
        for entry in &entries {
            writeln!(out, "{}", seed(entry))?;
        }
        Ok(entries.len() as u64)
    };
    Ok(write())
}

fn seed(entry: &Entry) -> String {
    let mut seed = one_field(&entry.url);
    let mut add = |key: &str, value: &str| {
        seed.push_str(&format!("\t{key}={}", one_field(value)));
    };
    add("title", entry.title());
    let mut lists: Vec<&str> = entry.lists.iter().map(|mention| mention.list.as_str()).collect();
    lists.dedup();
    lists.into_iter().for_each(|list| add("list", list));
    entry.tags.iter().for_each(|tag| add("tag", tag));
    entry.company.iter().for_each(|company| add("company", company));
    seed
}

/// A text without what ends a field or a line.
fn one_field(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
