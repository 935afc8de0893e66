//! Warnings: what was odd about a list.

use crate::{
    canonical,
    counted::counted_as,
    entry::{LONGEST_NAME, shortened},
};

/// Warnings of one sort that name their lines; further ones are only counted.
const MOST_NAMED: usize = 10;

/// Something odd about a list that did not keep it from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Line in the source, counted from 1; 0 when the whole list is meant.
    pub line: u32,
    /// What is odd.
    pub message: String,
}

/// A warning that concerns several lines. It is given for the whole list, so that those who ask for
/// no details see it, too.
#[derive(Debug, Default)]
pub(crate) struct RepeatedWarning {
    /// The first ones, with the address that stands there.
    named: Vec<(u32, String)>,
    more: usize,
}

impl RepeatedWarning {
    pub(crate) fn add(&mut self, line: u32, url: &str) {
        if self.named.len() < MOST_NAMED {
            self.named.push((line, shortened(url, LONGEST_NAME).into_owned()));
        } else {
            self.more += 1;
        }
    }

    pub(crate) fn warn(self, warnings: &mut Warnings, message: impl Fn(&str) -> String) {
        let last = self.named.last().map(|(_, url)| message(url)).filter(|_| self.more > 0);
        for (line, url) in &self.named {
            warnings.add(0, || format!("line {line}: {}", message(url)));
        }
        if let Some(message) = last {
            warnings.add(0, || format!("{message}, and {} such lines more", self.more));
        }
    }
}

/// Largest number of warnings of single lines of one list.
const MOST_WARNINGS: usize = 100;

/// The warnings of a list, and how many there are beyond those that are given.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    given: Vec<Warning>,
    more: usize,
}

impl Warnings {
    /// Adds a warning of a line; of line 0 when the whole list is meant.
    pub(crate) fn add(&mut self, line: u32, message: impl FnOnce() -> String) {
        if self.given.len() < MOST_WARNINGS || line == 0 {
            let message = shortened(&canonical::discreet(&message()), LONGEST_WARNING).into_owned();
            self.given.push(Warning { line, message });
        } else {
            self.more += 1;
        }
    }

    /// Adds the warning that what is listed is no web page.
    pub(crate) fn add_refused(&mut self, line: u32, url: &str) {
        self.add(line, || {
            format!("`{}` is no web page", shortened(&canonical::discreet_url(url), LONGEST_NAME))
        });
    }

    /// Counts further lines that are as odd.
    pub(crate) fn add_more(&mut self, count: usize) {
        self.more += count;
    }

    pub(crate) fn append(&mut self, other: Warnings) {
        for Warning { line, message } in other.given {
            self.add(line, || message);
        }
        self.more += other.more;
    }

    pub(crate) fn finish(mut self) -> Vec<Warning> {
        if self.more > 0 {
            let message = counted_as(self.more, "line more is as odd", "lines more are as odd");
            self.given.push(Warning { line: 0, message });
        }
        self.given
    }
}

/// Longest warning, in characters.
const LONGEST_WARNING: usize = 300;
