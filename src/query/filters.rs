//! Filters: restrictions on facets and dates that are no part of the query.

use jiff::civil::Date;

use crate::{
    aliases::Aliases,
    error::Error,
    query::facet::{FACETS, facet_value},
};

/// Restrictions on facets and dates; values as typed, compared without case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Facet name (`company`, `tag`, `site`, `section`, `list`, `year`, `kind`, `provenance`) and value;
    /// of `year` also a range, such as `>2020`.
    pub facets: Vec<(String, String)>,
    /// Listed on that day or later.
    pub after: Option<Date>,
    /// Listed before that day.
    pub before: Option<Date>,
    /// Published on that day or later.
    pub published_after: Option<Date>,
    /// Published before that day.
    pub published_before: Option<Date>,
}

/// [`Filters`] as an engine takes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PlannedFilters {
    /// Values of facets in the order of [`FACETS`]: any of one facet, one of each facet.
    pub(crate) choices: Vec<FacetChoice>,
    /// All of them.
    pub(crate) dates: Vec<DateRange>,
}

/// A value of a facet that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FacetChoice {
    pub(crate) facet: &'static str,
    /// As typed.
    pub(crate) value: String,
    pub(crate) folded: String,
}

/// Days of one kind: from the first on, before the second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DateRange {
    pub(crate) of: DateField,
    pub(crate) from: Option<Date>,
    pub(crate) until: Option<Date>,
}

/// The dates of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateField {
    /// The date that the list gives.
    Listed,
    /// The date that the article gives.
    Published,
}

impl Filters {
    /// The filters with names and values as the index has them.
    ///
    /// # Errors
    /// [`Error::UnknownFacet`] for a facet that does not exist.
    pub(crate) fn planned(&self, aliases: &Aliases) -> Result<PlannedFilters, Error> {
        let is_unknown = |(name, _): &&(String, String)| !FACETS.contains(&name.as_str());
        if let Some((name, _)) = self.facets.iter().find(is_unknown) {
            return Err(Error::UnknownFacet { name: name.clone(), known: &FACETS });
        }
        let choices = FACETS.into_iter().flat_map(|facet| {
            let values = self.facets.iter().filter(move |(name, _)| name == facet);
            values.map(move |(_, value)| FacetChoice::new(facet, value, aliases))
        });
        let dates = [
            DateRange { of: DateField::Listed, from: self.after, until: self.before },
            DateRange {
                of: DateField::Published,
                from: self.published_after,
                until: self.published_before,
            },
        ];
        let dates = dates.into_iter().filter(|range| range.from.is_some() || range.until.is_some());
        Ok(PlannedFilters { choices: choices.collect(), dates: dates.collect() })
    }
}

impl FacetChoice {
    /// The choice of a value as typed.
    pub(crate) fn new(facet: &'static str, value: &str, aliases: &Aliases) -> FacetChoice {
        let folded = facet_value(facet, value, aliases);
        FacetChoice { facet, value: value.to_owned(), folded }
    }
}
