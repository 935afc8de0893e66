//! Reading: documents and terms of an opened generation.

use std::collections::BTreeMap;

use tantivy::{
    DocAddress, DocId, DocSet, SegmentReader, TERMINATED, TantivyDocument, Term,
    collector::{Collector, SegmentCollector},
    query::Query,
    schema::{IndexRecordOption, Value},
};

use crate::{
    engine::{Document, local::terms},
    error::Error,
    query::key::DocumentKey,
    search::{Searcher, engine_error, io_error, plan::Plan, rank},
};

impl Searcher {
    /// The documents that have any of these keys.
    pub(crate) fn keyed(
        &self,
        segment: &SegmentReader,
        keys: &[DocumentKey],
    ) -> Result<Vec<DocId>, Error> {
        let index = segment.inverted_index(self.fields.key).map_err(engine_error)?;
        let mut docs = Vec::new();
        for key in keys {
            if let DocumentKey::Id(id) = key {
                docs.extend(self.with_id(segment, id)?);
            }
            // Only the ids of further addresses are among the terms.
            let term = Term::from_field_text(self.fields.key, &terms::key(key));
            let postings =
                index.read_postings(&term, IndexRecordOption::Basic).map_err(io_error)?;
            if let Some(mut postings) = postings {
                while postings.doc() != TERMINATED {
                    if !docs.contains(&postings.doc()) {
                        docs.push(postings.doc());
                    }
                    postings.advance();
                }
            }
        }
        Ok(docs)
    }

    /// The document of an id, which has a column and no postings: a million of them would be long.
    fn with_id(&self, segment: &SegmentReader, id: &str) -> Result<Vec<DocId>, Error> {
        let [_, Some(column)] = self.key_columns(segment) else { return Ok(Vec::new()) };
        let found = column.dictionary().term_ord(id).map_err(io_error)?;
        let mut docs = Vec::new();
        if let Some(ordinal) = found {
            let all = 0..segment.max_doc();
            column.ords().get_docids_for_value_range(ordinal..=ordinal, all, &mut docs);
        }
        Ok(docs)
    }

    /// Those documents that pass filters.
    pub(crate) fn filtered(
        &self,
        mut docs: Vec<DocId>,
        filters: &[Box<dyn Query>],
    ) -> Result<Vec<DocId>, Error> {
        for filter in filters {
            if docs.is_empty() {
                break;
            }
            let passing = self.searcher.search(filter, &AllDocs).map_err(engine_error)?;
            docs.retain(|doc| passing.binary_search(doc).is_ok());
        }
        Ok(docs)
    }

    /// A stored document, with its sections when they are wanted.
    pub(crate) fn stored(&self, doc: DocId, with_sections: bool) -> Result<Document, Error> {
        let at = DocAddress::new(0, doc);
        let row: TantivyDocument = self.searcher.doc(at).map_err(engine_error)?;
        let text =
            |field| row.get_first(field).and_then(|value| value.as_str()).unwrap_or_default();
        let damaged = |e: serde_json::Error| Error::Engine(format!("stored document {doc}: {e}"));
        let mut document: Document =
            serde_json::from_str(text(self.fields.document)).map_err(damaged)?;
        if with_sections {
            document.content.sections =
                serde_json::from_str(text(self.fields.sections)).map_err(damaged)?;
        }
        Ok(document)
    }

    /// What finding each marked term in a passage is worth: rare ones more.
    pub(crate) fn worths(
        &self,
        segment: &SegmentReader,
        plan: &Plan,
    ) -> Result<BTreeMap<String, f32>, Error> {
        let index = segment.inverted_index(self.fields.text).map_err(engine_error)?;
        let mut worths = plan.marked();
        for (term, worth) in &mut worths {
            let term = Term::from_field_text(self.fields.text, term);
            let found = index.get_term_info(&term).map_err(io_error)?;
            let doc_freq = found.map_or(0, |info| info.doc_freq);
            *worth *= rank::idf(doc_freq as f32, segment.max_doc() as f32);
        }
        Ok(worths)
    }

    pub(crate) fn segment(&self) -> Result<&SegmentReader, Error> {
        match self.searcher.segment_readers() {
            [segment] => Ok(segment),
            several => Err(Error::IndexVersion {
                path: self.path.clone(),
                found: format!("{} segments", several.len()),
            }),
        }
    }
}

/// Collects all documents that match, in ascending order.
pub(crate) struct AllDocs;

impl Collector for AllDocs {
    type Fruit = Vec<DocId>;
    type Child = AllDocsOfSegment;

    fn for_segment(&self, _: u32, _: &SegmentReader) -> tantivy::Result<AllDocsOfSegment> {
        Ok(AllDocsOfSegment(Vec::new()))
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<Vec<DocId>>) -> tantivy::Result<Vec<DocId>> {
        Ok(fruits.concat())
    }
}

/// [`AllDocs`] at work.
pub(crate) struct AllDocsOfSegment(Vec<DocId>);

impl SegmentCollector for AllDocsOfSegment {
    type Fruit = Vec<DocId>;

    fn collect(&mut self, doc: DocId, _: f32) {
        self.0.push(doc);
    }

    fn collect_block(&mut self, docs: &[DocId]) {
        self.0.extend_from_slice(docs);
    }

    fn harvest(self) -> Vec<DocId> {
        self.0
    }
}
