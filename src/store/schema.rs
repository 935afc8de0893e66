//! The tables of the store, and the way from one version of them to the next.

use rusqlite::{Connection, config::DbConfig};

/// Marks the file as ours ("mlse"), so that another program's database is not taken for a store.
const APPLICATION_ID: i32 = 0x6d6c_7365;

/// Pages of 4 KiB in the log after which they are moved into the database and synced: 16 MiB.
const CHECKPOINT_PAGES: u32 = 4_096;

/// Kilobytes of the database that are kept in memory: the inner pages of what 100,000 pages take.
const CACHE_KB: i64 = 8_000;

/// Statements that are kept prepared: all that a page takes.
const STATEMENTS: usize = 64;

/// One step for each version, in order; a step is never changed once it has been released.
const STEPS: &[&str] = &[
    "
CREATE TABLE visits (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    status INTEGER,
    final_url TEXT NOT NULL,
    moved_to TEXT,
    archived INTEGER NOT NULL,
    due INTEGER NOT NULL,
    interval_s INTEGER NOT NULL
) STRICT;
CREATE INDEX visits_of_a_page ON visits (key, id);
CREATE TABLE copies (
    key TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('good', 'last')),
    fetched_at INTEGER NOT NULL,
    final_url TEXT NOT NULL,
    headers TEXT NOT NULL,
    source TEXT NOT NULL,
    hash INTEGER NOT NULL,
    body BLOB NOT NULL,
    version INTEGER,
    outcome TEXT,
    reason TEXT,
    text_hash INTEGER,
    text BLOB,
    PRIMARY KEY (key, role)
) STRICT;
CREATE TABLE versions (
    key TEXT NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    text BLOB NOT NULL,
    PRIMARY KEY (key, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX versions_by_date ON versions (at);
CREATE TABLE entries (
    key TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    removed INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    report TEXT NOT NULL
) STRICT;
CREATE TABLE kept (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
",
    "
-- Texts with their sketches, and before the bodies: what stands behind a body is read with it.
-- Without a version a copy is extracted again.
CREATE TABLE copies_now (
    key TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('good', 'last')),
    fetched_at INTEGER NOT NULL,
    final_url TEXT NOT NULL,
    headers TEXT NOT NULL,
    source TEXT NOT NULL,
    hash INTEGER NOT NULL,
    version INTEGER,
    outcome TEXT,
    reason TEXT,
    text_hash INTEGER,
    sketch BLOB,
    text BLOB,
    body BLOB NOT NULL,
    PRIMARY KEY (key, role)
) STRICT;
INSERT INTO copies_now SELECT key, role, fetched_at, final_url, headers, source, hash, NULL,
    outcome, reason, text_hash, NULL, text, body FROM copies;
DROP TABLE copies;
ALTER TABLE copies_now RENAME TO copies;
",
    "
-- Bodies by themselves: a copy is written again when it is judged and when it is found good, and
-- texts are read one after the other for each index.
CREATE TABLE bodies (
    copy INTEGER PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;
INSERT INTO bodies SELECT rowid, body FROM copies;
CREATE TABLE copies_now (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('good', 'last')),
    fetched_at INTEGER NOT NULL,
    final_url TEXT NOT NULL,
    headers TEXT NOT NULL,
    source TEXT NOT NULL,
    hash INTEGER NOT NULL,
    version INTEGER,
    outcome TEXT,
    reason TEXT,
    text_hash INTEGER,
    sketch BLOB,
    text BLOB,
    UNIQUE (key, role)
) STRICT;
INSERT INTO copies_now SELECT rowid, key, role, fetched_at, final_url, headers, source, hash,
    version, outcome, reason, text_hash, sketch, text FROM copies;
DROP TABLE copies;
ALTER TABLE copies_now RENAME TO copies;
CREATE TRIGGER a_body_goes_with_its_copy AFTER DELETE ON copies BEGIN
    DELETE FROM bodies WHERE copy = OLD.id;
END;
",
    "
-- A version without a text has that of the good copy.
",
    "
-- An entry that is as it was is not written again, and copies that are to be extracted are found
-- without a look into all of them.
ALTER TABLE entries DROP COLUMN last_seen;
CREATE INDEX copies_by_version ON copies (version);
",
];

/// Sets up a connection that writes, and brings the tables up to date. The inner error says why
/// the database is not for us.
pub(crate) fn prepare(db: &Connection) -> rusqlite::Result<Result<(), String>> {
    db.busy_timeout(std::time::Duration::from_secs(10))?;
    let (application, version) = versions(db)?;
    if let Err(message) = judge(application, version) {
        return Ok(Err(message));
    }
    db.pragma_update(None, "journal_mode", "wal")?;
    db.pragma_update(None, "synchronous", "normal")?;
    db.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    db.pragma_update(None, "cache_size", -CACHE_KB)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    // Else statements are planned again whenever other values are bound to them.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    for (done, step) in STEPS.iter().enumerate().skip(version) {
        let version = done + 1;
        db.execute_batch(&format!(
            "BEGIN IMMEDIATE; {step}
             PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {version}; COMMIT;"
        ))?;
    }
    Ok(Ok(()))
}

/// Sets up a connection that only reads. The inner value is false for tables of an older version;
/// the inner error says why the database is not for us.
pub(crate) fn check(db: &Connection) -> rusqlite::Result<Result<bool, String>> {
    db.busy_timeout(std::time::Duration::from_secs(10))?;
    let (application, version) = versions(db)?;
    Ok(judge(application, version).map(|()| version == STEPS.len()))
}

/// Application id and version of a database; both are 0 in a new one.
fn versions(db: &Connection) -> rusqlite::Result<(i32, usize)> {
    let application = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok((application, version as usize))
}

fn judge(application: i32, version: usize) -> Result<(), String> {
    match (application, version) {
        (0, 0) => Ok(()),
        (APPLICATION_ID, version) if version <= STEPS.len() => Ok(()),
        (APPLICATION_ID, version) => {
            Err(format!("it is of version {version}, made by a newer mlsearch"))
        }
        _ => Err("it is the database of another program".into()),
    }
}
