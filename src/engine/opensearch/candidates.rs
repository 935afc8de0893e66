//! The best documents, as their stored texts say: they are analysed again, and the places of the words
//! of the query are noted.

use std::collections::{HashMap, HashSet};

use crate::{
    aliases::Aliases,
    analysis::{place, stem_set::StemSet, text_field::TextField},
    engine::{
        candidates::{CandidateField, CandidateTerm, Candidates},
        document::Document,
        opensearch::{
            term_counts::{FieldTerm, TermCounts, WORDS},
            text_fields::text_field,
        },
        placed_terms::PlacedTerms,
        texts::analysed,
    },
    error::Error,
    query::group::Group,
};

/// Where the words of a query stand in one document.
#[derive(Debug, Default)]
pub(crate) struct WordPlaces {
    /// By field and term.
    places: HashMap<FieldTerm, Vec<u32>>,
    /// Terms by field.
    lengths: HashMap<&'static str, u32>,
    /// Words that stand there as they were typed.
    words: HashSet<String>,
}

impl WordPlaces {
    /// The places of the words of groups in a document.
    pub(crate) fn of(document: &Document, groups: &[Group], aliases: &Aliases) -> WordPlaces {
        let texts = analysed(document, &document.content.sections, aliases, false);
        let terms: HashSet<&str> = terms(groups).collect();
        let mut found = WordPlaces::default();
        for (field, text) in [
            (TextField::Text, &texts.text),
            (TextField::Title, &texts.title),
            (TextField::Heading, &texts.heading),
        ] {
            let (field, mut length) = (text_field(field), 0);
            for (position, term) in PlacedTerms::of(text) {
                length += 1;
                if terms.contains(term) {
                    let places = found.places.entry((field, term.to_owned())).or_default();
                    places.push(position as u32);
                }
            }
            found.lengths.insert(field, rounded(length));
        }
        let typed: HashSet<&str> = groups.iter().map(|group| group.surface.as_str()).collect();
        let words = texts.shared.words.split(char::from(place::NEXT));
        found.words = words.filter(|word| typed.contains(word)).map(str::to_owned).collect();
        found
    }
}

/// Candidates with what the index knows of its terms.
pub(crate) struct RemoteCandidates<'a> {
    pub(crate) documents: u32,
    pub(crate) counts: &'a TermCounts,
    pub(crate) places: Vec<&'a WordPlaces>,
}

/// A field of them.
pub(crate) struct RemoteField<'a> {
    field: &'static str,
    average_length: f32,
    counts: &'a TermCounts,
    places: Vec<&'a WordPlaces>,
}

/// A term of them: its places in each.
pub(crate) struct RemoteTerm<'a> {
    doc_freq: u32,
    places: Vec<&'a [u32]>,
}

impl<'a> Candidates for RemoteCandidates<'a> {
    type Field = RemoteField<'a>;
    type Term = RemoteTerm<'a>;

    fn count(&self) -> usize {
        self.places.len()
    }

    fn documents(&self) -> u32 {
        self.documents
    }

    fn field(&self, field: TextField) -> Result<Option<RemoteField<'a>>, Error> {
        let length = self.counts.length(field);
        Ok((length > 0).then(|| RemoteField {
            field: text_field(field),
            average_length: length as f32 / self.documents as f32,
            counts: self.counts,
            places: self.places.clone(),
        }))
    }

    fn doc_freq(&self, term: &str) -> Result<u32, Error> {
        Ok(self.counts.get(text_field(TextField::Text), term))
    }

    fn word(&self, word: &str) -> Result<Option<RemoteTerm<'a>>, Error> {
        let there: &'a [u32] = &[0];
        let has = |places: &&WordPlaces| if places.words.contains(word) { there } else { &[] };
        let doc_freq = self.counts.get(WORDS, word);
        Ok(Some(RemoteTerm { doc_freq, places: self.places.iter().map(has).collect() }))
    }
}

impl<'a> CandidateField for RemoteField<'a> {
    type Term = RemoteTerm<'a>;

    fn average_length(&self) -> f32 {
        self.average_length
    }

    fn length(&self, at: usize) -> u32 {
        self.places[at].lengths.get(self.field).copied().unwrap_or_default()
    }

    fn term(&self, term: &str, _: bool) -> Result<Option<RemoteTerm<'a>>, Error> {
        let doc_freq = self.counts.get(self.field, term);
        let key = (self.field, term.to_owned());
        let of = |places: &&'a WordPlaces| places.places.get(&key).map_or(&[][..], Vec::as_slice);
        let places = || self.places.iter().map(of).collect();
        Ok((doc_freq > 0).then(|| RemoteTerm { doc_freq, places: places() }))
    }
}

impl CandidateTerm for RemoteTerm<'_> {
    fn doc_freq(&self) -> u32 {
        self.doc_freq
    }

    fn frequency(&mut self, at: usize) -> u32 {
        self.places[at].len() as u32
    }

    fn add_positions(&mut self, at: usize, positions: &mut Vec<u32>) -> bool {
        positions.extend_from_slice(self.places[at]);
        !self.places[at].is_empty()
    }
}

/// The terms of groups.
pub(crate) fn terms(groups: &[Group]) -> impl Iterator<Item = &str> {
    let variants = groups.iter().flat_map(|group| &group.variants);
    variants.flat_map(|(variant, _)| variant.terms()).flat_map(StemSet::iter)
}

/// A length as indexes keep it, in one byte: exact up to 40, then with four bits of precision.
fn rounded(length: u32) -> u32 {
    const EXACT: u32 = 24;
    let Some(more) = length.checked_sub(EXACT) else { return length };
    let shift = (u32::BITS - more.leading_zeros()).saturating_sub(4);
    EXACT + (more >> shift << shift)
}

#[cfg(test)]
mod tests {
    use crate::engine::opensearch::candidates::rounded;

    #[test]
    fn lengths_lose_what_an_index_loses() {
        for (length, expected) in
            [(0, 0), (23, 23), (39, 39), (40, 40), (41, 40), (42, 42), (57, 56), (1_000, 984)]
        {
            assert_eq!(rounded(length), expected, "{length}");
        }
        assert!(rounded(u32::MAX) > u32::MAX / 2);
    }
}
