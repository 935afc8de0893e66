//! The ids of an import, each with the line that has it.

use std::{collections::HashMap, hash::Hasher};

use siphasher::sip128::{Hasher128, SipHasher13};

use crate::engine::json_lines::record::Imported;

/// The ids that were read so far. Their hashes stand for them, so that memory stays small.
#[derive(Default)]
pub(crate) struct ImportedIds {
    lines: HashMap<u128, IdLine>,
}

/// The line that has an id.
struct IdLine {
    line: u64,
    /// The hash of the canonical URL that the id is made of.
    url: Option<u128>,
}

impl ImportedIds {
    /// Notes the id of a line, unless an earlier line has it, which is returned.
    pub(crate) fn add(&mut self, imported: &Imported, line: u64) -> Option<u64> {
        let (id, own) = keyed(imported, line);
        let earlier = self.lines.entry(id).or_insert(own);
        (earlier.line != line && is_same(earlier, imported)).then_some(earlier.line)
    }

    /// Notes the id of a line; an earlier line that has it is returned and forgotten.
    pub(crate) fn replace(&mut self, imported: &Imported, line: u64) -> Option<u64> {
        let (id, own) = keyed(imported, line);
        let earlier = self.lines.insert(id, own)?;
        is_same(&earlier, imported).then_some(earlier.line)
    }
}

fn keyed(imported: &Imported, line: u64) -> (u128, IdLine) {
    let url = imported.is_id_of_url.then(|| hash(&imported.document.key));
    (hash(&imported.document.id), IdLine { line, url })
}

/// Whether a line has the id of an earlier one. Ids that are made of URLs are 40 bits long: two URLs
/// of one id are rare, nobody's mistake, and two documents.
fn is_same(earlier: &IdLine, imported: &Imported) -> bool {
    match earlier.url {
        Some(url) if imported.is_id_of_url => url == hash(&imported.document.key),
        _ => true,
    }
}

fn hash(text: &str) -> u128 {
    let mut hasher = SipHasher13::new();
    hasher.write(text.as_bytes());
    hasher.finish128().as_u128()
}
