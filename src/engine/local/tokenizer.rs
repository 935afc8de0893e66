//! Tantivy's tokenizer of text that was analysed before: analysis runs on many threads, indexing on
//! one.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::engine::placed_terms::PlacedTerms;

/// Splits what [`crate::analysis::analyzer::Analyzer::write_terms`] wrote.
#[derive(Clone, Default)]
pub(crate) struct TermSplitter {
    token: Token,
}

/// The terms of one text.
pub(crate) struct TermStream<'a> {
    terms: PlacedTerms<'a>,
    token: &'a mut Token,
}

impl Tokenizer for TermSplitter {
    type TokenStream<'a> = TermStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermStream<'a> {
        self.token.reset();
        TermStream { terms: PlacedTerms::of(text), token: &mut self.token }
    }
}

impl TokenStream for TermStream<'_> {
    fn advance(&mut self) -> bool {
        let Some((position, text)) = self.terms.next() else { return false };
        self.token.position = position;
        self.token.text.clear();
        self.token.text.push_str(text);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use tantivy::tokenizer::{TokenStream, Tokenizer};

    use crate::{
        analysis::{
            analyzer::{Analyzer, SharedTerms},
            text_field::TextField,
        },
        engine::local::tokenizer::TermSplitter,
    };

    #[test]
    fn positions_count_function_words_and_stack_compounds() {
        let (mut analyzer, mut written, mut shared) =
            (Analyzer::default(), String::new(), SharedTerms::default());
        for text in ["The real-time store", "of features"] {
            analyzer.write_terms(text, TextField::Text, &mut written, &mut shared);
        }
        let mut splitter = TermSplitter::default();
        let mut stream = splitter.token_stream(&written);
        let mut tokens = Vec::new();
        while stream.advance() {
            tokens.push((stream.token().text.clone(), stream.token().position));
        }
        let expected = [("real", 1), ("time", 2), ("realtim", 2), ("store", 3), ("featur", 21)];
        assert_eq!(tokens, expected.map(|(term, position)| (term.to_owned(), position)));
    }
}
