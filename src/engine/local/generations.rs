//! Generations: immutable index folders, one of which is published by name.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Seek},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use crate::engine::manifest::{Integrity, Manifest};
use crate::{
    engine::{
        local::{metadata::IndexMetadata, read_only::ReadOnlyDirectory},
        manifest::{MANIFEST, checksum},
        refusal,
    },
    error::Error,
    files,
};

/// The file that names the published generation.
const CURRENT: &str = "CURRENT";
/// The folder of the generations.
const GENERATIONS: &str = "generations";
/// Why the last build was not published; there only after a refusal.
const REFUSED: &str = "REFUSED";
/// What is kept of a build that did not end.
const UNFINISHED_VECTORS: &str = "vectors.unfinished";

/// The generations of one collection.
///
/// A generation is written once, under a number of its own, and never changed afterwards.
/// `CURRENT` is replaced by rename, so that readers see the old or the new one, never half.
#[derive(Clone, Debug)]
pub struct Generations {
    dir: PathBuf,
}

/// Why a new index was not published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Refusal {
    at: Timestamp,
    reason: String,
}

/// A generation under construction.
#[derive(Debug)]
pub struct NewGeneration {
    /// Its number.
    pub number: u64,
    /// Its empty folder.
    pub path: PathBuf,
}

impl Generations {
    /// The generations of the collection in a folder; nothing is read yet.
    pub fn of(collection: &Path) -> Generations {
        Generations { dir: collection.to_owned() }
    }

    /// The folder of the published generation.
    ///
    /// When `CURRENT` is damaged or names a folder that is not there, it is the newest generation
    /// that was finished.
    ///
    /// # Errors
    /// [`Error::Io`] when `CURRENT` is there and cannot be read.
    pub fn current(&self) -> Result<Option<PathBuf>, Error> {
        Ok(self.current_number()?.map(|number| self.path_of(number)))
    }

    /// Opens the published generation with `open`.
    ///
    /// When it is replaced and removed after `CURRENT` was read and before it is opened, the new one
    /// is opened.
    ///
    /// # Errors
    /// [`Error::NoIndex`] when none is published, and whatever `open` returns.
    pub fn open_current<T>(&self, open: impl Fn(&Path) -> Result<T, Error>) -> Result<T, Error> {
        loop {
            let path = self.current()?.ok_or_else(|| Error::NoIndex(self.dir.clone()))?;
            let opened = open(&path);
            // A generation that is being removed can be opened and still lack some of its files.
            if self.current()?.is_none_or(|now| now == path) {
                return opened;
            }
        }
    }

    /// What the published generation says of itself; none when nothing is published, or when that
    /// is damaged.
    pub fn manifest(&self) -> Result<Option<Manifest>, Error> {
        let Some(path) = self.current()? else { return Ok(None) };
        let path = path.join(MANIFEST);
        match fs::read(&path) {
            Ok(json) => Ok(Manifest::from_bytes(&json)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::io(path, e)),
        }
    }

    /// Begins a new generation in an empty folder. Remains of builds that never ended are removed.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder cannot be made.
    pub fn begin(&self) -> Result<NewGeneration, Error> {
        self.sweep()?;
        let number = self.numbers()?.last().copied().or(self.current_number()?).unwrap_or(0) + 1;
        let path = self.path_of(number);
        fs::create_dir_all(&path).map_err(|e| Error::io(&path, e))?;
        Ok(NewGeneration { number, path })
    }

    /// Whether the published generation still is what was written: every file of it is read. None
    /// when nothing is published.
    ///
    /// # Errors
    /// [`Error::Io`] when `CURRENT` or the folder cannot be read.
    pub fn verify(&self) -> Result<Option<Integrity>, Error> {
        loop {
            let Some(number) = self.current_number()? else { return Ok(None) };
            let integrity = self.integrity(number);
            // One that was replaced meanwhile may have lost its files by now.
            if self.current_number()? == Some(number) {
                return Ok(Some(integrity));
            }
        }
    }

    fn integrity(&self, number: u64) -> Integrity {
        let path = self.path_of(number);
        let mut damaged = Vec::new();
        if fs::read(self.dir.join(CURRENT)).ok() != Some(current_text(number).into_bytes()) {
            damaged.push(CURRENT.to_owned());
        }
        let manifest = fs::read(path.join(MANIFEST)).ok().and_then(|m| Manifest::from_bytes(&m));
        match &manifest {
            Some(manifest) => damaged.extend(manifest.damaged_files(&path)),
            None => damaged.push(MANIFEST.to_owned()),
        }
        match manifest {
            _ if !damaged.is_empty() => Integrity::Damaged(damaged),
            Some(manifest) if manifest.has_checksums() => Integrity::Intact,
            _ => Integrity::Unverified,
        }
    }

    /// Whether the metadata and Tantivy's list of files of the published one can be read.
    pub fn opens(&self) -> bool {
        let Ok(Some(path)) = self.current() else { return false };
        let index = || {
            ReadOnlyDirectory::open(&path).is_ok_and(|files| tantivy::Index::open(files).is_ok())
        };
        IndexMetadata::read(&path).is_ok() && index()
    }

    /// Publishes a finished generation and removes the others.
    ///
    /// Every file of it is on the disk before `CURRENT` names it, so that a power cut leaves the
    /// old generation or the new one.
    ///
    /// # Errors
    /// [`Error::Io`] when a file cannot be written; the old generation then stays published.
    pub fn publish(&self, draft: &NewGeneration, mut manifest: Manifest) -> Result<(), Error> {
        (manifest.files, manifest.checksums) =
            sync_files(&draft.path).map_err(|e| Error::io(&draft.path, e))?;
        replace_file(&draft.path.join(MANIFEST), &manifest.to_bytes())?;
        files::sync_folder(&draft.path).map_err(|e| Error::io(&draft.path, e))?;
        replace_file(&self.dir.join(CURRENT), current_text(draft.number).as_bytes())?;
        remove_if_there(&self.dir.join(REFUSED))?;
        remove_if_there(&self.unfinished_vectors())?;
        self.sweep()
    }

    /// The file of the vectors that a build without a page store has computed; it is there until one
    /// is published.
    pub(crate) fn unfinished_vectors(&self) -> PathBuf {
        self.dir.join(UNFINISHED_VECTORS)
    }

    /// Notes why a new generation is not published, for readers to see. A draft that was begun is
    /// removed with the next one.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder cannot be written.
    pub fn refuse(&self, at: Timestamp, reason: &str) -> Result<(), Error> {
        let refusal = Refusal { at, reason: reason.to_owned() };
        let json = serde_json::to_vec(&refusal).expect("a refusal has no map keys to fail on");
        replace_file(&self.dir.join(REFUSED), &json)?;
        self.sweep()
    }

    /// Removes a draft that is not published.
    pub(crate) fn discard(&self, draft: &NewGeneration) {
        // What cannot be removed now is when the next one begins.
        let _ = fs::remove_dir_all(&draft.path);
    }

    /// Notes that the published generation is what would be built now: an older refusal is void, and
    /// what a power cut has left of other generations is removed.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder cannot be written.
    pub fn confirm(&self) -> Result<(), Error> {
        remove_if_there(&self.dir.join(REFUSED))?;
        self.sweep()
    }

    /// How old the index is and why the last rebuild was refused, in one sentence; none when it
    /// was not refused.
    pub fn refusal(&self, now: Timestamp) -> Option<String> {
        let json = fs::read(self.dir.join(REFUSED)).ok()?;
        let refusal: Refusal = serde_json::from_slice(&json).ok()?;
        let built_at = self.manifest().ok().flatten()?.built_at;
        Some(refusal::sentence(now, built_at, &refusal.reason))
    }

    /// Removes every generation but the published one.
    ///
    /// A folder that cannot be removed (a reader holds it open, on some systems) is left for the
    /// next time.
    fn sweep(&self) -> Result<(), Error> {
        let current = self.current_number()?;
        for number in self.numbers()? {
            if Some(number) != current {
                let _ = fs::remove_dir_all(self.path_of(number));
            }
        }
        Ok(())
    }

    fn current_number(&self) -> Result<Option<u64>, Error> {
        let path = self.dir.join(CURRENT);
        match fs::read(&path) {
            Ok(text) => match number_in(&text).filter(|number| self.path_of(*number).is_dir()) {
                Some(number) => Ok(Some(number)),
                None => Ok(self.numbers()?.into_iter().rfind(|number| self.is_finished(*number))),
            },
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::io(path, e)),
        }
    }

    fn is_finished(&self, number: u64) -> bool {
        self.path_of(number).join(MANIFEST).is_file()
    }

    fn numbers(&self) -> Result<Vec<u64>, Error> {
        let path = self.dir.join(GENERATIONS);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(Error::io(path, e)),
        };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut numbers: Vec<u64> = names.filter_map(|name| name.parse().ok()).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn path_of(&self, number: u64) -> PathBuf {
        self.dir.join(GENERATIONS).join(number.to_string())
    }
}

/// What `CURRENT` holds when a generation is published.
fn current_text(number: u64) -> String {
    format!("{number}\n")
}

/// The number that `CURRENT` holds.
fn number_in(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

/// Sees to it that every file of a folder is on the disk and can be read by whoever can read the
/// folder; returns their bytes and their checksums by name.
fn sync_files(dir: &Path) -> io::Result<(BTreeMap<String, u64>, BTreeMap<String, u32>)> {
    let (mut files, mut checksums) = (BTreeMap::new(), BTreeMap::new());
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        // Windows syncs only what is open for writing.
        let mut file = File::options().read(true).write(true).open(entry.path())?;
        open_as(&file, dir)?;
        file.sync_all()?;
        file.rewind()?;
        let name = entry.file_name().to_string_lossy().into_owned();
        checksums.insert(name.clone(), checksum(&file)?);
        files.insert(name, file.metadata()?.len());
    }
    Ok((files, checksums))
}

/// Lets those read a file who may read its folder. Tantivy writes some files for its own user only.
#[cfg(unix)]
fn open_as(file: &File, dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    let mode = fs::metadata(dir)?.permissions().mode() & 0o666;
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn open_as(_: &File, _: &Path) -> io::Result<()> {
    Ok(())
}

fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    files::replace(path, bytes).map_err(|e| Error::io(path, e))
}

fn remove_if_there(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::io(path, e)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use jiff::Timestamp;

    use crate::{
        engine::local::generations::{Generations, Integrity, Manifest},
        error::Error,
    };

    fn manifest() -> Manifest {
        Manifest { documents: 1, fingerprint: "f".into(), ..Manifest::default() }
    }

    #[test]
    fn the_new_generation_replaces_the_old_one() {
        let dir = tempfile::tempdir().unwrap();
        let generations = Generations::of(dir.path());
        assert_eq!(generations.current().unwrap(), None);
        for number in 1..=3 {
            let draft = generations.begin().unwrap();
            assert_eq!(draft.number, number);
            generations.publish(&draft, manifest()).unwrap();
            assert_eq!(generations.current().unwrap(), Some(draft.path));
        }
        assert_eq!(fs::read_dir(dir.path().join("generations")).unwrap().count(), 1);
        assert_eq!(generations.manifest().unwrap().unwrap().fingerprint, "f");
    }

    #[test]
    fn a_build_that_never_ended_is_removed_by_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let generations = Generations::of(dir.path());
        let published = generations.begin().unwrap();
        generations.publish(&published, manifest()).unwrap();
        let abandoned = generations.begin().unwrap();
        fs::write(abandoned.path.join("half"), "x").unwrap();
        let next = generations.begin().unwrap();
        assert_eq!(fs::read_dir(&next.path).unwrap().count(), 0);
        assert_eq!(generations.current().unwrap(), Some(published.path));
    }

    #[test]
    fn a_damaged_name_of_the_published_one_hides_nothing_and_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let generations = Generations::of(dir.path());
        let draft = generations.begin().unwrap();
        fs::write(draft.path.join("segment"), "x").unwrap();
        generations.publish(&draft, manifest()).unwrap();
        // A build that never ended stands beside it.
        generations.begin().unwrap();
        assert_eq!(generations.verify().unwrap(), Some(Integrity::Intact));
        let damaged = Integrity::Damaged(vec!["CURRENT".into()]);
        for torn in [&b""[..], b"\0\0", b"7\n", b"\xff", b"1 ", b"1"] {
            fs::write(dir.path().join("CURRENT"), torn).unwrap();
            assert_eq!(generations.current().unwrap(), Some(draft.path.clone()), "{torn:?}");
            assert_eq!(generations.verify().unwrap().as_ref(), Some(&damaged), "{torn:?}");
        }
        let next = generations.begin().unwrap();
        assert_eq!((next.number, draft.path.is_dir()), (2, true));
    }

    #[test]
    fn a_file_that_is_lost_or_shorter_or_of_other_bytes_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let generations = Generations::of(dir.path());
        assert_eq!(generations.verify().unwrap(), None);
        let draft = generations.begin().unwrap();
        let path = draft.path.join("segment");
        fs::write(&path, "long").unwrap();
        generations.publish(&draft, manifest()).unwrap();
        assert_eq!(generations.verify().unwrap(), Some(Integrity::Intact));
        let damaged = Some(Integrity::Damaged(vec!["segment".into()]));
        for other in ["lon", "lonG", "longer"] {
            fs::write(&path, other).unwrap();
            assert_eq!(generations.verify().unwrap(), damaged, "{other}");
        }
        fs::remove_file(&path).unwrap();
        assert_eq!(generations.verify().unwrap(), damaged);
    }

    #[test]
    fn a_damaged_manifest_is_noticed_and_says_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let generations = Generations::of(dir.path());
        let draft = generations.begin().unwrap();
        generations.publish(&draft, manifest()).unwrap();
        let path = draft.path.join("manifest.json");
        let more = fs::read_to_string(&path).unwrap().replace("nts\": 1", "nts\": 9");
        fs::write(&path, more).unwrap();
        let damaged = Some(Integrity::Damaged(vec!["manifest.json".into()]));
        assert_eq!(generations.verify().unwrap(), damaged);
        assert_eq!(generations.manifest().unwrap(), None);
    }

    #[test]
    fn a_generation_of_an_older_version_is_not_verified() {
        let dir = tempfile::tempdir().unwrap();
        let generations = Generations::of(dir.path());
        let draft = generations.begin().unwrap();
        fs::write(draft.path.join("segment"), "x").unwrap();
        generations.publish(&draft, manifest()).unwrap();
        let old = Manifest { files: [("segment".to_owned(), 1)].into(), ..manifest() };
        let mut json = serde_json::to_value(&old).unwrap();
        for field in ["checksum", "checksums"] {
            json.as_object_mut().unwrap().remove(field);
        }
        fs::write(draft.path.join("manifest.json"), json.to_string()).unwrap();
        assert_eq!(generations.verify().unwrap(), Some(Integrity::Unverified));
        assert_eq!(generations.manifest().unwrap(), Some(old));
    }

    #[test]
    fn a_refusal_stays_until_the_next_publishing() {
        let dir = tempfile::tempdir().unwrap();
        let generations = Generations::of(dir.path());
        let draft = generations.begin().unwrap();
        generations.publish(&draft, manifest()).unwrap();
        generations.begin().unwrap();
        let day = |day: i64| Timestamp::from_second(day * 86_400).unwrap();
        generations.refuse(day(1), "31 of 50 pages failed").unwrap();
        assert_eq!(
            generations.refusal(day(9)).as_deref(),
            Some("index is 9 days old: the last rebuild was refused, 31 of 50 pages failed")
        );
        assert_eq!(generations.current().unwrap(), Some(draft.path));
        let draft = generations.begin().unwrap();
        generations.publish(&draft, manifest()).unwrap();
        assert_eq!(generations.refusal(day(9)), None);
    }

    #[test]
    fn a_reader_that_comes_too_late_opens_the_newer_one() {
        let dir = tempfile::tempdir().unwrap();
        let generations = Generations::of(dir.path());
        let first = generations.begin().unwrap();
        generations.publish(&first, manifest()).unwrap();
        let opened = generations.open_current(|path| {
            if *path == first.path {
                let second = generations.begin()?;
                generations.publish(&second, manifest())?;
                return Err(Error::Engine("gone".into()));
            }
            Ok(path.to_owned())
        });
        assert_eq!(opened.unwrap(), dir.path().join("generations/2"));
    }
}
