//! News: entries that came in and pages whose text has changed since a moment.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    collection::Collection,
    engine::document::id_of_key,
    error::Error,
    inspect::dates::Dates,
    store::{ListedEntry, Store},
    update::Report,
};

/// Since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// After a moment.
    Moment(Timestamp),
    /// What the last update brought that was not interrupted.
    LastUpdate,
}

/// Something new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct News {
    /// What is new about it.
    pub what: NewsKind,
    /// The id of the document.
    pub id: String,
    /// The link.
    pub url: String,
    /// The title.
    pub title: String,
    /// When it came: the update for an entry, the visit for a text.
    pub at: Timestamp,
    /// The update that first found the entry in a list. As `at`, it is by when that had happened at
    /// the latest, if the clock was ahead then.
    pub first_seen: Timestamp,
}

/// What is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NewsKind {
    /// The entry.
    Added,
    /// The text of its page.
    Changed,
}

/// What is new in a collection, the newest first; entries that no list has any more are left out.
///
/// # Errors
/// [`Error::Store`] when the page store cannot be read, [`Error::NoStore`] when there is none yet.
pub fn news(collection: &Collection, since: Since, now: Timestamp) -> Result<Vec<News>, Error> {
    let store = Store::read(&collection.store_path())?
        .ok_or_else(|| Error::NoStore(collection.dir.clone()))?;
    let runs: Vec<Report> = store.runs(u32::MAX)?;
    let dates = Dates::of(&runs, now);
    let since = match since {
        Since::Moment(moment) => moment,
        Since::LastUpdate => dates.believed(before_last_update(&runs)),
    };
    let mut news: Vec<News> = Vec::new();
    let listed: HashMap<String, ListedEntry> = store
        .entries()?
        .into_iter()
        .filter(|entry| entry.removed.is_none())
        .map(|entry| ListedEntry { first_seen: dates.believed(entry.first_seen), ..entry })
        .map(|entry| (entry.key.clone(), entry))
        .collect();
    for entry in listed.values().filter(|entry| entry.first_seen > since) {
        news.push(News::of(entry, NewsKind::Added, entry.first_seen));
    }
    for (key, at) in store.changes_after(since)? {
        let at = dates.believed(at);
        let entry = listed.get(&key).filter(|entry| entry.first_seen <= since && at > since);
        if let Some(entry) = entry {
            news.push(News::of(entry, NewsKind::Changed, at));
        }
    }
    news.sort_by(|a, b| (b.at, a.what, &a.url).cmp(&(a.at, b.what, &b.url)));
    Ok(news)
}

impl News {
    fn of(entry: &ListedEntry, what: NewsKind, at: Timestamp) -> News {
        News {
            what,
            id: id_of_key(&entry.key),
            url: entry.url.clone(),
            title: entry.title.clone(),
            at,
            first_seen: entry.first_seen,
        }
    }
}

/// The end of the update before the last one. What an interrupted, failed or refused update has done
/// belongs to the one that took it up or was forced; until then it is all that is new.
fn before_last_update(runs: &[Report]) -> Timestamp {
    let mut done = runs.iter().filter(|run| run.is_done());
    let last = usize::from(runs.first().is_some_and(Report::is_done));
    done.nth(last).map_or(Timestamp::MIN, Report::ended_at)
}
