//! Spelling: words that no document has are corrected against the words that documents do have.

use std::collections::BTreeMap;

use strsim::osa_distance;
use tantivy::{SegmentReader, Term, query::FuzzyTermQuery, schema::Field};

use crate::{
    analysis::analyzer::Analyzer,
    engine::local::{
        failure::{engine_error, io_error},
        index::{LocalIndex, doc_freq, first_with},
    },
    error::Error,
    query::{
        group::{Synonyms, Variant, variant_of},
        note::{Corrected, Note},
        plan::Plan,
    },
};

/// Shorter words are left alone: too many others are near.
const MIN_CHARS: usize = 4;
/// A word of so few documents may be a mistake, when a near one has so many times more.
const FEW: u32 = 3;
const COMMON: u32 = 10;
/// From so many characters on two mistakes are forgiven.
const TWO_MISTAKES_CHARS: usize = 8;

impl LocalIndex {
    /// Replaces words that no document has by near ones that some have.
    pub(crate) fn correct(&self, plan: &mut Plan, synonyms: &Synonyms) -> Result<(), Error> {
        let (segment, field) = (self.segment()?, self.fields.text);
        let mut analyzer = Analyzer::default();
        for group in &mut plan.groups {
            let mut terms = group.variants.iter().flat_map(|(variant, _)| variant.terms());
            let Variant::Term(_) = group.variants[0].0 else { continue };
            if terms
                .try_fold(0, |sum, term| doc_freq(segment, field, term).map(|found| sum + found))?
                > 0
            {
                continue;
            }
            let typed = group.surface.clone();
            let Some(terms) = correction(segment, field, &mut analyzer, &typed)? else {
                continue;
            };
            let mut used = Vec::new();
            for term in &terms {
                used.push(self.surface(segment, &mut analyzer, term)?);
            }
            let corrected = Corrected { typed, used: used.join(" ") };
            let others = synonyms.get(&terms.join(" "));
            group.words = terms.len();
            group.variants = vec![(variant_of(terms, Variant::All), 1.0)];
            group.add_synonyms(others);
            plan.notes.push(Note::Corrected(corrected.clone()));
            plan.corrected.push(corrected);
        }
        Ok(())
    }

    /// Notes common words that are one mistake away from words that few documents have, when
    /// `total` documents match.
    pub(crate) fn suggestions(&self, plan: &Plan, total: usize) -> Result<Vec<Note>, Error> {
        let mut notes = Vec::new();
        if total > FEW as usize {
            return Ok(notes);
        }
        let (segment, field) = (self.segment()?, self.fields.text);
        let mut analyzer = Analyzer::default();
        for group in &plan.groups {
            let Variant::Term(term) = &group.variants[0].0 else { continue };
            let found = doc_freq(segment, field, term)?;
            if !(1..=FEW).contains(&found) || !is_correctable(&group.surface) {
                continue;
            }
            let other = likely(segment, field, term)?;
            let Some(other) = other else { continue };
            if doc_freq(segment, field, &other)? >= found * COMMON {
                let other = self.surface(segment, &mut analyzer, &other)?;
                notes.push(Note::MaybeMisspelled { typed: group.surface.clone(), other });
            }
        }
        Ok(notes)
    }

    /// A word that a term stands for: the commonest in the first document that has it.
    fn surface(
        &self,
        segment: &SegmentReader,
        analyzer: &mut Analyzer,
        term: &str,
    ) -> Result<String, Error> {
        let Some(doc) = first_with(segment, self.fields.text, term)? else {
            return Ok(term.to_owned());
        };
        let document = self.stored(doc, true)?;
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let names = document.titles.iter().chain(&document.tags).chain(&document.company);
        let text = document.content.text();
        for piece in
            names.map(String::as_str).chain(document.description.as_deref()).chain([&*text])
        {
            for word in analyzer.words(piece).into_iter().filter(|word| word.term == term) {
                *counts.entry(word.folded).or_default() += 1;
            }
        }
        let best = counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
        Ok(best.map_or(term.to_owned(), |(word, _)| word))
    }
}

/// Looks for what a folded word should have been among the terms of a field: one or, when a blank
/// is missing, two.
fn correction(
    segment: &SegmentReader,
    field: Field,
    analyzer: &mut Analyzer,
    folded: &str,
) -> Result<Option<Vec<String>>, Error> {
    if !is_correctable(folded) {
        return Ok(None);
    }
    let stem = analyzer.stem(folded);
    let one = nearest(segment, field, &stem, folded, 1)?;
    if let Some(term) = one {
        return Ok(Some(vec![term]));
    }
    if let Some(terms) = split(segment, field, analyzer, folded)? {
        return Ok(Some(terms));
    }
    if folded.len() < TWO_MISTAKES_CHARS {
        return Ok(None);
    }
    let two = nearest(segment, field, &stem, folded, 2)?;
    Ok(two.map(|term| vec![term]))
}

/// Whether a word is one that can be misspelled: letters, and enough of them.
fn is_correctable(folded: &str) -> bool {
    (MIN_CHARS..=40).contains(&folded.len()) && folded.bytes().all(|b| b.is_ascii_alphabetic())
}

/// The commonest other term that is one mistake away from a stem and begins with the same letter:
/// to look at the others would take several milliseconds.
fn likely(segment: &SegmentReader, field: Field, stem: &str) -> Result<Option<String>, Error> {
    let index = segment.inverted_index(field).map_err(engine_error)?;
    let query = FuzzyTermQuery::new(Term::from_field_text(field, stem), 1, true);
    let automaton = query.automaton().map_err(engine_error)?;
    let first = &stem.as_bytes()[..stem.len().min(1)];
    let after: Vec<u8> = first.iter().map(|letter| letter + 1).collect();
    let search = index.terms().search(automaton).ge(first).lt(&after);
    let mut stream = search.into_stream().map_err(io_error)?;
    let mut best: Option<(u32, String)> = None;
    while stream.advance() {
        let found = stream.value().doc_freq;
        let term = String::from_utf8_lossy(stream.key());
        if term != stem && best.as_ref().is_none_or(|(most, _)| found > *most) {
            best = Some((found, term.into_owned()));
        }
    }
    Ok(best.map(|(_, term)| term))
}

/// The term within so many mistakes of a stem; of several the nearest, then the commonest.
fn nearest(
    segment: &SegmentReader,
    field: Field,
    stem: &str,
    folded: &str,
    mistakes: u8,
) -> Result<Option<String>, Error> {
    let index = segment.inverted_index(field).map_err(engine_error)?;
    let mut best: Option<((usize, bool, u32), String)> = None;
    // A mistake may keep the stemmer from cutting, so the uncut word is tried as well.
    for word in [stem, folded] {
        let query = FuzzyTermQuery::new(Term::from_field_text(field, word), mistakes, true);
        let automaton = query.automaton().map_err(engine_error)?;
        let mut stream = index.terms().search(automaton).into_stream().map_err(io_error)?;
        while stream.advance() {
            let Ok(term) = std::str::from_utf8(stream.key()) else { continue };
            if term.len() < 3 || term.bytes().any(|b| b.is_ascii_digit()) {
                continue;
            }
            let keeps_first = term.chars().next() == word.chars().next();
            let rank = (osa_distance(word, term), !keeps_first, u32::MAX - stream.value().doc_freq);
            if best.as_ref().is_none_or(|(old, name)| (rank, term) < (*old, name.as_str())) {
                best = Some((rank, term.to_owned()));
            }
        }
        if stem == folded {
            break;
        }
    }
    Ok(best.map(|(_, term)| term))
}

/// The two words that were written as one, when documents have both.
fn split(
    segment: &SegmentReader,
    field: Field,
    analyzer: &mut Analyzer,
    folded: &str,
) -> Result<Option<Vec<String>>, Error> {
    let mut best: Option<(u32, Vec<String>)> = None;
    for at in 3..folded.len().saturating_sub(2) {
        let halves = [analyzer.stem(&folded[..at]), analyzer.stem(&folded[at..])];
        let mut rarest = u32::MAX;
        for half in &halves {
            rarest = rarest.min(doc_freq(segment, field, half)?);
        }
        if rarest > 0 && best.as_ref().is_none_or(|(old, _)| rarest > *old) {
            best = Some((rarest, halves.to_vec()));
        }
    }
    Ok(best.map(|(_, halves)| halves))
}

#[cfg(test)]
mod tests {
    use strsim::osa_distance;

    #[test]
    fn distances_count_mistakes() {
        for (a, b, mistakes) in [
            ("", "", 0),
            ("abc", "abc", 0),
            ("kubernt", "kubernet", 1),
            ("teh", "the", 1),
            ("a", "bc", 2),
        ] {
            assert_eq!(osa_distance(a, b), mistakes, "{a} {b}");
        }
    }
}
