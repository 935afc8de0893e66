//! The model that is meant: named by the environment or the settings, tried before it is loaded.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use mlsearch::{
    Error,
    collection::{Collection, EmbeddingSettings},
    embedding::{Model, ModelFiles},
    engine::choice::Engine,
    search::{QueryModel, Searcher},
    worker::vet,
};

use crate::cli::{cluster::variable, context::Context, failure::Failure, worker};

/// The variable that names the folder of a model.
const VARIABLE: &str = "MLSEARCH_MODEL";

/// Whether a search is by meaning, too.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct HybridArgs {
    /// Find articles by meaning, too, where the index has vectors
    #[arg(long, overrides_with = "no_hybrid")]
    hybrid: bool,
    /// Find articles by words alone, whatever the settings say
    #[arg(long, overrides_with = "hybrid")]
    no_hybrid: bool,
}

impl HybridArgs {
    /// What was asked for; none for what the settings say.
    pub(crate) fn asked(self) -> Option<bool> {
        (self.hybrid || self.no_hybrid).then_some(self.hybrid)
    }
}

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

    /// A searcher with the model that reads its queries, if these are to be read: they were asked to
    /// be or not to be, or the settings say it.
    pub(crate) fn with_model(
        &self,
        searcher: Searcher,
        asked: Option<bool>,
    ) -> Result<Searcher, Failure> {
        let model = self.model_asked(&searcher, asked)?;
        Ok(searcher.with_model(model))
    }

    /// The model with which a searcher reads its queries, if these are to be read.
    pub(crate) fn model_asked(
        &self,
        searcher: &Searcher,
        asked: Option<bool>,
    ) -> Result<QueryModel, Failure> {
        let is_default = settings(&self.dir()?)?.hybrid;
        match asked.unwrap_or(is_default) {
            true => self.query_model(searcher.has_vectors().unwrap_or(false)),
            false => Ok(QueryModel { is_default, ..QueryModel::default() }),
        }
    }

    /// The model that reads queries, where the index has vectors and one is named.
    pub(crate) fn query_model(&self, has_vectors: bool) -> Result<QueryModel, Failure> {
        let dir = self.dir()?;
        let is_default = settings(&dir)?.hybrid;
        let found = match has_vectors {
            true => self.model(&dir, &Engine::of(&dir, self.cluster()?.as_ref())?),
            false => Ok(None),
        };
        // Words are searched all the same.
        let (model, failure) = match found {
            Err(Failure::Error(error @ Error::Model { .. })) => (None, Some(error.to_string())),
            found => (found?, None),
        };
        Ok(QueryModel { model, failure, is_default })
    }
}

/// The folder of the model that is named for a collection; that of the settings is relative to the
/// collection's.
fn model_dir(dir: &Path) -> Result<Option<PathBuf>, Failure> {
    if let Some(named) = variable(VARIABLE) {
        return Ok(Some(named.into()));
    }
    Ok(settings(dir)?.model.map(|model| dir.join(model)))
}

/// What the settings of a collection say; imported documents have none.
fn settings(dir: &Path) -> Result<EmbeddingSettings, Failure> {
    match Collection::exists(dir) {
        true => Ok(Collection::open(dir)?.settings.embedding),
        false => Ok(EmbeddingSettings::default()),
    }
}
