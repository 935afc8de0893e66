//! Ranking: every tuned constant, and the second look at the best candidates.

use tantivy::{
    DocId, DocSet, SegmentReader, Term,
    fieldnorm::FieldNormReader,
    postings::{Postings, SegmentPostings},
    schema::{Field, IndexRecordOption},
};

use crate::{
    index::schema::Fields,
    search::plan::{Group, Way},
};

/// Weight of a synonym beside the word that was typed.
pub(crate) const SYNONYM_WEIGHT: f32 = 0.4;
/// Weight of `realtime` beside the words of a typed `real-time`.
pub(crate) const COMPOUND_WEIGHT: f32 = 0.5;
/// Weight of titles, tags and company beside the text, which holds them too.
const TITLE_WEIGHT: f32 = 0.3;
/// Weight of headings likewise.
const HEADING_WEIGHT: f32 = 0.1;
/// Candidates that get a second look.
pub(crate) const DEPTH: usize = 100;
/// Queries of up to so many words rank documents with all of them before those with some.
pub(crate) const ALL_WORDS: usize = 4;

/// BM25's saturation and length constants, those of Tantivy.
const K1: f32 = 1.2;
const B: f32 = 0.75;

/// A document on its way to becoming a hit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) doc: DocId,
    pub(crate) score: f32,
}

/// Adds what titles and headings say to the scores of candidates.
pub(crate) fn look_again(
    segment: &SegmentReader,
    fields: &Fields,
    groups: &[Group],
    candidates: &mut [Candidate],
) -> tantivy::Result<()> {
    candidates.sort_unstable_by_key(|candidate| candidate.doc);
    for group in groups {
        for (way, weight) in &group.ways {
            let terms = match way {
                Way::Term(term) => std::slice::from_ref(term),
                Way::All(terms) | Way::Phrase(terms) => terms,
                Way::Name(_) | Way::Prefix(_) => continue,
            };
            for term in terms {
                let weight = weight * group.times;
                add_field(segment, fields.title, term, TITLE_WEIGHT * weight, candidates)?;
                add_field(segment, fields.heading, term, HEADING_WEIGHT * weight, candidates)?;
            }
        }
    }
    Ok(())
}

fn add_field(
    segment: &SegmentReader,
    field: Field,
    term: &str,
    weight: f32,
    candidates: &mut [Candidate],
) -> tantivy::Result<()> {
    let index = segment.inverted_index(field)?;
    let term = Term::from_field_text(field, term);
    let Some(mut postings) = index.read_postings(&term, IndexRecordOption::WithFreqs)? else {
        return Ok(());
    };
    let documents = segment.max_doc() as f32;
    let bm25 = Bm25 {
        norms: segment.get_fieldnorms_reader(field)?,
        average: index.total_num_tokens() as f32 / documents,
        idf: idf(postings.doc_freq() as f32, documents),
    };
    for candidate in candidates {
        if seek(&mut postings, candidate.doc) {
            let frequency = postings.term_freq() as f32;
            candidate.score += weight * bm25.score(candidate.doc, frequency);
        }
    }
    Ok(())
}

/// BM25 of one term in one field.
struct Bm25 {
    norms: FieldNormReader,
    average: f32,
    idf: f32,
}

impl Bm25 {
    fn score(&self, doc: DocId, frequency: f32) -> f32 {
        let length = self.norms.fieldnorm(doc) as f32;
        let norm = K1 * (1.0 - B + B * length / self.average);
        self.idf * (1.0 + K1) * frequency / (frequency + norm)
    }
}

pub(crate) fn idf(doc_freq: f32, documents: f32) -> f32 {
    (1.0 + (documents - doc_freq + 0.5) / (doc_freq + 0.5)).ln()
}

/// Moves postings to a document that is not before the last one asked for; whether it is there.
fn seek(postings: &mut SegmentPostings, doc: DocId) -> bool {
    postings.doc() <= doc && postings.seek(doc) == doc
}
