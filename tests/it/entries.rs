//! Entries that stay though their list does not have them any more, that the settings leave out, and
//! that are forgotten.

use std::fs;

use crate::{
    nightly::{articles, list},
    program::Collection,
    update::{article, urls},
    web::{Answer, Web},
};

/// A feed with these items, the newest first.
fn feed(items: &[&str]) -> Answer {
    let item = |url: &&str| format!("<item><title>On {url}</title><link>{url}</link></item>");
    let items: String = items.iter().map(item).collect();
    let body = format!("<rss version=\"2.0\"><channel><title>F</title>{items}</channel></rss>");
    let headers = vec![("Content-Type".into(), "application/rss+xml".into())];
    Answer { status: 200, headers, body: body.into() }
}

/// The links of all documents, in order.
fn links(collection: &Collection) -> Vec<String> {
    let found = collection.json(&["--json", "-n", "100"]);
    let mut links: Vec<String> = urls(&found).into_iter().map(str::to_owned).collect();
    links.sort();
    links
}

#[test]
fn items_that_roll_off_a_feed_stay_unless_the_settings_say_so() {
    let web = Web::start();
    let collection = Collection::in_web(&web);
    let url = "https://a.example/feed.xml";
    let settings = |more: &str| {
        let text = format!("[[list]]\nsource = \"{url}\"\n{more}\n[crawl]\narchive = false\n");
        fs::write(collection.file("mlsearch.toml"), text).unwrap();
    };
    settings("");
    let posts: Vec<String> = (0..8).map(|post| format!("https://a.example/{post}")).collect();
    let posts: Vec<&str> = posts.iter().map(String::as_str).collect();
    for (number, post) in posts.iter().enumerate() {
        web.put(post, Answer::html(article(post, number, &format!("zyxpost{number}"))));
    }
    web.put(url, feed(&posts[4..]));
    collection.ok(&["update", "--delay", "0"]);
    // Nothing of the old feed is left.
    web.put(url, feed(&posts[..4]));
    let report = collection.ok(&["update", "--delay", "0", "--json"]).stdout;
    assert!(report.contains("\"removed\":0,"), "{report}");
    assert_eq!(links(&collection), posts);
    assert_eq!(collection.ok(&["check", "--all", "--json"]).stdout.lines().count(), 8);
    collection.ok(&["update", "--offline", "--prune"]);
    assert_eq!(links(&collection), posts);
    settings("keep = false");
    let run = collection.run(&["update", "--delay", "0", "--force"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(links(&collection), posts[..4]);
    // What is gone then is gone.
    settings("");
    collection.ok(&["update", "--delay", "0"]);
    assert_eq!(links(&collection), posts[..4]);
}

#[test]
fn a_list_that_is_no_feed_keeps_nothing_unless_it_is_told() {
    let (_web, collection) = articles(&["https://a.example/x", "https://b.example/y"]);
    collection.ok(&["update", "--offline"]);
    let settings = "[[list]]\nsource = \"lists/awesome-mlops-articles.md\"\nkeep = true\n";
    let plain = fs::read_to_string(collection.file("mlsearch.toml")).unwrap();
    fs::write(collection.file("mlsearch.toml"), settings).unwrap();
    collection.ok(&["update", "--offline"]);
    list(&collection, &["https://c.example/z"]);
    collection.ok(&["update", "--offline"]);
    assert_eq!(links(&collection).len(), 3);
    fs::write(collection.file("mlsearch.toml"), plain).unwrap();
    collection.ok(&["update", "--offline", "--force"]);
    assert_eq!(links(&collection), ["https://c.example/z"]);
}

#[test]
fn what_is_excluded_is_neither_visited_nor_listed_and_no_loss() {
    let all = ["https://a.example/x", "https://b.example/y", "https://sub.b.example/z"];
    let (web, collection) = articles(&all);
    collection.ok(&["update", "--delay", "0"]);
    web.take_seen();
    let plain = fs::read_to_string(collection.file("mlsearch.toml")).unwrap();
    fs::write(collection.file("mlsearch.toml"), format!("exclude = [\"b.example\"]\n{plain}"))
        .unwrap();
    // Two thirds of the list at once.
    let run = collection.ok(&["update", "--delay", "0", "--refresh"]);
    let told = "left out by `exclude`, for `b.example`: 2\n  https://b.example/y\n";
    assert!(run.stdout.contains(told), "{}", run.stdout);
    assert!(!run.stderr.contains("are gone since"), "{}", run.stderr);
    assert!(web.take_seen().iter().all(|seen| !seen.url.contains("b.example")));
    assert_eq!(links(&collection), all[..1]);
    assert_eq!(collection.ok(&["check", "--all", "--json"]).stdout.lines().count(), 1);
    let json = collection.ok(&["update", "--offline", "--json"]).stdout;
    let (_, summary) = json.split_once("\"excluded\":").unwrap();
    let excluded = r#"[{"pattern":"b.example","entries":2,"urls":["https://b.example/y","#;
    assert!(summary.starts_with(excluded), "{summary}");
    // The texts are still there, and come back.
    let of_list =
        plain.replace("\n[[list]]\n", "\n[[list]]\nexclude = [\"https://a.example/*\"]\n");
    fs::write(collection.file("mlsearch.toml"), of_list).unwrap();
    collection.ok(&["update", "--offline"]);
    assert_eq!(links(&collection), all[1..]);
    let found = collection.json(&["zyxword2", "--json"]);
    assert_eq!(found["hits"][0]["provenance"]["kind"], "full_text", "{found}");
    fs::write(collection.file("mlsearch.toml"), format!("\nexclude = [\"*\"]\n{plain}")).unwrap();
    let wrong = collection.run(&["update", "--offline"]);
    let told = "line 2: `exclude`: expected a host or an address, as in";
    assert!(wrong.stderr.contains(told), "{}", wrong.stderr);
}

#[test]
fn what_is_forgotten_is_told() {
    let links = ["https://a.example/x", "https://b.example/y", "https://c.example/z"];
    let (web, collection) = articles(&links);
    collection.ok(&["update", "--delay", "0"]);
    web.put(links[0], Answer::html(article("On drift", 0, "zyxother")));
    list(&collection, &links[..2]);
    collection.ok(&["update", "--delay", "0", "--refresh"]);
    let run = collection.ok(&["update", "--offline", "--prune"]);
    let told = "forgotten pages that no list has any more: 1\n  https://c.example/z\n\
                forgotten older versions of texts: 1\n  https://a.example/x\n";
    assert!(run.stdout.contains(told), "{}", run.stdout);
    let json = collection.ok(&["update", "--offline", "--prune", "--json"]).stdout;
    let pruned = r#""pruned":{"pages":0,"urls":[],"versions":0,"texts":[]}"#;
    assert!(json.contains(pruned), "{json}");
    // More than are named.
    let many: Vec<String> =
        (0..30).map(|number| format!("https://d.example/{number:02}")).collect();
    let many: Vec<&str> =
        links[..1].iter().copied().chain(many.iter().map(String::as_str)).collect();
    list(&collection, &many);
    collection.ok(&["update", "--offline", "--force"]);
    list(&collection, &links[..1]);
    collection.ok(&["update", "--offline", "--force"]);
    let run = collection.ok(&["update", "--offline", "--prune"]);
    assert!(run.stdout.contains("  https://d.example/18\n  and 11 more\n"), "{}", run.stdout);
    let status = collection.json(&["status", "--json"]);
    let pruned = &status["runs"][0]["pruned"];
    assert_eq!(
        (pruned["pages"].as_u64(), pruned["urls"].as_array().unwrap().len()),
        (Some(31), 20)
    );
}
