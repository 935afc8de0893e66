//! Moved entries: links that the curator has replaced by the addresses to which they led. What is
//! known of an entry goes on under its new key, and its former ones are remembered.

use rusqlite::{Connection, params};

use crate::{
    error::Error,
    store::{database::Store, follow_up_rows},
};

/// An entry that the lists do not have any more, with what its last visit says of its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VanishedEntry {
    /// The canonical URL.
    pub key: String,
    /// Where it has moved for good, if it has.
    pub moved_to: Option<String>,
    /// The address that answered; none when it was never visited.
    pub final_url: Option<String>,
}

/// A key that an entry had before its link moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerKey {
    /// The key that it had.
    pub former: String,
    /// The key that it has.
    pub key: String,
    /// Whether it is the first one, of which the id of the document is made.
    pub is_first: bool,
}

/// Tables with what is known of a page.
const TABLES_OF_PAGES: [&str; 4] = ["visits", "copies", "versions", "claims"];

impl Store {
    /// The entries that are not in the worklist, the oldest first.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn vanished_entries(&self) -> Result<Vec<VanishedEntry>, Error> {
        let query = "SELECT entries.key, moved_to, final_url FROM entries LEFT JOIN visits
                     ON visits.id = (SELECT max(id) FROM visits WHERE key = entries.key)
                     WHERE entries.key NOT IN (SELECT key FROM worklist)
                     ORDER BY first_seen, entries.key";
        self.collect(query, [], |row| {
            Ok(VanishedEntry { key: row.get(0)?, moved_to: row.get(1)?, final_url: row.get(2)? })
        })
    }

    /// The keys of the worklist that no entry has had yet.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn new_keys(&self) -> Result<Vec<String>, Error> {
        let query = "SELECT key FROM worklist WHERE key NOT IN (SELECT key FROM entries)";
        self.collect(query, [], |row| row.get(0))
    }

    /// Goes on with an entry under a new key: with its dates if the new one is not known as an
    /// entry, and with its page if none is known at the new address. `is_visited` says that the last
    /// visit led to the new address; its page is due if it did not, or was not good.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn move_entry(&mut self, old: &str, new: &str, is_visited: bool) -> Result<(), Error> {
        self.in_transaction(|db| {
            let has = |table| {
                let query = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE key = ?1)");
                db.prepare_cached(&query)?.query_row([new], |row| row.get::<_, bool>(0))
            };
            let has_entry = has("entries")?;
            if !has_entry {
                db.execute(
                    "UPDATE entries SET key = ?2, removed = NULL WHERE key = ?1",
                    [old, new],
                )?;
                db.execute("UPDATE OR REPLACE published SET key = ?2 WHERE key = ?1", [old, new])?;
            }
            if !has_entry && !has("copies")? && !has("visits")? {
                for table in TABLES_OF_PAGES {
                    let update = format!("UPDATE OR REPLACE {table} SET key = ?2 WHERE key = ?1");
                    db.execute(&update, [old, new])?;
                }
                let is_whole = !follow_up_rows::forget(db, old)?;
                db.execute(
                    "UPDATE visits SET moved_to = NULL,
                     outcome = iif(outcome = 'moved', 'ok', outcome),
                     due = iif(?2 AND outcome IN ('ok', 'unchanged', 'moved'), due, 0)
                     WHERE id = (SELECT max(id) FROM visits WHERE key = ?1)",
                    params![new, is_visited && is_whole],
                )?;
            }
            remember(db, old, new, !has_entry)
        })
    }

    /// The former keys of entries, in their order. One that is in the lists again is no former key
    /// any more.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn former_keys(&self) -> Result<Vec<FormerKey>, Error> {
        let query = "SELECT former, key, is_first FROM former_keys ORDER BY former";
        self.collect(query, [], |row| {
            Ok(FormerKey { former: row.get(0)?, key: row.get(1)?, is_first: row.get(2)? })
        })
    }

    /// Forgets that keys of the worklist were those of other entries.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn forget_former_keys_in_use(&mut self) -> Result<(), Error> {
        self.in_transaction(|db| {
            let forget = "DELETE FROM former_keys WHERE former IN (SELECT key FROM worklist)";
            db.execute(forget, []).map(drop)
        })
    }
}

/// Notes a former key, and that those before it lead to the new one, too.
fn remember(db: &Connection, old: &str, new: &str, is_same: bool) -> rusqlite::Result<()> {
    let update = "UPDATE former_keys SET key = ?2, is_first = is_first AND ?3 WHERE key = ?1";
    db.execute(update, params![old, new, is_same])?;
    db.execute(
        "INSERT OR REPLACE INTO former_keys (former, key, is_first) VALUES (?1, ?2, ?3 AND NOT
         EXISTS (SELECT 1 FROM former_keys WHERE key = ?2 AND is_first))",
        params![old, new, is_same],
    )
    .map(drop)
}
