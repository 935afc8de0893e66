//! What lint says of the entries of a change.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use mlsearch::{
    entry::Entry,
    list::{
        List,
        lint::{Finding, Problem, lint},
    },
};

/// The findings of lists by the lines at which they stand.
#[derive(Default)]
pub(crate) struct ChangeFindings {
    /// List and line → what was found there.
    at: HashMap<(String, u32), Vec<Finding>>,
    /// List and line → what was found at another line, and has to do with this one.
    about: HashMap<(String, u32), Vec<Finding>>,
}

impl ChangeFindings {
    /// Adds those of a list. The older lists tell which entries were out of order before.
    pub(crate) fn add(&mut self, list: &List, before: &[List], today: Date) {
        let was_out: HashSet<String> = before
            .iter()
            .flat_map(|list| lint(list, today))
            .filter(|finding| matches!(finding.problem, Problem::OutOfOrder { .. }))
            .map(|finding| finding.title)
            .collect();
        for finding in lint(list, today) {
            let other = match finding.problem {
                Problem::OutOfOrder { .. } if was_out.contains(&finding.title) => None,
                ref problem => problem.other_line(),
            };
            if let Some(other) = other.filter(|other| *other > 0 && finding.line > 0) {
                self.about.entry((list.name.clone(), other)).or_default().push(finding.clone());
            }
            self.at.entry((list.name.clone(), finding.line)).or_default().push(finding);
        }
    }

    /// What is to be said of each entry of a change. Of two places of which something is found the
    /// later one tells it, and the earlier one if that alone is new.
    pub(crate) fn of_entries<'e>(
        &self,
        entries: impl Iterator<Item = &'e Entry> + Clone,
    ) -> Vec<Vec<String>> {
        let place =
            |entry: &Entry| entry.lists.first().map(|mention| (mention.list.clone(), mention.line));
        let new: HashSet<(String, u32)> = entries.clone().filter_map(place).collect();
        let problems = |entry: &Entry| {
            let Some(place) = place(entry) else { return Vec::new() };
            let of_entry = |finding: &&Finding| {
                // Formats without lines have all entries at the same one.
                finding.title == entry.title() || finding.title.is_empty() && place.1 > 0
            };
            let own = self.at.get(&place).into_iter().flatten().filter(of_entry);
            let own = own.map(|finding| finding.problem.to_string());
            let is_old = |finding: &&Finding| !new.contains(&(place.0.clone(), finding.line));
            let about = self.about.get(&place).into_iter().flatten().filter(is_old);
            let about = about.map(|finding| finding.problem.seen_from(finding.line).to_string());
            own.chain(about).collect()
        };
        entries.map(problems).collect()
    }
}
