//! How a command ends: an exit, or a failure with its message.

use std::{fmt, io};

use mlsearch::Error;

/// How a command ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Exit code 0: found, or done.
    Found,
    /// Exit code 1: nothing found.
    Nothing,
    /// Exit code 2: done, but something that was named could not be had; it has been reported.
    Trouble,
    /// By a signal, with the exit code that tells it.
    Signal(u8),
}

impl Exit {
    /// `Found` when there is something, else `Nothing`.
    pub(crate) fn found(something: bool) -> Exit {
        if something { Exit::Found } else { Exit::Nothing }
    }
}

/// Why a command, or a part of one, stopped.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something to tell the user.
    Error(Error),
    /// What the user typed does not fit.
    Usage {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// Standard output cannot be written; a closed pipe is success.
    Stdout(io::Error),
    /// What has been told already.
    Told,
}

impl Failure {
    /// Whether nothing more is to be done, though other things were asked for as well.
    pub(crate) fn ends_all(&self) -> bool {
        matches!(self, Failure::Stdout(_) | Failure::Error(Error::Interrupted) | Failure::Told)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Error(error) => error.fmt(f),
            Failure::Usage { message, .. } => f.write_str(message),
            Failure::Stdout(error) => write!(f, "standard output: {error}"),
            Failure::Told => Ok(()),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Error(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Stdout(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        Failure::Stdout(error.into())
    }
}
