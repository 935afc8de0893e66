//! The files that a pull writes beside the index: only those that nobody has changed since the last one.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use ring::digest::{SHA256, digest};
use toml::{Table, Value};

use crate::{
    collection::{OWN_LINE, PullRecord, PullSettings, SETTINGS_FILE, parse_settings, parts},
    error::Error,
    pack::entry_name::LISTS,
    pull::{drafts, pending::PendingTexts},
};

/// How the settings of a pulled collection begin.
const HEAD: &str = "\
# Written by `mlsearch pull`, and written again by each pull unless it was changed by hand.
";

/// Writes the files of an archive into the folder of a collection, the settings last. Those that somebody
/// has changed stay as they are. Returns the files that are now as they were packed, with their SHA-256,
/// and the names of those that were kept.
///
/// # Errors
/// [`Error::NotPulled`] when there is no folder for the lists, [`Error::Io`] when a file cannot be read or
/// written.
pub(crate) fn write_texts(
    dir: &Path,
    mut texts: BTreeMap<String, Vec<u8>>,
    own: &PullSettings,
    before: Option<&PullRecord>,
) -> Result<(BTreeMap<String, String>, Vec<String>), Error> {
    let head = head(&texts.remove(SETTINGS_FILE).unwrap_or_default());
    make_folder(dir, &texts)?;
    let mut pending = PendingTexts::read(dir)?.unwrap_or_default();
    let head_sha256 = sha256(head.as_bytes());
    let digests = texts.iter().map(|(name, bytes)| (name.clone(), sha256(bytes)));
    pending.note(dir, digests.chain([(SETTINGS_FILE.to_owned(), head_sha256)]))?;
    let earlier = EarlierTexts { files: before.map(|record| &record.files), pending: &pending };
    let (mut written, mut kept) = (BTreeMap::new(), Vec::new());
    for (name, bytes) in texts {
        let path = dir.join(&name);
        let found = read(&path)?;
        if found.as_ref().is_some_and(|found| !earlier.has(&name, found)) {
            kept.push(name);
            continue;
        }
        if found.as_deref() != Some(&bytes) {
            drafts::replace(&path, &bytes).map_err(|e| Error::io(&path, e))?;
        }
        written.insert(name, sha256(&bytes));
    }
    for name in earlier.names() {
        let path = dir.join(name);
        let is_gone = name != SETTINGS_FILE && !written.contains_key(name) && !kept.contains(name);
        if is_gone && read(&path)?.is_some_and(|found| earlier.has(name, &found)) {
            fs::remove_file(&path).map_err(|e| Error::io(&path, e))?;
        }
    }
    match write_settings(dir, &head, own, &earlier)? {
        Some(digest) => drop(written.insert(SETTINGS_FILE.to_owned(), digest)),
        None => kept.push(SETTINGS_FILE.to_owned()),
    }
    Ok((written, kept))
}

/// The texts that pulls have written here, those of this one among them: whatever else stands in their
/// place is the user's.
struct EarlierTexts<'a> {
    /// Those of the last pull that ended well.
    files: Option<&'a BTreeMap<String, String>>,
    /// Those of pulls that did not, and of this one.
    pending: &'a PendingTexts,
}

impl EarlierTexts<'_> {
    fn has(&self, name: &str, text: &[u8]) -> bool {
        let digest = sha256(text);
        self.written(name) == Some(&digest) || self.pending.has(name, &digest)
    }

    /// The digest of what the last pull that ended well has written.
    fn written(&self, name: &str) -> Option<&String> {
        self.files.and_then(|files| files.get(name))
    }

    fn names(&self) -> BTreeSet<&String> {
        self.files.into_iter().flat_map(BTreeMap::keys).chain(self.pending.names()).collect()
    }
}

/// What stands above the user's own settings.
fn head(packed: &[u8]) -> String {
    // Written anew, so that no comment of somebody else looks like the mark.
    let settings: Table = toml::from_str(&String::from_utf8_lossy(packed)).unwrap_or_default();
    format!("{HEAD}{}\n", toml::to_string(&settings).unwrap_or_default())
}

/// Makes the folder of the lists, if there are any.
fn make_folder(dir: &Path, texts: &BTreeMap<String, Vec<u8>>) -> Result<(), Error> {
    let lists = dir.join(LISTS);
    if !texts.keys().any(|name| name.starts_with(LISTS)) || lists.is_dir() {
        return Ok(());
    }
    let place = dir.join(LISTS.trim_end_matches('/'));
    match fs::symlink_metadata(&place) {
        Ok(_) => {
            let message = "has something else where the folder `lists` has to be".into();
            Err(Error::NotPulled { path: dir.to_owned(), message })
        }
        Err(_) => fs::create_dir_all(&lists).map_err(|e| Error::io(lists, e)),
    }
}

/// Writes what is packed of the settings above what is the user's own; none when somebody has changed it.
fn write_settings(
    dir: &Path,
    head: &str,
    own: &PullSettings,
    earlier: &EarlierTexts<'_>,
) -> Result<Option<String>, Error> {
    let path = dir.join(SETTINGS_FILE);
    let tail = match read(&path)? {
        None => own_table(own),
        Some(found) => {
            let found = String::from_utf8_lossy(&found).into_owned();
            match parts(&found) {
                // Of a folder that was made to be pulled into, all is the user's own.
                None if earlier.written(SETTINGS_FILE).is_none() => found,
                None => return Ok(None),
                Some((before, _)) if !earlier.has(SETTINGS_FILE, before.as_bytes()) => {
                    return Ok(None);
                }
                Some((_, tail)) => tail.to_owned(),
            }
        }
    };
    let text = format!("{head}{OWN_LINE}\n{tail}");
    // Settings that only together say what is no good are the user's to judge.
    if parse_settings(&path, &text).is_err() {
        return Ok(None);
    }
    drafts::replace(&path, text.as_bytes()).map_err(|e| Error::io(&path, e))?;
    Ok(Some(sha256(head.as_bytes())))
}

/// The `[pull]` table.
fn own_table(own: &PullSettings) -> String {
    let mut table = "[pull]\n".to_owned();
    for (key, value) in [("url", &own.url), ("public_key", &own.public_key)] {
        if let Some(value) = value {
            table += &format!("{key} = {}\n", Value::from(value.as_str()));
        }
    }
    table
}

fn read(path: &PathBuf) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::io(path, e)),
    }
}

fn sha256(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
