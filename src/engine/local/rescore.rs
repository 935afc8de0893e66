//! Rescoring: what titles, headings, words as typed and the nearness of words add to the best
//! documents.

use tantivy::{
    DocId, SegmentReader, Term,
    postings::{Postings, SegmentPostings},
    schema::IndexRecordOption,
};

use crate::{
    engine::local::{
        exact_words::as_typed,
        index::has,
        part::{Reason, ScorePart},
        passage::{BestPassage, best_passage},
        schema::Fields,
        scored_doc::ScoredDoc,
    },
    query::{
        bm25::{idf, saturated},
        group::{Group, Variant},
        weights::{HEADING_WEIGHT, ORDERED_SLACK, ORDERED_WEIGHT, PASSAGE_WEIGHT, TITLE_WEIGHT},
    },
};

/// Adds to the scores of documents what titles, headings, words as typed and the nearness of words
/// give to them.
pub(crate) fn rescore(
    segment: &SegmentReader,
    fields: &Fields,
    has_headings: bool,
    groups: &[Group],
    docs: &mut [ScoredDoc],
) -> tantivy::Result<()> {
    docs.sort_unstable_by_key(|scored| scored.doc);
    let ids: Vec<DocId> = docs.iter().map(|scored| scored.doc).collect();
    additions(segment, fields, has_headings, groups, &ids, |at, part| docs[at].score += part.score)
}

/// Every part that words give to the score of one document.
pub(crate) fn explain(
    segment: &SegmentReader,
    fields: &Fields,
    has_headings: bool,
    groups: &[Group],
    doc: DocId,
    mut add: impl FnMut(ScorePart<'_>),
) -> tantivy::Result<()> {
    contributions(segment, fields, TEXT, groups, &[doc], |_, part| add(part))?;
    additions(segment, fields, has_headings, groups, &[doc], |_, part| add(part))
}

/// What rescoring adds to documents, which are in ascending order.
///
/// Headings are looked at only when there are any: for a field without a term Tantivy makes an
/// empty dictionary, which takes longer than many a search.
fn additions(
    segment: &SegmentReader,
    fields: &Fields,
    has_headings: bool,
    groups: &[Group],
    docs: &[DocId],
    mut add: impl FnMut(usize, ScorePart<'_>),
) -> tantivy::Result<()> {
    contributions(segment, fields, TITLE, groups, docs, &mut add)?;
    if has_headings {
        contributions(segment, fields, HEADING, groups, docs, &mut add)?;
    }
    as_typed(segment, fields, groups, docs, &mut add)?;
    nearness(segment, fields, groups, docs, add)
}

/// A field with its weight.
type Weighted = (&'static str, f32);
const TEXT: Weighted = ("text", 1.0);
const TITLE: Weighted = ("title", TITLE_WEIGHT);
const HEADING: Weighted = ("heading", HEADING_WEIGHT);

/// BM25 of every term of the groups in a field, for documents in ascending order.
fn contributions(
    segment: &SegmentReader,
    fields: &Fields,
    (name, weight): Weighted,
    groups: &[Group],
    docs: &[DocId],
    mut add: impl FnMut(usize, ScorePart<'_>),
) -> tantivy::Result<()> {
    let field = match name {
        "title" => fields.title,
        "heading" => fields.heading,
        _ => fields.text,
    };
    let documents = segment.max_doc();
    let index = segment.inverted_index(field)?;
    let average = index.total_num_tokens() as f32 / documents as f32;
    if average == 0.0 {
        return Ok(());
    }
    let norms = segment.get_fieldnorms_reader(field)?;
    for group in groups {
        for (variant, variant_weight) in &group.variants {
            for term in variant.terms() {
                let option = IndexRecordOption::WithFreqs;
                let postings = index.read_postings(&Term::from_field_text(field, term), option)?;
                let Some(mut postings) = postings else { continue };
                let doc_freq = postings.doc_freq();
                let worth =
                    weight * variant_weight * group.times * idf(doc_freq as f32, documents as f32);
                for (at, &doc) in docs.iter().enumerate() {
                    if !has(&mut postings, doc) {
                        continue;
                    }
                    let frequency = postings.term_freq();
                    let length = norms.fieldnorm(doc) as f32 / average;
                    let reason = Reason::Term { field: name, term, frequency, doc_freq, documents };
                    let score = worth * saturated(frequency as f32, length);
                    add(at, ScorePart { reason, score });
                }
            }
        }
    }
    Ok(())
}

/// A word of a query where nearness counts.
struct QueryWord {
    /// Where it stood in the query.
    position: usize,
    /// What it is worth: its rarity.
    idf: f32,
    /// How often it was typed.
    times: f32,
    /// The documents of the typed term, then those of its synonyms.
    postings: Vec<SegmentPostings>,
}

/// What documents get whose words stand as close together as in the query, or nearly so.
fn nearness(
    segment: &SegmentReader,
    fields: &Fields,
    groups: &[Group],
    docs: &[DocId],
    mut add: impl FnMut(usize, ScorePart<'_>),
) -> tantivy::Result<()> {
    let mut words = if groups.len() > 1 { words(segment, fields, groups)? } else { Vec::new() };
    if words.len() < 2 {
        return Ok(());
    }
    let average = segment.inverted_index(fields.text)?.total_num_tokens() as f32;
    let average = average / segment.max_doc() as f32;
    let norms = segment.get_fieldnorms_reader(fields.text)?;
    let worths: Vec<f32> = words.iter().map(|word| word.idf * word.times).collect();
    let mut positions: Vec<Vec<u32>> = vec![Vec::new(); words.len()];
    for (at, &doc) in docs.iter().enumerate() {
        for (word, positions) in words.iter_mut().zip(&mut positions) {
            positions.clear();
            let found = word.postings.iter_mut().filter_map(|of| has(of, doc).then_some(of));
            let found = found.map(|of| of.append_positions_with_offset(0, positions)).count();
            if found > 1 {
                positions.sort_unstable();
                positions.dedup();
            }
        }
        let length = norms.fieldnorm(doc) as f32 / average;
        let mut score = 0.0;
        for (pair, positions) in words.windows(2).zip(positions.windows(2)) {
            let apart = (pair[1].position - pair[0].position) as u32;
            let found = in_order(&positions[0], &positions[1], apart);
            score += (pair[0].idf + pair[1].idf) * saturated(found as f32, length);
        }
        if score > 0.0 {
            add(at, ScorePart { reason: Reason::InOrder, score: ORDERED_WEIGHT * score });
        }
        if let Some(BestPassage { worth, words, length }) = best_passage(&positions, &worths) {
            let reason = Reason::Passage { words, length };
            add(at, ScorePart { reason, score: PASSAGE_WEIGHT * worth });
        }
    }
    Ok(())
}

/// The words of a query that any document has, in the order of the query.
fn words(
    segment: &SegmentReader,
    fields: &Fields,
    groups: &[Group],
) -> tantivy::Result<Vec<QueryWord>> {
    let index = segment.inverted_index(fields.text)?;
    let mut words = Vec::new();
    for group in groups {
        let [(typed, _), synonyms @ ..] = group.variants.as_slice() else { continue };
        let (Some(position), Some(typed)) = (group.position, typed.terms().first()) else {
            continue;
        };
        let synonyms = synonyms.iter().filter_map(|(variant, _)| match variant {
            Variant::Term(term) => Some(term),
            _ => None,
        });
        let mut postings = Vec::new();
        for term in std::iter::once(typed).chain(synonyms) {
            let term = Term::from_field_text(fields.text, term);
            let option = IndexRecordOption::WithFreqsAndPositions;
            postings.extend(index.read_postings(&term, option)?);
        }
        if let Some(first) = postings.first() {
            let idf = idf(first.doc_freq() as f32, segment.max_doc() as f32);
            words.push(QueryWord { position, idf, times: group.times, postings });
        }
    }
    Ok(words)
}

/// How often the second word follows the first as closely as in the query, or nearly so.
fn in_order(first: &[u32], second: &[u32], apart: u32) -> u32 {
    let mut found = 0;
    let mut from = 0;
    for &a in first {
        while from < second.len() && second[from] <= a {
            from += 1;
        }
        let near = second[from..].iter().take_while(|b| **b - a <= apart + ORDERED_SLACK);
        found += near.count() as u32;
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::engine::local::rescore::in_order;

    #[track_caller]
    fn check(first: &[u32], second: &[u32], apart: u32, expected: u32) {
        assert_eq!(in_order(first, second, apart), expected, "{first:?} {second:?}");
    }

    #[test]
    fn words_follow_each_other_with_one_more_between_at_most() {
        check(&[3], &[4], 1, 1);
        check(&[3], &[5], 1, 1);
        check(&[3], &[6], 1, 0);
        check(&[3], &[6], 2, 1);
        check(&[3], &[2, 3], 1, 0);
        check(&[1, 10, 20], &[2, 9, 21], 1, 2);
        check(&[], &[1], 1, 0);
        check(&[1], &[], 1, 0);
    }
}
