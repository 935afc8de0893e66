//! The text of the benchmarks: a real corpus when one is named, else a synthetic one that is the
//! same everywhere; and a bare Tantivy program over it.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

use mlsearch::{
    extract::{Content, Section},
    index::{Document, analyzer::Analyzer, import::Import},
};
use serde::Deserialize;
use tantivy::{
    Index, IndexWriter, TantivyDocument,
    schema::{Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager},
};

/// Documents and words of the synthetic corpus.
const DOCUMENTS: usize = 5_000;
const VOCABULARY: u64 = 20_000;
const LENGTH: u64 = 300;
/// Queries made for a corpus that comes without.
const QUESTIONS: usize = 200;
/// Kinds of queries, when they are made.
const KINDS: [&str; 5] = ["term", "or", "and", "phrase", "or+facet"];

/// One document of the corpus.
#[derive(Clone, Deserialize)]
pub(crate) struct Row {
    id: String,
    #[serde(default)]
    title: String,
    text: String,
    #[serde(default)]
    pkg: String,
}

/// One query.
pub(crate) struct Question {
    /// `term`, `or`, `and` or `phrase`, perhaps with `+facet`.
    pub(crate) kind: String,
    /// Its words.
    pub(crate) words: Vec<String>,
    /// The value to filter by.
    pub(crate) filter: Option<String>,
}

impl Row {
    /// The document that is indexed.
    pub(crate) fn document(&self) -> Document {
        let line = serde_json::json!({ "id": self.id, "title": self.title, "tags": [self.pkg] });
        let line = line.to_string();
        let document = Import::new(line.as_bytes(), "corpus").next();
        let document = document.expect("a row has an id");
        let sections = vec![Section { heading: Vec::new(), paragraphs: vec![self.text.clone()] }];
        Document { content: Content { sections, ..Content::default() }, ..document }
    }

    /// Bytes of its text.
    pub(crate) fn bytes(&self) -> u64 {
        (self.title.len() + self.text.len()) as u64
    }
}

/// The rows of the corpus that the environment names, else of the synthetic one.
pub(crate) fn rows() -> Vec<Row> {
    let Some(path) = std::env::var_os("MLSEARCH_CORPUS") else { return synthetic() };
    let file = BufReader::new(File::open(path).expect("MLSEARCH_CORPUS can be read"));
    let lines = file.lines().map(|line| line.expect("MLSEARCH_CORPUS is text"));
    lines.map(|line| serde_json::from_str(&line).expect("MLSEARCH_CORPUS holds rows")).collect()
}

fn synthetic() -> Vec<Row> {
    let mut random = fastrand::Rng::with_seed(7);
    // Ranks fall as in natural text: the product of two even draws is mostly small.
    let mut word = move || {
        let rank = random.u64(1..=VOCABULARY) * random.u64(1..=VOCABULARY) / VOCABULARY;
        name(rank)
    };
    let mut text = move |length: u64| (0..length).map(|_| word()).collect::<Vec<_>>().join(" ");
    (0..DOCUMENTS)
        .map(|number| Row {
            id: format!("d{number}"),
            title: text(5),
            text: text(LENGTH / 2 + number as u64 % LENGTH),
            pkg: format!("p{}", number % 50),
        })
        .collect()
}

/// A word for a rank: syllables, so that it looks like one to the stemmer.
fn name(mut rank: u64) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu",
        "va",
    ];
    let mut name = String::from("x");
    loop {
        name.push_str(SYLLABLES[(rank % 16) as usize]);
        rank /= 16;
        if rank == 0 {
            return name;
        }
    }
}

/// The queries that the environment names, else some made of words of the corpus.
pub(crate) fn questions(rows: &[Row]) -> Vec<Question> {
    if let Some(path) = std::env::var_os("MLSEARCH_QUERIES") {
        let text = std::fs::read_to_string(path).expect("MLSEARCH_QUERIES can be read");
        return text.lines().map(question).collect();
    }
    let mut random = fastrand::Rng::with_seed(11);
    (0..QUESTIONS)
        .map(|number| {
            let kind = KINDS[number % KINDS.len()];
            let row = &rows[random.usize(..rows.len())];
            let words: Vec<&str> = row.text.split_whitespace().collect();
            let at = random.usize(..words.len().max(3) - 2);
            let count = if kind == "term" { 1 } else { 2 };
            Question {
                kind: kind.to_owned(),
                words: words[at..].iter().take(count).map(|word| (*word).to_owned()).collect(),
                filter: kind.ends_with("+facet").then(|| row.pkg.clone()),
            }
        })
        .collect()
}

fn question(line: &str) -> Question {
    let mut cells = line.split('\t');
    let mut cell = || cells.next().unwrap_or_default().to_owned();
    let (kind, words, filter) = (cell(), cell(), cell());
    Question {
        kind,
        words: words.split_whitespace().map(str::to_owned).collect(),
        filter: Some(filter).filter(|filter| !filter.is_empty()),
    }
}

/// The terms of a text, without function words.
pub(crate) fn terms(text: &str) -> Vec<String> {
    let words = Analyzer::default().words(text).into_iter();
    words.filter(|word| !word.is_stop).map(|word| word.term).collect()
}

/// A bare Tantivy program: one text field, a field to filter by, stored text.
pub(crate) struct Bare {
    /// The index.
    pub(crate) index: Index,
    /// Title and text.
    pub(crate) text: Field,
    /// The value to filter by.
    pub(crate) filter: Field,
}

impl Bare {
    /// Indexes the rows with two threads.
    pub(crate) fn build(dir: &Path, rows: &[Row]) -> Bare {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("terms")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let options = TextOptions::default().set_indexing_options(indexing).set_stored();
        let text = schema.add_text_field("text", options);
        let filter = schema.add_text_field("filter", STRING | STORED);
        let tokenizers = TokenizerManager::default();
        tokenizers.register("terms", BareTokenizer::default());
        let index = Index::builder().schema(schema.build()).tokenizers(tokenizers);
        let index = index.create_in_dir(dir).expect("a folder for the benchmark is empty");
        let mut writer: IndexWriter =
            index.writer_with_num_threads(2, 400_000_000).expect("the index can be written");
        for row in rows {
            let mut document = TantivyDocument::default();
            document.add_text(text, format!("{} {}", row.title, row.text));
            document.add_text(filter, &row.pkg);
            writer.add_document(document).expect("the index can be written");
        }
        writer.commit().expect("the index can be written");
        let segments = index.searchable_segment_ids().expect("the index can be read");
        if segments.len() > 1 {
            writer.merge(&segments).wait().expect("segments can be merged");
        }
        writer.wait_merging_threads().expect("segments can be merged");
        Bare { index, text, filter }
    }
}

/// The analysis of ours, without memory between texts and without compounds.
#[derive(Clone, Default)]
struct BareTokenizer {
    token: Token,
}

/// The terms of one text.
struct BareStream<'a> {
    words: std::vec::IntoIter<mlsearch::index::analyzer::Word>,
    token: &'a mut Token,
}

impl Tokenizer for BareTokenizer {
    type TokenStream<'a> = BareStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> BareStream<'a> {
        self.token.reset();
        BareStream { words: Analyzer::default().words(text).into_iter(), token: &mut self.token }
    }
}

impl TokenStream for BareStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.find(|word| !word.is_stop) else { return false };
        self.token.text = word.term;
        self.token.position = word.position;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
