//! Merging: what several lists, or several places of one, say of the same article.

use std::collections::{HashMap, hash_map};

use crate::{
    aliases::{self, Aliases},
    entry::Entry,
    list::{name_set::MOST_NAMES, parsed::List},
};

/// Largest number of titles of an entry, and of mentions. Without it an article that is listed a
/// million times would take hours.
const MOST_MENTIONS: usize = 100;

/// Makes one entry of all that have the same canonical URL, in the order of their first mention.
///
/// Titles, tags, labels, further links and mentions are kept, up to `MOST_MENTIONS` and
/// `MOST_NAMES`; of date, company, section and description the first that is not empty.
pub fn merge(lists: Vec<List>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for list in lists {
        match entries.is_empty() {
            true => entries = list.entries,
            false => entries.extend(list.entries),
        }
    }
    // Long lists are not copied: what is united with an earlier entry is taken out afterwards.
    let mut firsts: HashMap<&str, usize> = HashMap::with_capacity(entries.len());
    let mut again: Vec<(usize, usize)> = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        match firsts.entry(entry.canonical.as_str()) {
            hash_map::Entry::Occupied(first) => again.push((*first.get(), at)),
            hash_map::Entry::Vacant(place) => drop(place.insert(at)),
        }
    }
    for (first, at) in &again {
        let other = entries[*at].clone();
        unite(&mut entries[*first], other);
    }
    let (mut at, mut again) = (0, again.into_iter().map(|(_, at)| at).peekable());
    entries.retain(|_| {
        let is_again = again.next_if_eq(&at).is_some();
        at += 1;
        !is_again
    });
    entries
}

/// Adds to an entry what another one says of the same article.
pub fn unite(entry: &mut Entry, other: Entry) {
    push_new(&mut entry.titles, other.titles, MOST_MENTIONS);
    push_new(&mut entry.tags, other.tags, MOST_NAMES);
    push_new(&mut entry.labels, other.labels, MOST_NAMES);
    push_new(&mut entry.also, other.also, MOST_NAMES);
    push_new(&mut entry.lists, other.lists, MOST_MENTIONS);
    if entry.date_listed.is_none() {
        (entry.date_listed, entry.date_precision) = (other.date_listed, other.date_precision);
    }
    let names_company = other.company.is_some() && !other.company_inferred;
    if entry.company.is_none() || entry.company_inferred && names_company {
        (entry.company, entry.company_inferred) = (other.company, other.company_inferred);
    }
    if entry.section.is_empty() {
        entry.section = other.section;
    }
    if entry.description.is_none() {
        entry.description = other.description;
    }
}

/// Adds what is not there already, up to a number.
fn push_new<T: PartialEq>(known: &mut Vec<T>, new: Vec<T>, most: usize) {
    for one in new {
        if known.len() < most && !known.contains(&one) {
            known.push(one);
        }
    }
}

/// The entries of which something is left out because they are listed too often.
pub(crate) fn crowded(entries: &[Entry]) -> impl Iterator<Item = &Entry> {
    entries.iter().filter(|entry| {
        let names = [&entry.tags, &entry.labels, &entry.also];
        entry.lists.len() >= MOST_MENTIONS
            || entry.lists.len() > 1 && names.iter().any(|names| names.len() >= MOST_NAMES)
    })
}

/// Fills in companies that no list names: from the hosts of the aliases, else from other entries of
/// the same host if they all name one company. Platforms that many share are left out.
pub fn infer_companies(entries: &mut [Entry], aliases: &Aliases) {
    // Host → the company that its entries name; none when they name several.
    let mut named: HashMap<String, Option<String>> = HashMap::new();
    for entry in entries.iter() {
        if let Some(company) = &entry.company {
            let company = aliases.company(company);
            let host = bare_host(entry);
            match named.get_mut(host) {
                None => {
                    named.insert(host.to_owned(), Some(company.to_owned()));
                }
                Some(known) if known.as_deref() == Some(company) => {}
                Some(known) => *known = None,
            }
        }
    }
    for entry in entries.iter_mut().filter(|entry| entry.company.is_none()) {
        let host = bare_host(entry);
        let inferred = match aliases.company_of_host(host) {
            Some(company) => Some(company.to_owned()),
            None if aliases::is_shared(host) => None,
            None => named.get(host).cloned().flatten(),
        };
        if inferred.is_some() {
            entry.company = inferred;
            entry.company_inferred = true;
        }
    }
}

fn bare_host(entry: &Entry) -> &str {
    let host = entry.canonical.host();
    host.strip_prefix("www.").unwrap_or(host)
}
