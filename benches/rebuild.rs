//! A rebuild from the store against a bare Tantivy program that indexes the same extracted text.
//!
//! `MLSEARCH_CORPUS` names lines of JSON (`id`, `title`, `text`) to be used instead of the synthetic
//! corpus, `MLSEARCH_PAGES` how many of them. Both sides have the same schema, stored fields and
//! threads, and take turns. Ours reads the list, the store and the texts, looks for duplicates, builds
//! one segment, syncs and publishes it; the bare program has the documents in memory and leaves as
//! many segments as it has threads. The build from memory tells how much of ours is due to the store.

use std::{
    collections::HashMap,
    fmt::Write as _,
    fs::{self, File},
    io::{BufReader, Write as _},
    path::Path,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use mlsearch::{
    collection::Collection,
    content::{Content, Section},
    crawl::Stop,
    engine::{
        Document, Provenance,
        document::id_of_key,
        json_lines::Import,
        local::schema::{Fields, Positions, schema},
    },
    entry::Entry,
    list,
    page::{Form, Outcome, Page, Source},
    store::Store,
    update::{self, Options, Report},
};
use serde::Deserialize;
use tantivy::{
    Index, IndexWriter, TantivyDocument,
    tokenizer::{
        Language, LowerCaser, SimpleTokenizer, Stemmer, StopWordFilter, TextAnalyzer,
        TokenizerManager,
    },
};

/// Pages, unless the environment says how many.
const PAGES: usize = 2_000;
/// Words of the synthetic texts, on the average, and words that there are.
const WORDS: usize = 600;
const VOCABULARY: u64 = 20_000;
const RUNS: usize = 3;

fn main() {
    let most = std::env::var("MLSEARCH_PAGES")
        .map_or(PAGES, |pages| pages.parse().expect("MLSEARCH_PAGES is a number"));
    let dir = tempfile::tempdir().expect("a folder for the benchmark can be made");
    let (collection, pages) = match std::env::var_os("MLSEARCH_CORPUS") {
        Some(path) => {
            let file = BufReader::new(File::open(path).expect("MLSEARCH_CORPUS can be read"));
            fill(dir.path(), Import::new(file, "corpus").take(most))
        }
        None => {
            let mut random = fastrand::Rng::with_seed(7);
            fill(dir.path(), (0..most).map(|number| synthetic(&mut random, number)))
        }
    };
    let began = Instant::now();
    let first = rebuild(&collection);
    assert_eq!(first.extracted, pages as u64);
    let extracted = began.elapsed();
    let rows = rows(&collection);
    let bytes: usize = rows.iter().map(|row| row.text.len()).sum();
    let mut best = [Duration::MAX; 3];
    for _ in 0..RUNS {
        for generated in ["CURRENT", "generations"].map(|name| dir.path().join(name)) {
            let _ = fs::remove_dir_all(&generated).or_else(|_| fs::remove_file(&generated));
        }
        let began = Instant::now();
        let report = rebuild(&collection);
        best[0] = best[0].min(began.elapsed());
        assert_eq!((report.extracted, report.documents), (0, first.documents));
        let bare = tempfile::tempdir().expect("a folder for the benchmark can be made");
        let began = Instant::now();
        index(bare.path(), &rows);
        best[1] = best[1].min(began.elapsed());
        let alone = tempfile::tempdir().expect("a folder for the benchmark can be made");
        let documents = documents(&collection, &rows);
        let began = Instant::now();
        mlsearch::engine::local::build::build(
            alone.path(),
            &mut documents.into_iter(),
            &collection.aliases().expect("there are none"),
            threads(),
        )
        .expect("it can be built");
        best[2] = best[2].min(began.elapsed());
    }
    let mut report = String::new();
    let mut tell = |what: &str, time: Duration| {
        let (seconds, megabytes) = (time.as_secs_f64(), bytes as f64 / 1e6);
        let (pages, megabytes) = (pages as f64 / seconds, megabytes / seconds);
        let _ =
            writeln!(report, "{what}  {seconds:6.2} s, {pages:6.0} pages/s, {megabytes:5.1} MB/s");
    };
    tell("extraction and build:   ", extracted);
    tell("rebuild from the store: ", best[0]);
    tell("build from memory:      ", best[2]);
    tell("bare Tantivy program:   ", best[1]);
    let _ = writeln!(report, "ratio:  {:.2}", best[1].as_secs_f64() / best[0].as_secs_f64());
    let _ = std::io::stdout().write_all(report.as_bytes());
}

/// A collection whose store has a page for each document, not yet extracted.
fn fill(dir: &Path, documents: impl Iterator<Item = Document>) -> (Collection, usize) {
    let mut list = String::from("# Articles\n\n");
    let mut store = Store::open(&dir.join("pages.sqlite")).expect("a store can be made");
    let mut pages = 0;
    for document in documents {
        let Some(paragraphs) = document.content.sections.first().map(|first| &first.paragraphs)
        else {
            continue;
        };
        let url = format!("https://h{}.example.org/articles/{pages}", pages % 500);
        let title = escape(document.title());
        let _ = writeln!(list, "- [Article {pages}]({url}) - {}", title.replace(['[', ']'], " "));
        let mut body = format!(
            "<!doctype html><html lang=en><head><title>{title}</title></head><body><article>\
             <h1>{title}</h1>"
        );
        // So short a text is not taken for an article's.
        if paragraphs.iter().map(String::len).sum::<usize>() < 1_000 {
            continue;
        }
        for line in paragraphs.iter().flat_map(|paragraph| paragraph.lines()) {
            let _ = write!(body, "<p>{}</p>", escape(line));
        }
        body.push_str("</article></body></html>");
        let page = Page {
            url: url.clone(),
            final_url: url.clone(),
            status: Some(200),
            headers: vec![("content-type".into(), "text/html; charset=utf-8".into())],
            body: body.into_bytes(),
            fetched_at: Timestamp::UNIX_EPOCH,
            outcome: Outcome::Ok,
            reason: None,
            form: Form::Page,
            come_back: None,
            source: Source::Live,
            requests: 1,
            wire_bytes: 0,
            elapsed_ms: 1,
        };
        store.record(&url, &page).expect("a page can be stored");
        pages += 1;
    }
    fs::write(dir.join("list.md"), list).expect("a list can be written");
    let settings = "[[list]]\nsource = \"list.md\"\n";
    fs::write(dir.join("mlsearch.toml"), settings).expect("settings can be written");
    (Collection::open(dir).expect("it is a collection"), pages)
}

/// A document of words whose ranks fall as in natural text: the product of two even draws is mostly
/// small.
fn synthetic(random: &mut fastrand::Rng, number: usize) -> Document {
    const SYLLABLES: [&str; 16] = [
        "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu",
        "va",
    ];
    let mut text = |count: usize| {
        let mut text = String::from("The");
        for _ in 0..count {
            let mut rank = random.u64(1..=VOCABULARY) * random.u64(1..=VOCABULARY) / VOCABULARY;
            text.push_str(" x");
            while rank > 0 {
                text.push_str(SYLLABLES[(rank % 16) as usize]);
                rank /= 16;
            }
        }
        text
    };
    let paragraphs: Vec<String> = (0..6 + number % 8).map(|_| text(WORDS / 10) + ".").collect();
    let line = serde_json::json!({
        "id": number, "title": text(5), "text": paragraphs.join("\n"),
    });
    let document = Import::new(line.to_string().as_bytes(), "synthetic").next();
    document.expect("the line is a document")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn rebuild(collection: &Collection) -> Report {
    let options = Options { offline: true, ..Options::new(Timestamp::now) };
    update::update(collection, &options, &Stop::default(), &mut |_| {}).expect("it can be rebuilt")
}

/// What the bare program indexes.
struct Row {
    key: String,
    title: String,
    headings: String,
    text: String,
    sections: Vec<Section>,
}

/// The form in which the store has a text.
#[derive(Deserialize)]
struct Stored {
    content: Content,
}

fn rows(collection: &Collection) -> Vec<Row> {
    let store =
        Store::read(&collection.store_path()).expect("it can be read").expect("it is there");
    let keys = store.last_visits().expect("it can be read").into_iter().map(|(key, _)| key);
    let row = |key: String| {
        let text = store.text(&key).expect("it can be read")?;
        let text = text.text.unpack().expect("it is whole");
        let Stored { content } = serde_json::from_slice(&text).expect("it is a content");
        let headings: Vec<&str> = content
            .sections
            .iter()
            .flat_map(|section| &section.heading)
            .map(String::as_str)
            .collect();
        Some(Row {
            key,
            title: content.title.clone().unwrap_or_default(),
            headings: headings.join("\n"),
            text: content.text(),
            sections: content.sections,
        })
    };
    keys.filter_map(row).collect()
}

/// The documents as the store would give them, without any store.
fn documents(collection: &Collection, rows: &[Row]) -> Vec<Document> {
    let list = fs::read(collection.dir.join("list.md")).expect("it was written");
    let list = list::parse(&list, &list::ListOptions::default()).expect("it is a list");
    let mut texts: HashMap<&str, &Row> = rows.iter().map(|row| (row.key.as_str(), row)).collect();
    let document = |entry: Entry| {
        let Some(row) = texts.remove(entry.canonical.as_str()) else {
            return Document::new(entry, None);
        };
        let title = Some(row.title.clone());
        let content = Content { title, sections: row.sections.clone(), ..Content::default() };
        Document::new(entry, Some((content, Provenance::FullText)))
    };
    list.entries.into_iter().map(document).collect()
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn index(dir: &Path, rows: &[Row]) {
    let (schema, fields) = schema(Positions::Kept);
    let english = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(LowerCaser)
        .filter(StopWordFilter::new(Language::English).expect("it has English"))
        .filter(Stemmer::new(Language::English))
        .build();
    let tokenizers = TokenizerManager::default();
    tokenizers.register("analysed", english);
    let index = Index::builder().schema(schema).tokenizers(tokenizers);
    let index = index.create_in_dir(dir).expect("a folder for the benchmark is empty");
    let mut writer: IndexWriter =
        index.writer_with_num_threads(threads(), 400_000_000).expect("the index can be written");
    for row in rows {
        writer.add_document(document(row, &fields)).expect("the index can be written");
    }
    writer.commit().expect("the index can be written");
    writer.wait_merging_threads().expect("the index can be written");
}

fn document(row: &Row, fields: &Fields) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    document.add_text(fields.text, format!("{}\n{}", row.title, row.text));
    document.add_text(fields.title, &row.title);
    document.add_text(fields.heading, &row.headings);
    let id = id_of_key(&row.key);
    for key in [format!("i:{id}"), format!("u:{}", row.key), format!("t:{}", row.title)] {
        document.add_text(fields.key, key);
    }
    for (value, column) in ["a", "b", "c", "d"].into_iter().zip(fields.columns) {
        document.add_text(fields.facet, value);
        document.add_text(column, value);
    }
    document.add_text(fields.order, &row.key);
    document.add_text(fields.id, id);
    document
        .add_text(fields.document, format!("{{\"title\":{:?},\"url\":{:?}}}", row.title, row.key));
    let sections = serde_json::to_string(&row.sections).expect("sections hold nothing odd");
    document.add_text(fields.sections, sections);
    document
}
