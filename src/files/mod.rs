//! Files that are replaced as a whole: whoever reads one sees the old or the new one, never half.

mod draft_folder;

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

use tempfile::NamedTempFile;

pub use crate::files::draft_folder::DraftFolder;

/// Replaces a file by one that everybody may read who may read other new files, and makes that
/// outlast a power cut.
///
/// # Errors
/// Those of the file system; the old file is then left as it was.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_from(draft(path)?, path, bytes)
}

/// Replaces a file as [`replace`] does, by way of one whose name begins with `prefix`: whoever knows it can
/// remove what is left when this process is killed.
///
/// # Errors
/// As [`replace`].
pub(crate) fn replace_by(prefix: &str, path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_from(readable_by_all().prefix(prefix).tempfile_in(folder(path))?, path, bytes)
}

fn replace_from(mut file: NamedTempFile, path: &Path, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_folder(path)
}

/// Replaces a file by one that `write` fills, and that is there when all of it is on the disk; else the
/// old one stays.
///
/// # Errors
/// Those of the file system, and those of `write`.
pub fn replace_with<T, E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut File) -> Result<T, E>,
) -> Result<T, E> {
    let mut file = draft(path)?;
    let written = write(file.as_file_mut())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    sync_folder(path)?;
    Ok(written)
}

/// A file beside the place that it is to take, as open to others as any new one; it goes away unless it
/// is persisted.
///
/// # Errors
/// Those of the file system.
pub fn draft(path: &Path) -> io::Result<NamedTempFile> {
    readable_by_all().tempfile_in(folder(path))
}

/// Replaces a file by one that only its owner may read, whatever the old one was.
///
/// # Errors
/// As [`replace`].
pub fn replace_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Only the owner may read a temporary file.
    let mut file = NamedTempFile::new_in(folder(path))?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

/// The folder of a file; that of a bare name is the current one.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(unix)]
fn readable_by_all<'a>() -> tempfile::Builder<'a, 'static> {
    use std::{fs::Permissions, os::unix::fs::PermissionsExt};

    let mut builder = tempfile::Builder::new();
    // The system takes from it what the umask says.
    builder.permissions(Permissions::from_mode(0o666));
    builder
}

#[cfg(not(unix))]
fn readable_by_all<'a>() -> tempfile::Builder<'a, 'static> {
    tempfile::Builder::new()
}

/// Makes a rename durable; only Unix lets a folder be opened and synced.
#[cfg(unix)]
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()
}

#[cfg(not(unix))]
pub(crate) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use crate::files::{replace, replace_private};

    #[test]
    fn a_replaced_file_is_as_open_as_a_new_one_unless_it_is_private() {
        let dir = tempfile::tempdir().unwrap();
        let (path, new) = (dir.path().join("x"), dir.path().join("new"));
        let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        fs::write(&new, "").unwrap();
        replace(&path, b"one").unwrap();
        assert_eq!((fs::read(&path).unwrap(), mode(&path)), (b"one".to_vec(), mode(&new)));
        replace_private(&path, b"two").unwrap();
        assert_eq!((fs::read(&path).unwrap(), mode(&path)), (b"two".to_vec(), 0o600));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left beside");
    }
}
