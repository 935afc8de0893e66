//! Outcomes: what became of a visit.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What became of a visit. Never a boolean: each value asks for something else from a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The page came and holds text.
    Ok,
    /// The site says that the stored copy is still good (304), or the text is the same.
    Unchanged,
    /// The page has moved for good; the new address gave its text, or said that the stored copy is
    /// still good (304).
    Moved,
    /// A bot challenge or a refusal (401, 403, 429 to the end).
    Blocked,
    /// 404, 410, or a page that says so with status 200.
    Gone,
    /// The page came without an article: a script shell, a login, a consent form, captions only.
    Empty,
    /// robots.txt forbids the visit.
    Disallowed,
    /// Neither text nor a document that can be read.
    UnsupportedType,
    /// The body is over the limit.
    TooLarge,
    /// No answer: DNS, connection, TLS, timeout, server error to the end, forbidden address.
    Unreachable,
}

impl Outcome {
    /// Every outcome, in the order in which reports show them.
    pub const ALL: [Outcome; 10] = [
        Outcome::Ok,
        Outcome::Unchanged,
        Outcome::Moved,
        Outcome::Blocked,
        Outcome::Gone,
        Outcome::Empty,
        Outcome::Disallowed,
        Outcome::UnsupportedType,
        Outcome::TooLarge,
        Outcome::Unreachable,
    ];

    /// The name used in the store, in JSON and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Unchanged => "unchanged",
            Outcome::Moved => "moved",
            Outcome::Blocked => "blocked",
            Outcome::Gone => "gone",
            Outcome::Empty => "empty",
            Outcome::Disallowed => "disallowed",
            Outcome::UnsupportedType => "unsupported_type",
            Outcome::TooLarge => "too_large",
            Outcome::Unreachable => "unreachable",
        }
    }

    /// The outcome of that name.
    pub fn from_name(name: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.name() == name)
    }

    /// True when the visit confirmed or brought a text.
    pub fn is_good(self) -> bool {
        matches!(self, Outcome::Ok | Outcome::Unchanged | Outcome::Moved)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Outcome::UnsupportedType => "unsupported type",
            Outcome::TooLarge => "too large",
            other => other.name(),
        })
    }
}
