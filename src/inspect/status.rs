//! The state of a collection: its index, its pages, what is due, its last updates, its disk use.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::Path,
};

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    collection::{Collection, PullRecord},
    engine::{
        choice::Engine,
        manifest::{Integrity, Manifest},
        opensearch::{indexes::ClusterState, target::Target},
    },
    error::{Error, RefusalCause},
    page::Outcome,
    store::{Store, Visited},
    update::{Report, due_at},
};

/// Updates that a status shows.
const RUNS: usize = 5;
/// Updates among which the last one that went well is looked for: as many as the store keeps.
const RUNS_OF_INTEREST: u32 = 100;

/// How a collection is.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Status {
    /// Its folder.
    pub dir: String,
    /// The sources of its lists.
    pub lists: Vec<String>,
    /// The published index; none before the first build, or when its manifest is damaged.
    pub index: Option<Manifest>,
    /// Whether every file of the published index is as it was written.
    pub verified: bool,
    /// The files of the published index that are not.
    pub damaged: Vec<String>,
    /// Why the last build was not published, if it was not.
    pub refused: Option<String>,
    /// What is at fault then, where that is known.
    pub refused_for: Option<RefusalCause>,
    /// When the index was last as new as the web: when it was built, or when a later update that
    /// could visit pages ended well.
    #[cfg_attr(feature = "cli", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub fresh_at: Option<Timestamp>,
    /// How many pages of listed entries had which outcome at their last visit.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Listed entries whose page was never visited.
    pub never_visited: u64,
    /// Pages that the next update will visit.
    pub due: u64,
    /// When the next page is due that is not due yet.
    #[cfg_attr(feature = "cli", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub next_due: Option<Timestamp>,
    /// The last updates, the newest first.
    pub runs: Vec<Report>,
    /// Bytes of the page store.
    pub store_bytes: u64,
    /// Bytes of the index.
    pub index_bytes: u64,
    /// Where the index came from, if somebody else has built it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pulled: Option<PulledFrom>,
    /// The cluster that holds the index, unless this machine does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterState>,
}

/// Where an index came from that somebody else has built.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct PulledFrom {
    /// The file or the address of the archive.
    pub source: String,
    /// When it was pulled.
    #[cfg_attr(feature = "cli", schemars(with = "String", extend("format" = "date-time")))]
    pub pulled_at: Timestamp,
    /// When it was last asked whether there is a newer one.
    #[cfg_attr(feature = "cli", schemars(with = "String", extend("format" = "date-time")))]
    pub checked_at: Timestamp,
    /// The SHA-256 of the archive.
    pub sha256: String,
    /// Whether it has a signature of the public key that was demanded.
    pub signed: bool,
}

/// Looks at a collection without changing it.
///
/// # Errors
/// [`Error::Store`] and [`Error::Io`] when something cannot be read.
pub fn status(
    collection: &Collection,
    cluster: Option<&Target>,
    now: Timestamp,
) -> Result<Status, Error> {
    let engine = Engine::of(&collection.dir, cluster)?;
    let path = collection.store_path();
    let (mut verified, mut damaged, mut state) = (false, Vec::new(), None);
    let index_bytes = match &engine {
        Engine::Local(generations) => {
            match generations.verify()? {
                Some(Integrity::Intact) => verified = true,
                Some(Integrity::Damaged(files)) => damaged = files,
                Some(Integrity::Unverified) | None => {}
            }
            bytes_of(&collection.dir.join("generations"))
        }
        Engine::Cluster(indexes) => {
            verified = engine.is_intact()?;
            state.insert(indexes.state()?).bytes
        }
    };
    let mut status = Status {
        dir: collection.dir.display().to_string(),
        lists: collection.settings.lists.iter().map(|list| list.source.clone()).collect(),
        index: engine.manifest()?,
        verified,
        damaged,
        refused: engine.refusal(now)?,
        refused_for: None,
        fresh_at: None,
        outcomes: BTreeMap::new(),
        never_visited: 0,
        due: 0,
        next_due: None,
        runs: Vec::new(),
        store_bytes: bytes_of(&path) + bytes_of(&path.with_extension("sqlite-wal")),
        index_bytes,
        pulled: collection
            .settings
            .pull
            .as_ref()
            .and(PullRecord::read(&collection.dir)?)
            .map(pulled_from),
        cluster: state,
    };
    if let Some(store) = Store::read(&path)? {
        let mut runs: Vec<Report> = store.runs(RUNS_OF_INTEREST)?;
        let last = runs.first().filter(|_| status.refused.is_some());
        status.refused_for = last.and_then(|run| run.refused_for);
        let fresh = runs.iter().find(|run| run.is_done() && !run.offline && !run.reached_nothing());
        status.fresh_at = fresh.map(Report::ended_at);
        runs.truncate(RUNS);
        status.runs = runs;
        let visits: HashMap<String, Visited> = store.last_visits()?.into_iter().collect();
        for entry in store.entries()?.iter().filter(|entry| entry.removed.is_none()) {
            let Some(visit) = visits.get(&entry.key) else {
                status.never_visited += 1;
                status.due += 1;
                continue;
            };
            *status.outcomes.entry(visit.outcome).or_default() += 1;
            match due_at(visit, now) {
                at if at <= now => status.due += 1,
                at => status.next_due = Some(status.next_due.map_or(at, |next| next.min(at))),
            }
        }
    }
    // Without an index nothing is fresh, whatever an update did.
    let built_at = status.index.as_ref().map(|index| index.built_at);
    status.fresh_at = built_at.map(|built| status.fresh_at.map_or(built, |run| run.max(built)));
    Ok(status)
}

fn pulled_from(record: PullRecord) -> PulledFrom {
    let signed = record.signed_by.is_some();
    let PullRecord { source, pulled_at, checked_at, sha256, .. } = record;
    PulledFrom { source, pulled_at, checked_at, sha256, signed }
}

/// Bytes of a file, or of all files below a folder; 0 when there is none.
fn bytes_of(path: &Path) -> u64 {
    match fs::read_dir(path) {
        Ok(entries) => entries.flatten().map(|entry| bytes_of(&entry.path())).sum(),
        Err(_) => fs::metadata(path).map_or(0, |metadata| metadata.len()),
    }
}
