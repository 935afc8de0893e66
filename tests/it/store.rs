//! The page store: what is kept, what replaces what, and what a wrong file looks like.

use std::{fs, path::Path};

use jiff::Timestamp;
use mlsearch::{
    Error,
    page::{Outcome, Page, Source},
    store::{Role, Store},
};
use rusqlite::Connection;

const KEY: &str = "https://a.example.org/";

fn page(body: &str, outcome: Outcome) -> Page {
    Page {
        url: KEY.into(),
        final_url: format!("{KEY}x"),
        status: Some(200),
        headers: vec![("etag".into(), format!("\"{}\"", body.len()))],
        body: body.into(),
        fetched_at: Timestamp::from_second(1_000_000).unwrap(),
        outcome,
        reason: Some("because".into()),
        source: Source::Live,
        requests: 1,
        wire_bytes: body.len() as u64,
        elapsed_ms: 1,
    }
}

fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("pages.sqlite")).unwrap();
    (dir, store)
}

#[test]
fn a_body_is_kept_as_it_came_and_known_when_it_comes_again() {
    let (_dir, mut store) = store();
    let body = "naïve \u{0} bytes".repeat(1000);
    assert!(store.record(KEY, &page(&body, Outcome::Ok)).unwrap());
    assert!(!store.record(KEY, &page(&body, Outcome::Ok)).unwrap());
    let copy = store.copy(KEY, Role::Last).unwrap().unwrap();
    assert_eq!((copy.body, copy.final_url), (body.clone().into_bytes(), format!("{KEY}x")));
    assert_eq!(store.validators(KEY).unwrap().etag, Some(format!("\"{}\"", body.len())));
    assert_eq!(store.without_text(1).unwrap(), [(KEY.to_owned(), Role::Last)]);
}

#[test]
fn only_a_body_that_was_judged_good_replaces_the_last_good_one() {
    let (_dir, mut store) = store();
    store.record(KEY, &page("the article", Outcome::Ok)).unwrap();
    store.set_text(KEY, Role::Last, 1, b"text", (Outcome::Ok, None)).unwrap();
    store.record(KEY, &page("are you a robot?", Outcome::Ok)).unwrap();
    store.set_text(KEY, Role::Last, 1, b"", (Outcome::Blocked, Some("a challenge"))).unwrap();
    assert_eq!(store.text(KEY).unwrap().unwrap().text, b"text");
    let visit = store.last_visit(KEY).unwrap().unwrap();
    assert_eq!((visit.outcome, visit.reason.as_deref()), (Outcome::Blocked, Some("a challenge")));
    assert_eq!(store.without_text(1).unwrap(), []);
    assert_eq!(store.without_text(2).unwrap().len(), 2);

    store.record(KEY, &page("the article, mended", Outcome::Ok)).unwrap();
    store.set_text(KEY, Role::Last, 1, b"mended", (Outcome::Ok, None)).unwrap();
    assert_eq!(store.text(KEY).unwrap().unwrap().text, b"mended");
    assert_eq!(store.copy(KEY, Role::Last).unwrap(), None);
}

#[test]
fn a_failed_visit_is_recorded_and_takes_nothing_away() {
    let (_dir, mut store) = store();
    store.record(KEY, &page("the article", Outcome::Ok)).unwrap();
    store.set_text(KEY, Role::Last, 1, b"text", (Outcome::Ok, None)).unwrap();
    assert!(!store.record(KEY, &page("<p>404</p>", Outcome::Gone)).unwrap());
    assert_eq!(store.last_visit(KEY).unwrap().unwrap().outcome, Outcome::Gone);
    assert_eq!(store.text(KEY).unwrap().unwrap().text, b"text");
    assert_eq!(store.outcomes().unwrap(), [(KEY.to_owned(), Outcome::Gone)]);
}

#[test]
fn a_reader_is_not_kept_out_by_a_writer() {
    let (dir, mut store) = store();
    store.record(KEY, &page("the article", Outcome::Ok)).unwrap();
    let reader = Store::read(&dir.path().join("pages.sqlite")).unwrap().unwrap();
    store.record(KEY, &page("newer", Outcome::Ok)).unwrap();
    assert!(reader.copy(KEY, Role::Last).unwrap().is_some());
    assert!(Store::read(&dir.path().join("none.sqlite")).unwrap().is_none());
}

#[test]
fn a_file_that_is_no_store_is_named_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("text.sqlite");
    fs::write(&text, "this is not a database, but it is somebody's file".repeat(100)).unwrap();
    check_refused(&text, "not a database");
    let foreign = dir.path().join("foreign.sqlite");
    let db = Connection::open(&foreign).unwrap();
    db.execute_batch("PRAGMA application_id = 7; CREATE TABLE t (x)").unwrap();
    check_refused(&foreign, "another program");
    let newer = dir.path().join("newer.sqlite");
    drop(Store::open(&newer).unwrap());
    Connection::open(&newer).unwrap().pragma_update(None, "user_version", 99).unwrap();
    check_refused(&newer, "made by a newer mlsearch");
}

#[track_caller]
fn check_refused(path: &Path, expected: &str) {
    let before = fs::read(path).unwrap();
    for opened in [Store::open(path).map(Some), Store::read(path)] {
        let Err(error @ Error::Store { .. }) = opened else { panic!("it was opened") };
        assert!(error.to_string().contains(expected), "{error}");
        assert!(error.hint().unwrap().contains("mlsearch update"));
    }
    assert_eq!(fs::read(path).unwrap(), before);
}
