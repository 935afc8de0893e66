//! Packing: a published index with its settings and lists as one archive, and the reading of archives
//! that somebody else has made.

pub(crate) mod entry_name;
pub(crate) mod lists;
mod manifest;
pub(crate) mod reader;
pub(crate) mod settings;
mod work;
pub(crate) mod writer;

pub use crate::pack::{
    manifest::{PackManifest, PackedFile},
    reader::{ArchiveSink, read_archive},
    work::{PackOptions, PackReport, pack},
};
