//! Packed bytes: how bodies and texts are compressed.

use std::{
    cell::RefCell,
    io,
    path::{Path, PathBuf},
};

use rusqlite::Row;
use zstd::bulk::{Compressor, Decompressor};

use crate::{error::Error, store::columns::damaged};

/// Zstandard level of stored bodies: 3 is within 6 % of level 9's size at four times its speed.
const BODY_LEVEL: i32 = 3;
/// A stored body never inflates to more than this, whatever the file says.
const MAX_STORED_BYTES: usize = 256 << 20;

/// Stored bytes that are still compressed, so that they can be unpacked on another thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl Packed {
    pub(crate) fn read(row: &Row<'_>, column: usize, path: &Path) -> rusqlite::Result<Packed> {
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
        let damaged =
            |e: io::Error| Error::Store { path: self.path.clone(), message: e.to_string() };
        inflate(&self.bytes).map_err(damaged)
    }
}

thread_local! {
    /// Its tables are larger than most bodies, and would else be made anew for each.
    static COMPRESSOR: RefCell<Compressor<'static>> =
        RefCell::new(Compressor::new(BODY_LEVEL).expect("it is one of the levels that there are"));
    static DECOMPRESSOR: RefCell<Decompressor<'static>> = RefCell::default();
}

pub(crate) fn compress(bytes: &[u8]) -> Vec<u8> {
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

pub(crate) fn decompress(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<u8>> {
    inflate(row.get_ref(column)?.as_blob()?).map_err(|e| damaged(column, e))
}

fn inflate(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let size = Decompressor::upper_bound(bytes).unwrap_or(MAX_STORED_BYTES).min(MAX_STORED_BYTES);
    DECOMPRESSOR.with_borrow_mut(|decompressor| decompressor.decompress(bytes, size))
}
