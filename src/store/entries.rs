//! Entries: since when the lists have had each, and which ones they have no more.

use jiff::Timestamp;
use rusqlite::Row;

use crate::{
    error::Error,
    store::{columns::timestamp, database::Store},
};

/// An entry of the lists, now or once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedEntry {
    /// The canonical URL.
    pub key: String,
    /// The canonical URL that it had before its link moved; mostly the same.
    pub first_key: String,
    /// The link as the curator wrote it.
    pub url: String,
    /// The title to display.
    pub title: String,
    /// The update that first found it in a list.
    pub first_seen: Timestamp,
    /// The first update that did not find it any more; none while it is listed.
    pub removed: Option<Timestamp>,
}

/// The query for what a [`ListedEntry`] is made of.
const ENTRIES: &str = "SELECT entries.key, url, title, first_seen, removed,
    coalesce(former, entries.key)
    FROM entries LEFT JOIN former_keys ON former_keys.key = entries.key AND is_first";

impl Store {
    /// Notes what the lists have now: the entries of the worklist.
    ///
    /// With `all`, entries that are not among them are noted as removed; without it some list
    /// could not be had. Returns how many are new and how many were removed.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn update_entries(&mut self, at: Timestamp, all: bool) -> Result<(u64, u64), Error> {
        self.in_transaction(|db| {
            let at = at.as_millisecond();
            let count = "SELECT count(*) FROM entries";
            let before: i64 = db.query_row(count, [], |row| row.get(0))?;
            db.execute(
                "INSERT INTO entries (key, url, title, first_seen)
                 SELECT key, url, title, ?1 FROM worklist WHERE true
                 ON CONFLICT (key) DO UPDATE
                 SET url = excluded.url, title = excluded.title, removed = NULL
                 WHERE url <> excluded.url OR title <> excluded.title OR removed IS NOT NULL",
                [at],
            )?;
            let after: i64 = db.query_row(count, [], |row| row.get(0))?;
            let removed = match all {
                true => db.execute(
                    "UPDATE entries SET removed = ?1
                     WHERE removed IS NULL AND key NOT IN (SELECT key FROM worklist)",
                    [at],
                )?,
                false => 0,
            };
            Ok(((after - before).unsigned_abs(), removed as u64))
        })
    }

    /// One entry.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn entry(&self, key: &str) -> Result<Option<ListedEntry>, Error> {
        self.get(&format!("{ENTRIES} WHERE entries.key = ?1"), [key], listed)
    }

    /// All entries that the lists have or had, in order of the keys.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn entries(&self) -> Result<Vec<ListedEntry>, Error> {
        self.collect(&format!("{ENTRIES} ORDER BY entries.key"), [], listed)
    }
}

fn listed(row: &Row<'_>) -> rusqlite::Result<ListedEntry> {
    let removed: Option<i64> = row.get(4)?;
    Ok(ListedEntry {
        key: row.get(0)?,
        url: row.get(1)?,
        title: row.get(2)?,
        first_seen: timestamp(row, 3)?,
        first_key: row.get(5)?,
        removed: removed.is_some().then(|| timestamp(row, 4)).transpose()?,
    })
}
