//! The files that a pull writes beside the index: only those that nobody has changed since the last one.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use ring::digest::{SHA256, digest};
use toml::{Table, Value};

use crate::{
    collection::{PullRecord, PullSettings, SETTINGS_FILE, parse_settings},
    error::Error,
    files,
    pack::entry_name::LISTS,
};

/// How the settings of a pulled collection begin.
const HEAD: &str = "\
# Written by `mlsearch pull`, and written again by each pull unless it was changed by hand.
";
/// What stands above the settings that are the user's own.
const MARK: &str = "\
# Below this line everything is yours: no pull changes it.
";

/// Writes the files of an archive into the folder of a collection, the settings last. Those that somebody
/// has changed stay as they are. Returns the files that are now as they were packed, with their SHA-256,
/// and the names of those that were kept.
///
/// # Errors
/// [`Error::Io`] when a file cannot be read or written.
pub(crate) fn write_texts(
    dir: &Path,
    mut texts: BTreeMap<String, Vec<u8>>,
    own: &PullSettings,
    before: Option<&PullRecord>,
) -> Result<(BTreeMap<String, String>, Vec<String>), Error> {
    let none = BTreeMap::new();
    let known = before.map_or(&none, |record| &record.files);
    let (mut written, mut kept) = (BTreeMap::new(), Vec::new());
    let settings = texts.remove(SETTINGS_FILE).unwrap_or_default();
    // Written anew, so that no comment of somebody else looks like the mark.
    let settings: Table = toml::from_str(&String::from_utf8_lossy(&settings)).unwrap_or_default();
    let settings = toml::to_string(&settings).unwrap_or_default();
    if texts.keys().any(|name| name.starts_with(LISTS)) {
        let lists = dir.join(LISTS);
        fs::create_dir_all(&lists).map_err(|e| Error::io(lists, e))?;
    }
    for (name, bytes) in texts {
        let path = dir.join(&name);
        let found = read(&path)?;
        let new = sha256(&bytes);
        let is_ours = found.as_ref().is_none_or(|found| {
            let found = sha256(found);
            found == new || known.get(&name) == Some(&found)
        });
        if !is_ours {
            kept.push(name);
            continue;
        }
        if found.as_deref() != Some(&bytes) {
            files::replace(&path, &bytes).map_err(|e| Error::io(&path, e))?;
        }
        written.insert(name, new);
    }
    for (name, digest) in known.iter().filter(|(name, _)| name.as_str() != SETTINGS_FILE) {
        let path = dir.join(name);
        let is_gone = !written.contains_key(name) && !kept.contains(name);
        if is_gone && read(&path)?.is_some_and(|found| sha256(&found) == *digest) {
            fs::remove_file(&path).map_err(|e| Error::io(&path, e))?;
        }
    }
    match write_settings(dir, &settings, own, known.get(SETTINGS_FILE))? {
        Some(digest) => drop(written.insert(SETTINGS_FILE.to_owned(), digest)),
        None => kept.push(SETTINGS_FILE.to_owned()),
    }
    Ok((written, kept))
}

/// Writes what is packed of the settings above what is the user's own; none when somebody has changed it.
fn write_settings(
    dir: &Path,
    packed: &str,
    own: &PullSettings,
    known: Option<&String>,
) -> Result<Option<String>, Error> {
    let path = dir.join(SETTINGS_FILE);
    let head = format!("{HEAD}{packed}\n");
    let tail = match read(&path)? {
        None => own_table(own),
        Some(found) => {
            let found = String::from_utf8_lossy(&found).into_owned();
            match found.split_once(MARK) {
                // Of a folder that was made to be pulled into, all is the user's own.
                None if known.is_none() => found,
                None => return Ok(None),
                Some((before, _))
                    if known != Some(&sha256(before.as_bytes())) && before != head =>
                {
                    return Ok(None);
                }
                Some((_, tail)) => tail.to_owned(),
            }
        }
    };
    let text = format!("{head}{MARK}{tail}");
    // A table of the user's own may be in the archive by now, too.
    if parse_settings(&path, &text).is_err() {
        return Ok(None);
    }
    files::replace(&path, text.as_bytes()).map_err(|e| Error::io(&path, e))?;
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
