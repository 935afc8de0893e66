//! The build: batches of documents are read by one thread, made ready and analysed on many, and
//! written by one in the order they came.

use std::{
    io,
    path::Path,
    sync::mpsc::{self, Receiver},
    thread,
};

use tantivy::{TantivyDocument, tokenizer::TokenizerManager};

use crate::{
    aliases::Aliases,
    analysis::language::Language,
    engine::{
        BuildSummary, Document, Provenance,
        batches::batches,
        local::{
            metadata,
            row::row,
            schema::{ANALYSED, Fields, Positions, schema},
            spill::SpillWriter,
            tokenizer::TermSplitter,
        },
        threads::threads_for,
    },
    error::Error,
};

/// Batches on their way beside one for each thread, so that no thread waits without need: with 16 an
/// import takes a twentieth less time than with 6, with 40 no less.
const WAITING: usize = 16;
/// Memory of the index under construction before a part of it is written to disk. SpillWriter have to be
/// merged, which takes time of its own: 100,000 documents of 637 MB are one part of 300 to 400 MB and
/// take 31.8 s of two cores with 378 MB at the peak; in parts of 192 MB it is 34.5 s and 364 MB, of
/// 128 MB 35.8 s and 240 MB, of 96 MB 35.0 s and 192 MB.
const PART_BYTES: usize = 400 << 20;

/// An analysed batch: what Tantivy gets of each document, with the sort of its text and its language,
/// and whether any has headings.
struct Analysed {
    rows: Vec<(TantivyDocument, Provenance, Language)>,
    has_headings: bool,
}

/// Builds an index of the documents in the empty folder `dir` with `threads` threads.
///
/// The result does not depend on the number of threads. Documents keep the order in which they
/// come; those of equal score are ranked by key.
///
/// # Errors
/// [`Error::Io`] when the folder cannot be written, [`Error::Engine`] when Tantivy fails.
pub fn build(
    dir: &Path,
    documents: &mut dyn Iterator<Item = Document>,
    aliases: &Aliases,
    threads: usize,
) -> Result<BuildSummary, Error> {
    build_batches(dir, batches(documents), Ok, aliases, Positions::Kept, threads)
}

/// Builds an index of batches of what `document` makes documents of, on the thread that analyses
/// them. The first batch that cannot be had is the error.
pub(crate) fn build_batches<T: Send>(
    dir: &Path,
    batches: impl Iterator<Item = Result<Vec<T>, Error>>,
    document: impl Fn(T) -> Result<Document, Error> + Sync,
    aliases: &Aliases,
    positions: Positions,
    threads: usize,
) -> Result<BuildSummary, Error> {
    let (schema, fields) = schema(positions);
    let tokenizers = TokenizerManager::default();
    tokenizers.register(ANALYSED, TermSplitter::default());
    let parts = SpillWriter::new(dir, schema, tokenizers, PART_BYTES);
    let threads = threads_for(threads);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|e| Error::Engine(e.to_string()))?;
    let (built, has_headings) = thread::scope(|scope| {
        let (order, analysed) = mpsc::sync_channel(threads + WAITING);
        let writing = scope.spawn(|| write(dir, parts, analysed));
        pool.in_place_scope_fifo(|tasks| {
            for batch in batches {
                let (done, result) = mpsc::sync_channel(1);
                // A closed channel means that writing has failed; its error is the one to report.
                // That nobody waits for a result any more means the same.
                if order.send(result).is_err() {
                    break;
                }
                match batch {
                    Ok(batch) => {
                        let documents = batch.into_iter().map(&document);
                        tasks.spawn_fifo(move |_| {
                            drop(done.send(analyse(documents, &fields, aliases)));
                        });
                    }
                    Err(error) => {
                        drop(done.send(Err(error)));
                        break;
                    }
                }
            }
        });
        drop(order);
        writing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    metadata::write(dir, &built, has_headings, aliases)?;
    Ok(built)
}

/// The error of a failure: a full or read-only disk is none of the engine.
fn engine(dir: &Path, error: tantivy::TantivyError) -> Error {
    let message = error.to_string();
    match os_error(&message) {
        Some(error) => Error::io(dir, error),
        None => Error::Engine(message),
    }
}

/// What the system said: Tantivy passes it on in several kinds of errors, sometimes as text alone.
fn os_error(message: &str) -> Option<io::Error> {
    let (_, rest) = message.rsplit_once("(os error ")?;
    Some(io::Error::from_raw_os_error(rest.split(')').next()?.parse().ok()?))
}

/// Writes what comes in the order in which it was asked for.
fn write(
    dir: &Path,
    mut parts: SpillWriter,
    analysed: Receiver<Receiver<Result<Analysed, Error>>>,
) -> Result<(BuildSummary, bool), Error> {
    let (mut built, mut headings) = (BuildSummary::default(), false);
    for batch in analysed {
        // Nothing comes of a batch whose analysis has panicked; the panic is resumed elsewhere.
        let Ok(batch) = batch.recv() else { return Ok((built, headings)) };
        let Analysed { rows, has_headings } = batch?;
        headings |= has_headings;
        for (row, provenance, language) in rows {
            built.count(&provenance, language.code);
            parts.add(row).map_err(|e| engine(dir, e))?;
        }
    }
    parts.finish().map_err(|e| engine(dir, e))?;
    Ok((built, headings))
}

fn analyse(
    documents: impl Iterator<Item = Result<Document, Error>>,
    fields: &Fields,
    aliases: &Aliases,
) -> Result<Analysed, Error> {
    let mut analysed = Analysed { rows: Vec::new(), has_headings: false };
    for document in documents {
        let document = document?;
        let mut sections = document.content.sections.iter();
        analysed.has_headings |= sections.any(|section| !section.heading.is_empty());
        let provenance = document.provenance.clone();
        let (row, language) = row(document, fields, aliases);
        analysed.rows.push((row, provenance, language));
    }
    Ok(analysed)
}

#[cfg(test)]
mod tests {
    use std::{path::Path, sync::Barrier};

    use tantivy::{Index, TantivyDocument, schema::Value};

    use crate::{
        aliases::Aliases,
        engine::{
            Document,
            local::{
                build::build_batches,
                schema::{ANALYSED, Positions, schema},
                tokenizer::TermSplitter,
            },
        },
        error::Error,
    };

    fn document(number: usize) -> Document {
        let document = Document::of_parts(None, String::new(), vec![format!("title {number}")]);
        Document { id: format!("{number:04}"), ..document }
    }

    /// The ids of the documents in the order in which they were written.
    fn ids(dir: &Path) -> Vec<String> {
        let index = Index::open_in_dir(dir).unwrap();
        index.tokenizers().register(ANALYSED, TermSplitter::default());
        let searcher = index.reader().unwrap().searcher();
        let (_, fields) = schema(Positions::Kept);
        let rows = searcher.segment_readers().iter().flat_map(|segment| {
            let store = segment.get_store_reader(1).unwrap();
            (0..segment.max_doc()).map(|doc| store.get(doc).unwrap()).collect::<Vec<_>>()
        });
        let id = |row: TantivyDocument| {
            let json = row.get_first(fields.document).unwrap().as_str().unwrap();
            serde_json::from_str::<Document>(json).unwrap().id
        };
        rows.map(id).collect()
    }

    #[test]
    fn batches_are_written_in_the_order_in_which_they_came() {
        let dir = tempfile::tempdir().unwrap();
        // The first one is ready no earlier than the fifth one.
        let both = Barrier::new(2);
        let made = |number: usize| {
            if number == 0 || number == 40 {
                both.wait();
            }
            Ok(document(number))
        };
        let batches = (0..20).map(|batch| Ok((batch * 10..batch * 10 + 10).collect()));
        let (aliases, kept) = (Aliases::default(), Positions::Kept);
        let built = build_batches(dir.path(), batches, made, &aliases, kept, 2).unwrap();
        assert_eq!((built.documents, built.full_texts), (200, 0));
        assert_eq!(built.provenance, [("list only".to_owned(), 200)].into());
        assert_eq!(ids(dir.path()), (0..200).map(|n| document(n).id).collect::<Vec<_>>());
    }

    #[test]
    fn the_first_batch_that_cannot_be_had_is_the_error() {
        let failed = |what: &str| Error::Engine(what.to_owned());
        let made =
            |number| if number == 3 { Err(failed("unpacked")) } else { Ok(document(number)) };
        let read = || Err(failed("read"));
        for (batches, expected) in [
            (vec![Ok(vec![0, 1]), read()], "read"),
            (vec![Ok(vec![0, 1]), Ok(vec![2, 3]), Ok(vec![4]), read()], "unpacked"),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let (batches, aliases) = (batches.into_iter(), Aliases::default());
            let built = build_batches(dir.path(), batches, made, &aliases, Positions::Kept, 2);
            let error = built.unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
