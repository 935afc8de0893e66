//! Archives made by hand, out of good ones.

use std::io::{Cursor, Read, Write};

use serde_json::Value;
use tar::{Archive, Builder, EntryType, Header};

/// A file of an archive.
#[derive(Clone)]
pub struct Packed {
    pub name: String,
    pub kind: EntryType,
    pub link: Option<&'static str>,
    pub bytes: Vec<u8>,
}

/// The files of an archive, without the manifest, and the manifest.
pub fn unpacked(archive: &[u8]) -> (Value, Vec<Packed>) {
    let tar = zstd::decode_all(archive).unwrap();
    let mut archive = Archive::new(Cursor::new(tar));
    let mut files = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().to_str().unwrap().to_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        files.push(Packed { name, kind: EntryType::Regular, link: None, bytes });
    }
    let manifest = files.remove(0);
    (serde_json::from_slice(&manifest.bytes).unwrap(), files)
}

/// The rows of a manifest for some files, as they are.
fn described(files: &[Packed]) -> Value {
    let row = |file: &Packed| {
        let digest = ring::digest::digest(&ring::digest::SHA256, &file.bytes);
        let sha256: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        serde_json::json!({ "name": file.name, "bytes": file.bytes.len(), "sha256": sha256 })
    };
    files.iter().map(row).collect()
}

/// A good archive with a change, whose manifest is made anew afterwards.
pub fn changed(archive: &[u8], change: impl FnOnce(&mut Vec<Packed>)) -> Vec<u8> {
    let (mut manifest, mut files) = unpacked(archive);
    change(&mut files);
    manifest["files"] = described(&files);
    packed(&manifest, &files)
}

/// A plain file of an archive.
pub fn file(name: &str, bytes: &[u8]) -> Packed {
    Packed { name: name.into(), kind: EntryType::Regular, link: None, bytes: bytes.to_vec() }
}

/// An archive of a manifest and files; no name is looked at.
pub fn packed(manifest: &Value, files: &[Packed]) -> Vec<u8> {
    let mut tar = Builder::new(Vec::new());
    let json = serde_json::to_vec_pretty(manifest).unwrap();
    let first = Packed {
        name: "mlsearch-pack.json".into(),
        kind: EntryType::Regular,
        link: None,
        bytes: json,
    };
    for file in std::iter::once(&first).chain(files) {
        let mut header = Header::new_ustar();
        header.as_mut_bytes()[..file.name.len()].copy_from_slice(file.name.as_bytes());
        if let Some(link) = file.link {
            header.set_link_name(link).unwrap();
        }
        header.set_entry_type(file.kind);
        header.set_size(file.bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, file.bytes.as_slice()).unwrap();
    }
    compressed(&tar.into_inner().unwrap())
}

pub fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
