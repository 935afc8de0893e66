//! The last search of a collection on a terminal, so that `open 2` and `show 2` know what is meant.
//!
//! It is written for the user alone, and not at all when `MLSEARCH_HISTORY` is 0.

use std::{
    fs::{self, DirBuilder},
    io,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy;
use mlsearch::{files::replace_private, search::Hit};
use serde::{Deserialize, Serialize};

use crate::cli::{context::Context, failure::Failure, schedule};

/// What is remembered of a search.
#[derive(Serialize, Deserialize)]
pub(crate) struct LastSearch {
    /// The query as typed.
    pub(crate) query: String,
    first: usize,
    ids: Vec<String>,
}

/// Remembers a search whose hits were shown on a terminal: a script that searches changes nothing
/// for the person beside it. That it cannot be written is no failure of the search.
pub(crate) fn remember(query: &str, offset: usize, hits: &[Hit], context: &Context) {
    let ids = hits.iter().map(|hit| hit.id.clone()).collect();
    let recent = LastSearch { query: query.to_owned(), first: offset + 1, ids };
    if !context.is_terminal || is_switched_off() {
        return;
    }
    if let (Some(path), Ok(json)) = (path(context), serde_json::to_vec(&recent)) {
        let _ = replace(&path, &json);
    }
}

/// The last search of the collection, if it is remembered.
pub(crate) fn recall(context: &Context) -> Option<LastSearch> {
    if is_switched_off() {
        return None;
    }
    serde_json::from_slice(&fs::read(path(context)?).ok()?).ok()
}

/// The id that is meant by an argument: the number of a hit of the last search, an id or a URL.
pub(crate) fn meant(argument: &str, context: &Context) -> Result<String, Failure> {
    let Some(number) = argument.parse::<usize>().ok().filter(|_| argument.len() <= 4) else {
        return Ok(argument.to_owned());
    };
    let hint = || {
        let search = context.command("WORDS --json");
        format!("name the id or URL of the article; `{search}` prints them")
    };
    let recent = recall(context).ok_or_else(|| Failure::Usage {
        message: match is_switched_off() {
            true => "no search is remembered, as MLSEARCH_HISTORY=0 asks".into(),
            false => {
                "no search is remembered: only those of this collection on a terminal are".into()
            }
        },
        hint: hint(),
    })?;
    let at = number.checked_sub(recent.first);
    let id = at.and_then(|at| recent.ids.get(at)).ok_or_else(|| Failure::Usage {
        message: format!("the last search, for `{}`, showed no hit {number}", recent.query),
        hint: hint(),
    })?;
    if !context.is_terminal {
        // A script may mean a search of its own, which was not remembered.
        let query = &recent.query;
        context.note(&format!("hit {number} of the last search on a terminal, for `{query}`"));
    }
    Ok(id.clone())
}

fn is_switched_off() -> bool {
    std::env::var_os("MLSEARCH_HISTORY").is_some_and(|value| value == "0")
}

/// The file of the collection that is meant, in the user's own cache folder.
fn path(context: &Context) -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    let collection = fs::canonicalize(context.dir().ok()?).ok()?;
    let name = schedule::unit_name(&collection.to_string_lossy());
    Some(base.cache_dir().join("mlsearch").join(name).join("last-search.json"))
}

/// Replaces a file by one that nobody else may read, in folders that nobody else may open.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let Some(dir) = path.parent() else { return Ok(()) };
    private_folders().create(dir)?;
    replace_private(path, bytes)
}

#[cfg(unix)]
fn private_folders() -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt;

    let mut folders = DirBuilder::new();
    folders.recursive(true).mode(0o700);
    folders
}

#[cfg(not(unix))]
fn private_folders() -> DirBuilder {
    let mut folders = DirBuilder::new();
    folders.recursive(true);
    folders
}
