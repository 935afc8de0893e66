//! What an index on a cluster says of itself, in the `_meta` of its mapping.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{aliases::Aliases, engine::manifest::Manifest};

/// The name of our part of `_meta`.
const OURS: &str = "mlsearch";

/// What an index says of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct IndexRecord {
    /// The version of schema and analysis.
    pub(crate) version: u32,
    /// Whether any document has headings.
    #[serde(default)]
    pub(crate) headings: bool,
    /// The aliases that the documents were indexed with.
    #[serde(default)]
    pub(crate) aliases: Aliases,
    /// For each shard a value that leads a request to it.
    #[serde(default)]
    pub(crate) routings: Vec<String>,
    /// The slices that it is loaded in, when several processes load it.
    #[serde(default)]
    pub(crate) slices: Option<Slices>,
    /// What was built; none while it is loaded.
    #[serde(default)]
    pub(crate) manifest: Option<Manifest>,
    /// Why a newer index was not published.
    #[serde(default)]
    pub(crate) refused: Option<Refused>,
}

/// The slices that an index is loaded in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Slices {
    pub(crate) count: u32,
    /// What all of them were read from; none until the last one is there.
    #[serde(default)]
    pub(crate) input: Option<String>,
}

/// Why a newer index was not published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Refused {
    pub(crate) at: Timestamp,
    pub(crate) reason: String,
}

impl IndexRecord {
    /// The record in the mapping of an index; none in one that is not ours.
    pub(crate) fn of_mapping(mapping: &Value) -> Option<IndexRecord> {
        serde_json::from_value(mapping["_meta"][OURS].clone()).ok()
    }

    /// It as `_meta`.
    pub(crate) fn to_meta(&self) -> Value {
        json!({ OURS: self })
    }
}
