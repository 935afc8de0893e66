//! Updating a collection on a web of our own: every step from the list to the published index.

use std::{
    fs,
    process::{Child, Stdio},
};

use jiff::Timestamp;
use mlsearch::{entry::Entry, list, store::Store};
use serde_json::Value;

use crate::{
    program::Collection,
    web::{Answer, Seen, Web},
};

/// The entries of the default list, one for each document.
pub fn entries() -> Vec<Entry> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/index/lists/awesome-mlops-articles.md");
    let options = list::ListOptions { name: "default".into(), ..list::ListOptions::default() };
    list::merge(vec![list::parse(&fs::read(path).unwrap(), &options).unwrap()])
}

/// A page of our own writing: an article between a site's usual furniture.
pub fn article(title: &str, number: usize, word: &str) -> String {
    let first = format!(
        "This is what the team behind article number {number} learned, written down for those who \
         come after them. The first attempt was slow, the second one broke under load, and the \
         third one is what runs today. Its inner name is {word}, and nobody remembers why."
    );
    let second = "What broke was never what they had watched: a queue that filled overnight, a \
                  clock that ran behind, a table that nobody owned. Each failure is told here \
                  with what was measured, what was tried, and what helped in the end.";
    format!(
        "<!doctype html><html lang=en><head><title>{title} | Example</title>\
         <meta property='og:site_name' content='Example'></head><body>\
         <nav><a href=/>Home</a> <a href=/about>About</a> <a href=/jobs>Careers</a></nav>\
         <article><h1>{title}</h1><p>{first}</p><h2>What broke</h2><p>{second}</p>\
         <pre><code>let answer = {number};</code></pre></article>\
         <footer>Subscribe to our newsletter. All rights reserved.</footer></body></html>"
    )
}

/// A web that has an article for each entry; each holds one word that no other has.
pub fn web_of_articles(entries: &[Entry]) -> Web {
    let web = Web::start();
    for (number, entry) in entries.iter().enumerate() {
        let url = entry.url.split('#').next().unwrap();
        let body = article(entry.title(), number, &word(number));
        web.put(url, Answer::html(body).with("ETag", &format!("\"v{number}\"")));
    }
    web
}

/// A word of letters only that stands for a number.
pub fn word(number: usize) -> String {
    let letter = |digit: usize| char::from(b'a' + u8::try_from(digit).unwrap());
    format!("zyx{}{}qu", letter(number / 10), letter(number % 10))
}

/// How many of the requests are for articles, and not for robots.txt or to a service.
fn visits(seen: &[Seen], entries: &[Entry]) -> usize {
    let is_article = |url: &str| entries.iter().any(|e| e.url.split('#').next() == Some(url));
    seen.iter().filter(|seen| is_article(&seen.url)).count()
}

pub fn urls(found: &Value) -> Vec<&str> {
    found["hits"].as_array().unwrap().iter().map(|hit| hit["url"].as_str().unwrap()).collect()
}

#[test]
fn what_the_articles_say_is_found_and_visited_once() {
    let entries = entries();
    let web = web_of_articles(&entries);
    let collection = Collection::in_web(&web);
    let report = collection.ok(&["update", "--delay", "0", "--json"]);
    let (rows, summary) = report.stdout.trim_end().rsplit_once('\n').unwrap();
    let summary: Value = serde_json::from_str(summary).unwrap();
    assert_eq!(summary["summary"]["outcomes"]["ok"], 50, "{summary}");
    assert_eq!(rows.lines().count(), 50, "{}", report.stdout);
    for line in rows.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        assert_eq!(row["outcome"], "ok", "{line}");
        assert!(row["text_chars"].as_u64().unwrap() > 300, "{line}");
    }
    for (number, entry) in entries.iter().enumerate() {
        let found = collection.json(&[&word(number), "--json"]);
        assert_eq!(urls(&found), [entry.url.as_str()]);
        assert_eq!(found["hits"][0]["provenance"]["kind"], "full_text");
    }
    let first = web.take_seen();
    let mut robots: Vec<&str> = first
        .iter()
        .map(|seen| seen.url.as_str())
        .filter(|url| url.ends_with("/robots.txt"))
        .collect();
    let asked = robots.len();
    robots.sort_unstable();
    robots.dedup();
    assert_eq!(robots.len(), asked, "robots.txt is asked for once a host");
    assert_eq!(visits(&first, &entries), 50);
    assert!(first.iter().all(|seen| seen.headers["user-agent"].starts_with("mlsearch/")));

    // Nothing is due, so nothing is asked.
    collection.ok(&["update", "--delay", "0"]);
    assert_eq!(web.count_seen(), 0);

    // The second visit asks whether anything has changed, and nothing is extracted or built.
    let before = fs::read_to_string(collection.file("CURRENT")).unwrap();
    let second = collection.ok(&["update", "--delay", "0", "--refresh"]);
    assert!(second.stdout.contains("50  unchanged"), "{}", second.stdout);
    assert!(second.stdout.contains("nothing has changed"), "{}", second.stdout);
    assert_eq!(fs::read_to_string(collection.file("CURRENT")).unwrap(), before);
    let seen = web.take_seen();
    assert!(seen.iter().all(|seen| !seen.url.ends_with("/robots.txt")), "again within a day");
    let asked: Vec<Seen> =
        seen.into_iter().filter(|seen| seen.headers.contains_key("if-none-match")).collect();
    assert_eq!(visits(&asked, &entries), 50);
}

#[test]
fn an_offline_update_sends_no_request_and_gives_the_same_results() {
    let entries = entries();
    let web = web_of_articles(&entries);
    let collection = Collection::in_web(&web);
    collection.ok(&["update", "--delay", "0", "--jobs", "1"]);
    let query = ["team learned slow load", "-n", "50", "--json"];
    let before = collection.ok(&query).stdout;
    web.take_seen();
    fs::remove_file(collection.file("CURRENT")).unwrap();
    fs::remove_dir_all(collection.file("generations")).unwrap();
    collection.ok(&["update", "--offline", "--jobs", "8"]);
    assert_eq!(web.count_seen(), 0);
    assert_eq!(collection.ok(&query).stdout, before);
}

#[test]
fn a_page_that_is_lost_keeps_its_last_good_text() {
    let entries = entries();
    let web = web_of_articles(&entries);
    let collection = Collection::in_web(&web);
    collection.ok(&["update", "--delay", "0"]);
    web.put(&entries[0].url, Answer::status(404));
    web.put(
        &entries[1].url,
        Answer::html("<html><body><div id=root></div><script>1</script></body></html>"),
    );
    web.put(&entries[2].url, Answer::status(403));
    // What answers may still not be the article: a front page, or somebody else's note.
    let front = format!("https://{}/", entries[3].canonical.host());
    web.put(&front, Answer::html("<h1>Welcome</h1><p>A house of many rooms awaits you here.</p>"));
    web.put(&entries[3].url, Answer::status(301).with("Location", &front));
    web.put(&entries[4].url, Answer::html("<p>Nobody knows who wrote this, or what for.</p>"));
    let run = collection.ok(&["update", "--delay", "0", "--refresh"]);
    for outcome in ["2  gone", "2  empty", "1  blocked"] {
        assert!(run.stdout.contains(outcome), "{}", run.stdout);
    }
    let patch = collection.run(&["check", "--patch"]);
    assert_eq!(patch.stdout, "", "a front page is no new address");
    for (number, entry) in entries.iter().enumerate().take(5) {
        let found = collection.json(&[&word(number), "--json"]);
        assert_eq!(urls(&found), [entry.url.as_str()]);
        assert_eq!(found["hits"][0]["provenance"]["kind"], "last_good");
    }
}

#[test]
fn a_page_without_its_article_gives_way_to_the_archives_copy() {
    let shell = "<html><body><div id=root></div><script>1</script></body></html>";
    gives_way(shell, "empty");
    gives_way("<title>Page not found</title><p>It is not here any more, we regret.</p>", "gone");
}

#[track_caller]
fn gives_way(html: &str, state: &str) {
    let entries = entries();
    let web = web_of_articles(&entries);
    web.put(&entries[0].url, Answer::html(html));
    let capture = article(entries[0].title(), 0, "zyxarchived");
    let original = entries[0].url.clone();
    web.otherwise(move |url| {
        let table = format!("[[\"timestamp\",\"original\"],[\"20230322101112\",\"{original}\"]]");
        match url.strip_prefix("https://web.archive.org/") {
            Some(path) if path.starts_with("cdx/") => Some(Answer::html(table)),
            Some(path) if path.starts_with("web/20230322") => Some(Answer::html(capture.clone())),
            _ => None,
        }
    });
    let collection = Collection::in_web(&web);
    collection.set("archive = false", "archive = true");
    collection.set("[crawl]", "[crawl]\nhost_delays = { \"web.archive.org\" = 0.0 }");
    let run = collection.ok(&["update", "--delay", "0", "--json"]);
    let row = run.stdout.lines().find(|line| line.contains(&entries[0].url)).unwrap();
    assert!(row.contains("\"outcome\":\"ok\"") && row.contains("\"archived 2023-03-22\""), "{row}");
    let rows = run.stdout.lines().filter(|line| line.contains(&entries[0].url)).count();
    assert_eq!(rows, 1, "each page is told of once");
    let found = collection.json(&["zyxarchived", "--json"]);
    assert_eq!(urls(&found), [entries[0].url.as_str()]);
    assert_eq!(found["hits"][0]["provenance"]["captured"], "2023-03-22");
    let checked = collection.ok(&["check", "--json"]).stdout;
    let link = checked.lines().find(|line| line.contains(&entries[0].url)).unwrap();
    assert!(link.contains(&format!("\"state\":\"{state}\"")), "{link}");
    assert!(link.contains("https://web.archive.org/web/20230322101112/"), "{link}");
}

#[test]
fn an_index_that_lost_too_much_is_refused_unless_forced() {
    let entries = entries();
    let web = web_of_articles(&entries);
    let collection = Collection::in_web(&web);
    collection.ok(&["update", "--delay", "0"]);
    let list = collection.file("lists/awesome-mlops-articles.md");
    let text = fs::read_to_string(&list).unwrap();
    let half = text.split_at(text.match_indices("\n## ").nth(20).unwrap().0).0;
    fs::write(&list, half).unwrap();
    let refused = collection.run(&["update", "--offline"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("where there were 50"), "{}", refused.stderr);
    assert!(refused.stderr.contains("--force"), "{}", refused.stderr);
    let search = collection.ok(&[&word(40), "--json"]);
    assert!(search.stderr.contains("refused"), "{}", search.stderr);
    collection.ok(&["update", "--offline", "--force"]);
    let run = collection.run(&[&word(40), "--json"]);
    assert!(!run.stdout.contains(&entries[40].url), "{}", run.stdout);
}

#[test]
fn a_killed_update_leaves_the_old_index_and_the_next_one_goes_on() {
    let entries = entries();
    let web = web_of_articles(&entries);
    let collection = Collection::in_web(&web);
    collection.ok(&["update", "--delay", "0"]);
    web.take_seen();
    for (number, entry) in entries.iter().enumerate() {
        let url = entry.url.split('#').next().unwrap();
        web.put(url, Answer::html(article(entry.title(), number, &word(number + 100))));
    }
    for kill_after in [1, 10, 30] {
        let began = Timestamp::now();
        let mut update = collection.command(&["update", "--delay", "0.02", "--refresh"]);
        let mut child = update.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        wait_until(&mut child, || visited_since(&collection, began) >= kill_after);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(urls(&collection.json(&[&word(7), "--json"])), [entries[7].url.as_str()]);
    }
    web.take_seen();
    collection.ok(&["update", "--delay", "0"]);
    let seen = visits(&web.take_seen(), &entries);
    assert!(seen <= 20, "{seen} pages were visited again");
    for (number, entry) in entries.iter().enumerate() {
        let found = collection.json(&[&word(number + 100), "--json"]);
        assert_eq!(urls(&found), [entry.url.as_str()]);
    }
}

#[test]
fn the_second_of_two_updates_is_told_of_the_first() {
    let web = Web::start();
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    web.otherwise(move |_| {
        // Ends when the test lets go of the sender.
        let _ = held.lock().unwrap().recv();
        Some(Answer::status(404))
    });
    let collection = Collection::in_web(&web);
    let mut update = collection.command(&["update", "--delay", "0"]);
    let mut child = update.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_until(&mut child, || collection.file("pages.sqlite").exists());
    let second = collection.run(&["update"]);
    assert_eq!(second.code, 2);
    assert!(second.stderr.contains(&format!("process {}", child.id())), "{}", second.stderr);
    assert!(second.stderr.contains("hint:"), "{}", second.stderr);
    drop(hold);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn without_a_network_the_lists_alone_are_indexed() {
    let collection = Collection::offline();
    let found = collection.ok(&["feature store drift"]);
    assert!(found.stderr.contains("building it now"), "{}", found.stderr);
    assert!(found.stderr.contains("could not be fetched"), "{}", found.stderr);
    assert!(found.stdout.contains("list only"), "{}", found.stdout);
    let again = collection.ok(&["feature store drift"]);
    assert_eq!(again.stdout, found.stdout);
    assert!(!again.stderr.contains("building it now"), "{}", again.stderr);
}

#[test]
fn a_list_that_cannot_be_read_any_more_is_told_each_time() {
    let web = Web::start();
    let collection = Collection::in_web(&web);
    let url = "https://lists.example/list.md";
    let settings = format!("[[list]]\nsource = \"{url}\"\n[crawl]\narchive = false\n");
    fs::write(collection.file("mlsearch.toml"), settings).unwrap();
    web.put("https://a.example/x", Answer::html(article("On drift", 1, "zyxone")));
    let good = Answer::html("<ul><li><a href=https://a.example/x>On drift</a></ul>");
    web.put(url, good.with("ETag", "\"good\""));
    collection.ok(&["update", "--delay", "0"]);
    web.put(url, Answer::html("<p>Nothing is here.").with("ETag", "\"bad\""));
    for _ in 0..2 {
        web.take_seen();
        let run = collection.ok(&["update", "--delay", "0"]);
        assert!(run.stderr.contains("using the copy of"), "{}", run.stderr);
        let asked = web.take_seen().into_iter().find(|seen| seen.url == url).unwrap();
        assert_eq!(asked.headers["if-none-match"], "\"good\"", "the good copy is asked for");
        assert_eq!(urls(&collection.json(&["zyxone", "--json"])), ["https://a.example/x"]);
    }
}

#[test]
fn a_list_that_is_too_large_is_an_error_and_not_an_empty_one() {
    let collection = Collection::offline();
    let list = collection.file("lists/awesome-mlops-articles.md");
    fs::write(list, "word ".repeat(7 << 20)).unwrap();
    let run = collection.run(&["update", "--offline"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("it is over 32 MB"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: cut it into several lists"), "{}", run.stderr);
    assert_eq!(run.stderr.matches("it is over 32 MB").count(), 1, "{}", run.stderr);
    let status = collection.run(&["status"]).stdout;
    assert!(status.contains("failed: ") && status.contains("it is over 32 MB"), "{status}");
}

#[test]
fn a_list_from_the_web_outlives_its_server() {
    let web = Web::start();
    let url = "https://lists.example.org/mlops.md";
    let body = "# Articles\n\n- [On drift](https://a.example.org/drift) - why it happens\n";
    let text = vec![("Content-Type".into(), "text/markdown".into())];
    web.put(url, Answer { status: 200, headers: text, body: body.into() });
    let collection = Collection::in_web(&web);
    fs::write(collection.file("mlsearch.toml"), format!("[[list]]\nsource = \"{url}\"\n")).unwrap();
    collection.ok(&["update", "--delay", "0"]);
    web.put(url, Answer::status(404));
    let run = collection.ok(&["update", "--delay", "0"]);
    assert!(run.stderr.contains("using the copy of"), "{}", run.stderr);
    let status = collection.ok(&["status"]).stdout;
    assert!(status.contains("warning     https://lists.example.org/mlops.md: "), "{status}");
    assert_eq!(urls(&collection.json(&["drift", "--json"])), ["https://a.example.org/drift"]);
}

/// How many pages have a visit that is not older than a moment.
fn visited_since(collection: &Collection, moment: Timestamp) -> usize {
    let store = Store::read(&collection.file("pages.sqlite")).unwrap().unwrap();
    store.last_visits().unwrap().iter().filter(|(_, visit)| visit.at >= moment).count()
}

/// Waits for a condition that a running child brings about. Fails when the child ends before.
#[track_caller]
pub fn wait_until(child: &mut Child, condition: impl Fn() -> bool) {
    while !condition() {
        assert!(child.try_wait().unwrap().is_none(), "the update ended too early");
        std::thread::yield_now();
    }
}

#[test]
fn lists_within_a_list_are_read_when_asked_for() {
    let web = Web::start();
    let markdown = |body: &str| {
        let headers = vec![("Content-Type".into(), "text/plain".into())];
        Answer { status: 200, headers, body: body.into() }
    };
    let inner = "https://lists.example.org/inner.md";
    web.put(
        inner,
        markdown("# Inner\n\n- [On lineage](https://b.example.org/lineage) - of data\n"),
    );
    let sitemap = "https://c.example.org/posts.xml";
    web.put(
        "https://c.example.org/sitemap.xml",
        markdown(&format!("<sitemapindex><sitemap><loc>{sitemap}</loc></sitemap></sitemapindex>")),
    );
    let post = "https://c.example.org/posts/skew";
    web.put(sitemap, markdown(&format!("<urlset><url><loc>{post}</loc></url></urlset>")));
    let collection = Collection::in_web(&web);
    let outer =
        format!("# Outer\n\n- [On drift](https://a.example.org/drift)\n- [Inner]({inner})\n");
    fs::write(collection.file("outer.md"), outer).unwrap();
    let settings = format!(
        "[[list]]\nsource = \"outer.md\"\n[[list.entry]]\nurl = \"{inner}\"\ndepth = 1\n\
         [[list]]\nsource = \"https://c.example.org/sitemap.xml\"\nname = \"site\"\n"
    );
    fs::write(collection.file("mlsearch.toml"), settings).unwrap();
    collection.ok(&["update", "--delay", "0"]);
    let inside = collection.json(&["--list", "inner", "--json"]);
    assert_eq!(urls(&inside), ["https://b.example.org/lineage"]);
    let site = collection.json(&["--list", "site", "--json"]);
    assert_eq!(urls(&site), [post]);
}
