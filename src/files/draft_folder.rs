//! A folder that is written beside its place and gets its name when all of it is there.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

/// A folder under construction; it goes away unless it is published.
#[derive(Debug)]
pub struct DraftFolder {
    draft: TempDir,
    dir: PathBuf,
}

impl DraftFolder {
    /// Begins a folder. One that is there must be empty, or have the file `mark`, by which a folder
    /// is known that was written so before and may be replaced.
    ///
    /// # Errors
    /// Those of the system, [`io::ErrorKind::AlreadyExists`] when the folder holds something else.
    pub fn begin(dir: &Path, mark: Option<&str>) -> io::Result<DraftFolder> {
        let is_taken = match fs::read_dir(dir) {
            Ok(mut entries) => entries.next().is_some(),
            Err(e) if e.kind() == io::ErrorKind::NotFound => false,
            Err(e) => return Err(e),
        };
        if is_taken && !mark.is_some_and(|mark| dir.join(mark).is_file()) {
            let message = "it is not empty, and nothing in it is overwritten";
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
        }
        let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        fs::create_dir_all(parent)?;
        let draft = tempfile::Builder::new().prefix(".export-").tempdir_in(parent)?;
        Ok(DraftFolder { draft, dir: dir.to_owned() })
    }

    /// Where it is written.
    pub fn path(&self) -> &Path {
        self.draft.path()
    }

    /// Gives it its name.
    ///
    /// # Errors
    /// Those of the system.
    pub fn publish(self) -> io::Result<()> {
        open_to_others(self.draft.path())?;
        // An empty folder makes way; where there is none, that is as good.
        if fs::remove_dir(&self.dir).is_err() && self.dir.exists() {
            let parent = self.draft.path().parent().unwrap_or(Path::new("."));
            let older = tempfile::Builder::new().prefix(".export-").tempdir_in(parent)?;
            fs::rename(&self.dir, older.path().join("older"))?;
        }
        fs::rename(self.draft.path(), &self.dir)?;
        // What it was has another name now.
        let _ = self.draft.keep();
        Ok(())
    }
}

/// Gives a folder that was made as a private one the rights of any other new one.
#[cfg(unix)]
fn open_to_others(dir: &Path) -> io::Result<()> {
    let like = dir.join("rights");
    fs::create_dir(&like)?;
    fs::set_permissions(dir, fs::metadata(&like)?.permissions())?;
    fs::remove_dir(&like)
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{fs, io, path::Path};

    use crate::files::DraftFolder;

    /// Publishes a folder with one file; what is in its place before and afterwards.
    #[track_caller]
    fn check(before: &[&str], mark: Option<&str>, expected: Result<&[&str], io::ErrorKind>) {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("a/b");
        fs::create_dir_all(&dir).unwrap();
        before.iter().for_each(|name| fs::write(dir.join(name), "").unwrap());
        let published = DraftFolder::begin(&dir, mark).and_then(|draft| {
            fs::write(draft.path().join("new"), "")?;
            draft.publish()
        });
        let names = |dir: &Path| -> Vec<String> {
            let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
            entries.map(|name| name.into_string().unwrap()).collect()
        };
        match expected {
            Ok(expected) => {
                published.unwrap();
                assert_eq!(names(&dir), expected);
            }
            Err(kind) => {
                assert_eq!(published.unwrap_err().kind(), kind);
                assert_eq!(names(&dir), before);
            }
        }
        assert_eq!(names(&parent.path().join("a")), ["b"], "nothing is left beside it");
    }

    #[test]
    fn a_folder_that_holds_something_is_replaced_only_by_its_like() {
        check(&[], None, Ok(&["new"]));
        check(&["old"], None, Err(io::ErrorKind::AlreadyExists));
        check(&["old"], Some("mark"), Err(io::ErrorKind::AlreadyExists));
        check(&["mark"], Some("mark"), Ok(&["new"]));
    }
}
