//! Throughput of indexing, ours beside a bare Tantivy program: same text, one field, same analysis.
//!
//! `MLSEARCH_CORPUS` names lines of JSON (`id`, `title`, `text`, `pkg`) to be used instead of the
//! synthetic corpus.

#[allow(unused, reason = "the search benchmark uses the rest")]
mod corpus;

use std::path::Path;

use criterion::{BatchSize, Criterion, Throughput};
use mlsearch::{aliases::Aliases, index};

use crate::corpus::{Bare, Row};

fn main() {
    let rows = corpus::rows();
    let bytes: u64 = rows.iter().map(Row::bytes).sum();
    let folder = || tempfile::tempdir().expect("a folder for the benchmark can be made");
    let ours = |dir: &Path| {
        let mut documents = rows.iter().map(Row::document);
        index::build(dir, &mut documents, &Aliases::default(), 2)
            .expect("the corpus can be indexed")
    };
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("index");
    group.throughput(Throughput::Bytes(bytes)).sample_size(10);
    group.bench_function("ours", |bencher| {
        bencher.iter_batched(folder, |dir| (ours(dir.path()), dir), BatchSize::PerIteration);
    });
    group.bench_function("bare", |bencher| {
        bencher.iter_batched(
            folder,
            |dir| (Bare::build(dir.path(), &rows), dir),
            BatchSize::PerIteration,
        );
    });
    group.finish();
    criterion.final_summary();
}
