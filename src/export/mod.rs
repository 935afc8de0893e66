//! Exporting a collection: its pages as WARC files, its entries as seeds of another crawler.

mod seeds;
mod sorted_lines;
mod warc_files;
mod warc_pages;

pub use crate::export::{
    seeds::seeds,
    warc_pages::{WarcExport, warc},
};
