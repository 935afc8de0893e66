//! Unlisted pages: entries that no list has, made for pages that came without being visited.

use rusqlite::params;
use serde::Serialize;

use crate::{
    error::Error,
    store::{columns::json, database::Store},
};

/// Unlisted pages whose newest copy was read and holds no article, and that had none before.
const WITHOUT_TEXT: &str = "SELECT key FROM unlisted
    WHERE NOT EXISTS (SELECT 1 FROM copies
        WHERE copies.key = unlisted.key AND role = 'good')
    AND EXISTS (SELECT 1 FROM copies
        WHERE copies.key = unlisted.key AND version > 0 AND outcome IS NOT NULL)";

impl Store {
    /// Adds an entry to the unlisted ones and to the end of the worklist: key, link and all of it.
    ///
    /// # Errors
    /// [`Error::Store`] and [`Error::Io`] when it cannot be written.
    pub fn add_unlisted(
        &mut self,
        key: &str,
        url: &str,
        entry: &impl Serialize,
    ) -> Result<(), Error> {
        self.in_transaction(|db| {
            let entry = json(entry);
            db.prepare_cached(
                "INSERT OR REPLACE INTO unlisted (key, url, entry) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![key, url, entry])?;
            db.prepare_cached(
                "INSERT INTO worklist (key, url, title, entry) VALUES (?1, ?2, ?2, ?3)",
            )?
            .execute(params![key, url, entry])
            .map(drop)
        })
    }

    /// Adds the unlisted pages to the end of the worklist, in the order in which they came, except
    /// those that a list has by now.
    ///
    /// # Errors
    /// As [`Store::add_unlisted`].
    pub fn append_unlisted(&mut self) -> Result<(), Error> {
        self.in_transaction(|db| {
            db.execute(
                "INSERT INTO worklist (key, url, title, entry)
                 SELECT key, url, url, entry FROM unlisted
                 WHERE key NOT IN (SELECT key FROM temp.worklist) ORDER BY id",
                [],
            )
            .map(drop)
        })
    }

    /// Forgets the unlisted pages that hold no article, and returns how many there were.
    ///
    /// # Errors
    /// As [`Store::add_unlisted`].
    pub fn drop_unlisted_without_text(&mut self) -> Result<u64, Error> {
        self.in_transaction(|db| {
            let table = "CREATE TEMP TABLE without_text AS ";
            db.execute_batch(&format!("{table}{WITHOUT_TEXT}"))?;
            let listed = "SELECT key FROM entries WHERE removed IS NULL";
            for table in ["visits", "copies", "versions", "claims"] {
                let keys = format!("SELECT key FROM without_text WHERE key NOT IN ({listed})");
                db.execute(&format!("DELETE FROM {table} WHERE key IN ({keys})"), [])?;
            }
            let keys = "SELECT key FROM without_text";
            let unlisted = format!("{keys} WHERE key NOT IN ({listed})");
            db.execute(&format!("DELETE FROM temp.worklist WHERE key IN ({unlisted})"), [])?;
            let dropped = db.execute(&format!("DELETE FROM unlisted WHERE key IN ({keys})"), [])?;
            db.execute_batch("DROP TABLE without_text")?;
            Ok(dropped as u64)
        })
    }
}
