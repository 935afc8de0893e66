//! The searcher: answers requests from one opened generation.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use tantivy::{Index, ReloadPolicy, SegmentReader, collector::Count, columnar::StrColumn};

use crate::{
    analysis::analyzer::Analyzer,
    engine::{
        Document,
        local::{
            metadata::IndexMetadata,
            read_only::ReadOnlyDirectory,
            schema::{Fields, schema},
        },
    },
    error::Error,
    query::{facet::FACETS, key::keys_of, parser},
    search::{
        FacetCounts, Filters, Hit, Request, Results, Sort, engine_error,
        facets::FacetColumn,
        filter::unknown_facet,
        group::{Group, Synonyms, synonyms},
        io_error,
        plan::{Plan, Planner},
        rank::Candidate,
        snippet::Marker,
        spelling::FEW,
    },
};

/// An opened generation.
pub struct Searcher {
    pub(crate) label: IndexMetadata,
    pub(crate) fields: Fields,
    pub(crate) searcher: tantivy::Searcher,
    pub(crate) path: PathBuf,
    /// Opened when first needed: most searches need none of them.
    pub(crate) facets: OnceLock<Vec<FacetColumn>>,
    pub(crate) order: OnceLock<[Option<StrColumn>; 2]>,
    pub(crate) synonyms: OnceLock<Synonyms>,
}

impl Searcher {
    /// Opens the index in a generation's folder.
    ///
    /// # Errors
    /// [`Error::IndexVersion`] when another version built it, [`Error::Engine`] when it is damaged.
    pub fn open(generation: &Path) -> Result<Searcher, Error> {
        let label = IndexMetadata::read(generation)?;
        let files = ReadOnlyDirectory::open(generation).map_err(|e| engine_error(e.into()))?;
        let index = Index::open(files).map_err(engine_error)?;
        let (schema, fields) = schema();
        if index.schema() != schema {
            let found = "another schema".into();
            return Err(Error::IndexVersion { path: generation.to_owned(), found });
        }
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(engine_error)?;
        Ok(Searcher {
            label,
            fields,
            searcher: reader.searcher(),
            path: generation.to_owned(),
            facets: OnceLock::new(),
            order: OnceLock::new(),
            synonyms: OnceLock::new(),
        })
    }

    /// How many documents the index holds.
    pub fn documents(&self) -> u64 {
        self.label.documents
    }

    /// How many of them have more text than their list gives.
    pub fn full_texts(&self) -> u64 {
        self.label.full_texts
    }

    /// Answers a request.
    ///
    /// # Errors
    /// [`Error::UnknownValue`] for a filter value that no document has, [`Error::Engine`] when reading fails.
    pub fn search(&self, request: &Request) -> Result<Results, Error> {
        let segment = self.segment()?;
        let filters = self.filters(&request.filters)?;
        let (plan, mut analyzer, mut results) = self.plan(request, segment)?;
        let wanted = request.offset.saturating_add(request.limit).min(segment.max_doc() as usize);
        let ranked = match request.sort {
            Sort::Relevance => {
                self.ranked(request, segment, &plan, &filters, wanted, &mut results)?
            }
            Sort::Date => self.by_date(segment, &plan, &filters, wanted)?,
        };
        if request.facets {
            self.count_facets(&request.filters, &plan, &mut results)?;
        } else if request.count {
            let query = plan.query(&self.fields, false, &filters);
            results.total = self.searcher.search(&query, &Count).map_err(engine_error)?;
        }
        results.total = results.total.max(ranked.len());
        if !request.exact && results.total <= FEW as usize {
            self.suggest(segment, &plan, &mut analyzer, &mut results)?;
        }
        self.fill(request, segment, plan, analyzer, ranked, &mut results)?;
        Ok(results)
    }

    /// The ids of the best hits, without reading the documents.
    ///
    /// # Errors
    /// [`Error::Engine`] when reading fails.
    pub fn ids(&self, request: &Request) -> Result<Vec<String>, Error> {
        let segment = self.segment()?;
        let (plan, _, mut results) = self.plan(request, segment)?;
        let limit = request.limit.min(segment.max_doc() as usize);
        let ranked = self.ranked(request, segment, &plan, &[], limit, &mut results)?;
        let [_, Some(column)] = self.key_columns(segment) else { return Ok(Vec::new()) };
        let mut ids = Vec::new();
        for candidate in ranked.into_iter().take(limit) {
            let mut id = String::new();
            if let Some(ordinal) = column.term_ords(candidate.doc).next() {
                column.ord_to_str(ordinal, &mut id).map_err(io_error)?;
            }
            ids.push(id);
        }
        Ok(ids)
    }

    /// The values of one facet, or of all when no name is given, over the documents that pass filters.
    ///
    /// # Errors
    /// [`Error::UnknownFacet`] or [`Error::UnknownValue`] for one that does not exist.
    pub fn facets(&self, name: Option<&str>, filters: &Filters) -> Result<Vec<FacetCounts>, Error> {
        if let Some(name) = name.filter(|name| !FACETS.contains(name)) {
            return Err(unknown_facet(name));
        }
        let request = Request { filters: filters.clone(), facets: true, ..Request::default() };
        let mut facets = self.search(&request)?.facets;
        facets.retain(|facet| name.is_none_or(|name| facet.name == name));
        Ok(facets)
    }

    /// The document of an id or URL.
    ///
    /// # Errors
    /// [`Error::UnknownDocument`] when there is none.
    pub fn document(&self, id_or_url: &str) -> Result<Document, Error> {
        let segment = self.segment()?;
        let docs = self.keyed(segment, &keys_of(id_or_url))?;
        let Some(doc) = docs.first() else {
            return Err(Error::UnknownDocument(id_or_url.to_owned()));
        };
        self.stored(*doc, true)
    }

    /// Reads the hits that were asked for.
    pub(crate) fn fill(
        &self,
        request: &Request,
        segment: &SegmentReader,
        mut plan: Plan,
        analyzer: Analyzer,
        ranked: Vec<Candidate>,
        results: &mut Results,
    ) -> Result<(), Error> {
        let mut marker = if request.snippets > 0 {
            self.marker_of(segment, &mut plan, analyzer)?
        } else {
            Marker::new(BTreeMap::new(), Vec::new(), Vec::new(), analyzer)
        };
        for candidate in ranked.into_iter().skip(request.offset).take(request.limit) {
            let document = self.stored(candidate.doc, request.snippets > 0)?;
            let mut hit = hit(document, candidate.score, &mut marker, request.snippets);
            if request.explain {
                hit.explanation = Some(self.explanation(segment, &plan, candidate)?);
            }
            results.hits.push(hit);
        }
        Ok(())
    }

    /// What finds the words of a query in texts.
    ///
    /// # Errors
    /// [`Error::Engine`] when reading fails.
    pub fn marker(&self, query: &str) -> Result<Marker, Error> {
        let request = Request { query: query.to_owned(), exact: true, ..Request::default() };
        let segment = self.segment()?;
        let (mut plan, analyzer, _) = self.plan(&request, segment)?;
        self.marker_of(segment, &mut plan, analyzer)
    }

    fn marker_of(
        &self,
        segment: &SegmentReader,
        plan: &mut Plan,
        analyzer: Analyzer,
    ) -> Result<Marker, Error> {
        let mut small = std::mem::take(&mut plan.marked_small);
        small.extend(plan.groups.iter().flat_map(Group::small).map(str::to_owned));
        let terms = self.worths(segment, plan)?;
        let prefixes = std::mem::take(&mut plan.marked_prefixes);
        Ok(Marker::new(terms, prefixes, small, analyzer))
    }

    pub(crate) fn synonyms(&self) -> &Synonyms {
        self.synonyms.get_or_init(|| synonyms(&self.label.aliases))
    }

    /// Parses, plans and corrects a query.
    pub(crate) fn plan(
        &self,
        request: &Request,
        segment: &SegmentReader,
    ) -> Result<(Plan, Analyzer, Results), Error> {
        let query = parser::parse(&request.query);
        let mut planner = Planner {
            fields: &self.fields,
            aliases: &self.label.aliases,
            synonyms: self.synonyms(),
            analyzer: Analyzer::default(),
            today: request.today,
            is_shouted: request.query.split_whitespace().count() > 1
                && !request.query.contains(char::is_lowercase),
        };
        let mut plan = planner.plan(&query.root);
        let mut results = Results { notes: query.notes, ..Results::default() };
        results.notes.append(&mut plan.notes);
        self.check_values(&query.root, &mut results.notes)?;
        if !request.exact {
            self.correct(segment, &mut plan, &mut planner.analyzer, &mut results)?;
        }
        Ok((plan, planner.analyzer, results))
    }
}

fn hit(document: Document, score: f32, marker: &mut Marker, snippets: usize) -> Hit {
    let description = document.description.as_deref();
    Hit {
        title: document.title().to_owned(),
        snippets: marker.snippets(&document.content, description, snippets),
        id: document.id,
        url: document.url,
        also_at: document.also_at,
        company: document.company,
        company_inferred: document.company_inferred,
        tags: document.tags,
        date_listed: document.date_listed,
        date_published: document.content.date_published,
        score,
        provenance: document.provenance,
        explanation: None,
    }
}
