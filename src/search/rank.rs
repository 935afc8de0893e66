//! Ranking: every tuned constant, and the second look at the best candidates.

use tantivy::{DocId, DocSet, SegmentReader, Term, postings::Postings, schema::IndexRecordOption};

use crate::{engine::local::schema::Fields, search::group::Group};

/// Weight of a synonym beside the word that was typed.
pub(crate) const SYNONYM_WEIGHT: f32 = 0.4;
/// Weight of `realtime` beside the words of a typed `real-time`.
pub(crate) const COMPOUND_WEIGHT: f32 = 0.5;
/// Weight of titles, tags and company beside the text, which holds them too.
const TITLE_WEIGHT: f32 = 0.3;
/// Weight of headings likewise.
const HEADING_WEIGHT: f32 = 0.1;
/// Candidates that get a second look. Twice as many change nothing (nDCG@10 0.4344, MAP 0.310) and
/// cost a fifth of a query; 30 give 0.4340, 20 give 0.4320.
pub(crate) const DEPTH: usize = 50;
/// Queries of up to so many words rank documents with all of them before those with some.
pub(crate) const ALL_WORDS: usize = 4;

/// From more free words on, quotation marks are punctuation and not a demand.
pub(crate) const PROSE_WORDS: usize = 8;

/// Weight of words that follow each other as in the query, and of words that are near.
const ORDERED_WEIGHT: f32 = 0.2;
const NEAR_WEIGHT: f32 = 0.1;
/// Words that may stand between, beyond those in the query; and positions that count as near.
const ORDERED_SLACK: u32 = 1;
const NEAR_WINDOW: u32 = 8;
/// Feedback: hits whose words join the query, how many words, and the weight of the best of them.
pub(crate) const FEEDBACK_BEST: usize = 10;
pub(crate) const FEEDBACK_WORDS: usize = 25;
pub(crate) const FEEDBACK_WEIGHT: f32 = 0.2;
/// Larger indexes are searched without feedback, whose second pass costs more there than the first,
/// and without a look at the texts for words as they were typed.
pub(crate) const SMALL_INDEX: u32 = 20_000;

/// In small indexes: weight of a word that stands in a text as it was typed, and how many of the
/// best hits are looked at. Mean nDCG@10 with 0: 0.4344, 0.05: 0.4334, 0.1: 0.4348, 0.2: 0.4357.
pub(crate) const EXACT_WEIGHT: f32 = 0.1;
pub(crate) const EXACT_DEPTH: usize = 20;
/// Freshness, when asked for: what the score of a document of today is raised by, and the age in
/// days at which half of that is left. Set so that a title match still beats a newer text match.
pub(crate) const FRESHNESS: f32 = 0.2;
pub(crate) const FRESHNESS_HALF_LIFE: f32 = 730.0;

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
///
/// Headings are looked at only when there are any: for a field without a term Tantivy makes an
/// empty dictionary, which takes longer than many a search.
pub(crate) fn look_again(
    segment: &SegmentReader,
    fields: &Fields,
    has_headings: bool,
    groups: &[Group],
    candidates: &mut [Candidate],
) -> tantivy::Result<()> {
    candidates.sort_unstable_by_key(|candidate| candidate.doc);
    let docs: Vec<DocId> = candidates.iter().map(|candidate| candidate.doc).collect();
    for field in [TITLE, HEADING].into_iter().take(if has_headings { 2 } else { 1 }) {
        contributions(segment, fields, &[field], groups, &docs, |at, part| {
            candidates[at].score += part.score;
        })?;
    }
    nearness(segment, fields, groups, candidates)
}

/// Adds to the scores of documents in which words of the query that stand side by side do so too.
fn nearness(
    segment: &SegmentReader,
    fields: &Fields,
    groups: &[Group],
    candidates: &mut [Candidate],
) -> tantivy::Result<()> {
    let documents = segment.max_doc() as f32;
    let index = segment.inverted_index(fields.text)?;
    let norms = segment.get_fieldnorms_reader(fields.text)?;
    let average = index.total_num_tokens() as f32 / documents;
    let mut words = Vec::new();
    for group in groups.iter().filter(|_| groups.len() > 1) {
        if let (Some(position), Some(term)) = (group.position, group.ways[0].0.terms().first()) {
            let term = Term::from_field_text(fields.text, term);
            let option = IndexRecordOption::WithFreqsAndPositions;
            if let Some(postings) = index.read_postings(&term, option)? {
                let idf = idf(postings.doc_freq() as f32, documents);
                words.push((position, idf, postings));
            }
        }
    }
    if words.len() < 2 {
        return Ok(());
    }
    let mut positions: Vec<Vec<u32>> = vec![Vec::new(); words.len()];
    for candidate in candidates {
        for ((_, _, postings), positions) in words.iter_mut().zip(&mut positions) {
            positions.clear();
            if postings.doc() <= candidate.doc && postings.seek(candidate.doc) == candidate.doc {
                postings.positions(positions);
            }
        }
        let length = norms.fieldnorm(candidate.doc) as f32 / average;
        for at in 1..words.len() {
            let (a, b) = (&positions[at - 1], &positions[at]);
            if a.is_empty() || b.is_empty() {
                continue;
            }
            let apart = (words[at].0 - words[at - 1].0) as u32;
            let (in_order, close) = pairs(a, b, apart);
            let idf = words[at].1 + words[at - 1].1;
            candidate.score += ORDERED_WEIGHT * idf * saturated(in_order as f32, length);
            candidate.score += NEAR_WEIGHT * idf * saturated(close as f32, length);
        }
    }
    Ok(())
}

/// How often the second word follows the first as closely as in the query, and how often it is near.
fn pairs(first: &[u32], second: &[u32], apart: u32) -> (u32, u32) {
    let (mut in_order, mut close) = (0, 0);
    let mut from = 0;
    for &a in first {
        while from < second.len() && second[from] + NEAR_WINDOW < a {
            from += 1;
        }
        let mut is_close = false;
        for &b in second[from..].iter().take_while(|b| **b <= a + NEAR_WINDOW) {
            is_close |= b != a;
            if b > a && b - a <= apart + ORDERED_SLACK {
                in_order += 1;
            }
        }
        close += u32::from(is_close);
    }
    (in_order, close)
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
