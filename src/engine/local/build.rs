//! The build: batches of documents are read by one thread, made ready and analysed on many, and
//! written in the order they came by two: one for the texts, one for all else.

use std::{
    io, panic,
    path::Path,
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Receiver},
    },
    thread,
};

use tantivy::{TantivyDocument, tokenizer::TokenizerManager};

use crate::{
    aliases::Aliases,
    engine::{
        BuildSummary, Document,
        batches::batches,
        local::{
            join::join,
            metadata,
            row::{LocalRow, row},
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
/// Memory of the texts under construction, and of all else, before a part of them is written to disk.
/// Parts have to be merged, which takes time of its own: 100,000 pages of 637 MB are one part of 322
/// and one of 80 MB, a million passages of 456 MB one of 259 and one of 177 MB. With half of the memory
/// the pages take an eighth more time (docs/updating.md).
const TEXTS_BYTES: usize = 336 << 20;
const REST_BYTES: usize = 192 << 20;

/// Documents for one of the two writers; of a batch that failed the error goes to one of them.
type ToWrite = Result<Vec<TantivyDocument>, Error>;

/// An analysed batch: what Tantivy gets of its documents, and what these are.
#[derive(Default)]
struct Analysed {
    texts: Vec<TantivyDocument>,
    rest: Vec<TantivyDocument>,
    built: BuildSummary,
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
    let (rest_dir, texts_dir) = (dir.join("rest"), dir.join("texts"));
    let writer =
        |dir: &Path, bytes| SpillWriter::new(dir, schema.clone(), tokenizers.clone(), bytes);
    let (rest_writer, texts_writer) =
        (writer(&rest_dir, REST_BYTES), writer(&texts_dir, TEXTS_BYTES));
    let threads = threads_for(threads);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|e| Error::Engine(e.to_string()))?;
    let counts = Mutex::new((BuildSummary::default(), false));
    thread::scope(|scope| {
        let (rest_order, rest) = mpsc::sync_channel(threads + WAITING);
        let (texts_order, texts) = mpsc::sync_channel(threads + WAITING);
        let writing_rest = scope.spawn(|| write(dir, rest_writer, rest));
        let writing_texts = scope.spawn(|| write(dir, texts_writer, texts));
        pool.in_place_scope_fifo(|tasks| {
            for batch in batches {
                let (rest_done, rest) = mpsc::sync_channel(1);
                let (texts_done, texts) = mpsc::sync_channel(1);
                // A closed channel means that writing has failed; its error is the one to report. That
                // nobody waits for a result any more means the same. Both writers are told, so that
                // neither takes the end of the batches for the end of the documents.
                if rest_order.send(rest).is_err() | texts_order.send(texts).is_err() {
                    break;
                }
                match batch {
                    Ok(batch) => {
                        let (documents, counts) = (batch.into_iter().map(&document), &counts);
                        tasks.spawn_fifo(move |_| match analyse(documents, &fields, aliases) {
                            Ok(Analysed { texts, rest, built, has_headings }) => {
                                let mut counts =
                                    counts.lock().unwrap_or_else(PoisonError::into_inner);
                                counts.0.add(built);
                                counts.1 |= has_headings;
                                drop(texts_done.send(Ok(texts)));
                                drop(rest_done.send(Ok(rest)));
                            }
                            Err(error) => drop(rest_done.send(Err(error))),
                        });
                    }
                    Err(error) => {
                        drop(rest_done.send(Err(error)));
                        break;
                    }
                }
            }
        });
        drop((rest_order, texts_order));
        let [rest, texts] = [writing_rest, writing_texts]
            .map(|writing| writing.join().unwrap_or_else(|panic| panic::resume_unwind(panic)));
        rest.and(texts)
    })?;
    join(dir, &rest_dir, &texts_dir, fields.text).map_err(|e| engine(dir, e))?;
    let (built, has_headings) = counts.into_inner().unwrap_or_else(PoisonError::into_inner);
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
    mut writer: SpillWriter,
    analysed: Receiver<Receiver<ToWrite>>,
) -> Result<(), Error> {
    for batch in analysed {
        // Nothing comes of a batch that failed; its error is reported elsewhere, or its panic resumed.
        let Ok(batch) = batch.recv() else { return Ok(()) };
        for document in batch? {
            writer.add(document).map_err(|e| engine(dir, e))?;
        }
    }
    writer.finish().map_err(|e| engine(dir, e))
}

/// What Tantivy gets of documents.
fn analyse(
    documents: impl Iterator<Item = Result<Document, Error>>,
    fields: &Fields,
    aliases: &Aliases,
) -> Result<Analysed, Error> {
    let mut analysed = Analysed::default();
    for document in documents {
        let document = document?;
        let mut sections = document.content.sections.iter();
        analysed.has_headings |= sections.any(|section| !section.heading.is_empty());
        let provenance = document.provenance.clone();
        let LocalRow { text, rest, language } = row(document, fields, aliases);
        analysed.built.count(&provenance, language.code);
        analysed.texts.push(text);
        analysed.rest.push(rest);
    }
    Ok(analysed)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path, sync::Barrier};

    use tantivy::{Index, TantivyDocument, schema::Value};

    use crate::{
        aliases::Aliases,
        engine::{
            Document,
            local::{
                build::build_batches,
                schema::{ANALYSED, Positions, schema},
                stored_document::read_document,
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
            read_document(json).unwrap().id
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

    #[test]
    fn a_writer_that_fails_ends_the_build_with_its_error() {
        for taken in ["texts", "rest"] {
            let dir = tempfile::tempdir().unwrap();
            // Where its folder would be there is a file.
            fs::write(dir.path().join(taken), "").unwrap();
            let batches = (0..200).map(|batch| Ok((batch * 10..batch * 10 + 10).collect()));
            let (aliases, kept) = (Aliases::default(), Positions::Kept);
            let made = |number| Ok(document(number));
            let built = build_batches(dir.path(), batches, made, &aliases, kept, 2);
            assert!(matches!(built, Err(Error::Io { .. })), "{taken}: {built:?}");
        }
    }

    #[test]
    fn a_panic_of_the_analysis_is_resumed() {
        let dir = tempfile::tempdir().unwrap();
        let made = |number| if number == 70 { panic!("made") } else { Ok(document(number)) };
        let batches = (0..20).map(|batch| Ok((batch * 10..batch * 10 + 10).collect()));
        let (aliases, kept) = (Aliases::default(), Positions::Kept);
        let build = || build_batches(dir.path(), batches, made, &aliases, kept, 2);
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(build)).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"made"));
    }
}
