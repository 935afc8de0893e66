//! Robots: the answers to `/robots.txt`, by origin.

use rusqlite::{Row, params};

use crate::{
    error::Error,
    page::RobotsCopy,
    store::{columns::timestamp, database::Store},
};

impl Store {
    /// The stored answer of an origin (`https://host:port`).
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn robots(&self, origin: &str) -> Result<Option<RobotsCopy>, Error> {
        let query = "SELECT fetched_at, status, body FROM robots WHERE origin = ?1";
        self.get(query, [origin], |row| copy(row, 0))
    }

    /// The stored answers of all origins.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn all_robots(&self) -> Result<Vec<(String, RobotsCopy)>, Error> {
        let query = "SELECT origin, fetched_at, status, body FROM robots ORDER BY origin";
        self.collect(query, [], |row| Ok((row.get(0)?, copy(row, 1)?)))
    }

    /// Keeps the answer of an origin in place of an older one.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn set_robots(&mut self, origin: &str, copy: &RobotsCopy) -> Result<(), Error> {
        self.in_transaction(|db| {
            db.prepare_cached(
                "INSERT OR REPLACE INTO robots (origin, fetched_at, status, body)
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![origin, copy.fetched_at.as_millisecond(), copy.status, copy.body])
            .map(drop)
        })
    }
}

fn copy(row: &Row<'_>, first: usize) -> rusqlite::Result<RobotsCopy> {
    Ok(RobotsCopy {
        fetched_at: timestamp(row, first)?,
        status: row.get(first + 1)?,
        body: row.get(first + 2)?,
    })
}
