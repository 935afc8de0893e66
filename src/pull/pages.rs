//! The stored pages of an archive on their way into a folder: beside those that are there, until they take
//! their place.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use crate::{error::Error, files, pack::entry_name::PAGES, store::Store};

/// The name of the file until it takes its place; what a pull leaves that was killed, the next one removes.
const STAGED: &str = "pull.pages.sqlite";
/// What SQLite keeps beside a database.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Stored pages that have not taken their place; they are gone when this is dropped.
pub(crate) struct StagedPages {
    dir: PathBuf,
}

impl StagedPages {
    /// An empty file for them in a folder.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be made.
    pub(crate) fn create(dir: &Path) -> Result<(StagedPages, File), Error> {
        remove(dir)?;
        let staged = StagedPages { dir: dir.to_owned() };
        let path = staged.path();
        let file = File::create_new(&path).map_err(|e| Error::io(path, e))?;
        Ok((staged, file))
    }

    /// Where they are now.
    pub(crate) fn path(&self) -> PathBuf {
        self.dir.join(STAGED)
    }

    /// Puts them in the place of those that are there. Whenever that is ended, one of the two is there as a
    /// whole: what the log of the old ones holds is in their file before the log is removed, and no log of
    /// theirs is left that would be read as one of the new ones.
    ///
    /// # Errors
    /// [`Error::Io`] and [`Error::Store`] when a file cannot be written, [`Error::Locked`] when the old ones
    /// are read all the while.
    pub(crate) fn install(self) -> Result<(), Error> {
        let (from, to) = (self.path(), self.dir.join(PAGES));
        let failed = |e| Error::io(&to, e);
        // Windows syncs only what is open for writing.
        let file = File::options().write(true).open(&from).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        drop(file);
        Store::fold_log(&to)?;
        for suffix in BESIDE {
            remove_if_there(&self.dir.join(format!("{PAGES}{suffix}")))?;
        }
        fs::rename(&from, &to).map_err(failed)?;
        files::sync_folder(&to).map_err(failed)
    }
}

impl Drop for StagedPages {
    fn drop(&mut self) {
        // What cannot be removed now is by the next pull.
        let _ = remove(&self.dir);
    }
}

/// Removes what a pull has left that was killed.
///
/// # Errors
/// [`Error::Io`] when it cannot be removed.
pub(crate) fn remove(dir: &Path) -> Result<(), Error> {
    let suffixes = BESIDE.into_iter().chain([""]);
    suffixes
        .map(|suffix| dir.join(format!("{STAGED}{suffix}")))
        .try_for_each(|p| remove_if_there(&p))
}

fn remove_if_there(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::io(path, e)),
        _ => Ok(()),
    }
}
