//! Readings: which of the terms of a query, by the stemmers of all languages, any document has.

use std::collections::HashSet;

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
    if index.languages().len() < 2 {
        return Ok(());
    }
    let mut terms: HashSet<String> = plan.marks.terms.keys().cloned().collect();
    each(plan, &mut |words| {
        let more = words.iter().flat_map(|word| word.iter());
        terms.extend(more.map(str::to_owned));
    });
    let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
    let found = index.doc_freqs(TermKind::Stem, &terms)?;
    let found = terms.iter().zip(found).filter(|(_, found)| *found > 0);
    let found: HashSet<&str> = found.map(|(term, _)| *term).collect();
    each(plan, &mut |words| StemSet::retain(words, |term| found.contains(term)));
    plan.marks.terms.retain(|term, _| found.contains(term.as_str()));
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
