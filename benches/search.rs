//! Latency of queries, ours beside a bare Tantivy program: same text, one field, same analysis.
//!
//! `MLSEARCH_CORPUS` names lines of JSON (`id`, `title`, `text`, `pkg`) to be used instead of the
//! synthetic corpus, `MLSEARCH_QUERIES` lines of `kind`, tab, words, tab, value to filter by.

#[allow(unused, reason = "the index benchmark uses the rest")]
mod corpus;

use std::{collections::BTreeMap, hint::black_box, time::Instant};

use criterion::{Criterion, Throughput};
use mlsearch::{
    aliases::Aliases,
    index,
    search::{Filters, Request, Searcher},
};
use tantivy::{
    DocAddress, ReloadPolicy, TantivyDocument, Term,
    collector::TopDocs,
    query::{BooleanQuery, ConstScoreQuery, Occur, PhraseQuery, Query, TermQuery},
    schema::IndexRecordOption,
};

use crate::corpus::{Bare, Question, Row};

/// Passes over all queries; the fastest of each query counts.
const PASSES: usize = 5;

fn main() {
    let rows = corpus::rows();
    let questions = corpus::questions(&rows);
    let dir = tempfile::tempdir().expect("a folder for the benchmark can be made");
    let (ours, bare) = (dir.path().join("ours"), dir.path().join("bare"));
    for path in [&ours, &bare] {
        std::fs::create_dir(path).expect("a folder for the benchmark can be made");
    }
    let mut documents = rows.iter().map(Row::document);
    index::build(&ours, &mut documents, &Aliases::default(), 2).expect("the corpus can be indexed");
    let bare = Bare::build(&bare, &rows);
    let ours = Searcher::open(&ours).expect("the index can be opened");
    let reader = bare.index.reader_builder().reload_policy(ReloadPolicy::Manual);
    let reader: tantivy::IndexReader = reader.try_into().expect("the index can be opened");
    let searcher = reader.searcher();

    let mut kinds: Kinds<'_> = BTreeMap::new();
    for question in &questions {
        let pair = (request(question), query(question, &bare));
        kinds.entry(&question.kind).or_default().push(pair);
    }
    let mut criterion = Criterion::default().configure_from_args();
    for (kind, pairs) in &kinds {
        let mut group = criterion.benchmark_group(format!("search/{kind}"));
        group.throughput(Throughput::Elements(pairs.len() as u64)).sample_size(10);
        group.bench_function("ours", |bencher| {
            bencher.iter(|| pairs.iter().for_each(|(request, _)| run_ours(&ours, request)));
        });
        group.bench_function("bare", |bencher| {
            bencher.iter(|| pairs.iter().for_each(|(_, query)| run_bare(&searcher, &**query)));
        });
        group.finish();
    }
    criterion.final_summary();
    report(&kinds, &ours, &searcher);
}

/// Requests of ours with the same query for the bare program, by kind.
type Kinds<'a> = BTreeMap<&'a str, Vec<(Request, Box<dyn Query>)>>;

/// Prints median and 99th percentile of each kind in microseconds, and the ratios.
fn report(kinds: &Kinds<'_>, ours: &Searcher, bare: &tantivy::Searcher) {
    let mut lines =
        vec![String::from("kind           ours p50/p99 µs     bare p50/p99 µs    ratios")];
    let (mut all_ours, mut all_bare) = (Vec::new(), Vec::new());
    for (kind, pairs) in kinds {
        let mut times_ours: Vec<f64> =
            pairs.iter().map(|(request, _)| fastest(|| run_ours(ours, request))).collect();
        let mut times_bare: Vec<f64> =
            pairs.iter().map(|(_, query)| fastest(|| run_bare(bare, &**query))).collect();
        lines.push(line(kind, &mut times_ours, &mut times_bare));
        all_ours.append(&mut times_ours);
        all_bare.append(&mut times_bare);
    }
    lines.push(line("all", &mut all_ours, &mut all_bare));
    anstream::println!("{}", lines.join("\n"));
}

fn line(kind: &str, ours: &mut [f64], bare: &mut [f64]) -> String {
    let [a, b] = [ours, bare].map(|times| {
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        (at(0.5), at(0.99))
    });
    let ratios = format!("{:.2}/{:.2}", a.0 / b.0, a.1 / b.1);
    format!("{kind:12} {:8.0}/{:8.0}   {:8.0}/{:8.0}   {ratios}", a.0, a.1, b.0, b.1)
}

fn fastest(run: impl Fn()) -> f64 {
    let times = (0..PASSES).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64() * 1e6
    });
    times.fold(f64::INFINITY, f64::min)
}

fn run_ours(searcher: &Searcher, request: &Request) {
    black_box(searcher.search(request).expect("a benchmark query can be answered"));
}

fn run_bare(searcher: &tantivy::Searcher, query: &dyn Query) {
    let top = TopDocs::with_limit(10).order_by_score();
    let top: Vec<(f32, DocAddress)> =
        searcher.search(query, &top).expect("a query can be answered");
    for (_, at) in top {
        black_box(searcher.doc::<TantivyDocument>(at).expect("a document can be read"));
    }
}

fn request(question: &Question) -> Request {
    let words = &question.words;
    let query = match question.kind.split('+').next() {
        Some("phrase") => format!("\"{}\"", words.join(" ")),
        Some("and") => words.join(" AND "),
        Some("or") => words.join(" OR "),
        _ => words.join(" "),
    };
    let facets = question.filter.iter().map(|value| ("tag".to_owned(), value.clone())).collect();
    let filters = Filters { facets, ..Filters::default() };
    Request { query, filters, limit: 10, exact: true, ..Request::default() }
}

fn query(question: &Question, bare: &Bare) -> Box<dyn Query> {
    let terms: Vec<Term> = corpus::terms(&question.words.join(" "))
        .into_iter()
        .map(|term| Term::from_field_text(bare.text, &term))
        .collect();
    let leaf = |term: &Term| -> Box<dyn Query> {
        Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs))
    };
    let kind = question.kind.split('+').next().unwrap_or_default();
    let mut query: Box<dyn Query> = match (kind, terms.as_slice()) {
        (_, [term]) => leaf(term),
        ("phrase", _) => Box::new(PhraseQuery::new(terms)),
        (kind, _) => {
            let occur = if kind == "and" { Occur::Must } else { Occur::Should };
            Box::new(BooleanQuery::new(terms.iter().map(|term| (occur, leaf(term))).collect()))
        }
    };
    if let Some(filter) = &question.filter {
        let term = Term::from_field_text(bare.filter, filter);
        let filter = ConstScoreQuery::new(leaf(&term), 0.0);
        query = Box::new(BooleanQuery::new(vec![
            (Occur::Must, query),
            (Occur::Must, Box::new(filter)),
        ]));
    }
    query
}
