//! Filters: which documents may be hits, and what would be left with other choices.

use tantivy::query::{BooleanQuery, Occur, Query};

use crate::{
    error::Error,
    query::{
        facet::{FACETS, facet_value},
        tree::{FieldName, Tree},
    },
    search::{
        Filters, Results, Searcher,
        engine::{date_query, facet_query},
        engine_error,
        facets::{FacetColumn, count},
        plan::Plan,
        reading::AllDocs,
    },
};

impl Searcher {
    /// The columns of all facets, opened when first needed.
    fn columns(&self) -> Result<&[FacetColumn], Error> {
        if let Some(columns) = self.facets.get() {
            return Ok(columns);
        }
        let segment = self.segment()?;
        let columns: Result<Vec<_>, _> =
            FACETS.into_iter().map(|name| FacetColumn::open(segment, name)).collect();
        Ok(self.facets.get_or_init({
            let columns = columns?;
            || columns
        }))
    }

    /// The filters as queries without score.
    pub(crate) fn filters(&self, filters: &Filters) -> Result<Vec<Box<dyn Query>>, Error> {
        let mut queries: Vec<Box<dyn Query>> = Vec::new();
        if let Some((name, _)) =
            filters.facets.iter().find(|(name, _)| !FACETS.contains(&name.as_str()))
        {
            return Err(unknown_facet(name));
        }
        for (at, name) in FACETS.into_iter().enumerate() {
            let mut any: Vec<(Occur, Box<dyn Query>)> = Vec::new();
            for (_, value) in filters.facets.iter().filter(|(facet, _)| facet == name) {
                let folded = facet_value(name, value, &self.label.aliases);
                let column = &self.columns()?[at];
                if column.ordinals(&folded)?.is_empty() {
                    return Err(unknown_value(name, value, &column.nearest(&folded)?));
                }
                any.push((Occur::Should, facet_query(&self.fields, name, &folded)));
            }
            match any.len() {
                0 => {}
                1 => queries.extend(any.pop().map(|(_, query)| query)),
                _ => queries.push(Box::new(BooleanQuery::new(any))),
            }
        }
        for (field, from, until) in [
            (self.fields.listed, filters.after, filters.before),
            (self.fields.published, filters.published_after, filters.published_before),
        ] {
            if from.is_some() || until.is_some() {
                queries.push(date_query(field, from, until));
            }
        }
        Ok(queries)
    }

    /// Tells of facet values in a query that no document has.
    pub(crate) fn check_values(&self, node: &Tree, notes: &mut Vec<String>) -> Result<(), Error> {
        match node {
            Tree::Field(FieldName::Facet(name), value) => {
                let value = match &**value {
                    Tree::Words(text) | Tree::Phrase { text, .. } | Tree::Prefix(text) => text,
                    _ => return Ok(()),
                };
                let folded = facet_value(name, value, &self.label.aliases);
                let at = FACETS.iter().position(|facet| facet == name);
                let Some(column) = at.and_then(|at| self.columns().ok()?.get(at)) else {
                    return Ok(());
                };
                if column.ordinals(&folded)?.is_empty() {
                    let nearest = column.nearest(&folded)?;
                    let (message, hint) = no_such_value(name, value, &nearest);
                    notes.push(format!("{message}; {hint}"));
                }
                Ok(())
            }
            Tree::Field(_, node) | Tree::Not(node) => self.check_values(node, notes),
            Tree::And(nodes) | Tree::Or(nodes) => {
                nodes.iter().try_for_each(|node| self.check_values(node, notes))
            }
            Tree::Bag(clauses) => {
                clauses.iter().try_for_each(|clause| self.check_values(&clause.node, notes))
            }
            Tree::Words(_) | Tree::Phrase { .. } | Tree::Prefix(_) => Ok(()),
        }
    }

    pub(crate) fn count_facets(
        &self,
        filters: &Filters,
        plan: &Plan,
        results: &mut Results,
    ) -> Result<(), Error> {
        let columns = self.columns()?;
        let mut selected = Vec::new();
        for (column, name) in columns.iter().zip(FACETS) {
            let mut ranges = Vec::new();
            for (_, value) in filters.facets.iter().filter(|(facet, _)| facet == name) {
                ranges.push(column.ordinals(&facet_value(name, value, &self.label.aliases))?);
            }
            selected.push(ranges);
        }
        let dates = self.filters(&Filters { facets: Vec::new(), ..filters.clone() })?;
        let query = plan.query(&self.fields, false, &dates);
        let documents = self.searcher.search(&query, &AllDocs).map_err(engine_error)?;
        (results.facets, results.total) = count(columns, &selected, &documents)?;
        Ok(())
    }
}

pub(crate) fn unknown_facet(name: &str) -> Error {
    Error::UnknownFacet { name: name.to_owned(), known: &FACETS }
}

fn unknown_value(facet: &str, value: &str, nearest: &[String]) -> Error {
    let nearest = nearest.to_vec();
    Error::UnknownValue { facet: facet.to_owned(), value: value.to_owned(), nearest }
}

fn no_such_value(facet: &str, value: &str, nearest: &[String]) -> (String, String) {
    let hint = match nearest {
        [] => format!("run `mlsearch facets {facet}` to see all values"),
        near => format!("did you mean {}?", near.join(", ")),
    };
    (format!("no document has the {facet} `{value}`"), hint)
}
