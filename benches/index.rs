//! Importing, ours beside a bare Tantivy program: documents a second, peak memory, bytes of the
//! index. Whole processes are measured, from the lines of JSON to the published index.

#[allow(unused, reason = "the search benchmark uses the rest")]
mod corpus;

use std::{fs, path::Path};

use crate::corpus::{Corpus, Spent, bare, generation, ours};

/// Runs of each program, in turns; the fastest counts.
const RUNS: usize = 3;

fn main() {
    if bare::is_this_program() {
        return;
    }
    let corpus = Corpus::write();
    let megabytes = corpus.bytes as f64 / 1e6;
    let mut lines = vec![format!("{} documents, {megabytes:.0} MB of text", corpus.documents)];
    let (mut best_ours, mut best_bare): (Option<Spent>, Option<Spent>) = (None, None);
    for _ in 0..RUNS {
        for name in ["ours", "bare"] {
            let _ = fs::remove_dir_all(corpus.dir.join(name));
        }
        best_ours = better(best_ours, ours(&corpus).1);
        best_bare = better(best_bare, bare::bare(&corpus).1);
    }
    let (Some(spent_ours), Some(spent_bare)) = (best_ours, best_bare) else { return };
    let size_ours = bytes(&generation(&corpus.dir.join("ours")));
    let size_bare = bytes(&corpus.dir.join("bare"));
    lines.push("              docs/s   MB/s   peak MB   index MB without stored text".into());
    for (name, spent, size) in [("ours", &spent_ours, size_ours), ("bare", &spent_bare, size_bare)]
    {
        let seconds = spent.time.as_secs_f64();
        lines.push(format!(
            "{name:12} {:7.0} {:6.1}   {:7.0}   {:7.1}",
            corpus.documents as f64 / seconds,
            megabytes / seconds,
            spent.peak_bytes as f64 / 1e6,
            size as f64 / 1e6,
        ));
    }
    lines.push(format!(
        "ratio        {:7.2}                    {:7.2}   (bars: at least 0.85, at most 1.30)",
        spent_bare.time.as_secs_f64() / spent_ours.time.as_secs_f64(),
        size_ours as f64 / size_bare as f64,
    ));
    anstream::println!("{}", lines.join("\n"));
}

fn better(old: Option<Spent>, new: Option<Spent>) -> Option<Spent> {
    match (old, new) {
        (Some(old), Some(new)) => Some(Spent {
            time: old.time.min(new.time),
            peak_bytes: old.peak_bytes.max(new.peak_bytes),
        }),
        (old, new) => new.or(old),
    }
}

/// Bytes of an index without the stored documents.
fn bytes(dir: &Path) -> u64 {
    let files = fs::read_dir(dir).expect("the index is a folder").flatten();
    let files = files.filter(|file| file.path().extension().is_none_or(|name| name != "store"));
    files.filter_map(|file| Some(file.metadata().ok()?.len())).sum()
}
