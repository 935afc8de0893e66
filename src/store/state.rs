//! State: what an update has to know of the ones before it.

use jiff::Timestamp;
use rusqlite::params;

use crate::{
    error::Error,
    store::{columns::timestamp, database::Store},
};

/// Which forms of user names and passwords are taken out of a store; an older version knew fewer.
const USERINFO_VERSION: i64 = 2;

/// A run that has begun to visit pages and has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// When it began.
    pub since: Timestamp,
    /// Whether it was to visit all pages, due or not.
    pub refresh: bool,
}

impl Store {
    /// How many pages failed in the last update that was published; none before the first one.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn failed_pages(&self) -> Result<Option<u64>, Error> {
        let count: Option<i64> = self.state("failed_pages")?;
        Ok(count.map(i64::unsigned_abs))
    }

    /// Notes how many pages failed in an update that was published.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn set_failed_pages(&mut self, count: u64) -> Result<(), Error> {
        self.set_state("failed_pages", i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Whether an extraction has begun that came to no orderly end.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn is_extracting(&self) -> Result<bool, Error> {
        self.state("is_extracting")
    }

    /// Notes that extraction begins, or that it has come to an orderly end.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn set_extracting(&mut self, is_extracting: bool) -> Result<(), Error> {
        self.set_state("is_extracting", is_extracting)
    }

    /// The run that has begun to visit pages and has not ended.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn unfinished(&self) -> Result<Option<Unfinished>, Error> {
        let query = "SELECT unfinished_since, unfinished_refresh FROM state
                     WHERE unfinished_since IS NOT NULL";
        self.get(query, [], |row| {
            Ok(Unfinished { since: timestamp(row, 0)?, refresh: row.get(1)? })
        })
    }

    /// Notes that a run begins to visit pages, or that it has ended.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn set_unfinished(&mut self, run: Option<Unfinished>) -> Result<(), Error> {
        let since = run.map(|run| run.since.as_millisecond());
        let refresh = run.is_some_and(|run| run.refresh);
        self.in_transaction(|db| {
            db.execute(
                "UPDATE state SET unfinished_since = ?1, unfinished_refresh = ?2",
                params![since, refresh],
            )
            .map(drop)
        })
    }

    /// Whether the user names and passwords that an older version has stored are taken out, as far
    /// as this version knows them.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn is_without_userinfo(&self) -> Result<bool, Error> {
        Ok(self.state::<i64>("is_without_userinfo")? == USERINFO_VERSION)
    }

    /// Notes that they are.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn set_without_userinfo(&mut self) -> Result<(), Error> {
        self.set_state("is_without_userinfo", USERINFO_VERSION)
    }

    fn state<T: rusqlite::types::FromSql + Default>(&self, column: &str) -> Result<T, Error> {
        let value = self.get(&format!("SELECT {column} FROM state"), [], |row| row.get(0))?;
        Ok(value.unwrap_or_default())
    }

    fn set_state(&mut self, column: &str, value: impl rusqlite::ToSql) -> Result<(), Error> {
        self.in_transaction(|db| {
            db.execute(&format!("UPDATE state SET {column} = ?1"), [value]).map(drop)
        })
    }
}
