//! Aliases: canonical names of companies and tags, and synonyms, from `aliases.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Canonical names and synonyms. Empty by default: every name stands for itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Aliases {
    /// Company as written, in lower case → canonical name.
    pub companies: BTreeMap<String, String>,
    /// Tag as written, in lower case → canonical spelling.
    pub tags: BTreeMap<String, String>,
    /// Host → company that writes there.
    pub hosts: BTreeMap<String, String>,
    /// Groups of words or phrases that mean the same.
    pub synonyms: Vec<Vec<String>>,
}
