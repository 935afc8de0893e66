//! Exact words: documents that have a word as it was typed come before those that inflect it.

use crate::{
    engine::{
        candidates::{CandidateTerm, Candidates},
        part::{Reason, ScorePart},
    },
    error::Error,
    query::{
        bm25::idf,
        group::{Group, Variant},
        weights::EXACT_WEIGHT,
    },
};

/// What documents get in which words stand as they were typed.
pub(crate) fn as_typed<C: Candidates>(
    candidates: &C,
    groups: &[Group],
    mut add: impl FnMut(usize, ScorePart<'_>),
) -> Result<(), Error> {
    for group in groups.iter().filter(|group| group.words == 1 && group.position.is_some()) {
        let Variant::Term(stem) = &group.variants[0].0 else { continue };
        // What documents have is written where a stemmer would change it.
        if stem.first() == group.surface {
            continue;
        }
        let mut doc_freq = 0;
        for stem in stem.iter() {
            doc_freq += candidates.doc_freq(stem)?;
        }
        let doc_freq = doc_freq.min(candidates.documents());
        let Some(mut word) = candidates.word(&group.surface)?.filter(|_| doc_freq > 0) else {
            continue;
        };
        let score =
            EXACT_WEIGHT * group.times * idf(doc_freq as f32, candidates.documents() as f32);
        for at in 0..candidates.count() {
            if word.frequency(at) > 0 {
                add(at, ScorePart { reason: Reason::AsTyped { word: &group.surface }, score });
            }
        }
    }
    Ok(())
}
