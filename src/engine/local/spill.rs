//! Spilling: documents on their way into one segment, of which parts are written to disk when memory
//! runs short.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tantivy::{
    Index, IndexSettings, SingleSegmentIndexWriter, TantivyDocument,
    directory::MmapDirectory,
    indexer::merge_indices,
    schema::{Schema, Value},
    tokenizer::TokenizerManager,
};

use crate::engine::local::streaming::StreamingDirectory;

/// Where Tantivy's tables begin; they grow with the text.
const WRITER_BYTES: usize = 64 << 20;
/// Documents after which the memory is measured again, and bytes of text: a page of the largest
/// size takes as much as thousands of small ones.
const MEASURE_EVERY: u32 = 64;
const MEASURE_EVERY_BYTES: usize = 1 << 20;

/// Writes documents into one segment. When memory runs short what there is becomes a part on disk;
/// several parts are merged at the end, in their order.
pub(crate) struct SpillWriter {
    dir: PathBuf,
    schema: Schema,
    tokenizers: TokenizerManager,
    max_bytes: usize,
    finished: Vec<PathBuf>,
    current: Option<SingleSegmentIndexWriter>,
    /// What was added since the memory was measured last.
    added: u32,
    added_bytes: usize,
}

impl SpillWriter {
    /// A writer into the folder `dir`, which is made if it is missing and must be empty otherwise; it
    /// spills a part at about `max_bytes` in memory.
    pub(crate) fn new(
        dir: &Path,
        schema: Schema,
        tokenizers: TokenizerManager,
        max_bytes: usize,
    ) -> SpillWriter {
        let dir = dir.to_owned();
        SpillWriter {
            dir,
            schema,
            tokenizers,
            max_bytes,
            finished: Vec::new(),
            current: None,
            added: 0,
            added_bytes: 0,
        }
    }

    /// Adds a document behind all others.
    pub(crate) fn add(&mut self, document: TantivyDocument) -> tantivy::Result<()> {
        let mut writer = match self.current.take() {
            Some(writer) => writer,
            None => self.begin()?,
        };
        self.added += 1;
        self.added_bytes += text_bytes(&document);
        writer.add_document(document)?;
        if self.added >= MEASURE_EVERY || self.added_bytes >= MEASURE_EVERY_BYTES {
            (self.added, self.added_bytes) = (0, 0);
            if writer.mem_usage() >= self.max_bytes {
                return writer.finalize().map(drop);
            }
        }
        self.current = Some(writer);
        Ok(())
    }

    /// Leaves one segment in the folder.
    pub(crate) fn finish(mut self) -> tantivy::Result<()> {
        let last = match self.current.take() {
            None if self.finished.is_empty() => Some(self.begin()?),
            last => last,
        };
        if let Some(writer) = last {
            writer.finalize()?;
        }
        if let [part] = self.finished.as_slice() {
            for file in fs::read_dir(part)? {
                let file = file?;
                fs::rename(file.path(), self.dir.join(file.file_name()))?;
            }
        } else {
            let part = |path: &PathBuf| Index::open(StreamingDirectory::open(path)?);
            let parts: tantivy::Result<Vec<Index>> = self.finished.iter().map(part).collect();
            merge_indices(&parts?, open(&self.dir)?)?;
        }
        Ok(self.finished.iter().try_for_each(fs::remove_dir_all)?)
    }

    fn begin(&mut self) -> tantivy::Result<SingleSegmentIndexWriter> {
        let part = self.dir.join(format!("part-{}", self.finished.len()));
        fs::create_dir_all(&part)?;
        let directory = open(&part)?;
        self.finished.push(part);
        Index::builder()
            .schema(self.schema.clone())
            .tokenizers(self.tokenizers.clone())
            .settings(IndexSettings::default())
            .single_segment_index_writer(directory, WRITER_BYTES)
    }
}

fn text_bytes(document: &TantivyDocument) -> usize {
    document.field_values().filter_map(|(_, value)| value.as_str()).map(str::len).sum()
}

fn open(dir: &Path) -> tantivy::Result<MmapDirectory> {
    MmapDirectory::open(dir).map_err(|e| io::Error::other(e.to_string()).into())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tantivy::{
        Index, TantivyDocument,
        schema::{FAST, Schema},
        tokenizer::TokenizerManager,
    };

    use crate::engine::local::spill::SpillWriter;

    /// The numbers of an index's only segment, in order, of documents numbered from 0.
    fn numbers(documents: u64, max_bytes: usize) -> (usize, Vec<u64>) {
        let dir = tempfile::tempdir().unwrap();
        let mut schema = Schema::builder();
        let number = schema.add_u64_field("number", FAST);
        let tokenizers = TokenizerManager::default();
        let mut parts = SpillWriter::new(dir.path(), schema.build(), tokenizers, max_bytes);
        for value in 0..documents {
            let mut document = TantivyDocument::default();
            document.add_u64(number, value);
            parts.add(document).unwrap();
        }
        let count = parts.finished.len();
        parts.finish().unwrap();
        assert!(fs::read_dir(dir.path()).unwrap().all(|file| file.unwrap().path().is_file()));
        let searcher = Index::open_in_dir(dir.path()).unwrap().reader().unwrap().searcher();
        assert!(searcher.segment_readers().len() <= 1);
        let Some(segment) = searcher.segment_readers().first() else { return (count, Vec::new()) };
        let column = segment.fast_fields().u64("number").unwrap();
        (count, (0..segment.max_doc()).filter_map(|doc| column.first(doc)).collect())
    }

    #[test]
    fn many_parts_become_one_segment_in_order() {
        let expected: Vec<u64> = (0..200).collect();
        assert_eq!(numbers(200, usize::MAX), (1, expected.clone()));
        assert_eq!(numbers(200, 1), (4, expected));
        assert_eq!(numbers(0, 1), (0, Vec::new()));
    }
}
