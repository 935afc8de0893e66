//! The manifest of a generation: what it says of itself, and checksums that show whether its files
//! still are what was written.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    path::Path,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::engine::vectors::Embedded;

/// The name of its file.
pub(crate) const MANIFEST: &str = "manifest.json";

/// Bytes read at a time for a checksum.
const PIECE: usize = 256 << 10;

/// What a generation says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Manifest {
    /// When it was built.
    #[cfg_attr(feature = "cli", schemars(with = "String", extend("format" = "date-time")))]
    pub built_at: Timestamp,
    /// Documents in it.
    pub documents: u64,
    /// Documents with more text than the list gives.
    pub full_texts: u64,
    /// Entries that are one document with another entry.
    #[serde(default)]
    pub merged: u64,
    /// How many documents have which sort of text, by the name that it has as a facet's value.
    #[serde(default)]
    pub provenance: BTreeMap<String, u64>,
    /// How many documents were read by the stemmer of which language, by its ISO 639-1 code.
    #[serde(default)]
    pub languages: BTreeMap<String, u64>,
    /// Hash of everything it was made from; equal inputs need no new build.
    pub fingerprint: String,
    /// The vectors of its passages, when it has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embedded: Option<Embedded>,
    /// Names and bytes of its files, filled in when it is published.
    #[serde(default)]
    pub files: BTreeMap<String, u64>,
    /// The CRC-32 of each file, filled in with their bytes; an older version wrote none.
    #[serde(default)]
    pub checksums: BTreeMap<String, u32>,
    /// The CRC-32 of the manifest without this field, filled in when it is written.
    #[serde(default)]
    pub checksum: Option<u32>,
}

/// Whether a generation still is what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Integrity {
    /// Every file is.
    Intact,
    /// An older version wrote it, without checksums; every file is there and as long as it was.
    Unverified,
    /// These files are not, by their names: `CURRENT`, the manifest, or those that it lists.
    Damaged(Vec<String>),
}

impl Manifest {
    /// The manifest as it is written, with its own checksum.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let json = |checksum| {
            serde_json::to_vec_pretty(&Manifest { checksum, ..self.clone() })
                .expect("a manifest has no map keys to fail on")
        };
        json(Some(crc32fast::hash(&json(None))))
    }

    /// Reads what was written; none when that was damaged.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Manifest> {
        let manifest: Manifest = serde_json::from_slice(bytes).ok()?;
        // Bytes that parse to equal values, such as other white space, are damage as well.
        (!manifest.has_checksums() || manifest.to_bytes() == bytes).then_some(manifest)
    }

    /// Whether it has checksums, with which damaged files of the right length are found.
    pub(crate) fn has_checksums(&self) -> bool {
        self.checksum.is_some() || !self.checksums.is_empty()
    }

    /// The files in the folder of the generation that are not as they were written.
    pub(crate) fn damaged_files(&self, dir: &Path) -> Vec<String> {
        let is_damaged = |(name, bytes): &(&String, &u64)| {
            let path = dir.join(name);
            let has_length = path.metadata().is_ok_and(|metadata| metadata.len() == **bytes);
            let found = || File::open(&path).and_then(|file| checksum(&file)).ok();
            !has_length || (self.has_checksums() && found().as_ref() != self.checksums.get(*name))
        };
        self.files.iter().filter(is_damaged).map(|(name, _)| name.clone()).collect()
    }
}

/// The CRC-32 of a file from where it stands to its end.
///
/// It finds every damage of up to 32 bits in a row and all but one in four billion others, which is
/// what disks do; it is no protection against somebody who means to deceive.
pub(crate) fn checksum(mut file: &File) -> io::Result<u32> {
    let mut hasher = crc32fast::Hasher::new();
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(hasher.finalize()),
            Ok(bytes) => hasher.update(&piece[..bytes]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::manifest::Manifest;

    fn manifest() -> Manifest {
        Manifest {
            documents: 50,
            fingerprint: "f".into(),
            files: [("a.pos".to_owned(), 3)].into(),
            checksums: [("a.pos".to_owned(), 7)].into(),
            ..Manifest::default()
        }
    }

    #[test]
    fn a_manifest_is_read_as_it_was_written() {
        let read = Manifest::from_bytes(&manifest().to_bytes()).unwrap();
        assert_eq!(Manifest { checksum: None, ..read.clone() }, manifest());
        assert_eq!(read.to_bytes(), manifest().to_bytes());
    }

    #[test]
    fn every_changed_byte_of_a_manifest_is_noticed() {
        let bytes = manifest().to_bytes();
        for at in 0..bytes.len() {
            for flipped in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
                let mut damaged = bytes.clone();
                damaged[at] ^= flipped;
                assert_eq!(Manifest::from_bytes(&damaged), None, "byte {at}, bits {flipped}");
            }
        }
    }

    #[test]
    fn a_manifest_of_an_older_version_is_read_and_has_no_checksums() {
        let old = br#"{"built_at":"2026-01-01T00:00:00Z","documents":5,"full_texts":4,
            "fingerprint":"f","files":{"a.pos":3}}"#;
        let old = Manifest::from_bytes(old).unwrap();
        assert_eq!((old.documents, old.has_checksums()), (5, false));
        assert!(manifest().has_checksums());
    }
}
