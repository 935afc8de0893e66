//! The page store: every fetched page in one SQLite file, the last good copy beside the last visit.

mod copies;
mod entries;
mod kept;
mod schema;
mod versions;
mod visits;

use std::{
    io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Row};
use siphasher::sip::SipHasher13;

use crate::{error::Error, page::Outcome};

pub use crate::store::{
    copies::{Copy, Judgement, Mark, Role, Text},
    entries::Listed,
    versions::Version,
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
}

impl Store {
    /// Opens the store, makes it if needed, and brings an older one up to date.
    ///
    /// # Errors
    /// [`Error::Store`] when the file is damaged, is no store, or was made by a newer version.
    pub fn open(path: &Path) -> Result<Store, Error> {
        let db = Connection::open(path).map_err(|e| error(path, &e))?;
        schema::prepare(&db).map_err(|e| error(path, &e))?.map_err(|m| refused(path, m))?;
        Ok(Store { path: path.to_owned(), db })
    }

    /// Opens an existing store for reading only; none when there is no file.
    ///
    /// # Errors
    /// [`Error::Store`] as for [`Store::open`].
    pub fn read(path: &Path) -> Result<Option<Store>, Error> {
        if !path.is_file() {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags).map_err(|e| error(path, &e))?;
        schema::check(&db).map_err(|e| error(path, &e))?.map_err(|m| refused(path, m))?;
        Ok(Some(Store { path: path.to_owned(), db }))
    }

    fn in_transaction<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        let run = || {
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
}

/// What a failure means: a database that is at fault, or a disk that is.
fn error(path: &Path, error: &rusqlite::Error) -> Error {
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => io::ErrorKind::StorageFull,
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

/// Tells bodies apart; nobody gains by making two of them equal.
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

fn compress(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, BODY_LEVEL).expect("compressing into memory cannot fail")
}

fn decompress(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<u8>> {
    let bytes = row.get_ref(column)?.as_blob()?;
    let size = zstd::bulk::Decompressor::upper_bound(bytes).unwrap_or(MAX_STORED_BYTES);
    zstd::bulk::decompress(bytes, size.min(MAX_STORED_BYTES)).map_err(|e| damaged(column, e))
}

fn damaged(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Blob, Box::new(error))
}
