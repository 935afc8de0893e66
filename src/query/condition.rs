//! Conditions: what a document must be like or must not be like, in terms of no engine.

use crate::{
    analysis::{stem_set::StemSet, text_field::TextField},
    query::{
        filters::{DateRange, FacetChoice},
        group::Group,
        key::DocumentKey,
        prefix::Prefix,
        tree::Occur,
    },
};

/// What a document may be like.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    /// It has a word in a field.
    Term { field: TextField, term: StemSet },
    /// It has words in a field at these distances from each other, with at most `slop` more words
    /// between them.
    Phrase { field: TextField, terms: Vec<(usize, StemSet)>, slop: u32 },
    /// It has a word in a field that begins like this.
    Prefix { field: TextField, prefix: Prefix },
    /// It says a thing in any of its variants.
    Group(Group),
    /// It has a value of a facet.
    Facet(FacetChoice),
    /// It has a value of a facet between two, which count too, in the order of their characters.
    FacetRange { facet: &'static str, from: String, until: String },
    /// It has a date in a range.
    Date(DateRange),
    /// It can be asked for by a key, its own id excepted.
    Key(DocumentKey),
    /// It has this id.
    Id(String),
    /// It is like all that must be, like any that should be when nothing must be, and like nothing
    /// that must not be.
    Clauses(Vec<(Occur, Condition)>),
}

impl Condition {
    /// Parts as one condition; none when there are none.
    pub(crate) fn of_parts(mut parts: Vec<(Occur, Condition)>) -> Option<Condition> {
        match parts.len() {
            0 => None,
            1 if parts[0].0 != Occur::MustNot => Some(parts.remove(0).1),
            _ => Some(Condition::Clauses(parts)),
        }
    }
}
