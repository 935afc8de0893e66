//! Columns: how values stand in the tables.

use jiff::Timestamp;
use rusqlite::Row;
use siphasher::sip::SipHasher13;

use crate::page::Outcome;

pub(crate) fn json(value: &(impl serde::Serialize + ?Sized)) -> String {
    serde_json::to_string(value).expect("values of the store have string keys only")
}

pub(crate) fn from_json<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str()?).map_err(|e| damaged(column, e))
}

pub(crate) fn timestamp(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_millisecond(row.get(column)?).map_err(|e| damaged(column, e))
}

/// An outcome by name; one of another version counts as no answer.
pub(crate) fn outcome(row: &Row<'_>, column: usize) -> rusqlite::Result<Outcome> {
    Ok(Outcome::from_name(row.get_ref(column)?.as_str()?).unwrap_or(Outcome::Unreachable))
}

/// Tells the bodies of a page apart: their length and their CRC-32, which takes an eighth of the time of a
/// [`hash`]. A site that makes two bodies equal keeps its own change from being seen.
pub(crate) fn body_hash(body: &[u8]) -> i64 {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    i64::from(length) << 32 | i64::from(crc32fast::hash(body))
}

/// Tells texts apart; nobody gains by making two of them equal.
pub(crate) fn hash(bytes: &[u8]) -> i64 {
    SipHasher13::new().hash(bytes).cast_signed()
}

pub(crate) fn damaged(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Blob, Box::new(error))
}
