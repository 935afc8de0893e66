//! A bare Tantivy program to compare with: one text field, a field to filter by, stored text, and
//! the analysis that Tantivy brings along for English.
//!
//! The benchmarks run themselves as this program, so that whole processes are compared.

use std::{
    env,
    fs::File,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::Command,
};

use serde::Deserialize;
use tantivy::{
    DocAddress, Index, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, Term,
    collector::TopDocs,
    query::{BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query, TermQuery},
    schema::{
        Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value,
    },
    tokenizer::{
        Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, StopWordFilter,
        TextAnalyzer,
    },
};

use crate::corpus::{Corpus, Question, Spent, question, watched};

/// The argument that makes a benchmark this program.
const ARGUMENT: &str = "bare-program";
/// Memory of the writer before it makes a segment, for both threads together.
const WRITER_BYTES: usize = 400_000_000;

#[derive(Deserialize)]
struct Line {
    title: String,
    text: String,
    tags: Vec<String>,
}

/// An opened index of the bare program.
pub(crate) struct Bare {
    pub(crate) searcher: Searcher,
    text: Field,
    filter: Field,
    analyzer: TextAnalyzer,
}

/// Does what the bare program does when that is what the process was started for.
pub(crate) fn is_this_program() -> bool {
    let arguments: Vec<String> = env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [_, ARGUMENT, "import", lines, dir] => import(Path::new(lines), Path::new(dir)),
        [_, ARGUMENT, "search", dir, line] => {
            let bare = Bare::open(Path::new(dir));
            let mut out = std::io::stdout().lock();
            for document in bare.documents(&*bare.query(&question(line))) {
                let text = document.get_first(bare.text).and_then(|value| value.as_str());
                let text = text.unwrap_or_default();
                let text = &text[..text.floor_char_boundary(240)];
                writeln!(out, "{text}\n").expect("standard output can be written");
            }
        }
        _ => return false,
    }
    true
}

/// Runs this program as a process of its own.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::current_exe().expect("a benchmark knows its own file"));
    command.arg(ARGUMENT).args(arguments);
    command
}

/// Builds the index of the bare program unless it was kept.
pub(crate) fn bare(corpus: &Corpus) -> (PathBuf, Option<Spent>) {
    let dir = corpus.dir.join("bare");
    if dir.join("meta.json").exists() {
        return (dir, None);
    }
    std::fs::create_dir_all(&dir).expect("a folder for the benchmark can be made");
    let [lines, path] = [&corpus.lines, &dir].map(|path| path.to_str().expect("a plain path"));
    let spent = watched(&mut command(&["import", lines, path]));
    (dir, Some(spent))
}

fn analyzer() -> TextAnalyzer {
    let stops = StopWordFilter::new(Language::English).expect("Tantivy knows English");
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(40))
        .filter(LowerCaser)
        .filter(stops)
        .filter(Stemmer::new(Language::English))
        .build()
}

/// Indexes lines with two threads and merges what they made, as ours is one segment too.
fn import(lines: &Path, dir: &Path) {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("english")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let options = TextOptions::default().set_indexing_options(indexing).set_stored();
    let text = schema.add_text_field("text", options);
    let filter = schema.add_text_field("filter", STRING | STORED);
    let index = Index::create_in_dir(dir, schema.build()).expect("the folder is empty");
    index.tokenizers().register("english", analyzer());
    let mut writer: IndexWriter =
        index.writer_with_num_threads(2, WRITER_BYTES).expect("the index can be written");
    let reader = BufReader::new(File::open(lines).expect("the corpus can be read"));
    for line in reader.lines() {
        let line = line.expect("the corpus can be read");
        let row: Line = serde_json::from_str(&line).expect("the corpus holds rows");
        let mut document = TantivyDocument::default();
        document.add_text(text, format!("{} {}", row.title, row.text));
        row.tags.iter().for_each(|tag| document.add_text(filter, tag));
        writer.add_document(document).expect("the index can be written");
    }
    writer.commit().expect("the index can be written");
    let segments = index.searchable_segment_ids().expect("the index can be read");
    if segments.len() > 1 {
        writer.merge(&segments).wait().expect("segments can be merged");
        writer.garbage_collect_files().wait().expect("old segments can be removed");
    }
    writer.wait_merging_threads().expect("segments can be merged");
}

impl Bare {
    /// Opens the index of a folder.
    pub(crate) fn open(dir: &Path) -> Bare {
        let index = Index::open_in_dir(dir).expect("the index can be opened");
        let field = |name| index.schema().get_field(name).expect("the field is there");
        let (text, filter) = (field("text"), field("filter"));
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual);
        let reader: tantivy::IndexReader = reader.try_into().expect("the index can be opened");
        Bare { searcher: reader.searcher(), text, filter, analyzer: analyzer() }
    }

    /// A question as a query.
    pub(crate) fn query(&self, question: &Question) -> Box<dyn Query> {
        let mut terms = Vec::new();
        let (words, mut analyzer) = (question.words.join(" "), self.analyzer.clone());
        analyzer.token_stream(&words).process(&mut |token| {
            terms.push(Term::from_field_text(self.text, &token.text));
        });
        let leaf = |term: &Term| -> Box<dyn Query> {
            Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs))
        };
        let query: Box<dyn Query> = match (question.base(), terms.as_slice()) {
            (_, []) => Box::new(EmptyQuery),
            (_, [term]) => leaf(term),
            ("phrase", _) => Box::new(PhraseQuery::new(terms)),
            (kind, _) => {
                let occur = if kind == "and" { Occur::Must } else { Occur::Should };
                Box::new(BooleanQuery::new(terms.iter().map(|term| (occur, leaf(term))).collect()))
            }
        };
        let Some(filter) = &question.filter else { return query };
        let term = Term::from_field_text(self.filter, filter);
        let filter = ConstScoreQuery::new(leaf(&term), 0.0);
        Box::new(BooleanQuery::new(vec![(Occur::Must, query), (Occur::Must, Box::new(filter))]))
    }

    /// The ten best documents.
    pub(crate) fn documents(&self, query: &dyn Query) -> Vec<TantivyDocument> {
        let top = TopDocs::with_limit(10).order_by_score();
        let top: Vec<(f32, DocAddress)> =
            self.searcher.search(query, &top).expect("a query can be answered");
        let read = |(_, at)| self.searcher.doc(at).expect("a document can be read");
        top.into_iter().map(read).collect()
    }
}
