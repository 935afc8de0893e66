//! The last search of a collection on a terminal, so that `open 2` and `show 2` know what is meant.
//!
//! It is written for the user alone, and not at all when `MLSEARCH_HISTORY` is 0.

use std::{
    fs::{self, DirBuilder},
    io,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy;
use mlsearch::{Error, files::replace_private, search::Hit};
use serde::{Deserialize, Serialize};

use crate::cli::{context::Context, failure::Failure, schedule};

/// What a number means where an article is to be named.
pub(crate) const NUMBERS: &str = "\
A number means the hit of the last search of this collection on a terminal, by
words or with `similar`; where it showed no such hit, the number is an id, and
`id:7` is always one.
With MLSEARCH_HISTORY=0 in the environment no search is remembered.";

/// What is remembered of a search.
#[derive(Serialize, Deserialize)]
pub(crate) struct LastSearch {
    /// The query as typed; empty when it was a search for what is similar.
    pub(crate) query: String,
    /// The id or file to which the hits are similar.
    #[serde(default)]
    similar_to: Option<String>,
    first: usize,
    ids: Vec<String>,
}

impl LastSearch {
    /// The hits of a query from `offset` on.
    pub(crate) fn of_query(query: &str, offset: usize, hits: &[Hit]) -> LastSearch {
        let ids = hits.iter().map(|hit| hit.id.clone()).collect();
        LastSearch {
            query: query.to_owned(),
            similar_to: None,
            first: offset.saturating_add(1),
            ids,
        }
    }

    /// The hits that are similar to the document of an id, or to a file.
    pub(crate) fn of_similar(like: &str, hits: &[Hit]) -> LastSearch {
        LastSearch { similar_to: Some(like.to_owned()), ..LastSearch::of_query("", 0, hits) }
    }

    /// Remembers a search whose hits were shown on a terminal: a script that searches changes
    /// nothing for the person beside it. That it cannot be written is no failure of the search.
    pub(crate) fn remember(&self, context: &Context) {
        if !context.is_terminal || is_switched_off() {
            return;
        }
        if let (Some(path), Ok(json)) = (path(context), serde_json::to_vec(self)) {
            let _ = replace(&path, &json);
        }
    }

    /// The id of a hit by its number.
    fn id(&self, number: usize) -> Option<&str> {
        let at = number.checked_sub(self.first)?;
        self.ids.get(at).map(String::as_str)
    }

    /// What was searched for, in words.
    fn subject(&self) -> String {
        match &self.similar_to {
            Some(like) => format!("what is similar to `{like}`"),
            None => format!("`{}`", self.query),
        }
    }
}

/// The last search of the collection, if it is remembered.
pub(crate) fn recall(context: &Context) -> Option<LastSearch> {
    if is_switched_off() {
        return None;
    }
    serde_json::from_slice(&fs::read(path(context)?).ok()?).ok()
}

/// Does `work` with the article that an argument means. A number means the hit of the last search,
/// if there is one of that number, and else an id; what begins with `id:` is always an id.
pub(crate) fn with_meant<T>(
    argument: &str,
    context: &mut Context,
    work: impl FnOnce(&str, &mut Context) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let Some(number) = hit_number(argument) else { return work(argument, context) };
    let recent = recall(context);
    if let Some((recent, id)) = recent.as_ref().and_then(|r| Some((r, r.id(number)?))) {
        if !context.is_terminal {
            // A script may mean a search of its own, which was not remembered.
            let subject = recent.subject();
            context.note(&format!("hit {number} of the last search on a terminal, for {subject}"));
        }
        return work(&format!("id:{id}"), context);
    }
    match work(argument, context) {
        Err(Failure::Error(error @ (Error::UnknownDocument(_) | Error::UnknownEntry(_)))) => {
            Err(no_hit(number, recent, &error, context))
        }
        done => done,
    }
}

/// The number of a hit, written as hits are numbered: `07` and `+7` are none.
fn hit_number(argument: &str) -> Option<usize> {
    argument.parse().ok().filter(|number: &usize| number.to_string() == argument)
}

/// Why a number is neither an id, as `error` says, nor a hit.
fn no_hit(number: usize, recent: Option<LastSearch>, error: &Error, context: &Context) -> Failure {
    let no_hit = match recent {
        Some(recent) => {
            format!("the last search, for {}, showed no hit {number}", recent.subject())
        }
        None if is_switched_off() => {
            "no search is remembered, as MLSEARCH_HISTORY=0 asks".to_owned()
        }
        None => "no search is remembered: only those of this collection on a terminal are".into(),
    };
    let search = context.command("WORDS --json");
    Failure::Usage {
        message: format!("{error}, and {no_hit}"),
        hint: format!("name the id or URL of the article; `{search}` prints them"),
    }
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
