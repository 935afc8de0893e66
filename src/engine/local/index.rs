//! An opened index: its documents, its terms and its columns.

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

use tantivy::{
    DocAddress, DocId, DocSet, Index, ReloadPolicy, SegmentReader, TERMINATED, Term,
    columnar::StrColumn,
    postings::SegmentPostings,
    query::{Bm25StatisticsProvider, EnableScoring, Query, Scorer},
    schema::IndexRecordOption,
};

use crate::{
    engine::{
        Document,
        local::{
            all_docs::AllDocs,
            facet_column::FacetColumn,
            failure::{engine_error, io_error},
            metadata::IndexMetadata,
            read_only::ReadOnlyDirectory,
            schema::{Fields, Positions, schema},
            statistics::Statistics,
            stored_document::StoredRow,
            vectors,
        },
        terms,
        vectors::VectorFile,
    },
    error::Error,
    query::{facet::FACETS, key::DocumentKey},
};

/// The index of a generation, opened for searching.
pub(crate) struct LocalIndex {
    pub(crate) metadata: IndexMetadata,
    pub(crate) fields: Fields,
    pub(crate) searcher: tantivy::Searcher,
    path: PathBuf,
    pub(crate) statistics: Statistics,
    /// Opened when first needed: most searches need none of them.
    facets: OnceLock<Vec<FacetColumn>>,
    order: OnceLock<[Option<StrColumn>; 2]>,
    vectors: OnceLock<Option<VectorFile>>,
}

impl LocalIndex {
    /// Opens the index in a generation's folder.
    ///
    /// # Errors
    /// [`Error::IndexVersion`] when another version built it, [`Error::Engine`] when it is damaged.
    pub(crate) fn open(generation: &Path) -> Result<LocalIndex, Error> {
        let metadata = IndexMetadata::read(generation)?;
        let files = ReadOnlyDirectory::open(generation).map_err(|e| engine_error(e.into()))?;
        let index = Index::open(files).map_err(engine_error)?;
        let known = [Positions::Kept, Positions::LeftOut].map(schema);
        let own = known.into_iter().find(|(schema, _)| index.schema() == *schema);
        let Some((_, fields)) = own else {
            let found = "another schema".into();
            return Err(Error::IndexVersion { path: generation.to_owned(), found });
        };
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(engine_error)?;
        let searcher = reader.searcher();
        Ok(LocalIndex {
            metadata,
            fields,
            statistics: Statistics::of(searcher.clone(), fields.text),
            searcher,
            path: generation.to_owned(),
            facets: OnceLock::new(),
            order: OnceLock::new(),
            vectors: OnceLock::new(),
        })
    }

    /// The vectors of its passages, opened when first needed; none when it has none.
    pub(crate) fn vectors(&self) -> Result<Option<&VectorFile>, Error> {
        if let Some(vectors) = self.vectors.get() {
            return Ok(vectors.as_ref());
        }
        let opened = vectors::open(&self.path, Some(self.segment()?.max_doc()))?;
        Ok(self.vectors.get_or_init(|| opened).as_ref())
    }

    /// The only segment of the index.
    pub(crate) fn segment(&self) -> Result<&SegmentReader, Error> {
        match self.searcher.segment_readers() {
            [segment] => Ok(segment),
            several => Err(Error::IndexVersion {
                path: self.path.clone(),
                found: format!("{} segments", several.len()),
            }),
        }
    }

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

    /// What walks through the documents of a query with their scores.
    pub(crate) fn scorer(
        &self,
        segment: &SegmentReader,
        query: &dyn Query,
    ) -> Result<Box<dyn Scorer>, Error> {
        let weight = query.weight(self.statistics.scoring()).map_err(engine_error)?;
        weight.scorer(segment, 1.0).map_err(engine_error)
    }

    /// What walks through the documents of a query without their scores, which is faster.
    pub(crate) fn walk(
        &self,
        segment: &SegmentReader,
        query: &dyn Query,
    ) -> Result<Box<dyn Scorer>, Error> {
        let scoring = EnableScoring::disabled_from_searcher(&self.searcher);
        let weight = query.weight(scoring).map_err(engine_error)?;
        weight.scorer(segment, 1.0).map_err(engine_error)
    }

    /// A stored document, with its sections when they are wanted.
    pub(crate) fn stored(&self, doc: DocId, with_sections: bool) -> Result<Document, Error> {
        let at = DocAddress::new(0, doc);
        let document = match with_sections {
            true => self.searcher.doc(at).map(StoredRow::<true>::document),
            false => self.searcher.doc(at).map(StoredRow::<false>::document),
        };
        document.map_err(|e| Error::Engine(format!("stored document {doc}: {e}")))
    }

    /// The id of a document, without reading the document.
    pub(crate) fn id(&self, segment: &SegmentReader, doc: DocId) -> Result<String, Error> {
        let mut id = String::new();
        if let [_, Some(column)] = self.key_columns(segment)
            && let Some(ordinal) = column.term_ords(doc).next()
        {
            column.ord_to_str(ordinal, &mut id).map_err(io_error)?;
        }
        Ok(id)
    }

    /// How many documents have each of these terms in their text.
    pub(crate) fn text_doc_freqs(&self, terms: &[&str]) -> Result<Vec<u32>, Error> {
        let count = |term: &&str| {
            let term = Term::from_field_text(self.fields.text, term);
            let count = self.statistics.doc_freq(&term).map_err(engine_error)?;
            Ok(u32::try_from(count).unwrap_or(u32::MAX))
        };
        terms.iter().map(count).collect()
    }

    /// The columns of all facets, opened when first needed.
    pub(crate) fn facet_columns(&self) -> Result<&[FacetColumn], Error> {
        if let Some(columns) = self.facets.get() {
            return Ok(columns);
        }
        let segment = self.segment()?;
        let columns: Result<Vec<_>, _> =
            FACETS.into_iter().map(|name| FacetColumn::open(segment, name)).collect();
        Ok(self.facets.get_or_init({
            let columns = columns?;
            || columns
        }))
    }

    /// The columns of keys that are not ids, and of ids.
    fn key_columns(&self, segment: &SegmentReader) -> &[Option<StrColumn>; 2] {
        let open = |name| segment.fast_fields().str(name).ok().flatten();
        self.order.get_or_init(|| ["order", "id"].map(open))
    }

    /// Where a document's key stands among all keys, those that are ids first.
    pub(crate) fn key_order(
        &self,
        segment: &SegmentReader,
        doc: DocId,
    ) -> (Option<u64>, Option<u64>) {
        let columns = self.key_columns(segment);
        let [order, id] = columns.each_ref().map(|column| column.as_ref()?.term_ords(doc).next());
        (order, id)
    }
}

/// Whether a document is among those of a term; documents are asked for in ascending order.
pub(crate) fn has(postings: &mut SegmentPostings, doc: DocId) -> bool {
    postings.doc() <= doc && postings.seek(doc) == doc
}
