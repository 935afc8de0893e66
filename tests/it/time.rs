//! Updates over days and months: what is due, what is new, what is broken. The clock is ours.

use std::{
    collections::BTreeMap,
    fs,
    sync::atomic::{AtomicI64, Ordering},
};

use jiff::Timestamp;
use mlsearch::{
    collection::Collection,
    crawl::Stop,
    inspect::{self, NewsKind, Since},
    page::Outcome,
    store::Store,
    update::{self, Options, Progress, Report},
};

use crate::{
    program,
    web::{Answer, Web},
};

/// A clock that a test sets, in days.
macro_rules! clock {
    ($read:ident, $days:ident) => {
        static $days: AtomicI64 = AtomicI64::new(0);
        fn $read() -> Timestamp {
            day($days.load(Ordering::SeqCst))
        }
    };
}

pub(crate) use clock;

pub fn day(number: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + number * 86_400).unwrap()
}

/// A collection with one list, visited at a server on loopback.
pub struct LocalCollection {
    pub dir: tempfile::TempDir,
    pub web: Web,
    days: &'static AtomicI64,
    pub options: Options,
}

impl LocalCollection {
    pub fn new(clock: fn() -> Timestamp, days: &'static AtomicI64) -> LocalCollection {
        let dir = tempfile::tempdir().unwrap();
        let settings = "[[list]]\nsource = \"list.md\"\n[crawl]\narchive = false\n";
        fs::write(dir.path().join("mlsearch.toml"), settings).unwrap();
        let mut options = Options::new(clock);
        options.delay = Some(std::time::Duration::ZERO);
        options.allow_net = vec!["127.0.0.0/8".parse().unwrap()];
        options.jobs = 2;
        LocalCollection { dir, web: Web::start(), days, options }
    }

    /// Writes the list: one entry for each path.
    pub fn list(&self, paths: &[&str]) {
        let mut text = "# Articles\n\n".to_owned();
        for path in paths {
            text.push_str(&format!("- [On {}]({}{path}) - words\n", &path[1..], self.web.origin()));
        }
        fs::write(self.dir.path().join("list.md"), text).unwrap();
    }

    pub fn put(&self, path: &str, text: &str) {
        self.web.put(path, article(path, text).with("ETag", &format!("\"{text}\"")));
    }

    pub fn collection(&self) -> Collection {
        Collection::open(self.dir.path()).unwrap()
    }

    fn update(&self, number: i64) -> Report {
        self.update_with(number, &self.options)
    }

    pub fn update_with(&self, number: i64, options: &Options) -> Report {
        self.days.store(number, Ordering::SeqCst);
        update::update(&self.collection(), options, &Stop::default(), &mut |_| {}).unwrap()
    }

    /// What is new, as `added /path` or `changed /path`.
    fn news(&self, since: Since) -> Vec<String> {
        let news = inspect::news(&self.collection(), since, (self.options.clock)()).unwrap();
        let line = |news: inspect::News| {
            let what = if news.what == NewsKind::Added { "added" } else { "changed" };
            format!("{what} {}", news.url.strip_prefix(&self.web.origin()).unwrap())
        };
        let mut lines: Vec<String> = news.into_iter().map(line).collect();
        lines.sort();
        lines
    }
}

pub fn article(path: &str, text: &str) -> Answer {
    Answer::html(format!(
        "<!doctype html><html lang=en><head><title>On {path}</title></head><body><article>\
         <h1>On {path}</h1><p>The team wrote down how the work on {path} went and why it was begun \
         at all, so that those who come after them need not find out again. The word is {text}.</p>\
         <p>There were three attempts. The first was slow, the second broke under load in the week \
         before the holidays, and the third, {text}, is what runs today.</p></article></body></html>"
    ))
}

#[test]
fn only_what_is_due_is_visited() {
    clock!(now, DAYS);
    let local = LocalCollection::new(now, &DAYS);
    local.list(&["/a", "/b", "/c"]);
    for path in ["/a", "/b", "/c"] {
        local.put(path, "one");
    }
    let first = local.update(0);
    assert_eq!((first.visited, first.extracted, first.added), (3, 3, 3));
    assert_eq!(local.update(5).visited, 0);
    local.put("/b", "two");
    let second = local.update(7);
    assert_eq!((second.visited, second.changed, second.extracted), (3, 1, 1));
    assert_eq!(local.update(9).visited, 0);
    let third = local.update(11);
    assert_eq!(third.visited, 1, "what has changed is visited earlier");
    assert_eq!(local.update(21).visited, 3);

    local.list(&["/a", "/b", "/c", "/d"]);
    let fourth = local.update(22);
    assert_eq!((fourth.visited, fourth.added), (1, 1), "what was never visited is due");
    assert_eq!(fourth.outcomes[&Outcome::Gone], 1);
    assert_eq!(local.update(23).visited, 1, "what failed is tried again the next day");
    assert_eq!(local.update(24).visited, 0, "and then later and later");
    assert_eq!(local.update(25).visited, 1);
    let all = local.update_with(25, &Options { refresh: true, ..local.options.clone() });
    assert_eq!(all.visited, 4);
}

#[test]
fn what_a_site_puts_off_is_left_alone_until_then() {
    clock!(now, DAYS);
    let local = LocalCollection::new(now, &DAYS);
    let put_off = |status, until| Answer::status(status).with("Retry-After", until);
    let asked = |number| -> Vec<String> {
        local.web.take_seen();
        local.update(number);
        let mut asked: Vec<_> = local.web.take_seen().into_iter().map(|seen| seen.url).collect();
        asked.retain(|url| url != "/robots.txt");
        asked.sort();
        asked
    };
    let paths = ["/ages", "/date", "/seconds"];
    local.list(&paths);
    local.web.put("/ages", put_off(503, "99999999999"));
    local.web.put("/date", put_off(429, "Fri, 24 Nov 2023 22:13:20 GMT"));
    local.web.put("/seconds", put_off(503, "864000"));
    assert_eq!(asked(0), paths);
    for number in [1, 2, 5, 9] {
        assert_eq!(asked(number), [""; 0], "day {number}");
    }
    paths.iter().for_each(|path| local.put(path, "one"));
    assert_eq!(asked(10), paths[1..]);
    assert_eq!(asked(59), paths[1..]);
    assert_eq!(asked(60), paths[..1], "no page is left alone for longer than 60 days");

    // The pages of a host that was left alone after five failures, and those of a robots.txt.
    let more: Vec<String> = (1..=7).map(|number| format!("/{number}")).collect();
    let more: Vec<&str> = more.iter().map(String::as_str).collect();
    local.list(&more);
    more.iter().for_each(|path| local.web.put(path, put_off(429, "864000")));
    assert_eq!(asked(100).len(), 5);
    assert_eq!(asked(109), [""; 0]);
    local.web.put("/robots.txt", put_off(503, "432000"));
    assert_eq!(asked(110), [""; 0]);
    local.web.put("/robots.txt", Answer::status(404));
    local.web.take_seen();
    local.update(114);
    assert_eq!(local.web.count_seen(), 0);
    more.iter().for_each(|path| local.put(path, "one"));
    assert_eq!(asked(115), more);
}

#[test]
fn a_list_that_is_put_off_is_left_alone_until_then() {
    clock!(now, DAYS);
    let local = LocalCollection::new(now, &DAYS);
    let list = format!("{}/list.md", local.web.origin());
    let settings = format!("[[list]]\nsource = \"{list}\"\n[crawl]\narchive = false\n");
    fs::write(local.dir.path().join("mlsearch.toml"), settings).unwrap();
    let good = || Answer::html(format!("<ul><li><a href=\"{list}/a\">A</a></ul>"));
    local.web.put("/list.md", good());
    local.web.put("/list.md/a", article("/a", "one"));
    let asks = |number| {
        local.web.take_seen();
        assert_eq!(local.update(number).entries, 1, "the last good copy is read");
        local.web.take_seen().iter().any(|seen| seen.url == "/list.md")
    };
    assert!(asks(0));
    for (wait, days) in [("864000", 10), ("99999999999", 60)] {
        let asked = DAYS.load(Ordering::SeqCst) + 1;
        local.web.put("/list.md", Answer::status(503).with("Retry-After", wait));
        assert!(asks(asked));
        assert!(!asks(asked + 1));
        assert!(!asks(asked + days - 1));
        local.web.put("/list.md", good());
        assert!(asks(asked + days + 1));
    }
}

#[test]
fn a_list_that_has_moved_and_is_unchanged_is_read_without_a_warning() {
    clock!(now, DAYS);
    let local = LocalCollection::new(now, &DAYS);
    let list = format!("{}/old.md", local.web.origin());
    let settings = format!("[[list]]\nsource = \"{list}\"\n[crawl]\narchive = false\n");
    fs::write(local.dir.path().join("mlsearch.toml"), settings).unwrap();
    let text = format!("<ul><li><a href=\"{}/a\">A</a></ul>", local.web.origin());
    local.web.put("/old.md", Answer::status(301).with("Location", "/new.md"));
    local.web.put("/new.md", Answer::html(text).with("ETag", "\"1\""));
    local.put("/a", "one");
    for _ in 0..2 {
        let mut warnings = Vec::new();
        let mut tell = |progress: Progress<'_>| {
            if let Progress::Warning { message, .. } = progress {
                warnings.push(message.to_owned());
            }
        };
        let update =
            update::update(&local.collection(), &local.options, &Stop::default(), &mut tell);
        assert_eq!(update.unwrap().entries, 1);
        assert_eq!(warnings, [""; 0]);
    }
    let seen = local.web.take_seen();
    let tag = seen.iter().rev().find(|seen| seen.url == "/new.md").unwrap();
    assert_eq!(tag.headers["if-none-match"], "\"1\"");
}

#[test]
fn an_unchanged_collection_costs_conditional_requests_and_nothing_else() {
    clock!(now, DAYS);
    let local = LocalCollection::new(now, &DAYS);
    let paths: Vec<String> = (0..20).map(|number| format!("/{number}")).collect();
    local.list(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    paths.iter().for_each(|path| local.put(path, "one"));
    local.update(0);
    local.web.take_seen();
    let again = local.update_with(1, &Options { refresh: true, ..local.options.clone() });
    assert_eq!((again.visited, again.extracted, again.generation), (20, 0, None));
    assert_eq!(again.outcomes[&Outcome::Unchanged], 20);
    let seen = local.web.take_seen();
    let pages = seen.iter().filter(|seen| seen.url != "/robots.txt");
    assert_eq!(pages.clone().count(), 20);
    assert!(pages.clone().all(|seen| seen.headers.contains_key("if-none-match")));

    // Another body with the same text is extracted and changes nothing.
    for path in &paths {
        let mut answer = article(path, "one");
        answer.body.extend_from_slice(b"<!-- served in 3 ms -->");
        local.web.put(path, answer);
    }
    let same = local.update_with(2, &Options { refresh: true, ..local.options.clone() });
    assert_eq!((same.extracted, same.changed, same.generation), (20, 0, None));
    assert_eq!(same.outcomes[&Outcome::Unchanged], 20);

    let store = Store::read(&local.collection().store_path()).unwrap().unwrap();
    let week = std::time::Duration::from_secs(7 * 86_400);
    let visits = store.last_visits().unwrap();
    assert!(visits.iter().all(|(_, last)| last.interval == week), "it is too early to tell");
}

#[test]
fn another_version_of_the_extractor_sends_no_request() {
    clock!(now, DAYS);
    let local = LocalCollection::new(now, &DAYS);
    local.list(&["/a", "/b"]);
    local.put("/a", "one");
    local.put("/b", "one");
    local.update(0);
    local.web.take_seen();
    let db = rusqlite::Connection::open(local.collection().store_path()).unwrap();
    // As an older extractor would have left it.
    db.execute("UPDATE copies SET version = 0, text_hash = 0, text = x'', sketch = NULL", [])
        .unwrap();
    drop(db);
    let report = local.update(1);
    assert_eq!((report.extracted, report.visited, report.changed), (2, 0, 0));
    assert_eq!(local.web.count_seen(), 0);
    assert_eq!(report.full_texts, 2);
    assert_eq!(local.news(Since::LastUpdate), [""; 0], "other eyes are no change of the page");
}

#[test]
fn what_is_new_is_told_at_every_step() {
    clock!(now, DAYS);
    let local = LocalCollection::new(now, &DAYS);
    for path in ["/a", "/b", "/c"] {
        local.put(path, "one");
    }
    local.list(&["/a"]);
    local.update(0);
    assert_eq!(local.news(Since::LastUpdate), ["added /a"]);
    local.list(&["/a", "/b"]);
    local.update(1);
    assert_eq!(local.news(Since::LastUpdate), ["added /b"]);
    assert_eq!(local.news(Since::Moment(day(-1))), ["added /a", "added /b"]);
    local.update(2);
    assert_eq!(local.news(Since::LastUpdate), [""; 0]);
    // One entry goes and another one comes; the text of the third has changed.
    local.list(&["/b", "/c"]);
    local.put("/b", "two");
    let forced = Options { refresh: true, force: true, ..local.options.clone() };
    let report = local.update_with(3, &forced);
    assert_eq!((report.added, report.removed, report.changed), (1, 1, 1));
    assert_eq!(local.news(Since::LastUpdate), ["added /c", "changed /b"]);
    assert_eq!(local.news(Since::Moment(day(0))), ["added /b", "added /c"]);
    // What comes back is not new.
    local.list(&["/a", "/b", "/c"]);
    local.update(4);
    assert_eq!(local.news(Since::LastUpdate), [""; 0]);

    let url = format!("{}/b", local.web.origin());
    let history = inspect::history(&local.collection(), &url).unwrap();
    assert_eq!(history.entry.first_seen, day(1));
    let versions: Vec<_> = history.versions.iter().map(|version| version.at).collect();
    assert_eq!(versions, [day(1), day(3)]);
    assert!(history.versions[1].text.contains("two"));

    let pruned = Options { prune: true, ..local.options.clone() };
    local.update_with(5, &pruned);
    assert_eq!(inspect::history(&local.collection(), &url).unwrap().versions.len(), 1);
}

/// Revisions of a list, drawn: entries come, go and come back; what is told is held against a model.
#[test]
fn a_list_is_replayed_through_its_revisions() {
    clock!(now, DAYS);
    let local = LocalCollection::new(now, &DAYS);
    let paths: Vec<String> = (0..60).map(|number| format!("/{number}")).collect();
    let mut random = fastrand::Rng::with_seed(3);
    // Path → the revision that first had it; and those that are listed now, in their order.
    let mut first: BTreeMap<&str, i64> = BTreeMap::new();
    let mut listed: Vec<&str> = Vec::new();
    let options = Options { offline: true, force: true, ..local.options.clone() };
    for revision in 0..25 {
        for _ in 0..random.usize(0..4) {
            let path = paths[random.usize(0..paths.len())].as_str();
            if !listed.contains(&path) {
                listed.insert(random.usize(0..=listed.len()), path);
            }
        }
        if listed.len() > 3 && random.usize(0..3) == 0 {
            listed.remove(random.usize(0..listed.len()));
        }
        if listed.is_empty() {
            listed.push(&paths[0]);
        }
        let new: Vec<&str> = listed.iter().copied().filter(|p| !first.contains_key(p)).collect();
        first.extend(new.iter().map(|path| (*path, revision)));
        local.list(&listed);
        let report = local.update_with(revision, &options);
        assert_eq!((report.added, report.documents), (new.len() as u64, listed.len() as u64));
        let added = |since: i64| -> Vec<String> {
            let mut lines: Vec<String> = listed
                .iter()
                .filter(|path| first[**path] >= since)
                .map(|path| format!("added {path}"))
                .collect();
            lines.sort();
            lines
        };
        assert_eq!(local.news(Since::LastUpdate), added(revision), "revision {revision}");
        for since in 0..=revision {
            let news = local.news(Since::Moment(day(since - 1)));
            assert_eq!(news, added(since), "since {since} in revision {revision}");
        }
    }
    let store = Store::read(&local.collection().store_path()).unwrap().unwrap();
    let seen = store.entries().unwrap();
    assert_eq!(seen.len(), first.len());
    for entry in seen {
        let path = entry.url.strip_prefix(&local.web.origin()).unwrap();
        assert_eq!(entry.first_seen, day(first[path]), "{path}");
        assert_eq!(entry.removed.is_none(), listed.contains(&path), "{path}");
    }
}

#[test]
fn a_list_may_begin_empty_and_is_not_emptied_unnoticed() {
    clock!(now, DAYS);
    let local = LocalCollection::new(now, &DAYS);
    let offline = Options { offline: true, ..local.options.clone() };
    local.list(&[]);
    let empty = local.update_with(0, &offline);
    assert_eq!((empty.documents, empty.generation), (0, Some(1)));
    let dir = local.dir.path().to_str().unwrap();
    let run =
        |args: &[&str]| program::Run::of(program::program().args(["--index", dir]).args(args));
    for args in [&["words"][..], &["new"], &["--company", "x"]] {
        let run = run(args);
        assert!(run.code > 0 && !run.stderr.contains("panicked"), "{args:?}: {}", run.stderr);
    }
    assert_eq!((run(&["status"]).code, run(&["facets"]).code, run(&["check"]).code), (0, 1, 0));
    local.list(&["/a", "/b"]);
    let report = local.update_with(1, &offline);
    assert_eq!((report.documents, report.refused), (2, None));
    assert_eq!(local.news(Since::LastUpdate), ["added /a", "added /b"]);
    local.list(&[]);
    let refused = local.update_with(2, &offline).refused;
    assert_eq!(refused.as_deref(), Some("0 documents where there were 2"));
    assert_eq!(run(&["words"]).code, 0);
}

#[test]
fn what_a_refused_update_found_is_news_until_it_is_published() {
    clock!(now, DAYS);
    let local = LocalCollection::new(now, &DAYS);
    let offline = Options { offline: true, ..local.options.clone() };
    let paths: Vec<String> = (0..10).map(|number| format!("/{number}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    local.list(&paths);
    local.update_with(0, &offline);
    local.list(&[&paths[..4], &["/new"]].concat());
    let refused = local.update_with(1, &offline).refused;
    assert_eq!(refused.as_deref(), Some("5 documents where there were 10"));
    assert_eq!(local.news(Since::LastUpdate), ["added /new"]);
    let forced = local.update_with(2, &Options { force: true, ..offline });
    assert_eq!((forced.refused, forced.documents), (None, 5));
    assert_eq!(local.news(Since::LastUpdate), ["added /new"]);
}

#[test]
fn an_index_made_while_most_pages_failed_is_refused_until_they_are_back() {
    clock!(now, DAYS);
    let local = LocalCollection::new(now, &DAYS);
    let paths: Vec<String> = (0..10).map(|number| format!("/{number}")).collect();
    local.list(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    for path in &paths[..9] {
        local.put(path, "one");
    }
    let refresh = Options { refresh: true, ..local.options.clone() };
    assert_eq!(local.update_with(0, &refresh).refused, None);
    for path in &paths[..6] {
        local.web.put(path, Answer::status(403));
    }
    for number in [1, 2] {
        let refused = local.update_with(number, &refresh).refused;
        assert_eq!(refused.as_deref(), Some("7 of 10 pages failed, 1 of them before"));
    }
    let status = inspect::status(&local.collection(), None, day(9)).unwrap();
    assert_eq!(
        status.refused.as_deref(),
        Some(
            "index is 9 days old: the last rebuild was refused, 7 of 10 pages failed, 1 of them before"
        )
    );
    assert_eq!(status.runs.len(), 3);
    assert!(status.due > 0);
    for path in &paths[..6] {
        local.put(path, "two");
    }
    let fixed = local.update_with(10, &refresh);
    assert_eq!((fixed.refused, fixed.changed), (None, 6));
    assert_eq!(inspect::status(&local.collection(), None, day(10)).unwrap().refused, None);
}

#[test]
fn without_a_network_no_page_has_failed() {
    let collection = program::Collection::offline();
    let run = collection.ok(&["update"]);
    assert!(run.stderr.contains("no network"), "{}", run.stderr);
    let store = Store::read(&collection.file("pages.sqlite")).unwrap().unwrap();
    assert_eq!(store.last_visits().unwrap(), []);
    let status = collection.json(&["status", "--json"]);
    assert_eq!((status["due"].as_u64(), status["never_visited"].as_u64()), (Some(50), Some(50)));
}

#[test]
fn the_news_are_a_feed_that_readers_understand() {
    let collection = program::Collection::offline();
    collection.ok(&["update", "--offline"]);
    let path = collection.file("feed.xml");
    collection.ok(&["new", "--atom", path.to_str().unwrap()]);
    let feed = feed_rs::parser::parse(fs::read(&path).unwrap().as_slice()).unwrap();
    assert_eq!(feed.entries.len(), 50);
    assert!(feed.updated.is_some());
    for entry in &feed.entries {
        assert!(entry.id.starts_with("urn:uuid:"));
        assert!(entry.links[0].href.starts_with("http"));
        assert!(entry.title.is_some() && entry.updated.is_some());
    }
    let json = collection.ok(&["new", "--since", "30d", "--json"]);
    assert_eq!(json.stdout.lines().count(), 50);
    collection.ok(&["update", "--offline"]);
    let nothing = collection.run(&["new"]);
    assert_eq!((nothing.code, nothing.stdout.as_str()), (1, ""));
    assert!(nothing.stderr.contains("the last update brought nothing new"), "{}", nothing.stderr);
    assert_eq!(collection.run(&["new", "--since", "tomorrow"]).code, 2);
}
