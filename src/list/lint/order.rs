//! The order of a section: where nearly all entries keep to one, those that do not.

use std::collections::{BTreeSet, HashMap};

use crate::{entry::Entry, list::lint::finding::Problem};

/// Entries that a section needs before an order is believed: of eight in any order, seven stand by
/// chance in a given one once in eight hundred times.
const LEAST: usize = 8;

/// Of how many entries of a section one may be out of the order.
const ONE_IN: usize = 8;

/// The entries that are out of the order of their section, by their position in the list.
pub(crate) fn out_of_order(entries: &[Entry]) -> HashMap<usize, Problem> {
    let mut sections: HashMap<&[String], Vec<usize>> = HashMap::new();
    for (at, entry) in entries.iter().enumerate() {
        sections.entry(&entry.section).or_default().push(at);
    }
    let mut found = HashMap::new();
    for places in sections.into_values().filter(|places| places.len() >= LEAST) {
        let titles: Vec<String> =
            places.iter().map(|&at| entries[at].title().to_lowercase()).collect();
        let dates: Option<Vec<i64>> = places.iter().map(|&at| day(&entries[at])).collect();
        let dates = dates.unwrap_or_default();
        let newest_first: Vec<i64> = dates.iter().map(|day| -day).collect();
        let orders = [
            ("title", outliers(&titles)),
            ("date, the oldest first", outliers(&dates)),
            ("date, the newest first", outliers(&newest_first)),
        ];
        let orders = orders.into_iter().filter_map(|(by, out)| Some((by, out?)));
        if let Some((by, out)) = orders.min_by_key(|(_, out)| out.len()) {
            let line = |at: usize| entries[places[at]].lists.first().map_or(0, |at| at.line);
            found.extend(
                out.into_iter()
                    .map(|(at, with)| (places[at], Problem::OutOfOrder { by, with: line(with) })),
            );
        }
    }
    found
}

fn day(entry: &Entry) -> Option<i64> {
    let date = entry.date_listed?;
    Some(i64::from(date.year()) * 400 + i64::from(date.day_of_year()))
}

/// Which of these keys do not rise with the others, each with the nearest of those that it does not
/// rise with; none when too many do not, or when the keys are too few to tell.
fn outliers<K: Ord>(keys: &[K]) -> Option<Vec<(usize, usize)>> {
    let distinct = keys.iter().collect::<BTreeSet<_>>().len();
    if keys.len() < LEAST || distinct * 2 < keys.len() {
        return None;
    }
    // Patience sorting: the last position of the best rising row of each length, and what is before
    // it there.
    let (mut ends, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), Vec::new());
    for (at, key) in keys.iter().enumerate() {
        let length = ends.partition_point(|&end| keys[end] <= *key);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut rising = vec![false; keys.len()];
    let mut next = ends.last().copied();
    while let Some(at) = next {
        rising[at] = true;
        next = before[at];
    }
    let with = |at: usize| {
        let mut after = (at + 1..keys.len()).filter(|&other| rising[other]);
        let mut before = (0..at).rev().filter(|&other| rising[other]);
        let smaller = after.find(|&other| keys[other] < keys[at]);
        smaller.or_else(|| before.find(|&other| keys[other] > keys[at])).unwrap_or(at)
    };
    let out: Vec<(usize, usize)> =
        (0..keys.len()).filter(|&at| !rising[at]).map(|at| (at, with(at))).collect();
    (out.len() <= keys.len() / ONE_IN).then_some(out)
}

#[cfg(test)]
mod tests {
    use crate::list::lint::order::outliers;

    #[track_caller]
    fn check(keys: &str, expected: Option<&[(usize, usize)]>) {
        let keys: Vec<char> = keys.chars().collect();
        assert_eq!(outliers(&keys).as_deref(), expected);
    }

    #[test]
    fn what_does_not_rise_with_nearly_all_others_is_out_of_order() {
        check("abcdefgh", Some(&[]));
        check("abcddefgh", Some(&[]));
        check("abhcdefg", Some(&[(2, 3)]));
        check("bcdefgha", Some(&[(7, 6)]));
        check("abcdefghijklmnpo", Some(&[(14, 15)]));
    }

    #[test]
    fn too_few_or_too_many_tell_of_no_order() {
        check("", None);
        check("acbdefg", None);
        check("badcefgh", None);
        check("hgfedcba", None);
        check("aaaaabbb", None);
    }
}
