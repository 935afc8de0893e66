//! What a nightly job and who watches it are told: by the report, the exit code and the hint.

use std::fs;

use crate::{
    crawl::server::Server,
    program::Collection,
    update::article,
    web::{Answer, Web},
};

/// What `update --strict` ends with and says.
#[track_caller]
fn check_strict(collection: &Collection, code: i32, told: &str) {
    let run = collection.run(&["update", "--strict", "--delay", "0", "--refresh"]);
    assert_eq!(run.code, code, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains(told), "{told}: {}", run.stderr);
}

/// A web with some articles, and a collection that lists them.
pub fn articles(links: &[&str]) -> (Web, Collection) {
    let web = Web::start();
    let collection = Collection::in_web(&web);
    list(&collection, links);
    for (number, link) in links.iter().enumerate() {
        web.put(link, Answer::html(article("On drift", number, &format!("zyxword{number}"))));
    }
    (web, collection)
}

/// Makes these links the list of a collection.
pub fn list(collection: &Collection, links: &[&str]) {
    let lines: String = links.iter().map(|link| format!("- [On drift]({link})\n")).collect();
    fs::write(collection.file("lists/awesome-mlops-articles.md"), lines).unwrap();
}

#[test]
fn a_run_without_a_network_says_what_was_due_and_why_it_failed() {
    let collection = Collection::offline();
    let run = collection.ok(&["update"]);
    let told = "no network: no page that was due could be fetched (50 of them)";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    let tries = run.stderr.lines().filter(|line| line.starts_with("mlsearch:   https://"));
    let tries: Vec<&str> = tries.collect();
    assert!((1..=3).contains(&tries.len()), "{}", run.stderr);
    assert!(tries.iter().all(|line| line.contains("onnection refused")), "{tries:?}");
    check_strict(
        &collection,
        2,
        "error: no page that was due could be reached (50 of them)\nhint: ",
    );
    let status = collection.json(&["status", "--json"]);
    assert_eq!(status["runs"][0]["not_visited"], 50, "{status}");
    assert!(status["runs"][0]["failed_tries"][0]["reason"].is_string(), "{status}");
}

#[test]
fn pages_that_nobody_answered_for_are_named_with_the_reason() {
    let server = Server::start(|_| None);
    let (good, dead) = (server.url("/good"), "http://127.0.0.1:9/dead");
    let collection = Collection::of_links([good.as_str(), dead]);
    let args = ["update", "--allow-net", "127.0.0.0/8", "--strict"];
    let run = collection.ok(&args);
    let (_, told) =
        run.stdout.split_once("not reached, to be tried again by later updates:\n").unwrap();
    assert!(told.starts_with("  http://127.0.0.1:9/dead  "), "{told}");
    assert!(told.contains("refused"), "{told}");
    // With nothing but dead pages nothing was reached.
    list(&collection, &[dead, "http://127.0.0.1:9/too"]);
    let run = collection.run(&[&args[..], &["--refresh", "--force"]].concat());
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("no page that was due could be reached (2 of them)"),
        "{}",
        run.stderr
    );
}

#[test]
fn strictly_a_list_has_to_be_read_as_it_is_now() {
    let (web, collection) = articles(&["https://a.example/x"]);
    check_strict(&collection, 0, "");
    let url = "https://lists.example/list.md";
    let settings = format!("[[list]]\nsource = \"{url}\"\n[crawl]\narchive = false\n");
    fs::write(collection.file("mlsearch.toml"), settings).unwrap();
    web.put(url, Answer::html("<ul><li><a href=https://a.example/x>On drift</a></ul>"));
    check_strict(&collection, 0, "");
    web.put(url, Answer::status(500));
    check_strict(&collection, 2, "error: not read as they are now: list\nhint: ");
    // Without a request no list is older than it has to be.
    collection.ok(&["update", "--offline", "--strict"]);
    let settings = collection.file("mlsearch.toml");
    let with_file = fs::read_to_string(&settings).unwrap() + "[[list]]\nsource = \"no.md\"\n";
    fs::write(&settings, with_file).unwrap();
    let run = collection.run(&["update", "--offline", "--strict"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("error: not read as they are now: no\n"), "{}", run.stderr);
}

#[test]
fn after_an_outage_pages_are_to_be_visited_again_and_nothing_is_forced() {
    let links = ["https://a.example/x", "https://b.example/y", "https://c.example/z"];
    let (web, collection) = articles(&links);
    collection.ok(&["update", "--delay", "0"]);
    links.iter().for_each(|link| web.put(link, Answer::status(500)));
    let run = collection.run(&["update", "--delay", "0", "--refresh"]);
    assert_eq!(run.code, 2);
    let hint = "update --refresh` to visit all pages again, once they answer\n";
    assert!(run.stderr.contains(hint), "{}", run.stderr);
    let status = collection.run(&["status"]);
    assert_eq!(status.code, 1, "{}", status.stdout);
    assert!(status.stderr.contains(hint), "{}", status.stderr);
    assert_eq!(collection.run(&["status", "--json"]).code, 1);
    for (number, link) in links.iter().enumerate() {
        web.put(link, Answer::html(article("On drift", number, &format!("zyxword{number}"))));
    }
    collection.ok(&["update", "--delay", "0", "--refresh"]);
    collection.ok(&["status"]);
}

#[test]
fn an_index_that_is_older_than_it_may_be_is_told_by_the_exit_code() {
    let (_web, collection) = articles(&["https://a.example/x"]);
    assert_eq!(collection.run(&["status", "--max-age", "3d"]).code, 1);
    collection.ok(&["update", "--delay", "0"]);
    collection.ok(&["status", "--max-age", "3d"]);
    let wrong = collection.run(&["status", "--max-age", "3"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("not a span of time such as 12h"), "{}", wrong.stderr);
}

#[test]
fn what_is_refused_as_private_is_no_lack_of_a_network() {
    let server = Server::start(|_| None);
    let collection = Collection::of_links([server.url("/a").as_str(), &server.url("/b")]);
    let run = collection.run(&["update", "--strict"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    let hint = "update --allow-net 127.0.0.1` if that network is yours\n";
    assert!(run.stderr.ends_with(hint), "{}", run.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_the_notes_ends_no_update() {
    let collection = Collection::offline();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let status = collection.command(&["update", "--offline"]).stderr(full).status().unwrap();
    assert_eq!(status.code(), Some(0));
    assert_eq!(collection.json(&["status", "--json"])["index"]["documents"], 50);
}

#[test]
fn a_page_that_was_refused_as_private_is_due_once_its_network_is_allowed() {
    let server = Server::start(|_| None);
    let collection = Collection::of_links([server.url("/a").as_str(), &server.url("/b")]);
    let run = collection.run(&["update"]);
    assert!(run.stdout.contains("127.0.0.1 is not public"), "{}", run.stdout);
    let due = |args: &[&str]| {
        collection.ok(&[&["update", "--dry-run"], args].concat()).stdout.lines().count()
    };
    assert_eq!(due(&[]), 0);
    assert_eq!(due(&["--allow-net", "10.0.0.0/8"]), 0);
    assert_eq!(due(&["--allow-net", "127.0.0.0/8"]), 2);
    collection.set("delay = 0.0", "delay = 0.0\nallow_net = [\"127.0.0.0/8\"]");
    assert_eq!(due(&[]), 2);
    assert!(server.targets().is_empty());
    collection.run(&["update"]);
    assert_eq!(server.targets().iter().filter(|target| *target == "/a").count(), 1);
}
