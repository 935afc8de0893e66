//! Facets: how many of the matching documents have which value.

use std::{collections::BTreeMap, ops::Range};

use serde::Serialize;
use strsim::osa_distance;
use tantivy::{DocId, SegmentReader, columnar::StrColumn};

use crate::{error::Error, search::engine_error};

/// The values of one facet.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FacetCounts {
    /// Its name.
    pub name: String,
    /// Its values, most frequent first, then by name.
    pub values: Vec<FacetCount>,
}

/// One value of a facet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FacetCount {
    /// The value as displayed.
    pub value: String,
    /// Documents that have it.
    pub count: u64,
}

/// The column of one facet. Its values are `folded NUL display`, so that the spellings of one value
/// stand side by side.
pub(crate) struct FacetColumn {
    name: &'static str,
    column: Option<StrColumn>,
}

impl FacetColumn {
    pub(crate) fn open(segment: &SegmentReader, name: &'static str) -> Result<FacetColumn, Error> {
        Ok(FacetColumn { name, column: segment.fast_fields().str(name).map_err(engine_error)? })
    }

    /// The values with their ordinals.
    fn values(&self) -> Result<Vec<(String, String)>, Error> {
        let Some(column) = &self.column else { return Ok(Vec::new()) };
        let mut stream = column.dictionary().stream().map_err(|e| Error::Engine(e.to_string()))?;
        let mut values = Vec::new();
        while stream.advance() {
            let text = String::from_utf8_lossy(stream.key());
            let (folded, display) = text.split_once('\0').unwrap_or((&text, &text));
            values.push((folded.to_owned(), display.to_owned()));
        }
        Ok(values)
    }

    /// The ordinals of the spellings of a folded value; empty when no document has it.
    pub(crate) fn ordinals(&self, folded: &str) -> Result<Range<u64>, Error> {
        let Some(column) = &self.column else { return Ok(0..0) };
        let io = |e: std::io::Error| Error::Engine(e.to_string());
        let mut stream =
            column.dictionary().prefix_range(format!("{folded}\0")).into_stream().map_err(io)?;
        let mut range = 0..0;
        while stream.advance() {
            let ordinal = stream.term_ord();
            range = if range.is_empty() { ordinal..ordinal + 1 } else { range.start..ordinal + 1 };
        }
        Ok(range)
    }

    /// The displayed values nearest to one that no document has.
    pub(crate) fn nearest(&self, folded: &str) -> Result<Vec<String>, Error> {
        let mut near: Vec<(usize, String)> = Vec::new();
        for (other, display) in self.values()? {
            let is_part = other.contains(folded) || folded.contains(&other);
            let distance = if is_part { 1 } else { osa_distance(folded, &other) };
            if distance <= 2 + folded.chars().count() / 4 {
                near.push((distance, display));
            }
        }
        near.sort();
        near.dedup_by(|a, b| a.1 == b.1);
        Ok(near.into_iter().take(5).map(|(_, display)| display).collect())
    }
}

/// Counts the values of facets over documents.
///
/// `selected` holds the ordinals chosen for each column; an empty list chooses all. A document
/// counts for a facet when it passes the choices of all others. Returns the counts and how many
/// documents pass all choices.
pub(crate) fn count(
    columns: &[FacetColumn],
    selected: &[Vec<Range<u64>>],
    documents: &[DocId],
) -> Result<(Vec<FacetCounts>, usize), Error> {
    let mut counts: Vec<Vec<u64>> = columns
        .iter()
        .map(|facet| vec![0; facet.column.as_ref().map_or(0, |column| column.num_terms())])
        .collect();
    let mut total = 0;
    for &document in documents {
        let mut failing = None;
        let mut failures = 0;
        for (at, chosen) in selected.iter().enumerate().filter(|(_, chosen)| !chosen.is_empty()) {
            let passes = columns[at].column.as_ref().is_some_and(|column| {
                column
                    .term_ords(document)
                    .any(|ord| chosen.iter().any(|range| range.contains(&ord)))
            });
            if !passes {
                failing = Some(at);
                failures += 1;
            }
        }
        total += usize::from(failures == 0);
        if failures > 1 {
            continue;
        }
        for (at, facet) in columns.iter().enumerate() {
            if failing.is_some_and(|failing| failing != at) {
                continue;
            }
            if let Some(column) = &facet.column {
                column.term_ords(document).for_each(|ord| counts[at][ord as usize] += 1);
            }
        }
    }
    let mut facets = Vec::new();
    for (facet, counts) in columns.iter().zip(counts) {
        let mut folded: BTreeMap<&str, (u64, &str, u64)> = BTreeMap::new();
        let values = facet.values()?;
        for ((key, display), count) in values.iter().zip(counts).filter(|(_, count)| *count > 0) {
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
        facets.push(FacetCounts { name: facet.name.to_owned(), values });
    }
    Ok((facets, total))
}
