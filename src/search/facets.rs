//! Facets: how many of the matching documents have which value.

use std::{borrow::Cow, collections::BTreeMap, ops::Range};

use serde::Serialize;
use strsim::osa_distance;
use tantivy::{
    DocId, SegmentReader,
    columnar::{Cardinality, StrColumn},
};

use crate::{engine::local::terms, error::Error, query::facet::FACETS, search::engine_error};

/// Facets as bits, one for each.
type Bits = u32;
const _: () = assert!(FACETS.len() <= Bits::BITS as usize, "each facet needs a bit of its own");

/// Documents whose values are read at a time.
const BLOCK: usize = 1024;

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

/// The column of one facet.
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
            let (folded, display) = terms::parts(&text);
            values.push((folded.to_owned(), display.to_owned()));
        }
        Ok(values)
    }

    /// How many of the documents have each value, by ordinal.
    fn counts(&self, documents: &[DocId]) -> Vec<u64> {
        let Some(column) = &self.column else { return Vec::new() };
        let mut counts = vec![0; column.num_terms()];
        let ordinals = column.ords();
        if let ([count], Cardinality::Full) = (counts.as_mut_slice(), ordinals.get_cardinality()) {
            *count = documents.len() as u64;
            return counts;
        }
        self.each_value(documents, |_, ordinal| counts[ordinal as usize] += 1);
        counts
    }

    /// Tells the ordinals of the values of documents, which are in ascending order.
    fn each_value(&self, documents: &[DocId], mut tell: impl FnMut(DocId, u64)) {
        let Some(ordinals) = self.column.as_ref().map(|column| column.ords()) else { return };
        let is_full = ordinals.get_cardinality() == Cardinality::Full;
        // Read in blocks: one by one each value would cost several indirect calls.
        let (mut docs, mut rows, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for block in documents.chunks(BLOCK) {
            let (mut block, mut numbers) = (block, block);
            if !is_full {
                docs.clear();
                rows.clear();
                ordinals.row_ids_for_docs(block, &mut docs, &mut rows);
                (block, numbers) = (&docs, &rows);
            }
            values.resize(numbers.len(), 0);
            ordinals.values.get_vals(numbers, &mut values);
            block.iter().zip(&values).for_each(|(doc, ordinal)| tell(*doc, *ordinal));
        }
    }

    /// The ordinals of the spellings of a folded value; empty when no document has it.
    pub(crate) fn ordinals(&self, folded: &str) -> Result<Range<u64>, Error> {
        let Some(column) = &self.column else { return Ok(0..0) };
        let io = |e: std::io::Error| Error::Engine(e.to_string());
        let mut stream =
            column.dictionary().prefix_range(terms::spellings(folded)).into_stream().map_err(io)?;
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
    let failing = failures(columns, selected, documents);
    let passing = |others: Bits| -> Cow<'_, [DocId]> {
        if failing.is_empty() {
            return Cow::Borrowed(documents);
        }
        let passes = documents.iter().zip(&failing).filter(|(_, fails)| *fails & others == 0);
        passes.map(|(document, _)| *document).collect()
    };
    let all = passing(Bits::MAX);
    let mut facets = Vec::new();
    for (at, facet) in columns.iter().enumerate() {
        let has_choice = selected.get(at).is_some_and(|chosen| !chosen.is_empty());
        let others = has_choice.then(|| passing(!(1 << at)));
        let counts = facet.counts(others.as_ref().unwrap_or(&all));
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
    Ok((facets, all.len()))
}

/// For each document the facets whose choices it fails, as bits; empty when there are no choices.
fn failures(
    columns: &[FacetColumn],
    selected: &[Vec<Range<u64>>],
    documents: &[DocId],
) -> Vec<Bits> {
    let mut failures = Vec::new();
    for (at, chosen) in selected.iter().enumerate().filter(|(_, chosen)| !chosen.is_empty()) {
        failures.resize(documents.len(), 0);
        failures.iter_mut().for_each(|failures| *failures |= 1 << at);
        let mut place = 0;
        columns[at].each_value(documents, |document, ordinal| {
            while documents[place] < document {
                place += 1;
            }
            if chosen.iter().any(|range| range.contains(&ordinal)) {
                failures[place] &= !(1 << at);
            }
        });
    }
    failures
}

#[cfg(test)]
mod tests {
    use tantivy::{
        Index, IndexWriter, TantivyDocument,
        schema::{Schema, TextOptions},
    };

    use crate::{
        engine::local::terms::column_value,
        search::facets::{FacetColumn, count},
    };

    #[test]
    fn choices_of_many_facets_are_told_apart() {
        let mut schema = Schema::builder();
        let names = ["f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9"];
        let fields =
            names.map(|name| schema.add_text_field(name, TextOptions::default().set_fast("raw")));
        let index = Index::create_in_ram(schema.build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).unwrap();
        for value in [column_value("a", "A"), column_value("b", "B")] {
            let mut row = TantivyDocument::default();
            fields.iter().for_each(|field| row.add_text(*field, &value));
            writer.add_document(row).unwrap();
        }
        writer.commit().unwrap();
        let searcher = index.reader().unwrap().searcher();
        let segment = searcher.segment_reader(0);
        let columns = names.map(|name| FacetColumn::open(segment, name).unwrap());
        for chosen in 0..columns.len() {
            let mut selected = vec![Vec::new(); columns.len()];
            selected[chosen].push(columns[chosen].ordinals("a").unwrap());
            let (facets, total) = count(&columns, &selected, &[0, 1]).unwrap();
            assert_eq!(total, 1);
            for (at, facet) in facets.iter().enumerate() {
                assert_eq!(facet.values.len(), if at == chosen { 2 } else { 1 }, "{at} {chosen}");
            }
        }
    }
}
