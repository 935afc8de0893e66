//! The index: from documents to an immutable Tantivy index in a generation's folder.

pub mod build;
pub mod document;
pub(crate) mod facet;
mod folder;
pub mod generation;
pub mod import;
pub(crate) mod key;
mod manifest;
mod parts;
mod row;
pub mod schema;
pub(crate) mod sealed;
mod terms;

use std::collections::BTreeMap;

pub(crate) use crate::index::build::build_batches;
pub use crate::index::{
    build::build,
    document::{Document, Provenance},
};

/// Version of schema and analyzer; raise it when the same documents give another index.
pub const VERSION: u32 = 4;

/// What was built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Built {
    /// Documents in the index.
    pub documents: u64,
    /// Documents with more text than the list gives.
    pub full_texts: u64,
    /// Documents by the sort of their text, as [`Provenance::name`] calls it.
    pub provenance: BTreeMap<String, u64>,
}

impl Built {
    fn count(&mut self, provenance: &Provenance) {
        self.documents += 1;
        self.full_texts += u64::from(*provenance != Provenance::ListOnly);
        *self.provenance.entry(provenance.name().to_owned()).or_default() += 1;
    }
}
