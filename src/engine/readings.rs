//! Readings: which of the terms of a query, by the stemmers of all languages, any document has.

use std::collections::HashMap;

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

/// Leaves out of a plan the terms of other languages than the first that no document has: most words
/// are of one language, and each term that is left is looked up many times.
pub(crate) fn retain(index: &dyn Index, plan: &mut Plan) -> Result<(), Error> {
    let mut terms: HashMap<String, bool, FixedState> = HashMap::default();
    let mut add = |term: &str| {
        if !terms.contains_key(term) {
            terms.insert(term.to_owned(), false);
        }
    };
    plan.marks.terms.keys().for_each(|term| add(term));
    each(plan, &mut |words| words.iter().flat_map(|word| word.iter()).for_each(&mut add));
    let names: Vec<&str> = terms.keys().map(String::as_str).collect();
    let found = index.doc_freqs(TermKind::Stem, &names)?;
    terms.values_mut().zip(found).for_each(|(is_there, found)| *is_there = found > 0);
    let has = |term: &str| terms.get(term).is_some_and(|is_there| *is_there);
    each(plan, &mut |words| StemSet::retain(words, has));
    plan.marks.terms.retain(|term, _| has(term));
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
