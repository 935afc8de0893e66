//! The files of a model: which ones a folder has to have, read within bounds, and their identity.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use ring::digest::{Context, SHA256};

use crate::error::Error;

/// Where the network is: beside the vocabulary, or as the models of Hugging Face have it.
const NETWORKS: [&str; 2] = ["model.onnx", "onnx/model.onnx"];
const VOCABULARIES: [&str; 2] = ["vocab.txt", "tokenizer.json"];

/// The largest network. The models for sentences that one machine can use have 20 to 450 MB.
const MOST_NETWORK_BYTES: u64 = 512 << 20;
/// The largest vocabulary; that of BERT has 0.2 MB as a text and 0.5 MB as JSON.
const MOST_VOCABULARY_BYTES: u64 = 16 << 20;

/// The bytes of a model's files, not judged yet.
#[derive(Debug)]
pub struct ModelFiles {
    /// The folder, for messages.
    pub(crate) dir: PathBuf,
    /// The network in the format ONNX.
    pub(crate) network: Vec<u8>,
    pub(crate) vocabulary: Vec<u8>,
    pub(crate) vocabulary_name: &'static str,
    network_hash: String,
    /// What the vectors of this model are filed under: the SHA-256 of both files together.
    pub(crate) id: String,
}

impl ModelFiles {
    /// Reads the files of a folder.
    ///
    /// # Errors
    /// [`Error::Model`] when one is missing, too large or cannot be read.
    pub fn read(dir: &Path) -> Result<ModelFiles, Error> {
        let fail = |message: String| Error::Model { path: dir.to_owned(), message };
        if !dir.is_dir() {
            return Err(fail("is no folder".into()));
        }
        let first =
            |names: &[&'static str]| names.iter().copied().find(|name| dir.join(name).exists());
        let Some(network_name) = first(&NETWORKS) else {
            return Err(fail("has no `model.onnx`".into()));
        };
        let Some(vocabulary_name) = first(&VOCABULARIES) else {
            return Err(fail("has neither `vocab.txt` nor `tokenizer.json`".into()));
        };
        let bytes = |name, most, is_right: IsRight| {
            read(&dir.join(name), most, is_right).map_err(|why| fail(format!("`{name}` {why}")))
        };
        let network = bytes(network_name, MOST_NETWORK_BYTES, begins_like_onnx)?;
        let vocabulary = bytes(vocabulary_name, MOST_VOCABULARY_BYTES, |_| Ok(()))?;
        let network_hash = sha256(&[&network]);
        let id = sha256(&[network_hash.as_bytes(), sha256(&[&vocabulary]).as_bytes()]);
        let dir = dir.to_owned();
        Ok(ModelFiles { dir, network, vocabulary, vocabulary_name, network_hash, id })
    }

    /// What the vectors of this model are filed under.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The size of the network.
    pub(crate) fn network_bytes(&self) -> u64 {
        self.network.len() as u64
    }

    /// The SHA-256 of the network in hexadecimal digits.
    pub fn sha256(&self) -> &str {
        &self.network_hash
    }

    /// An error of this model.
    pub(crate) fn error(&self, message: impl Into<String>) -> Error {
        Error::Model { path: self.dir.clone(), message: message.into() }
    }
}

/// What is looked at before the rest is read.
const FIRST_BYTES: u64 = 64;

/// Says what is wrong with the first bytes of a file.
type IsRight = fn(&[u8]) -> Result<(), String>;

/// The bytes of a regular file, or what is wrong with it.
fn read(path: &Path, most: u64, is_right: IsRight) -> Result<Vec<u8>, String> {
    let cannot = |error| format!("cannot be read ({error})");
    // A pipe would let its reader wait for ever.
    if !path.metadata().map_err(cannot)?.is_file() {
        return Err("is no file".into());
    }
    let mut file = File::open(path).map_err(cannot)?;
    if file.metadata().map_err(cannot)?.len() > most {
        return Err(format!("has more than {} MB", most >> 20));
    }
    let mut bytes = Vec::new();
    file.by_ref().take(FIRST_BYTES).read_to_end(&mut bytes).map_err(cannot)?;
    match bytes.trim_ascii_start() {
        [] => return Err("is empty".into()),
        [b'<', ..] => return Err("is a web page: what was asked for was not there".into()),
        begin if begin.starts_with(b"version https://git-lfs") => {
            return Err("is a pointer of Git LFS; run `git lfs pull` to fetch what it names".into());
        }
        _ => {}
    }
    is_right(&bytes)?;
    file.take(most - FIRST_BYTES).read_to_end(&mut bytes).map_err(cannot)?;
    Ok(bytes)
}

/// Whether a file may be a network in the format ONNX: a message of protocol buffers, whose first
/// field is a number or has a length.
fn begins_like_onnx(bytes: &[u8]) -> Result<(), String> {
    match bytes.first() {
        Some(tag) if tag >> 3 > 0 && matches!(tag & 7, 0 | 2) => Ok(()),
        _ => Err("is no network in the format ONNX".into()),
    }
}

fn sha256(parts: &[&[u8]]) -> String {
    let mut context = Context::new(&SHA256);
    parts.iter().for_each(|part| context.update(part));
    context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
