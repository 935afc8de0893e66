//! What is remembered of the last pull: where the index came from, and which files it wrote.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The name of its file.
const FILE: &str = "pulled.json";

/// The last pull of a collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRecord {
    /// The file or the address of the archive.
    pub source: String,
    /// When it was pulled.
    pub pulled_at: Timestamp,
    /// When it was last asked whether there is a newer one.
    pub checked_at: Timestamp,
    /// The SHA-256 of the archive.
    pub sha256: String,
    /// The public key of whoever had to sign it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<String>,
    /// The `ETag` of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// The files that were written beside the index, with their SHA-256: whoever has changed one keeps it.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
}

impl PullRecord {
    /// The record in a folder; none when nothing was pulled, or when it is damaged: then all that there is
    /// is asked for again.
    ///
    /// # Errors
    /// [`Error::Io`] when it is there and cannot be read.
    pub fn read(dir: &Path) -> Result<Option<PullRecord>, Error> {
        let path = dir.join(FILE);
        match fs::read(&path) {
            Ok(json) => Ok(serde_json::from_slice(&json).ok()),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::io(path, e)),
        }
    }

    /// The file of a record in a folder, and what it holds.
    pub(crate) fn written(&self, dir: &Path) -> (PathBuf, Vec<u8>) {
        let json = serde_json::to_vec_pretty(self).expect("a record has keys of text alone");
        (dir.join(FILE), json)
    }
}
