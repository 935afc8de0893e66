//! Ranges of years to filter by.

use crate::{
    engine::index::Index,
    error::Error,
    query::{
        filters::{FacetChoice, PlannedFilters},
        years,
    },
};

/// Puts in place of each range of years those of its years that documents have.
///
/// # Errors
/// [`Error::UnknownValue`] for a range without any.
pub(crate) fn expand(index: &dyn Index, filters: &mut PlannedFilters) -> Result<(), Error> {
    let mut choices = Vec::new();
    for choice in filters.choices.drain(..) {
        let range = if choice.facet == "year" { years::range(&choice.value) } else { None };
        let Some(range) = range else {
            choices.push(choice);
            continue;
        };
        let before = choices.len();
        for (folded, value) in index.facet_values("year")? {
            if folded.parse().is_ok_and(|year| range.contains(&year)) {
                choices.push(FacetChoice { facet: "year", value, folded });
            }
        }
        if choices.len() == before {
            let FacetChoice { facet, value, .. } = choice;
            return Err(Error::UnknownValue {
                facet: facet.to_owned(),
                value,
                nearest: Vec::new(),
            });
        }
    }
    filters.choices = choices;
    Ok(())
}
