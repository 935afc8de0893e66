//! Builds in a cluster: what is published, what stays, and what a build that fails leaves.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use reqwest::Method;
use serde_json::json;

use crate::{
    engine::{
        cluster,
        indexed::{Indexed, row, rows},
        proxy::{Fate, Proxy},
    },
    program::Collection,
};

/// Reads until some work is done; each reader must find one of these numbers of documents.
#[track_caller]
pub fn read_meanwhile(
    readers: usize,
    totals: &[u64],
    read: impl Fn() -> Option<u64> + Sync,
    work: impl FnOnce(),
) {
    let (is_over, count) = (AtomicBool::new(false), AtomicUsize::new(0));
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        let end = EndOnDrop(&is_over);
        for _ in 0..readers {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let total = read();
                    if !total.is_some_and(|total| totals.contains(&total)) {
                        wrong.lock().unwrap().push(total);
                    }
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        work();
        drop(end);
    });
    let wrong = wrong.into_inner().unwrap();
    let count = count.into_inner();
    assert!(wrong.is_empty(), "{} of {count} reads: {:?}", wrong.len(), &wrong[..1]);
    assert!(count >= readers, "each reader has read");
}

/// Ends the readers, also when the work fails.
struct EndOnDrop<'a>(&'a AtomicBool);

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn readers_find_the_old_index_or_the_new_one_while_it_is_swapped() {
    let Some(target) = cluster::target() else { return };
    let _shared = target.share();
    let indexed = Indexed::own(target, "swap");
    indexed.imported(&rows(50, ""), &["--shards", "2"]);
    read_meanwhile(
        4,
        &[50, 60, 70, 80],
        || indexed.count(),
        || {
            for count in [60, 70, 80] {
                indexed.imported(&rows(count, ""), &["--shards", "2"]);
            }
        },
    );
    assert_eq!(indexed.count(), Some(80));
    let (published, all) = (indexed.published(), indexed.indexes());
    assert_eq!(published.len(), 1, "{published:?}");
    assert_eq!(all.len(), 2, "the published one and the one before: {all:?}");
    assert_eq!(all.last(), published.last());
}

#[test]
fn a_build_that_fails_leaves_the_alias_and_no_index() {
    let Some(target) = cluster::target() else { return };
    let _shared = target.share();
    let indexed = Indexed::own(target, "failed");
    indexed.imported(&rows(20, ""), &[]);
    let before = (indexed.published(), indexed.indexes());
    let is_as_before = |stage: &str| {
        assert_eq!((indexed.published(), indexed.indexes()), before, "{stage}");
        assert_eq!(indexed.count(), Some(20), "{stage}");
    };
    let mut lines: String = rows(30, "").iter().map(|row| format!("{row}\n")).collect();
    lines.push_str("this is no document\n");
    let run = indexed.import_lines(&lines, &[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    is_as_before("a line that is no document");

    let run = indexed.import(&[row(1, ""), row(2, ""), row(1, "again")], &[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    is_as_before("an id that comes twice");

    if target.url.starts_with("http://") {
        let node = target.url["http://".len()..].trim_end_matches('/').parse().unwrap();
        let refusal = r#"{"error":{"type":"x_exception","reason":"no more"},"status":400}"#;
        let proxy =
            Proxy::start(vec![node], None, move |asked| match asked.path.contains("_bulk") {
                true => Fate::Answer(400, "Content-Type: application/json\r\n", refusal),
                false => Fate::Pass,
            });
        let run = indexed.import(&rows(30, ""), &["--engine", &proxy.url()]);
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains("400"), "{}", run.stderr);
        is_as_before("a bulk that is refused");
    }
}

#[test]
fn an_index_that_lost_too_much_is_refused_and_removed() {
    let Some(target) = cluster::target() else { return };
    let _shared = target.share();
    let links: Vec<String> = (0..20).map(|n| format!("http://a.example/{n}")).collect();
    let lists = Collection::of_links(links.iter().map(String::as_str));
    let pages: Vec<u8> = links
        .iter()
        .enumerate()
        .flat_map(|(number, url)| {
            let page = crate::warc::page(&format!("zyxnumber{number}qu"));
            crate::warc::response(url, "2024-05-06T07:08:09Z", &page)
        })
        .collect();
    let file = crate::warc::written(&lists.file("a.warc"), &pages);
    let indexed = Indexed::of(lists, target, "gate");
    indexed.ok(&["update", "--warc", &file]);
    assert_eq!(indexed.count(), Some(20));
    let before = (indexed.published(), indexed.indexes());
    // The texts are lost, and nobody has removed the entries.
    std::fs::remove_file(indexed.file("pages.sqlite")).unwrap();
    let run = indexed.run(&["update", "--offline"]);
    assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
    assert_eq!((indexed.published(), indexed.indexes()), before);
    assert_eq!(indexed.count(), Some(20));
}

#[test]
fn an_index_that_bears_the_name_of_the_alias_is_left_alone() {
    let Some(target) = cluster::target() else { return };
    let _shared = target.share();
    let indexed = Indexed::own(target, "taken");
    indexed.rest.put(&format!("/{}", indexed.alias), &json!({}));
    indexed.rest.put(&format!("/{}/_doc/1?refresh=true", indexed.alias), &json!({ "mine": 1 }));
    let run = indexed.import(&rows(3, ""), &[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains(&indexed.alias), "{}", run.stderr);
    assert!(run.stderr.contains("hint: "), "{}", run.stderr);
    assert_eq!(indexed.rest.get(&format!("/{}/_count", indexed.alias))["count"], 1);
    assert!(indexed.indexes().is_empty());
}

#[test]
fn an_index_takes_no_field_that_it_does_not_know() {
    let Some(target) = cluster::target() else { return };
    let _shared = target.share();
    let indexed = Indexed::own(target, "strict");
    indexed.imported(&rows(3, ""), &[]);
    let path = format!("/{}/_doc/x", indexed.published()[0]);
    let (status, answer) =
        indexed.rest.ask(Method::PUT, &path, Some(&json!({ "another": "field" }))).unwrap();
    assert_eq!(status, 400, "{answer}");
    assert_eq!(answer["error"]["type"], "strict_dynamic_mapping_exception", "{answer}");
}

#[test]
fn a_document_that_comes_twice_is_one() {
    let Some(target) = cluster::target() else { return };
    let _shared = target.share();
    let indexed = Indexed::own(target, "twice");
    let mut all = rows(10, "");
    all.extend([row(3, "zyxnewerqu"), row(4, "zyxnewerqu")]);
    indexed.imported(&all, &["--last-wins"]);
    assert_eq!(indexed.count(), Some(10));
    // Two entries of a list whose addresses mean the same page.
    let links = ["http://a.example/x", "http://www.a.example/x?utm_source=y", "http://a.example/z"];
    let local = Collection::of_links(links);
    local.ok(&["update", "--offline"]);
    let indexed = Indexed::of(Collection::of_links(links), target, "twice-listed");
    indexed.ok(&["update", "--offline"]);
    let total = local.json(&["Entry", "--json"])["total"].as_u64().unwrap();
    assert_eq!(indexed.count(), Some(total));
}
