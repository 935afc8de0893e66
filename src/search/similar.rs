//! Similar documents: the words that set a text apart, searched like a query.

use crate::{
    analysis::language::Language,
    engine::characteristic::words_of_text,
    error::Error,
    language,
    query::plan::Plan,
    search::{results::Results, searcher::Searcher},
};

impl Searcher {
    /// Documents like one of the index, which is left out.
    ///
    /// # Errors
    /// [`Error::UnknownDocument`] when there is none of that id or URL, [`Error::Engine`] when
    /// reading fails.
    pub fn similar(&self, id_or_url: &str, limit: usize) -> Result<Results, Error> {
        let document = self.document(id_or_url)?;
        let mut text = document.titles.join("\n");
        for piece in document.tags.iter().chain(&document.description) {
            text.push('\n');
            text.push_str(piece);
        }
        text.push('\n');
        text.push_str(&document.content.text());
        let language = document.content.language.as_deref();
        let mut results = self.similar_to(&text, language, limit.saturating_add(1))?;
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
        let language = language::find(text, None);
        self.similar_to(text, language.as_deref(), limit)
    }

    fn similar_to(
        &self,
        text: &str,
        language: Option<&str>,
        limit: usize,
    ) -> Result<Results, Error> {
        let groups = words_of_text(&*self.index, text, Language::of(language))?;
        if groups.is_empty() {
            return Ok(Results::default());
        }
        let plan =
            Plan { groups, limit, uses_feedback: true, wants_sections: true, ..Plan::default() };
        let execution = self.index.execute(&plan)?;
        Ok(Results {
            total: execution.total.min(limit),
            hits: self.hits(execution.found, &plan, 1)?,
            ..Results::default()
        })
    }
}
