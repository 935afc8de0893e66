//! The publish gate: an index that lost too much, or that was made while too much failed, is not published.

use crate::{
    collection::PublishSettings, counted::counted, engine::manifest::Manifest, page::Outcome,
    store::ListLoss,
};

/// How many pages were visited and how many of them failed at their last visit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Failures {
    pub(crate) failed: u64,
    pub(crate) visited: u64,
}

impl Failures {
    /// Adds what became of the last visit to a page. All pages of the entries count, not only those of
    /// this update: what is visited most often is what fails.
    pub(crate) fn count(&mut self, outcome: Outcome) {
        self.visited += 1;
        self.failed += u64::from(!outcome.is_good());
    }
}

/// Why nothing is to be published when `before` pages failed at the time of the last publishing.
pub(crate) fn failures(now: Failures, before: u64, settings: &PublishSettings) -> Option<String> {
    let Failures { failed, visited } = now;
    let more = failed.saturating_sub(before);
    if more as f64 <= visited as f64 * settings.max_failures {
        return None;
    }
    let earlier = match before {
        0 => String::new(),
        before => format!(", {before} of them before"),
    };
    Some(format!("{failed} of {} failed{earlier}", counted(visited, "page")))
}

/// What was removed from the lists on purpose since the last publishing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Removed {
    pub(crate) documents: u64,
    pub(crate) full_texts: u64,
}

/// Whether a list has lost so much since the last publishing that it is rather damaged than edited:
/// more than half of its entries.
pub(crate) fn is_damaged(loss: &ListLoss) -> bool {
    loss.lost * 2 > loss.before
}

/// What the new index lost, when that is more than the limit allows. What was removed on purpose is
/// not lost.
pub(crate) fn loss(
    old: &Manifest,
    new: &Manifest,
    removed: Removed,
    settings: &PublishSettings,
) -> Option<String> {
    let lost = |what: &str, old: u64, removed: u64, new: u64| {
        let least = old.saturating_sub(removed) as f64 * (1.0 - settings.max_loss);
        let less = match removed {
            0 => String::new(),
            removed => format!(", {removed} of them removed from the lists"),
        };
        ((new as f64) < least)
            .then(|| format!("{} where there were {old}{less}", counted(new, what)))
    };
    // Entries that turn out to have the same article are not lost.
    let (before, now) = (old.documents + old.merged, new.documents + new.merged);
    let documents = lost("document", before, removed.documents, now);
    let (before, now) = (old.full_texts + old.merged, new.full_texts + new.merged);
    let full_texts = lost("full text", before, removed.full_texts, now);
    let losses: Vec<String> = documents.into_iter().chain(full_texts).collect();
    (!losses.is_empty()).then(|| losses.join(", "))
}

#[cfg(test)]
mod tests {
    use crate::{
        collection::PublishSettings,
        engine::manifest::Manifest,
        store::ListLoss,
        update::publish_gate::{Failures, Removed, failures, is_damaged, loss},
    };

    #[track_caller]
    fn check_loss(old: (u64, u64), new: (u64, u64), expected: Option<&str>) {
        check_removed(old, (0, 0), new, expected);
    }

    #[track_caller]
    fn check_removed(
        old: (u64, u64),
        (documents, full_texts): (u64, u64),
        new: (u64, u64),
        expected: Option<&str>,
    ) {
        let removed = Removed { documents, full_texts };
        let manifest =
            |(documents, full_texts)| Manifest { documents, full_texts, ..Manifest::default() };
        let loss = loss(&manifest(old), &manifest(new), removed, &PublishSettings::default());
        assert_eq!(loss.as_deref(), expected);
    }

    #[track_caller]
    fn check_failures(failed: u64, visited: u64, before: u64, expected: Option<&str>) {
        let failures = failures(Failures { failed, visited }, before, &PublishSettings::default());
        assert_eq!(failures.as_deref(), expected);
    }

    #[test]
    fn a_tenth_may_be_lost_and_no_more() {
        check_loss((50, 40), (45, 36), None);
        check_loss((50, 40), (44, 40), Some("44 documents where there were 50"));
        check_loss((50, 40), (50, 35), Some("35 full texts where there were 40"));
        check_loss(
            (50, 40),
            (1, 0),
            Some("1 document where there were 50, 0 full texts where there were 40"),
        );
    }

    #[test]
    fn what_was_removed_on_purpose_is_not_lost() {
        check_removed((50, 40), (30, 25), (20, 15), None);
        check_removed((50, 40), (30, 25), (18, 15), None);
        check_removed(
            (50, 40),
            (30, 25),
            (17, 15),
            Some("17 documents where there were 50, 30 of them removed from the lists"),
        );
        check_removed((5, 5), (9, 9), (0, 0), None);
    }

    #[test]
    fn a_list_that_loses_more_than_half_is_damaged() {
        let is_damaged = |lost, before| is_damaged(&ListLoss { list: "l".into(), before, lost });
        assert!(!is_damaged(1, 2) && !is_damaged(5, 10) && !is_damaged(0, 0));
        assert!(is_damaged(1, 1) && is_damaged(6, 10));
    }

    #[test]
    fn growth_and_an_empty_beginning_pass() {
        check_loss((50, 40), (500, 400), None);
        check_loss((0, 0), (0, 0), None);
    }

    #[test]
    fn half_of_the_pages_may_fail_beside_those_that_failed_before() {
        check_failures(25, 50, 0, None);
        check_failures(31, 50, 0, Some("31 of 50 pages failed"));
        check_failures(31, 50, 10, None);
        check_failures(41, 50, 10, Some("41 of 50 pages failed, 10 of them before"));
        check_failures(0, 0, 0, None);
        check_failures(3, 50, 20, None);
    }
}
