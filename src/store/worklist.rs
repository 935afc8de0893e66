//! The worklist of an update: the entries of the lists in their order, and queues of the pages that
//! are due.
//!
//! Both stand in temporary tables, which are gone with the connection: memory holds the part of them
//! that is in use, however long the lists are.

use std::path::Path;

use rusqlite::{params, types::ValueRef};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::Error,
    page::Outcome,
    store::{
        columns::{from_json, json, outcome, timestamp},
        copies::{CopyText, text},
        database::{Store, error},
    },
};

/// The tables. A page that is due stands in the queue of its host.
const TABLES: &str = "
DROP TABLE IF EXISTS temp.worklist;
DROP TABLE IF EXISTS temp.hosts;
DROP TABLE IF EXISTS temp.queue;
DROP TABLE IF EXISTS temp.excluded_keys;
CREATE TEMP TABLE worklist (
    position INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    entry TEXT NOT NULL
) STRICT;
CREATE TEMP TABLE hosts (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TEMP TABLE queue (
    host INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (host, position)
) STRICT, WITHOUT ROWID;
CREATE TEMP TABLE excluded_keys (
    key TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
";

/// An entry of the worklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingEntry {
    /// Its position in the lists, counted from 1.
    pub position: i64,
    /// The canonical URL.
    pub key: String,
    /// The link as the curator wrote it.
    pub url: String,
    /// The entry as JSON, as it was given to [`Store::set_worklist`].
    pub entry: String,
}

/// An entry of the worklist with what is stored of its page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingPage {
    /// Its position in the lists, counted from 1.
    pub position: i64,
    /// The canonical URL.
    pub key: String,
    /// The entry as JSON.
    pub entry: String,
    /// Its good text.
    pub text: Option<CopyText>,
    /// What became of the last visit.
    pub outcome: Option<Outcome>,
}

/// The query for what a [`PendingPage`] is made of.
const PENDING_PAGES: &str = "SELECT position, worklist.key, entry,
    (SELECT outcome FROM visits WHERE key = worklist.key ORDER BY id DESC LIMIT 1),
    fetched_at, final_url, captured, instead_of, text
    FROM worklist LEFT JOIN copies
    ON copies.key = worklist.key AND role = 'good' AND text IS NOT NULL";

/// The state of an entry of the worklist, without its texts.
#[derive(Clone, Copy, Debug)]
pub struct PendingState<'a> {
    /// Its position in the lists, counted from 1.
    pub position: i64,
    /// The entry as JSON.
    pub entry: &'a str,
    /// The state of its good text, if there is one: its hash, and when its copy was fetched.
    pub text: Option<(i64, jiff::Timestamp)>,
    /// The sketch of that text, if it has one.
    pub sketch: Option<&'a [u8]>,
    /// What became of the last visit.
    pub outcome: Option<Outcome>,
}

impl Store {
    /// Makes the entries of the lists the worklist, in their order: key, link, title and all of it.
    ///
    /// # Errors
    /// [`Error::Store`] and [`Error::Io`] when the temporary tables cannot be written.
    pub fn set_worklist<'a, E: Serialize + 'a>(
        &mut self,
        entries: impl Iterator<Item = (&'a str, &'a str, &'a str, &'a E)>,
    ) -> Result<(), Error> {
        self.execute(TABLES)?;
        self.in_transaction(|db| {
            let mut insert = db
                .prepare("INSERT INTO worklist (key, url, title, entry) VALUES (?1, ?2, ?3, ?4)")?;
            for (key, url, title, entry) in entries {
                insert.execute(params![key, url, title, json(entry)])?;
            }
            // Keys are sorted at once here; one after the other they would be all over the file.
            db.execute_batch("CREATE UNIQUE INDEX temp.worklist_by_key ON worklist (key)")
        })
    }

    /// The next few entries behind a position.
    ///
    /// # Errors
    /// [`Error::Store`] when they cannot be read.
    pub fn pending_after(&self, position: i64, limit: u32) -> Result<Vec<PendingEntry>, Error> {
        let query = "SELECT position, key, url, entry FROM worklist
                     WHERE position > ?1 ORDER BY position LIMIT ?2";
        self.collect(query, params![position, limit], pending)
    }

    /// Shows the entries behind a position with what is stored of their pages, in their order, as
    /// long as `show` says so.
    ///
    /// # Errors
    /// [`Error::Store`] when they cannot be read.
    pub fn each_pending_page(
        &self,
        position: i64,
        mut show: impl FnMut(PendingPage) -> bool,
    ) -> Result<(), Error> {
        let query = format!("{PENDING_PAGES} WHERE position > ?1 ORDER BY position");
        self.each(&query, [position], |row| Ok(show(pending_page(row, &self.path)?)))
    }

    /// The entry at a position with what is stored of its page.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be read.
    pub fn pending_page(&self, position: i64) -> Result<Option<PendingPage>, Error> {
        let query = format!("{PENDING_PAGES} WHERE position = ?1");
        self.get(&query, [position], |row| pending_page(row, &self.path))
    }

    /// How many entries there are.
    ///
    /// # Errors
    /// [`Error::Store`] when they cannot be read.
    pub fn count_pending(&self) -> Result<u64, Error> {
        let count: Option<i64> = self.get("SELECT count(*) FROM worklist", [], |row| row.get(0))?;
        Ok(count.unwrap_or(0).unsigned_abs())
    }

    /// The entry with a canonical URL.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be read.
    pub fn pending_entry<E: DeserializeOwned>(&self, key: &str) -> Result<Option<E>, Error> {
        self.get("SELECT entry FROM worklist WHERE key = ?1", [key], |row| from_json(row, 0))
    }

    /// The position of the entry with a canonical URL.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be read.
    pub fn position(&self, key: &str) -> Result<Option<i64>, Error> {
        self.get("SELECT position FROM worklist WHERE key = ?1", [key], |row| row.get(0))
    }

    /// Shows the state of each entry, in their order.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn each_pending_state(&self, mut show: impl FnMut(PendingState<'_>)) -> Result<(), Error> {
        let query = "SELECT entry, text_hash, fetched_at,
                     (SELECT outcome FROM visits WHERE key = worklist.key ORDER BY id DESC LIMIT 1),
                     position, sketch FROM worklist LEFT JOIN copies
                     ON copies.key = worklist.key AND role = 'good' AND text IS NOT NULL
                     ORDER BY position";
        self.each(query, [], |row| {
            let text = match row.get(1)? {
                Some(hash) => Some((hash, timestamp(row, 2)?)),
                None => None,
            };
            let outcome = visited(row, 3)?;
            let (position, sketch) = (row.get(4)?, row.get_ref(5)?.as_blob_or_null()?);
            show(PendingState {
                position,
                entry: row.get_ref(0)?.as_str()?,
                text,
                sketch,
                outcome,
            });
            Ok(true)
        })
    }

    /// The sketch of the good text of the entry at a position.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be read.
    pub fn sketch(&self, position: i64) -> Result<Option<Vec<u8>>, Error> {
        let query = "SELECT sketch FROM worklist JOIN copies USING (key)
                     WHERE position = ?1 AND role = 'good' AND sketch IS NOT NULL";
        self.get(query, [position], |row| row.get(0))
    }

    /// Puts pages into the queues of their hosts: the position of an entry, and its host.
    ///
    /// # Errors
    /// [`Error::Store`] and [`Error::Io`] when the temporary tables cannot be written.
    pub fn enqueue<'a>(
        &mut self,
        pages: impl Iterator<Item = (i64, &'a str)>,
    ) -> Result<(), Error> {
        self.in_transaction(|db| {
            let mut name = db.prepare_cached("INSERT OR IGNORE INTO hosts (name) VALUES (?1)")?;
            let mut add = db
                .prepare_cached("INSERT INTO queue SELECT id - 1, ?2 FROM hosts WHERE name = ?1")?;
            for (position, host) in pages {
                name.execute([host])?;
                add.execute(params![host, position])?;
            }
            Ok(())
        })
    }

    /// How many hosts have a queue. They are numbered from 0 in the order of their first page.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be read.
    pub fn count_queues(&self) -> Result<u32, Error> {
        let count = self.get("SELECT count(*) FROM hosts", [], |row| row.get(0))?;
        Ok(count.unwrap_or(0))
    }

    /// Takes the next few entries out of the queue of a host, in their order.
    ///
    /// # Errors
    /// [`Error::Store`] and [`Error::Io`] when the temporary tables cannot be written.
    pub fn dequeue<E: DeserializeOwned>(&mut self, host: u32, limit: u32) -> Result<Vec<E>, Error> {
        let query = "SELECT entry, position FROM queue JOIN worklist USING (position)
                     WHERE host = ?1 ORDER BY position LIMIT ?2";
        let mut last = 0;
        let entries = self.collect(query, params![host, limit], |row| {
            last = row.get(1)?;
            from_json(row, 0)
        })?;
        let delete = "DELETE FROM queue WHERE host = ?1 AND position <= ?2";
        let run = || self.db.prepare_cached(delete)?.execute(params![host, last]);
        run().map_err(|e| error(&self.path, &e))?;
        Ok(entries)
    }
}

fn pending(row: &rusqlite::Row<'_>) -> rusqlite::Result<PendingEntry> {
    Ok(PendingEntry {
        position: row.get(0)?,
        key: row.get(1)?,
        url: row.get(2)?,
        entry: row.get(3)?,
    })
}

fn pending_page(row: &rusqlite::Row<'_>, store: &Path) -> rusqlite::Result<PendingPage> {
    let has_text = row.get_ref(8)? != ValueRef::Null;
    Ok(PendingPage {
        position: row.get(0)?,
        key: row.get(1)?,
        entry: row.get(2)?,
        outcome: visited(row, 3)?,
        text: has_text.then(|| text(row, 4, store)).transpose()?,
    })
}

/// The outcome in a column; none for an entry that was never visited.
fn visited(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Option<Outcome>> {
    let was_visited = row.get_ref(column)? != ValueRef::Null;
    was_visited.then(|| outcome(row, column)).transpose()
}
