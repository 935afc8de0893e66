//! Versions: every differing text of a page, with the day on which it was first seen.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    error::Error,
    store::{
        columns::{hash, timestamp},
        database::Store,
        packed::{compress, decompress},
    },
};

/// Versions kept of a page; with the shortest interval of a day they span three weeks, and an
/// article that changes less often has years.
const MOST_VERSIONS: u32 = 20;

/// What turns the extractor's result, as the store was given it, into what a reader sees.
pub type Plain = fn(&[u8]) -> String;

/// A text that a page had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextVersion {
    /// Its number among the page's versions, counted from 1.
    pub number: u32,
    /// When it was first fetched.
    pub at: Timestamp,
    /// What a reader saw.
    pub text: String,
}

impl Store {
    /// The versions of a page's text that are kept, the oldest first. The text of the newest is
    /// that of the good copy, which `plain` turns into what a reader sees.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn versions(&self, key: &str, plain: Plain) -> Result<Vec<TextVersion>, Error> {
        let query = "SELECT number, at, iif(versions.text = x'', copies.text, versions.text),
                     versions.text = x'' FROM versions LEFT JOIN copies
                     ON copies.key = versions.key AND role = 'good' AND copies.text IS NOT NULL
                     WHERE versions.key = ?1 ORDER BY number";
        self.collect(query, [key], |row| {
            let text = decompress(row, 2)?;
            Ok(TextVersion {
                number: row.get(0)?,
                at: timestamp(row, 1)?,
                text: match row.get(3)? {
                    true => plain(&text),
                    false => String::from_utf8_lossy(&text).into_owned(),
                },
            })
        })
    }

    /// The pages whose text became another after a moment, with the date of the newest change, in
    /// order of the keys. A page's first text is no change.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn changes_after(&self, moment: Timestamp) -> Result<Vec<(String, Timestamp)>, Error> {
        // The other columns are those of the row that has the greatest number: dates may have been
        // written under a wrong clock.
        let query = "SELECT key, at, max(number) FROM versions WHERE at > ?1 AND number > 1
                     GROUP BY key ORDER BY key";
        self.collect(query, [moment.as_millisecond()], |row| Ok((row.get(0)?, timestamp(row, 1)?)))
    }

    /// The links of the pages that [`Store::prune`] forgets, and of those of which it forgets older
    /// versions, each in their order.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn prunable(&self) -> Result<(Vec<String>, Vec<String>), Error> {
        let removed = "SELECT url FROM entries WHERE removed IS NOT NULL ORDER BY url";
        let versions = "SELECT coalesce(url, versions.key) AS link
                        FROM versions LEFT JOIN entries USING (key) WHERE removed IS NULL
                        GROUP BY versions.key HAVING count(*) > 1 ORDER BY link";
        let url = |row: &rusqlite::Row<'_>| row.get(0);
        Ok((self.collect(removed, [], url)?, self.collect(versions, [], url)?))
    }

    /// Forgets everything about pages that no list has any more and every version of a text but
    /// the newest, and gives the space back to the system. Returns how many pages and versions
    /// are forgotten.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn prune(&mut self) -> Result<(u64, u64), Error> {
        let forgotten = self.in_transaction(|db| {
            let pages = "SELECT key FROM entries WHERE removed IS NOT NULL
                         AND key NOT IN (SELECT key FROM unlisted)";
            for table in ["visits", "copies", "versions", "claims"] {
                db.execute(&format!("DELETE FROM {table} WHERE key IN ({pages})"), [])?;
            }
            let removed = db.execute("DELETE FROM entries WHERE removed IS NOT NULL", [])?;
            let versions = db.execute(
                "DELETE FROM versions AS old WHERE EXISTS
                 (SELECT 1 FROM versions WHERE key = old.key AND number > old.number)",
                [],
            )?;
            Ok((removed as u64, versions as u64))
        })?;
        self.execute("VACUUM")?;
        Ok(forgotten)
    }
}

/// Adds the text of the good copy as a version, if it differs from the newest one, and drops the oldest
/// beyond the bound. The text itself is not repeated. Returns true when there was another one before.
pub(crate) fn add(db: &Connection, key: &str, text: &str) -> rusqlite::Result<bool> {
    if text.is_empty() {
        return Ok(false);
    }
    let hash = hash(text.as_bytes());
    let newest: Option<(u32, i64)> = db
        .prepare_cached(
            "SELECT number, hash FROM versions WHERE key = ?1 ORDER BY number DESC LIMIT 1",
        )?
        .query_row([key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if newest.is_some_and(|(_, known)| known == hash) {
        return Ok(false);
    }
    let number = newest.map_or(0, |(number, _)| number) + 1;
    db.prepare_cached(
        "INSERT INTO versions (key, number, at, hash, text)
         SELECT key, ?2, fetched_at, ?3, x'' FROM copies WHERE key = ?1 AND role = 'good'",
    )?
    .execute(params![key, number, hash])?;
    db.prepare_cached("DELETE FROM versions WHERE key = ?1 AND number + ?3 <= ?2")?
        .execute(params![key, number, MOST_VERSIONS])?;
    Ok(newest.is_some())
}

/// Replaces the newest version, after another version of the extractor has read the good copy.
pub(crate) fn correct(db: &Connection, key: &str, text: &str) -> rusqlite::Result<()> {
    if !text.is_empty() {
        db.prepare_cached(
            "UPDATE versions SET hash = ?2, text = x'' WHERE key = ?1
             AND number = (SELECT max(number) FROM versions WHERE key = ?1)",
        )?
        .execute(params![key, hash(text.as_bytes())])?;
    }
    Ok(())
}

/// Gives the newest version a text of its own, before that of the good copy becomes another one.
pub(crate) fn materialize(
    db: &Connection,
    key: &str,
    next: &str,
    plain: Plain,
) -> rusqlite::Result<()> {
    let shared: Option<(u32, Vec<u8>)> = db
        .prepare_cached(
            "SELECT number, copies.text FROM versions JOIN copies
             ON copies.key = versions.key AND role = 'good' AND copies.text IS NOT NULL
             WHERE versions.key = ?1 AND versions.text = x'' AND versions.hash <> ?2",
        )?
        .query_row(params![key, hash(next.as_bytes())], |row| {
            Ok((row.get(0)?, decompress(row, 1)?))
        })
        .optional()?;
    if let Some((number, text)) = shared {
        db.prepare_cached("UPDATE versions SET text = ?3 WHERE key = ?1 AND number = ?2")?
            .execute(params![key, number, compress(plain(&text).as_bytes())])?;
    }
    Ok(())
}
