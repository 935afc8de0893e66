//! The small files that a pull replaces, by way of others whose names tell that they are left of one.

use std::{fs, io, path::Path};

use crate::{error::Error, files, pack::entry_name::LISTS};

/// How the name of a file begins that is being written; no archive has such a name.
const DRAFT: &str = ".pull-";

/// Replaces a file of a pull.
///
/// # Errors
/// Those of the file system; the old file is then left as it was.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    files::replace_by(DRAFT, path, bytes)
}

/// Removes what a pull that was killed has left of files that it was writing.
///
/// # Errors
/// [`Error::Io`] when it cannot be removed.
pub(crate) fn sweep(dir: &Path) -> Result<(), Error> {
    // A folder that is not there has nothing in it.
    let folders = [dir.to_owned(), dir.join(LISTS)];
    for entry in folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(DRAFT) {
            let path = entry.path();
            fs::remove_file(&path).map_err(|e| Error::io(&path, e))?;
        }
    }
    Ok(())
}
