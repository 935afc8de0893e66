//! Lists from the web: the last copy of each that could be read, and when a site lets it be asked for
//! again.

use jiff::Timestamp;
use rusqlite::{Row, params};

use crate::{
    error::Error,
    page::{Page, Validators},
    store::{
        columns::{body_hash, timestamp},
        database::Store,
        packed::{compress, decompress},
    },
};

/// The last copy of a list that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListCopy {
    /// When it was fetched.
    pub fetched_at: Timestamp,
    /// What to send on the next visit.
    pub validators: Validators,
    /// The list, content codings removed.
    pub body: Vec<u8>,
}

/// A list whose site asks not to be visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Postponed {
    /// When the site said so.
    pub at: Timestamp,
    /// Before when it is not to be visited.
    pub until: Timestamp,
}

impl Store {
    /// The copy of the list at an address.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn list(&self, url: &str) -> Result<Option<ListCopy>, Error> {
        let query = "SELECT fetched_at, etag, last_modified, body FROM lists WHERE url = ?1";
        self.get(query, [url], |row| {
            let body = decompress(row, 3)?;
            Ok(ListCopy { fetched_at: timestamp(row, 0)?, validators: validators(row, 1)?, body })
        })
    }

    /// What to send with a visit to the list at an address; empty without a copy of it.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn list_validators(&self, url: &str) -> Result<Validators, Error> {
        let query = "SELECT etag, last_modified FROM lists WHERE url = ?1";
        Ok(self.get(query, [url], |row| validators(row, 0))?.unwrap_or_default())
    }

    /// Keeps a list that could be read in place of an older copy; it is postponed no more.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn set_list(&mut self, url: &str, page: &Page) -> Result<(), Error> {
        let (hash, validators) = (body_hash(&page.body), page.validators());
        let (at, Validators { etag, last_modified }) =
            (page.fetched_at.as_millisecond(), validators);
        self.in_transaction(|db| {
            let known = db
                .prepare_cached(
                    "UPDATE lists SET fetched_at = ?2, etag = ?3, last_modified = ?4
                     WHERE url = ?1 AND hash = ?5",
                )?
                .execute(params![url, at, etag, last_modified, hash])?;
            if known == 0 {
                db.prepare_cached(
                    "INSERT OR REPLACE INTO lists
                     (url, fetched_at, etag, last_modified, hash, body)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    url,
                    at,
                    etag,
                    last_modified,
                    hash,
                    compress(&page.body)
                ])?;
            }
            db.prepare_cached("DELETE FROM postponed_lists WHERE url = ?1")?.execute([url])?;
            Ok(())
        })
    }

    /// Whether the site of a list has asked not to be visited, which may have passed.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn postponed_list(&self, url: &str) -> Result<Option<Postponed>, Error> {
        self.get("SELECT at, until FROM postponed_lists WHERE url = ?1", [url], |row| {
            Ok(Postponed { at: timestamp(row, 0)?, until: timestamp(row, 1)? })
        })
    }

    /// Notes that the site of a list asks not to be visited.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn postpone_list(&mut self, url: &str, postponed: Postponed) -> Result<(), Error> {
        let Postponed { at, until } = postponed;
        self.in_transaction(|db| {
            db.prepare_cached(
                "INSERT OR REPLACE INTO postponed_lists (url, at, until) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![url, at.as_millisecond(), until.as_millisecond()])
            .map(drop)
        })
    }
}

fn validators(row: &Row<'_>, first: usize) -> rusqlite::Result<Validators> {
    Ok(Validators { etag: row.get(first)?, last_modified: row.get(first + 1)? })
}
