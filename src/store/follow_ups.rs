//! Follow-ups: what is still to be fetched for the pages of the store.

use crate::{
    error::Error,
    store::{
        columns::from_json,
        database::Store,
        follow_up_rows::{self, FollowUp},
    },
};

impl Store {
    /// What is still to be fetched, with the keys of the pages for which it is, in their order.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn follow_ups(&self) -> Result<Vec<(String, FollowUp)>, Error> {
        let query = "SELECT key, page, place FROM follow_ups ORDER BY key";
        let mut found = self.collect(query, [], |row| {
            let (page, place) = (from_json(row, 1)?, follow_up_rows::place(row, 2)?);
            Ok((row.get::<_, String>(0)?, FollowUp { page, urls: Vec::new(), place }))
        })?;
        let query = "SELECT url FROM follow_up_urls WHERE key = ?1 ORDER BY number";
        for (key, follow_up) in &mut found {
            follow_up.urls = self.collect(query, [key.as_str()], |row| row.get(0))?;
        }
        Ok(found)
    }

    /// Whether anything is still to be fetched.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn has_follow_ups(&self) -> Result<bool, Error> {
        Ok(self.get("SELECT 1 FROM follow_ups LIMIT 1", [], |_| Ok(()))?.is_some())
    }

    /// Keeps what is to be fetched for a page, in place of what was to be fetched for it before.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn set_follow_up(&mut self, key: &str, follow_up: &FollowUp) -> Result<(), Error> {
        self.in_transaction(|db| follow_up_rows::insert(db, key, follow_up))
    }

    /// Forgets what is to be fetched for a page.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn forget_follow_up(&mut self, key: &str) -> Result<(), Error> {
        self.in_transaction(|db| follow_up_rows::forget(db, key).map(drop))
    }
}
