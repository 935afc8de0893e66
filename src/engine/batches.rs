//! Batches: documents that are analysed together.

use crate::{engine::document::Document, error::Error};

/// Documents in a batch, and the bytes of text at which it ends earlier.
const BATCH: usize = 32;
const BATCH_BYTES: usize = 512 << 10;

/// The batches of documents that come one by one.
pub(crate) fn batches(
    documents: &mut dyn Iterator<Item = Document>,
) -> impl Iterator<Item = Result<Vec<Document>, Error>> {
    std::iter::from_fn(|| {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while batch.len() < BATCH && bytes < BATCH_BYTES {
            let Some(document) = documents.next() else { break };
            let paragraphs = document.content.sections.iter().flat_map(|s| &s.paragraphs);
            bytes += paragraphs.map(String::len).sum::<usize>();
            batch.push(document);
        }
        (!batch.is_empty()).then_some(Ok(batch))
    })
}
