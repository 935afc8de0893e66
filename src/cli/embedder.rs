//! The model that is meant: named by the environment or the settings, tried before it is loaded.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use mlsearch::{
    Error,
    collection::{Collection, EmbeddingSettings, SETTINGS_FILE},
    embedding::{Model, ModelFiles},
    engine::{choice::Engine, opensearch::target::Target},
    search::{ModelLoader, QueryModel, Searcher},
    worker::vet,
};

use crate::cli::{cluster::variable, context::Context, failure::Failure, worker};

/// The variable that names the folder of a model.
pub(crate) const MODEL_VARIABLE: &str = "MLSEARCH_MODEL";

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
        loaded(&path, engine).map(Some)
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
        let (dir, cluster) = (self.dir()?, self.cluster()?);
        let model = query_model(&dir, cluster.as_ref(), has_vectors)?;
        // What cannot be loaded then is told by the searches.
        let load = move || query_model(&dir, cluster.as_ref(), true).unwrap_or_default();
        Ok(QueryModel { loader: Some(ModelLoader::new(load)), ..model })
    }

    /// Whether a search by meaning could load a model, as far as the names of files tell: none when
    /// no model is named.
    pub(crate) fn has_model(&self) -> Result<Option<bool>, Failure> {
        Ok(model_dir(&self.dir()?)?.map(|dir| dir.is_dir()))
    }
}

/// The folder of the model that the environment names.
pub(crate) fn model_of_environment() -> Option<PathBuf> {
    variable(MODEL_VARIABLE).map(PathBuf::from)
}

/// The model that reads the queries of a collection, where its index has vectors and one is named.
fn query_model(
    dir: &Path,
    cluster: Option<&Target>,
    has_vectors: bool,
) -> Result<QueryModel, Failure> {
    let is_default = settings(dir)?.hybrid;
    let engine = Engine::of(dir, cluster)?;
    let path = model_dir(dir)?.filter(|_| has_vectors && engine.holds_vectors());
    // Words are searched all the same.
    let (model, failure) = match path.map(|path| loaded(&path, &engine)).transpose() {
        Err(Failure::Error(error @ Error::Model { .. })) => (None, Some(error.to_string())),
        found => (found?, None),
    };
    Ok(QueryModel { model, failure, is_default, loader: None })
}

/// The model in a folder, which is tried first unless the index was built with it.
fn loaded(path: &Path, engine: &Engine) -> Result<Arc<Model>, Failure> {
    let files = ModelFiles::read(path)?;
    let before = engine.manifest()?.and_then(|manifest| manifest.embedded);
    // Whoever has built the index with it has tried it.
    if before.is_none_or(|before| before.model != files.id()) {
        vet(worker::model_launch().as_ref(), &files, &|| false)?;
    }
    Ok(Arc::new(Model::load(files)?))
}

/// The folder of the model that is named for a collection; that of the settings is relative to the
/// collection's, or to the user's own behind `~/`, as a shell would have it.
fn model_dir(dir: &Path) -> Result<Option<PathBuf>, Failure> {
    if let Some(named) = model_of_environment() {
        return Ok(Some(named));
    }
    let Some(model) = settings(dir)?.model else { return Ok(None) };
    let Ok(below) = model.strip_prefix("~") else { return Ok(Some(dir.join(model))) };
    match etcetera::home_dir() {
        Ok(home) => Ok(Some(home.join(below))),
        Err(_) => Err(Failure::Usage {
            message: format!("no home folder for the model `{}`", model.display()),
            hint: format!(
                "write the whole path as `model` in {}",
                dir.join(SETTINGS_FILE).display()
            ),
        }),
    }
}

/// What the settings of a collection say; imported documents have none.
fn settings(dir: &Path) -> Result<EmbeddingSettings, Failure> {
    match Collection::exists(dir) {
        true => Ok(Collection::open(dir)?.settings.embedding),
        false => Ok(EmbeddingSettings::default()),
    }
}
