//! The model that is meant: named by the environment or the settings, tried before it is loaded.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use mlsearch::{
    collection::Collection,
    embedding::{Model, ModelFiles},
    engine::choice::Engine,
    worker::vet,
};

use crate::cli::{cluster::variable, context::Context, failure::Failure, worker};

/// The variable that names the folder of a model.
const VARIABLE: &str = "MLSEARCH_MODEL";

impl Context {
    /// The model with which an index is given vectors; none when none is named, or when the engine
    /// holds no vectors, which is said.
    pub(crate) fn model(&self, dir: &Path, engine: &Engine) -> Result<Option<Arc<Model>>, Failure> {
        let Some(path) = model_dir(dir)? else { return Ok(None) };
        if !engine.holds_vectors() {
            self.note("a cluster holds no vectors of passages: the model is left aside");
            return Ok(None);
        }
        let files = ModelFiles::read(&path)?;
        let before = engine.manifest()?.and_then(|manifest| manifest.embedded);
        // Whoever has built the index with it has tried it.
        if before.is_none_or(|before| before.model != files.id()) {
            vet(worker::model_launch().as_ref(), &files, &|| false)?;
        }
        Ok(Some(Arc::new(Model::load(files)?)))
    }
}

/// The folder of the model that is named for a collection; that of the settings is relative to the
/// collection's.
fn model_dir(dir: &Path) -> Result<Option<PathBuf>, Failure> {
    if let Some(named) = variable(VARIABLE) {
        return Ok(Some(named.into()));
    }
    if !Collection::exists(dir) {
        return Ok(None);
    }
    let settings = Collection::open(dir)?.settings.embedding;
    Ok(settings.model.map(|model| dir.join(model)))
}
