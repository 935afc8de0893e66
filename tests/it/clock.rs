//! Updates under a clock that was wrong for one run. The clock is ours.

use std::{
    fs,
    sync::atomic::{AtomicI64, Ordering},
};

use jiff::Timestamp;
use mlsearch::{
    inspect::{self, NewsKind, Since},
    store::{Store, Unfinished},
    update::Options,
};

use crate::{
    time::{LocalCollection, clock, day},
    web::Answer,
};

/// A day far ahead of all others.
const AHEAD: i64 = 30_000;

#[test]
fn one_update_under_a_clock_ahead_puts_no_visit_off() {
    clock!(now, DAYS);
    let local = LocalCollection::new(now, &DAYS);
    local.list(&["/a", "/b"]);
    for path in ["/a", "/b"] {
        local.put(path, "one");
    }
    let visited = |number| local.update_with(number, &local.options).visited;
    assert_eq!([visited(0), visited(AHEAD)], [2, 2]);
    let status = inspect::status(&local.collection(), None, day(1)).unwrap();
    assert_eq!((status.due, status.next_due), (2, None));
    local.web.take_seen();
    assert_eq!(visited(1), 2, "nobody knows how long ago the last visit was");
    let asks_rules = local.web.take_seen().iter().any(|seen| seen.url == "/robots.txt");
    assert!(asks_rules, "a copy of robots.txt that is dated ahead is not used");
    let status = inspect::status(&local.collection(), None, day(1)).unwrap();
    assert_eq!(status.due, 0);
    assert!(status.next_due.unwrap() <= day(61), "{:?}", status.next_due);
    assert_eq!([visited(2), visited(61)], [0, 2]);
}

#[test]
fn what_was_put_off_under_a_clock_ahead_is_visited() {
    clock!(now, DAYS);
    let local = LocalCollection::new(now, &DAYS);
    let list = format!("{}/list.md", local.web.origin());
    let settings = format!("[[list]]\nsource = \"{list}\"\n[crawl]\narchive = false\n");
    fs::write(local.dir.path().join("mlsearch.toml"), settings).unwrap();
    let text = format!("<ul><li><a href=\"{}/a\">A</a></ul>", local.web.origin());
    local.web.put("/list.md", Answer::html(&text));
    local.put("/a", "one");
    local.update_with(0, &local.options);
    let put_off = || Answer::status(503).with("Retry-After", "864000");
    local.web.put("/list.md", put_off());
    local.web.put("/a", put_off());
    local.update_with(AHEAD, &local.options);
    local.web.put("/list.md", Answer::html(&text));
    local.put("/a", "two");
    local.web.take_seen();
    let report = local.update_with(1, &local.options);
    assert_eq!((report.visited, report.changed), (1, 1));
    assert!(local.web.take_seen().iter().any(|seen| seen.url == "/list.md"));
}

#[test]
fn a_run_that_was_interrupted_under_a_clock_ahead_hides_no_page() {
    clock!(now, DAYS);
    let local = LocalCollection::new(now, &DAYS);
    local.list(&["/a"]);
    local.put("/a", "one");
    local.update_with(AHEAD, &local.options);
    let mut store = Store::open(&local.collection().store_path()).unwrap();
    store.set_unfinished(Some(Unfinished { since: day(AHEAD), refresh: false })).unwrap();
    drop(store);
    assert_eq!(local.update_with(1, &local.options).visited, 1);
    assert_eq!(local.update_with(2, &local.options).visited, 0);
}

#[test]
fn what_an_update_under_a_clock_ahead_found_is_news_once() {
    clock!(now, DAYS);
    let local = LocalCollection::new(now, &DAYS);
    for path in ["/a", "/b", "/c"] {
        local.put(path, "one");
    }
    let forced = Options { refresh: true, force: true, ..local.options.clone() };
    let news = |since: Since, number: i64| -> Vec<String> {
        let news = inspect::news(&local.collection(), since, day(number)).unwrap();
        let line = |news: inspect::News| {
            assert!(news.at <= day(number) && news.first_seen <= day(number), "{news:?}");
            let what = if news.what == NewsKind::Added { "added" } else { "changed" };
            format!("{what} {}", news.url.strip_prefix(&local.web.origin()).unwrap())
        };
        let mut lines: Vec<String> = news.into_iter().map(line).collect();
        lines.sort();
        lines
    };
    local.list(&["/a"]);
    local.update_with(0, &forced);
    local.list(&["/a", "/b"]);
    local.put("/a", "two");
    local.update_with(AHEAD, &forced);
    assert_eq!(news(Since::LastUpdate, 2), ["added /b", "changed /a"]);
    assert_eq!(news(Since::Moment(day(1)), 2), ["added /b", "changed /a"]);
    // The clock is right again.
    local.list(&["/a", "/b", "/c"]);
    local.put("/b", "two");
    local.update_with(3, &forced);
    assert_eq!(news(Since::LastUpdate, 4), ["added /c", "changed /b"]);
    local.put("/a", "three");
    local.update_with(5, &forced);
    assert_eq!(news(Since::LastUpdate, 5), ["changed /a"]);
    assert_eq!(news(Since::Moment(day(4)), 5), ["changed /a"]);
    assert_eq!(news(Since::Moment(day(1)), 5), ["added /b", "added /c", "changed /a"]);
    local.update_with(6, &forced);
    assert_eq!(news(Since::LastUpdate, 6), [""; 0]);
}
