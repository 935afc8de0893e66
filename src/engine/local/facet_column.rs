//! The column of a facet: the values of documents, and the spellings of a value.

use std::ops::Range;

use tantivy::{
    DocId, SegmentReader,
    columnar::{Cardinality, StrColumn},
};

use crate::{
    engine::{
        local::failure::{engine_error, io_error},
        terms,
    },
    error::Error,
};

/// Documents whose values are read at a time.
const BLOCK: usize = 1024;

/// The column of one facet.
pub(crate) struct FacetColumn {
    pub(crate) name: &'static str,
    column: Option<StrColumn>,
}

impl FacetColumn {
    pub(crate) fn open(segment: &SegmentReader, name: &'static str) -> Result<FacetColumn, Error> {
        Ok(FacetColumn { name, column: segment.fast_fields().str(name).map_err(engine_error)? })
    }

    /// The values with their ordinals.
    pub(crate) fn values(&self) -> Result<Vec<(String, String)>, Error> {
        let Some(column) = &self.column else { return Ok(Vec::new()) };
        let mut stream = column.dictionary().stream().map_err(io_error)?;
        let mut values = Vec::new();
        while stream.advance() {
            let text = String::from_utf8_lossy(stream.key());
            let (folded, display) = terms::parts(&text);
            values.push((folded.to_owned(), display.to_owned()));
        }
        Ok(values)
    }

    /// How many of the documents have each value, by ordinal.
    pub(crate) fn counts(&self, documents: &[DocId]) -> Vec<u64> {
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

    /// Visits the ordinals of the values of documents, which are in ascending order.
    pub(crate) fn each_value(&self, documents: &[DocId], mut visit: impl FnMut(DocId, u64)) {
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
            block.iter().zip(&values).for_each(|(doc, ordinal)| visit(*doc, *ordinal));
        }
    }

    /// The ordinals of the spellings of a folded value; empty when no document has it.
    pub(crate) fn ordinals(&self, folded: &str) -> Result<Range<u64>, Error> {
        let Some(column) = &self.column else { return Ok(0..0) };
        let mut stream = column
            .dictionary()
            .prefix_range(terms::spellings(folded))
            .into_stream()
            .map_err(io_error)?;
        let mut range = 0..0;
        while stream.advance() {
            let ordinal = stream.term_ord();
            range = if range.is_empty() { ordinal..ordinal + 1 } else { range.start..ordinal + 1 };
        }
        Ok(range)
    }
}
