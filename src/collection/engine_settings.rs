//! The `[engine]` table of the settings: which cluster holds the index.

use std::path::PathBuf;

use serde::Deserialize;

/// Most shards that an index may have; the engines have this limit, too.
const MOST_SHARDS: u32 = 1024;
/// Most copies of each.
const MOST_REPLICAS: u32 = 100;

/// The `[engine]` table.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EngineSettings {
    /// The address of a cluster; without one the index is in the collection's folder.
    pub url: Option<String>,
    /// The alias under which the index is searched; by default made of the folder's name.
    pub index: Option<String>,
    /// Into how many parts an index is cut.
    pub shards: Option<u32>,
    /// How many copies each part has besides.
    pub replicas: Option<u32>,
    /// A PEM file with further certificate authorities.
    pub ca_bundle: Option<PathBuf>,
    /// A file with an API key, or a user name and a password with a colon between.
    pub credentials: Option<PathBuf>,
    /// Seconds for one request.
    pub timeout: Option<f64>,
}

impl EngineSettings {
    /// What is wrong with them.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        if !self.shards.is_none_or(|shards| (1..=MOST_SHARDS).contains(&shards)) {
            return Some("`engine.shards` is not between 1 and 1024");
        }
        if self.replicas.is_some_and(|replicas| replicas > MOST_REPLICAS) {
            return Some("`engine.replicas` is more than 100");
        }
        let is_wrong = |seconds: f64| !(seconds > 0.0 && seconds <= 3600.0);
        self.timeout
            .is_some_and(is_wrong)
            .then_some("`engine.timeout` is not more than 0 and at most 3600 seconds")
    }
}
