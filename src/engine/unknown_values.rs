//! Values of facets that no document has, and those that are spelled most like them.

use strsim::osa_distance;

use crate::{
    engine::index::Index,
    error::Error,
    query::{
        filters::{FacetChoice, PlannedFilters},
        note::Note,
        plan::Plan,
    },
};

/// Checks that some document has each value to filter by.
///
/// # Errors
/// [`Error::UnknownValue`] for the first one that none has.
pub(crate) fn check(index: &dyn Index, filters: &PlannedFilters) -> Result<(), Error> {
    for choice in &filters.choices {
        if let Some(nearest) = nearest_to_unknown(index, choice)? {
            let FacetChoice { facet, value, .. } = choice.clone();
            return Err(Error::UnknownValue { facet: facet.to_owned(), value, nearest });
        }
    }
    Ok(())
}

/// Notes the values that the query of a plan names and that no document has.
pub(crate) fn note(index: &dyn Index, plan: &mut Plan) -> Result<(), Error> {
    for choice in &plan.named_values {
        if let Some(nearest) = nearest_to_unknown(index, choice)? {
            let FacetChoice { facet, value, .. } = choice.clone();
            plan.notes.push(Note::UnknownValue { facet: facet.to_owned(), value, nearest });
        }
    }
    Ok(())
}

/// The values nearest to one that no document has; none when some document has it.
fn nearest_to_unknown(
    index: &dyn Index,
    choice: &FacetChoice,
) -> Result<Option<Vec<String>>, Error> {
    if index.has_value(choice.facet, &choice.folded)? {
        return Ok(None);
    }
    Ok(Some(nearest(&choice.folded, index.facet_values(choice.facet)?)))
}

/// The displayed ones of the values, folded and as displayed, that are nearest to a folded one.
fn nearest(folded: &str, values: Vec<(String, String)>) -> Vec<String> {
    let mut near: Vec<(usize, String)> = Vec::new();
    for (other, display) in values {
        let is_part = other.contains(folded) || folded.contains(&other);
        let distance = if is_part { 1 } else { osa_distance(folded, &other) };
        if distance <= 2 + folded.chars().count() / 4 {
            near.push((distance, display));
        }
    }
    near.sort();
    near.dedup_by(|a, b| a.1 == b.1);
    near.into_iter().take(5).map(|(_, display)| display).collect()
}
