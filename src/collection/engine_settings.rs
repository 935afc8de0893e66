//! The `[engine]` table of the settings: which cluster holds the index.

use std::{ops::RangeInclusive, path::PathBuf};

use serde::{Deserialize, Deserializer, de::Error as _};

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
    #[serde(deserialize_with = "shards")]
    pub shards: Option<u32>,
    /// How many copies each part has besides.
    #[serde(deserialize_with = "replicas")]
    pub replicas: Option<u32>,
    /// A PEM file with further certificate authorities.
    pub ca_bundle: Option<PathBuf>,
    /// A file with an API key, or a user name and a password with a colon between.
    pub credentials: Option<PathBuf>,
    /// Seconds for one request.
    #[serde(deserialize_with = "timeout")]
    pub timeout: Option<f64>,
}

/// A number within bounds.
fn within<'de, D: Deserializer<'de>>(
    deserializer: D,
    bounds: RangeInclusive<u32>,
) -> Result<Option<u32>, D::Error> {
    let number = u32::deserialize(deserializer)?;
    let wrong = || format!("it is not between {} and {}", bounds.start(), bounds.end());
    bounds.contains(&number).then_some(Some(number)).ok_or_else(|| D::Error::custom(wrong()))
}

fn shards<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    within(deserializer, 1..=MOST_SHARDS)
}

fn replicas<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    within(deserializer, 0..=MOST_REPLICAS)
}

fn timeout<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    let is_right = seconds > 0.0 && seconds <= 3600.0;
    let wrong = || D::Error::custom("it is not more than 0 and at most 3600 seconds");
    is_right.then_some(Some(seconds)).ok_or_else(wrong)
}
