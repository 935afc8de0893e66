//! Exact words: documents that have a word as it was typed come before those that inflect it.

use tantivy::{DocSet, SegmentReader, Term, schema::IndexRecordOption};

use crate::{
    engine::local::{schema::Fields, scored_doc::ScoredDoc},
    query::{
        bm25::idf,
        group::{Group, Variant},
        weights::EXACT_WEIGHT,
    },
};

/// Raises the scores of documents, in ascending order, in which words stand as they were typed.
pub(crate) fn prefer_exact(
    segment: &SegmentReader,
    fields: &Fields,
    groups: &[Group],
    docs: &mut [ScoredDoc],
) -> tantivy::Result<()> {
    let (stems, words) =
        (segment.inverted_index(fields.text)?, segment.inverted_index(fields.words)?);
    for group in groups.iter().filter(|group| group.words == 1 && group.position.is_some()) {
        let Variant::Term(stem) = &group.variants[0].0 else { continue };
        let stem = stems.get_term_info(&Term::from_field_text(fields.text, stem))?;
        let word = Term::from_field_text(fields.words, &group.surface);
        let postings = words.read_postings(&word, IndexRecordOption::Basic)?;
        let (Some(stem), Some(mut postings)) = (stem, postings) else { continue };
        let worth =
            EXACT_WEIGHT * group.times * idf(stem.doc_freq as f32, segment.max_doc() as f32);
        for scored in &mut *docs {
            if postings.doc() <= scored.doc && postings.seek(scored.doc) == scored.doc {
                scored.score += worth;
            }
        }
    }
    Ok(())
}
