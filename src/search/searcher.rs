//! The searcher: answers requests from one opened generation.

use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
};

use tantivy::{
    DocId, Index, ReloadPolicy, SegmentReader, TantivyDocument, Term,
    collector::{Collector, Count, SegmentCollector, TopDocs},
    query::{BooleanQuery, Occur, Query as EngineQuery},
    schema::{IndexRecordOption, Value},
    store::StoreReader,
};

use crate::{
    canonical::CanonicalUrl,
    error::Error,
    extract::Content,
    index::{
        Document,
        analyzer::{Analyzer, normalize},
        build::Label,
        schema::{FACETS, Fields, schema},
    },
    search::{
        Corrected, FacetCounts, Filters, Hit, Request, Results, Sort, engine_error,
        facets::{FacetColumn, count},
        plan::{self, Plan, Planner, Way, date_query, facet_query, facet_value},
        query,
        rank::{self, Candidate, look_again},
        similar,
        snippet::Marker,
        spelling,
    },
};

/// Blocks of stored documents kept uncompressed.
const CACHED_BLOCKS: usize = 16;

/// An opened generation.
pub struct Searcher {
    label: Label,
    fields: Fields,
    searcher: tantivy::Searcher,
    path: PathBuf,
}

impl Searcher {
    /// Opens the index in a generation's folder.
    ///
    /// # Errors
    /// [`Error::IndexVersion`] when another version built it, [`Error::Engine`] when it is damaged.
    pub fn open(generation: &Path) -> Result<Searcher, Error> {
        let label = Label::read(generation)?;
        let index = Index::open_in_dir(generation).map_err(engine_error)?;
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
        Ok(Searcher { label, fields, searcher: reader.searcher(), path: generation.to_owned() })
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
    /// [`Error::Usage`] for a filter value that no document has, [`Error::Engine`] when reading fails.
    pub fn search(&self, request: &Request) -> Result<Results, Error> {
        let segment = self.segment()?;
        let columns = self.columns(segment)?;
        let filters = self.filters(&request.filters, &columns)?;
        let (plan, analyzer, mut results) = self.plan(request, segment)?;
        let wanted = request.offset.saturating_add(request.limit).min(segment.max_doc() as usize);
        let ranked = match request.sort {
            Sort::Relevance => {
                self.ranked(request, segment, &plan, &filters, wanted, &mut results)?
            }
            Sort::Date => self.by_date(segment, &plan, &filters, wanted)?,
        };
        if request.facets {
            self.count_facets(&columns, &request.filters, &plan, &mut results)?;
        } else if request.count {
            let query = plan.query(&self.fields, false, &filters);
            results.total = self.searcher.search(&query, &Count).map_err(engine_error)?;
        }
        results.total = results.total.max(ranked.len());
        self.fill(request, segment, plan, analyzer, ranked, &mut results)?;
        Ok(results)
    }

    /// The values of one facet, or of all when no name is given, over the documents that pass filters.
    ///
    /// # Errors
    /// [`Error::Usage`] for a facet or value that does not exist.
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
    /// [`Error::Usage`] when there is none.
    pub fn document(&self, id_or_url: &str) -> Result<Document, Error> {
        let segment = self.segment()?;
        let docs = self.keyed(segment, &keys_of(id_or_url))?;
        let Some(doc) = docs.first() else {
            return Err(Error::Usage {
                message: format!("no document `{id_or_url}` in the index"),
                hint: "run `mlsearch WORDS --json` to see the ids of what you look for".into(),
            });
        };
        let store = segment.get_store_reader(1).map_err(io_error)?;
        let (document, content) = self.stored(&store, *doc)?;
        Ok(Document { content, ..document })
    }

    /// Reads the hits that were asked for.
    fn fill(
        &self,
        request: &Request,
        segment: &SegmentReader,
        mut plan: Plan,
        analyzer: Analyzer,
        ranked: Vec<Candidate>,
        results: &mut Results,
    ) -> Result<(), Error> {
        let store = segment.get_store_reader(CACHED_BLOCKS).map_err(io_error)?;
        let mut marker = Marker {
            terms: self.worths(segment, &plan)?,
            prefixes: std::mem::take(&mut plan.marked_prefixes),
            analyzer,
        };
        for candidate in ranked.into_iter().skip(request.offset).take(request.limit) {
            let (document, content) = self.stored(&store, candidate.doc)?;
            let mut hit = hit(document, &content, candidate.score, &mut marker, request.snippets);
            if request.explain {
                hit.explanation = Some(self.explanation(segment, &plan, candidate)?);
            }
            results.hits.push(hit);
        }
        Ok(())
    }

    /// Documents like one of the index, which is left out.
    ///
    /// # Errors
    /// [`Error::Usage`] when there is none of that id or URL, [`Error::Engine`] when reading fails.
    pub fn similar(&self, id_or_url: &str, limit: usize) -> Result<Results, Error> {
        let document = self.document(id_or_url)?;
        let mut text = document.titles.join("\n");
        for piece in document.tags.iter().chain(&document.description) {
            text.push('\n');
            text.push_str(piece);
        }
        text.push('\n');
        text.push_str(&document.content.text());
        let mut results = self.similar_to_text(&text, limit.saturating_add(1))?;
        results.hits.retain(|hit| hit.id != document.id);
        results.hits.truncate(limit);
        results.total = results.hits.len();
        Ok(results)
    }

    /// Documents like a text.
    ///
    /// # Errors
    /// [`Error::Engine`] when reading fails.
    pub fn similar_to_text(&self, text: &str, limit: usize) -> Result<Results, Error> {
        let segment = self.segment()?;
        let mut analyzer = Analyzer::default();
        let mut plan = Plan::none();
        plan.groups = similar::telling_words(segment, &self.fields, &mut analyzer, text)?;
        let mut results = Results::default();
        if plan.groups.is_empty() {
            return Ok(results);
        }
        let request = Request { limit, snippets: 1, ..Request::default() };
        let limit = limit.min(segment.max_doc() as usize);
        let ranked = self.ranked(&request, segment, &plan, &[], limit, &mut results)?;
        results.total = ranked.len().min(limit);
        self.fill(&request, segment, plan, analyzer, ranked, &mut results)?;
        Ok(results)
    }

    /// What finds the words of a query in texts.
    ///
    /// # Errors
    /// [`Error::Engine`] when reading fails.
    pub fn marker(&self, query: &str) -> Result<Marker, Error> {
        let request = Request { query: query.to_owned(), exact: true, ..Request::default() };
        let segment = self.segment()?;
        let (mut plan, analyzer, _) = self.plan(&request, segment)?;
        let terms = self.worths(segment, &plan)?;
        Ok(Marker { terms, prefixes: std::mem::take(&mut plan.marked_prefixes), analyzer })
    }

    /// How a request is understood, in lines: the tree, and each word with all that counts for it.
    ///
    /// # Errors
    /// [`Error::Engine`] when reading fails.
    pub fn explain_query(&self, request: &Request) -> Result<Vec<String>, Error> {
        let (plan, _, results) = self.plan(request, self.segment()?)?;
        let mut lines = vec![format!("query: {}", query::parse(&request.query).root)];
        for group in &plan.groups {
            let ways: Vec<String> = group
                .ways
                .iter()
                .map(|(way, weight)| format!("{way} ×{}", weight * group.times))
                .collect();
            lines.push(format!("word: {} → {}", group.surface, ways.join(" | ")));
        }
        lines.extend(results.notes.iter().map(|note| format!("note: {note}")));
        Ok(lines)
    }

    /// Parses, plans and corrects a query.
    fn plan(
        &self,
        request: &Request,
        segment: &SegmentReader,
    ) -> Result<(Plan, Analyzer, Results), Error> {
        let query = query::parse(&request.query);
        let mut planner = Planner {
            fields: &self.fields,
            aliases: &self.label.aliases,
            analyzer: Analyzer::default(),
        };
        let mut plan = planner.plan(&query.root);
        let mut results = Results { notes: query.notes, ..Results::default() };
        results.notes.append(&mut plan.notes);
        if !request.exact {
            self.correct(segment, &mut plan, &mut planner.analyzer, &mut results)?;
        }
        Ok((plan, planner.analyzer, results))
    }

    /// Replaces words that no document has by near ones that some have.
    fn correct(
        &self,
        segment: &SegmentReader,
        plan: &mut Plan,
        analyzer: &mut Analyzer,
        results: &mut Results,
    ) -> Result<(), Error> {
        let field = self.fields.text;
        for group in &mut plan.groups {
            let mut terms = group.ways.iter().flat_map(|(way, _)| way.terms());
            let Way::Term(_) = group.ways[0].0 else { continue };
            if terms.try_fold(0, |sum, term| {
                spelling::doc_freq(segment, field, term).map(|found| sum + found)
            })? > 0
            {
                continue;
            }
            let typed = group.surface.clone();
            let Some(terms) = spelling::correct(segment, field, analyzer, &typed)? else {
                continue;
            };
            let mut used = Vec::new();
            for term in &terms {
                used.push(self.surface(segment, analyzer, term)?);
            }
            let used = used.join(" ");
            results
                .notes
                .push(format!("no results for {typed}; showing {used}; --exact to insist"));
            group.words = terms.len();
            group.ways = vec![(plan::way_of(terms, Way::All), 1.0)];
            results.corrected.push(Corrected { typed, used });
        }
        Ok(())
    }

    /// A word that a term stands for: the commonest in the first document that has it.
    fn surface(
        &self,
        segment: &SegmentReader,
        analyzer: &mut Analyzer,
        term: &str,
    ) -> Result<String, Error> {
        let Some(doc) = spelling::first_with(segment, self.fields.text, term)? else {
            return Ok(term.to_owned());
        };
        let store = segment.get_store_reader(1).map_err(io_error)?;
        let (document, content) = self.stored(&store, doc)?;
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let names = document.titles.iter().chain(&document.tags).chain(&document.company);
        let text = content.text();
        for piece in
            names.map(String::as_str).chain(document.description.as_deref()).chain([&*text])
        {
            for word in analyzer.words(piece).into_iter().filter(|word| word.term == term) {
                *counts.entry(word.folded).or_default() += 1;
            }
        }
        let best = counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
        Ok(best.map_or(term.to_owned(), |(word, _)| word))
    }

    /// What gave a candidate its score, a line each, the most important first.
    fn explanation(
        &self,
        segment: &SegmentReader,
        plan: &Plan,
        candidate: Candidate,
    ) -> Result<String, Error> {
        let mut parts = Vec::new();
        let documents = segment.max_doc();
        rank::explain(segment, &self.fields, &plan.groups, candidate.doc, |part| {
            let rank::Contribution { field, term, frequency, doc_freq, score } = part;
            let line = format!(
                "{score:8.3}  {field}: {term} ×{frequency}, in {doc_freq} of {documents} documents"
            );
            parts.push((score, line));
        })
        .map_err(engine_error)?;
        let rest = candidate.score - parts.iter().map(|(score, _)| score).sum::<f32>();
        if rest.abs() > 0.001 {
            parts.push((rest, format!("{rest:8.3}  phrases, fields and nearness of words")));
        }
        parts.sort_by(|a, b| b.0.total_cmp(&a.0));
        let lines: Vec<String> = parts.into_iter().map(|(_, line)| line).collect();
        Ok(lines.join("\n"))
    }

    /// The best candidates, in order.
    fn ranked(
        &self,
        request: &Request,
        segment: &SegmentReader,
        plan: &Plan,
        filters: &[Box<dyn EngineQuery>],
        wanted: usize,
        results: &mut Results,
    ) -> Result<Vec<Candidate>, Error> {
        let order = segment.fast_fields().str("order").map_err(engine_error)?;
        let order = |doc: DocId| order.as_ref().and_then(|column| column.term_ords(doc).next());
        let mut seen = HashSet::new();
        let mut ranked: Vec<Candidate> = Vec::new();
        let mut append = |mut tier: Vec<Candidate>| -> Result<usize, Error> {
            tier.retain(|candidate| seen.insert(candidate.doc));
            let split = tier.len().min(rank::DEPTH);
            look_again(segment, &self.fields, &plan.groups, &mut tier[..split])
                .map_err(engine_error)?;
            tier.sort_by(|a, b| {
                b.score.total_cmp(&a.score).then_with(|| order(a.doc).cmp(&order(b.doc)))
            });
            let count = tier.len();
            ranked.append(&mut tier);
            Ok(count)
        };
        let exact = self.keyed(segment, &keys_of(&request.query))?;
        let exact = self.filtered(exact, filters)?;
        let named = append(exact.iter().map(|doc| Candidate { doc: *doc, score: 0.0 }).collect())?;
        let depth = wanted.max(rank::DEPTH) + named;
        let words: usize = plan.groups.iter().map(|group| group.words).sum();
        let mut complete = 0;
        let is_short = plan.groups.len() > 1 && words <= rank::ALL_WORDS;
        if is_short {
            complete = append(self.top(&plan.query(&self.fields, true, filters), depth)?)?;
        }
        if (!is_short || named + complete < wanted)
            && !(plan.is_empty() && !request.query.trim().is_empty())
        {
            let query = plan.query(&self.fields, false, filters);
            let some = append(self.top(&query, depth + complete)?)?;
            if is_short && some > 0 {
                results.relaxed = true;
                results.notes.push(match named + complete {
                    0 => "no document has all words; these have some of them".into(),
                    1 => "1 document has all words; the others have some of them".into(),
                    n => format!("{n} documents have all words; the others have some of them"),
                });
            }
        }
        Ok(ranked)
    }

    fn top(&self, query: &dyn EngineQuery, limit: usize) -> Result<Vec<Candidate>, Error> {
        let top = TopDocs::with_limit(limit.max(1)).order_by_score();
        let top = self.searcher.search(query, &top).map_err(engine_error)?;
        Ok(top.into_iter().map(|(score, at)| Candidate { doc: at.doc_id, score }).collect())
    }

    /// The newest first; documents without date come last.
    fn by_date(
        &self,
        segment: &SegmentReader,
        plan: &Plan,
        filters: &[Box<dyn EngineQuery>],
        wanted: usize,
    ) -> Result<Vec<Candidate>, Error> {
        let query = plan.query(&self.fields, plan.groups.len() <= rank::ALL_WORDS, filters);
        let listed = segment.fast_fields().i64("listed").map_err(engine_error)?;
        let published = segment.fast_fields().i64("published").map_err(engine_error)?;
        let order = segment.fast_fields().str("order").map_err(engine_error)?;
        let mut docs = self.searcher.search(&query, &AllDocs).map_err(engine_error)?;
        docs.sort_by_cached_key(|doc| {
            let date = listed.first(*doc).or_else(|| published.first(*doc));
            let key = order.as_ref().and_then(|column| column.term_ords(*doc).next());
            (std::cmp::Reverse(date), key)
        });
        docs.truncate(wanted);
        Ok(docs.into_iter().map(|doc| Candidate { doc, score: 0.0 }).collect())
    }

    fn segment(&self) -> Result<&SegmentReader, Error> {
        match self.searcher.segment_readers() {
            [segment] => Ok(segment),
            several => Err(Error::IndexVersion {
                path: self.path.clone(),
                found: format!("{} segments", several.len()),
            }),
        }
    }

    fn columns(&self, segment: &SegmentReader) -> Result<Vec<FacetColumn>, Error> {
        FACETS.into_iter().map(|name| FacetColumn::open(segment, name)).collect()
    }

    /// The filters as queries without score.
    fn filters(
        &self,
        filters: &Filters,
        columns: &[FacetColumn],
    ) -> Result<Vec<Box<dyn EngineQuery>>, Error> {
        let mut queries: Vec<Box<dyn EngineQuery>> = Vec::new();
        if let Some((name, _)) =
            filters.facets.iter().find(|(name, _)| !FACETS.contains(&name.as_str()))
        {
            return Err(unknown_facet(name));
        }
        for (column, name) in columns.iter().zip(FACETS) {
            let mut any: Vec<(Occur, Box<dyn EngineQuery>)> = Vec::new();
            for (_, value) in filters.facets.iter().filter(|(facet, _)| facet == name) {
                let folded = facet_value(name, value, &self.label.aliases);
                if column.ordinals(&folded)?.is_empty() {
                    return Err(unknown_value(name, value, column.nearest(&folded)?));
                }
                any.push((Occur::Should, facet_query(&self.fields, name, &folded)));
            }
            match any.len() {
                0 => {}
                1 => queries.extend(any.pop().map(|(_, query)| query)),
                _ => queries.push(Box::new(BooleanQuery::new(any))),
            }
        }
        for (field, from, until) in [
            (self.fields.listed, filters.after, filters.before),
            (self.fields.published, filters.published_after, filters.published_before),
        ] {
            if from.is_some() || until.is_some() {
                queries.push(date_query(field, from, until));
            }
        }
        Ok(queries)
    }

    fn count_facets(
        &self,
        columns: &[FacetColumn],
        filters: &Filters,
        plan: &Plan,
        results: &mut Results,
    ) -> Result<(), Error> {
        let mut selected = Vec::new();
        for (column, name) in columns.iter().zip(FACETS) {
            let mut ranges = Vec::new();
            for (_, value) in filters.facets.iter().filter(|(facet, _)| facet == name) {
                ranges.push(column.ordinals(&facet_value(name, value, &self.label.aliases))?);
            }
            selected.push(ranges);
        }
        let dates = self.filters(&Filters { facets: Vec::new(), ..filters.clone() }, columns)?;
        let query = plan.query(&self.fields, false, &dates);
        let documents = self.searcher.search(&query, &AllDocs).map_err(engine_error)?;
        (results.facets, results.total) = count(columns, &selected, &documents)?;
        Ok(())
    }

    /// The documents that have any of these keys.
    fn keyed(&self, segment: &SegmentReader, keys: &[String]) -> Result<Vec<DocId>, Error> {
        let index = segment.inverted_index(self.fields.key).map_err(engine_error)?;
        let mut docs = Vec::new();
        for key in keys {
            let term = Term::from_field_text(self.fields.key, key);
            let postings =
                index.read_postings(&term, IndexRecordOption::Basic).map_err(io_error)?;
            if let Some(mut postings) = postings {
                use tantivy::{DocSet, TERMINATED};
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

    /// Those documents that pass filters.
    fn filtered(
        &self,
        mut docs: Vec<DocId>,
        filters: &[Box<dyn EngineQuery>],
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

    fn stored(&self, store: &StoreReader, doc: DocId) -> Result<(Document, Content), Error> {
        let row: TantivyDocument = store.get(doc).map_err(engine_error)?;
        let text =
            |field| row.get_first(field).and_then(|value| value.as_str()).unwrap_or_default();
        let damaged = |e: serde_json::Error| Error::Engine(format!("stored document {doc}: {e}"));
        let document = serde_json::from_str(text(self.fields.document)).map_err(damaged)?;
        let content = serde_json::from_str(text(self.fields.content)).map_err(damaged)?;
        Ok((document, content))
    }

    /// What finding each marked term in a passage is worth: rare ones more.
    fn worths(&self, segment: &SegmentReader, plan: &Plan) -> Result<BTreeMap<String, f32>, Error> {
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
}

/// The keys that a query may be: an id, a URL, a title.
fn keys_of(text: &str) -> Vec<String> {
    let text = text.trim();
    let mut keys = Vec::new();
    let looks_like_url = !text.contains(char::is_whitespace) && text.contains('.');
    if text.contains("://") {
        keys.extend(CanonicalUrl::parse(text).map(|url| format!("u:{url}")));
    } else if looks_like_url {
        let url = |scheme: &str| CanonicalUrl::parse(&format!("{scheme}://{text}"));
        keys.extend(["https", "http"].iter().filter_map(|s| url(s)).map(|url| format!("u:{url}")));
    }
    if !text.is_empty() && !text.contains(char::is_whitespace) {
        keys.push(format!("i:{text}"));
    }
    let title = normalize(text);
    if !title.is_empty() {
        keys.push(format!("t:{title}"));
    }
    keys
}

fn hit(
    document: Document,
    content: &Content,
    score: f32,
    marker: &mut Marker,
    snippets: usize,
) -> Hit {
    Hit {
        title: document.title().to_owned(),
        snippets: marker.snippets(content, document.description.as_deref(), snippets),
        id: document.id,
        url: document.url,
        company: document.company,
        company_inferred: document.company_inferred,
        tags: document.tags,
        date_listed: document.date_listed,
        date_published: content.date_published,
        score,
        provenance: document.provenance,
        explanation: None,
    }
}

fn unknown_facet(name: &str) -> Error {
    Error::Usage {
        message: format!("no facet `{name}`"),
        hint: format!("the facets are {}", FACETS.join(", ")),
    }
}

fn unknown_value(facet: &str, value: &str, nearest: Vec<String>) -> Error {
    let hint = match nearest.as_slice() {
        [] => format!("run `mlsearch facets {facet}` to see all values"),
        near => format!("did you mean {}?", near.join(", ")),
    };
    Error::Usage { message: format!("no document has the {facet} `{value}`"), hint }
}

fn io_error(error: std::io::Error) -> Error {
    Error::Engine(error.to_string())
}

/// Collects all documents that match, in ascending order.
struct AllDocs;

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
struct AllDocsOfSegment(Vec<DocId>);

impl SegmentCollector for AllDocsOfSegment {
    type Fruit = Vec<DocId>;

    fn collect(&mut self, doc: DocId, _: f32) {
        self.0.push(doc);
    }

    fn harvest(self) -> Vec<DocId> {
        self.0
    }
}
