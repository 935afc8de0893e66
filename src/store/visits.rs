//! Visits: what became of the last few of each page, and when the next one is due.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    error::Error,
    page::{Outcome, Page, Source},
    store::{
        columns::{outcome, timestamp},
        database::Store,
    },
};

/// Visits kept of a page: with failures backing off up to 60 days, they span more than a year.
const MOST_VISITS: u32 = 12;
/// The columns of a [`Visited`].
const COLUMNS: &str = "at, outcome, reason, status, final_url, moved_to, archived, due, interval_s";

/// A visit to a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visited {
    /// When it ended.
    pub at: Timestamp,
    /// What became of it, the extractor's judgement included.
    pub outcome: Outcome,
    /// The evidence.
    pub reason: Option<String>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// The URL that answered.
    pub final_url: String,
    /// Where the page has moved for good, if it has.
    pub moved_to: Option<String>,
    /// Whether a web archive stood in; `outcome` is what became of the visit to the site itself.
    pub archived: bool,
    /// When the next visit is due.
    pub due: Timestamp,
    /// The interval of the page: the time between two visits when all goes well.
    pub interval: Duration,
}

impl Store {
    /// The last visit to a page.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn last_visit(&self, key: &str) -> Result<Option<Visited>, Error> {
        Ok(self.visits_to(key, 1)?.pop())
    }

    /// The last visits to a page, the newest first; about a dozen are kept.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn visits(&self, key: &str) -> Result<Vec<Visited>, Error> {
        self.visits_to(key, MOST_VISITS)
    }

    /// The last visit to every page, in order of the keys.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn last_visits(&self) -> Result<Vec<(String, Visited)>, Error> {
        let query = format!(
            "SELECT {COLUMNS}, key FROM visits
             WHERE id IN (SELECT max(id) FROM visits GROUP BY key) ORDER BY key"
        );
        self.collect(&query, [], |row| Ok((row.get(9)?, visited(row)?)))
    }

    /// Sets when the next visit to a page is due, and its interval, with its last visit.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn plan_visit(
        &mut self,
        key: &str,
        due: Timestamp,
        interval: Duration,
    ) -> Result<(), Error> {
        self.in_transaction(|db| {
            db.prepare_cached(
                "UPDATE visits SET due = ?2, interval_s = ?3
                 WHERE id = (SELECT max(id) FROM visits WHERE key = ?1)",
            )?
            .execute(params![
                key,
                due.as_millisecond(),
                i64::try_from(interval.as_secs()).unwrap_or(i64::MAX)
            ])?;
            Ok(())
        })
    }

    fn visits_to(&self, key: &str, limit: u32) -> Result<Vec<Visited>, Error> {
        let query =
            format!("SELECT {COLUMNS} FROM visits WHERE key = ?1 ORDER BY id DESC LIMIT ?2");
        self.collect(&query, params![key, limit], visited)
    }
}

/// Adds a visit, in place of the last one where it `completes` that. Until it is planned, the next one
/// is due at once, or when the site asks to be visited again, and the interval stays.
pub(crate) fn insert(
    db: &Connection,
    key: &str,
    page: &Page,
    outcome: Outcome,
    reason: Option<&str>,
    completes: bool,
) -> rusqlite::Result<()> {
    let last = "SELECT id FROM visits WHERE key = ?1 ORDER BY id DESC LIMIT 1";
    let replaced: Option<i64> = match completes {
        true => db.prepare_cached(last)?.query_row([key], |row| row.get(0)).optional()?,
        false => None,
    };
    let interval_s: Option<i64> = db
        .prepare_cached(
            "SELECT interval_s FROM visits WHERE key = ?1 AND id IS NOT ?2
             ORDER BY id DESC LIMIT 1",
        )?
        .query_row(params![key, replaced], |row| row.get(0))
        .optional()?;
    let moved_to = (outcome == Outcome::Moved).then_some(&page.final_url);
    // The visit is one to the site, whoever gave the body.
    let outcome = page.source.instead_of().unwrap_or(outcome);
    let at = page.fetched_at.as_millisecond();
    db.prepare_cached(&format!(
        "INSERT OR REPLACE INTO visits (id, key, {COLUMNS})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
    ))?
    .execute(params![
        replaced,
        key,
        at,
        outcome.name(),
        reason,
        page.status,
        page.final_url,
        moved_to,
        page.source != Source::Live,
        page.come_back.map_or(at, |moment| moment.as_millisecond().max(at)),
        interval_s.unwrap_or(0)
    ])?;
    db.prepare_cached(
        "DELETE FROM visits WHERE key = ?1 AND id <=
         (SELECT id FROM visits WHERE key = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
    )?
    .execute(params![key, MOST_VISITS])?;
    Ok(())
}

/// Changes what the last visit came to, after its page was judged.
pub(crate) fn judge(
    db: &Connection,
    key: &str,
    outcome: Outcome,
    reason: Option<&str>,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE visits SET outcome = ?2, reason = ?3
         WHERE id = (SELECT max(id) FROM visits WHERE key = ?1)
         AND outcome IN ('ok', 'moved', 'unchanged')",
    )?
    .execute(params![key, outcome.name(), reason])?;
    Ok(())
}

fn visited(row: &Row<'_>) -> rusqlite::Result<Visited> {
    Ok(Visited {
        at: timestamp(row, 0)?,
        outcome: outcome(row, 1)?,
        reason: row.get(2)?,
        status: row.get(3)?,
        final_url: row.get(4)?,
        moved_to: row.get(5)?,
        archived: row.get(6)?,
        due: timestamp(row, 7)?,
        interval: Duration::from_secs(row.get::<_, i64>(8)?.unsigned_abs()),
    })
}
