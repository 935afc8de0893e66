//! Compounds: words that count as one thing when any document has them all, else each for itself.

use crate::{
    analysis::stem_set::StemSet,
    engine::index::Index,
    error::Error,
    query::{
        group::{Group, Variant},
        plan::Plan,
    },
};

/// Takes compounds apart that no document has, so that `igf-1` finds what is said of `igf`.
pub(crate) fn take_apart(index: &dyn Index, plan: &mut Plan) -> Result<(), Error> {
    let mut groups = Vec::with_capacity(plan.groups.len());
    for group in std::mem::take(&mut plan.groups) {
        let is_compound = group.surface.contains('-')
            && matches!(group.variants[0].0, Variant::All(_) | Variant::Apart { .. });
        match is_compound && !index.has_any(&group)? {
            true => groups.extend(parts(&group)),
            false => groups.push(group),
        }
    }
    plan.groups = groups;
    Ok(())
}

/// A group for each word of a compound.
fn parts(compound: &Group) -> Vec<Group> {
    let terms = compound.variants[0].0.terms();
    let mut surfaces: Vec<&str> = compound.surface.split('-').collect();
    if surfaces.len() != terms.len() {
        surfaces = terms.iter().map(StemSet::first).collect();
    }
    let part = |(at, (term, surface)): (usize, (&StemSet, &str))| Group {
        surface: surface.to_owned(),
        times: compound.times,
        variants: vec![(Variant::Term(term.clone()), 1.0)],
        words: 1,
        position: compound.position.map(|position| position + at),
    };
    terms.iter().zip(surfaces).enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use crate::{
        analysis::stem_set::StemSet,
        engine::compounds::parts,
        query::group::{Group, Variant},
    };

    #[track_caller]
    fn check(surface: &str, terms: &[&str], expected: &[(&str, &str, usize)]) {
        let stems = |term: &str| StemSet::of(term.to_owned());
        let all = Variant::All(terms.iter().map(|term| stems(term)).collect());
        let variants = vec![(all, 1.0), (Variant::Term(stems("whole")), 0.5)];
        let (surface, words, position) = (surface.to_owned(), terms.len(), Some(3));
        let parts = parts(&Group { surface, times: 2.0, variants, words, position });
        let parts: Vec<(&str, &str, usize)> = parts
            .iter()
            .map(|part| {
                (&*part.surface, part.variants[0].0.terms()[0].first(), part.position.unwrap())
            })
            .collect();
        assert_eq!(parts, expected);
    }

    #[test]
    fn each_part_keeps_its_word_and_its_place() {
        check("models-1", &["model", "1"], &[("models", "model", 3), ("1", "1", 4)]);
        check("a-b-c", &["ab", "c"], &[("ab", "ab", 3), ("c", "c", 4)]);
    }
}
