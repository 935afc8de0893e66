//! The one error type, with variants named for what the user can do about them.

use std::{fmt, io, path::PathBuf};

/// What can go wrong, in terms of what the user can do about it.
///
/// A page that fails is no error but an [`Outcome`](crate::page::Outcome) in the report.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// There is nothing to search at that place yet.
    NoIndex(PathBuf),
    /// There is no page store in the collection's folder.
    NoStore(PathBuf),
    /// An index that this version cannot read.
    IndexVersion {
        /// The generation's folder.
        path: PathBuf,
        /// What it says of itself.
        found: String,
    },
    /// `mlsearch.toml` or `aliases.toml` does not parse.
    Settings {
        /// The file at fault.
        path: PathBuf,
        /// What is wrong, with the line where it is known.
        message: String,
    },
    /// A list that yields no entry, or cannot be had.
    List {
        /// The file or URL.
        name: String,
        /// What was found instead.
        message: String,
        /// What to do.
        hint: String,
    },
    /// Another process is updating the collection.
    Locked {
        /// The lock file.
        path: PathBuf,
        /// The holder, as it wrote itself into the lock: process id and start.
        holder: String,
    },
    /// The new index lost too much and was not published.
    Refused {
        /// What it lost.
        reason: String,
    },
    /// What the user typed does not fit: an unknown value, id or address.
    Usage {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// The operating system refused a file.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A page store of an older version, which only an update may bring up to date.
    StoreVersion(PathBuf),
    /// The page store is damaged or of a newer version.
    Store {
        /// The database file.
        path: PathBuf,
        /// What it says.
        message: String,
    },
    /// The index engine failed.
    Engine(String),
    /// The network client could not be set up (CA bundle, proxy).
    Network(String),
    /// The user interrupted the work; what was done is kept.
    Interrupted,
}

impl Error {
    /// An [`Error::Io`] with its path.
    pub fn io(path: impl Into<PathBuf>, source: io::Error) -> Error {
        Error::Io { path: path.into(), source }
    }

    /// One line that says what to do, without the `hint:` in front.
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::NoStore(_) => Some("run `mlsearch update` to visit the pages".into()),
            Error::NoIndex(_) => Some("run `mlsearch update` to build it".into()),
            Error::IndexVersion { .. } => {
                Some("run `mlsearch update --offline` to rebuild it from the stored pages".into())
            }
            Error::Settings { .. } => Some("mend the line, then run the command again".into()),
            Error::List { hint, .. } | Error::Usage { hint, .. } => Some(hint.clone()),
            Error::Locked { .. } => {
                Some("wait for it to end; a published index can be searched all the while".into())
            }
            Error::Refused { .. } => {
                Some("run `mlsearch update --force` to publish it all the same".into())
            }
            Error::StoreVersion(_) => {
                Some("run `mlsearch update --offline` to bring it up to date".into())
            }
            Error::Store { path, .. } => Some(format!(
                "move `{}` away and run `mlsearch update` to fetch the pages again",
                path.display()
            )),
            Error::Engine(_) => {
                Some("run `mlsearch update --offline --force` to rebuild the index".into())
            }
            Error::Network(_) => Some("check `ca_bundle`, SSL_CERT_FILE and HTTPS_PROXY".into()),
            Error::Io { source, .. } if is_full(source) => {
                Some("free some disk space, then run the command again; nothing was lost".into())
            }
            Error::Io { source, .. } if is_barred(source) => {
                Some("check who owns it, or name another folder with `--index DIR`".into())
            }
            Error::Interrupted => Some("run the command again to go on from there".into()),
            Error::Io { .. } => None,
        }
    }
}

/// Whether there is no room for a file.
fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

/// Whether a file may not be written.
fn is_barred(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NoStore(path) => write!(f, "no pages are stored in `{}`", path.display()),
            Error::NoIndex(path) => write!(f, "no index in `{}`", path.display()),
            Error::IndexVersion { path, found } => {
                write!(f, "the index in `{}` is of another version ({found})", path.display())
            }
            Error::Settings { path, message } => write!(f, "`{}`: {message}", path.display()),
            Error::List { name, message, .. } => write!(f, "`{name}`: {message}"),
            Error::Locked { path, holder } => {
                write!(f, "another update holds `{}`: {holder}", path.display())
            }
            Error::Refused { reason } => write!(f, "the new index was not published: {reason}"),
            Error::Usage { message, .. } => f.write_str(message),
            Error::Io { path, source } => write!(f, "`{}`: {source}", path.display()),
            Error::StoreVersion(path) => {
                write!(f, "the page store `{}` is of an older version", path.display())
            }
            Error::Store { path, message } => {
                write!(f, "the page store `{}` cannot be used: {message}", path.display())
            }
            Error::Engine(message) => write!(f, "the index engine failed: {message}"),
            Error::Network(message) => write!(f, "the network client cannot start: {message}"),
            Error::Interrupted => f.write_str("interrupted; what was fetched is kept"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
