//! The dictionary: which words documents have, and how many documents.

use std::sync::Arc;

use tantivy::{
    DocSet, InvertedIndexReader, TERMINATED, Term, query::FuzzyTermQuery, schema::IndexRecordOption,
};

use crate::{
    analysis::{analyzer::Analyzer, english::is_english},
    engine::{
        index::NearWord,
        local::{
            failure::{engine_error, io_error},
            index::LocalIndex,
        },
        near_words::MOST_LOOKED_FOR,
        texts::searched,
    },
    error::Error,
};

/// Documents in which a stem is looked for as a word.
const LOOKED_AT: usize = 3;
/// Words that begin like a stem and are looked at.
const MOST_INFLECTED: usize = 500;

/// The words of an index. Those that are their own stems stand among the terms, where stems are, too,
/// that are no words, such as `featur`.
pub(crate) struct Dictionary<'a> {
    index: &'a LocalIndex,
    terms: Arc<InvertedIndexReader>,
    words: Arc<InvertedIndexReader>,
}

impl Dictionary<'_> {
    pub(crate) fn open(index: &LocalIndex) -> Result<Dictionary<'_>, Error> {
        let segment = index.segment()?;
        let open = |field| segment.inverted_index(field).map_err(engine_error);
        Ok(Dictionary { index, terms: open(index.fields.text)?, words: open(index.fields.words)? })
    }

    /// How many documents have a word as it is, if it is written at all; of one that is its own stem also those
    /// that inflect it.
    pub(crate) fn documents_of_word(&self, word: &str) -> Result<u32, Error> {
        Ok(documents(&self.words, word)?.max(documents(&self.terms, word)?))
    }

    /// Whether a term is a word that documents write so; where their numbers leave it open, as far as
    /// the first documents tell.
    pub(crate) fn is_written(&self, term: &str) -> Result<bool, Error> {
        if is_english(term) || documents(&self.words, term)? > 0 {
            return Ok(true);
        }
        if documents(&self.terms, term)? > self.documents_of_inflected(term)? {
            return Ok(true);
        }
        let key = Term::from_field_text(self.index.fields.text, term);
        let postings = self.terms.read_postings(&key, IndexRecordOption::Basic);
        let Some(mut postings) = postings.map_err(io_error)? else { return Ok(false) };
        let mut analyzer = Analyzer::default();
        for _ in 0..LOOKED_AT {
            if postings.doc() == TERMINATED {
                break;
            }
            let document = self.index.stored(postings.doc(), true)?;
            let mut is_there = false;
            // A compound is longer by its joints.
            let may_be = |raw: &str| (term.len()..=2 * term.len()).contains(&raw.len());
            for text in searched(&document) {
                analyzer.each_word(text, may_be, |word| is_there |= word.folded == term);
            }
            if is_there {
                return Ok(true);
            }
            postings.advance();
        }
        Ok(false)
    }

    /// How many documents have words with a stem that are not that stem, at most: one that has several of
    /// them counts for each.
    fn documents_of_inflected(&self, stem: &str) -> Result<u32, Error> {
        // The last letter of a stem may be another one in the word: `studi`.
        let beginning = &stem[..stem.floor_char_boundary(stem.len().saturating_sub(1))];
        let mut words = self.words.terms().range().ge(beginning).into_stream().map_err(io_error)?;
        let (mut analyzer, mut documents) = (Analyzer::default(), 0);
        for _ in 0..MOST_INFLECTED {
            if !(words.advance() && words.key().starts_with(beginning.as_bytes())) {
                return Ok(documents);
            }
            let word = String::from_utf8_lossy(words.key());
            if analyzer.stem(&word).first() == stem {
                documents = documents.saturating_add(words.value().doc_freq);
            }
        }
        Ok(u32::MAX)
    }

    /// The word of ASCII letters two mistakes away that begins with the same letter and that most
    /// documents have.
    pub(crate) fn two_mistakes_away(&self, typed: &str) -> Result<Option<NearWord>, Error> {
        let first = &typed.as_bytes()[..1];
        let mut near: Vec<NearWord> = Vec::new();
        for (index, field) in
            [(&self.words, self.index.fields.words), (&self.terms, self.index.fields.text)]
        {
            let query = FuzzyTermQuery::new(Term::from_field_text(field, typed), 2, true);
            let automaton = query.automaton().map_err(engine_error)?;
            let search = index.terms().search(automaton).ge(first).lt([first[0] + 1]);
            let mut stream = search.into_stream().map_err(io_error)?;
            while stream.advance() {
                let (word, documents) = (stream.key(), stream.value().doc_freq);
                if word.iter().all(u8::is_ascii_lowercase) {
                    let word = String::from_utf8_lossy(word).into_owned();
                    near.push(NearWord { word, documents });
                }
            }
        }
        near.sort_by(|a, b| b.documents.cmp(&a.documents).then_with(|| a.word.cmp(&b.word)));
        for near in near.into_iter().take(MOST_LOOKED_FOR) {
            if self.is_written(&near.word)? {
                return Ok(Some(near));
            }
        }
        Ok(None)
    }
}

/// How many documents have a term.
fn documents(index: &InvertedIndexReader, term: &str) -> Result<u32, Error> {
    let found = index.terms().get(term).map_err(io_error)?;
    Ok(found.map_or(0, |found| found.doc_freq))
}
