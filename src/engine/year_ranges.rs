//! Ranges of years to filter by.

use crate::{
    engine::index::Index,
    error::Error,
    query::{
        filters::{FacetChoice, PlannedFilters},
        years,
    },
};

/// Puts in place of each range of years those of its years that documents have. A range without any stays,
/// as a value that no document has.
pub(crate) fn spread(index: &dyn Index, filters: &mut PlannedFilters) -> Result<(), Error> {
    let mut choices = Vec::new();
    for choice in filters.choices.drain(..) {
        let range = if choice.facet == "year" { years::range(&choice.value) } else { None };
        let Some(range) = range else {
            choices.push(choice);
            continue;
        };
        let of_documents = index
            .facet_values("year")?
            .into_iter()
            .filter(|(folded, _)| folded.parse().is_ok_and(|year| range.contains(&year)));
        let before = choices.len();
        choices.extend(of_documents.map(|(folded, value)| FacetChoice {
            facet: "year",
            value,
            folded,
        }));
        if choices.len() == before {
            choices.push(choice);
        }
    }
    filters.choices = choices;
    Ok(())
}
