//! The searcher: answers requests from one opened generation.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use jiff::civil::DateTime;

use crate::{
    analysis::analyzer::Analyzer,
    engine::{
        Document,
        choice::Engine,
        compounds,
        execution::{FacetCounts, FoundDocument},
        index::Index,
        local::{generations::Generations, index::LocalIndex},
        near_words::NearWords,
        readings, spelling, unknown_values, variants,
        vectors::passages::{TextPassage, passages},
        worths::worths,
        year_ranges,
    },
    error::Error,
    query::{
        facet::{FACETS, facet_value},
        filters::{Filters, PlannedFilters},
        key::{DocumentKey, keys_of},
        note::Note,
        parser::parse,
        plan::{Counts, Marks, Plan},
        planner::Planner,
        sort::Sort,
        synonyms::Synonyms,
    },
    search::{
        hybrid::{self, QueryModel},
        request::{Feedback, Request},
        results::{Hit, Results},
        snippet::{Marker, Snippet},
    },
};

/// An opened generation.
pub struct Searcher {
    pub(crate) index: Box<dyn Index>,
    /// Analysed when first needed.
    synonyms: OnceLock<Synonyms>,
    /// Of all languages of the index, with a memory of the words of queries.
    analyzer: Mutex<Analyzer>,
    /// Whether documents are of several languages.
    has_languages: bool,
    pub(crate) query_model: QueryModel,
}

/// How a query is understood.
#[derive(Clone, Debug)]
pub struct ExplainedQuery {
    /// The tree, as it would be typed.
    pub tree: String,
    /// Each word with the variants that count for it and their weights.
    pub words: Vec<(String, Vec<(String, f32)>)>,
    /// What was changed or ignored.
    pub notes: Vec<Note>,
}

impl Searcher {
    /// Opens the published index of the collection in a folder.
    ///
    /// # Errors
    /// [`Error::NoIndex`] when none is published, and those of [`Searcher::open`].
    pub fn published(folder: &Path) -> Result<Searcher, Error> {
        Generations::of(folder).open_current(Searcher::open)
    }

    /// Opens the published index of an engine.
    ///
    /// # Errors
    /// [`Error::NoIndex`] and [`Error::Cluster`] when none is published, [`Error::IndexVersion`] when
    /// another version built it, [`Error::Engine`] when it is damaged.
    #[doc(hidden)]
    pub fn of(engine: Engine) -> Result<Searcher, Error> {
        Ok(Searcher::on(engine.open()?))
    }

    /// Opens the index in a generation's folder.
    ///
    /// # Errors
    /// [`Error::IndexVersion`] when another version built it, [`Error::Engine`] when it is damaged.
    pub fn open(generation: &Path) -> Result<Searcher, Error> {
        Ok(Searcher::on(Box::new(LocalIndex::open(generation)?)))
    }

    fn on(index: Box<dyn Index>) -> Searcher {
        let languages = index.languages();
        let analyzer = Mutex::new(Analyzer::of(&languages));
        let has_languages = languages.len() > 1;
        let (synonyms, query_model) = Default::default();
        Searcher { index, synonyms, analyzer, has_languages, query_model }
    }

    /// The searcher with a model that reads queries, for searches by meaning.
    #[must_use]
    pub fn with_model(self, query_model: QueryModel) -> Searcher {
        Searcher { query_model, ..self }
    }

    /// What reads queries.
    pub(crate) fn query_model(&self) -> &QueryModel {
        &self.query_model
    }

    /// The searcher with the model that is named now, where its vectors are by another than was loaded
    /// before.
    pub(crate) fn with_named_model(self, before: &QueryModel) -> Searcher {
        // Damaged vectors are told when a search asks for them.
        let model = match self.index.vectors_model() {
            Ok(own) => before.for_vectors_of(own),
            Err(_) => before.clone(),
        };
        self.with_model(model)
    }

    /// Whether its passages have vectors.
    ///
    /// # Errors
    /// [`Error::Engine`] when they are damaged.
    pub fn has_vectors(&self) -> Result<bool, Error> {
        Ok(self.index.vectors_model()?.is_some())
    }

    fn analyzer(&self) -> MutexGuard<'_, Analyzer> {
        self.analyzer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many documents the index holds.
    pub fn documents(&self) -> u64 {
        self.index.documents()
    }

    /// How many of them have more text than their list gives.
    pub fn full_texts(&self) -> u64 {
        self.index.full_texts()
    }

    /// Whether a request is answered by meaning, too; none where none can be.
    pub fn is_by_meaning(&self, request: &Request) -> Option<bool> {
        let can_be = self.query_model.model.is_some() && self.has_vectors().unwrap_or(false);
        can_be.then(|| request.hybrid.unwrap_or(self.query_model.is_default))
    }

    /// Whether requests that do not say so are answered by meaning, too.
    pub fn reads_meaning_by_default(&self) -> bool {
        self.query_model.is_default
    }

    /// Answers a request.
    ///
    /// # Errors
    /// [`Error::UnknownFacet`] and [`Error::UnknownValue`] for filters that no document can pass,
    /// [`Error::Engine`] when reading fails.
    pub fn search(&self, request: &Request) -> Result<Results, Error> {
        let filters = self.planned(&request.filters)?;
        let mut near = NearWords::default();
        let plan = Plan { filters, ..self.plan_with(request, &mut near)? };
        let execution = self.index.execute(&plan)?;
        let mut notes = plan.notes.clone();
        if !plan.marks.phrases.is_empty() && !self.index.has_positions() {
            notes.push(Note::NoPositions);
        }
        let by_meaning = execution.found.iter().filter(|found| found.nearest_passage.is_some());
        let by_meaning = by_meaning.count();
        notes.extend(match execution.complete {
            Some(complete) => Some(Note::Relaxed { complete, by_meaning }),
            None => (by_meaning > 0).then_some(Note::ByMeaning { hits: by_meaning }),
        });
        if execution.total == 0 {
            notes.extend(self.none_as_demanded(&plan)?);
        }
        if !request.exact {
            notes.extend(spelling::suggestions(
                &*self.index,
                &mut self.analyzer(),
                &mut near,
                &plan,
                execution.total,
            )?);
        }
        Ok(Results {
            total: execution.total,
            hits: self.hits(execution.found, &plan, request.snippets)?,
            facets: execution.facets,
            sort: plan.order(),
            relaxed: execution.is_relaxed,
            corrected: plan.corrected,
            notes,
        })
    }

    /// Says so when operators are the reason for which meaning has found nothing.
    fn none_as_demanded(&self, plan: &Plan) -> Result<Option<Note>, Error> {
        // Without anything that is wanted all would be found but what is not.
        let is_bare = plan.groups.is_empty() && !plan.excluded.is_empty();
        if plan.meaning.is_none() || plan.required.is_empty() || is_bare {
            return Ok(None);
        }
        let plan = Plan { required: Vec::new(), offset: 0, limit: 0, ..plan.clone() };
        let free = Plan { counts: Counts::Documents, ..plan };
        let documents = self.index.execute(&free)?.total;
        Ok((documents > 0).then_some(Note::NoneAsDemanded { documents }))
    }

    /// Whether a request that is answered by words alone could find more by meaning: where there are
    /// vectors, an order by relevance, words that a model can read, and nothing that every hit must have.
    ///
    /// # Errors
    /// [`Error::Engine`] when reading fails.
    #[doc(hidden)]
    pub fn could_be_by_meaning(&self, request: &Request) -> Result<bool, Error> {
        let by_words = Request { hybrid: Some(false), ..request.clone() };
        let plan = self.plan(&by_words)?;
        let has_words = hybrid::has_text(&parse(&request.query).root);
        let is_free = plan.order() == Sort::Relevance && plan.required.is_empty();
        Ok(has_words && is_free && self.has_vectors()?)
    }

    /// The ids of the best hits, without reading the documents; filters do not count.
    ///
    /// # Errors
    /// [`Error::Engine`] when reading fails.
    pub fn ids(&self, request: &Request) -> Result<Vec<String>, Error> {
        self.index.ids(&self.plan(request)?)
    }

    /// The values of one facet, or of all when no name is given, over the documents that pass filters.
    ///
    /// # Errors
    /// [`Error::UnknownFacet`] and [`Error::UnknownValue`] for what does not exist.
    pub fn facets(&self, name: Option<&str>, filters: &Filters) -> Result<Vec<FacetCounts>, Error> {
        if let Some(name) = name.filter(|name| !FACETS.contains(name)) {
            return Err(Error::UnknownFacet { name: name.to_owned(), known: &FACETS });
        }
        let filters = filters.clone();
        let request = Request { filters, limit: 0, facets: true, ..Request::default() };
        let mut facets = self.search(&request)?.facets;
        facets.retain(|facet| name.is_none_or(|name| facet.name == name));
        Ok(facets)
    }

    /// The form in which values of a facet are compared, so that `uber` is `Uber`.
    #[doc(hidden)]
    pub fn folded_value(&self, facet: &str, value: &str) -> String {
        facet_value(facet, value, self.index.aliases())
    }

    /// The document of an id or URL; what begins with `id:` is an id and nothing else.
    ///
    /// # Errors
    /// [`Error::UnknownDocument`] when there is none.
    pub fn document(&self, id_or_url: &str) -> Result<Document, Error> {
        let keys = match id_or_url.strip_prefix("id:") {
            Some(id) => vec![DocumentKey::Id(id.to_owned())],
            None => keys_of(id_or_url),
        };
        let document = self.index.document(&keys)?;
        document.ok_or_else(|| Error::UnknownDocument(id_or_url.to_owned()))
    }

    /// What finds the words of a query in texts.
    ///
    /// # Errors
    /// [`Error::Engine`] when reading fails.
    pub fn marker(&self, query: &str) -> Result<Marker, Error> {
        let request = Request { exact: true, ..Request::new(query) };
        self.marker_of(&self.plan(&request)?)
    }

    /// How a request is understood.
    ///
    /// # Errors
    /// [`Error::Engine`] when reading fails.
    pub fn explain_query(&self, request: &Request) -> Result<ExplainedQuery, Error> {
        let plan = self.plan(request)?;
        let words = plan.groups.iter().map(|group| {
            let variants = group.variants.iter();
            let variants =
                variants.map(|(variant, weight)| (variant.to_string(), weight * group.times));
            (group.surface.clone(), variants.collect())
        });
        let tree = parse(&request.query).root.to_string();
        Ok(ExplainedQuery { tree, words: words.collect(), notes: plan.notes })
    }

    /// The filters as the index has them.
    pub(crate) fn planned(&self, filters: &Filters) -> Result<PlannedFilters, Error> {
        let mut filters = filters.planned(self.index.aliases())?;
        year_ranges::expand(&*self.index, &mut filters)?;
        unknown_values::check(&*self.index, &filters)?;
        Ok(filters)
    }

    fn plan(&self, request: &Request) -> Result<Plan, Error> {
        self.plan_with(request, &mut NearWords::default())
    }

    /// Parses, plans and corrects a query; its filters stay out.
    fn plan_with(&self, request: &Request, near: &mut NearWords) -> Result<Plan, Error> {
        let query = parse(&request.query);
        let aliases = self.index.aliases();
        let synonyms =
            self.synonyms.get_or_init(|| Synonyms::new(aliases, &self.index.languages()));
        let mut analyzer = self.analyzer();
        let mut planner =
            Planner::new(aliases, synonyms, &mut analyzer, &request.query, request.now);
        let mut plan = planner.plan(&query.root);
        plan.notes.splice(0..0, query.notes);
        let index = &*self.index;
        unknown_values::note(index, &mut plan)?;
        if self.has_languages {
            readings::retain(index, &mut plan)?;
        }
        compounds::take_apart(index, &mut plan)?;
        index.expect(&plan)?;
        if !request.exact {
            spelling::correct(index, &mut analyzer, near, &mut plan, synonyms)?;
        }
        variants::weigh(index, &mut plan)?;
        plan.sort = request.sort;
        plan.is_blank = request.query.trim().is_empty();
        if request.hybrid.unwrap_or(self.query_model.is_default) {
            let (meaning, note) = hybrid::meaning(index, &self.query_model, &query.root, &plan);
            plan.meaning = meaning;
            plan.notes.extend(note);
        }
        Ok(Plan {
            keys: keys_of(&request.query),
            fresh_on: request.now.filter(|_| request.fresh).map(DateTime::date),
            uses_feedback: request.feedback == Feedback::Auto,
            wants_related: request.related,
            wants_sections: request.snippets > 0,
            wants_explanations: request.explain,
            counts: match (request.facets, request.count) {
                (true, _) => Counts::Facets,
                (false, true) => Counts::Documents,
                (false, false) => Counts::Nothing,
            },
            offset: request.offset,
            limit: request.limit,
            ..plan
        })
    }

    /// Hits of what was found, with snippets.
    pub(crate) fn hits(
        &self,
        found: Vec<FoundDocument>,
        plan: &Plan,
        snippets: usize,
    ) -> Result<Vec<Hit>, Error> {
        let mut marker = if snippets > 0 {
            self.marker_of(plan)?
        } else {
            Marker::new(BTreeMap::new(), Marks::default())
        };
        Ok(found.into_iter().map(|found| hit(found, &mut marker, snippets)).collect())
    }

    fn marker_of(&self, plan: &Plan) -> Result<Marker, Error> {
        let marks = Marks { stop_words: plan.marked_stop_words(), ..plan.marks.clone() };
        Ok(Marker::new(worths(&*self.index, plan)?, marks))
    }
}

fn hit(found: FoundDocument, marker: &mut Marker, snippets: usize) -> Hit {
    let FoundDocument { document, score, missing, explanation, ranks, nearest_passage } = found;
    let description = document.description.as_deref();
    let nearest = nearest_passage.filter(|_| snippets > 0);
    let nearest = nearest.and_then(|nearest| passages(&document).into_iter().nth(nearest));
    Hit {
        by_meaning_alone: nearest_passage.is_some(),
        title: document.title().to_owned(),
        snippets: match nearest {
            Some(TextPassage { heading, text }) if !text.is_empty() => {
                vec![Snippet { heading, text, marks: Vec::new() }]
            }
            _ => marker.snippets(&document.content, description, snippets),
        },
        id: document.id,
        url: document.url,
        also_at: document.also_at,
        company: document.company,
        company_inferred: document.company_inferred,
        language: document.content.language,
        tags: document.tags,
        date_listed: document.date_listed,
        date_published: document.content.date_published,
        score,
        ranks,
        missing,
        provenance: document.provenance,
        explanation,
    }
}
