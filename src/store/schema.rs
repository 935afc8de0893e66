//! The tables of the store.

use rusqlite::{Connection, Transaction, TransactionBehavior, config::DbConfig};

use crate::store::migration;

/// Marks the file as ours ("mlse"), so that another program's database is not taken for a store.
const APPLICATION_ID: i32 = 0x6d6c_7365;

/// Pages of 4 KiB in the log after which they are moved into the database and synced: 16 MiB.
const CHECKPOINT_PAGES: u32 = 4_096;

/// Kilobytes of the database that are kept in memory: the inner pages of what 100,000 pages take.
const CACHE_KB: i64 = 8_000;

/// Statements that are kept prepared: all that a page takes.
const STATEMENTS: usize = 64;

/// The version of the tables below.
const VERSION: usize = 6;
/// The oldest version that can be brought up to date.
const OLDEST: usize = 5;

/// Visits, texts and entries.
const PAGES: &str = "
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
-- Bodies by themselves: a copy is written again when it is judged and when it is found good, and
-- texts are read one after the other for each index.
CREATE TABLE bodies (
    copy INTEGER PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;
-- A version without a text has that of the good copy.
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
    removed INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    report TEXT NOT NULL
) STRICT;
";

/// Copies. The text stands last: what stands behind it is read with it.
pub(crate) const COPIES: &str = "
CREATE TABLE copies (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('good', 'last')),
    fetched_at INTEGER NOT NULL,
    final_url TEXT NOT NULL,
    headers TEXT NOT NULL,
    form TEXT NOT NULL CHECK (form IN ('page', 'summary', 'parts')),
    -- Both are of a copy from a web archive, and missing for one from the site itself.
    captured INTEGER,
    instead_of TEXT,
    hash INTEGER NOT NULL,
    version INTEGER,
    outcome TEXT,
    reason TEXT,
    text_hash INTEGER,
    sketch BLOB,
    text BLOB,
    UNIQUE (key, role),
    CHECK ((captured IS NULL) = (instead_of IS NULL))
) STRICT;
CREATE INDEX copies_by_version ON copies (version);
CREATE TRIGGER a_body_goes_with_its_copy AFTER DELETE ON copies BEGIN
    DELETE FROM bodies WHERE copy = OLD.id;
END;
";

/// What an update remembers beside the pages.
pub(crate) const BESIDE: &str = "
CREATE TABLE lists (
    url TEXT PRIMARY KEY,
    fetched_at INTEGER NOT NULL,
    etag TEXT,
    last_modified TEXT,
    hash INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE TABLE postponed_lists (
    url TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE robots (
    origin TEXT PRIMARY KEY,
    fetched_at INTEGER NOT NULL,
    status INTEGER,
    body BLOB NOT NULL
) STRICT;
CREATE TABLE claims (
    key TEXT PRIMARY KEY,
    declared TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE follow_ups (
    key TEXT PRIMARY KEY,
    place TEXT NOT NULL CHECK (place IN ('instead', 'after', 'before')),
    page TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE follow_up_urls (
    key TEXT NOT NULL,
    number INTEGER NOT NULL,
    url TEXT NOT NULL,
    PRIMARY KEY (key, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    failed_pages INTEGER,
    is_extracting INTEGER NOT NULL DEFAULT 0,
    unfinished_since INTEGER,
    unfinished_refresh INTEGER NOT NULL DEFAULT 0,
    is_without_userinfo INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO state (id) VALUES (1);
";

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
    if version < VERSION {
        let transaction = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
        // Another process may have done it meanwhile.
        match versions(&transaction)?.1 {
            0 => {
                [PAGES, COPIES, BESIDE].iter().try_for_each(|sql| transaction.execute_batch(sql))?
            }
            OLDEST => migration::from_version_5(&transaction)?,
            _ => return Ok(Ok(())),
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", VERSION as u32)?;
        transaction.commit()?;
    }
    Ok(Ok(()))
}

/// Sets up a connection that only reads. The inner value is false for tables of an older version;
/// the inner error says why the database is not for us.
pub(crate) fn check(db: &Connection) -> rusqlite::Result<Result<bool, String>> {
    db.busy_timeout(std::time::Duration::from_secs(10))?;
    let (application, version) = versions(db)?;
    Ok(judge(application, version).map(|()| version == VERSION))
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
        (APPLICATION_ID, OLDEST..=VERSION) => Ok(()),
        (APPLICATION_ID, version @ ..OLDEST) => Err(format!(
            "it is of version {version}, which is older than any that can be brought up to date"
        )),
        (APPLICATION_ID, version) => {
            Err(format!("it is of version {version}, made by a newer mlsearch"))
        }
        _ => Err("it is the database of another program".into()),
    }
}
