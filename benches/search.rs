//! Latency, ours beside a bare Tantivy program: top ten in process, the same with facets counted,
//! and whole processes with snippets.

#[allow(unused, reason = "the index benchmark uses the rest")]
mod corpus;

use std::{collections::BTreeMap, hint::black_box, process::Command, time::Instant};

use mlsearch::search::{Filters, Request, Searcher};

use crate::corpus::{
    Corpus, Question,
    bare::{self, Bare},
    generation, ours,
};

/// Passes over all queries, in turns; the fastest of each query counts.
const PASSES: usize = 7;
/// Every so many queries one is run as a process.
const PROCESS_STEP: usize = 10;

fn main() {
    if bare::is_this_program() {
        return;
    }
    let corpus = Corpus::write();
    let (dir_ours, dir_bare) = (ours(&corpus).0, bare::bare(&corpus).0);
    let ours = Searcher::open(&generation(&dir_ours)).expect("the index can be opened");
    let bare = Bare::open(&dir_bare);

    let mut kinds: BTreeMap<&str, Vec<[f64; 3]>> = BTreeMap::new();
    for question in &corpus.questions {
        let plain = request(question);
        let counted = Request { facets: true, ..plain.clone() };
        let times = fastest([
            &mut || run_ours(&ours, &plain),
            &mut || run_bare(&bare, question),
            &mut || run_ours(&ours, &counted),
        ]);
        kinds.entry(&question.kind).or_default().push(times);
    }
    let mut lines = vec![
        format!("{} documents, {} queries", corpus.documents, corpus.questions.len()),
        "kind           ours p50/p99 µs     bare p50/p99 µs    ratios      facets p50 of ours"
            .into(),
    ];
    let all: Vec<[f64; 3]> = kinds.values().flatten().copied().collect();
    lines.extend(kinds.iter().map(|(kind, times)| line(kind, times)));
    lines.push(line("all", &all));

    let mut times = Vec::new();
    for question in corpus.questions.iter().step_by(PROCESS_STEP) {
        let mut mlsearch = process(question, &dir_ours);
        let mut other = bare::command(&["search", dir_bare.to_str().expect("a plain path")]);
        other.arg(written(question));
        times.push(fastest([
            &mut || run_process(&mut mlsearch),
            &mut || run_process(&mut other),
            &mut || (),
        ]));
    }
    lines.push(line("process", &times));
    anstream::println!("{}", lines.join("\n"));
}

/// The median and 99th percentile of ours and of the bare program, and their ratios.
fn line(kind: &str, times: &[[f64; 3]]) -> String {
    let at = |which: usize, share: f64| {
        let mut times: Vec<f64> = times.iter().map(|times| times[which]).collect();
        times.sort_by(f64::total_cmp);
        times[((times.len() - 1) as f64 * share) as usize]
    };
    let (a, b) = ((at(0, 0.5), at(0, 0.99)), (at(1, 0.5), at(1, 0.99)));
    let ratios = format!("{:.2}/{:.2}", a.0 / b.0, a.1 / b.1);
    let facets = at(2, 0.5) / a.0;
    let facets = if facets > 0.5 { format!("{facets:.2}") } else { String::new() };
    format!("{kind:12} {:8.0}/{:8.0}   {:8.0}/{:8.0}   {ratios:10}  {facets}", a.0, a.1, b.0, b.1)
}

/// The fastest of several runs of each, in microseconds, run in turns.
fn fastest<const N: usize>(mut runs: [&mut dyn FnMut(); N]) -> [f64; N] {
    let mut best = [f64::INFINITY; N];
    for _ in 0..PASSES {
        for (run, best) in runs.iter_mut().zip(&mut best) {
            let start = Instant::now();
            run();
            *best = best.min(start.elapsed().as_secs_f64() * 1e6);
        }
    }
    best
}

fn run_ours(searcher: &Searcher, request: &Request) {
    black_box(searcher.search(request).expect("a benchmark query can be answered"));
}

fn run_bare(bare: &Bare, question: &Question) {
    black_box(bare.documents(&*bare.query(question)));
}

fn run_process(command: &mut Command) {
    let output = command.output().expect("a program can be started");
    assert!(output.status.code().is_some_and(|code| code < 2), "{command:?}");
}

fn request(question: &Question) -> Request {
    let facets = question.filter.iter().map(|value| ("tag".to_owned(), value.clone())).collect();
    let filters = Filters { facets, ..Filters::default() };
    Request { query: question.typed(), filters, limit: 10, ..Request::default() }
}

fn process(question: &Question, dir: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mlsearch"));
    command.arg("--index").arg(dir).arg("search");
    command.args(question.filter.iter().flat_map(|value| ["--tag", value]));
    command.arg("--").arg(question.typed());
    command
}

/// A query as a line of a file.
fn written(question: &Question) -> String {
    let filter = question.filter.as_deref().unwrap_or_default();
    format!("{}\t{}\t{filter}", question.kind, question.words.join(" "))
}
