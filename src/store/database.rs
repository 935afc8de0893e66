//! The database: one SQLite file, opened for writing or for reading only.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Row};

use crate::{error::Error, store::connection};

/// An open page store. Writers hold the collection's lock; readers need none.
pub struct Store {
    pub(crate) path: PathBuf,
    pub(crate) db: Connection,
    writes: bool,
}

impl Store {
    /// Opens the store, makes it if needed, and brings an older one up to date.
    ///
    /// # Errors
    /// [`Error::Store`] when the file is damaged, is no store, or was made by a newer version.
    pub fn open(path: &Path) -> Result<Store, Error> {
        let db = Connection::open(path).map_err(|e| error(path, &e))?;
        connection::prepare(&db).map_err(|e| error(path, &e))?.map_err(|m| refused(path, m))?;
        Ok(Store { path: path.to_owned(), db, writes: true })
    }

    /// Opens an existing store for reading only; none when there is no file.
    ///
    /// # Errors
    /// [`Error::Store`] as for [`Store::open`], [`Error::StoreVersion`] when it is an older one.
    pub fn read(path: &Path) -> Result<Option<Store>, Error> {
        if !path.is_file() {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = |name: &Path, flags| -> rusqlite::Result<_> {
            let db = Connection::open_with_flags(name, flags)?;
            connection::check(&db).map(|checked| (db, checked))
        };
        let (db, checked) = match open(path, flags) {
            Err(e) if is_barred(&e) && !has_log(path) => {
                open(&immutable(path), flags | OpenFlags::SQLITE_OPEN_URI)
            }
            opened => opened,
        }
        .map_err(|e| error(path, &e))?;
        if !checked.map_err(|m| refused(path, m))? {
            return Err(Error::StoreVersion(path.to_owned()));
        }
        Ok(Some(Store { path: path.to_owned(), db, writes: false }))
    }

    /// Makes everything written so far outlast a power cut.
    ///
    /// # Errors
    /// [`Error::Store`] and [`Error::Io`] when the database cannot be written.
    pub fn sync(&self) -> Result<(), Error> {
        self.get("PRAGMA wal_checkpoint", [], |_| Ok(())).map(drop)
    }

    /// Moves what is in the log of a store into its file, so that the file alone is the store. A file that
    /// is no database is left as it is.
    ///
    /// # Errors
    /// [`Error::Store`] and [`Error::Io`] when that fails, [`Error::Locked`] when somebody reads the store
    /// all the while.
    pub(crate) fn fold_log(path: &Path) -> Result<(), Error> {
        if !has_log(path) || !path.is_file() {
            return Ok(());
        }
        let fold = || -> rusqlite::Result<bool> {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let db = Connection::open_with_flags(path, flags)?;
            db.busy_timeout(std::time::Duration::from_secs(10))?;
            db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
        };
        match fold() {
            Ok(false) => Ok(()),
            Ok(true) => {
                let holder = "somebody who reads it".to_owned();
                Err(Error::Locked { path: path.to_owned(), holder })
            }
            // Nothing in it can be lost any more.
            Err(e)
                if matches!(
                    e.sqlite_error_code(),
                    Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)
                ) =>
            {
                Ok(())
            }
            Err(e) => Err(error(path, &e)),
        }
    }

    /// Writes a copy as it is at one moment into a file that is not there yet. Equal stores give equal
    /// bytes: nothing is left of what was deleted.
    ///
    /// # Errors
    /// [`Error::Store`] and [`Error::Io`] when that fails.
    pub(crate) fn copy_to(&self, path: &Path) -> Result<(), Error> {
        let name = path.to_string_lossy();
        let copied = self.db.execute("VACUUM INTO ?1", [name.as_ref()]);
        copied.map(drop).map_err(|e| error(&self.path, &e))
    }

    /// What is wrong with a store that somebody else has made; it must be one that this program could
    /// have written, with nothing in it that does anything when it is read.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn check_foreign(path: &Path) -> Result<(), String> {
        let checked = || -> rusqlite::Result<Option<String>> {
            let db = Connection::open_with_flags(
                path,
                OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
            )?;
            db.pragma_update(None, "trusted_schema", "off")?;
            db.pragma_update(None, "cell_size_check", "on")?;
            match connection::check(&db)? {
                Err(message) => return Ok(Some(message)),
                Ok(false) => return Ok(Some("it is of an older version".to_owned())),
                Ok(true) => {}
            }
            let own = Connection::open_in_memory()?;
            if let Err(message) = connection::prepare(&own)? {
                return Ok(Some(message));
            }
            let definitions = |db: &Connection| -> rusqlite::Result<BTreeMap<String, String>> {
                let all = "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema";
                let mut statement = db.prepare(all)?;
                let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
                rows.collect()
            };
            let (found, known) = (definitions(&db)?, definitions(&own)?);
            let odd = found.iter().find(|(name, sql)| known.get(*name) != Some(*sql));
            if let Some((name, _)) = odd {
                return Ok(Some(format!("its {} is none of ours", name.escape_debug())));
            }
            let said: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
            Ok((said != "ok").then_some(said))
        };
        match checked() {
            Ok(None) => Ok(()),
            Ok(Some(problem)) => Err(problem),
            Err(e) => Err(e.to_string()),
        }
    }

    /// Puts what is written from now on into one transaction, unless there is one already. What is
    /// not followed by [`Store::commit`] is never written.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn begin(&mut self) -> Result<(), Error> {
        if self.db.is_autocommit() { self.execute("BEGIN IMMEDIATE") } else { Ok(()) }
    }

    /// Writes what came since [`Store::begin`].
    ///
    /// # Errors
    /// [`Error::Store`] and [`Error::Io`] when the database cannot be written.
    pub fn commit(&mut self) -> Result<(), Error> {
        if self.db.is_autocommit() { Ok(()) } else { self.execute("COMMIT") }
    }

    pub(crate) fn in_transaction<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        let run = || {
            if !self.db.is_autocommit() {
                return work(&self.db);
            }
            let transaction = self.db.transaction()?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        };
        run().map_err(|e| error(&self.path, &e))
    }

    pub(crate) fn execute(&self, statement: &str) -> Result<(), Error> {
        self.db.execute_batch(statement).map_err(|e| error(&self.path, &e))
    }

    pub(crate) fn get<T>(
        &self,
        query: &str,
        params: impl rusqlite::Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, Error> {
        let run = || self.db.prepare_cached(query)?.query_row(params, read).optional();
        run().map_err(|e| error(&self.path, &e))
    }

    pub(crate) fn collect<T>(
        &self,
        query: &str,
        params: impl rusqlite::Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Error> {
        let run = || -> rusqlite::Result<Vec<T>> {
            self.db.prepare_cached(query)?.query_map(params, read)?.collect()
        };
        run().map_err(|e| error(&self.path, &e))
    }

    /// Shows one row after the other, without collecting them, as long as `show` says so.
    pub(crate) fn each(
        &self,
        query: &str,
        params: impl rusqlite::Params,
        mut show: impl FnMut(&Row<'_>) -> rusqlite::Result<bool>,
    ) -> Result<(), Error> {
        let run = || -> rusqlite::Result<()> {
            let mut statement = self.db.prepare_cached(query)?;
            let mut rows = statement.query(params)?;
            while let Some(row) = rows.next()? {
                if !show(row)? {
                    break;
                }
            }
            Ok(())
        };
        run().map_err(|e| error(&self.path, &e))
    }
}

impl Drop for Store {
    /// Leaves one file that can be read where nothing can be written. If it cannot be done now,
    /// because somebody reads, the log stays beside it, which readers understand as well.
    fn drop(&mut self) {
        if self.writes {
            let _ = self.db.busy_timeout(std::time::Duration::ZERO);
            let _ = self.db.pragma_update(None, "journal_mode", "delete");
        }
    }
}

/// Whether a database could not be opened because nothing can be written beside it: the folder is
/// read-only, or the disk is full.
fn is_barred(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::SystemIoFailure))
}

/// Whether there is a write-ahead log with something in it, so that the database alone is not all.
fn has_log(path: &Path) -> bool {
    fs::metadata(path.with_extension("sqlite-wal")).is_ok_and(|log| log.len() > 0)
}

/// The name of a database that nobody writes, as SQLite wants it: then it needs no lock files.
fn immutable(path: &Path) -> PathBuf {
    let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{path}?immutable=1").into()
}

/// What a failure means: a database that is at fault, or a disk that is.
pub(crate) fn error(path: &Path, error: &rusqlite::Error) -> Error {
    // The lock file beside a log has no room on a full disk.
    let has_no_room = error
        .sqlite_error()
        .is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE);
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => io::ErrorKind::StorageFull,
        Some(ErrorCode::SystemIoFailure) if has_no_room => io::ErrorKind::StorageFull,
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            io::ErrorKind::PermissionDenied
        }
        Some(ErrorCode::SystemIoFailure) => io::ErrorKind::Other,
        _ => return Error::Store { path: path.to_owned(), message: error.to_string() },
    };
    Error::io(path, io::Error::new(kind, error.to_string()))
}

pub(crate) fn refused(path: &Path, message: String) -> Error {
    Error::Store { path: path.to_owned(), message }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::store::Store;

    /// Somebody who is killed leaves a log behind: then the file alone is not the store.
    #[test]
    fn what_a_log_holds_is_in_the_file_before_the_log_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let (open, killed) = (dir.path().join("pages.sqlite"), dir.path().join("killed.sqlite"));
        let store = Store::open(&open).unwrap();
        store.db.execute_batch("CREATE TABLE kept (x); INSERT INTO kept VALUES (7)").unwrap();
        fs::copy(&open, &killed).unwrap();
        let log = killed.with_extension("sqlite-wal");
        fs::copy(open.with_extension("sqlite-wal"), &log).unwrap();
        assert!(fs::metadata(&log).unwrap().len() > 0);
        Store::fold_log(&killed).unwrap();
        let _ = fs::remove_file(log);
        let folded = Store::open(&killed).unwrap();
        let kept = folded.db.query_row("SELECT x FROM kept", [], |row| row.get::<_, i64>(0));
        assert_eq!(kept, Ok(7));
        // What is no store is nobody's to read.
        let other = dir.path().join("other.sqlite");
        fs::write(&other, "x".repeat(4096)).unwrap();
        fs::write(other.with_extension("sqlite-wal"), "x".repeat(4096)).unwrap();
        Store::fold_log(&other).unwrap();
        assert_eq!(fs::read(&other).unwrap(), "x".repeat(4096).into_bytes());
        Store::fold_log(&dir.path().join("none.sqlite")).unwrap();
    }
}
