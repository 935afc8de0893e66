//! Named values and the log of runs: what an update wants to remember beside the pages.

use rusqlite::{Connection, params, types::Value};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::Error,
    store::{Store, from_json, json},
};

/// Reports kept of runs: a daily update for more than three months.
const RUNS_KEPT: u32 = 100;

/// Tables with texts that name addresses: what identifies a row, and the columns.
const ADDRESSES: &[(&str, &str, &[&str])] = &[
    ("entries", "key", &["url", "title"]),
    ("visits", "id", &["reason", "final_url", "moved_to"]),
    ("copies", "id", &["reason", "final_url", "headers"]),
    ("kept", "kind || ' ' || name", &["value"]),
    ("runs", "id", &["report"]),
];

impl Store {
    /// A named value: the answer to `robots.txt`, the mark of an unfinished run.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn value<T: DeserializeOwned>(&self, kind: &str, name: &str) -> Result<Option<T>, Error> {
        let query = "SELECT value FROM kept WHERE kind = ?1 AND name = ?2";
        self.get(query, [kind, name], |row| from_json(row, 0))
    }

    /// All named values of a kind, in order of their names.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn values<T: DeserializeOwned>(&self, kind: &str) -> Result<Vec<(String, T)>, Error> {
        let query = "SELECT name, value FROM kept WHERE kind = ?1 ORDER BY name";
        self.collect(query, [kind], |row| Ok((row.get(0)?, from_json(row, 1)?)))
    }

    /// Sets a named value, or removes it when there is none.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn keep<T: Serialize>(
        &mut self,
        kind: &str,
        name: &str,
        value: Option<&T>,
    ) -> Result<(), Error> {
        self.in_transaction(|db| {
            match value {
                Some(value) => db
                    .prepare_cached(
                        "INSERT OR REPLACE INTO kept (kind, name, value) VALUES (?1, ?2, ?3)",
                    )?
                    .execute(params![kind, name, json(value)])?,
                None => db
                    .prepare_cached("DELETE FROM kept WHERE kind = ?1 AND name = ?2")?
                    .execute([kind, name])?,
            };
            Ok(())
        })
    }

    /// Adds the report of a run to the log and drops the oldest beyond the bound.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn log_run(&mut self, report: &impl Serialize) -> Result<(), Error> {
        self.in_transaction(|db| {
            db.execute("INSERT INTO runs (report) VALUES (?1)", [json(report)])?;
            db.execute(
                "DELETE FROM runs WHERE id <= (SELECT max(id) FROM runs) - ?1",
                [RUNS_KEPT],
            )?;
            Ok(())
        })
    }

    /// Changes the texts that name addresses as `change` says, where it says anything, and forgets
    /// the copies and visits that stand under an address that it changes. The old bytes are
    /// overwritten in the file.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn change_addresses(&mut self, change: fn(&str) -> Option<String>) -> Result<(), Error> {
        self.get("PRAGMA secure_delete = ON", [], |_| Ok(()))?;
        let changed = self.in_transaction(|db| {
            for (table, key, columns) in ADDRESSES {
                for column in *columns {
                    change_column(db, table, key, column, change)?;
                }
            }
            let keys = "SELECT key FROM visits WHERE key LIKE '%://%@%'
                        UNION SELECT key FROM copies WHERE key LIKE '%://%@%'";
            let keys: Vec<String> =
                db.prepare(keys)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            for key in keys.iter().filter(|key| change(key).is_some()) {
                for table in ["copies", "versions", "visits"] {
                    db.execute(&format!("DELETE FROM {table} WHERE key = ?1"), [key])?;
                }
            }
            Ok(())
        });
        self.get("PRAGMA secure_delete = OFF", [], |_| Ok(()))?;
        changed
    }

    /// The reports of the last runs, the newest first. Those that another version wrote in a form
    /// that this one cannot read are left out.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn runs<T: DeserializeOwned>(&self, limit: u32) -> Result<Vec<T>, Error> {
        let query = "SELECT report FROM runs ORDER BY id DESC LIMIT ?1";
        let reports = self
            .collect(query, [limit], |row| Ok(serde_json::from_str(row.get_ref(0)?.as_str()?)))?;
        Ok(reports.into_iter().flatten().collect())
    }
}

/// Changes one column of a table where it holds an address with an `@`.
fn change_column(
    db: &Connection,
    table: &str,
    key: &str,
    column: &str,
    change: fn(&str) -> Option<String>,
) -> rusqlite::Result<()> {
    let query = format!("SELECT {key}, {column} FROM {table} WHERE {column} LIKE '%://%@%'");
    let rows: Vec<(Value, String)> = db
        .prepare(&query)?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .filter(|row| {
            row.as_ref().map_or(true, |(_, text): &(Value, String)| change(text).is_some())
        })
        .collect::<Result<_, _>>()?;
    let mut update = db.prepare(&format!("UPDATE {table} SET {column} = ?2 WHERE {key} = ?1"))?;
    for (key, text) in rows {
        if let Some(text) = change(&text) {
            update.execute(params![key, text])?;
        }
    }
    Ok(())
}
