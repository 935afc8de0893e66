//! Findings: what lint has to say, and in which words.

use std::fmt;

/// One thing to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Line in the source, counted from 1; 0 when it is not known.
    pub line: u32,
    /// Title of the entry, or name of the section; empty for a line that is neither.
    pub title: String,
    /// What may be wrong.
    pub problem: Problem,
}

/// What may be wrong with an entry, a section or a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A tag that looks like another word, misspelt.
    Misspelling {
        /// The tag as written.
        tag: String,
        /// The word that may be meant.
        suggestion: String,
    },
    /// A tag that is written in another way elsewhere.
    Spelling {
        /// The tag as written.
        tag: String,
        /// The more common form.
        suggestion: String,
    },
    /// The address of an earlier entry.
    Duplicate {
        /// The line of the earlier entry.
        first: u32,
    },
    /// The address of an earlier entry but for the scheme, a `www.` or a slash at the end.
    Twin {
        /// The line of the earlier entry.
        first: u32,
    },
    /// The title of an earlier entry, under another address.
    SameTitle {
        /// The line of the earlier entry.
        first: u32,
    },
    /// An address that is written as hardly anybody means it.
    Malformed {
        /// The address.
        url: String,
        /// What is odd about it.
        fault: &'static str,
    },
    /// An address of this machine or of a private network, which nobody else can visit.
    Private {
        /// The address.
        url: String,
    },
    /// A line of which something is not taken, or not as it is written.
    NotTaken {
        /// What, and why.
        message: String,
    },
    /// A date that is still to come.
    ToCome {
        /// The date as far as it is given.
        date: String,
    },
    /// An entry out of the order that its section keeps.
    OutOfOrder {
        /// What the section is ordered by.
        by: &'static str,
        /// The line of an entry with which it does not keep to that order.
        with: u32,
    },
    /// A link that a visit found gone or unreachable.
    Fails {
        /// The address.
        url: String,
        /// What the visit found.
        what: String,
    },
    /// A link that has moved for good.
    Moved {
        /// The new address.
        target: String,
    },
    /// A section without anything in it.
    EmptySection,
    /// A field that most entries of the list have.
    Missing {
        /// The field: `date`, `company`, `tags` or `description`.
        field: &'static str,
    },
}

impl Problem {
    /// Whether nothing may be wrong: many a list has entries without a field, and articles of one title.
    pub fn is_remark(&self) -> bool {
        matches!(self, Problem::Missing { .. } | Problem::SameTitle { .. })
    }

    /// The line of the other entry, where something is found of two.
    pub fn other_line(&self) -> Option<u32> {
        match self {
            Problem::Duplicate { first }
            | Problem::Twin { first }
            | Problem::SameTitle { first } => Some(*first),
            Problem::OutOfOrder { with, .. } => Some(*with),
            _ => None,
        }
    }

    /// What is found of two entries, said of the other one: the first stands in this line.
    pub fn seen_from(&self, line: u32) -> Problem {
        match self.clone() {
            Problem::Duplicate { .. } => Problem::Duplicate { first: line },
            Problem::Twin { .. } => Problem::Twin { first: line },
            Problem::SameTitle { .. } => Problem::SameTitle { first: line },
            Problem::OutOfOrder { by, .. } => Problem::OutOfOrder { by, with: line },
            problem => problem,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Misspelling { tag, suggestion } => {
                write!(f, "tag `{tag}`: did you mean `{suggestion}`?")
            }
            Problem::Spelling { tag, suggestion } => {
                write!(f, "tag `{tag}` is written `{suggestion}` elsewhere")
            }
            Problem::Duplicate { first } => write!(f, "same address as in line {first}"),
            Problem::Twin { first } => write!(
                f,
                "same address as in line {first} but for the scheme, `www.` or a slash at the end"
            ),
            Problem::SameTitle { first } => {
                write!(f, "same title as in line {first}, with another address")
            }
            Problem::Malformed { url, fault } => write!(f, "`{url}` {fault}"),
            Problem::Private { url } => {
                write!(f, "`{url}` is on this machine or in a private network")
            }
            Problem::NotTaken { message } => f.write_str(message),
            Problem::ToCome { date } => write!(f, "the date {date} is still to come"),
            Problem::OutOfOrder { by, .. } => {
                write!(f, "out of the order of its section, which is by {by}")
            }
            Problem::Fails { url, what } => write!(f, "`{url}` is {what}"),
            Problem::Moved { target } => write!(f, "moved for good, now at `{target}`"),
            Problem::EmptySection => f.write_str("nothing in this section"),
            Problem::Missing { field } => write!(f, "no {field}"),
        }
    }
}
