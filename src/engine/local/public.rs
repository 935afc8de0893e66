//! An index for everybody, made of a published one: without the texts of others and without what they
//! could be put together from.

use std::{collections::BTreeMap, fs, hash::Hasher, path::Path};

use serde_json::Value;
use siphasher::sip128::{Hasher128, SipHasher13};

use crate::{
    engine::{
        local::{
            build::build_batches,
            failure::engine_error,
            generations::{Generations, Manifest},
            index::LocalIndex,
            schema::Positions,
        },
        manifest::MANIFEST,
    },
    error::Error,
};

/// Characters of a text that are left: about as many as a search engine shows of a page.
pub(crate) const MOST_CHARS: usize = 300;
/// Documents that are read and analysed at a time.
const BATCH: u32 = 64;

/// Tantivy's description of an index.
const META: &str = "meta.json";
/// Tantivy's list of its files.
const MANAGED: &str = ".managed.json";

/// Builds an index of a published one in another folder and publishes it there: the lists' data and at
/// most [`MOST_CHARS`] characters of each text, without the positions of words. The bytes of its files
/// depend on nothing else.
///
/// # Errors
/// Those of reading the one and writing the other, [`Error::Interrupted`] when it was to stop.
pub fn build_public(
    from: &Path,
    into: &Generations,
    threads: usize,
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Result<(), Error> {
    let index = LocalIndex::open(from)?;
    let path = from.join(MANIFEST);
    let old = fs::read(&path).map_err(|e| Error::io(&path, e))?;
    let old = Manifest::from_bytes(&old)
        .ok_or_else(|| Error::Engine(format!("`{}` is damaged", path.display())))?;
    let draft = into.begin()?;
    let all = index.segment()?.max_doc();
    let batches = (0..all).step_by(BATCH as usize).map(|first| {
        if is_stopped() {
            return Err(Error::Interrupted);
        }
        Ok((first..all.min(first + BATCH)).collect::<Vec<_>>())
    });
    let document = |doc| {
        let mut document = index.stored(doc, true)?;
        document.abridge(MOST_CHARS);
        Ok(document)
    };
    let (aliases, left_out) = (&index.metadata.aliases, Positions::LeftOut);
    let built = build_batches(&draft.path, batches, document, aliases, left_out, threads)?;
    name_by_content(&draft.path, &old.fingerprint)?;
    let manifest = Manifest {
        documents: built.documents,
        full_texts: built.full_texts,
        provenance: built.provenance,
        languages: built.languages,
        files: BTreeMap::new(),
        checksums: BTreeMap::new(),
        embedded: None,
        checksum: None,
        ..old
    };
    into.publish(&draft, manifest)
}

/// Gives the files of the only segment a name that depends on what is in it: Tantivy draws lots.
fn name_by_content(dir: &Path, fingerprint: &str) -> Result<(), Error> {
    let failed = |path: &Path, e| Error::io(path, e);
    let (meta, managed) = (dir.join(META), dir.join(MANAGED));
    let text = fs::read_to_string(&meta).map_err(|e| failed(&meta, e))?;
    let parsed: Value = serde_json::from_str(&text).map_err(|e| engine_error(e.into()))?;
    let Some(drawn) = parsed["segments"][0]["segment_id"].as_str() else { return Ok(()) };
    let mut hasher = SipHasher13::new();
    hasher.write(fingerprint.as_bytes());
    let name = format!("{:032x}", hasher.finish128().as_u128());
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &name[part]);
    let in_meta = text.replace(drawn, &parts.join("-"));
    fs::write(&meta, in_meta).map_err(|e| failed(&meta, e))?;
    let drawn = drawn.replace('-', "");
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).map_err(|e| failed(dir, e))? {
        let old = entry.map_err(|e| failed(dir, e))?.file_name().to_string_lossy().into_owned();
        let new = old.replace(&drawn, &name);
        if new != old {
            fs::rename(dir.join(&old), dir.join(&new)).map_err(|e| failed(dir, e))?;
            names.push(new);
        }
    }
    names.push(META.to_owned());
    names.sort_unstable();
    let json = serde_json::to_vec(&names).map_err(|e| engine_error(e.into()))?;
    fs::write(&managed, json).map_err(|e| failed(&managed, e))
}
