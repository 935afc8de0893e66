//! The last search, so that `open 2` and `show 2` know what is meant.

use std::{fs, path::PathBuf};

use etcetera::BaseStrategy;
use mlsearch::{Error, search::Hit};
use serde::{Deserialize, Serialize};

/// What is remembered of a search.
#[derive(Serialize, Deserialize)]
pub(crate) struct Recent {
    /// The query as typed.
    pub(crate) query: String,
    first: usize,
    ids: Vec<String>,
}

/// Remembers a search; a memory that cannot be written is no failure of the search.
pub(crate) fn remember(query: &str, offset: usize, hits: &[Hit]) {
    let ids = hits.iter().map(|hit| hit.id.clone()).collect();
    let recent = Recent { query: query.to_owned(), first: offset + 1, ids };
    let Some(path) = path() else { return };
    if let (Some(dir), Ok(json)) = (path.parent(), serde_json::to_vec(&recent)) {
        let _ = fs::create_dir_all(dir).and_then(|()| fs::write(&path, json));
    }
}

/// The last search, if it is remembered.
pub(crate) fn recall() -> Option<Recent> {
    serde_json::from_slice(&fs::read(path()?).ok()?).ok()
}

/// The id that is meant by an argument: the number of a hit of the last search, an id or a URL.
pub(crate) fn meant(argument: &str) -> Result<String, Error> {
    let Some(number) = argument.parse::<usize>().ok().filter(|_| argument.len() <= 4) else {
        return Ok(argument.to_owned());
    };
    let recent = recall().ok_or_else(|| Error::Usage {
        message: "no search is remembered".into(),
        hint: "run `mlsearch WORDS` first, or name an id or URL".into(),
    })?;
    let at = number.checked_sub(recent.first);
    let id = at.and_then(|at| recent.ids.get(at));
    id.cloned().ok_or_else(|| Error::Usage {
        message: format!("the last search showed no hit {number}"),
        hint: "run `mlsearch WORDS` again, or name an id or URL".into(),
    })
}

fn path() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.cache_dir().join("mlsearch").join("last-search.json"))
}
