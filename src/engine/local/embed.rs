//! Giving an index its vectors: they are written when its documents are.

use std::{collections::HashMap, fs::File, io::BufWriter, path::Path};

use crate::{
    embedding::Vector,
    engine::{
        local::{index::LocalIndex, vectors},
        vectors::{
            Embedded, Embedding, PassageKey, UnfinishedVectors, VECTORS_FILE, VectorCache,
            VectorFile, write,
        },
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

/// The vectors of a generation, for the next one of an import, which has no store, and those of an
/// import that did not end.
pub(crate) struct EarlierVectors {
    file: Option<VectorFile>,
    unfinished: UnfinishedVectors,
    /// Which passage of the file has a key.
    places: HashMap<PassageKey, u32>,
}

impl EarlierVectors {
    /// Those that a model has given for the generation in a folder, and those in a file of an import
    /// that did not end. What cannot be read of the generation is computed again.
    pub(crate) fn of(
        dir: Option<&Path>,
        unfinished: &Path,
        model: &str,
    ) -> Result<EarlierVectors, Error> {
        let unfinished = UnfinishedVectors::open(unfinished, model)?;
        let file = dir.and_then(|dir| vectors::open(dir, None).ok().flatten());
        let file = file.filter(|file| file.model() == model);
        let keys = file.iter().flat_map(VectorFile::keys);
        Ok(EarlierVectors { places: keys.zip(0..).collect(), file, unfinished })
    }
}

impl VectorCache for EarlierVectors {
    fn known(&mut self, _: &str, keys: &[PassageKey]) -> Result<Vec<Option<Vector>>, Error> {
        let published =
            |key| self.file.as_ref().and_then(|file| file.vector(*self.places.get(key)?));
        let unfinished = &mut self.unfinished;
        let vector = |key| match published(key) {
            Some(vector) => Ok(Some(vector)),
            None => unfinished.vector(key),
        };
        keys.iter().map(vector).collect()
    }

    fn keep(&mut self, _: &str, new: &[(PassageKey, Vector)]) -> Result<(), Error> {
        self.unfinished.keep(new)
    }
}
