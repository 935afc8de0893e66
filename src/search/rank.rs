//! Ranking: every tuned constant, and the second look at the best candidates.

use tantivy::{DocId, DocSet, SegmentReader, Term, postings::Postings, schema::IndexRecordOption};

use crate::{index::schema::Fields, search::plan::Group};

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

/// What one term in one field gives to a document.
pub(crate) struct Contribution<'a> {
    pub(crate) field: &'static str,
    pub(crate) term: &'a str,
    pub(crate) frequency: u32,
    pub(crate) doc_freq: u32,
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
    let docs: Vec<DocId> = candidates.iter().map(|candidate| candidate.doc).collect();
    for field in [TITLE, HEADING] {
        contributions(segment, fields, &[field], groups, &docs, |at, part| {
            candidates[at].score += part.score;
        })?;
    }
    Ok(())
}

/// Everything that words give to one document.
pub(crate) fn explain(
    segment: &SegmentReader,
    fields: &Fields,
    groups: &[Group],
    doc: DocId,
    mut tell: impl FnMut(Contribution<'_>),
) -> tantivy::Result<()> {
    contributions(segment, fields, &[TEXT, TITLE, HEADING], groups, &[doc], |_, part| tell(part))
}

/// A field with its weight.
type Weighted = (&'static str, f32);
const TEXT: Weighted = ("text", 1.0);
const TITLE: Weighted = ("title", TITLE_WEIGHT);
const HEADING: Weighted = ("heading", HEADING_WEIGHT);

/// BM25 of every term of the groups in every field, for documents in ascending order.
fn contributions(
    segment: &SegmentReader,
    fields: &Fields,
    weighted: &[Weighted],
    groups: &[Group],
    docs: &[DocId],
    mut tell: impl FnMut(usize, Contribution<'_>),
) -> tantivy::Result<()> {
    let documents = segment.max_doc() as f32;
    for &(name, field_weight) in weighted {
        let field = match name {
            "title" => fields.title,
            "heading" => fields.heading,
            _ => fields.text,
        };
        let index = segment.inverted_index(field)?;
        let average = index.total_num_tokens() as f32 / documents;
        if average == 0.0 {
            continue;
        }
        let norms = segment.get_fieldnorms_reader(field)?;
        for (group, way, weight) in groups
            .iter()
            .flat_map(|group| group.ways.iter().map(move |(way, weight)| (group, way, weight)))
        {
            for text in way.terms() {
                let term = Term::from_field_text(field, text);
                let option = IndexRecordOption::WithFreqs;
                let Some(mut postings) = index.read_postings(&term, option)? else { continue };
                let doc_freq = postings.doc_freq();
                let idf = idf(doc_freq as f32, documents);
                let weight = weight * group.times * field_weight * idf;
                for (at, &doc) in docs.iter().enumerate() {
                    if postings.doc() <= doc && postings.seek(doc) == doc {
                        let frequency = postings.term_freq();
                        let length = norms.fieldnorm(doc) as f32;
                        let score = weight * saturated(frequency as f32, length / average);
                        let part =
                            Contribution { field: name, term: text, frequency, doc_freq, score };
                        tell(at, part);
                    }
                }
            }
        }
    }
    Ok(())
}

/// BM25's view of a frequency; `length` is relative to the average.
fn saturated(frequency: f32, length: f32) -> f32 {
    (1.0 + K1) * frequency / (frequency + K1 * (1.0 - B + B * length))
}

pub(crate) fn idf(doc_freq: f32, documents: f32) -> f32 {
    (1.0 + (documents - doc_freq + 0.5) / (doc_freq + 0.5)).ln()
}
