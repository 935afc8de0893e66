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

/// Opens the vectors of the generation in a folder; none when it has none.
pub(crate) fn open(dir: &Path) -> Result<Option<VectorFile>, Error> {
    let path = Path::new(VECTORS_FILE);
    if !dir.join(path).exists() {
        return Ok(None);
    }
    let damaged = |what: String| Error::Engine(format!("its vectors cannot be read: {what}"));
    let files = ReadOnlyDirectory::open(dir).map_err(|e| engine_error(e.into()))?;
    let file = files.open_read(path).map_err(|e| damaged(e.to_string()))?;
    let bytes = file.read_bytes().map_err(|e| damaged(e.to_string()))?;
    VectorFile::open(Box::new(bytes)).map(Some).ok_or_else(|| damaged("they are damaged".into()))
}
