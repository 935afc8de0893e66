//! Exclusions of an update: the entries that the settings leave out of its lists.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{canonical::CanonicalUrl, collection::Exclusion, list::List};

/// Addresses that are named of a pattern.
const MOST_NAMED: usize = 1_000;

/// What a pattern of `exclude` has left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Excluded {
    /// The pattern as it is written.
    pub pattern: String,
    /// How many entries it has left out.
    pub entries: u64,
    /// Their links, the first 1,000 of them.
    pub urls: Vec<String>,
}

/// Takes out of a list what the patterns of the collection and of the list say.
pub(crate) fn exclude(list: &mut List, of_all: &[Exclusion], of_list: &[Exclusion]) {
    Exclusions::default().apply(list, of_all, of_list);
}

/// What the patterns of all lists have left out.
#[derive(Debug, Default)]
pub(crate) struct Exclusions {
    by_pattern: BTreeMap<String, Excluded>,
    /// The canonical URLs of all entries that were left out.
    pub(crate) keys: Vec<String>,
}

impl Exclusions {
    /// Takes out of a list what the patterns of the collection and of the list say; each entry counts
    /// for the first pattern that is about it.
    pub(crate) fn apply(&mut self, list: &mut List, of_all: &[Exclusion], of_list: &[Exclusion]) {
        if of_all.is_empty() && of_list.is_empty() {
            return;
        }
        let is_left_out = |url: &String| {
            let patterns = of_all.iter().chain(of_list);
            let address = CanonicalUrl::parse(url);
            address.is_some_and(|address| patterns.into_iter().any(|one| one.matches(&address)))
        };
        list.sitemaps.retain(|url| !is_left_out(url));
        list.entries.retain(|entry| {
            let mut patterns = of_all.iter().chain(of_list);
            let found = patterns.find(|pattern| pattern.matches(&entry.canonical));
            let Some(pattern) = found.map(Exclusion::as_str) else { return true };
            let excluded = self.by_pattern.entry(pattern.to_owned());
            let excluded = excluded.or_insert_with(|| Excluded {
                pattern: pattern.to_owned(),
                entries: 0,
                urls: Vec::new(),
            });
            excluded.entries += 1;
            if excluded.urls.len() < MOST_NAMED {
                excluded.urls.push(entry.url.clone());
            }
            self.keys.push(entry.canonical.to_string());
            false
        });
    }

    /// What they have left out, in order of the patterns.
    pub(crate) fn told(self) -> Vec<Excluded> {
        self.by_pattern.into_values().collect()
    }
}
