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
    time::{Desk, clock, day},
    web::Answer,
};

/// A day far ahead of all others.
const AHEAD: i64 = 30_000;

#[test]
fn one_update_under_a_clock_ahead_puts_no_visit_off() {
    clock!(now, DAYS);
    let desk = Desk::new(now, &DAYS);
    desk.list(&["/a", "/b"]);
    for path in ["/a", "/b"] {
        desk.put(path, "one");
    }
    let visited = |number| desk.update_with(number, &desk.options).visited;
    assert_eq!([visited(0), visited(AHEAD)], [2, 2]);
    let status = inspect::status(&desk.collection(), day(1)).unwrap();
    assert_eq!((status.due, status.next_due), (2, None));
    desk.web.take_seen();
    assert_eq!(visited(1), 2, "nobody knows how long ago the last visit was");
    let asks_rules = desk.web.take_seen().iter().any(|seen| seen.url == "/robots.txt");
    assert!(asks_rules, "a copy of robots.txt that is dated ahead is not used");
    let status = inspect::status(&desk.collection(), day(1)).unwrap();
    assert_eq!(status.due, 0);
    assert!(status.next_due.unwrap() <= day(61), "{:?}", status.next_due);
    assert_eq!([visited(2), visited(61)], [0, 2]);
}

#[test]
fn what_was_put_off_under_a_clock_ahead_is_visited() {
    clock!(now, DAYS);
    let desk = Desk::new(now, &DAYS);
    let list = format!("{}/list.md", desk.web.origin());
    let settings = format!("[[list]]\nsource = \"{list}\"\n[crawl]\narchive = false\n");
    fs::write(desk.dir.path().join("mlsearch.toml"), settings).unwrap();
    let text = format!("<ul><li><a href=\"{}/a\">A</a></ul>", desk.web.origin());
    desk.web.put("/list.md", Answer::html(&text));
    desk.put("/a", "one");
    desk.update_with(0, &desk.options);
    let put_off = || Answer::status(503).with("Retry-After", "864000");
    desk.web.put("/list.md", put_off());
    desk.web.put("/a", put_off());
    desk.update_with(AHEAD, &desk.options);
    desk.web.put("/list.md", Answer::html(&text));
    desk.put("/a", "two");
    desk.web.take_seen();
    let report = desk.update_with(1, &desk.options);
    assert_eq!((report.visited, report.changed), (1, 1));
    assert!(desk.web.take_seen().iter().any(|seen| seen.url == "/list.md"));
}

#[test]
fn a_run_that_was_interrupted_under_a_clock_ahead_hides_no_page() {
    clock!(now, DAYS);
    let desk = Desk::new(now, &DAYS);
    desk.list(&["/a"]);
    desk.put("/a", "one");
    desk.update_with(AHEAD, &desk.options);
    let mut store = Store::open(&desk.collection().store_path()).unwrap();
    store.set_unfinished(Some(Unfinished { since: day(AHEAD), refresh: false })).unwrap();
    drop(store);
    assert_eq!(desk.update_with(1, &desk.options).visited, 1);
    assert_eq!(desk.update_with(2, &desk.options).visited, 0);
}

#[test]
fn what_an_update_under_a_clock_ahead_found_is_news_once() {
    clock!(now, DAYS);
    let desk = Desk::new(now, &DAYS);
    for path in ["/a", "/b", "/c"] {
        desk.put(path, "one");
    }
    let forced = Options { refresh: true, force: true, ..desk.options.clone() };
    let news = |since: Since, number: i64| -> Vec<String> {
        let news = inspect::news(&desk.collection(), since, day(number)).unwrap();
        let line = |news: inspect::News| {
            assert!(news.at <= day(number) && news.first_seen <= day(number), "{news:?}");
            let what = if news.what == NewsKind::Added { "added" } else { "changed" };
            format!("{what} {}", news.url.strip_prefix(&desk.web.origin()).unwrap())
        };
        let mut lines: Vec<String> = news.into_iter().map(line).collect();
        lines.sort();
        lines
    };
    desk.list(&["/a"]);
    desk.update_with(0, &forced);
    desk.list(&["/a", "/b"]);
    desk.put("/a", "two");
    desk.update_with(AHEAD, &forced);
    assert_eq!(news(Since::LastUpdate, 2), ["added /b", "changed /a"]);
    assert_eq!(news(Since::Moment(day(1)), 2), ["added /b", "changed /a"]);
    // The clock is right again.
    desk.list(&["/a", "/b", "/c"]);
    desk.put("/b", "two");
    desk.update_with(3, &forced);
    assert_eq!(news(Since::LastUpdate, 4), ["added /c", "changed /b"]);
    desk.put("/a", "three");
    desk.update_with(5, &forced);
    assert_eq!(news(Since::LastUpdate, 5), ["changed /a"]);
    assert_eq!(news(Since::Moment(day(4)), 5), ["changed /a"]);
    assert_eq!(news(Since::Moment(day(1)), 5), ["added /b", "added /c", "changed /a"]);
    desk.update_with(6, &forced);
    assert_eq!(news(Since::LastUpdate, 6), [""; 0]);
}
