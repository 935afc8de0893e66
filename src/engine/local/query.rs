//! Tantivy's queries for the conditions and the words of a plan.

use std::ops::Bound;

use tantivy::{
    Term,
    query::{
        AllQuery, BooleanQuery, ConstScoreQuery, Occur, Query, RangeQuery, RegexQuery, TermQuery,
    },
    schema::{Field, IndexRecordOption},
};

use crate::{
    analysis::{stem_set::StemSet, text_field::TextField, unspaced::is_single_cjk},
    dates,
    engine::{
        execution::Match,
        local::{
            prefix::PrefixQuery,
            readings::{
                FoundBy, Readings, ReadingsQuery, TermSequence, WordOrder, boosted, of_reading,
            },
            schema::Fields,
        },
        terms,
    },
    query::{
        condition::Condition,
        filters::{DateField, DateRange, FacetChoice, PlannedFilters},
        group::{Group, Variant},
        key::DocumentKey,
        plan::Plan,
        prefix::Prefix,
        tree,
    },
};

/// Documents that match a plan and pass filters.
pub(crate) fn of_plan(
    plan: &Plan,
    words: Match,
    filters: &[Box<dyn Query>],
    fields: &Fields,
) -> Box<dyn Query> {
    let mut parts: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    match words {
        Match::AllWords => {
            let groups = plan.groups.iter().filter_map(|group| of_group(group, fields));
            parts.extend(groups.map(|query| (Occur::Must, query)));
        }
        Match::AnyWord => {
            // All variants side by side: Tantivy passes over documents for terms within one query alone.
            let variants = plan.groups.iter().flat_map(|group| of_variants(group, fields));
            let any = boolean(variants.map(|query| (Occur::Should, query)).collect());
            parts.extend(any.map(|query| (Occur::Must, query)));
        }
    }
    let required = plan.required.iter().filter_map(|condition| of_condition(condition, fields));
    parts.extend(required.map(|query| (Occur::Must, query)));
    parts.extend(filters.iter().map(|query| (Occur::Must, query.box_clone())));
    if parts.is_empty() {
        parts.push((Occur::Must, Box::new(AllQuery)));
    }
    let excluded = plan.excluded.iter().filter_map(|condition| of_condition(condition, fields));
    parts.extend(excluded.map(|query| (Occur::MustNot, exclusion(query))));
    boolean(parts).unwrap_or_else(|| Box::new(AllQuery))
}

/// Documents that say a thing in any of its variants.
pub(crate) fn of_group(group: &Group, fields: &Fields) -> Option<Box<dyn Query>> {
    let variants = of_variants(group, fields).into_iter();
    boolean(variants.map(|query| (Occur::Should, query)).collect())
}

/// Documents that say a thing in a variant, for each of its variants.
pub(crate) fn of_variants(group: &Group, fields: &Fields) -> Vec<Box<dyn Query>> {
    let variants = group.variants.iter().filter_map(|(variant, weight)| {
        let query: Box<dyn Query> = match variant {
            Variant::Term(term) => word_query(fields.text, term),
            Variant::StopWords(words) => term_query(fields.stop_words, words),
            Variant::All(terms) => boolean(
                terms.iter().map(|term| (Occur::Must, word_query(fields.text, term))).collect(),
            )?,
            Variant::Phrase(terms) => {
                phrase_query(fields.text, terms.iter().enumerate(), fields.order(0))
            }
            Variant::Apart { terms, offsets } => {
                let words = offsets.iter().copied().zip(terms);
                phrase_query(fields.text, words, fields.order(0))
            }
            Variant::Prefix(prefix) => prefix_query(TextField::Text, prefix, fields)?,
        };
        let boost = weight * group.times;
        let readings = query.downcast_ref::<ReadingsQuery>();
        Some(match readings {
            Some(readings) => Box::new(ReadingsQuery { boost, ..readings.clone() }),
            None => boosted(query, boost),
        })
    });
    variants.collect()
}

/// Documents that pass filters, all with score 0: a query for each facet and each range of dates.
pub(crate) fn of_filters(filters: &PlannedFilters, fields: &Fields) -> Vec<Box<dyn Query>> {
    let mut queries: Vec<Box<dyn Query>> = Vec::new();
    for choices in filters.choices.chunk_by(|a, b| a.facet == b.facet) {
        queries.push(match choices {
            [choice] => facet_query(fields, choice),
            several => {
                let any = several.iter().map(|choice| (Occur::Should, facet_query(fields, choice)));
                Box::new(BooleanQuery::new(any.collect()))
            }
        });
    }
    queries.extend(of_dates(filters, fields));
    queries
}

/// Documents that pass the filters by date.
pub(crate) fn of_dates(filters: &PlannedFilters, fields: &Fields) -> Vec<Box<dyn Query>> {
    filters.dates.iter().map(|range| date_query(fields, range)).collect()
}

/// Documents that are like a condition; none when no document can be.
fn of_condition(condition: &Condition, fields: &Fields) -> Option<Box<dyn Query>> {
    Some(match condition {
        Condition::Term { field, term } => word_query(fields.of(*field), term),
        Condition::Phrase { field, terms, slop } => {
            let words = terms.iter().map(|(at, term)| (*at, term));
            phrase_query(fields.of(*field), words, fields.order(*slop))
        }
        Condition::Prefix { field, prefix } => prefix_query(*field, prefix, fields)?,
        Condition::Group(group) => of_group(group, fields)?,
        Condition::Facet(choice) => facet_query(fields, choice),
        Condition::FacetRange { facet, from, until } => {
            let term = |value| Term::from_field_text(fields.facet, &terms::facet(facet, value));
            let (from, until) = (Bound::Included(term(from)), Bound::Included(term(until)));
            Box::new(ConstScoreQuery::new(Box::new(RangeQuery::new(from, until)), 0.0))
        }
        Condition::Date(range) => date_query(fields, range),
        Condition::Key(key) => key_query(fields, key),
        Condition::Id(id) => id_query(fields, id),
        Condition::Clauses(clauses) => of_clauses(clauses, fields)?,
    })
}

fn of_clauses(clauses: &[(tree::Occur, Condition)], fields: &Fields) -> Option<Box<dyn Query>> {
    let parts = clauses.iter().filter_map(|(occur, condition)| {
        let query = of_condition(condition, fields)?;
        Some(match occur {
            tree::Occur::Should => (Occur::Should, query),
            tree::Occur::Must => (Occur::Must, query),
            tree::Occur::MustNot => (Occur::MustNot, exclusion(query)),
        })
    });
    let mut parts: Vec<(Occur, Box<dyn Query>)> = parts.collect();
    if !parts.is_empty() && parts.iter().all(|(occur, _)| *occur == Occur::MustNot) {
        parts.push((Occur::Must, Box::new(AllQuery)));
    }
    boolean(parts)
}

/// Documents with a word, by whichever stemmer they were read.
fn word_query(field: Field, word: &StemSet) -> Box<dyn Query> {
    phrase_query(field, std::iter::once((0, word)), WordOrder::Any)
}

/// Documents with words as closely at these places as the order says, all read by one stemmer.
pub(crate) fn phrase_query<'w>(
    field: Field,
    words: impl Iterator<Item = (usize, &'w StemSet)>,
    order: WordOrder,
) -> Box<dyn Query> {
    let (places, words): (Vec<usize>, Vec<&StemSet>) = words.unzip();
    let reading = |terms: Vec<&str>| -> TermSequence {
        let terms = terms.into_iter().map(|term| Term::from_field_text(field, term));
        places.iter().copied().zip(terms).collect()
    };
    let readings: Vec<TermSequence> = StemSet::readings(&words).into_iter().map(reading).collect();
    match readings.as_slice() {
        [reading] => of_reading(reading, order),
        _ => Box::new(ReadingsQuery {
            readings: Readings::of(readings),
            order,
            found_by: FoundBy::All,
            boost: 1.0,
        }),
    }
}

/// Documents with a term.
fn term_query(field: Field, term: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, term), IndexRecordOption::WithFreqs))
}

/// A query to be excluded.
///
/// Tantivy 0.27 asks excluded documents by `seek_danger` with targets that may lie behind, which
/// phrases do not bear and unions do; so a phrase is made a union with itself.
fn exclusion(query: Box<dyn Query>) -> Box<dyn Query> {
    if query.is::<TermQuery>() || query.is::<PrefixQuery>() {
        return query;
    }
    Box::new(BooleanQuery::new(vec![(Occur::Should, query.box_clone()), (Occur::Should, query)]))
}

/// Parts as one query; none when there are none.
fn boolean(mut parts: Vec<(Occur, Box<dyn Query>)>) -> Option<Box<dyn Query>> {
    match parts.len() {
        0 => None,
        1 if parts[0].0 != Occur::MustNot => Some(parts.remove(0).1),
        _ => Some(Box::new(BooleanQuery::new(parts))),
    }
}

/// Documents with a word that begins like this, and with the terms before it.
fn prefix_query(field: TextField, prefix: &Prefix, fields: &Fields) -> Option<Box<dyn Query>> {
    let Prefix { before, beginning } = prefix;
    let stems = fields.of(field);
    let last: Box<dyn Query> = if is_single_cjk(beginning) {
        // Texts of such scripts are indexed in pairs of characters.
        Box::new(RegexQuery::from_pattern(&format!(".?{beginning}.?"), stems).ok()?)
    } else {
        let words = (fields.words, format!("{}{beginning}", field.marker()));
        Box::new(PrefixQuery { words, stems: (stems, beginning.clone()) })
    };
    let before = before.iter().map(|term| (Occur::Must, word_query(stems, term)));
    boolean(before.chain([(Occur::Must, last)]).collect())
}

/// Documents that can be asked for by a key.
fn key_query(fields: &Fields, key: &DocumentKey) -> Box<dyn Query> {
    term_query(fields.key, &terms::key(key))
}

/// The document of an id, with score 0.
fn id_query(fields: &Fields, id: &str) -> Box<dyn Query> {
    let term = || Bound::Included(Term::from_field_text(fields.id, id));
    Box::new(ConstScoreQuery::new(Box::new(RangeQuery::new(term(), term())), 0.0))
}

/// Documents with a facet value, all with score 0.
fn facet_query(fields: &Fields, choice: &FacetChoice) -> Box<dyn Query> {
    let term = Term::from_field_text(fields.facet, &terms::facet(choice.facet, &choice.folded));
    let query = TermQuery::new(term, IndexRecordOption::Basic);
    Box::new(ConstScoreQuery::new(Box::new(query), 0.0))
}

/// Documents with a date in a range, all with score 0.
fn date_query(fields: &Fields, range: &DateRange) -> Box<dyn Query> {
    let field = match range.of {
        DateField::Listed => fields.listed,
        DateField::Published => fields.published,
    };
    let term = |day| Term::from_field_i64(field, dates::number(day));
    let lower = range.from.map_or(Bound::Unbounded, |day| Bound::Included(term(day)));
    let upper = range.until.map_or(Bound::Unbounded, |day| Bound::Excluded(term(day)));
    Box::new(ConstScoreQuery::new(Box::new(RangeQuery::new(lower, upper)), 0.0))
}
