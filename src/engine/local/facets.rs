//! Facets: how many of the matching documents have which value.

use std::{borrow::Cow, ops::Range};

use tantivy::DocId;

use crate::{
    engine::{
        execution::{FacetCounts, Match},
        local::{
            all_docs::AllDocs,
            facet_column::FacetColumn,
            failure::engine_error,
            index::LocalIndex,
            query::{of_dates, of_plan},
        },
    },
    error::Error,
    query::{facet::FACETS, plan::Plan},
};

/// Facets as bits, one for each.
type Bits = u32;
const _: () = assert!(FACETS.len() <= Bits::BITS as usize, "each facet needs a bit of its own");

impl LocalIndex {
    /// The counts of all facets, and how many documents match; `besides` are documents that count,
    /// too, and match no words, whether or not they pass the choices.
    pub(crate) fn count_facets(
        &self,
        plan: &Plan,
        words: Match,
        besides: &[DocId],
    ) -> Result<(Vec<FacetCounts>, usize), Error> {
        let columns = self.facet_columns()?;
        let mut selected = Vec::new();
        for column in columns {
            let choices = plan.filters.choices.iter().filter(|choice| choice.facet == column.name);
            let ranges: Result<Vec<_>, _> =
                choices.map(|choice| column.ordinals(&choice.folded)).collect();
            selected.push(ranges?);
        }
        if plan.asks_nothing() {
            return count(columns, &selected, besides);
        }
        let dates = of_dates(&plan.filters, &self.fields);
        let query = of_plan(plan, words, &dates, &self.fields);
        let mut documents = self.searcher.search(&query, &AllDocs).map_err(engine_error)?;
        if !besides.is_empty() {
            documents.extend_from_slice(besides);
            documents.sort_unstable();
            documents.dedup();
        }
        count(columns, &selected, &documents)
    }
}

/// Counts the values of facets over documents.
///
/// `selected` holds the ordinals chosen for each column; an empty list chooses all. A document
/// counts for a facet when it passes the choices of all others. Returns the counts and how many
/// documents pass all choices.
fn count(
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
        let values = facet.values()?;
        let counted = values.iter().zip(counts).filter(|(_, count)| *count > 0);
        let counted = counted.map(|((folded, display), count)| (&**folded, &**display, count));
        facets.push(FacetCounts::of(facet.name, counted));
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
        engine::local::{facet_column::FacetColumn, facets::count},
        engine::terms::column_value,
    };

    #[test]
    fn choices_of_many_facets_are_kept_apart() {
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
