//! What the execution of a plan returns.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    engine::{document::Document, fusion::Ranks},
    query::years,
};

/// How many of the words of a plan a document must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    AllWords,
    AnyWord,
}

/// What came of a plan.
#[derive(Clone, Debug, Default)]
pub(crate) struct Execution {
    /// The hits that were asked for, in order.
    pub(crate) found: Vec<FoundDocument>,
    /// Documents that match; when they were not counted, as many as are known of.
    pub(crate) total: usize,
    /// Counts for each facet, when asked for.
    pub(crate) facets: Vec<FacetCounts>,
    /// Whether a hit that was asked for lacks one of several words.
    pub(crate) is_relaxed: bool,
    /// Documents with all words, when a short query that names no document is relaxed and
    /// documents are counted.
    pub(crate) complete: Option<usize>,
}

/// A document that matches.
#[derive(Clone, Debug)]
pub(crate) struct FoundDocument {
    /// The document, with its sections when they were asked for.
    pub(crate) document: Document,
    pub(crate) score: f32,
    /// The words that it lacks, as typed.
    pub(crate) missing: Vec<String>,
    /// Why it has this score, when asked for.
    pub(crate) explanation: Option<String>,
    /// Its ranks by words and by meaning, when both count.
    pub(crate) ranks: Option<Ranks>,
    /// The number of the passage that is nearest in meaning, of a document that has none of the words.
    pub(crate) nearest_passage: Option<usize>,
}

/// The values of one facet.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct FacetCounts {
    /// Its name.
    pub name: String,
    /// Its values, most frequent first, then by name.
    pub values: Vec<FacetCount>,
}

/// One value of a facet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct FacetCount {
    /// The value as displayed.
    pub value: String,
    /// Documents that have it.
    pub count: u64,
}

impl FacetCounts {
    /// How many documents have a value to filter by that is none of those counted: of a range of years
    /// those of each, of others none.
    pub fn documents_of(&self, value: &str) -> u64 {
        let range = if self.name == "year" { years::range(value) } else { None };
        let Some(range) = range else { return 0 };
        let years = self.values.iter();
        let years = years.filter(|year| year.value.parse().is_ok_and(|year| range.contains(&year)));
        years.map(|year| year.count).sum()
    }

    /// The counts of a facet whose values come with their folded forms and in the order of these, the
    /// spellings of one value side by side.
    pub(crate) fn of<'v>(
        name: &str,
        counted: impl Iterator<Item = (&'v str, &'v str, u64)>,
    ) -> FacetCounts {
        let mut folded: BTreeMap<&str, (u64, &str, u64)> = BTreeMap::new();
        for (key, display, count) in counted {
            let entry = folded.entry(key).or_insert((0, display, 0));
            entry.0 += count;
            // The commonest spelling is shown.
            if count > entry.2 {
                (entry.1, entry.2) = (display, count);
            }
        }
        let mut values: Vec<FacetCount> = folded
            .into_values()
            .map(|(count, value, _)| FacetCount { value: value.to_owned(), count })
            .collect();
        values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        FacetCounts { name: name.to_owned(), values }
    }
}
