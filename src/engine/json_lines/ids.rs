//! The ids of an import, each with the line that has it.

use std::{collections::HashMap, hash::Hasher, num::NonZeroU64};

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
    /// A hash of the canonical URL that the id is made of. It is compared where two ids are equal, and
    /// need be no longer for that.
    url: Option<NonZeroU64>,
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
    (hash(&imported.document.id), IdLine { line, url: url_hash(imported) })
}

/// Whether a line has the id of an earlier one. Ids that are made of URLs are 40 bits long: two URLs
/// of one id are rare, nobody's mistake, and two documents.
fn is_same(earlier: &IdLine, imported: &Imported) -> bool {
    match (earlier.url, url_hash(imported)) {
        (Some(earlier), Some(own)) => earlier == own,
        _ => true,
    }
}

fn url_hash(imported: &Imported) -> Option<NonZeroU64> {
    let url = imported.is_id_of_url.then_some(&imported.document.key)?;
    Some(NonZeroU64::new(hash(url) as u64).unwrap_or(NonZeroU64::MAX))
}

fn hash(text: &str) -> u128 {
    let mut hasher = SipHasher13::new();
    hasher.write(text.as_bytes());
    hasher.finish128().as_u128()
}
