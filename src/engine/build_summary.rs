//! What a build made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::engine::document::Provenance;

/// What was built.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildSummary {
    /// Documents in the index.
    pub documents: u64,
    /// Documents with more text than the list gives.
    pub full_texts: u64,
    /// Documents by the sort of their text, as [`Provenance::name`] calls it.
    pub provenance: BTreeMap<String, u64>,
    /// Documents by the language whose stemmer has read them.
    pub languages: BTreeMap<String, u64>,
}

impl BuildSummary {
    /// Counts a document whose text is of that sort and of that language, given by its code.
    pub(crate) fn count(&mut self, provenance: &Provenance, language: &str) {
        self.documents += 1;
        self.full_texts += u64::from(*provenance != Provenance::ListOnly);
        *self.provenance.entry(provenance.name().to_owned()).or_default() += 1;
        match self.languages.get_mut(language) {
            Some(documents) => *documents += 1,
            None => drop(self.languages.insert(language.to_owned(), 1)),
        }
    }

    /// Adds what else was built.
    pub(crate) fn add(&mut self, part: BuildSummary) {
        self.documents += part.documents;
        self.full_texts += part.full_texts;
        for (name, count) in part.provenance {
            *self.provenance.entry(name).or_default() += count;
        }
        for (code, count) in part.languages {
            *self.languages.entry(code).or_default() += count;
        }
    }
}
