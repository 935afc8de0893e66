//! Similar documents: the words that set a text apart, searched like a query.

use crate::{
    analysis::language::Language,
    engine::characteristic::words_of_text,
    error::Error,
    language,
    query::{
        filters::Filters,
        meaning::Meaning,
        note::Note,
        plan::{Counts, Plan},
        weights::MEANING_WEIGHT,
    },
    search::{hybrid, results::Results, searcher::Searcher},
};

impl Searcher {
    /// Documents like one of the index, which is left out.
    ///
    /// # Errors
    /// [`Error::UnknownDocument`] when there is none of that id or URL, [`Error::Engine`] when
    /// reading fails.
    pub fn similar(&self, id_or_url: &str, limit: usize) -> Result<Results, Error> {
        let mut results = self.similar_by(id_or_url, limit, true, Plan::default())?;
        results.total = results.hits.len();
        Ok(results)
    }

    /// Documents like one of the index by their words alone, whether or not it has vectors.
    ///
    /// # Errors
    /// Those of [`Searcher::similar`].
    pub fn similar_in_words(&self, id_or_url: &str, limit: usize) -> Result<Results, Error> {
        let mut results = self.similar_by(id_or_url, limit, false, Plan::default())?;
        results.total = results.hits.len();
        Ok(results)
    }

    /// Documents like one of the index, among those that pass filters. All that share a word with it
    /// that sets it apart are counted.
    ///
    /// # Errors
    /// Those of [`Searcher::similar`], [`Error::UnknownFacet`] and [`Error::UnknownValue`] for filters
    /// that no document can pass.
    pub fn similar_among(
        &self,
        id_or_url: &str,
        filters: &Filters,
        limit: usize,
    ) -> Result<Results, Error> {
        let filters = self.planned(filters)?;
        let plan = Plan { filters, counts: Counts::Documents, ..Plan::default() };
        self.similar_by(id_or_url, limit, true, plan)
    }

    fn similar_by(
        &self,
        id_or_url: &str,
        limit: usize,
        by_meaning: bool,
        plan: Plan,
    ) -> Result<Results, Error> {
        let document = self.document(id_or_url)?;
        let mut text = document.titles.join("\n");
        for piece in document.tags.iter().chain(&document.description) {
            text.push('\n');
            text.push_str(piece);
        }
        text.push('\n');
        text.push_str(&document.content.text());
        let language = document.content.language.as_deref();
        let (vector, note) = match by_meaning.then(|| self.index.meaning_of(&document.id)) {
            Some(Ok(vector)) => (vector, None),
            Some(Err(_)) => (None, Some(Note::DamagedVectors)),
            None => (None, None),
        };
        let meaning = vector.map(|vector| Meaning { vector, weight: MEANING_WEIGHT });
        let plan = Plan { limit: limit.saturating_add(1), meaning, ..plan };
        let mut results = self.similar_to(&text, language, plan)?;
        let found = results.hits.len();
        results.hits.retain(|hit| hit.id != document.id);
        results.total = results.total.saturating_sub(found - results.hits.len());
        results.hits.truncate(limit);
        results.notes.extend(note);
        Ok(results)
    }

    /// Documents like a text, by its words, and by its meaning where the model is given that the index
    /// was built with.
    ///
    /// # Errors
    /// [`Error::Engine`] when reading fails.
    pub fn similar_to_text(&self, text: &str, limit: usize) -> Result<Results, Error> {
        let language = language::find(text, None);
        let (meaning, note) = hybrid::meaning_of_text(&*self.index, &self.query_model, text);
        let plan = Plan { limit, meaning, ..Plan::default() };
        let mut results = self.similar_to(text, language.as_deref(), plan)?;
        results.total = results.total.min(limit);
        results.notes.extend(note);
        Ok(results)
    }

    fn similar_to(&self, text: &str, language: Option<&str>, plan: Plan) -> Result<Results, Error> {
        let groups = words_of_text(&*self.index, text, Language::of(language))?;
        if groups.is_empty() && plan.meaning.is_none() {
            return Ok(Results::default());
        }
        let plan = Plan { groups, uses_feedback: true, wants_sections: true, ..plan };
        let execution = self.index.execute(&plan)?;
        Ok(Results {
            total: execution.total,
            hits: self.hits(execution.found, &plan, 1)?,
            ..Results::default()
        })
    }
}
