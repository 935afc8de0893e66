//! What the tools work on.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use jiff::{Timestamp, civil::DateTime};

use crate::{
    engine::opensearch::target::Target,
    error::Error,
    search::{LiveSearcher, QueryModel},
    wording::hint::Named,
};

/// What the tools work on, and for whom.
pub struct McpOptions {
    /// The index.
    pub index: SearchedIndex,
    /// The folder that was named, for commands that are told.
    pub named_index: Option<PathBuf>,
    /// The engine that was named, for commands that are told.
    pub named_engine: Option<String>,
    /// Whether whole articles are kept back, and nothing is told of this machine.
    pub is_public: bool,
    /// For the work on a call.
    pub answer_time: Duration,
    /// The clock.
    pub now: fn() -> Timestamp,
    /// The clock on the user's wall.
    pub local_now: fn() -> DateTime,
}

impl McpOptions {
    /// What was named, as commands name it again; the public learns nothing of this machine.
    pub(crate) fn named(&self) -> Named<'_> {
        match self.is_public {
            true => Named::default(),
            false => {
                Named { index: self.named_index.as_deref(), engine: self.named_engine.as_deref() }
            }
        }
    }
}

/// The index that is searched: opened when it is first asked for, so that a server can start before
/// there is one.
pub struct SearchedIndex {
    dir: PathBuf,
    cluster: Option<Target>,
    query_model: QueryModel,
    now: fn() -> Timestamp,
    opened: OnceLock<Arc<LiveSearcher>>,
}

impl SearchedIndex {
    /// The published index of the collection in a folder, on this machine or on a cluster.
    pub fn new(
        dir: PathBuf,
        cluster: Option<Target>,
        query_model: QueryModel,
        now: fn() -> Timestamp,
    ) -> SearchedIndex {
        SearchedIndex { dir, cluster, query_model, now, opened: OnceLock::new() }
    }

    /// An index that is open.
    pub fn of(live: Arc<LiveSearcher>, dir: PathBuf, now: fn() -> Timestamp) -> SearchedIndex {
        let query_model = QueryModel::default();
        SearchedIndex { dir, cluster: None, query_model, now, opened: OnceLock::from(live) }
    }

    /// Opens it unless it is open.
    ///
    /// # Errors
    /// Those of [`LiveSearcher::open`].
    pub(crate) fn get(&self) -> Result<&LiveSearcher, Error> {
        if let Some(live) = self.opened.get() {
            return Ok(live);
        }
        let (dir, cluster) = (self.dir.clone(), self.cluster.clone());
        let live = LiveSearcher::open(dir, cluster, self.query_model.clone(), self.now)?;
        Ok(self.opened.get_or_init(|| Arc::new(live)))
    }
}
