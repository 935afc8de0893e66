//! The error type, with variants named for what a caller can do about them.

use std::{fmt, io, path::PathBuf};

use serde::{Deserialize, Serialize};

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
    /// The folder is no collection: it has no `mlsearch.toml`.
    NoCollection(PathBuf),
    /// A list that yields no entry, or cannot be had.
    List {
        /// The file or URL.
        name: String,
        /// What was found instead.
        message: String,
        /// What is at fault.
        fault: ListFault,
    },
    /// Another process is updating the collection or importing into its folder.
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
        /// What is at fault.
        cause: RefusalCause,
    },
    /// There is no facet of that name.
    UnknownFacet {
        /// The name that was asked for.
        name: String,
        /// The facets that there are.
        known: &'static [&'static str],
    },
    /// No document has that value of a facet.
    UnknownValue {
        /// The facet.
        facet: String,
        /// The value that was asked for.
        value: String,
        /// The values that are spelled most like it; may be empty.
        nearest: Vec<String>,
    },
    /// The index has no document of that id or URL.
    UnknownDocument(String),
    /// No list ever had an entry of that id or URL.
    UnknownEntry(String),
    /// A line that is not what its file consists of.
    Line {
        /// The file.
        name: String,
        /// The line, counted from 1.
        line: u64,
        /// What is wrong with it.
        message: String,
        /// What each line should be.
        expected: LineFormat,
    },
    /// Two lines of an import have one id.
    DuplicateId {
        /// The file.
        name: String,
        /// The second of the lines, counted from 1.
        line: u64,
        /// The id.
        id: String,
        /// The first of them.
        first: u64,
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
    /// A cluster that holds the index cannot be used.
    Cluster {
        /// Its address.
        address: String,
        /// What it says, or that it does not.
        message: String,
        /// What is at fault.
        fault: ClusterFault,
    },
    /// A model for embeddings that cannot be used.
    Model {
        /// Its folder.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// The network client could not be set up (CA bundle, proxy).
    Network(String),
    /// An archive of an index that cannot be had, or is not taken.
    Archive {
        /// Its file or address.
        name: String,
        /// What is wrong.
        message: String,
        /// What is at fault.
        fault: ArchiveFault,
    },
    /// A pulled collection that does not say where its archive is.
    NoArchive(PathBuf),
    /// A folder whose own lists or index an archive would replace.
    NotPulled {
        /// The folder.
        path: PathBuf,
        /// What is there.
        message: String,
    },
    /// The user interrupted the work; what was done is kept.
    Interrupted,
}

/// What is at fault when an archive is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveFault {
    /// It is something else.
    Unknown,
    /// It is not whole, or not what was written.
    Damaged,
    /// It does what no archive of ours does.
    Hostile,
    /// It, or the index in it, is of another version.
    Version,
    /// It is not the one whose checksum is given, or there is no checksum where one has to be.
    Checksum,
    /// The signature is not there, or not of the key.
    Signature,
    /// It was signed as older programs did, which cannot be verified while it is read.
    LegacySignature,
    /// The public key cannot be read.
    Key,
    /// No answer, or not a file, came from the address.
    Network,
    /// It is at an address that may not be visited.
    Forbidden,
}

/// What is at fault when a new index is not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RefusalCause {
    /// Too many pages failed at once: rather the network, or that of this machine, than the pages.
    Failures,
    /// Documents of lists that could not be read are missing.
    UnreadLists,
    /// Documents or texts are missing.
    Losses,
}

/// What is at fault when a list cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFault {
    /// `mlsearch.toml` names a file that cannot be read.
    Source,
    /// No answer, or not the list, came from an address.
    Network,
    /// It is larger than what is read.
    Size,
    /// It has no entries, or none in a format that is understood.
    Format,
}

/// What keeps a cluster from being used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClusterFault {
    /// Nobody answers there, or too late.
    Unreachable,
    /// Its certificate is not trusted, or it does not speak TLS.
    Tls,
    /// It does not let this user do this.
    Credentials,
    /// It is no search engine that is known, or something else stands in front of it.
    Unknown,
    /// Its disks are full.
    Full,
    /// It is there and cannot do its work now: overloaded, without a manager, with shards missing.
    Unhealthy,
    /// An index of somebody else bears the name.
    NameTaken,
    /// Slices of another import are being loaded under the name.
    OtherBuild,
    /// It has no index of that name yet.
    NoIndex,
    /// It refuses what it was sent.
    Refused,
}

/// What each line of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineFormat {
    /// A JSON object with a document to be imported.
    Document,
    /// A query: id, tab, text.
    Query,
    /// A relevance judgment of the TREC conferences: query id, an unused column, document id, grade.
    Judgment,
}

impl Error {
    /// An [`Error::Io`] with its path.
    pub fn io(path: impl Into<PathBuf>, source: io::Error) -> Error {
        Error::Io { path: path.into(), source }
    }
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
                write!(f, "`{}` is held by {holder}", path.display())
            }
            Error::Refused { reason, .. } => write!(f, "the new index was not published: {reason}"),
            Error::NoCollection(path) => {
                write!(f, "`{}` is no collection: no mlsearch.toml in it", path.display())
            }
            Error::UnknownFacet { name, .. } => write!(f, "no facet `{name}`"),
            Error::UnknownValue { facet, value, .. } => {
                write!(f, "no document has the {facet} `{value}`")
            }
            Error::UnknownDocument(id) => write!(f, "no document `{id}` in the index"),
            Error::UnknownEntry(id) => write!(f, "no article `{id}` in the lists"),
            Error::Line { name, line, message, .. } => {
                write!(f, "`{name}`: line {line}: {message}")
            }
            Error::DuplicateId { name, line, id, first } => {
                write!(f, "`{name}`: line {line}: the id `{id}` is that of line {first}, too")
            }
            Error::Io { path, source } => write!(f, "`{}`: {source}", path.display()),
            Error::StoreVersion(path) => {
                write!(f, "the page store `{}` is of an older version", path.display())
            }
            Error::Store { path, message } => {
                write!(f, "the page store `{}` cannot be used: {message}", path.display())
            }
            Error::Engine(message) => write!(f, "the index engine failed: {message}"),
            Error::Cluster { address, message, .. } => write!(f, "`{address}`: {message}"),
            Error::Model { path, message } => {
                write!(f, "the model in `{}`: {message}", path.display())
            }
            Error::Network(message) => write!(f, "the network client cannot start: {message}"),
            Error::Archive { name, message, .. } => write!(f, "`{name}`: {message}"),
            Error::NoArchive(path) => {
                write!(f, "`{}` does not say where to pull from", path.display())
            }
            Error::NotPulled { path, message } => write!(f, "`{}` {message}", path.display()),
            Error::Interrupted => f.write_str(
                "interrupted; the index is as it was, and what was fetched and embedded is kept",
            ),
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
