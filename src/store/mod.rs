//! The page store: every fetched page in one SQLite file, the last good copy beside the last visit.

mod addresses;
mod claims;
mod copies;
mod entries;
mod follow_ups;
mod held;
mod lists;
mod migration;
mod robots;
mod runs;
mod schema;
mod state;
mod versions;
mod visits;

use std::{
    cell::RefCell,
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Row};
use siphasher::sip::SipHasher13;
use zstd::bulk::{Compressor, Decompressor};

use crate::{error::Error, page::Outcome};

pub use crate::store::{
    copies::{Copy, Judgement, Role, Text},
    entries::Listed,
    follow_ups::{FollowUp, Place},
    held::{Held, Holding, Standing},
    lists::{ListCopy, Postponed},
    state::Unfinished,
    versions::{Plain, Version},
    visits::Visited,
};

/// Zstandard level of stored bodies: 3 is within 6 % of level 9's size at four times its speed.
const BODY_LEVEL: i32 = 3;
/// A stored body never inflates to more than this, whatever the file says.
const MAX_STORED_BYTES: usize = 256 << 20;

/// An open page store. Writers hold the collection's lock; readers need none.
pub struct Store {
    path: PathBuf,
    db: Connection,
    writes: bool,
}

impl Store {
    /// Opens the store, makes it if needed, and brings an older one up to date.
    ///
    /// # Errors
    /// [`Error::Store`] when the file is damaged, is no store, or was made by a newer version.
    pub fn open(path: &Path) -> Result<Store, Error> {
        let db = Connection::open(path).map_err(|e| error(path, &e))?;
        schema::prepare(&db).map_err(|e| error(path, &e))?.map_err(|m| refused(path, m))?;
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
            schema::check(&db).map(|checked| (db, checked))
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

    fn in_transaction<T>(
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

    fn execute(&self, statement: &str) -> Result<(), Error> {
        self.db.execute_batch(statement).map_err(|e| error(&self.path, &e))
    }

    fn get<T>(
        &self,
        query: &str,
        params: impl rusqlite::Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, Error> {
        let run = || self.db.prepare_cached(query)?.query_row(params, read).optional();
        run().map_err(|e| error(&self.path, &e))
    }

    fn collect<T>(
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
    fn each(
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

/// Stored bytes that are still compressed, so that they can be unpacked on another thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl Packed {
    fn read(row: &Row<'_>, column: usize, path: &Path) -> rusqlite::Result<Packed> {
        Ok(Packed { path: path.to_owned(), bytes: row.get(column)? })
    }

    /// How many bytes they are as stored.
    #[expect(clippy::len_without_is_empty, reason = "nothing is ever stored as no bytes")]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes as they were given.
    ///
    /// # Errors
    /// [`Error::Store`] when they are damaged.
    pub fn unpack(&self) -> Result<Vec<u8>, Error> {
        inflate(&self.bytes).map_err(|e| refused(&self.path, e.to_string()))
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
fn error(path: &Path, error: &rusqlite::Error) -> Error {
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

fn refused(path: &Path, message: String) -> Error {
    Error::Store { path: path.to_owned(), message }
}

/// Tells the bodies of a page apart: their length and their CRC-32, which takes an eighth of the time of a
/// [`hash`]. A site that makes two bodies equal keeps its own change from being seen.
fn body_hash(body: &[u8]) -> i64 {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    i64::from(length) << 32 | i64::from(crc32fast::hash(body))
}

/// Tells texts apart; nobody gains by making two of them equal.
fn hash(bytes: &[u8]) -> i64 {
    SipHasher13::new().hash(bytes).cast_signed()
}

fn json(value: &(impl serde::Serialize + ?Sized)) -> String {
    serde_json::to_string(value).expect("values of the store have string keys only")
}

fn from_json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str()?).map_err(|e| damaged(column, e))
}

fn timestamp(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_millisecond(row.get(column)?).map_err(|e| damaged(column, e))
}

/// An outcome by name; one of another version counts as no answer.
fn outcome(row: &Row<'_>, column: usize) -> rusqlite::Result<Outcome> {
    Ok(Outcome::from_name(row.get_ref(column)?.as_str()?).unwrap_or(Outcome::Unreachable))
}

thread_local! {
    /// Its tables are larger than most bodies, and would else be made anew for each.
    static COMPRESSOR: RefCell<Compressor<'static>> =
        RefCell::new(Compressor::new(BODY_LEVEL).expect("it is one of the levels that there are"));
    static DECOMPRESSOR: RefCell<Decompressor<'static>> = RefCell::default();
}

fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(bound(bytes.len()));
    COMPRESSOR
        .with_borrow_mut(|compressor| compressor.compress_to_buffer(bytes, &mut packed))
        .expect("compressing into memory cannot fail");
    packed
}

/// What is reserved for packed bytes. More than 32 MiB go back to the system at once, of which less
/// is touched; large pieces below that are kept by the allocator of glibc, for each thread.
fn bound(bytes: usize) -> usize {
    let bound = zstd::zstd_safe::compress_bound(bytes);
    if bytes > 1 << 20 { bound.max(33 << 20) } else { bound }
}

fn decompress(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<u8>> {
    inflate(row.get_ref(column)?.as_blob()?).map_err(|e| damaged(column, e))
}

fn inflate(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let size = Decompressor::upper_bound(bytes).unwrap_or(MAX_STORED_BYTES).min(MAX_STORED_BYTES);
    DECOMPRESSOR.with_borrow_mut(|decompressor| decompressor.decompress(bytes, size))
}

fn damaged(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Blob, Box::new(error))
}
