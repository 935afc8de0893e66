//! What an update has at hand: the entries of the lists in their order, and the pages that are due.
//!
//! Both stand in temporary tables, which are gone with the connection: memory holds the part of them
//! that is in use, however long the lists are.

use std::path::Path;

use rusqlite::{params, types::ValueRef};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::Error,
    page::Outcome,
    store::{Store, Text, copies::text, error, from_json, json, outcome, timestamp},
};

/// The tables. A page that is due stands in the queue of its host.
const TABLES: &str = "
DROP TABLE IF EXISTS temp.held;
DROP TABLE IF EXISTS temp.hosts;
DROP TABLE IF EXISTS temp.queue;
CREATE TEMP TABLE held (
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
";

/// An entry at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its place in the lists, counted from 1.
    pub position: i64,
    /// The canonical URL.
    pub key: String,
    /// The link as the curator wrote it.
    pub url: String,
    /// The entry as JSON, as it was given to [`Store::hold`].
    pub entry: String,
}

/// An entry at hand with what there is of its page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Its place in the lists, counted from 1.
    pub position: i64,
    /// The canonical URL.
    pub key: String,
    /// The entry as JSON.
    pub entry: String,
    /// Its good text.
    pub text: Option<Text>,
    /// What became of the last visit.
    pub outcome: Option<Outcome>,
}

/// What a [`Holding`] is made of.
const HOLDINGS: &str = "SELECT position, held.key, entry,
    (SELECT outcome FROM visits WHERE key = held.key ORDER BY id DESC LIMIT 1),
    fetched_at, final_url, captured, instead_of, text
    FROM held LEFT JOIN copies
    ON copies.key = held.key AND role = 'good' AND text IS NOT NULL";

/// What an entry comes to at the moment.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// Its place in the lists, counted from 1.
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
    /// Takes the entries of the lists to hand, in their order: key, link, title and all of it.
    ///
    /// # Errors
    /// [`Error::Store`] and [`Error::Io`] when the temporary tables cannot be written.
    pub fn hold<'a, E: Serialize + 'a>(
        &mut self,
        entries: impl Iterator<Item = (&'a str, &'a str, &'a str, &'a E)>,
    ) -> Result<(), Error> {
        self.execute(TABLES)?;
        self.in_transaction(|db| {
            let mut hold =
                db.prepare("INSERT INTO held (key, url, title, entry) VALUES (?1, ?2, ?3, ?4)")?;
            for (key, url, title, entry) in entries {
                hold.execute(params![key, url, title, json(entry)])?;
            }
            // Keys are sorted at once here; one after the other they would be all over the file.
            db.execute_batch("CREATE UNIQUE INDEX temp.held_by_key ON held (key)")
        })
    }

    /// The next few entries behind a place.
    ///
    /// # Errors
    /// [`Error::Store`] when they cannot be read.
    pub fn held_after(&self, position: i64, limit: u32) -> Result<Vec<Held>, Error> {
        let query = "SELECT position, key, url, entry FROM held
                     WHERE position > ?1 ORDER BY position LIMIT ?2";
        self.collect(query, params![position, limit], held)
    }

    /// Shows the entries behind a place with what there is of their pages, in their order, as long
    /// as `show` says so.
    ///
    /// # Errors
    /// [`Error::Store`] when they cannot be read.
    pub fn each_holding(
        &self,
        position: i64,
        mut show: impl FnMut(Holding) -> bool,
    ) -> Result<(), Error> {
        let query = format!("{HOLDINGS} WHERE position > ?1 ORDER BY position");
        self.each(&query, [position], |row| Ok(show(holding(row, &self.path)?)))
    }

    /// The entry at a place with what there is of its page.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be read.
    pub fn holding(&self, position: i64) -> Result<Option<Holding>, Error> {
        let query = format!("{HOLDINGS} WHERE position = ?1");
        self.get(&query, [position], |row| holding(row, &self.path))
    }

    /// How many entries are at hand.
    ///
    /// # Errors
    /// [`Error::Store`] when they cannot be read.
    pub fn count_held(&self) -> Result<u64, Error> {
        let count: Option<i64> = self.get("SELECT count(*) FROM held", [], |row| row.get(0))?;
        Ok(count.unwrap_or(0).unsigned_abs())
    }

    /// The entry with a canonical URL.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be read.
    pub fn held<E: DeserializeOwned>(&self, key: &str) -> Result<Option<E>, Error> {
        self.get("SELECT entry FROM held WHERE key = ?1", [key], |row| from_json(row, 0))
    }

    /// The place of the entry with a canonical URL.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be read.
    pub fn place(&self, key: &str) -> Result<Option<i64>, Error> {
        self.get("SELECT position FROM held WHERE key = ?1", [key], |row| row.get(0))
    }

    /// Shows what each entry comes to, in their order.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn each_standing(&self, mut show: impl FnMut(Standing<'_>)) -> Result<(), Error> {
        let query = "SELECT entry, text_hash, fetched_at,
                     (SELECT outcome FROM visits WHERE key = held.key ORDER BY id DESC LIMIT 1),
                     position, sketch FROM held LEFT JOIN copies
                     ON copies.key = held.key AND role = 'good' AND text IS NOT NULL
                     ORDER BY position";
        self.each(query, [], |row| {
            let text = match row.get(1)? {
                Some(hash) => Some((hash, timestamp(row, 2)?)),
                None => None,
            };
            let outcome = visited(row, 3)?;
            let (position, sketch) = (row.get(4)?, row.get_ref(5)?.as_blob_or_null()?);
            show(Standing { position, entry: row.get_ref(0)?.as_str()?, text, sketch, outcome });
            Ok(true)
        })
    }

    /// The sketch of the good text of the entry at a place.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be read.
    pub fn sketch(&self, position: i64) -> Result<Option<Vec<u8>>, Error> {
        let query = "SELECT sketch FROM held JOIN copies USING (key)
                     WHERE position = ?1 AND role = 'good' AND sketch IS NOT NULL";
        self.get(query, [position], |row| row.get(0))
    }

    /// Puts pages into the queues of their hosts: the place of an entry, and its host.
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
    pub fn queues(&self) -> Result<u32, Error> {
        let count = self.get("SELECT count(*) FROM hosts", [], |row| row.get(0))?;
        Ok(count.unwrap_or(0))
    }

    /// Takes the next few entries out of the queue of a host, in their order.
    ///
    /// # Errors
    /// [`Error::Store`] and [`Error::Io`] when the temporary tables cannot be written.
    pub fn dequeue<E: DeserializeOwned>(&mut self, host: u32, limit: u32) -> Result<Vec<E>, Error> {
        let query = "SELECT entry, position FROM queue JOIN held USING (position)
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

fn held(row: &rusqlite::Row<'_>) -> rusqlite::Result<Held> {
    Ok(Held { position: row.get(0)?, key: row.get(1)?, url: row.get(2)?, entry: row.get(3)? })
}

fn holding(row: &rusqlite::Row<'_>, store: &Path) -> rusqlite::Result<Holding> {
    let has_text = row.get_ref(8)? != ValueRef::Null;
    Ok(Holding {
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
