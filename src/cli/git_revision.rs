//! A revision of a git repository: what a file held in it, as the `git` program tells.

use std::{
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use mlsearch::{Error, collection, list, wording::hint};

use crate::cli::failure::Failure;

/// The commit at which the repository that holds a file parted from a revision.
pub(crate) struct Revision {
    /// The root of its work tree, without detours.
    root: PathBuf,
    /// The whole hash of the commit.
    commit: String,
}

impl Revision {
    /// Finds the commit that a name such as `origin/main` stands for, or, where the two have parted,
    /// the last one that they share: what the other branch got since is no change of this one.
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
        let found = output(git_command(&root).args([
            "rev-parse",
            "--verify",
            "--end-of-options",
            &commit,
        ]))?;
        let hash = String::from_utf8_lossy(&found.stdout);
        let hash = hash.lines().last().unwrap_or_default().trim();
        let is_hash = hash.len() >= 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !found.status.success() || !is_hash {
            let told = String::from_utf8_lossy(&found.stderr);
            let told = told.lines().next().unwrap_or("git finds no such commit");
            return Err(no_revision(name, told, &root));
        }
        // A shallow copy may not know where they parted.
        let shared = output(git_command(&root).args(["merge-base", "HEAD", hash]))?;
        let shared = String::from_utf8_lossy(&shared.stdout);
        let commit = shared.lines().next().unwrap_or(hash);
        Ok(Revision { root, commit: commit.to_owned() })
    }

    /// What a file held, as far as a list may be long; none when it was not there, or was no file.
    ///
    /// # Errors
    /// [`Failure::Usage`] when the file is outside of the repository, and when git cannot read it.
    pub(crate) fn file(&self, file: &Path) -> Result<Option<Vec<u8>>, Failure> {
        let place = file.canonicalize().map_err(|e| Error::io(file, e))?;
        let below = place.strip_prefix(&self.root).ok();
        let path = below.and_then(|_| collection::relative_path(&self.root, &place));
        let path = path.ok_or_else(|| Failure::Usage {
            message: format!("`{}` is not in the repository of the others", file.display()),
            hint: "check the lists of one repository at a time".into(),
        })?;
        self.blob(&path)
    }

    /// The paths of files that it has and the work tree has not, as they are below its root.
    ///
    /// # Errors
    /// [`Failure::Usage`] when git cannot be started.
    pub(crate) fn lost_files(&self) -> Result<Vec<String>, Failure> {
        let mut git = git_command(&self.root);
        git.args(["diff", "-z", "--name-only", "--no-renames", "--diff-filter=D", &self.commit]);
        let paths = output(&mut git)?.stdout;
        let paths = paths.split(|byte| *byte == 0).filter(|path| !path.is_empty());
        Ok(paths.filter_map(|path| String::from_utf8(path.to_vec()).ok()).collect())
    }

    /// What the file at a path below the root held.
    ///
    /// # Errors
    /// [`Failure::Usage`] when git cannot read it.
    pub(crate) fn blob(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        // The hash before it makes sure that no path is taken for an option.
        let object = format!("{}:{path}", self.commit);
        let mut git = git_command(&self.root);
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
        if ended.success() || bytes.len() > list::MAX_BYTES {
            return Ok(Some(bytes));
        }
        // It was not there, or git cannot tell: an object may be missing that a copy fetches late.
        let mut git = git_command(&self.root);
        git.args(["--literal-pathspecs", "ls-tree", "--full-tree", &self.commit, "--", path]);
        let listed = output(&mut git)?;
        let line = String::from_utf8_lossy(&listed.stdout);
        match listed.status.success() && line.split(' ').nth(1) != Some("blob") {
            true => Ok(None),
            false => Err(Failure::Usage {
                message: format!("git cannot read `{path}` of {}", self.commit),
                hint: format!("run `git -C {} fsck`", shown(&self.root)),
            }),
        }
    }
}

fn git_command(root: &Path) -> Command {
    let mut git = Command::new("git");
    git.arg("-C").arg(root);
    // These would name another repository; a hook of git has them in its environment.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        git.env_remove(name);
    }
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

fn no_revision(name: &str, told: &str, root: &Path) -> Failure {
    let message = format!("no revision `{name}`: {told}");
    if told.contains("dubious ownership") {
        let safe = format!("git config --global --add safe.directory {}", shown(root));
        return Failure::Usage { message, hint: format!("run `{safe}` if you trust it") };
    }
    let branch = hint::quoted(name.strip_prefix("origin/").unwrap_or(name));
    Failure::Usage {
        message,
        hint: format!(
            "run `git fetch origin {branch}`, if the repository that this is a copy of has it"
        ),
    }
}

fn shown(root: &Path) -> String {
    hint::quoted(&root.display().to_string())
}
