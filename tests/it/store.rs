//! The page store: what is kept, what replaces what, and what a wrong file looks like.

use std::{fs, path::Path};

use jiff::Timestamp;
use mlsearch::{
    Error,
    page::{Form, Outcome, Page, Source},
    store::{CopyRole, Judgement, Postponed, Store},
};
use rusqlite::Connection;

const KEY: &str = "https://a.example.org/";

fn page(body: &str, outcome: Outcome) -> Page {
    Page {
        url: KEY.into(),
        final_url: format!("{KEY}x"),
        status: Some(if outcome == Outcome::Unchanged { 304 } else { 200 }),
        headers: vec![("etag".into(), format!("\"{}\"", body.len()))],
        body: body.into(),
        fetched_at: Timestamp::from_second(1_000_000).unwrap(),
        outcome,
        reason: Some("because".into()),
        form: Form::Page,
        come_back: None,
        source: Source::Live,
        requests: 1,
        wire_bytes: body.len() as u64,
        elapsed_ms: 1,
    }
}

/// The sketch of the only page.
fn sketch(store: &mut Store) -> Option<Vec<u8>> {
    store.set_worklist([(KEY, KEY, "title", &KEY)].into_iter()).unwrap();
    store.sketch(1).unwrap()
}

fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("pages.sqlite")).unwrap();
    (dir, store)
}

/// Texts are stored here as a reader sees them.
fn to_plain(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

/// Judges the last copy; returns whether the text has changed.
fn judge(store: &mut Store, outcome: Outcome, reason: Option<&str>, text: &str) -> bool {
    let text_bytes = text.as_bytes();
    let judgement = Judgement {
        version: 1,
        outcome,
        reason,
        text: text_bytes,
        plain: text,
        to_plain,
        sketch: Some(b"s"),
    };
    store.judge(KEY, CopyRole::Last, &judgement).unwrap()
}

#[test]
fn a_body_is_kept_as_it_came_and_known_when_it_comes_again() {
    let (_dir, mut store) = store();
    let body = "naïve \u{0} bytes".repeat(1000);
    assert_eq!(store.record(KEY, &page(&body, Outcome::Ok)).unwrap(), None);
    assert_eq!(store.record(KEY, &page(&body, Outcome::Ok)).unwrap(), None, "not judged yet");
    let copy = store.copy(KEY, CopyRole::Last).unwrap().unwrap();
    assert_eq!((copy.body, copy.final_url), (body.clone().into_bytes(), format!("{KEY}x")));
    assert_eq!(store.validators(KEY).unwrap().etag, Some(format!("\"{}\"", body.len())));
    assert_eq!(store.unjudged(1).unwrap(), [(KEY.to_owned(), CopyRole::Last)]);
}

#[test]
fn only_a_body_that_was_judged_good_replaces_the_last_good_one() {
    let (_dir, mut store) = store();
    store.record(KEY, &page("the article", Outcome::Ok)).unwrap();
    judge(&mut store, Outcome::Ok, None, "text");
    store.record(KEY, &page("are you a robot?", Outcome::Ok)).unwrap();
    judge(&mut store, Outcome::Blocked, Some("a challenge"), "");
    assert_eq!(store.text(KEY).unwrap().unwrap().text.unpack().unwrap(), b"text");
    let visit = store.last_visit(KEY).unwrap().unwrap();
    assert_eq!((visit.outcome, visit.reason.as_deref()), (Outcome::Blocked, Some("a challenge")));
    assert_eq!(store.unjudged(1).unwrap(), []);
    assert_eq!(store.unjudged(2).unwrap().len(), 2);
    assert_eq!(sketch(&mut store), Some(b"s".to_vec()));

    store.record(KEY, &page("the article, fixed", Outcome::Ok)).unwrap();
    judge(&mut store, Outcome::Ok, None, "fixed");
    assert_eq!(store.text(KEY).unwrap().unwrap().text.unpack().unwrap(), b"fixed");
    assert_eq!(store.copy(KEY, CopyRole::Last).unwrap(), None);
}

#[test]
fn a_failed_visit_is_recorded_and_takes_nothing_away() {
    let (_dir, mut store) = store();
    store.record(KEY, &page("the article", Outcome::Ok)).unwrap();
    judge(&mut store, Outcome::Ok, None, "text");
    let arrival = store.record(KEY, &page("<p>404</p>", Outcome::Gone)).unwrap();
    assert_eq!(arrival, Some((Outcome::Gone, Some("because".into()))));
    assert_eq!(store.last_visit(KEY).unwrap().unwrap().outcome, Outcome::Gone);
    assert_eq!(store.text(KEY).unwrap().unwrap().text.unpack().unwrap(), b"text");
    assert_eq!(store.last_visits().unwrap()[0].1.outcome, Outcome::Gone);
}

#[test]
fn the_visit_of_an_archived_page_is_the_one_to_the_site_whatever_its_reason_says() {
    for instead_of in Outcome::ALL {
        let (_dir, mut store) = store();
        let captured = Timestamp::from_second(500_000).unwrap();
        let source = Source::Archived { captured, instead_of };
        let reason = Some("ok: words for people; archived 1970-01-06".to_owned());
        let archived = Page { source: source.clone(), reason, ..page("copy", Outcome::Ok) };
        assert_eq!(store.record(KEY, &archived).unwrap(), None);
        let visit = store.last_visit(KEY).unwrap().unwrap();
        assert_eq!((visit.outcome, visit.archived), (instead_of, true));
        assert_eq!(store.copy(KEY, CopyRole::Last).unwrap().unwrap().source, source);
        assert_eq!(store.validators(KEY).unwrap().etag, None);
        if !instead_of.is_good() {
            judge(&mut store, Outcome::Ok, None, "text");
            assert_eq!(store.last_visit(KEY).unwrap().unwrap().outcome, instead_of);
            assert_eq!(store.text(KEY).unwrap().unwrap().source, source);
        }
    }
}

#[test]
fn an_archived_copy_takes_nothing_from_what_the_site_itself_gave() {
    let (_dir, mut store) = store();
    store.record(KEY, &page("the article", Outcome::Ok)).unwrap();
    judge(&mut store, Outcome::Ok, None, "text");
    let captured = Timestamp::from_second(500_000).unwrap();
    let source = Source::Archived { captured, instead_of: Outcome::TooLarge };
    let archived = Page { source, ..page("an old copy", Outcome::Ok) };
    let arrival = store.record(KEY, &archived).unwrap();
    assert_eq!(arrival, Some((Outcome::TooLarge, Some("because".into()))));
    assert_eq!(store.copy(KEY, CopyRole::Last).unwrap(), None);
}

#[test]
fn a_copy_keeps_the_form_of_its_body() {
    for form in Form::ALL {
        let (_dir, mut store) = store();
        store.record(KEY, &Page { form, ..page("the article", Outcome::Ok) }).unwrap();
        judge(&mut store, Outcome::Ok, None, "text");
        assert_eq!(store.copy(KEY, CopyRole::Good).unwrap().unwrap().form, form);
    }
}

#[test]
fn a_list_and_a_page_at_one_address_are_two_things() {
    let (_dir, mut store) = store();
    store.set_list(KEY, &page("- [A](https://b.example/)", Outcome::Ok)).unwrap();
    let until = Timestamp::from_second(2_000_000).unwrap();
    let postponed = Postponed { at: Timestamp::UNIX_EPOCH, until };
    store.postpone_list(KEY, postponed).unwrap();
    assert_eq!(store.copy(KEY, CopyRole::Good).unwrap(), None);
    assert_eq!(store.last_visit(KEY).unwrap(), None);
    assert_eq!(store.unjudged(1).unwrap(), []);
    store.record(KEY, &page("the article", Outcome::Ok)).unwrap();
    judge(&mut store, Outcome::Ok, None, "text");
    let list = store.list(KEY).unwrap().unwrap();
    assert_eq!(list.body, b"- [A](https://b.example/)");
    assert_eq!(list.validators, store.list_validators(KEY).unwrap());
    assert_eq!(list.validators.etag.as_deref(), Some("\"25\""));
    assert_eq!(store.postponed_list(KEY).unwrap(), Some(postponed));
    store.set_list(KEY, &page("- [B](https://b.example/)", Outcome::Ok)).unwrap();
    assert_eq!(store.list(KEY).unwrap().unwrap().body, b"- [B](https://b.example/)");
    assert_eq!(store.postponed_list(KEY).unwrap(), None, "the site answers again");
    assert_eq!(store.text(KEY).unwrap().unwrap().text.unpack().unwrap(), b"text");
}

#[test]
fn a_reader_is_not_kept_out_by_a_writer() {
    let (dir, mut store) = store();
    store.record(KEY, &page("the article", Outcome::Ok)).unwrap();
    let reader = Store::read(&dir.path().join("pages.sqlite")).unwrap().unwrap();
    store.record(KEY, &page("newer", Outcome::Ok)).unwrap();
    assert!(reader.copy(KEY, CopyRole::Last).unwrap().is_some());
    assert!(Store::read(&dir.path().join("none.sqlite")).unwrap().is_none());
}

#[test]
fn what_was_no_article_is_none_when_it_comes_again() {
    let (_dir, mut store) = store();
    store.record(KEY, &page("the article", Outcome::Ok)).unwrap();
    judge(&mut store, Outcome::Ok, None, "text");
    store.record(KEY, &page("are you a robot?", Outcome::Ok)).unwrap();
    judge(&mut store, Outcome::Blocked, Some("a challenge"), "");
    let blocked = Some((Outcome::Blocked, Some("a challenge".to_owned())));
    assert_eq!(store.record(KEY, &page("are you a robot?", Outcome::Ok)).unwrap(), blocked);
    // The validators sent were those of the newest copy, so it is the challenge that is unchanged.
    assert_eq!(store.record(KEY, &page("", Outcome::Unchanged)).unwrap(), blocked);
    assert_eq!(store.last_visit(KEY).unwrap().unwrap().outcome, Outcome::Blocked);
    let moved = Page { status: Some(304), ..page("", Outcome::Moved) };
    assert_eq!(store.record(KEY, &moved).unwrap(), blocked);

    let back = store.record(KEY, &page("the article", Outcome::Ok)).unwrap();
    assert_eq!(back.unwrap().0, Outcome::Unchanged);
    assert_eq!(store.copy(KEY, CopyRole::Last).unwrap(), None);
    assert_eq!(
        store.record(KEY, &page("", Outcome::Unchanged)).unwrap().unwrap().0,
        Outcome::Unchanged
    );
}

#[test]
fn each_differing_text_is_kept_up_to_a_bound() {
    let (_dir, mut store) = store();
    let mut visit = |body: &str, text: &str| {
        store.record(KEY, &page(body, Outcome::Ok)).unwrap();
        judge(&mut store, Outcome::Ok, None, text)
    };
    assert!(!visit("body 1", "text 1"), "the first text is no change");
    assert!(!visit("body 1b", "text 1"), "another body with the same text is no change");
    for number in 2..=25 {
        assert!(visit(&format!("body {number}"), &format!("text {number}")));
    }
    let versions = store.versions(KEY, to_plain).unwrap();
    assert_eq!(versions.len(), 20);
    assert_eq!((versions[0].number, versions[0].text.as_str()), (6, "text 6"));
    assert_eq!((versions[19].number, versions[19].text.as_str()), (25, "text 25"));
    assert_eq!(store.changes_after(Timestamp::UNIX_EPOCH).unwrap().len(), 1);

    // A judgement on a copy that is not there takes the place of nothing.
    assert!(!judge(&mut store, Outcome::Ok, None, "text of nothing"));
    assert_eq!(store.copy(KEY, CopyRole::Good).unwrap().unwrap().body, b"body 25");
    assert_eq!(store.versions(KEY, to_plain).unwrap(), versions);

    // Another version of the extractor sees another text in the same body: no version of its own.
    let plain = "text 25, better";
    let judgement = Judgement {
        version: 2,
        outcome: Outcome::Ok,
        reason: None,
        text: plain.as_bytes(),
        plain,
        to_plain,
        sketch: None,
    };
    assert!(!store.judge(KEY, CopyRole::Good, &judgement).unwrap());
    let versions = store.versions(KEY, to_plain).unwrap();
    assert_eq!((versions.len(), versions[19].text.as_str()), (20, plain));

    // One that sees none leaves the history as it is.
    let nothing =
        Judgement { version: 3, outcome: Outcome::Empty, text: b"", plain: "", ..judgement };
    assert!(!store.judge(KEY, CopyRole::Good, &nothing).unwrap());
    assert_eq!(store.versions(KEY, to_plain).unwrap(), versions);
}

#[test]
fn an_entry_keeps_its_first_date_and_what_is_removed_can_be_forgotten() {
    let (_dir, mut store) = store();
    let day = |day: i64| Timestamp::from_second(day * 86_400).unwrap();
    let see = |store: &mut Store, keys: &[&str], at, all| {
        store.set_worklist(keys.iter().map(|key| (*key, *key, "title", key))).unwrap();
        store.update_entries(day(at), all).unwrap()
    };
    assert_eq!(see(&mut store, &[KEY, "b"], 1, true), (2, 0));
    assert_eq!(see(&mut store, &["b", "c"], 2, true), (1, 1));
    assert_eq!(see(&mut store, &["c"], 3, false), (0, 0), "a list could not be had");
    let dates = |store: &Store, key| {
        let entry = store.entry(key).unwrap().unwrap();
        (entry.first_seen, entry.removed)
    };
    assert_eq!(dates(&store, KEY), (day(1), Some(day(2))));
    assert_eq!(dates(&store, "b"), (day(1), None));
    assert_eq!(dates(&store, "c"), (day(2), None));
    assert_eq!(see(&mut store, &[KEY, "b", "c"], 4, true), (0, 0));
    assert_eq!(dates(&store, KEY), (day(1), None));

    store.record(KEY, &page("the article", Outcome::Ok)).unwrap();
    for text in ["one", "two"] {
        store.record("b", &page(text, Outcome::Ok)).unwrap();
        let judgement = Judgement {
            version: 1,
            outcome: Outcome::Ok,
            reason: None,
            text: text.as_bytes(),
            plain: text,
            to_plain,
            sketch: None,
        };
        store.judge("b", CopyRole::Last, &judgement).unwrap();
    }
    see(&mut store, &["b", "c"], 5, true);
    assert_eq!(store.prune().unwrap(), (1, 1));
    assert_eq!(store.entry(KEY).unwrap(), None);
    assert_eq!(store.copy(KEY, CopyRole::Last).unwrap(), None);
    assert_eq!(store.last_visit(KEY).unwrap(), None);
    assert_eq!(store.versions("b", to_plain).unwrap().len(), 1);
}

#[test]
fn a_page_keeps_its_last_visits_and_where_it_has_moved() {
    let (_dir, mut store) = store();
    for second in 0..15 {
        let at = Timestamp::from_second(second).unwrap();
        let outcome = if second == 14 { Outcome::Moved } else { Outcome::Unchanged };
        let page = Page { fetched_at: at, status: Some(304), ..page("", outcome) };
        store.record(KEY, &page).unwrap();
    }
    let visits = store.visits(KEY).unwrap();
    assert_eq!(visits.len(), 12);
    assert_eq!(visits[0].at, Timestamp::from_second(14).unwrap());
    assert_eq!(
        (visits[0].outcome, &visits[0].moved_to),
        (Outcome::Moved, &Some(format!("{KEY}x")))
    );
    assert_eq!(visits[1].moved_to, None);
    store.record(KEY, &page("", Outcome::Unchanged)).unwrap();
    assert_eq!(store.last_visit(KEY).unwrap().unwrap().moved_to, None);
}

#[test]
fn a_store_at_rest_is_one_file() {
    let (dir, mut store) = store();
    store.record(KEY, &page("the article", Outcome::Ok)).unwrap();
    store.sync().unwrap();
    assert!(dir.path().join("pages.sqlite-wal").exists(), "a log, so that readers need not wait");
    drop(store);
    let files = fs::read_dir(dir.path()).unwrap();
    let names: Vec<_> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names, ["pages.sqlite"]);
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
    for version in 1..5 {
        let older = dir.path().join(format!("older{version}.sqlite"));
        drop(Store::open(&older).unwrap());
        Connection::open(&older).unwrap().pragma_update(None, "user_version", version).unwrap();
        let expected = format!("it is of version {version}, which is older than any that can be");
        check_refused(&older, &expected);
    }
}

#[track_caller]
fn check_refused(path: &Path, expected: &str) {
    let before = fs::read(path).unwrap();
    for opened in [Store::open(path).map(Some), Store::read(path)] {
        let Err(error @ Error::Store { .. }) = opened else { panic!("it was opened") };
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert_eq!(fs::read(path).unwrap(), before);
}

#[test]
fn what_is_put_together_is_written_together_or_not_at_all() {
    let (dir, mut store) = store();
    store.begin().unwrap();
    store.record(KEY, &page("the article", Outcome::Ok)).unwrap();
    store.begin().unwrap();
    let reader = Store::read(&dir.path().join("pages.sqlite")).unwrap().unwrap();
    assert_eq!(reader.last_visit(KEY).unwrap(), None);
    store.commit().unwrap();
    assert!(reader.last_visit(KEY).unwrap().is_some());
    store.begin().unwrap();
    store.record("https://other.example/", &page("another", Outcome::Ok)).unwrap();
    drop(store);
    assert_eq!(reader.last_visit("https://other.example/").unwrap(), None);
}

#[test]
fn a_body_goes_with_its_copy() {
    let (dir, mut store) = store();
    for text in ["one", "two", "three"] {
        store.record(KEY, &page(text, Outcome::Ok)).unwrap();
        judge(&mut store, Outcome::Ok, None, text);
    }
    store.record(KEY, &page("four", Outcome::Ok)).unwrap();
    store.record(KEY, &page("five", Outcome::Ok)).unwrap();
    drop(store);
    let db = Connection::open(dir.path().join("pages.sqlite")).unwrap();
    let count = |table: &str| -> u32 {
        db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    assert_eq!((count("copies"), count("bodies")), (2, 2));
}
