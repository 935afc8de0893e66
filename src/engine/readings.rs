//! Readings: which of the terms of a query, by the stemmers of all languages, any document has.

use std::collections::{HashMap, HashSet};

use foldhash::fast::FixedState;

use crate::{
    analysis::stem_set::StemSet,
    engine::index::{Index, TermKind},
    error::Error,
    query::{
        condition::Condition,
        group::{Group, Variant},
        plan::Plan,
    },
};

/// Terms that are remembered at most, in some 2 MB; then all are forgotten.
const MOST_KNOWN: usize = 1 << 14;

/// Which of the terms that were looked up documents have: queries of one index repeat most of theirs.
#[derive(Default)]
pub(crate) struct KnownTerms(HashMap<String, bool, FixedState>);

impl KnownTerms {
    /// Looks up the terms of a plan that are not known yet, all at once.
    fn look_up(&mut self, index: &dyn Index, plan: &mut Plan) -> Result<(), Error> {
        if self.0.len() >= MOST_KNOWN {
            self.0.clear();
        }
        let mut terms: HashSet<String, FixedState> = HashSet::default();
        let mut add = |term: &str| {
            if !self.0.contains_key(term) && !terms.contains(term) {
                terms.insert(term.to_owned());
            }
        };
        plan.marks.terms.keys().for_each(|term| add(term));
        each(plan, &mut |words| words.iter().flat_map(|word| word.iter()).for_each(&mut add));
        if !terms.is_empty() {
            let found =
                index.doc_freqs(TermKind::Stem, &Vec::from_iter(terms.iter().map(|t| &**t)))?;
            self.0.extend(terms.into_iter().zip(found.into_iter().map(|found| found > 0)));
        }
        Ok(())
    }

    fn has(&self, term: &str) -> bool {
        self.0.get(term).copied().unwrap_or_default()
    }
}

/// Leaves out of a plan the terms of other languages than the first that no document has: most words
/// are of one language, and each term that is left is looked up many times.
pub(crate) fn retain(
    index: &dyn Index,
    known: &mut KnownTerms,
    plan: &mut Plan,
) -> Result<(), Error> {
    known.look_up(index, plan)?;
    each(plan, &mut |words| StemSet::retain(words, |term| known.has(term)));
    plan.marks.terms.retain(|term, _| known.has(term));
    Ok(())
}

/// Calls `of` with all words of a plan, those together that are read by one stemmer.
fn each(plan: &mut Plan, of: &mut dyn FnMut(&mut [&mut StemSet])) {
    plan.groups.iter_mut().for_each(|group| each_of_group(group, of));
    let conditions = plan.required.iter_mut().chain(&mut plan.excluded);
    conditions.for_each(|condition| each_of_condition(condition, of));
}

fn each_of_group(group: &mut Group, of: &mut dyn FnMut(&mut [&mut StemSet])) {
    for (variant, _) in &mut group.variants {
        match variant {
            Variant::Term(word) => of(&mut [word]),
            Variant::All(words) => words.iter_mut().for_each(|word| of(&mut [word])),
            Variant::Phrase(words) | Variant::Apart { terms: words, .. } => {
                of(&mut words.iter_mut().collect::<Vec<_>>());
            }
            Variant::Prefix(prefix) => prefix.before.iter_mut().for_each(|word| of(&mut [word])),
            Variant::StopWords(_) => {}
        }
    }
}

fn each_of_condition(condition: &mut Condition, of: &mut dyn FnMut(&mut [&mut StemSet])) {
    match condition {
        Condition::Term { term, .. } => of(&mut [term]),
        Condition::Phrase { terms, .. } => {
            of(&mut terms.iter_mut().map(|(_, word)| word).collect::<Vec<_>>());
        }
        Condition::Prefix { prefix, .. } => {
            prefix.before.iter_mut().for_each(|word| of(&mut [word]));
        }
        Condition::Group(group) => each_of_group(group, of),
        Condition::Clauses(clauses) => {
            clauses.iter_mut().for_each(|(_, condition)| each_of_condition(condition, of));
        }
        Condition::Facet(_)
        | Condition::FacetRange { .. }
        | Condition::Date(_)
        | Condition::Key(_)
        | Condition::Id(_) => {}
    }
}
