//! Exact words: documents that have a word as it was typed come before those that inflect it.

use tantivy::SegmentReader;

use crate::{
    analysis::{analyzer::Analyzer, prefilter::WordPrefilter},
    engine::{
        Document,
        local::{
            index::{LocalIndex, doc_freq},
            scored_doc::ScoredDoc,
        },
    },
    error::Error,
    query::{
        bm25::idf,
        group::{Group, Variant},
        weights::EXACT_WEIGHT,
    },
};

/// How much of each text is looked at.
const MAX_TEXT_BYTES: usize = 50_000;

impl LocalIndex {
    /// Raises the scores of documents in which words stand as they were typed.
    ///
    /// The index knows stems only, since all forms would make it a fifth larger; so the texts
    /// themselves are looked at.
    pub(crate) fn prefer_exact(
        &self,
        segment: &SegmentReader,
        groups: &[Group],
        docs: &mut [ScoredDoc],
    ) -> Result<(), Error> {
        let mut words: Vec<(&str, f32)> = Vec::new();
        for group in groups.iter().filter(|group| group.words == 1 && group.position.is_some()) {
            if let Variant::Term(term) = &group.variants[0].0 {
                let found = doc_freq(segment, self.fields.text, term)? as f32;
                let worth = EXACT_WEIGHT * group.times * idf(found, segment.max_doc() as f32);
                words.push((&group.surface, worth));
            }
        }
        if words.is_empty() {
            return Ok(());
        }
        let beginnings = WordPrefilter::of(words.iter().map(|(word, _)| *word));
        let mut analyzer = Analyzer::default();
        for scored in docs {
            let document = self.stored(scored.doc, true)?;
            let mut missing = words.clone();
            let mut left = MAX_TEXT_BYTES;
            for text in texts(&document) {
                let text = &text[..text.floor_char_boundary(left)];
                left -= text.len();
                analyzer.each_word(
                    text,
                    |word| beginnings.allow(word),
                    |word| {
                        missing.retain(|(typed, worth)| {
                            let is_here = *typed == word.folded;
                            scored.score += if is_here { *worth } else { 0.0 };
                            !is_here
                        });
                    },
                );
                if missing.is_empty() || left == 0 {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// Everything there is to read in a document.
fn texts(document: &Document) -> impl Iterator<Item = &str> {
    let names = document.titles.iter().chain(&document.tags).chain(&document.company);
    let sections = document.content.sections.iter();
    let body = sections.flat_map(|s| s.heading.last().into_iter().chain(&s.paragraphs));
    names.chain(&document.description).chain(body).map(String::as_str)
}
