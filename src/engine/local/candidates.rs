//! The best documents, as Tantivy's postings know them.

use std::sync::Arc;

use tantivy::{
    DocId, InvertedIndexReader, SegmentReader, Term,
    fieldnorm::FieldNormReader,
    postings::{Postings, SegmentPostings},
    schema::{Field, IndexRecordOption},
};

use crate::{
    analysis::text_field::TextField,
    engine::{
        candidates::{CandidateField, CandidateTerm, Candidates},
        local::{
            failure::{engine_error, io_error},
            index::{LocalIndex, has},
            schema::Fields,
        },
    },
    error::Error,
};

/// Documents of a segment in ascending order.
pub(crate) struct LocalCandidates<'a> {
    pub(crate) index: &'a LocalIndex,
    pub(crate) segment: &'a SegmentReader,
    pub(crate) fields: &'a Fields,
    /// Headings are looked at only when there are any: for a field without a term Tantivy makes an
    /// empty dictionary, which takes longer than many a search.
    pub(crate) has_headings: bool,
    pub(crate) docs: &'a [DocId],
}

/// A field of them.
pub(crate) struct LocalField<'a> {
    field: Field,
    index: Arc<InvertedIndexReader>,
    norms: FieldNormReader,
    average_length: f32,
    docs: &'a [DocId],
}

/// A term of them.
pub(crate) struct LocalTerm<'a> {
    postings: SegmentPostings,
    docs: &'a [DocId],
}

impl<'a> Candidates for LocalCandidates<'a> {
    type Field = LocalField<'a>;
    type Term = LocalTerm<'a>;

    fn count(&self) -> usize {
        self.docs.len()
    }

    fn documents(&self) -> u32 {
        self.segment.max_doc()
    }

    fn field(&self, field: TextField) -> Result<Option<LocalField<'a>>, Error> {
        if field == TextField::Heading && !self.has_headings {
            return Ok(None);
        }
        let field = self.fields.of(field);
        let index = self.segment.inverted_index(field).map_err(engine_error)?;
        let average_length = index.total_num_tokens() as f32 / self.documents() as f32;
        if average_length == 0.0 {
            return Ok(None);
        }
        let norms = self.segment.get_fieldnorms_reader(field).map_err(engine_error)?;
        Ok(Some(LocalField { field, index, norms, average_length, docs: self.docs }))
    }

    fn doc_freq(&self, term: &str) -> Result<u32, Error> {
        Ok(self.index.text_doc_freqs(&[term])?.first().copied().unwrap_or_default())
    }

    fn word(&self, word: &str) -> Result<Option<LocalTerm<'a>>, Error> {
        let index = self.segment.inverted_index(self.fields.words).map_err(engine_error)?;
        let word = Term::from_field_text(self.fields.words, word);
        let postings = index.read_postings(&word, IndexRecordOption::Basic).map_err(io_error)?;
        Ok(postings.map(|postings| LocalTerm { postings, docs: self.docs }))
    }
}

impl<'a> CandidateField for LocalField<'a> {
    type Term = LocalTerm<'a>;

    fn average_length(&self) -> f32 {
        self.average_length
    }

    fn length(&self, at: usize) -> u32 {
        self.norms.fieldnorm(self.docs[at])
    }

    fn term(&self, term: &str, with_positions: bool) -> Result<Option<LocalTerm<'a>>, Error> {
        let option = match with_positions {
            true => IndexRecordOption::WithFreqsAndPositions,
            false => IndexRecordOption::WithFreqs,
        };
        let term = Term::from_field_text(self.field, term);
        let postings = self.index.read_postings(&term, option).map_err(io_error)?;
        Ok(postings.map(|postings| LocalTerm { postings, docs: self.docs }))
    }
}

impl LocalTerm<'_> {
    fn is_in(&mut self, at: usize) -> bool {
        has(&mut self.postings, self.docs[at])
    }
}

impl CandidateTerm for LocalTerm<'_> {
    fn doc_freq(&self) -> u32 {
        self.postings.doc_freq()
    }

    fn frequency(&mut self, at: usize) -> u32 {
        if self.is_in(at) { self.postings.term_freq() } else { 0 }
    }

    fn add_positions(&mut self, at: usize, positions: &mut Vec<u32>) -> bool {
        let is_in = self.is_in(at);
        if is_in {
            self.postings.append_positions_with_offset(0, positions);
        }
        is_in
    }
}
