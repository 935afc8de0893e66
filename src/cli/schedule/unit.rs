//! Units: files that let the system update a collection, and what starts and stops them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use mlsearch::Error;

use crate::cli::failure::Failure;

/// A file of a unit: where it belongs, and what is in it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// The units of a collection.
pub(crate) struct Units {
    pub(crate) files: Vec<Unit>,
    /// Links to them that the system makes.
    pub(crate) links: Vec<PathBuf>,
    /// What starts them once they are written, in words.
    pub(crate) start: String,
    /// What stops them once they are removed.
    pub(crate) stop: String,
    /// What is to be known of them.
    pub(crate) note: Option<String>,
}

impl Unit {
    pub(crate) fn write(&self) -> Result<(), Error> {
        if let Some(dir) = self.path.parent() {
            fs::create_dir_all(dir).map_err(|e| Error::io(dir, e))?;
        }
        fs::write(&self.path, &self.text).map_err(|e| Error::io(&self.path, e))
    }
}

/// A template with its parts filled in, which may hold percent signs themselves.
pub(crate) fn fill(template: &str, parts: &[(&str, &str)]) -> String {
    let part = |name: &str| parts.iter().find(|(part, _)| *part == name).map(|(_, text)| *text);
    let pieces = template.split('%').enumerate();
    let filled = pieces.map(|(at, piece)| match at % 2 {
        0 => piece,
        _ => part(piece).expect("each template names only parts that it is given"),
    });
    filled.collect()
}

/// A word of a shell's command.
pub(crate) fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// A path that cannot be written into a unit.
pub(crate) fn unfit(path: &Path) -> Failure {
    Failure::Usage {
        message: format!("`{}` cannot be written into a unit", path.display()),
        hint: "move it to a folder with a plain name".into(),
    }
}
