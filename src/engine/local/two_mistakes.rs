//! Words two mistakes away, found in the dictionary by an automaton.

use tantivy::{SegmentReader, Term, query::FuzzyTermQuery, schema::Field};

use crate::{
    engine::{
        index::NearWord,
        local::failure::{engine_error, io_error},
    },
    error::Error,
};

/// The word of ASCII letters two mistakes away that begins with the same letter and that most
/// documents have.
pub(crate) fn two_mistakes_away(
    segment: &SegmentReader,
    words: Field,
    typed: &str,
) -> Result<Option<NearWord>, Error> {
    let index = segment.inverted_index(words).map_err(engine_error)?;
    let query = FuzzyTermQuery::new(Term::from_field_text(words, typed), 2, true);
    let automaton = query.automaton().map_err(engine_error)?;
    let first = &typed.as_bytes()[..1];
    let search = index.terms().search(automaton).ge(first).lt([first[0] + 1]);
    let mut stream = search.into_stream().map_err(io_error)?;
    let mut best: Option<NearWord> = None;
    while stream.advance() {
        let (word, documents) = (stream.key(), stream.value().doc_freq);
        if word.iter().all(u8::is_ascii_lowercase)
            && best.as_ref().is_none_or(|best| documents > best.documents)
        {
            best = Some(NearWord { word: String::from_utf8_lossy(word).into_owned(), documents });
        }
    }
    Ok(best)
}
