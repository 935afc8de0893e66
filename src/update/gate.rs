//! The gate: an index that lost too much is not published.

use crate::index::generation::Manifest;

/// What the new index lost, when that is more than `limit` (0.0 to 1.0) of the old one.
pub(crate) fn loss(old: &Manifest, new: &Manifest, limit: f64) -> Option<String> {
    let lost = |what: &str, old: u64, new: u64| {
        let least = old as f64 * (1.0 - limit);
        ((new as f64) < least).then(|| format!("{new} {what} where there were {old}"))
    };
    let documents = lost("documents", old.documents, new.documents);
    let full_texts = lost("full texts", old.full_texts, new.full_texts);
    let losses: Vec<String> = documents.into_iter().chain(full_texts).collect();
    (!losses.is_empty()).then(|| losses.join(", "))
}

#[cfg(test)]
mod tests {
    use crate::{index::generation::Manifest, update::gate::loss};

    #[track_caller]
    fn check(old: (u64, u64), new: (u64, u64), expected: Option<&str>) {
        let manifest = |(documents, full_texts)| Manifest {
            built_at: jiff::Timestamp::UNIX_EPOCH,
            documents,
            full_texts,
            fingerprint: String::new(),
        };
        assert_eq!(loss(&manifest(old), &manifest(new), 0.10).as_deref(), expected);
    }

    #[test]
    fn a_tenth_may_be_lost_and_no_more() {
        check((50, 40), (45, 36), None);
        check((50, 40), (44, 40), Some("44 documents where there were 50"));
        check((50, 40), (50, 35), Some("35 full texts where there were 40"));
        check(
            (50, 40),
            (1, 0),
            Some("1 documents where there were 50, 0 full texts where there were 40"),
        );
    }

    #[test]
    fn growth_and_an_empty_beginning_pass() {
        check((50, 40), (500, 400), None);
        check((0, 0), (0, 0), None);
    }
}
