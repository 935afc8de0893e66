//! The vectors of a generation, as its file has them.

use std::path::Path;

use tantivy::Directory;

use crate::{
    engine::{
        local::{failure::engine_error, read_only::ReadOnlyDirectory},
        vectors::{VECTORS_FILE, VectorFile},
    },
    error::Error,
};

/// Opens the vectors of the generation in a folder, which has so many documents if that is known;
/// none when it has no vectors.
pub(crate) fn open(dir: &Path, documents: Option<u32>) -> Result<Option<VectorFile>, Error> {
    let path = Path::new(VECTORS_FILE);
    if !dir.join(path).exists() {
        return Ok(None);
    }
    let damaged = |what: String| Error::Engine(format!("its vectors cannot be read: {what}"));
    let files = ReadOnlyDirectory::open(dir).map_err(|e| engine_error(e.into()))?;
    let file = files.open_read(path).map_err(|e| damaged(e.to_string()))?;
    let bytes = file.read_bytes().map_err(|e| damaged(e.to_string()))?;
    let vectors = VectorFile::open(Box::new(bytes));
    let vectors = vectors.ok_or_else(|| damaged("they are damaged".into()))?;
    if documents.is_some_and(|documents| documents as usize != vectors.footer.documents) {
        return Err(damaged("they are those of another index".into()));
    }
    Ok(Some(vectors))
}
