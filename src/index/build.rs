//! The build: documents are read by one thread, analysed on many and written by one, in the order
//! they came.

use std::{cell::RefCell, collections::BTreeMap, fs, io, path::Path, sync::mpsc, thread};

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::{Deserialize, Serialize};
use tantivy::{TantivyDocument, tokenizer::TokenizerManager};

use crate::{
    aliases::Aliases,
    canonical::CanonicalUrl,
    error::Error,
    index::{
        Built, Document, Provenance, VERSION,
        analyzer::{Analyzer, normalize},
        date,
        document::{id_of_key, site_of_host},
        parts::Parts,
        schema::{ANALYSED, Fields, canonical_value, folded_value, schema},
        terms::TermSplitter,
    },
};

/// What a generation's folder says of itself, beside Tantivy's files.
pub const LABEL_FILE: &str = "mlsearch.json";
/// Documents analysed at a time, and the bytes of text at which a batch ends earlier.
const BATCH: usize = 64;
const BATCH_BYTES: usize = 1 << 20;
/// Batches that wait for the next step, so that no step waits for another one without need.
const WAITING: usize = 4;
/// Memory of the index under construction before a part of it is written to disk. Parts have to be
/// merged, which takes time of its own: 100,000 documents of 637 MB are one part of 300 to 400 MB and
/// take 31.8 s of two cores with 378 MB at the peak; in parts of 192 MB it is 34.5 s and 364 MB, of
/// 128 MB 35.8 s and 240 MB, of 96 MB 35.0 s and 192 MB.
const PART_BYTES: usize = 400 << 20;

/// The content of [`LABEL_FILE`].
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Label {
    /// [`VERSION`] of the program that built the index.
    pub version: u32,
    /// Documents in the index.
    pub documents: u64,
    /// Documents with more text than the list gives.
    pub full_texts: u64,
    /// Whether any document has headings.
    pub headings: bool,
    /// The aliases that the documents were indexed with.
    pub aliases: Aliases,
}

/// [`Label`] as it is written.
#[derive(Serialize)]
struct LabelOut<'a> {
    version: u32,
    documents: u64,
    full_texts: u64,
    headings: bool,
    aliases: AliasesOut<'a>,
}

/// [`Aliases`] as they are written.
#[derive(Serialize)]
struct AliasesOut<'a> {
    companies: &'a BTreeMap<String, String>,
    tags: &'a BTreeMap<String, String>,
    hosts: &'a BTreeMap<String, String>,
    synonyms: &'a Vec<Vec<String>>,
}

thread_local! {
    static ANALYZER: RefCell<Analyzer> = RefCell::default();
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
    documents: &mut (dyn Iterator<Item = Document> + Send),
    aliases: &Aliases,
    threads: usize,
) -> Result<Built, Error> {
    let (schema, fields) = schema();
    let tokenizers = TokenizerManager::default();
    tokenizers.register(ANALYSED, TermSplitter::default());
    let mut parts = Parts::new(dir, schema, tokenizers, PART_BYTES);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.max(1))
        .build()
        .map_err(|e| Error::Engine(e.to_string()))?;
    let (mut built, mut headings) = (Built::default(), false);
    thread::scope(|scope| {
        let (reader, batches) = mpsc::sync_channel::<Vec<Document>>(WAITING);
        scope.spawn(move || {
            loop {
                let batch = next_batch(documents);
                if batch.is_empty() || reader.send(batch).is_err() {
                    break;
                }
            }
        });
        let (sender, receiver) = mpsc::sync_channel::<Vec<TantivyDocument>>(WAITING);
        let writing = scope.spawn(move || -> tantivy::Result<()> {
            for row in receiver.into_iter().flatten() {
                parts.add(row)?;
            }
            parts.finish()
        });
        for batch in batches {
            built.documents += batch.len() as u64;
            let has_text = |document: &&Document| document.provenance != Provenance::ListOnly;
            built.full_texts += batch.iter().filter(has_text).count() as u64;
            let mut sections = batch.iter().flat_map(|document| &document.content.sections);
            headings = headings || sections.any(|section| !section.heading.is_empty());
            let rows = pool.install(|| {
                let rows = batch.into_par_iter().map(|document| row(document, &fields, aliases));
                rows.collect::<Vec<_>>()
            });
            // A closed channel means that writing failed; its error is the one to report.
            if sender.send(rows).is_err() {
                break;
            }
        }
        drop(sender);
        let written = writing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        written.map_err(|e| engine(dir, e))
    })?;
    let label = LabelOut {
        version: VERSION,
        documents: built.documents,
        full_texts: built.full_texts,
        headings,
        aliases: AliasesOut {
            companies: &aliases.companies,
            tags: &aliases.tags,
            hosts: &aliases.hosts,
            synonyms: &aliases.synonyms,
        },
    };
    let path = dir.join(LABEL_FILE);
    let json = serde_json::to_vec(&label).map_err(|e| Error::Engine(e.to_string()))?;
    fs::write(&path, json).map_err(|e| Error::io(path, e))?;
    Ok(built)
}

impl Label {
    /// Reads the label of a generation's folder.
    ///
    /// # Errors
    /// [`Error::NoIndex`] when there is none, [`Error::IndexVersion`] when another version built it.
    pub fn read(dir: &Path) -> Result<Label, Error> {
        let path = dir.join(LABEL_FILE);
        let json = fs::read(&path).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => Error::NoIndex(dir.to_owned()),
            _ => Error::io(&path, e),
        })?;
        let other = |found: String| Error::IndexVersion { path: dir.to_owned(), found };
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let version: Version =
            serde_json::from_slice(&json).map_err(|_| other("no version".into()))?;
        if version.version != VERSION {
            return Err(other(format!("{}, not {VERSION}", version.version)));
        }
        serde_json::from_slice(&json).map_err(|e| other(e.to_string()))
    }
}

/// Tells a full or read-only disk from a failure of the engine.
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

fn next_batch(documents: &mut (dyn Iterator<Item = Document> + Send)) -> Vec<Document> {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while batch.len() < BATCH && bytes < BATCH_BYTES {
        let Some(document) = documents.next() else { break };
        let paragraphs = document.content.sections.iter().flat_map(|s| &s.paragraphs);
        bytes += paragraphs.map(String::len).sum::<usize>();
        batch.push(document);
    }
    batch
}

/// What Tantivy gets of one document.
fn row(mut document: Document, fields: &Fields, aliases: &Aliases) -> TantivyDocument {
    let sections = std::mem::take(&mut document.content.sections);
    let mut row = TantivyDocument::default();
    let page_title = document.content.title.iter().filter(|title| {
        let normal = normalize(title);
        document.titles.iter().all(|listed| normalize(listed) != normal)
    });
    let titles = document.titles.iter().chain(page_title);
    let company = document.company.as_deref().map(|name| canonical_value("company", name, aliases));
    let names: Vec<&str> = titles
        .chain(&document.tags)
        .chain(&document.company)
        .map(String::as_str)
        .chain(company.filter(|name| Some(*name) != document.company.as_deref()))
        .collect();
    let headings = || sections.iter().filter_map(|section| section.heading.last());
    ANALYZER.with_borrow_mut(|analyzer| {
        let (mut title, mut heading, mut small) = Default::default();
        for piece in &names {
            analyzer.write_terms(piece, true, &mut title, &mut small);
        }
        let body = sections.iter().flat_map(|section| &section.paragraphs);
        let mut text = String::with_capacity(title.len() + body.map(String::len).sum::<usize>());
        text.push_str(&title);
        for piece in document.description.iter().chain(&document.section) {
            analyzer.write_terms(piece, false, &mut text, &mut small);
        }
        for section in &sections {
            for piece in section.heading.last().into_iter().chain(&section.paragraphs) {
                analyzer.write_terms(piece, false, &mut text, &mut small);
            }
        }
        for piece in headings() {
            analyzer.write_terms(piece, false, &mut heading, &mut String::new());
        }
        row.add_text(fields.text, text);
        row.add_text(fields.title, title);
        if !small.is_empty() {
            row.add_text(fields.small, small);
        }
        if !heading.is_empty() {
            row.add_text(fields.heading, heading);
        }
    });
    if document.key != document.id {
        row.add_text(fields.order, &document.key);
    }
    row.add_text(fields.id, &document.id);
    for key in keys(&document) {
        row.add_text(fields.key, key);
    }
    for (facet, folded, value) in facet_values(&document, aliases) {
        row.add_text(fields.facet, format!("{facet}\0{folded}"));
        if let Some(column) = fields.column(facet) {
            row.add_text(column, format!("{folded}\0{value}"));
        }
    }
    if let Some(day) = document.date_listed {
        row.add_i64(fields.listed, date::number(day));
    }
    if let Some(day) = document.content.date_published {
        row.add_i64(fields.published, date::number(day));
    }
    let json = "documents and sections hold nothing that JSON cannot";
    row.add_text(fields.document, serde_json::to_string(&document).expect(json));
    row.add_text(fields.sections, serde_json::to_string(&sections).expect(json));
    row
}

fn keys(document: &Document) -> Vec<String> {
    let mut keys = Vec::new();
    if document.key != document.id {
        keys.push(format!("u:{}", document.key));
    }
    for url in &document.also_at {
        keys.extend([format!("i:{}", id_of_key(url)), format!("u:{url}")]);
    }
    let titles = document.titles.iter().map(|title| normalize(title)).filter(|t| !t.is_empty());
    keys.extend(titles.map(|title| format!("t:{title}")));
    keys.sort();
    keys.dedup();
    keys
}

/// Facets with their values, folded and as displayed; each value of a facet once.
fn facet_values(document: &Document, aliases: &Aliases) -> Vec<(&'static str, String, String)> {
    let mut values = Vec::new();
    if let Some(company) = &document.company {
        values.push(("company", canonical_value("company", company, aliases).to_owned()));
    }
    for tag in &document.tags {
        values.push(("tag", canonical_value("tag", tag, aliases).to_owned()));
    }
    for depth in 1..=document.section.len() {
        values.push(("section", document.section[..depth].join(" / ")));
    }
    values.extend(document.lists.iter().map(|list| ("list", list.clone())));
    values.extend(document.site.iter().map(|site| ("site", site.clone())));
    let also_at = document.also_at.iter().filter_map(|url| CanonicalUrl::parse(url));
    values.extend(also_at.map(|url| ("site", site_of_host(url.host()).to_owned())));
    if let Some(date) = document.date_listed.or(document.content.date_published) {
        values.push(("year", date.year().to_string()));
    }
    values.push(("kind", document.kind.clone()));
    values.push(("provenance", document.provenance.name().to_owned()));
    values.retain(|(_, value)| !value.trim().is_empty());
    let mut folded: Vec<(&'static str, String, String)> = Vec::with_capacity(values.len());
    for (facet, value) in values {
        let form = folded_value(&value);
        if !folded.iter().any(|(other, known, _)| *other == facet && *known == form) {
            folded.push((facet, form, value));
        }
    }
    folded
}
