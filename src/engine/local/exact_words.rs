//! Exact words: documents that have a word as it was typed come before those that inflect it.

use tantivy::{DocId, SegmentReader, Term, schema::IndexRecordOption};

use crate::{
    engine::local::{
        index::has,
        part::{Reason, ScorePart},
        schema::Fields,
    },
    query::{
        bm25::idf,
        group::{Group, Variant},
        weights::EXACT_WEIGHT,
    },
};

/// What documents, in ascending order, get in which words stand as they were typed.
pub(crate) fn as_typed(
    segment: &SegmentReader,
    fields: &Fields,
    groups: &[Group],
    docs: &[DocId],
    mut add: impl FnMut(usize, ScorePart<'_>),
) -> tantivy::Result<()> {
    let (stems, words) =
        (segment.inverted_index(fields.text)?, segment.inverted_index(fields.words)?);
    for group in groups.iter().filter(|group| group.words == 1 && group.position.is_some()) {
        let Variant::Term(stem) = &group.variants[0].0 else { continue };
        let stem = stems.get_term_info(&Term::from_field_text(fields.text, stem))?;
        let word = Term::from_field_text(fields.words, &group.surface);
        let postings = words.read_postings(&word, IndexRecordOption::Basic)?;
        let (Some(stem), Some(mut postings)) = (stem, postings) else { continue };
        let score =
            EXACT_WEIGHT * group.times * idf(stem.doc_freq as f32, segment.max_doc() as f32);
        for (at, &doc) in docs.iter().enumerate() {
            if has(&mut postings, doc) {
                add(at, ScorePart { reason: Reason::AsTyped { word: &group.surface }, score });
            }
        }
    }
    Ok(())
}
