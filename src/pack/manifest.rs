//! What an archive says of itself, in its first file.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    collection::SETTINGS_FILE,
    error::ArchiveFault,
    pack::entry_name::{self, GENERATION},
};

/// The name of the first file.
pub(crate) const PACK_MANIFEST: &str = "mlsearch-pack.json";
/// The version of archives.
pub(crate) const FORMAT: u32 = 1;

/// Files in an archive: an index has about a dozen, the others are lists.
const MOST_FILES: usize = 2_000;
/// Bytes of all files together.
const MOST_BYTES: u64 = 64 << 30;
/// Bytes of a list, or of the settings.
const MOST_BYTES_OF_A_TEXT: u64 = 32 << 20;
/// Bytes of all of them.
const MOST_BYTES_OF_TEXTS: u64 = 512 << 20;
/// How many bytes one byte of an archive may become; indexes and lists have 2 to 10.
const MOST_RATIO: u64 = 200;
/// Small archives may become as much whatever they are made of.
const FREE_BYTES: u64 = 64 << 20;

/// What an archive says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct PackManifest {
    /// The version of archives; 1 now.
    pub format: u32,
    /// The program that made it.
    pub made_by: String,
    /// The version of the index, which must be that of the program that searches it.
    pub index_version: u32,
    /// When the index was built.
    #[cfg_attr(feature = "cli", schemars(with = "String", extend("format" = "date-time")))]
    pub built_at: Timestamp,
    /// Documents in it.
    pub documents: u64,
    /// Documents with more text than the list gives.
    pub full_texts: u64,
    /// Whether texts are left out but for a short passage.
    pub public: bool,
    /// Whether the stored pages are in it.
    pub pages: bool,
    /// The files, in the order in which they follow.
    pub files: Vec<PackedFile>,
}

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct PackedFile {
    /// Its path, with `/` between.
    pub name: String,
    /// How long it is.
    pub bytes: u64,
    /// Its SHA-256, in small hexadecimal digits.
    pub sha256: String,
}

impl PackManifest {
    /// The version alone, which an archive of any version has.
    pub(crate) fn format_of(json: &[u8]) -> Option<u64> {
        let value: serde_json::Value = serde_json::from_slice(json).ok()?;
        value.get("format")?.as_u64()
    }

    /// What is wrong with the files of an archive of so many bytes, before any of them is read.
    pub(crate) fn problem(&self, archive_bytes: u64) -> Option<(String, ArchiveFault)> {
        let hostile = |message: String| Some((message, ArchiveFault::Hostile));
        if self.files.len() > MOST_FILES {
            return hostile(format!("it has more than {MOST_FILES} files"));
        }
        let (mut names, mut all_bytes, mut text_bytes) = (BTreeSet::new(), 0_u64, 0_u64);
        for PackedFile { name, bytes, sha256 } in &self.files {
            let shown = name.escape_debug();
            if let Some(problem) = entry_name::problem(name) {
                return hostile(format!("`{shown}`: {problem}"));
            }
            if !entry_name::is_known(name, SETTINGS_FILE) {
                return hostile(format!("`{shown}`: no index consists of such files"));
            }
            if !names.insert(name.to_lowercase()) {
                let twice = self.files.iter().filter(|file| file.name == *name).count() > 1;
                let what =
                    if twice { "it is there twice" } else { "another name differs by case only" };
                return hostile(format!("`{shown}`: {what}"));
            }
            let is_text = !name.starts_with(GENERATION) && name != entry_name::PAGES;
            if is_text && *bytes > MOST_BYTES_OF_A_TEXT {
                return hostile(format!("`{shown}`: it is over {} MB", MOST_BYTES_OF_A_TEXT >> 20));
            }
            if is_text {
                text_bytes += *bytes;
            }
            all_bytes = all_bytes.saturating_add(*bytes);
            let is_digest =
                sha256.len() == 64 && sha256.bytes().all(|b| b"0123456789abcdef".contains(&b));
            if !is_digest {
                return hostile(format!("`{shown}`: it has no SHA-256"));
            }
        }
        if text_bytes > MOST_BYTES_OF_TEXTS {
            return hostile(format!("its lists are over {} MB", MOST_BYTES_OF_TEXTS >> 20));
        }
        if all_bytes > MOST_BYTES {
            return hostile(format!(
                "its files have {all_bytes} bytes, which is over {MOST_BYTES}"
            ));
        }
        if all_bytes > FREE_BYTES.max(archive_bytes.saturating_mul(MOST_RATIO)) {
            return hostile(format!(
                "its files have {all_bytes} bytes, more than {MOST_RATIO} times its own {archive_bytes}"
            ));
        }
        match names.contains("generation/manifest.json") {
            true => None,
            false => hostile("there is no index in it".into()),
        }
    }
}
