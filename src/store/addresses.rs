//! Addresses: wherever the store has some, so that what must not stand in them can be taken out.

use rusqlite::{Connection, params, types::Value};

use crate::{error::Error, store::database::Store};

/// Tables with texts that name addresses: what identifies a row, and the columns.
const ADDRESSES: &[(&str, &str, &[&str])] = &[
    ("entries", "key", &["url", "title"]),
    ("visits", "id", &["reason", "final_url", "moved_to"]),
    ("copies", "id", &["reason", "final_url", "headers"]),
    ("claims", "key", &["declared"]),
    ("follow_ups", "key", &["page"]),
    ("follow_up_urls", "number || ' ' || key", &["url"]),
    ("runs", "id", &["report"]),
];

/// Tables whose rows stand under an address, with its column.
const KEYS: &[(&str, &str)] = &[
    ("copies", "key"),
    ("visits", "key"),
    ("versions", "key"),
    ("claims", "key"),
    ("follow_ups", "key"),
    ("follow_up_urls", "key"),
    ("lists", "url"),
    ("postponed_lists", "url"),
];

impl Store {
    /// Changes the texts that name addresses as `change` says, where it says anything, and forgets
    /// what stands under an address that it changes, entries apart. The old bytes are
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
            for (table, key) in KEYS {
                let query = format!("SELECT DISTINCT {key} FROM {table} WHERE {}", has_at(key));
                let keys: Vec<String> = db
                    .prepare(&query)?
                    .query_map([], |row| row.get(0))?
                    .collect::<Result<_, _>>()?;
                let mut forget = db.prepare(&format!("DELETE FROM {table} WHERE {key} = ?1"))?;
                for key in keys.iter().filter(|key| change(key).is_some()) {
                    forget.execute([key])?;
                }
            }
            Ok(())
        });
        self.get("PRAGMA secure_delete = OFF", [], |_| Ok(()))?;
        changed
    }
}

/// The condition that a column holds an `@`, in some way in which it stands in addresses.
fn has_at(column: &str) -> String {
    let ways = ["@", "\u{fe6b}", "\u{ff20}", "%40"];
    ways.map(|way| format!("instr({column}, '{way}') > 0")).join(" OR ")
}

/// Changes one column of a table where it holds an `@`.
fn change_column(
    db: &Connection,
    table: &str,
    key: &str,
    column: &str,
    change: fn(&str) -> Option<String>,
) -> rusqlite::Result<()> {
    let query = format!("SELECT {key}, {column} FROM {table} WHERE {}", has_at(column));
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
