//! Tests of the order of hits: what decides it, what each hit lacks, and how it is measured.

use std::fs;

use mlsearch::search::{Note, Request, Searcher, Sort};

use crate::{
    program::{Run, program},
    search::{letters, library, library_of, request},
};

/// A document at a host, of this title and text.
fn page(host: &str, title: &str, text: &str) -> String {
    format!("https://{host}.example/ | {title} | | | | {text}")
}

/// Words of no query, by number.
fn filler(words: std::ops::Range<usize>) -> String {
    words.map(|at| format!("filler{} ", at % 40)).collect()
}

/// The first of pages of these titles and texts, whose hosts are `a`, `b`, `c` and so on.
#[track_caller]
fn check_first(pages: &[(&str, &str)], query: &str, expected: &str) {
    let hosts = (b'a'..=b'z').map(|letter| char::from(letter).to_string());
    let lines: Vec<String> =
        hosts.zip(pages).map(|(host, (title, text))| page(&host, title, text)).collect();
    let (_dir, searcher) = library_of(&lines);
    let results = searcher.search(&request(query)).unwrap();
    assert_eq!(letters(&results)[..1], *expected, "{query}");
}

#[test]
fn one_superfluous_word_does_not_bury_the_page_meant() {
    let scattered = format!(
        "{} migration {} steps {} v9 {} quickly {}",
        filler(0..300),
        filler(300..600),
        filler(600..900),
        filler(900..1200),
        filler(1200..1500),
    );
    let mut pages = vec![("Migration steps v9", "What changed, and what to do about it.")];
    pages.extend([("Changes", scattered.as_str()); 12]);
    check_first(&pages, "migration steps v9 quickly", "a");
}

#[test]
fn words_close_together_beat_words_scattered_over_a_page() {
    let scattered = format!("pool {} connection {} timeout", filler(0..150), filler(150..300));
    let together = format!("{} the timeout of a pool connection", filler(0..302));
    check_first(&[("One", &scattered), ("Two", &together)], "connection pool timeout", "b");
}

#[test]
fn of_two_titles_with_the_words_the_shorter_comes_first() {
    let text = "We cache pages.";
    let long = "How we built and ran a cache for pages of other teams";
    check_first(&[(long, text), ("Cache pages", text)], "cache the pages well", "b");
}

/// Scores descend in the order shown, on one page of results and over several.
#[track_caller]
fn check_descending(searcher: &Searcher, request: &Request) {
    let all = searcher.search(&Request { limit: 1000, ..request.clone() }).unwrap();
    let scores: Vec<f32> = all.hits.iter().map(|hit| hit.score).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b), "{}: {scores:?}", request.query);
    for offset in 0..all.hits.len() {
        let one = Request { offset, limit: 1, ..request.clone() };
        let one = searcher.search(&one).unwrap();
        let (hit, expected) = (&one.hits[0], &all.hits[offset]);
        assert_eq!((&hit.id, hit.score), (&expected.id, expected.score), "{}", request.query);
    }
}

#[test]
fn scores_descend_in_the_order_shown() {
    let (_dir, searcher) = library();
    for query in [
        "store",
        "feature store drift",
        "Detecting Drift in Production",
        "https://d.example/k8s",
        "we train large models with ray and detect drift of the feature store",
        "company:uber",
        "\"feature store\" ray",
    ] {
        check_descending(&searcher, &request(query));
        check_descending(&searcher, &Request { related: true, ..request(query) });
        let now = Some(jiff::civil::date(2023, 3, 10).at(12, 0, 0, 0));
        check_descending(&searcher, &Request { now, fresh: true, ..request(query) });
    }
    let line = |at: usize| {
        let (title, text) = if at == 70 { ("Drift of it all", "") } else { ("Note", "drift") };
        page(&format!("a{at}"), title, &format!("{text} monitor {}", filler(0..at)))
    };
    let (_dir, searcher) = library_of(&(0..80).map(line).collect::<Vec<_>>());
    check_descending(&searcher, &request("drift monitor"));
    check_descending(&searcher, &request("drift of it all"));
}

/// What each hit lacks, and the notes.
#[track_caller]
fn check_missing(query: &str, expected: &[(&str, &[&str])], notes: &[Note]) {
    let (_dir, searcher) = library();
    let results = searcher.search(&request(query)).unwrap();
    for (letter, missing) in expected {
        let at = letters(&results).find(letter).unwrap();
        assert_eq!(results.hits[at].missing, *missing, "{query}: {letter}");
    }
    let is_relaxed = results.hits.iter().any(|hit| !hit.missing.is_empty());
    assert_eq!((results.relaxed, results.notes.as_slice()), (is_relaxed, notes), "{query}");
}

#[test]
fn each_hit_says_which_words_it_lacks() {
    let relaxed = |complete| [Note::Relaxed { complete, by_meaning: 0 }];
    check_missing("feature store drift", &[("b", &[]), ("a", &["drift"])], &relaxed(1));
    // A synonym will do.
    check_missing("kubernetes jobs", &[("d", &[]), ("c", &["jobs"])], &relaxed(1));
    check_missing("messages ray", &[("h", &["ray"]), ("c", &["messages"])], &relaxed(0));
    check_missing("drift", &[("b", &[])], &[]);
    check_missing("feature store", &[("a", &[]), ("b", &[])], &relaxed(2));
    // Of a long query the words that lack are said, but not how many documents have all of them.
    let long = "feature store serves models statistics kubernetes";
    check_missing(long, &[("a", &["statistics", "kubernetes"])], &[]);
    // A document that was asked for by its name lacks nothing.
    check_missing("https://d.example/k8s", &[("d", &[])], &[]);
}

#[test]
fn a_compound_that_no_document_has_is_taken_apart() {
    check_missing(
        "drift-4711",
        &[("b", &["4711"])],
        &[Note::Relaxed { complete: 0, by_meaning: 0 }],
    );
    check_missing("real-time", &[("a", &[]), ("f", &[])], &[]);
}

/// The hits by date, and how many there are.
#[track_caller]
fn check_by_date(query: &str, expected: &str, notes: &[Note]) {
    let (_dir, searcher) = library();
    let by_date = Request { sort: Sort::Date, ..request(query) };
    let results = searcher.search(&by_date).unwrap();
    assert_eq!((letters(&results).as_str(), results.total), (expected, expected.len()), "{query}");
    assert_eq!((results.sort, results.notes.as_slice()), (Sort::Date, notes), "{query}");
    let counted = searcher.search(&Request { facets: true, limit: 0, ..by_date }).unwrap();
    assert_eq!(counted.total, expected.len(), "{query}");
}

#[test]
fn by_date_hits_with_all_of_few_words_are_shown_and_counted() {
    check_by_date("feature store", "ba", &[]);
    check_by_date("messages ray", "hc", &[Note::Relaxed { complete: 0, by_meaning: 0 }]);
    check_by_date("messages", "h", &[]);
    let (_dir, searcher) = library();
    assert_eq!(searcher.search(&request("")).unwrap().sort, Sort::Date);
    assert_eq!(searcher.search(&request("store")).unwrap().sort, Sort::Relevance);
}

#[test]
fn only_hits_of_a_search_are_judged_unless_related_documents_are_wanted() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name);
    let about = "drift of the features in production";
    let lines: String = (0..8)
        .map(|at| {
            let text = if at < 6 { format!("statistics {about}") } else { about.into() };
            format!("{{\"id\": \"d{at}\", \"title\": \"Note {at}\", \"text\": \"{text}\"}}\n")
        })
        .collect();
    fs::write(file("own.jsonl"), lines).unwrap();
    fs::write(file("queries.tsv"), "q\tstatistics\n").unwrap();
    fs::write(file("qrels.txt"), "q 0 d0 1\n").unwrap();
    let run = |args: &[&str]| {
        let mut command = program();
        command.current_dir(dir.path()).args(["--index", "own"]).args(args);
        let run = Run::of(command.env("XDG_CACHE_HOME", file("cache")));
        assert_eq!(run.code, 0, "{}", run.stderr);
    };
    run(&["import", "own.jsonl"]);
    let judged = |options: &[&str]| {
        run(&[&["eval", "queries.tsv", "qrels.txt", "--run", "run.txt"], options].concat());
        fs::read_to_string(file("run.txt")).unwrap().lines().count()
    };
    assert_eq!((judged(&[]), judged(&["--related"])), (6, 8));
}
