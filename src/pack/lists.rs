//! The lists of a collection as an archive has them.

use std::{borrow::Cow, collections::BTreeSet, fs, path::Path};

use crate::{
    canonical, charset,
    collection::{Collection, ListSource},
    error::Error,
    pack::entry_name::{self, LISTS},
};

/// A list in an archive.
pub(crate) struct PackedList {
    /// Its path in the archive; none for a list on the web.
    pub(crate) name: Option<String>,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

/// The lists of the settings in their order. What is left out of them, or could not be had, and which
/// of them stood outside of the collection's folder is added to `notes`.
///
/// # Errors
/// [`Error::Io`] when a list cannot be read.
pub(crate) fn packed_lists(
    collection: &Collection,
    notes: &mut Vec<String>,
) -> Result<Vec<PackedList>, Error> {
    let mut taken = BTreeSet::new();
    let mut lists = Vec::new();
    for source in &collection.settings.lists {
        if source.name.as_ref().is_some_and(|name| *name != source.name()) {
            let name = source.name();
            notes.push(format!(
                "left out: user names or passwords in the name of the list `{name}`"
            ));
        }
        if source.as_url().is_some() {
            lists.push(PackedList { name: None, bytes: Vec::new() });
            continue;
        }
        let path = collection.dir.join(&source.source);
        let bytes = fs::read(&path).map_err(|e| Error::io(&path, e))?;
        let name = free_name(source, &mut taken);
        if name != source.source.replace('\\', "/") {
            notes.push(format!("the list `{}` is packed as `{name}`", source.source));
        }
        let (bytes, was_cut) = discreet(bytes);
        if was_cut {
            notes.push(format!("left out: user names or passwords in addresses of `{name}`"));
        }
        lists.push(PackedList { name: Some(name), bytes });
    }
    Ok(lists)
}

/// A file without user names and passwords in its addresses, and whether there were any. One that has
/// any and is not UTF-8 becomes that.
pub(crate) fn discreet(bytes: Vec<u8>) -> (Vec<u8>, bool) {
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => charset::written(&bytes).0,
    };
    match canonical::without_userinfo(&text) {
        Some(cut) => (cut.into_bytes(), true),
        None => (bytes, false),
    }
}

/// A name in the archive that no other list has, like that of the file.
fn free_name(source: &ListSource, taken: &mut BTreeSet<String>) -> String {
    let file = Path::new(&source.source).file_name().and_then(|name| name.to_str());
    let own = format!("{LISTS}{}", file.unwrap_or_default());
    let is_good =
        |name: &str| entry_name::problem(name).is_none() && entry_name::is_known(name, "");
    let own = Some(own).filter(|name| is_good(name));
    let extension = Path::new(&source.source).extension().and_then(|e| e.to_str());
    let extension = extension.filter(|e| e.chars().all(|c| c.is_ascii_alphanumeric()));
    let suffix = extension.map_or(String::new(), |e| format!(".{e}"));
    let numbered = (1..).map(|number| format!("{LISTS}list-{number}{suffix}"));
    let mut names = own.into_iter().chain(numbered).filter(|name| is_good(name));
    let free = names.find(|name| taken.insert(name.to_lowercase()));
    free.expect("one of endless numbers is free")
}
