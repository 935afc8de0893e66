//! The texts that a pull is about to write: noted before any is written, so that what a pull leaves that
//! ends in the middle is not taken for the user's.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};

use serde::{Deserialize, Serialize};

use crate::{error::Error, pull::drafts};

/// The name of its file, which is there while a pull writes, and after one that did not end.
const FILE: &str = "pull.pending.json";

/// Texts that pulls which did not end may have written.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct PendingTexts {
    /// The SHA-256 of each text by the name of its file. Several pulls may have ended in the middle.
    files: BTreeMap<String, BTreeSet<String>>,
}

impl PendingTexts {
    /// What the pulls before have left in a folder; none when the last one ended well.
    ///
    /// # Errors
    /// [`Error::Io`] when it is there and cannot be read.
    pub(crate) fn read(dir: &Path) -> Result<Option<PendingTexts>, Error> {
        let path = dir.join(FILE);
        match fs::read(&path) {
            // It is replaced as a whole: one that cannot be read was damaged by something else.
            Ok(json) => Ok(Some(serde_json::from_slice(&json).unwrap_or_default())),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::io(path, e)),
        }
    }

    /// Adds the texts of this pull to those of the earlier ones, on the disk.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be written.
    pub(crate) fn note(
        &mut self,
        dir: &Path,
        texts: impl Iterator<Item = (String, String)>,
    ) -> Result<(), Error> {
        for (name, sha256) in texts {
            self.files.entry(name).or_default().insert(sha256);
        }
        let path = dir.join(FILE);
        let json = serde_json::to_vec_pretty(self).expect("a record has keys of text alone");
        drafts::replace(&path, &json).map_err(|e| Error::io(path, e))
    }

    /// Whether a pull may have written a text.
    pub(crate) fn has(&self, name: &str, sha256: &str) -> bool {
        self.files.get(name).is_some_and(|known| known.contains(sha256))
    }

    /// The files that pulls may have written.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.files.keys()
    }

    /// Notes that a pull has ended well.
    ///
    /// # Errors
    /// [`Error::Io`] when the file cannot be removed.
    pub(crate) fn end(dir: &Path) -> Result<(), Error> {
        let path = dir.join(FILE);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::io(path, e)),
            _ => Ok(()),
        }
    }
}
