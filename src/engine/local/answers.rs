//! What a search asks of an index, answered by Tantivy.

use tantivy::{DocSet, TERMINATED, collector::Count};

use crate::{
    aliases::Aliases,
    analysis::{
        language::{self, Language},
        stem_set::StemSet,
    },
    embedding::Vector,
    engine::{
        document::Document,
        execution::Execution,
        index::{Index, NearWord, TermKind},
        local::{
            dictionary::Dictionary,
            facet_column::FacetColumn,
            failure::engine_error,
            index::LocalIndex,
            query::{of_group, phrase_query},
            schema::Positions,
        },
        vectors::VectorFile,
    },
    error::Error,
    query::{group::Group, key::DocumentKey, plan::Plan},
};

impl Index for LocalIndex {
    fn documents(&self) -> u64 {
        self.metadata.documents
    }

    fn full_texts(&self) -> u64 {
        self.metadata.full_texts
    }

    fn has_positions(&self) -> bool {
        self.fields.positions == Positions::Kept
    }

    fn aliases(&self) -> &Aliases {
        &self.metadata.aliases
    }

    fn languages(&self) -> Vec<Language> {
        language::of_counts(&self.metadata.languages)
    }

    fn doc_freqs(&self, kind: TermKind, terms: &[&str]) -> Result<Vec<u32>, Error> {
        if kind == TermKind::Stem {
            return self.text_doc_freqs(terms);
        }
        let dictionary = Dictionary::open(self)?;
        terms.iter().map(|word| dictionary.documents_of_word(word)).collect()
    }

    fn is_written(&self, term: &str) -> Result<bool, Error> {
        Dictionary::open(self)?.is_written(term)
    }

    fn has_any(&self, group: &Group) -> Result<bool, Error> {
        let Some(query) = of_group(group, &self.fields) else { return Ok(true) };
        Ok(self.walk(self.segment()?, &*query)?.doc() != TERMINATED)
    }

    fn count_phrase(&self, words: &[StemSet]) -> Result<usize, Error> {
        let phrase = phrase_query(self.fields.text, words.iter().enumerate(), self.fields.order(0));
        self.searcher.search(&phrase, &Count).map_err(engine_error)
    }

    fn two_mistakes_away(&self, typed: &str) -> Result<Option<NearWord>, Error> {
        Dictionary::open(self)?.two_mistakes_away(typed)
    }

    fn has_value(&self, facet: &'static str, folded: &str) -> Result<bool, Error> {
        let Some(column) = self.facet_column(facet)? else { return Ok(true) };
        Ok(!column.ordinals(folded)?.is_empty())
    }

    fn facet_values(&self, facet: &'static str) -> Result<Vec<(String, String)>, Error> {
        self.facet_column(facet)?.map_or(Ok(Vec::new()), FacetColumn::values)
    }

    fn execute(&self, plan: &Plan) -> Result<Execution, Error> {
        self.executed(plan)
    }

    fn ids(&self, plan: &Plan) -> Result<Vec<String>, Error> {
        self.ranked_ids(plan)
    }

    fn holds_vectors(&self) -> bool {
        true
    }

    fn vectors_model(&self) -> Result<Option<&str>, Error> {
        Ok(self.vectors()?.map(VectorFile::model))
    }

    fn meaning_of(&self, id: &str) -> Result<Option<Vector>, Error> {
        let Some(vectors) = self.vectors()? else { return Ok(None) };
        let docs = self.keyed(self.segment()?, &[DocumentKey::Id(id.to_owned())])?;
        Ok(docs.first().and_then(|doc| vectors.mean_of(*doc)))
    }

    fn document(&self, keys: &[DocumentKey]) -> Result<Option<Document>, Error> {
        let docs = self.keyed(self.segment()?, keys)?;
        docs.first().map(|doc| self.stored(*doc, true)).transpose()
    }
}

impl LocalIndex {
    fn facet_column(&self, facet: &str) -> Result<Option<&FacetColumn>, Error> {
        Ok(self.facet_columns()?.iter().find(|column| column.name == facet))
    }
}
