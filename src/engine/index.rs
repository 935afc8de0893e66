//! What a search asks of an opened index, whatever engine holds it.

use crate::{
    aliases::Aliases,
    analysis::{language::Language, stem_set::StemSet},
    embedding::Vector,
    engine::{document::Document, execution::Execution},
    error::Error,
    query::{group::Group, key::DocumentKey, plan::Plan},
};

/// Where terms are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TermKind {
    /// Terms of the text: stems, and names as they were written.
    Stem,
    /// Words as they were written, where they have stems.
    Word,
}

/// A word that documents have.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NearWord {
    pub(crate) word: String,
    /// How many have it.
    pub(crate) documents: u32,
}

/// An opened index.
///
/// What a query is understood as, its corrections and its snippets are the same for all of them.
pub(crate) trait Index: Send + Sync {
    /// How many documents the index holds.
    fn documents(&self) -> u64;

    /// How many of them have more text than their list gives.
    fn full_texts(&self) -> u64;

    /// Whether it knows where in a text words stand; without that a phrase is searched as its words.
    fn has_positions(&self) -> bool {
        true
    }

    /// The aliases that the documents were indexed with.
    fn aliases(&self) -> &Aliases;

    /// The languages in which its documents were read.
    fn languages(&self) -> Vec<Language>;

    /// Tells that a plan will be corrected and weighed, so that an index that is far away can be
    /// asked for all of its terms at once.
    fn expect(&self, _plan: &Plan) -> Result<(), Error> {
        Ok(())
    }

    /// How many documents have each of these terms.
    fn doc_freqs(&self, kind: TermKind, terms: &[&str]) -> Result<Vec<u32>, Error>;

    /// How many documents have a term.
    fn doc_freq(&self, kind: TermKind, term: &str) -> Result<u32, Error> {
        Ok(self.doc_freqs(kind, &[term])?.first().copied().unwrap_or_default())
    }

    /// Whether documents write a word so that [`TermKind::Word`] counts, and it is not but a stem.
    fn is_written(&self, _term: &str) -> Result<bool, Error> {
        Ok(true)
    }

    /// How many documents have a word, by whichever stemmer they were read.
    fn word_freq(&self, word: &StemSet) -> Result<u32, Error> {
        let terms: Vec<&str> = word.iter().collect();
        let found: u32 = self.doc_freqs(TermKind::Stem, &terms)?.into_iter().sum();
        Ok(found.min(u32::try_from(self.documents()).unwrap_or(u32::MAX)))
    }

    /// Whether any document says a thing in any of its variants; a thing without variants is said
    /// by all.
    fn has_any(&self, group: &Group) -> Result<bool, Error>;

    /// How many documents have words of the text one after the other.
    fn count_phrase(&self, words: &[StemSet]) -> Result<usize, Error>;

    /// The word of ASCII letters two mistakes away that begins with the same letter and that most
    /// documents have.
    fn two_mistakes_away(&self, typed: &str) -> Result<Option<NearWord>, Error>;

    /// Whether any document has a value of a facet, given as folded.
    fn has_value(&self, facet: &'static str, folded: &str) -> Result<bool, Error>;

    /// The values of a facet, folded and as displayed.
    fn facet_values(&self, facet: &'static str) -> Result<Vec<(String, String)>, Error>;

    /// Answers a plan.
    fn execute(&self, plan: &Plan) -> Result<Execution, Error>;

    /// The ids of the hits of a plan, without reading the documents.
    fn ids(&self, plan: &Plan) -> Result<Vec<String>, Error>;

    /// Whether its passages can have vectors.
    fn holds_vectors(&self) -> bool {
        false
    }

    /// The hash of the model that has given its passages their vectors; none when they have none.
    fn vectors_model(&self) -> Result<Option<&str>, Error> {
        Ok(None)
    }

    /// What the document with an id means: the mean of the vectors of its passages.
    fn meaning_of(&self, _id: &str) -> Result<Option<Vector>, Error> {
        Ok(None)
    }

    /// The document of the first key that any document has.
    fn document(&self, keys: &[DocumentKey]) -> Result<Option<Document>, Error>;
}
