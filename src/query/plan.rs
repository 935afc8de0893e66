//! The plan: what an engine is asked, in terms of no engine.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::{
    analysis::{analyzer::Word, stem_set::StemSet},
    query::{
        condition::Condition,
        filters::{FacetChoice, PlannedFilters},
        group::Group,
        key::DocumentKey,
        meaning::Meaning,
        note::{Corrected, Note},
        sort::Sort,
        weights,
    },
};

/// What is to be searched, and what is wanted of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// What the query as a whole may be the address, id or title of: such documents come first.
    pub(crate) keys: Vec<DocumentKey>,
    /// The words that stand free, in the order in which they were typed.
    pub(crate) groups: Vec<Group>,
    /// What every hit must be like, scored.
    pub(crate) required: Vec<Condition>,
    /// What no hit may be like.
    pub(crate) excluded: Vec<Condition>,
    /// What every hit must be like, not scored.
    pub(crate) filters: PlannedFilters,
    /// Values of facets that the query names.
    pub(crate) named_values: Vec<FacetChoice>,
    /// Folded words that every hit must have, or one of which every hit must have.
    pub(crate) demanded_words: Vec<String>,
    /// What to mark in texts beside the words of the groups.
    pub(crate) marks: Marks,
    /// What was changed or ignored.
    pub(crate) notes: Vec<Note>,
    /// Words that were taken for others.
    pub(crate) corrected: Vec<Corrected>,
    /// Whether nothing was typed, so that the filters alone say what is a hit; the newest come first.
    pub(crate) is_blank: bool,
    /// The order of hits that was asked for.
    pub(crate) sort: Sort,
    /// The day before which documents age, when newer ones are to come a little earlier.
    pub(crate) fresh_on: Option<Date>,
    /// What the query means, when hits are to be found by that, too.
    pub(crate) meaning: Option<Meaning>,
    /// Whether words of the best hits may join the query, where that costs little.
    pub(crate) uses_feedback: bool,
    /// Whether documents without any of the words, but like the best hits, come last.
    pub(crate) wants_related: bool,
    /// Whether the sections of hits are needed, too.
    pub(crate) wants_sections: bool,
    /// Whether each hit is to come with the reason for its score.
    pub(crate) wants_explanations: bool,
    /// What is to be counted.
    pub(crate) counts: Counts,
    /// How many hits to skip, and how many to return.
    pub(crate) offset: usize,
    pub(crate) limit: usize,
}

/// What to mark in texts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    /// Terms with their weights.
    pub(crate) terms: BTreeMap<String, f32>,
    /// Beginnings of words.
    pub(crate) prefixes: Vec<String>,
    /// Pairs of stop words that follow each other.
    pub(crate) stop_words: Vec<String>,
    /// Phrases that are demanded; their words are among the terms, too.
    pub(crate) phrases: Vec<MarkedPhrase>,
}

/// A phrase to mark as a whole.
#[derive(Clone, Debug)]
pub(crate) struct MarkedPhrase {
    /// Its words, stop words among them.
    pub(crate) words: Vec<Word>,
    /// By how many positions they may stand away from their places.
    pub(crate) slop: u32,
}

/// What is counted of all documents that match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Counts {
    /// Nothing: the best are found faster.
    #[default]
    Nothing,
    /// The documents.
    Documents,
    /// The documents, and the values of each facet.
    Facets,
}

impl Plan {
    /// A plan of the same demands with other words.
    pub(crate) fn with_groups(&self, groups: Vec<Group>) -> Plan {
        let (required, excluded) = (self.required.clone(), self.excluded.clone());
        Plan { groups, required, excluded, ..Plan::default() }
    }

    /// Whether it restricts nothing but by filters.
    pub(crate) fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.required.is_empty() && self.excluded.is_empty()
    }

    /// Whether something was typed that holds nothing to look for, such as signs alone.
    pub(crate) fn asks_nothing(&self) -> bool {
        self.is_empty() && !self.is_blank
    }

    /// How many words were typed.
    pub(crate) fn words(&self) -> usize {
        self.groups.iter().map(|group| group.words).sum()
    }

    /// Whether there are several words, but so few that a document may be expected to have all.
    pub(crate) fn is_short(&self) -> bool {
        self.groups.len() > 1 && self.words() <= weights::SHORT_QUERY
    }

    /// What decides the order of hits: without words only their dates can.
    pub(crate) fn order(&self) -> Sort {
        if self.is_blank { Sort::Date } else { self.sort }
    }

    /// All terms to mark in texts, with their weights.
    pub(crate) fn marked_terms(&self) -> BTreeMap<String, f32> {
        let mut marks = self.marks.clone();
        for (variant, weight) in self.groups.iter().flat_map(|group| &group.variants) {
            variant.terms().iter().for_each(|term| marks.add_term(term, *weight));
        }
        marks.terms
    }

    /// All pairs of stop words to mark in texts.
    pub(crate) fn marked_stop_words(&self) -> Vec<String> {
        let of_groups = self.groups.iter().flat_map(Group::stop_words).map(str::to_owned);
        self.marks.stop_words.iter().cloned().chain(of_groups).collect()
    }
}

impl MarkedPhrase {
    /// The terms of its words by the first stemmer, joined by spaces.
    pub(crate) fn name(&self) -> String {
        let terms = self.words.iter().filter(|word| !word.is_stop).map(|word| word.term.first());
        terms.collect::<Vec<_>>().join(" ")
    }
}

impl Marks {
    /// Adds a word, with the larger weight when it is there already.
    pub(crate) fn add_term(&mut self, word: &StemSet, weight: f32) {
        for term in word.iter() {
            let old = self.terms.entry(term.to_owned()).or_insert(weight);
            *old = old.max(weight);
        }
    }
}
