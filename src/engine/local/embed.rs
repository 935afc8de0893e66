//! Giving an index its vectors: they are written when its documents are.

use std::{collections::HashMap, fs::File, io::BufWriter, path::Path};

use crate::{
    embedding::Vector,
    engine::{
        local::{index::LocalIndex, vectors},
        vectors::{Embedded, Embedding, PassageKey, VECTORS_FILE, VectorCache, VectorFile, write},
    },
    error::Error,
};

/// Writes the vectors of the index that was built in a folder.
pub(crate) fn add_vectors(
    dir: &Path,
    embedding: &mut Embedding<'_>,
    cache: &mut dyn VectorCache,
) -> Result<Embedded, Error> {
    let index = LocalIndex::open(dir)?;
    let count = index.segment()?.max_doc();
    let path = dir.join(VECTORS_FILE);
    let failed = |e| Error::io(&path, e);
    let out = BufWriter::new(File::create(&path).map_err(failed)?);
    let documents = (0..count).map(|doc| index.stored(doc, true));
    write(out, documents, count.into(), embedding, cache, &failed)
}

/// The vectors of a generation, for the next one of an import, which has nowhere else to keep them.
pub(crate) struct EarlierVectors {
    file: Option<VectorFile>,
    /// Which passage of the file has a key.
    places: HashMap<PassageKey, u32>,
}

impl EarlierVectors {
    /// Those that a model has given for the generation in a folder. What cannot be read is computed
    /// again.
    pub(crate) fn of(dir: Option<&Path>, model: &str) -> EarlierVectors {
        let file = dir.and_then(|dir| vectors::open(dir).ok().flatten());
        let file = file.filter(|file| file.model() == model);
        let keys = file.iter().flat_map(VectorFile::keys);
        EarlierVectors { places: keys.zip(0..).collect(), file }
    }
}

impl VectorCache for EarlierVectors {
    fn known(&mut self, _: &str, keys: &[PassageKey]) -> Result<Vec<Option<Vector>>, Error> {
        let vector = |key| self.file.as_ref()?.vector(*self.places.get(key)?);
        Ok(keys.iter().map(vector).collect())
    }

    fn keep(&mut self, _: &str, _: &[(PassageKey, Vector)]) -> Result<(), Error> {
        Ok(())
    }
}
