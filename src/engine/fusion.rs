//! Reciprocal rank fusion: one order out of two, by ranks alone, since the scores of the two cannot
//! be compared (Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet and
//! individual rank learning methods", 2009).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::query::weights::FUSION_K;

/// The ranks of a document by words and by meaning, from 1; none where it is not among the best.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Ranks {
    /// By its words.
    pub bm25: Option<usize>,
    /// By its passage that is nearest to the query.
    pub embedding: Option<usize>,
}

/// A document in its place among those of two orders.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FusedDocument {
    pub(crate) document: u32,
    pub(crate) score: f32,
    pub(crate) ranks: Ranks,
}

/// What a rank is worth, from 1.
pub(crate) fn worth(rank: usize) -> f32 {
    1.0 / (FUSION_K + rank as f32)
}

/// The documents of two orders, best first; of equal ones those come first that are better by words.
pub(crate) fn fused(by_words: &[u32], by_meaning: &[u32], weight: f32) -> Vec<FusedDocument> {
    let mut ranks: BTreeMap<u32, Ranks> = BTreeMap::new();
    for (document, rank) in by_words.iter().zip(1..) {
        ranks.entry(*document).or_default().bm25 = Some(rank);
    }
    for (document, rank) in by_meaning.iter().zip(1..) {
        ranks.entry(*document).or_default().embedding = Some(rank);
    }
    let mut fused: Vec<FusedDocument> = ranks
        .into_iter()
        .map(|(document, ranks)| {
            let by_words = ranks.bm25.map_or(0.0, worth);
            let score = by_words + weight * ranks.embedding.map_or(0.0, worth);
            FusedDocument { document, score, ranks }
        })
        .collect();
    let last = |ranks: Ranks| (ranks.bm25.unwrap_or(usize::MAX), ranks.embedding);
    fused.sort_by(|a, b| {
        b.score.total_cmp(&a.score).then_with(|| last(a.ranks).cmp(&last(b.ranks)))
    });
    fused
}

#[cfg(test)]
mod tests {
    use crate::engine::fusion::fused;

    #[track_caller]
    fn check(by_words: &[u32], by_meaning: &[u32], weight: f32, expected: &[u32]) {
        let found: Vec<u32> =
            fused(by_words, by_meaning, weight).iter().map(|fused| fused.document).collect();
        assert_eq!(found, expected, "{by_words:?} {by_meaning:?}");
    }

    #[test]
    fn what_is_good_by_both_comes_first() {
        check(&[], &[], 1.0, &[]);
        check(&[1, 2], &[], 1.0, &[1, 2]);
        check(&[], &[2, 1], 1.0, &[2, 1]);
        check(&[1, 2, 3], &[9, 3], 1.0, &[3, 1, 9, 2]);
        check(&[1, 2, 3], &[9, 3], 0.3, &[3, 1, 2, 9]);
        check(&[1, 2], &[2, 1], 1.0, &[1, 2]);
    }
}
