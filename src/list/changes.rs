//! Changes: the entries that a list has and an older one has not.

use std::collections::HashMap;

use serde::Serialize;

use crate::entry::Entry;

/// How an entry differs from those of the older list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The older list has no such address, or fewer entries with it.
    Added,
    /// It says something else of the same address.
    Changed,
}

/// The entries of a list that an older one does not have, in list order. One that only stands in
/// another line or section is none of them.
pub fn changes<'l>(old: &[Entry], new: &'l [Entry]) -> Vec<(ChangeKind, &'l Entry)> {
    let mut before: HashMap<&str, Vec<&Entry>> = HashMap::new();
    for entry in old {
        before.entry(entry.canonical.as_str()).or_default().push(entry);
    }
    let mut rest = Vec::new();
    for entry in new {
        let equals = before.get_mut(entry.canonical.as_str());
        let equal = equals.and_then(|these| {
            let at = these.iter().position(|other| says_the_same(other, entry))?;
            Some(these.swap_remove(at))
        });
        if equal.is_none() {
            rest.push(entry);
        }
    }
    let kind = |entry: &'l Entry| {
        let was = before.get_mut(entry.canonical.as_str()).and_then(Vec::pop);
        (if was.is_some() { ChangeKind::Changed } else { ChangeKind::Added }, entry)
    };
    rest.into_iter().map(kind).collect()
}

/// Whether two entries are the same but for their place.
fn says_the_same(a: &Entry, b: &Entry) -> bool {
    let named = |entry: &Entry| entry.company.clone().filter(|_| !entry.company_inferred);
    a.url == b.url
        && a.titles == b.titles
        && (a.date_listed, a.date_precision) == (b.date_listed, b.date_precision)
        && a.tags == b.tags
        && a.labels == b.labels
        && a.also == b.also
        && a.description == b.description
        && named(a) == named(b)
}

#[cfg(test)]
mod tests {
    use crate::list::{self, ListOptions, changes::ChangeKind};

    /// Expected are the lines of the new list with what they are.
    #[track_caller]
    fn check(old: &str, new: &str, expected: &[(u32, ChangeKind)]) {
        let parse = |text: &str| {
            let list = list::parse(text.as_bytes(), &ListOptions::default());
            list.map(|list| list.entries).unwrap_or_default()
        };
        let (old, new) = (parse(old), parse(new));
        let found = list::changes(&old, &new).into_iter();
        let found: Vec<_> = found.map(|(kind, entry)| (entry.lists[0].line, kind)).collect();
        assert_eq!(found, expected);
    }

    const LIST: &str = "## A\n- [One](https://a.example/1) - words\n- [Two](https://a.example/2)\n";

    #[test]
    fn what_is_added_or_says_something_else_is_a_change() {
        use ChangeKind::{Added, Changed};
        check(LIST, LIST, &[]);
        check("", LIST, &[(2, Added), (3, Added)]);
        check(LIST, &format!("{LIST}- [Three](https://a.example/3)\n"), &[(4, Added)]);
        check(LIST, &LIST.replace("words", "other words"), &[(2, Changed)]);
        check(LIST, &LIST.replace("[Two]", "[Deux]"), &[(3, Changed)]);
        check(LIST, &LIST.replace("/2", "/zwei"), &[(3, Added)]);
        // Another address of the same page is a change of the entry.
        check(LIST, &LIST.replace("/2)", "/2#top)"), &[(3, Changed)]);
    }

    #[test]
    fn what_moves_or_is_removed_is_none() {
        let turned = "# L\n\n## B\n- [Two](https://a.example/2)\n## A\n\
                      - [One](https://a.example/1) - words\n";
        check(LIST, turned, &[]);
        check(LIST, "- [Two](https://a.example/2)\n", &[]);
    }

    #[test]
    fn a_second_entry_of_one_address_is_added() {
        let twice = format!("{LIST}- [Two](https://a.example/2)\n");
        check(LIST, &twice, &[(4, ChangeKind::Added)]);
        check(&twice, LIST, &[]);
    }
}
