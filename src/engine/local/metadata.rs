//! What an index says of itself, in a file beside Tantivy's.

use std::{collections::BTreeMap, fs, io, path::Path};

use serde::{Deserialize, Serialize};

use crate::{aliases::Aliases, engine::build_summary::BuildSummary, error::Error};

/// Version of schema and analysis; raise it when the same documents give another index.
pub const VERSION: u32 = 8;

/// The name of the file in the folder of a generation.
pub const METADATA_FILE: &str = "mlsearch.json";

/// The content of [`METADATA_FILE`].
#[derive(Clone, Debug, Default, Deserialize)]
pub struct IndexMetadata {
    /// [`VERSION`] of the program that built the index.
    pub version: u32,
    /// Documents in the index.
    pub documents: u64,
    /// Documents with more text than the list gives.
    pub full_texts: u64,
    /// Whether any document has headings.
    pub headings: bool,
    /// How many documents were read by the stemmer of which language, by its code.
    pub languages: BTreeMap<String, u64>,
    /// The aliases that the documents were indexed with.
    pub aliases: Aliases,
}

/// [`IndexMetadata`] as it is written.
#[derive(Serialize)]
struct MetadataOut<'a> {
    version: u32,
    documents: u64,
    full_texts: u64,
    headings: bool,
    languages: &'a BTreeMap<String, u64>,
    aliases: &'a Aliases,
}

/// The version alone, which the file of another version has, too.
#[derive(Deserialize)]
struct VersionOnly {
    version: u32,
}

impl IndexMetadata {
    /// Reads the metadata in the folder of a generation.
    ///
    /// # Errors
    /// [`Error::NoIndex`] when there is none, [`Error::IndexVersion`] when another version built it.
    pub fn read(dir: &Path) -> Result<IndexMetadata, Error> {
        let path = dir.join(METADATA_FILE);
        let json = fs::read(&path).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => Error::NoIndex(dir.to_owned()),
            _ => Error::io(&path, e),
        })?;
        let other = |found: String| Error::IndexVersion { path: dir.to_owned(), found };
        let found: VersionOnly =
            serde_json::from_slice(&json).map_err(|_| other("no version".into()))?;
        if found.version != VERSION {
            return Err(other(format!("{}, not {VERSION}", found.version)));
        }
        serde_json::from_slice(&json).map_err(|e| other(e.to_string()))
    }
}

/// Writes the metadata of what was built with these aliases.
pub(crate) fn write(
    dir: &Path,
    built: &BuildSummary,
    headings: bool,
    aliases: &Aliases,
) -> Result<(), Error> {
    let metadata = MetadataOut {
        version: VERSION,
        documents: built.documents,
        full_texts: built.full_texts,
        headings,
        languages: &built.languages,
        aliases,
    };
    let path = dir.join(METADATA_FILE);
    let json = serde_json::to_vec(&metadata).map_err(|e| Error::Engine(e.to_string()))?;
    fs::write(&path, json).map_err(|e| Error::io(path, e))
}
