//! Moved links: entries whose link the curator has replaced by the address to which it leads.

use std::collections::{HashMap, HashSet};

use crate::{
    canonical::{self, CanonicalUrl},
    error::Error,
    store::{Store, VanishedEntry},
};

/// Lets entries that have vanished go on as those of the worklist to which their links lead, before
/// either is noted as new or removed.
///
/// An address that differs in nothing but the scheme, a `www.` or a slash at the end is such a one
/// without a visit, if it is new where the other one has vanished.
pub(crate) fn follow(store: &mut Store) -> Result<(), Error> {
    store.forget_former_keys_in_use()?;
    let vanished = store.vanished_entries()?;
    if vanished.is_empty() {
        return Ok(());
    }
    let mut twins: HashMap<String, String> = HashMap::new();
    for key in store.new_keys()? {
        twins.entry(canonical::twin_form(&key).to_owned()).or_insert(key);
    }
    let followed: HashSet<String> =
        store.former_keys()?.into_iter().map(|former| former.former).collect();
    for entry in vanished.iter().filter(|entry| !followed.contains(&entry.key)) {
        if let Some(target) = target(entry, store)? {
            store.move_entry(&entry.key, &target, true)?;
        } else if let Some(twin) = twins.get(canonical::twin_form(&entry.key)) {
            store.move_entry(&entry.key, twin, false)?;
        }
    }
    Ok(())
}

/// The key in the worklist to which the link of an entry leads.
fn target(entry: &VanishedEntry, store: &Store) -> Result<Option<String>, Error> {
    for url in entry.moved_to.iter().chain(&entry.final_url) {
        // Where everything that is gone leads, no article has moved to.
        if canonical::leads_to_front_page(&entry.key, url) {
            continue;
        }
        let Some(key) = CanonicalUrl::parse(url) else { continue };
        if store.position(key.as_str())?.is_some() {
            return Ok(Some(key.to_string()));
        }
    }
    Ok(None)
}
