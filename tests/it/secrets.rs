//! What the web names is no local file, and no credential leaves a list: every request, as a
//! recording proxy sees it.

use std::fs;

use crate::{
    crawl::server::{Seen, Server, answer, status},
    program::Collection,
    update::article,
    web::{Answer, Web},
};

/// A secret that no request, no output and no file but the list itself may hold.
const SECRET: &str = "t0psecret";
/// A secret in the links of a page, which its stored body may hold.
const OTHERS: &str = "n0tours";

/// A collection in a web, with these settings and a look-up in the web archive.
fn collection(web: &Web, settings: &str) -> Collection {
    let collection = Collection::in_web(web);
    let crawl = "[crawl]\ndelay = 0.0\nhost_delays = {}\n";
    fs::write(collection.file("mlsearch.toml"), format!("{settings}\n{crawl}")).unwrap();
    collection
}

/// Every request since the last call, sorted; none of them may hold the secret or credentials.
#[track_caller]
fn requests(web: &Web) -> Vec<String> {
    let mut urls = Vec::new();
    for seen in web.take_seen() {
        let text = format!("{seen:?}");
        assert!(!text.contains(SECRET) && !text.contains(OTHERS), "{seen:?}");
        assert!(!seen.headers.contains_key("authorization"), "{seen:?}");
        urls.push(seen.url);
    }
    urls.sort_unstable();
    urls
}

/// A sitemap, or an index of sitemaps, that names these addresses.
fn sitemap(outer: &str, inner: &str, addresses: &[&str]) -> Answer {
    let one = |address: &&str| format!("<{inner}><loc>{address}</loc></{inner}>\n");
    let all: String = addresses.iter().map(one).collect();
    Answer::html(format!("<{outer}>\n{all}</{outer}>"))
}

#[test]
fn a_sitemap_index_from_the_web_names_no_local_file() {
    let web = Web::start();
    let collection =
        collection(&web, "[[list]]\nsource = \"https://maps.example/index.xml\"\nname = \"maps\"");
    let local = collection.file("private.md");
    fs::write(&local, "- [Private](https://leak.example/private)\n").unwrap();
    let local = local.to_str().unwrap();
    let refused = [
        local,
        "private.md",
        "./private.md",
        &format!("file://{local}"),
        "ftp://maps.example/private.md",
        "//maps.example/private.xml",
    ];
    let guarded = ["http://169.254.169.254/latest.xml", "http://localhost/private.xml"];
    let good = "https://maps.example/posts.xml";
    let all = [&refused[..], &guarded, &[good]].concat();
    web.put("https://maps.example/index.xml", sitemap("sitemapindex", "sitemap", &all));
    web.put(good, sitemap("urlset", "url", &["https://blog.example/drift"]));
    web.put("https://blog.example/drift", Answer::html(article("On drift", 1, "zyxquone")));
    let run = collection.ok(&["update"]);
    assert_eq!(
        requests(&web),
        [
            "https://blog.example/drift",
            "https://blog.example/robots.txt",
            "https://maps.example/index.xml",
            "https://maps.example/posts.xml",
            "https://maps.example/robots.txt",
        ]
    );
    for address in refused {
        let warned = format!("`{address}` is no address of a web page");
        let line = run.stderr.lines().find(|line| line.contains(&warned));
        assert!(line.is_some_and(|line| line.contains("maps: line ")), "{}", run.stderr);
    }
    for address in guarded {
        let warned = format!("maps: `{address}`: unreachable: forbidden address");
        assert!(run.stderr.contains(&warned), "{}", run.stderr);
    }
    let warnings = collection.ok(&["status"]).stdout;
    assert!(warnings.contains(&format!("`{local}` is no address")), "{warnings}");
    let told = collection.run(&["list", "https://maps.example/index.xml"]);
    assert!(!told.stdout.contains("private.md"), "{}", told.stdout);
}

#[test]
fn an_index_in_a_file_names_web_addresses_only() {
    let web = Web::start();
    let collection = collection(&web, "[[list]]\nsource = \"index.xml\"");
    let index = sitemap("sitemapindex", "sitemap", &["private.md", "https://maps.example/a.xml"]);
    fs::write(collection.file("index.xml"), index.body).unwrap();
    fs::write(collection.file("private.md"), "- [Private](https://leak.example/x)\n").unwrap();
    web.put("https://maps.example/a.xml", sitemap("urlset", "url", &["https://blog.example/x"]));
    let run = collection.ok(&["update"]);
    assert_eq!(
        requests(&web).iter().filter(|url| !url.contains("archive.org")).collect::<Vec<_>>(),
        [
            "https://blog.example/robots.txt",
            "https://blog.example/x",
            "https://maps.example/a.xml",
            "https://maps.example/robots.txt",
        ]
    );
    assert!(run.stderr.contains("index: line 2: `private.md` is no address"), "{}", run.stderr);
}

#[test]
fn a_list_that_the_web_names_is_fetched_under_the_address_guard() {
    let other = Server::start_everywhere(|_| Some(answer(200, &[], b"<p>x</p>")));
    let port = other.url("").rsplit(':').next().unwrap().to_owned();
    let [private, redirected] =
        ["private", "redirected"].map(|name| format!("http://127.0.0.2:{port}/{name}.xml"));
    let to = redirected.clone();
    let index = Server::start(move |seen: &Seen| match seen.target.as_str() {
        "/robots.txt" => None,
        "/moved.xml" => Some(status(302, &[("Location", &to)])),
        _ => {
            let moved = format!("http://{}/moved.xml", seen.headers["host"]);
            let body = sitemap("sitemapindex", "sitemap", &[&private, &moved]).body;
            Some(answer(200, &[], &body))
        }
    });
    let collection = Collection::of_links(["https://unused.example/"]);
    let settings = format!("[[list]]\nsource = \"{}\"\nname = \"maps\"\n", index.url("/i.xml"));
    fs::write(collection.file("mlsearch.toml"), settings).unwrap();
    let run = collection.run(&["update", "--delay", "0", "--allow-net", "127.0.0.1/32"]);
    assert_eq!(index.targets(), ["/robots.txt", "/i.xml", "/moved.xml"]);
    assert!(other.seen().is_empty(), "{:?}", other.seen());
    for name in [format!("http://127.0.0.2:{port}/private.xml"), index.url("/moved.xml")] {
        let warned = format!("maps: `{name}`: unreachable: forbidden address");
        assert!(run.stderr.contains(&warned), "{}", run.stderr);
    }
}

#[test]
fn every_format_of_a_list_loses_its_credentials() {
    let url = format!("https://bob:{SECRET}@host.example/x");
    for (name, text) in [
        ("csv", format!("url,title\n{url},A\n")),
        ("jsonl", format!("{{\"url\": \"{url}\", \"title\": \"A\", \"also\": [\"{url}\"]}}\n")),
        ("txt", format!("A title\n{url}\n")),
        ("opml", format!("<opml><body><outline text='A' xmlUrl='{url}'/></body></opml>")),
        (
            "rss",
            format!(
                "<rss version='2.0'><channel><title>c</title><item><title>A</title>\
                         <link>{url}</link><enclosure url='{url}' type='a/b' length='1'/></item>\
                         </channel></rss>"
            ),
        ),
        ("sitemap", format!("<urlset><url><loc>{url}</loc></url></urlset>")),
        ("index", format!("<sitemapindex><sitemap><loc>{url}</loc></sitemap></sitemapindex>")),
        ("html", format!("<html><ul><li><a href='{url}'>A</a></ul></html>")),
        ("md", format!("| Title | Link | Tags |\n|-|-|-|\n| A {url} | <{url}> | {url} |\n")),
    ] {
        let options = mlsearch::list::Options { name: name.into(), ..Default::default() };
        let list = mlsearch::list::parse(text.as_bytes(), &options).unwrap();
        let told = format!("{list:?}");
        assert!(!told.contains(SECRET) && !told.contains("bob"), "{told}");
        assert!(told.contains("host.example/x"), "{told}");
        let is_warned = list.warnings.iter().any(|warning| {
            warning.message.starts_with("line ") && warning.message.contains("is cut")
        });
        assert!(is_warned, "{told}");
    }
}
