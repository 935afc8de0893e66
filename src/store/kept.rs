//! Kept entries: those that a list had and that stay when it does not have them any more, such as the
//! items that roll off a feed.

use rusqlite::params;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::Error,
    store::{
        columns::{from_json, json},
        database::Store,
    },
};

/// Entries that are kept of a list; a feed with ten items a day has them for years.
const MOST_KEPT: u32 = 10_000;

impl Store {
    /// The entries that are kept of a list, the newest first.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn kept_entries<E: DeserializeOwned>(&self, list: &str) -> Result<Vec<E>, Error> {
        // A store that nobody has written to since entries are kept has no table for them.
        let table = "SELECT 1 FROM sqlite_master WHERE name = 'kept_entries'";
        if self.get(table, [], |_| Ok(()))?.is_none() {
            return Ok(Vec::new());
        }
        let query = "SELECT entry FROM kept_entries WHERE list = ?1 ORDER BY id DESC";
        self.collect(query, [list], |row| from_json(row, 0))
    }

    /// Keeps the entries of a list, the newest first: canonical URL and all of it. Of those that it
    /// had before the newest stay, up to a bound.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn keep_entries<'a, E: Serialize + 'a>(
        &mut self,
        list: &str,
        entries: impl DoubleEndedIterator<Item = (&'a str, &'a E)>,
    ) -> Result<(), Error> {
        self.in_transaction(|db| {
            let mut insert = db.prepare_cached(
                "INSERT INTO kept_entries (list, key, entry) VALUES (?1, ?2, ?3)
                 ON CONFLICT (list, key) DO UPDATE SET entry = excluded.entry
                 WHERE entry <> excluded.entry",
            )?;
            for (key, entry) in entries.rev() {
                insert.execute(params![list, key, json(entry)])?;
            }
            db.prepare_cached(
                "DELETE FROM kept_entries WHERE list = ?1 AND id <=
                 (SELECT id FROM kept_entries WHERE list = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
            )?
            .execute(params![list, MOST_KEPT])?;
            Ok(())
        })
    }

    /// Forgets what is kept of lists other than these.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn keep_only(&mut self, lists: &[String]) -> Result<(), Error> {
        self.in_transaction(|db| {
            let other = "DELETE FROM kept_entries
                         WHERE list NOT IN (SELECT value FROM json_each(?1))";
            db.execute(other, [json(lists)]).map(drop)
        })
    }
}
