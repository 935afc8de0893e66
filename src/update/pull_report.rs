//! What a pull did: an update of a collection whose index somebody else builds.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::RefusalCause;

/// What a pull did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct PullReport {
    /// The file or the address of the archive.
    pub source: String,
    /// When the pull began.
    #[cfg_attr(feature = "cli", schemars(with = "String", extend("format" = "date-time")))]
    pub started_at: Timestamp,
    /// How long it took, in milliseconds.
    pub elapsed_ms: u64,
    /// Bytes of the archive that were received; 0 when it is a file, or still the one that was there.
    pub received: u64,
    /// The SHA-256 of the archive.
    pub sha256: String,
    /// Whether that was held against a checksum that came apart from the archive.
    pub checked: bool,
    /// Whether it has a signature of the public key that was demanded.
    pub signed: bool,
    /// When the index was built.
    #[cfg_attr(feature = "cli", schemars(with = "String", extend("format" = "date-time")))]
    pub built_at: Timestamp,
    /// Documents in it.
    pub documents: u64,
    /// Documents with more text than the list gives.
    pub full_texts: u64,
    /// Number of the generation that was published; none when it was there already, or was refused.
    pub generation: Option<u64>,
    /// Why the index was not published.
    pub refused: Option<String>,
    /// What is at fault then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_for: Option<RefusalCause>,
    /// Files beside the index that somebody has changed here, so that they are not those of the archive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<String>,
}
