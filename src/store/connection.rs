//! The version of the tables, and how a database is made ready.

use rusqlite::{Connection, Transaction, TransactionBehavior, config::DbConfig};

use crate::store::{
    migration,
    schema::{BESIDE, COPIES, KEPT, MOVES, PAGES, UNLISTED},
};

/// Marks the file as ours ("mlse"), so that another program's database is not taken for a store.
const APPLICATION_ID: i32 = 0x6d6c_7365;

/// Pages of 4 KiB in the log after which they are moved into the database and synced: 16 MiB.
const CHECKPOINT_PAGES: u32 = 4_096;

/// Kilobytes of the database that are kept in memory: the inner pages of what 100,000 pages take.
const CACHE_KB: i64 = 8_000;

/// Statements that are kept prepared: all that a page takes.
const STATEMENTS: usize = 64;

/// The version of the tables.
const VERSION: usize = 8;
/// The oldest version that can be brought up to date.
const OLDEST: usize = 5;

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
        let version = versions(&transaction)?.1;
        match version {
            0 => {
                [PAGES, COPIES, BESIDE].iter().try_for_each(|sql| transaction.execute_batch(sql))?
            }
            OLDEST => migration::from_version_5(&transaction)?,
            6 | 7 => {}
            _ => return Ok(Ok(())),
        }
        if version < 7 {
            transaction.execute_batch(UNLISTED)?;
        }
        transaction.execute_batch(MOVES)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", VERSION as u32)?;
        transaction.commit()?;
    }
    db.execute_batch(KEPT)?;
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
