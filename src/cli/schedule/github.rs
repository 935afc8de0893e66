//! A workflow for GitHub Actions.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use mlsearch::{Error, collection::Collection};

use crate::cli::{
    failure::Failure,
    schedule::unit::{Unit, Units, fill, quoted, unfit},
};

const WORKFLOW: &str = include_str!("mlsearch.yml");

/// The collection's folder as seen from the current one, where a workflow finds itself.
pub(crate) fn folder_in_repository(dir: &Path) -> Result<String, Failure> {
    let here = Path::new(".").canonicalize().map_err(|e| Error::io(".", e))?;
    let real = dir.canonicalize().or_else(|_| std::path::absolute(dir));
    let real = real.map_err(|e| Error::io(dir, e))?;
    let Ok(below) = real.strip_prefix(&here) else {
        return Err(Failure::Usage {
            message: format!("`{}` is not in the current folder or below it", dir.display()),
            hint: "run it at the root of the repository that holds the collection, with \
                   `--index DIR`"
                .into(),
        });
    };
    Collection::open(dir)?;
    let names: Option<Vec<&str>> = below.iter().map(OsStr::to_str).collect();
    let folder = names.ok_or_else(|| unfit(dir))?.join("/");
    // What a shell, YAML or a pattern of paths would read otherwise is left out.
    let plain = |c: char| c.is_alphanumeric() || "-_./ ".contains(c);
    match folder.as_str() {
        "" => Ok(".".into()),
        folder if folder.chars().all(plain) && !folder.starts_with(['-', ' ']) => Ok(folder.into()),
        _ => Err(unfit(dir)),
    }
}

/// A workflow that keeps the pages between its runs and publishes the index as an artifact.
pub(crate) fn units(name: &str, folder: &str, times: &str) -> Units {
    let parts = [("name", name), ("times", times), ("folder", folder), ("quoted", &quoted(folder))];
    let text = fill(WORKFLOW, &parts);
    let path = PathBuf::from(format!(".github/workflows/{name}.yml"));
    let start = "to start it, say in it where the source of mlsearch is, then commit and push it; \
                 GitHub reads its times as UTC";
    Units {
        files: vec![Unit { path, text }],
        links: Vec::new(),
        start: start.into(),
        stop: "to stop it, commit and push that".into(),
        note: None,
    }
}
