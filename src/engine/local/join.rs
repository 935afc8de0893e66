//! Joining: two segments of the same documents, each with fields of its own, become one.
//!
//! Tantivy writes a segment on one thread. Two segments with some of the fields each are written side
//! by side, and what they hold of a field is taken over as it is, for both number the documents
//! alike; halves of the documents would have to be merged term by term.

use std::{fs, io::Write, path::Path};

use tantivy::{
    Index, Segment,
    directory::{CompositeFile, CompositeWrite},
    index::SegmentComponent,
    schema::Field,
};

use crate::engine::local::streaming::StreamingDirectory;

/// The files of a segment that hold each field apart.
const COMPOSITES: [SegmentComponent; 4] = [
    SegmentComponent::Terms,
    SegmentComponent::Postings,
    SegmentComponent::Positions,
    SegmentComponent::FieldNorms,
];

/// Leaves one segment in the folder `dir`: the one in the folder `rest`, but with the field `text` as the
/// segment in the folder `texts` has it. Both folders are removed.
///
/// # Errors
/// When a file cannot be read or written.
pub(crate) fn join(dir: &Path, rest: &Path, texts: &Path, text: Field) -> tantivy::Result<()> {
    let of_texts = only_segment(texts)?;
    let of_rest = only_segment(rest)?;
    for file in fs::read_dir(rest)? {
        let file = file?;
        if !is_composite(&file.path()) {
            fs::rename(file.path(), dir.join(file.file_name()))?;
        }
    }
    if let (Some(of_texts), Some(of_rest), Some(joined)) = (of_texts, of_rest, only_segment(dir)?) {
        for component in COMPOSITES {
            let text_fields = CompositeFile::open(&of_texts.open_read(component.clone())?)?;
            let rest_fields = CompositeFile::open(&of_rest.open_read(component.clone())?)?;
            let mut out = CompositeWrite::wrap(joined.open_write(component.clone())?);
            for (field, _) in joined.schema().fields() {
                let from = if field == text { &text_fields } else { &rest_fields };
                let Some(bytes) = from.open_read(field) else { continue };
                let out = out.for_field(field);
                for chunk in bytes.stream_file_chunks() {
                    out.write_all(&chunk?)?;
                }
            }
            out.close()?;
            // The index is on the disk once but for one of its files.
            fs::remove_file(texts.join(of_texts.relative_path(component.clone())))?;
            fs::remove_file(rest.join(of_rest.relative_path(component)))?;
        }
    }
    fs::remove_dir_all(rest)?;
    Ok(fs::remove_dir_all(texts)?)
}

/// The segment of an index that has one at most.
fn only_segment(dir: &Path) -> tantivy::Result<Option<Segment>> {
    let index = Index::open(StreamingDirectory::open(dir)?)?;
    Ok(index.searchable_segments()?.pop())
}

fn is_composite(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| COMPOSITES.iter().any(|one| one.to_string() == extension))
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use tantivy::{
        DocSet, Index, TERMINATED, TantivyDocument, Term,
        postings::Postings,
        schema::{FAST, Field, IndexRecordOption, STORED, Schema, TEXT, Value},
        tokenizer::TokenizerManager,
    };

    use crate::engine::local::{join::join, spill::SpillWriter};

    /// Joins a text and other fields of documents numbered from 0, and looks at all that came of it.
    fn joined(documents: u32, [rest_bytes, texts_bytes]: [usize; 2]) {
        let dir = tempfile::tempdir().unwrap();
        let mut schema = Schema::builder();
        let title = schema.add_text_field("title", TEXT);
        let text = schema.add_text_field("text", TEXT);
        let number = schema.add_u64_field("number", FAST | STORED);
        let schema = schema.build();
        let (rest_dir, texts_dir) = (dir.path().join("rest"), dir.path().join("texts"));
        let writer = |dir: &Path, max_bytes| {
            SpillWriter::new(dir, schema.clone(), TokenizerManager::default(), max_bytes)
        };
        let (mut rest, mut texts) =
            (writer(&rest_dir, rest_bytes), writer(&texts_dir, texts_bytes));
        for n in 0..documents {
            let mut document = TantivyDocument::default();
            document.add_text(text, format!("b{} {}a", n % 7, "x ".repeat(n as usize % 5)));
            texts.add(document).unwrap();
            let mut document = TantivyDocument::default();
            if n % 3 == 0 {
                document.add_text(title, "c a");
            }
            document.add_u64(number, n.into());
            rest.add(document).unwrap();
        }
        rest.finish().unwrap();
        texts.finish().unwrap();
        join(dir.path(), &rest_dir, &texts_dir, text).unwrap();

        assert!(fs::read_dir(dir.path()).unwrap().all(|file| file.unwrap().path().is_file()));
        let index = Index::open_in_dir(dir.path()).unwrap();
        assert!(index.validate_checksum().unwrap().is_empty());
        let searcher = index.reader().unwrap().searcher();
        let [segment] = searcher.segment_readers() else { panic!("not one segment") };
        assert_eq!(segment.max_doc(), documents);
        // Documents with a word of a field, the places of the word, and the lengths of the fields.
        let found = |field: Field, word: &str| {
            let inverted = segment.inverted_index(field).unwrap();
            let lengths = segment.get_fieldnorms_reader(field).unwrap();
            let term = Term::from_field_text(field, word);
            let option = IndexRecordOption::WithFreqsAndPositions;
            let postings = inverted.read_postings(&term, option).unwrap();
            let mut found = Vec::new();
            let Some(mut postings) = postings else { return found };
            while postings.doc() != TERMINATED {
                let (doc, mut places) = (postings.doc(), Vec::new());
                postings.positions(&mut places);
                found.push((doc, places, lengths.fieldnorm(doc)));
                postings.advance();
            }
            found
        };
        let all = 0..documents;
        let texts = all.clone().map(|n| (n, vec![1 + n % 5], 2 + n % 5)).collect::<Vec<_>>();
        assert_eq!(found(text, "a"), texts);
        assert_eq!(found(text, "b0").len(), all.clone().step_by(7).count());
        let titles = all.clone().step_by(3).map(|n| (n, vec![1], 2)).collect::<Vec<_>>();
        assert_eq!(found(title, "a"), titles);
        let column = segment.fast_fields().u64("number").unwrap();
        let store = segment.get_store_reader(1).unwrap();
        for n in all {
            let stored: TantivyDocument = store.get(n).unwrap();
            let stored = stored.get_first(number).unwrap().as_u64();
            assert_eq!((column.first(n), stored), (Some(n.into()), Some(n.into())));
        }
    }

    #[test]
    fn each_field_is_that_of_its_writer() {
        // One part, or three and what is left.
        for bytes in [[usize::MAX; 2], [1; 2], [1, usize::MAX], [usize::MAX, 1]] {
            joined(200, bytes);
        }
        joined(1, [usize::MAX; 2]);
        joined(0, [usize::MAX; 2]);
    }
}
