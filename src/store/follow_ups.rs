//! Follow-ups: the pages that are still to be fetched for a page that only leads to its text.

use rusqlite::{Connection, Row, params};

use crate::{
    error::Error,
    page::Page,
    store::{Store, damaged, from_json, json},
};

/// The pages to fetch for a page that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// The page, without its body, as the crawl gave it.
    pub page: Page,
    /// Their addresses, in order.
    pub urls: Vec<String>,
    /// Where they stand in the document.
    pub place: Place,
}

/// Where follow-up pages stand in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// One in place of a page without a text.
    Instead,
    /// All after the page that lists them.
    After,
    /// The first one off the service before the tweet that links to it.
    Before,
}

impl Store {
    /// What is still to be fetched, with the keys of the pages for which it is, in their order.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn follow_ups(&self) -> Result<Vec<(String, FollowUp)>, Error> {
        let query = "SELECT key, page, place FROM follow_ups ORDER BY key";
        let mut found = self.collect(query, [], |row| {
            let (page, place) = (from_json(row, 1)?, place(row, 2)?);
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
        self.in_transaction(|db| insert(db, key, follow_up))
    }

    /// Forgets what is to be fetched for a page.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn forget_follow_up(&mut self, key: &str) -> Result<(), Error> {
        self.in_transaction(|db| forget(db, key))
    }
}

/// Writes what is to be fetched for a page.
pub(crate) fn insert(db: &Connection, key: &str, follow_up: &FollowUp) -> rusqlite::Result<()> {
    forget(db, key)?;
    let FollowUp { page, urls, place } = follow_up;
    db.prepare_cached("INSERT INTO follow_ups (key, place, page) VALUES (?1, ?2, ?3)")?
        .execute(params![key, place.name(), json(page)])?;
    let mut add =
        db.prepare_cached("INSERT INTO follow_up_urls (key, number, url) VALUES (?1, ?2, ?3)")?;
    for (number, url) in (0_i64..).zip(urls) {
        add.execute(params![key, number, url])?;
    }
    Ok(())
}

fn forget(db: &Connection, key: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM follow_ups WHERE key = ?1")?.execute([key])?;
    db.prepare_cached("DELETE FROM follow_up_urls WHERE key = ?1")?.execute([key])?;
    Ok(())
}

fn place(row: &Row<'_>, column: usize) -> rusqlite::Result<Place> {
    let name = row.get_ref(column)?.as_str()?;
    let place = Place::ALL.into_iter().find(|place| place.name() == name);
    place.ok_or_else(|| damaged(column, std::io::Error::other(format!("no place `{name}`"))))
}

impl Place {
    const ALL: [Place; 3] = [Place::Instead, Place::After, Place::Before];

    fn name(self) -> &'static str {
        match self {
            Place::Instead => "instead",
            Place::After => "after",
            Place::Before => "before",
        }
    }
}
