//! The engine that holds the index of a collection, and a build of it from its beginning to its
//! publication.

use std::path::Path;

use jiff::Timestamp;

use crate::{
    aliases::Aliases,
    engine::{
        batches::batches,
        build_summary::BuildSummary,
        document::Document,
        index::Index,
        local::{
            build::build_batches,
            embed::{EarlierVectors, add_vectors},
            generation_draft::GenerationDraft,
            generations::Generations,
            index::LocalIndex,
            schema::Positions,
        },
        manifest::{Integrity, Manifest},
        opensearch::{
            cluster_index::ClusterIndex,
            indexes::{Indexes, NewIndex},
            target::Target,
        },
        vectors::{Embedded, Embedding, VectorCache},
    },
    error::Error,
};

/// The engine of a collection.
pub enum Engine {
    /// Tantivy, in the folder of the collection.
    Local(Generations),
    /// OpenSearch or Elasticsearch, on a cluster.
    Cluster(Box<Indexes>),
}

/// A build that is not published yet.
pub enum IndexDraft<'a> {
    /// The folder of a generation; removed when it is dropped.
    Local(GenerationDraft<'a>),
    /// An index on a cluster; removed when it is dropped.
    Cluster(NewIndex<'a>),
}

impl Engine {
    /// The engine of the collection in a folder: of this machine, unless a cluster is named.
    ///
    /// # Errors
    /// [`Error::Cluster`] when the cluster cannot be used.
    pub fn of(dir: &Path, cluster: Option<&Target>) -> Result<Engine, Error> {
        Ok(match cluster {
            None => Engine::Local(Generations::of(dir)),
            Some(target) => Engine::Cluster(Box::new(Indexes::connect(target)?)),
        })
    }

    /// Whether its indexes can have vectors of passages.
    pub fn holds_vectors(&self) -> bool {
        matches!(self, Engine::Local(_))
    }

    /// What the published index says of itself; none when nothing is published.
    ///
    /// # Errors
    /// Those of reading it.
    pub fn manifest(&self) -> Result<Option<Manifest>, Error> {
        match self {
            Engine::Local(generations) => generations.manifest(),
            Engine::Cluster(indexes) => {
                Ok(indexes.published()?.and_then(|published| published.record.manifest))
            }
        }
    }

    /// What tells the published index from every other one of this engine: its generation or the name
    /// of the index, a blank, and when it was built; none when nothing is published.
    ///
    /// # Errors
    /// Those of looking for it.
    pub(crate) fn published_name(&self) -> Result<Option<String>, Error> {
        let (name, manifest) = match self {
            Engine::Local(generations) => match generations.current()? {
                Some(path) => {
                    let number = path.file_name().unwrap_or_default().to_string_lossy();
                    (number.into_owned(), generations.manifest()?)
                }
                None => return Ok(None),
            },
            Engine::Cluster(indexes) => match indexes.published()? {
                Some(published) => (published.index, published.record.manifest),
                None => return Ok(None),
            },
        };
        // Numbers begin anew where somebody has removed all generations.
        let built_at = manifest.map(|manifest| manifest.built_at.to_string());
        Ok(Some(format!("{name} {}", built_at.unwrap_or_default())))
    }

    /// Whether any index is published.
    ///
    /// # Errors
    /// Those of looking for it.
    pub fn is_published(&self) -> Result<bool, Error> {
        Ok(match self {
            Engine::Local(generations) => generations.current()?.is_some(),
            Engine::Cluster(indexes) => indexes.published()?.is_some(),
        })
    }

    /// How old the index is and why the last rebuild was refused, in one sentence; none when it
    /// was not refused.
    ///
    /// # Errors
    /// Those of a cluster that does not say.
    pub fn refusal(&self, now: Timestamp) -> Result<Option<String>, Error> {
        match self {
            Engine::Local(generations) => Ok(generations.refusal(now)),
            Engine::Cluster(indexes) => indexes.refusal(now),
        }
    }

    /// Opens the published index.
    pub(crate) fn open(self) -> Result<Box<dyn Index>, Error> {
        Ok(match self {
            Engine::Local(generations) => Box::new(generations.open_current(LocalIndex::open)?),
            Engine::Cluster(indexes) => Box::new(ClusterIndex::open(*indexes)?),
        })
    }

    /// Whether the published index is as it was built, and can be opened.
    pub(crate) fn is_intact(&self) -> Result<bool, Error> {
        match self {
            // What a disk has damaged at its full length opens all the same.
            Engine::Local(generations) => {
                Ok(generations.verify()? == Some(Integrity::Intact) && generations.opens())
            }
            Engine::Cluster(indexes) => indexes.is_intact(),
        }
    }

    /// Begins a build. What builds that never ended have left is removed.
    ///
    /// # Errors
    /// Those of making its place.
    pub fn begin(&self) -> Result<IndexDraft<'_>, Error> {
        Ok(match self {
            Engine::Local(generations) => IndexDraft::Local(GenerationDraft::begin(generations)?),
            Engine::Cluster(indexes) => IndexDraft::Cluster(indexes.begin()?),
        })
    }

    /// Notes that the published index is what would be built now.
    pub(crate) fn confirm(&self) -> Result<(), Error> {
        match self {
            Engine::Local(generations) => generations.confirm(),
            Engine::Cluster(indexes) => indexes.confirm(),
        }
    }

    /// Notes why a new index is not published, for readers to see.
    pub(crate) fn refuse(&self, at: Timestamp, reason: &str) -> Result<(), Error> {
        match self {
            Engine::Local(generations) => generations.refuse(at, reason),
            Engine::Cluster(indexes) => indexes.refuse(at, reason),
        }
    }
}

impl IndexDraft<'_> {
    /// The number of the build.
    pub fn number(&self) -> u64 {
        match self {
            IndexDraft::Local(draft) => draft.generation.number,
            IndexDraft::Cluster(index) => index.number,
        }
    }

    /// Builds the index of documents with so many threads, until it is to stop.
    ///
    /// # Errors
    /// Those of writing it, [`Error::Interrupted`] when it was to stop.
    pub fn build(
        &self,
        documents: &mut dyn Iterator<Item = Document>,
        aliases: &Aliases,
        threads: usize,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<BuildSummary, Error> {
        self.build_batches(batches(documents), Ok, aliases, threads, is_stopped)
    }

    /// Builds the index of batches of what `document` makes documents of, on the thread that analyses
    /// them, until it is to stop. The first batch that cannot be had is the error.
    pub(crate) fn build_batches<T: Send>(
        &self,
        batches: impl Iterator<Item = Result<Vec<T>, Error>>,
        document: impl Fn(T) -> Result<Document, Error> + Sync,
        aliases: &Aliases,
        threads: usize,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<BuildSummary, Error> {
        let batches =
            batches.map(|batch| if is_stopped() { Err(Error::Interrupted) } else { batch });
        match self {
            IndexDraft::Local(draft) => {
                let (dir, positions) = (&draft.generation.path, Positions::Kept);
                build_batches(dir, batches, document, aliases, positions, threads)
            }
            IndexDraft::Cluster(index) => {
                index.load(batches, document, aliases, threads, is_stopped)
            }
        }
    }

    /// Gives the index, which is built, the vectors of its passages. Those that `cache` knows are
    /// not computed again; without one, those that the published index has and those that a build
    /// which did not end has left. None where the engine holds no vectors.
    ///
    /// # Errors
    /// Those of reading the index and of writing its vectors, [`Error::Model`] when the model cannot
    /// read a passage, [`Error::Interrupted`] when it was to stop.
    pub fn add_vectors(
        &self,
        embedding: &mut Embedding<'_>,
        cache: Option<&mut dyn VectorCache>,
    ) -> Result<Option<Embedded>, Error> {
        let IndexDraft::Local(draft) = self else { return Ok(None) };
        let GenerationDraft { generations, generation, .. } = draft;
        let mut earlier;
        let cache = match cache {
            Some(cache) => cache,
            None => {
                let before = generations.current()?;
                let unfinished = generations.unfinished_vectors();
                earlier = EarlierVectors::of(before.as_deref(), &unfinished, embedding.model.id())?;
                &mut earlier
            }
        };
        add_vectors(&generation.path, embedding, cache).map(Some)
    }

    /// Publishes the index; the one before stays until then.
    ///
    /// # Errors
    /// Those of writing; the one before then stays published.
    pub fn publish(self, manifest: Manifest) -> Result<(), Error> {
        match self {
            IndexDraft::Local(draft) => draft.publish(manifest),
            IndexDraft::Cluster(index) => index.publish(manifest),
        }
    }
}
