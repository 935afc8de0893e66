//! What is exported: WARC files that give the same texts again, and seeds.

use std::{fs, path::Path};

use mlsearch::{
    extract::{Part, bundle},
    page::{Form, Outcome, Page, Source},
    store::Store,
};
use serde_json::Value;

use crate::{
    program::Collection,
    update::{article, entries, web_of_articles},
    warc::{found, update, word_page},
    web::Answer,
};

/// The text of every document and what it is, by its address.
fn texts(collection: &Collection) -> Vec<(String, Value)> {
    let all = collection.json(&["learned OR together", "-n", "100", "--json"]);
    let ids = all["hits"].as_array().unwrap().iter().map(|hit| hit["id"].as_str().unwrap());
    let mut texts: Vec<_> = ids
        .map(|id| {
            let shown = collection.json(&["show", id, "--json"]);
            let url = shown["url"].as_str().unwrap().to_owned();
            let also_at = shown["also_at"].clone();
            let what = [shown["content"].clone(), shown["provenance"].clone(), also_at];
            (url, Value::from(what.to_vec()))
        })
        .collect();
    texts.sort_by(|a, b| a.0.cmp(&b.0));
    texts
}

/// A collection that has visited the default list, where one page has moved, one is behind a passing
/// redirect, and two hold what was put together here.
fn visited() -> Collection {
    let entries = entries();
    let web = web_of_articles(&entries);
    let link = |number: usize| entries[number].url.split('#').next().unwrap();
    for (number, status) in [(3, 301), (4, 302)] {
        let there = format!("https://elsewhere.example/{number}");
        web.put(link(number), Answer::status(status).with("Location", &there));
        web.put(&there, Answer::html(article("It is elsewhere", number, "zyxelsewherequ")));
    }
    let collection = Collection::in_web(&web);
    collection.ok(&["update", "--delay", "0"]);
    let mut store = Store::open(&collection.file("pages.sqlite")).unwrap();
    for (number, form) in [(5, Form::Parts), (6, Form::Summary)] {
        let part = |n: usize| Part {
            url: format!("{}?{n}", link(number)),
            content_type: Some("text/html".into()),
            body: word_page(&format!("zyxpart{n}qu")),
        };
        let (kind, body) = match form {
            Form::Parts => (None, bundle(&[part(1), part(2)])),
            _ => (Some("text/html; charset=utf-8"), word_page("zyxsummaryqu")),
        };
        let kind = kind.map(|kind| ("content-type".to_owned(), kind.to_owned()));
        let page = Page {
            url: link(number).into(),
            final_url: link(number).into(),
            status: Some(200),
            headers: kind.into_iter().collect(),
            body,
            fetched_at: "2026-01-02T03:04:05.678Z".parse().unwrap(),
            outcome: Outcome::Ok,
            reason: None,
            form,
            come_back: None,
            source: Source::Live,
            requests: 1,
            wire_bytes: 1,
            elapsed_ms: 1,
        };
        store.record(entries[number].canonical.as_str(), &page).unwrap();
    }
    drop(store);
    collection.ok(&["update", "--offline"]);
    collection
}

#[test]
fn a_collection_of_exported_pages_has_the_same_texts() {
    let collection = visited();
    let before = texts(&collection);
    assert_eq!(before.len(), 50);
    assert_eq!(found(&collection, "zyxpart2qu").len(), 1);
    let dir = collection.file("exported");
    let dir = dir.to_str().unwrap();
    let report = collection.json(&["export", "warc", dir, "--json"]);
    assert_eq!((&report["pages"], &report["files"]), (&50.into(), &1.into()), "{report}");

    let index = fs::read_to_string(Path::new(dir).join("index.cdxj")).unwrap();
    assert!(index.lines().is_sorted() && index.lines().count() == 52, "{index}");
    // The folder, and the index with the places of the records.
    for source in [dir.to_owned(), format!("{dir}/index.cdxj")] {
        let other = Collection::offline();
        let (warc, run) = update(&other, &["--offline", "--warc", &source]);
        assert_eq!(warc["taken"], 50, "{}{}", run.stdout, run.stderr);
        assert_eq!(warc["skipped"], serde_json::json!({"redirect": 2}));
        assert_eq!(texts(&other), before, "{source}");
        let again = other.file("exported");
        other.ok(&["export", "warc", again.to_str().unwrap()]);
        let status = other.json(&["status", "--json"])["outcomes"].clone();
        assert_eq!(status["moved"], 1, "{status}");
    }
}

#[test]
fn nothing_is_overwritten_and_nothing_is_left_of_what_fails() {
    let collection = Collection::offline();
    let run = collection.run(&["export", "warc", "there"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("no pages are stored in"), "{}", run.stderr);
    collection.ok(&["update", "--offline"]);
    let parent = collection.file("parent");
    let dir = parent.join("dir");
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join("mine"), "x").unwrap();
    let run = collection.run(&["export", "warc", dir.to_str().unwrap()]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("it is not empty, and nothing in it is overwritten"));
    assert!(run.stderr.contains("export warc NEW-FOLDER` to write"), "{}", run.stderr);
    assert_eq!(fs::read(dir.join("mine")).unwrap(), b"x");
    assert_eq!(fs::read_dir(&parent).unwrap().count(), 1, "nothing is left beside");
    fs::remove_file(dir.join("mine")).unwrap();
    let run = collection.run(&["export", "warc", dir.to_str().unwrap()]);
    assert_eq!(run.code, 1, "nothing was visited: {}", run.stderr);
    assert!(dir.join("index.cdxj").is_file());
}

#[test]
fn seeds_are_a_line_for_each_entry() {
    let collection = Collection::offline();
    collection.ok(&["update", "--offline"]);
    let list = "- [One\u{b}two](http://a.example/1) (2021) `tag one`\n- <http://a.example/2>\n";
    fs::write(collection.file("lists/awesome-mlops-articles.md"), list).unwrap();
    let seeds = collection.ok(&["export", "seeds", "-"]).stdout;
    let lines: Vec<Vec<&str>> = seeds.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines.len(), 2, "{seeds}");
    assert_eq!(lines[0][0], "http://a.example/1");
    assert!(lines[0].contains(&"list=awesome-mlops-articles"), "{seeds}");
    assert!(lines.iter().flat_map(|line| &line[1..]).all(|field| field.contains('=')), "{seeds}");
    let file = collection.file("seeds.txt");
    collection.ok(&["export", "seeds", file.to_str().unwrap()]);
    assert_eq!(fs::read_to_string(file).unwrap(), seeds);
}
