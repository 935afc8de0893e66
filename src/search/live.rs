//! A searcher for programs that stay: it follows the index that is published.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

use jiff::Timestamp;

use crate::{
    engine::{choice::Engine, manifest::Manifest, opensearch::target::Target},
    error::Error,
    search::{hybrid::QueryModel, searcher::Searcher},
};

/// After this time the next search looks for a newer index. It is a small file that is read, or a
/// request to a cluster.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What is said where the published index cannot be opened.
const OUTDATED: &str = "the published index cannot be opened; this is the one before";

/// Follows the published index of a collection, through one searcher after the other.
///
/// Searches that have begun end on the index on which they began. Where a newer one cannot be opened
/// the one before goes on answering. Where its vectors are by another model than reads the queries,
/// the one that is named by then is loaded.
pub struct LiveSearcher {
    dir: PathBuf,
    cluster: Option<Target>,
    engine: Engine,
    now: fn() -> Timestamp,
    opened: RwLock<Arc<OpenedIndex>>,
    looked_at: Mutex<Instant>,
}

/// An opened index with what is said of it.
pub struct OpenedIndex {
    /// What answers from it.
    pub searcher: Arc<Searcher>,
    /// What it says of itself; none when that is damaged.
    pub manifest: Option<Arc<Manifest>>,
    /// That a newer one was refused, and why, or that it cannot be opened, in one sentence.
    pub refusal: Option<String>,
    name: Option<String>,
}

impl LiveSearcher {
    /// Opens the published index of the collection in a folder, on this machine or on a cluster.
    ///
    /// # Errors
    /// Those of [`Searcher::of`].
    pub fn open(
        dir: PathBuf,
        cluster: Option<Target>,
        query_model: QueryModel,
        now: fn() -> Timestamp,
    ) -> Result<LiveSearcher, Error> {
        let engine = Engine::of(&dir, cluster.as_ref())?;
        let name = engine.published_name()?;
        let searcher = Searcher::of(Engine::of(&dir, cluster.as_ref())?)?;
        // A model that is loaded was named a moment ago.
        let searcher = match query_model.is_loaded() {
            true => searcher.with_model(query_model),
            false => searcher.with_named_model(&query_model),
        };
        let opened = OpenedIndex::new(searcher, name, &engine, now)?;
        let (opened, looked_at) = (RwLock::new(Arc::new(opened)), Mutex::new(Instant::now()));
        Ok(LiveSearcher { dir, cluster, engine, now, opened, looked_at })
    }

    /// Does something with the index that is published now; once more if that fails while another
    /// one is published, since a cluster removes the one before.
    ///
    /// # Errors
    /// Those of `work`.
    pub fn with<T, E>(&self, work: impl Fn(&OpenedIndex) -> Result<T, E>) -> Result<T, E> {
        self.look(LOOK_EVERY);
        let opened = self.opened();
        work(&opened).or_else(|error| {
            self.look(Duration::ZERO);
            let newer = self.opened();
            if newer.name == opened.name { Err(error) } else { work(&newer) }
        })
    }

    fn opened(&self) -> Arc<OpenedIndex> {
        Arc::clone(&self.opened.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Opens the published index if it is another one, and nobody has looked for so long, or looks
    /// just now.
    fn look(&self, after: Duration) {
        let Ok(mut looked_at) = self.looked_at.try_lock() else { return };
        if looked_at.elapsed() < after {
            return;
        }
        // What cannot be had now is tried again: until then the older index answers, and says so.
        if let Some(newer) = self.newer().unwrap_or_else(|_| self.opened().outdated()) {
            *self.opened.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(newer);
        }
        *looked_at = Instant::now();
    }

    fn newer(&self) -> Result<Option<OpenedIndex>, Error> {
        let (name, opened) = (self.engine.published_name()?, self.opened());
        // It tells an age, so that the words change while nothing else does.
        let refusal = self.engine.refusal((self.now)())?;
        if name != opened.name {
            let searcher = Searcher::of(Engine::of(&self.dir, self.cluster.as_ref())?)?;
            let searcher = searcher.with_named_model(opened.searcher.query_model());
            return OpenedIndex::new(searcher, name, &self.engine, self.now).map(Some);
        }
        let searcher = Arc::clone(&opened.searcher);
        let is_same = refusal == opened.refusal;
        let manifest = opened.manifest.clone();
        let newer = || OpenedIndex { searcher, manifest, refusal, name };
        Ok((!is_same).then(newer))
    }
}

impl OpenedIndex {
    /// When it was built, where that is known.
    pub fn built_at(&self) -> Option<Timestamp> {
        self.manifest.as_ref().map(|manifest| manifest.built_at)
    }

    /// Its generation, or the name of the index on a cluster.
    pub fn generation(&self) -> Option<&str> {
        self.name.as_deref()?.split(' ').next()
    }

    /// The same with the notice that the published index cannot be opened; none when it has it.
    fn outdated(&self) -> Option<OpenedIndex> {
        let is_told = self.refusal.as_deref() == Some(OUTDATED);
        let (searcher, name) = (Arc::clone(&self.searcher), self.name.clone());
        let refusal = Some(OUTDATED.to_owned());
        let manifest = self.manifest.clone();
        (!is_told).then_some(OpenedIndex { searcher, manifest, refusal, name })
    }

    fn new(
        searcher: Searcher,
        name: Option<String>,
        engine: &Engine,
        now: fn() -> Timestamp,
    ) -> Result<OpenedIndex, Error> {
        let manifest = engine.manifest()?.map(Arc::new);
        let (searcher, refusal) = (Arc::new(searcher), engine.refusal(now())?);
        Ok(OpenedIndex { searcher, manifest, refusal, name })
    }
}
