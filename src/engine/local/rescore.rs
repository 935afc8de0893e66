//! Rescoring: what titles, headings, words as typed and the nearness of words add to the best
//! documents.

use tantivy::{DocId, DocSet, SegmentReader, Term, postings::Postings, schema::IndexRecordOption};

use crate::{
    engine::local::{exact_words::prefer_exact, schema::Fields, scored_doc::ScoredDoc},
    query::{
        bm25::{idf, saturated},
        group::Group,
        weights::{
            HEADING_WEIGHT, NEAR_WEIGHT, NEAR_WINDOW, ORDERED_SLACK, ORDERED_WEIGHT, TITLE_WEIGHT,
        },
    },
};

/// What one term in one field gives to a document.
pub(crate) struct Contribution<'a> {
    pub(crate) field: &'static str,
    pub(crate) term: &'a str,
    pub(crate) frequency: u32,
    pub(crate) doc_freq: u32,
    pub(crate) score: f32,
}

/// Adds to the scores of documents what titles, headings, words as typed and the nearness of words
/// give to them.
///
/// Headings are looked at only when there are any: for a field without a term Tantivy makes an
/// empty dictionary, which takes longer than many a search.
pub(crate) fn rescore(
    segment: &SegmentReader,
    fields: &Fields,
    has_headings: bool,
    groups: &[Group],
    docs: &mut [ScoredDoc],
) -> tantivy::Result<()> {
    docs.sort_unstable_by_key(|scored| scored.doc);
    let ids: Vec<DocId> = docs.iter().map(|scored| scored.doc).collect();
    for field in [TITLE, HEADING].into_iter().take(if has_headings { 2 } else { 1 }) {
        contributions(segment, fields, &[field], groups, &ids, |at, part| {
            docs[at].score += part.score;
        })?;
    }
    prefer_exact(segment, fields, groups, docs)?;
    nearness(segment, fields, groups, docs)
}

/// Adds to the scores of documents in which words of the query that stand side by side do so too.
fn nearness(
    segment: &SegmentReader,
    fields: &Fields,
    groups: &[Group],
    docs: &mut [ScoredDoc],
) -> tantivy::Result<()> {
    let documents = segment.max_doc() as f32;
    let index = segment.inverted_index(fields.text)?;
    let norms = segment.get_fieldnorms_reader(fields.text)?;
    let average = index.total_num_tokens() as f32 / documents;
    let mut words = Vec::new();
    for group in groups.iter().filter(|_| groups.len() > 1) {
        if let (Some(position), Some(term)) = (group.position, group.variants[0].0.terms().first())
        {
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
    for scored in docs {
        for ((_, _, postings), positions) in words.iter_mut().zip(&mut positions) {
            positions.clear();
            if postings.doc() <= scored.doc && postings.seek(scored.doc) == scored.doc {
                postings.positions(positions);
            }
        }
        let length = norms.fieldnorm(scored.doc) as f32 / average;
        for at in 1..words.len() {
            let (a, b) = (&positions[at - 1], &positions[at]);
            if a.is_empty() || b.is_empty() {
                continue;
            }
            let apart = (words[at].0 - words[at - 1].0) as u32;
            let (in_order, close) = pairs(a, b, apart);
            let idf = words[at].1 + words[at - 1].1;
            scored.score += ORDERED_WEIGHT * idf * saturated(in_order as f32, length);
            scored.score += NEAR_WEIGHT * idf * saturated(close as f32, length);
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
    mut add: impl FnMut(Contribution<'_>),
) -> tantivy::Result<()> {
    contributions(segment, fields, &[TEXT, TITLE, HEADING], groups, &[doc], |_, part| add(part))
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
    mut add: impl FnMut(usize, Contribution<'_>),
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
        for (group, variant, weight) in groups.iter().flat_map(|group| {
            group.variants.iter().map(move |(variant, weight)| (group, variant, weight))
        }) {
            for text in variant.terms() {
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
                        add(at, part);
                    }
                }
            }
        }
    }
    Ok(())
}
