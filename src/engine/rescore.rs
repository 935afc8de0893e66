//! Rescoring: what titles, headings, words as typed and the nearness of words add to the best
//! documents.

use crate::{
    analysis::text_field::TextField,
    engine::{
        candidates::{CandidateField, CandidateTerm, Candidates},
        exact_words::as_typed,
        part::{Reason, ScorePart},
        passage::{BestPassage, best_passage},
    },
    error::Error,
    query::{
        bm25::{idf, saturated},
        group::{Group, Variant},
        weights::{HEADING_WEIGHT, ORDERED_SLACK, ORDERED_WEIGHT, PASSAGE_WEIGHT, TITLE_WEIGHT},
    },
};

/// Calls `add` with everything that titles, headings, words as typed and the nearness of words add to
/// the scores of candidates, by their numbers.
pub(crate) fn rescore<C: Candidates>(
    candidates: &C,
    groups: &[Group],
    mut add: impl FnMut(usize, ScorePart<'_>),
) -> Result<(), Error> {
    contributions(candidates, TITLE, groups, &mut add)?;
    contributions(candidates, HEADING, groups, &mut add)?;
    as_typed(candidates, groups, &mut add)?;
    nearness(candidates, groups, add)
}

/// Every part that words give to the scores of candidates.
pub(crate) fn explain<C: Candidates>(
    candidates: &C,
    groups: &[Group],
    mut add: impl FnMut(usize, ScorePart<'_>),
) -> Result<(), Error> {
    contributions(candidates, TEXT, groups, &mut add)?;
    rescore(candidates, groups, add)
}

/// A field with its name and its weight.
type Weighted = (TextField, &'static str, f32);
const TEXT: Weighted = (TextField::Text, "text", 1.0);
const TITLE: Weighted = (TextField::Title, "title", TITLE_WEIGHT);
const HEADING: Weighted = (TextField::Heading, "heading", HEADING_WEIGHT);

/// BM25 of every term of the groups in a field.
fn contributions<C: Candidates>(
    candidates: &C,
    (field, name, weight): Weighted,
    groups: &[Group],
    mut add: impl FnMut(usize, ScorePart<'_>),
) -> Result<(), Error> {
    let Some(field) = candidates.field(field)? else { return Ok(()) };
    let (documents, average) = (candidates.documents(), field.average_length());
    for group in groups {
        for (variant, variant_weight) in &group.variants {
            for word in variant.terms() {
                let mut terms = Vec::new();
                for term in word.iter() {
                    terms.extend(field.term(term, false)?.map(|found| (term, found)));
                }
                if terms.is_empty() {
                    continue;
                }
                let doc_freq = terms.iter().map(|(_, found)| found.doc_freq()).sum::<u32>();
                let doc_freq = doc_freq.min(documents);
                let worth =
                    weight * variant_weight * group.times * idf(doc_freq as f32, documents as f32);
                for at in 0..candidates.count() {
                    // By one stemmer alone, or with its accents and without: no sum.
                    let here = terms.iter_mut().map(|(term, found)| (found.frequency(at), *term));
                    let Some((frequency, term)) = here.max().filter(|(count, _)| *count > 0) else {
                        continue;
                    };
                    let length = field.length(at) as f32 / average;
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
struct QueryWord<T> {
    /// Where it stood in the query.
    position: usize,
    /// What it is worth: its rarity.
    idf: f32,
    /// How often it was typed.
    times: f32,
    /// The typed term, then its synonyms.
    terms: Vec<T>,
}

impl<T: CandidateTerm> QueryWord<T> {
    fn is_in(&mut self, at: usize) -> bool {
        self.terms.iter_mut().any(|term| term.frequency(at) > 0)
    }
}

/// What documents get whose words stand as close together as in the query, or nearly so.
fn nearness<C: Candidates>(
    candidates: &C,
    groups: &[Group],
    mut add: impl FnMut(usize, ScorePart<'_>),
) -> Result<(), Error> {
    if groups.len() < 2 {
        return Ok(());
    }
    let Some(text) = candidates.field(TextField::Text)? else { return Ok(()) };
    let mut words = words(candidates.documents(), &text, groups)?;
    if words.len() < 2 {
        return Ok(());
    }
    let average = text.average_length();
    let worths: Vec<f32> = words.iter().map(|word| word.idf * word.times).collect();
    let mut positions: Vec<Vec<u32>> = vec![Vec::new(); words.len()];
    for at in 0..candidates.count() {
        // Where the words stand takes longer to read than whether they are there.
        let here = words.iter_mut().map(|word| word.is_in(at));
        if here.filter(|is_in| *is_in).count() < 2 {
            continue;
        }
        for (word, positions) in words.iter_mut().zip(&mut positions) {
            positions.clear();
            let found = word.terms.iter_mut().map(|term| term.add_positions(at, positions));
            if found.filter(|found| *found).count() > 1 {
                positions.sort_unstable();
                positions.dedup();
            }
        }
        let length = text.length(at) as f32 / average;
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
fn words<F: CandidateField<Term: CandidateTerm>>(
    documents: u32,
    text: &F,
    groups: &[Group],
) -> Result<Vec<QueryWord<F::Term>>, Error> {
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
        let (mut terms, mut doc_freq) = (Vec::new(), 0);
        for word in std::iter::once(typed).chain(synonyms) {
            let is_first = terms.is_empty();
            for term in word.iter() {
                terms.extend(text.term(term, true)?);
            }
            if is_first {
                doc_freq = terms.iter().map(CandidateTerm::doc_freq).sum();
            }
        }
        if !terms.is_empty() {
            let idf = idf(doc_freq.min(documents) as f32, documents as f32);
            words.push(QueryWord { position, idf, times: group.times, terms });
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
    use crate::engine::rescore::in_order;

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
