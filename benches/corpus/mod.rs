//! The text of the benchmarks: a real corpus when one is named, else a synthetic one that is the
//! same everywhere.
//!
//! `MLSEARCH_CORPUS` names lines of JSON (`id`, `title`, `text`, `pkg`), `MLSEARCH_QUERIES` lines of
//! `kind`, tab, words, tab, value to filter by. `MLSEARCH_BENCH_DIR` is a folder in which the indexes
//! are kept for the next run.

pub(crate) mod bare;

use std::{
    env,
    fs::{self, File},
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde::Deserialize;
use tempfile::TempDir;

/// Documents and words of the synthetic corpus.
const DOCUMENTS: usize = 5_000;
const VOCABULARY: u64 = 20_000;
const LENGTH: u64 = 300;
/// Queries made for a corpus that comes without.
const QUESTIONS: usize = 200;
/// Kinds of queries, when they are made.
const KINDS: [&str; 5] = ["term", "or", "and", "phrase", "or+facet"];

/// One document of the corpus.
#[derive(Deserialize)]
struct Row {
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
    /// The tag to filter by.
    pub(crate) filter: Option<String>,
}

/// A folder with the corpus as lines for `mlsearch import`.
pub(crate) struct Corpus {
    /// The lines.
    pub(crate) lines: PathBuf,
    /// How many there are, and their bytes of title and text.
    pub(crate) documents: u64,
    pub(crate) bytes: u64,
    /// The queries.
    pub(crate) questions: Vec<Question>,
    /// Where indexes go.
    pub(crate) dir: PathBuf,
    /// The folder, when it is to be removed.
    _temporary: Option<TempDir>,
}

impl Corpus {
    /// Writes the corpus that the environment names, else the synthetic one.
    pub(crate) fn write() -> Corpus {
        let (dir, temporary) = match env::var_os("MLSEARCH_BENCH_DIR") {
            Some(dir) => (PathBuf::from(dir), None),
            None => {
                let dir = tempfile::tempdir().expect("a folder for the benchmark can be made");
                (dir.path().to_owned(), Some(dir))
            }
        };
        fs::create_dir_all(&dir).expect("a folder for the benchmark can be made");
        let lines = dir.join("corpus.jsonl");
        let file = File::create(&lines).expect("the corpus can be written");
        let mut out = BufWriter::new(file);
        let (mut documents, mut bytes, mut sample) = (0, 0, Vec::new());
        for row in rows() {
            documents += 1;
            bytes += (row.title.len() + row.text.len()) as u64;
            let line = serde_json::json!(
                { "id": row.id, "title": row.title, "text": row.text, "tags": [row.pkg] }
            );
            writeln!(out, "{line}").expect("the corpus can be written");
            if sample.len() < DOCUMENTS {
                sample.push(row);
            }
        }
        out.flush().expect("the corpus can be written");
        let questions = questions(&sample);
        Corpus { lines, documents, bytes, questions, dir, _temporary: temporary }
    }
}

fn rows() -> Box<dyn Iterator<Item = Row>> {
    let Some(path) = env::var_os("MLSEARCH_CORPUS") else { return Box::new(synthetic()) };
    let file = BufReader::new(File::open(path).expect("MLSEARCH_CORPUS can be read"));
    let lines = file.lines().map(|line| line.expect("MLSEARCH_CORPUS is text"));
    Box::new(lines.map(|line| serde_json::from_str(&line).expect("MLSEARCH_CORPUS holds rows")))
}

fn synthetic() -> impl Iterator<Item = Row> {
    let mut random = fastrand::Rng::with_seed(7);
    // Ranks fall as in natural text: the product of two even draws is mostly small.
    let mut word = move || {
        let rank = random.u64(1..=VOCABULARY) * random.u64(1..=VOCABULARY) / VOCABULARY;
        name(rank)
    };
    let mut text = move |length: u64| (0..length).map(|_| word()).collect::<Vec<_>>().join(" ");
    (0..DOCUMENTS).map(move |number| Row {
        id: format!("d{number}"),
        title: text(5),
        text: text(LENGTH / 2 + number as u64 % LENGTH),
        pkg: format!("p{}", number % 50),
    })
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
fn questions(rows: &[Row]) -> Vec<Question> {
    if let Some(path) = env::var_os("MLSEARCH_QUERIES") {
        let text = fs::read_to_string(path).expect("MLSEARCH_QUERIES can be read");
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

/// A query as it is written in a file.
pub(crate) fn question(line: &str) -> Question {
    let mut cells = line.split('\t');
    let mut cell = || cells.next().unwrap_or_default().to_owned();
    let (kind, words, filter) = (cell(), cell(), cell());
    Question {
        kind,
        words: words.split_whitespace().map(str::to_owned).collect(),
        filter: Some(filter).filter(|filter| !filter.is_empty()),
    }
}

impl Question {
    /// Its kind without `+facet`.
    pub(crate) fn base(&self) -> &str {
        self.kind.split('+').next().unwrap_or_default()
    }

    /// The query as it is typed.
    pub(crate) fn typed(&self) -> String {
        match self.base() {
            "phrase" => format!("\"{}\"", self.words.join(" ")),
            "and" => self.words.join(" AND "),
            _ => self.words.join(" "),
        }
    }
}

/// What a process took.
pub(crate) struct Spent {
    /// From its start to its end.
    pub(crate) time: Duration,
    /// Its largest resident memory in bytes; 0 where the system does not tell.
    pub(crate) peak_bytes: u64,
}

/// Runs a program to its end and watches its memory.
pub(crate) fn watched(command: &mut Command) -> Spent {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn().expect("a program can be started");
    let status = format!("/proc/{}/status", child.id());
    let mut peak_bytes = 0;
    let exit = loop {
        if let Some(exit) = child.try_wait().expect("a program can be waited for") {
            break exit;
        }
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak_bytes = peak_bytes.max(kilobytes.unwrap_or(0_u64) * 1024);
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(exit.success(), "{command:?}");
    Spent { time: start.elapsed(), peak_bytes }
}

/// Builds our index unless it was kept.
pub(crate) fn ours(corpus: &Corpus) -> (PathBuf, Option<Spent>) {
    let dir = corpus.dir.join("ours");
    if dir.join("CURRENT").exists() {
        return (dir, None);
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_mlsearch"));
    command.arg("--index").arg(&dir).arg("import").arg(&corpus.lines);
    let spent = watched(&mut command);
    (dir, Some(spent))
}

/// The folder of our published generation.
pub(crate) fn generation(ours: &Path) -> PathBuf {
    let number = fs::read_to_string(ours.join("CURRENT")).expect("the index is published");
    ours.join("generations").join(number.trim())
}
