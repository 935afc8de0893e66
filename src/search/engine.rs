//! Queries of the engine, made of terms, dates and facet values.

use std::ops::Bound;

use jiff::civil::Date;
use tantivy::{
    Term,
    query::{
        BooleanQuery, BoostQuery, ConstScoreQuery, Occur, Query, RangeQuery, RegexQuery, TermQuery,
    },
    schema::{Field, IndexRecordOption},
};

use crate::{
    analysis::{analyzer::Analyzer, words::is_single_cjk},
    dates,
    engine::local::{schema::Fields, terms},
};

/// Documents with a term.
pub(crate) fn term_query(field: Field, term: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, term), IndexRecordOption::WithFreqs))
}

/// A query with its score multiplied.
pub(crate) fn boosted(query: Box<dyn Query>, boost: f32) -> Box<dyn Query> {
    if boost == 1.0 { query } else { Box::new(BoostQuery::new(query, boost)) }
}

/// A query to be excluded.
///
/// Tantivy 0.27 asks excluded documents by `seek_danger` with targets that may lie behind, which
/// phrases do not bear and unions do; so a phrase is made a union with itself.
pub(crate) fn exclusion(query: Box<dyn Query>) -> Box<dyn Query> {
    if query.is::<TermQuery>() {
        return query;
    }
    Box::new(BooleanQuery::new(vec![(Occur::Should, query.box_clone()), (Occur::Should, query)]))
}

/// Parts as one query; none when there are none.
pub(crate) fn boolean(mut parts: Vec<(Occur, Box<dyn Query>)>) -> Option<Box<dyn Query>> {
    match parts.len() {
        0 => None,
        1 if parts[0].0 != Occur::MustNot => Some(parts.remove(0).1),
        _ => Some(Box::new(BooleanQuery::new(parts))),
    }
}

/// Terms that begin like a folded word. Terms are stems, so a long beginning is also tried as a word.
pub(crate) fn prefix_query(field: Field, folded: &str) -> Option<Box<dyn Query>> {
    let stem = Analyzer::default().stem(folded);
    let pattern: String = folded.chars().filter(|c| c.is_alphanumeric()).collect();
    let pattern = if is_single_cjk(folded) {
        // Texts of such scripts are indexed in pairs of characters.
        format!(".?{pattern}.?")
    } else {
        format!("{pattern}.*")
    };
    let prefix = RegexQuery::from_pattern(&pattern, field).ok()?;
    let prefix: Box<dyn Query> = Box::new(prefix);
    if stem.len() < folded.len() {
        return boolean(vec![(Occur::Should, prefix), (Occur::Should, term_query(field, &stem))]);
    }
    Some(prefix)
}

/// Documents with a facet value, all with score 0.
pub(crate) fn facet_query(fields: &Fields, facet: &str, folded: &str) -> Box<dyn Query> {
    let term = Term::from_field_text(fields.facet, &terms::facet(facet, folded));
    let query = TermQuery::new(term, IndexRecordOption::Basic);
    Box::new(ConstScoreQuery::new(Box::new(query), 0.0))
}

/// The document of an id, with score 0.
pub(crate) fn id_query(fields: &Fields, id: &str) -> Box<dyn Query> {
    let term = || Bound::Included(Term::from_field_text(fields.id, id));
    Box::new(ConstScoreQuery::new(Box::new(RangeQuery::new(term(), term())), 0.0))
}

/// Documents with a date in a range, all with score 0.
pub(crate) fn date_query(field: Field, from: Option<Date>, until: Option<Date>) -> Box<dyn Query> {
    let term = |day: Date| Term::from_field_i64(field, dates::number(day));
    let lower = from.map_or(Bound::Unbounded, |date| Bound::Included(term(date)));
    let upper = until.map_or(Bound::Unbounded, |date| Bound::Excluded(term(date)));
    Box::new(ConstScoreQuery::new(Box::new(RangeQuery::new(lower, upper)), 0.0))
}
