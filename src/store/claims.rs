//! Claims: the addresses that pages declare as their own.

use rusqlite::params;

use crate::{error::Error, store::database::Store};

impl Store {
    /// The address that the good copy of a page declares.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn claim(&self, key: &str) -> Result<Option<String>, Error> {
        self.get("SELECT declared FROM claims WHERE key = ?1", [key], |row| row.get(0))
    }

    /// What all pages declare, with their own addresses, in order of these.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn claims(&self) -> Result<Vec<(String, String)>, Error> {
        self.collect("SELECT key, declared FROM claims ORDER BY key", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    /// Keeps the address that a page declares, or that it declares none any more.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn set_claim(&mut self, key: &str, declared: Option<&str>) -> Result<(), Error> {
        self.in_transaction(|db| {
            match declared {
                Some(declared) => db
                    .prepare_cached(
                        "INSERT OR REPLACE INTO claims (key, declared) VALUES (?1, ?2)",
                    )?
                    .execute(params![key, declared])?,
                None => db.prepare_cached("DELETE FROM claims WHERE key = ?1")?.execute([key])?,
            };
            Ok(())
        })
    }
}
