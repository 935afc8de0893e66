//! A page store with the tables of version 5: everything in it is there after it was opened.

use std::path::Path;

use jiff::Timestamp;
use mlsearch::{
    Error,
    page::{Form, Outcome, Source, Validators},
    store::{CopyRole, FollowUpPlace, Postponed, Store, Unfinished},
};
use rusqlite::{Connection, params};

/// The tables as version 5 made them.
const TABLES: &str = "
CREATE TABLE visits (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, at INTEGER NOT NULL, outcome TEXT NOT NULL,
    reason TEXT, status INTEGER, final_url TEXT NOT NULL, moved_to TEXT, archived INTEGER NOT NULL,
    due INTEGER NOT NULL, interval_s INTEGER NOT NULL
) STRICT;
CREATE INDEX visits_of_a_page ON visits (key, id);
CREATE TABLE versions (
    key TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, hash INTEGER NOT NULL,
    text BLOB NOT NULL, PRIMARY KEY (key, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX versions_by_date ON versions (at);
CREATE TABLE entries (
    key TEXT PRIMARY KEY, url TEXT NOT NULL, title TEXT NOT NULL, first_seen INTEGER NOT NULL,
    removed INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE runs (id INTEGER PRIMARY KEY, report TEXT NOT NULL) STRICT;
CREATE TABLE kept (
    kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE bodies (copy INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE copies (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('good', 'last')), fetched_at INTEGER NOT NULL,
    final_url TEXT NOT NULL, headers TEXT NOT NULL, source TEXT NOT NULL, hash INTEGER NOT NULL,
    version INTEGER, outcome TEXT, reason TEXT, text_hash INTEGER, sketch BLOB, text BLOB,
    UNIQUE (key, role)
) STRICT;
CREATE TRIGGER a_body_goes_with_its_copy AFTER DELETE ON copies BEGIN
    DELETE FROM bodies WHERE copy = OLD.id;
END;
CREATE INDEX copies_by_version ON copies (version);
PRAGMA application_id = 0x6d6c7365;
PRAGMA user_version = 5;
";

const LIVE: &str = r#"{"kind":"live"}"#;
const ARCHIVED: &str = r#"{"kind":"archived","captured":"2022-08-03T10:11:12Z"}"#;

fn packed(text: &str) -> Vec<u8> {
    zstd::bulk::compress(text.as_bytes(), 3).unwrap()
}

/// A store of version 5.
struct Old(Connection);

impl Old {
    fn new(path: &Path) -> Old {
        let db = Connection::open(path).unwrap();
        db.execute_batch(TABLES).unwrap();
        Old(db)
    }

    /// A judged copy, its text in capitals.
    fn copy(&self, key: &str, role: &str, headers: &str, source: &str, body: &str) {
        let insert = "INSERT INTO copies (key, role, fetched_at, final_url, headers, source, hash,
             version, outcome, reason, text_hash, sketch, text)
             VALUES (?1, ?2, 1000, ?1 || 'x', ?3, ?4, 7, 6, 'ok', 'why', 8, x'0102', ?5)";
        let text = packed(&body.to_uppercase());
        self.0.execute(insert, params![key, role, headers, source, text]).unwrap();
        let insert = "INSERT INTO bodies (copy, body) VALUES (?1, ?2)";
        self.0.execute(insert, params![self.0.last_insert_rowid(), packed(body)]).unwrap();
    }

    fn visit(&self, key: &str, outcome: &str, archived: bool, due: i64) {
        let insert = "INSERT INTO visits
             (key, at, outcome, reason, status, final_url, moved_to, archived, due, interval_s)
             VALUES (?1, 1000, ?2, 'why', 200, ?1, NULL, ?3, ?4, 86400)";
        self.0.execute(insert, params![key, outcome, archived, due]).unwrap();
    }

    fn keep(&self, kind: &str, name: &str, value: &str) {
        let insert = "INSERT INTO kept (kind, name, value) VALUES (?1, ?2, ?3)";
        self.0.execute(insert, [kind, name, value]).unwrap();
    }
}

fn ms(number: i64) -> Timestamp {
    Timestamp::from_millisecond(number).unwrap()
}

/// Opens a store of version 5 that `fill` has filled.
fn opened(fill: impl FnOnce(&Old)) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pages.sqlite");
    fill(&Old::new(&path));
    let Err(error) = Store::read(&path) else { panic!("it was read") };
    assert!(matches!(error, Error::StoreVersion(_)), "{error}");
    let store = Store::open(&path).unwrap();
    (dir, store)
}

#[test]
fn pages_texts_and_dates_of_an_older_store_are_there() {
    let key = "https://a.example/";
    let (dir, mut store) = opened(|old| {
        let headers = r#"[["content-type","text/html"],["etag","\"e\""]]"#;
        old.copy(key, "good", headers, LIVE, "good");
        old.copy(key, "last", r#"[["etag","\"l\""]]"#, LIVE, "last");
        old.visit(key, "ok", false, 5);
        old.visit(key, "unchanged", false, 6);
        let add = "INSERT INTO versions VALUES (?1, 1, 500, 1, ?2), (?1, 2, 900, 2, x'')";
        old.0.execute(add, params![key, packed("first")]).unwrap();
        let add = "INSERT INTO entries VALUES (?1, ?1, 'A', 400, NULL), ('b', 'b', 'B', 300, 800)";
        old.0.execute(add, [key]).unwrap();
        old.0.execute("INSERT INTO runs (report) VALUES ('{\"a\":1}')", []).unwrap();
    });
    let good = store.copy(key, CopyRole::Good).unwrap().unwrap();
    assert_eq!((good.body.as_slice(), good.final_url), (&b"good"[..], format!("{key}x")));
    assert_eq!((good.source, good.form, good.fetched_at), (Source::Live, Form::Page, ms(1000)));
    assert_eq!(good.headers[0], ("content-type".to_owned(), "text/html".to_owned()));
    assert_eq!(store.copy(key, CopyRole::Last).unwrap().unwrap().body, b"last");
    assert_eq!(store.validators(key).unwrap().etag.as_deref(), Some("\"l\""));
    assert_eq!(store.text(key).unwrap().unwrap().text.unpack().unwrap(), b"GOOD");
    assert_eq!(store.unjudged(6).unwrap(), []);
    let visits: Vec<_> =
        store.visits(key).unwrap().into_iter().map(|v| (v.outcome, v.due)).collect();
    assert_eq!(visits, [(Outcome::Unchanged, ms(6)), (Outcome::Ok, ms(5))]);
    let to_plain = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
    let versions = store.versions(key, to_plain).unwrap();
    let versions: Vec<_> = versions.iter().map(|v| (v.number, v.at, v.text.as_str())).collect();
    assert_eq!(versions, [(1, ms(500), "first"), (2, ms(900), "GOOD")]);
    let entry = |key| store.entry(key).unwrap().unwrap();
    assert_eq!((entry(key).first_seen, entry(key).removed), (ms(400), None));
    assert_eq!((entry("b").title.as_str(), entry("b").removed), ("B", Some(ms(800))));
    assert_eq!(store.runs::<serde_json::Value>(9).unwrap(), [serde_json::json!({"a": 1})]);
    // What is written now is written as ever: a body goes with its copy.
    store.set_worklist([("b", "b", "B", &())].into_iter()).unwrap();
    store.update_entries(ms(2000), true).unwrap();
    store.prune().unwrap();
    drop(store);
    let db = Connection::open(dir.path().join("pages.sqlite")).unwrap();
    let count = "SELECT (SELECT count(*) FROM copies) + (SELECT count(*) FROM bodies)";
    assert_eq!(db.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
    let version = db.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    assert_eq!(version.unwrap(), 8);
}

#[test]
fn the_form_of_a_body_and_what_an_archived_copy_stands_in_for_are_told() {
    let bundle = "--mlsearch-1\r\nContent-Location: https://b.example/\r\n\r\nx\r\n--mlsearch-1--";
    let (_dir, store) = opened(|old| {
        let multipart = r#"["content-type","multipart/related; boundary=\"mlsearch-1\""]"#;
        let summary = r#"["mlsearch-summary","the abstract, by the arXiv API"]"#;
        let etag = r#"["etag","\"e\""]"#;
        old.copy("parts", "good", &format!("[{etag},{multipart}]"), LIVE, bundle);
        old.copy("summary", "good", &format!("[{summary},{etag}]"), LIVE, "abstract");
        old.copy("page", "good", "[]", LIVE, bundle);
        old.copy("blocked", "good", "[]", ARCHIVED, "copy");
        old.copy("unvisited", "good", "[]", ARCHIVED, "copy");
        old.visit("blocked", "too_large", false, 1);
        old.visit("blocked", "blocked", true, 1);
        old.visit("blocked", "unreachable", false, 1);
    });
    for (key, form) in [("parts", Form::Parts), ("summary", Form::Summary), ("page", Form::Page)] {
        let copy = store.copy(key, CopyRole::Good).unwrap().unwrap();
        let headers: Vec<&str> = copy.headers.iter().map(|(name, _)| name.as_str()).collect();
        let expected: &[&str] = if key == "page" { &[] } else { &["etag"] };
        assert_eq!((copy.form, headers.as_slice()), (form, expected), "{key}");
    }
    let captured = "2022-08-03T10:11:12Z".parse().unwrap();
    for (key, instead_of) in [("blocked", Outcome::Blocked), ("unvisited", Outcome::Gone)] {
        let copy = store.copy(key, CopyRole::Good).unwrap().unwrap();
        assert_eq!(copy.source, Source::Archived { captured, instead_of }, "{key}");
        assert_eq!(store.text(key).unwrap().unwrap().source, copy.source, "{key}");
    }
}

#[test]
fn lists_are_no_pages_any_more() {
    let (_dir, store) = opened(|old| {
        let headers = r#"[["etag","\"e\""],["last-modified","then"]]"#;
        old.copy("list:https://a.example/list.md", "good", headers, LIVE, "- list");
        old.visit("list:https://a.example/list.md", "gone", false, 9000);
        old.visit("list:https://a.example/list.md", "ok", false, 1000);
        old.visit("list:https://b.example/list.md", "ok", false, 1000);
        old.visit("list:https://b.example/list.md", "unreachable", false, 9000);
    });
    let list = store.list("https://a.example/list.md").unwrap().unwrap();
    assert_eq!((list.body.as_slice(), list.fetched_at), (&b"- list"[..], ms(1000)));
    let (etag, last_modified) = (Some("\"e\"".to_owned()), Some("then".to_owned()));
    assert_eq!(list.validators, Validators { etag, last_modified });
    assert_eq!(store.postponed_list("https://a.example/list.md").unwrap(), None);
    let postponed = Some(Postponed { at: ms(1000), until: ms(9000) });
    assert_eq!(store.postponed_list("https://b.example/list.md").unwrap(), postponed);
    assert_eq!(store.unjudged(0).unwrap(), []);
    assert_eq!(store.last_visits().unwrap(), []);
}

#[test]
fn everything_that_was_kept_by_name_has_its_place() {
    let (_dir, store) = opened(|old| {
        let robots = r#"{"fetched_at":"1970-01-01T00:00:01.5Z","status":200,"body":[65,0,255]}"#;
        old.keep("robots", "https://a.example", robots);
        old.keep("robots", "https://b.example", &robots.replace("200", "null"));
        old.keep("canonical", "https://a.example/x", "\"https://a.example/own\"");
        let page = r#"{"url":"u","final_url":"f","status":200,
            "headers":[["etag","e"],["mlsearch-summary","what"]],"body":[],
            "fetched_at":"1970-01-01T00:00:02Z","outcome":"ok","reason":null,"come_back":null,
            "source":{"kind":"live"},"requests":3,"wire_bytes":4,"elapsed_ms":5}"#;
        let follow_up = |place: &str| {
            format!(
                r#"{{"page":{page},"urls":["https://c.example/2","https://c.example/1"],"place":"{place}"}}"#
            )
        };
        for place in ["Instead", "After", "Before"] {
            old.keep("further", &format!("https://{place}.example/"), &follow_up(place));
        }
        old.keep("gate", "failed", "17");
        old.keep("run", "extracting", "true");
        let unfinished = r#"{"since":"1970-01-01T00:00:03Z","refresh":true}"#;
        old.keep("run", "unfinished", unfinished);
        old.keep("done", "userinfo is forgotten", "true");
    });
    let robots = store.robots("https://a.example").unwrap().unwrap();
    assert_eq!((robots.fetched_at, robots.status), (ms(1500), Some(200)));
    assert_eq!(robots.body, [65, 0, 255]);
    assert_eq!(store.robots("https://b.example").unwrap().unwrap().status, None);
    assert_eq!(store.all_robots().unwrap().len(), 2);
    let claim = ("https://a.example/x".to_owned(), "https://a.example/own".to_owned());
    assert_eq!(store.claims().unwrap(), [claim]);
    let follow_ups = store.follow_ups().unwrap();
    let places: Vec<_> = follow_ups.iter().map(|(_, follow_up)| follow_up.place).collect();
    assert_eq!(places, [FollowUpPlace::After, FollowUpPlace::Before, FollowUpPlace::Instead]);
    for (_, follow_up) in follow_ups {
        assert_eq!(follow_up.urls, ["https://c.example/2", "https://c.example/1"]);
        assert_eq!(follow_up.page.form, Form::Summary);
        assert_eq!(follow_up.page.headers, [("etag".to_owned(), "e".to_owned())]);
        assert_eq!((follow_up.page.requests, follow_up.page.fetched_at), (3, ms(2000)));
    }
    assert_eq!(store.failed_pages().unwrap(), Some(17));
    // Not in the forms that are known by now.
    assert!(store.is_extracting().unwrap() && !store.is_without_userinfo().unwrap());
    let unfinished = Unfinished { since: ms(3000), refresh: true };
    assert_eq!(store.unfinished().unwrap(), Some(unfinished));
}

#[test]
fn an_older_store_with_nothing_in_it_is_as_good_as_a_new_one() {
    let (_dir, store) = opened(|_| {});
    assert_eq!(store.failed_pages().unwrap(), None);
    assert_eq!(store.unfinished().unwrap(), None);
    assert!(!store.is_extracting().unwrap() && !store.is_without_userinfo().unwrap());
    assert!(!store.has_follow_ups().unwrap());
}

/// Opens a store that was made an older one.
fn opened_after(older: &str) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pages.sqlite");
    drop(Store::open(&path).unwrap());
    Connection::open(&path).unwrap().execute_batch(older).unwrap();
    assert!(matches!(Store::read(&path), Err(Error::StoreVersion(_))));
    let store = Store::open(&path).unwrap();
    (dir, store)
}

const VERSION_7: &str = "DROP TABLE published; DROP TABLE former_keys; PRAGMA user_version = 7;";

#[test]
fn a_store_that_knows_no_moved_entries_gets_tables_for_them() {
    let (_dir, mut store) = opened_after(VERSION_7);
    assert!(!store.knows_published().unwrap());
    store.move_entry("a", "b", true).unwrap();
    assert_eq!(store.former_keys().unwrap().len(), 1);
}

#[test]
fn a_store_without_unlisted_pages_gets_a_table_for_them() {
    let older = format!("{VERSION_7} DROP TABLE unlisted; PRAGMA user_version = 6;");
    let (_dir, mut store) = opened_after(&older);
    store.set_worklist(std::iter::empty::<(&str, &str, &str, &())>()).unwrap();
    store.add_unlisted("k", "k", &()).unwrap();
    assert_eq!(store.count_pending().unwrap(), 1);
    assert_eq!(store.drop_unlisted_without_text().unwrap(), 0, "nothing was read yet");
}
