//! Checks of facet values: whether any document has what a plan asks for.

use crate::{
    engine::local::index::LocalIndex,
    error::Error,
    query::{
        filters::{FacetChoice, PlannedFilters},
        note::Note,
        plan::Plan,
    },
};

impl LocalIndex {
    /// Checks that some document has each value to filter by.
    ///
    /// # Errors
    /// [`Error::UnknownValue`] for the first one that none has.
    pub(crate) fn check_filters(&self, filters: &PlannedFilters) -> Result<(), Error> {
        for choice in &filters.choices {
            if let Some(nearest) = self.nearest_to_unknown(choice)? {
                let FacetChoice { facet, value, .. } = choice.clone();
                return Err(Error::UnknownValue { facet: facet.to_owned(), value, nearest });
            }
        }
        Ok(())
    }

    /// Notes the values that the query of a plan names and that no document has.
    pub(crate) fn note_unknown_values(&self, plan: &mut Plan) -> Result<(), Error> {
        for choice in &plan.named_values {
            if let Some(nearest) = self.nearest_to_unknown(choice)? {
                let FacetChoice { facet, value, .. } = choice.clone();
                plan.notes.push(Note::UnknownValue { facet: facet.to_owned(), value, nearest });
            }
        }
        Ok(())
    }

    /// The values nearest to one that no document has; none when some document has it.
    fn nearest_to_unknown(&self, choice: &FacetChoice) -> Result<Option<Vec<String>>, Error> {
        let mut columns = self.facet_columns()?.iter();
        match columns.find(|column| column.name == choice.facet) {
            Some(column) if column.ordinals(&choice.folded)?.is_empty() => {
                column.nearest(&choice.folded).map(Some)
            }
            _ => Ok(None),
        }
    }
}
