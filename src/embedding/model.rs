//! A model that is loaded: texts in, vectors out.

use std::{fmt, path::PathBuf};

use crate::{
    embedding::{
        files::ModelFiles,
        network::{Batch, EncoderNetwork},
        tokenizer,
        vector::Vector,
        vocabulary::WordPieces,
    },
    error::Error,
};

/// Tokens of a text that are read, with the first and the last one: what the models for sentences
/// were trained on.
pub const MAX_TOKENS: usize = 128;

/// A network with its vocabulary.
pub struct Model {
    dir: PathBuf,
    id: String,
    vocabulary: WordPieces,
    network: EncoderNetwork,
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").field("dir", &self.dir).finish_non_exhaustive()
    }
}

impl Model {
    /// Loads a model in this process: nothing bounds what its network takes there.
    ///
    /// # Errors
    /// [`Error::Model`] when the files are no model that can be read.
    pub fn load(files: ModelFiles) -> Result<Model, Error> {
        let name = files.vocabulary_name;
        let vocabulary = WordPieces::parse(name, &files.vocabulary)
            .map_err(|why| files.error(format!("`{name}` {why}")))?;
        let ModelFiles { dir, network, id, .. } = files;
        match EncoderNetwork::load(network) {
            Ok(network) => Ok(Model { dir, id, vocabulary, network }),
            Err(why) => Err(Error::Model { path: dir, message: format!("the network {why}") }),
        }
    }

    /// What the vectors of this model are filed under.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The vectors of some texts, in their order.
    ///
    /// # Errors
    /// [`Error::Model`] when the network cannot read them.
    pub fn embed(&self, texts: &[&str]) -> Result<Vec<Vector>, Error> {
        let tokens: Vec<Vec<u32>> = texts.iter().map(|text| self.tokens(text)).collect();
        self.embed_tokens(&tokens)
    }

    /// Whether the vocabulary has the words of a text, all but a quarter at most: of others the network
    /// only sees that they are there, so that texts of emoji or of other scripts are near to each other
    /// whatever they say. A third is too many: with all-MiniLM-L6-v2, which knows four of the six words
    /// of `日本語の料理`, it finds Khmer, Amharic and emoji.
    pub fn knows_words_of(&self, text: &str) -> bool {
        let tokens = self.tokens(&text.replace(|c: char| !c.is_alphanumeric(), " "));
        let tokens = &tokens[1..tokens.len() - 1];
        let unknown = tokens.iter().filter(|token| **token == self.vocabulary.unknown).count();
        !tokens.is_empty() && 4 * unknown <= tokens.len()
    }

    /// The tokens of a text, as many as are read.
    pub(crate) fn tokens(&self, text: &str) -> Vec<u32> {
        tokenizer::tokens(&self.vocabulary, text, MAX_TOKENS)
    }

    /// The vectors of the texts with these tokens.
    pub(crate) fn embed_tokens(&self, texts: &[Vec<u32>]) -> Result<Vec<Vector>, Error> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let vectors = self.network.run(&Batch::of(texts)).map_err(|why| self.error(&why))?;
        Ok(vectors.iter().map(|numbers| Vector::of(numbers)).collect())
    }

    pub(crate) fn vocabulary(&self) -> &WordPieces {
        &self.vocabulary
    }

    pub(crate) fn error(&self, why: &str) -> Error {
        Error::Model { path: self.dir.clone(), message: format!("the network {why}") }
    }
}
