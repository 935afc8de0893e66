//! A follow-up: the pages that are still to be fetched for a page that only leads to its text.

use rusqlite::{Connection, Row, params};

use crate::{
    page::Page,
    store::columns::{damaged, json},
};

/// The pages to fetch for a page that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// The page, without its body, as the crawl gave it.
    pub page: Page,
    /// Their addresses, in order.
    pub urls: Vec<String>,
    /// Where they stand in the document.
    pub place: FollowUpPlace,
}

/// Where follow-up pages stand in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowUpPlace {
    /// One in place of a page without a text.
    Instead,
    /// All after the page that lists them.
    After,
    /// The first one off the service before the tweet that links to it.
    Before,
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

/// Forgets what is to be fetched for a page, and says whether there was anything.
pub(crate) fn forget(db: &Connection, key: &str) -> rusqlite::Result<bool> {
    let forgotten = db.prepare_cached("DELETE FROM follow_ups WHERE key = ?1")?.execute([key])?;
    db.prepare_cached("DELETE FROM follow_up_urls WHERE key = ?1")?.execute([key])?;
    Ok(forgotten > 0)
}

pub(crate) fn place(row: &Row<'_>, column: usize) -> rusqlite::Result<FollowUpPlace> {
    let name = row.get_ref(column)?.as_str()?;
    let place = FollowUpPlace::ALL.into_iter().find(|place| place.name() == name);
    place.ok_or_else(|| damaged(column, std::io::Error::other(format!("no place `{name}`"))))
}

impl FollowUpPlace {
    const ALL: [FollowUpPlace; 3] =
        [FollowUpPlace::Instead, FollowUpPlace::After, FollowUpPlace::Before];

    fn name(self) -> &'static str {
        match self {
            FollowUpPlace::Instead => "instead",
            FollowUpPlace::After => "after",
            FollowUpPlace::Before => "before",
        }
    }
}
