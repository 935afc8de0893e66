//! What was in WARC files: how many pages were taken, and why others were not.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

/// What was in the WARC files of an update.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct WarcReport {
    /// Files that were read, and single records of files that a listing names.
    pub files: u64,
    /// Files and lines of listings that could not be read.
    pub unreadable: u64,
    /// Records of any sort.
    pub records: u64,
    /// Pages that were taken.
    pub taken: u64,
    /// Records of pages that were not taken, by why.
    pub skipped: BTreeMap<SkipReason, u64>,
}

/// Why a record of a page is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// No list names the page.
    NotListed,
    /// What is stored of the page is as new, or newer.
    NotNewer,
    /// It leads to another page; if that comes later, it counts for this one.
    Redirect,
    /// It says that the page was the one of an earlier record.
    Revisit,
    /// It is no page of the web: a look-up of a name, or something with an address of its own.
    NoPage,
    /// Whoever recorded it has cut it.
    Truncated,
    /// The record or the page in it is over the limit of size.
    TooLarge,
    /// It is not what it says, or cannot be read.
    Damaged,
    /// It has no date, or one ahead of the clock.
    Undated,
}

impl SkipReason {
    /// Whether it is something that is wrong with the file, so that the record is named.
    pub(crate) fn is_fault(self) -> bool {
        use SkipReason::{Damaged, TooLarge, Truncated, Undated};
        matches!(self, Damaged | TooLarge | Truncated | Undated)
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SkipReason::NotListed => "in no list",
            SkipReason::NotNewer => "not newer than what is stored",
            SkipReason::Redirect => "redirects",
            SkipReason::Revisit => "unchanged since an earlier record",
            SkipReason::NoPage => "no pages of the web",
            SkipReason::Truncated => "cut when they were recorded",
            SkipReason::TooLarge => "too large",
            SkipReason::Damaged => "damaged",
            SkipReason::Undated => "without a date of the past",
        })
    }
}
