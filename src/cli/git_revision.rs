//! A revision of a git repository: what a file held in it, as the `git` program tells.

use std::{
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use mlsearch::{Error, collection, list, wording::hint};

use crate::cli::failure::Failure;

/// A commit of the repository that holds a file.
pub(crate) struct Revision {
    /// The root of its work tree, without detours.
    root: PathBuf,
    /// The whole hash of the commit.
    commit: String,
}

impl Revision {
    /// Finds the commit that a name such as `origin/main` stands for.
    ///
    /// # Errors
    /// [`Failure::Usage`] outside of a repository, without git, and when there is no such commit.
    pub(crate) fn find(name: &str, file: &Path) -> Result<Revision, Failure> {
        let place = collection::place_of(file).map_err(|e| Error::io(file, e))?;
        let folder = place.parent().unwrap_or(&place);
        let root = collection::repository_root(folder).map_err(|e| Error::io(folder, e))?;
        let root = root.ok_or_else(|| Failure::Usage {
            message: format!("`{}` is in no git repository", file.display()),
            hint: "leave out `--changed-since` to check the whole list".into(),
        })?;
        // What begins with a hyphen would be an option of git.
        if name.starts_with('-') || name.contains(|c: char| c.is_control()) {
            return Err(Failure::Usage {
                message: format!("`{name}` is no name of a revision"),
                hint: "name a branch, a tag or a commit, such as `--changed-since origin/main`"
                    .into(),
            });
        }
        let commit = format!("{name}^{{commit}}");
        let found =
            output(git(&root).args(["rev-parse", "--verify", "--end-of-options", &commit]))?;
        let hash = String::from_utf8_lossy(&found.stdout);
        let hash = hash.lines().last().unwrap_or_default().trim();
        let is_hash = hash.len() >= 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !found.status.success() || !is_hash {
            let told = String::from_utf8_lossy(&found.stderr);
            let told = told.lines().next().unwrap_or("git finds no such commit");
            return Err(no_revision(name, told));
        }
        Ok(Revision { root, commit: hash.to_owned() })
    }

    /// What a file held, as far as a list may be long; none when it was not there, or was no file.
    ///
    /// # Errors
    /// [`Failure::Usage`] when the file is outside of the repository.
    pub(crate) fn file(&self, file: &Path) -> Result<Option<Vec<u8>>, Failure> {
        let place = file.canonicalize().map_err(|e| Error::io(file, e))?;
        let below = place.strip_prefix(&self.root).ok();
        let path = below.and_then(|_| collection::relative_path(&self.root, &place));
        let path = path.ok_or_else(|| Failure::Usage {
            message: format!("`{}` is not in the repository of the others", file.display()),
            hint: "check the lists of one repository at a time".into(),
        })?;
        // The hash before it makes sure that no path is taken for an option.
        let object = format!("{}:{path}", self.commit);
        let mut git = git(&self.root);
        git.args(["cat-file", "blob", &object]).stdin(Stdio::null());
        let mut child = git
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| not_started(&e))?;
        let mut bytes = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            let read = stdout.take(list::MAX_BYTES as u64 + 1).read_to_end(&mut bytes);
            read.map_err(|e| Error::io("git", e))?;
        }
        let ended = child.wait().map_err(|e| Error::io("git", e))?;
        Ok((ended.success() || bytes.len() > list::MAX_BYTES).then_some(bytes))
    }
}

fn git(root: &Path) -> Command {
    let mut git = Command::new("git");
    git.arg("-C").arg(root);
    git
}

fn output(git: &mut Command) -> Result<Output, Failure> {
    git.stdin(Stdio::null()).output().map_err(|e| not_started(&e))
}

fn not_started(error: &std::io::Error) -> Failure {
    match error.kind() {
        ErrorKind::NotFound => Failure::Usage {
            message: "`--changed-since` needs git, which is not installed".into(),
            hint: "install git, or leave out `--changed-since` to check the whole list".into(),
        },
        _ => Failure::Usage {
            message: format!("git could not be started: {error}"),
            hint: "leave out `--changed-since` to check the whole list".into(),
        },
    }
}

fn no_revision(name: &str, told: &str) -> Failure {
    let fetch = format!("git fetch --depth=1 origin {}", hint::quoted(name));
    Failure::Usage {
        message: format!("no revision `{name}`: {told}"),
        hint: format!("run `{fetch}`, if it is one of the repository that this is a copy of"),
    }
}
