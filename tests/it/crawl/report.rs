//! The whole `update` among servers that misbehave: what its report says of each page.

use std::time::Duration;

use mlsearch::page::Outcome;
use serde_json::Value;

use crate::{
    crawl::server::{Act, Script, Seen, Server, raw, status},
    crawl::{always, gzip, page},
    program::{Collection, Run},
};

const ALLOW: &str = "127.0.0.1/32";

/// A page of two paragraphs.
pub fn article(title: &str, text: &str) -> String {
    let text = text.repeat(1 + 200 / text.chars().count());
    format!(
        "<html><head><title>{title}</title></head><body><article><h1>{title}</h1>\
         <p>{text}</p><p>{text}</p></article></body></html>"
    )
}

pub fn english() -> String {
    article("On drift", "Features drift and models follow, whatever was said in the meeting. ")
}

/// The rows of an update, one for each page.
fn rows(collection: &Collection, args: &[&str]) -> Vec<Value> {
    let args = [&["update", "--json", "--allow-net", ALLOW], args].concat();
    let run = collection.run(&args);
    let rows = run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.filter(|row| row.get("summary").is_none()).collect()
}

/// The row of a link.
#[track_caller]
fn row<'r>(rows: &'r [Value], url: &str) -> &'r Value {
    rows.iter().find(|row| row["url"] == url).unwrap_or_else(|| panic!("no {url} in {rows:?}"))
}

/// Updates a collection of one page for each case and compares outcome, reason and title.
#[track_caller]
pub fn check(cases: Vec<(&str, Script, Outcome, &str, Option<&str>)>) {
    let servers: Vec<Server> = cases.iter().map(|(_, script, ..)| always(script.clone())).collect();
    let links: Vec<String> = servers.iter().map(|server| server.url("/page")).collect();
    let collection = Collection::of_links(links.iter().map(String::as_str));
    let rows = rows(&collection, &[]);
    assert_eq!(rows.len(), cases.len());
    for ((name, _, outcome, reason, title), link) in cases.iter().zip(&links) {
        let row = row(&rows, link);
        assert_eq!(row["outcome"], outcome.name(), "{name}: {row}");
        let said = row["reason"].as_str().unwrap_or_default();
        assert!(said.contains(reason), "{name}: `{said}` without `{reason}`");
        assert_eq!(row["title"].as_str(), *title, "{name}: {row}");
        assert_eq!(row["text_chars"].as_u64().unwrap() > 200, title.is_some(), "{name}: {row}");
    }
}

#[test]
fn every_sort_of_answer_has_its_row() {
    let html = english();
    let png = b"\x89PNG\r\n\x1a\n0123";
    let with_zeros = html.replace("meeting", "mee\0ting");
    let noindex = html.replace("<head>", "<head><meta name=robots content='noindex, follow'>");
    let for_us = html.replace("<head>", "<head><meta name=mlsearch content=noindex>");
    let shell = "<html><body><div id=root></div><script src=/app.js></script></body></html>";
    let whole = format!("bytes 0-{}/{}", html.len() - 1, html.len());
    let both = format!(
        "HTTP/1.1 200 X\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{html}\r\n0\r\n\r\n",
        html.len()
    );
    let title = Some("On drift");
    let partial = crate::crawl::server::answer(206, &[("Content-Range", &whole)], html.as_bytes());
    check(vec![
        ("plain", page(&[], &html), Outcome::Ok, "", title),
        ("no type", raw(format!("HTTP/1.1 200 X\r\n\r\n{html}")), Outcome::Ok, "", title),
        ("as an image", page(&[("Content-Type", "image/png")], &html), Outcome::Ok, "", title),
        ("zeros", page(&[], with_zeros), Outcome::Ok, "", title),
        (
            "zipped",
            page(&[("Content-Encoding", "gzip")], gzip(html.as_bytes())),
            Outcome::Ok,
            "",
            title,
        ),
        ("whole 206", partial, Outcome::Ok, "", title),
        ("length and chunks", raw(both), Outcome::Ok, "", title),
        (
            "part",
            status(206, &[("Content-Range", "bytes 0-9/900")]),
            Outcome::Unreachable,
            "206",
            None,
        ),
        ("no content", status(204, &[]), Outcome::Empty, "204", None),
        ("png as html", page(&[], png), Outcome::UnsupportedType, "image", None),
        ("shell", page(&[], shell), Outcome::Empty, "script", None),
        ("gone", status(410, &[]), Outcome::Gone, "410", None),
        ("refused", status(403, &[]), Outcome::Blocked, "403", None),
        ("asks in HTML", page(&[], noindex), Outcome::Disallowed, "asks not to be indexed", None),
        ("asks us", page(&[], for_us), Outcome::Disallowed, "asks not to be indexed", None),
        ("asks", page(&[("X-Robots-Tag", "noindex")], &html), Outcome::Disallowed, "noindex", None),
        (
            "asks another",
            page(&[("X-Robots-Tag", "otherbot: noindex")], &html),
            Outcome::Ok,
            "",
            title,
        ),
        (
            "huge",
            raw("HTTP/1.1 200 X\r\nContent-Length: 3000000000\r\n\r\n"),
            Outcome::TooLarge,
            "over",
            None,
        ),
    ]);
}

#[test]
fn slow_but_honest_pages_are_indexed_and_dripping_ones_given_up() {
    let html = english();
    let head = |length: usize| {
        Act::Send(format!("HTTP/1.1 200 X\r\nContent-Length: {length}\r\n\r\n").into())
    };
    let pieces = |pause| {
        let (most, rest) = html.as_bytes().split_at(html.len() - 100);
        vec![head(html.len()), Act::Send(most.to_vec()), Act::Drip(rest.to_vec(), pause)]
    };
    // Byte by byte over half a second, the header of the second one as well.
    let slow = pieces(Duration::from_millis(5));
    let mut slower = slow.clone();
    let Act::Send(bytes) = slower.remove(0) else { unreachable!() };
    slower.insert(0, Act::Drip(bytes, Duration::from_millis(5)));
    let servers = [
        always(slow),
        always(slower),
        always(pieces(Duration::from_secs(1))),
        always(vec![Act::Drip(b"HTTP/1.1 200 X\r\n".repeat(9), Duration::from_secs(1))]),
    ];
    let links: Vec<String> = servers.iter().map(|server| server.url("/page")).collect();
    let collection = Collection::of_links(links.iter().map(String::as_str));
    collection.set("idle_timeout = 20.0", "idle_timeout = 1.5");
    collection.set("total_timeout = 60.0", "total_timeout = 2.5");
    let rows = rows(&collection, &[]);
    let outcomes: Vec<_> = links.iter().map(|link| row(&rows, link)["outcome"].clone()).collect();
    assert_eq!(outcomes, ["ok", "ok", "unreachable", "unreachable"], "{rows:?}");
    for (server, link) in servers.iter().zip(&links) {
        assert_eq!(server.targets(), ["/robots.txt", "/page"], "{}", row(&rows, link));
    }
    let found = collection.ok(&["--json", "features", "drift"]);
    for (link, is_indexed) in links.iter().zip([true, true, false, false]) {
        assert_eq!(found.stdout.contains(link), is_indexed, "{link}: {}", found.stdout);
    }
}

#[test]
fn x_robots_tag_decides_in_report_and_index() {
    let cases: [(&[&str], bool); 14] = [
        (&["all"], true),
        (&["noindex"], false),
        (&["NOINDEX, NOFOLLOW"], false),
        (&["none"], false),
        (&["nofollow", "noindex"], false),
        (&["otherbot: noindex", "nofollow"], true),
        (&["otherbot: nofollow, noindex"], true),
        (&["mlsearch: noindex"], false),
        (&["otherbot: all", "MLSearch: None"], false),
        (&["mlsearch: nofollow, otherbot: noindex"], true),
        (&["max-snippet:20, max-image-preview:large"], true),
        (&["unavailable_after: 25 Jun 2010 15:00:00 PST"], false),
        (&["unavailable_after: Friday, 25-Jun-2010 15:00:00 GMT"], false),
        (&["unavailable_after: 2999-06-25"], true),
    ];
    let server = Server::start(move |seen: &Seen| {
        let number: usize = seen.target.strip_prefix('/')?.parse().ok()?;
        let fields: Vec<_> = cases[number].0.iter().map(|tag| ("X-Robots-Tag", *tag)).collect();
        let text = format!("The zebra{number} drifts over the plain and nobody sees it coming. ");
        Some(page(&fields, article("On zebras", &text)))
    });
    let links: Vec<String> = (0..cases.len()).map(|n| server.url(&format!("/{n}"))).collect();
    let collection = Collection::of_links(links.iter().map(String::as_str));
    let rows = rows(&collection, &[]);
    for (number, (tags, is_open)) in cases.iter().enumerate() {
        let row = row(&rows, &links[number]);
        assert_eq!(row["outcome"], if *is_open { "ok" } else { "disallowed" }, "{tags:?}: {row}");
        let found = collection.run(&[&format!("zebra{number}")]);
        assert_eq!(found.code == 0, *is_open, "{tags:?}: {}", found.stdout);
    }
}

#[test]
fn rows_have_all_fields_and_agree_with_the_log() {
    let html = english();
    let server = Server::start(move |seen: &Seen| match seen.target.as_str() {
        "/old" => Some(status(301, &[("Location", "/new")])),
        "/new" | "/other" => Some(page(&[], &html)),
        _ => None,
    });
    let links = [server.url("/old"), server.url("/other"), server.url("/gone")];
    let collection = Collection::of_links(links.iter().map(String::as_str));
    let rows = rows(&collection, &[]);
    let moved = row(&rows, &links[0]);
    assert_eq!(moved["final_url"], server.url("/new"));
    assert_eq!((&moved["outcome"], &moved["status"]), (&"moved".into(), &200.into()));
    assert_eq!((&moved["provenance"], &moved["requests"]), (&"full text".into(), &3.into()));
    assert!(moved["bytes"].as_u64().unwrap() > 300, "{moved}");
    let gone = row(&rows, &links[2]);
    assert_eq!((&gone["outcome"], &gone["status"]), (&"gone".into(), &404.into()));
    assert_eq!((&gone["provenance"], &gone["text_chars"]), (&"list only".into(), &0.into()));
    let mut requests = 0;
    for row in &rows {
        for name in
            "url final_url outcome reason status provenance title text_chars requests bytes ms"
                .split(' ')
        {
            assert!(row.get(name).is_some(), "no {name} in {row}");
        }
        requests += row["requests"].as_u64().unwrap();
    }
    assert_eq!(requests, server.seen().len() as u64);
}

#[test]
fn change_is_judged_by_the_text() {
    let version = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let now = std::sync::Arc::clone(&version);
    // The same entity tag whatever the page says, and never 304.
    let server = Server::start(move |seen: &Seen| {
        let number = now.load(std::sync::atomic::Ordering::SeqCst);
        let html = match number {
            0 => english(),
            1 => english().replace("<body>", "<body><!-- served by host 7 --><script>9</script>"),
            _ => english().replace("meeting", "minutes"),
        };
        (seen.target == "/x").then(|| page(&[("ETag", "\"forever\"")], html))
    });
    let link = server.url("/x");
    let collection = Collection::of_links([link.as_str()]);
    for (number, outcome, changed) in [(0, "ok", true), (1, "unchanged", false), (2, "ok", true)] {
        version.store(number, std::sync::atomic::Ordering::SeqCst);
        let rows = rows(&collection, &["--refresh"]);
        let row = row(&rows, &link);
        assert_eq!(row["outcome"], outcome, "{number}: {row}");
        assert_eq!(row["changed"], changed && number > 0, "{number}: {row}");
        assert_eq!(row["title"], "On drift", "{number}: {row}");
        assert!(row["text_chars"].as_u64().unwrap() > 200, "{number}: {row}");
    }
    let asked = server.seen();
    assert!(!asked[1].headers.contains_key("if-none-match"));
    assert_eq!(asked.last().unwrap().headers["if-none-match"], "\"forever\"");
    // robots.txt is kept in the store.
    assert_eq!(server.targets(), ["/robots.txt", "/x", "/x", "/x"]);
}

#[test]
fn forbidden_addresses_get_no_request_whoever_names_them() {
    let canary = Server::start_everywhere(|_| Some(page(&[], english())));
    let port = canary.url("").rsplit(':').next().unwrap().to_owned();
    // 127.0.0.1 is allowed, the rest of the network is not; the server listens to all of it.
    let hosts = [
        "127.0.0.2",
        "2130706434",
        "0177.0.0.2",
        "0x7f000002",
        "127.2",
        "0.0.0.0",
        "１２７.０.０.２",
        "[::1]",
        "[::ffff:127.0.0.2]",
        "[64:ff9b::127.0.0.2]",
        "169.254.169.254",
        "[fe80::1]",
    ];
    let urls: Vec<String> = hosts.iter().map(|host| format!("http://{host}:{port}/x")).collect();
    let targets = urls.clone();
    let sender = Server::start(move |seen: &Seen| {
        let number: usize = seen.target.strip_prefix('/')?.parse().ok()?;
        Some(status(302, &[("Location", &targets[number])]))
    });
    let mut links = urls.clone();
    links.extend((0..urls.len()).map(|number| sender.url(&format!("/{number}"))));
    let collection = Collection::of_links(links.iter().map(String::as_str));
    let rows = rows(&collection, &[]);
    // Some of the links are other spellings of the same one, and one document.
    assert!(rows.len() >= urls.len() + 6, "{rows:?}");
    for row in rows {
        assert_eq!(row["outcome"], "unreachable", "{row}");
        assert!(row["reason"].as_str().unwrap().contains("forbidden address"), "{row}");
    }
    assert!(canary.seen().is_empty());
}

#[test]
fn names_of_this_machine_get_no_request() {
    let canary = Server::start_everywhere(|_| Some(page(&[], english())));
    let port = canary.url("").rsplit(':').next().unwrap().to_owned();
    let names = ["localhost", "LocalHost", "localhost.", "a.localhost", "ｌｏｃａｌｈｏｓｔ"];
    let links: Vec<String> =
        names.iter().map(|name| format!("http://{name}:{port}/{name}")).collect();
    // Looked up here, and by a proxy that nobody runs.
    for no_proxy in ["*", ""] {
        let collection = Collection::of_links(links.iter().map(String::as_str));
        let mut command = collection.command(&["update", "--json"]);
        let run = Run::of(command.env("NO_PROXY", no_proxy));
        for link in &links {
            let row: Value = run
                .stdout
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .find(|row: &Value| row["url"] == **link)
                .unwrap_or_else(|| panic!("no {link}: {}{}", run.stdout, run.stderr));
            assert_eq!(row["outcome"], "unreachable", "{row}");
            assert_eq!(row["requests"], 0, "{row}");
        }
    }
    assert!(canary.seen().is_empty());
}

#[test]
fn nothing_from_the_web_steers_the_terminal() {
    let evil = "\u{1b}]0;owned\u{7}\u{202e}evil\u{200b}";
    let label = format!("image/{evil}");
    let titled = page(&[], english().replace("On drift", evil));
    let typed = vec![
        Act::Send(format!("HTTP/1.1 200 X\r\nContent-Type: {label}\r\n\r\n").into()),
        Act::Send(b"\x89PNG\r\n\x1a\n0123".to_vec()),
        Act::Close,
    ];
    let server = Server::start(move |seen: &Seen| match seen.target.as_str() {
        "/titled" => Some(titled.clone()),
        "/typed" => Some(typed.clone()),
        "/gone" => Some(status(404, &[])),
        _ => None,
    });
    let links = [server.url("/titled"), server.url("/typed"), server.url("/gone")];
    let collection = Collection::of_links(links.iter().map(String::as_str));
    let run = collection.run(&["-v", "update", "--allow-net", ALLOW]);
    for text in [&run.stdout, &run.stderr] {
        let bad = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{200b}');
        assert!(!text.contains(bad), "{text:?}");
    }
    // The table by outcome, the links to check by hand, and each request.
    assert!(run.stdout.contains("     1  gone\n"), "{}", run.stdout);
    assert!(run.stdout.contains("links to check by hand:"), "{}", run.stdout);
    assert!(run.stdout.contains(&format!("gone: {}", links[2])), "{}", run.stdout);
    for path in ["/robots.txt", "/titled", "/typed", "/gone"] {
        assert!(run.stderr.contains(&format!("GET {}", server.url(path))), "{}", run.stderr);
    }
}

/// The list itself and a page that it names are requests to one host.
#[test]
fn a_list_and_its_pages_share_the_delay_and_the_rules_of_their_host() {
    let delay = Duration::from_millis(300);
    let server = Server::start(|seen: &Seen| match seen.target.as_str() {
        "/robots.txt" => Some(page(&[], "User-agent: *\nAllow: /")),
        "/list.md" => Some(page(
            &[("Content-Type", "text/markdown")],
            format!("# List\n\n- [On drift](http://{}/page)\n", seen.headers["host"]),
        )),
        _ => Some(page(&[], english())),
    });
    let collection = Collection::of_links(std::iter::empty());
    let settings = format!("[[list]]\nsource = \"{}\"\n", server.url("/list.md"));
    std::fs::write(collection.file("mlsearch.toml"), settings).unwrap();
    let rows = rows(&collection, &["--delay", "0.3"]);
    assert_eq!(row(&rows, &server.url("/page"))["outcome"], "ok");
    assert_eq!(server.targets(), ["/robots.txt", "/list.md", "/page"]);
    let least = delay.mul_f64(0.97) - Duration::from_millis(20);
    let times: Vec<_> = server.seen().iter().map(|seen| seen.at).collect();
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= least), "{times:?}");
}
