//! What the web names is no local file, and no credential leaves a list: every request, as a
//! recording proxy sees it.

use std::{fs, path::Path};

use mlsearch::{
    page::{Form, Outcome, Page, Source},
    store::{FollowUp, FollowUpPlace, Postponed, Store},
};

use crate::{
    crawl::server::{Seen, Server, answer, status},
    program::{Collection, Run},
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
    let crawl = "[crawl]\ndelay = 0.0\nhost_delays = { \"web.archive.org\" = 0.0 }\n";
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

/// Nothing below a folder holds the secret, but for some files.
#[track_caller]
fn check_files(dir: &Path, but: &[&str]) {
    for entry in fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            check_files(&path, but);
        } else if !but.iter().any(|name| path.ends_with(name)) {
            let bytes = fs::read(&path).unwrap();
            let found = memchr::memmem::find(&bytes, SECRET.as_bytes()).is_some();
            assert!(!found, "`{}` holds the secret", path.display());
        }
    }
}

#[track_caller]
fn check_output(run: &Run) {
    for text in [&run.stdout, &run.stderr] {
        assert!(!text.contains(SECRET) && !text.contains(OTHERS), "{text}");
    }
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
fn credentials_in_a_list_are_neither_sent_nor_stored_nor_shown() {
    let web = Web::start();
    let collection = collection(&web, "[[list]]\nsource = \"own.md\"");
    let own = format!(
        "# Own\n\n\
         - [Gone](https://bob:{SECRET}@gone.example/x) - also at https://bob:{SECRET}@gone.example/y\n\
         - <https://{SECRET}@short.example/>\n\
         - [Kept](https://kept.example/x) [code](https://bob:{SECRET}@code.example/x)\n\
         - [Broken](https://bob:{SECRET}/@broken.example/x)\n"
    );
    fs::write(collection.file("own.md"), own).unwrap();
    let to = format!("https://bob:{OTHERS}@kept.example/there");
    web.put("https://kept.example/x", Answer::status(301).with("Location", &to));
    let canonical = format!("<link rel=canonical href='https://bob:{OTHERS}@kept.example/own'>");
    let page = article("Kept", 3, "zyxquthree").replace("<head>", &format!("<head>{canonical}"));
    web.put("https://kept.example/there", Answer::html(page));
    let print = format!("<p>x</p><a href='https://bob:{OTHERS}@short.example/print'>Print</a>");
    web.put("https://short.example/", Answer::html(print));
    web.put("https://short.example/print", Answer::html(article("Short", 4, "zyxqufour")));
    let lookup = |host: &str| {
        format!(
            "https://web.archive.org/cdx/search/cdx?url=https%3A%2F%2F{host}%2Fx&output=json\
             &fl=timestamp%2Coriginal&filter=statuscode%3A200&limit=-1"
        )
    };
    let run = collection.ok(&["-v", "update", "--json"]);
    assert_eq!(
        requests(&web),
        [
            "https://gone.example/robots.txt",
            "https://gone.example/x",
            "https://kept.example/robots.txt",
            "https://kept.example/there",
            "https://kept.example/x",
            "https://short.example/",
            "https://short.example/print",
            "https://short.example/robots.txt",
            &lookup("gone.example"),
            "https://web.archive.org/robots.txt",
        ]
    );
    check_output(&run);
    for line in 3..=5 {
        let warned = format!("own: line {line}: a user name or password is cut");
        assert!(run.stderr.contains(&warned), "{}", run.stderr);
    }
    for args in [
        &["own"][..],
        &["gone", "--json"],
        &["kept", "--json"],
        &["show", "https://gone.example/x"],
        &["show", "--json", "https://kept.example/x"],
        &["facets", "--json"],
        &["status"],
        &["status", "--json"],
        &["check"],
        &["check", "--json"],
        &["new", "--json"],
        &["new", "--feed"],
        &["list", "--json", collection.file("own.md").to_str().unwrap()],
        &["list", "--lint", collection.file("own.md").to_str().unwrap()],
        &["update", "--offline", "--json"],
    ] {
        check_output(&collection.run(args));
    }
    check_files(collection.path(), &["own.md"]);
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
        let options = mlsearch::list::ListOptions { name: name.into(), ..Default::default() };
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

#[test]
fn credentials_that_an_older_version_has_stored_are_gone_after_an_update() {
    let web = Web::start();
    let collection = collection(&web, "[[list]]\nsource = \"own.md\"");
    fs::write(collection.file("own.md"), "- [New](https://new.example/x)\n").unwrap();
    web.put("https://new.example/x", Answer::html(article("New", 5, "zyxqufive")));
    let path = collection.file("pages.sqlite");
    let mut store = Store::open(&path).unwrap();
    let url = format!("https://bob:{SECRET}@old.example/x");
    let entry = [("https://old.example/x", url.as_str(), url.as_str(), &())];
    store.set_worklist(entry.into_iter()).unwrap();
    store.update_entries("2026-01-01T00:00:00Z".parse().unwrap(), true).unwrap();
    let page = Page {
        url: url.clone(),
        final_url: url.clone(),
        status: Some(200),
        headers: vec![("link".into(), url.clone())],
        body: url.clone().into_bytes(),
        fetched_at: "2026-01-01T00:00:00Z".parse().unwrap(),
        outcome: Outcome::Ok,
        reason: Some(format!("moved to {url}")),
        form: Form::Page,
        come_back: None,
        source: Source::Live,
        requests: 1,
        wire_bytes: 0,
        elapsed_ms: 0,
    };
    store.record(&url, &page).unwrap();
    store.set_list(&url, &page).unwrap();
    let at = page.fetched_at;
    store.postpone_list(&url, Postponed { at, until: at }).unwrap();
    store.set_claim(&url, Some("https://old.example/")).unwrap();
    store.set_claim("https://old.example/x", Some(&url)).unwrap();
    for key in [url.as_str(), "https://old.example/x"] {
        let page = Page { body: Vec::new(), ..page.clone() };
        let follow_up = FollowUp { page, urls: vec![url.clone()], place: FollowUpPlace::After };
        store.set_follow_up(key, &follow_up).unwrap();
    }
    store.log_run(&serde_json::json!({ "failed": format!("`{url}`: gone") })).unwrap();
    drop(store);
    collection.ok(&["update"]);
    for args in [&["new", "--since", "2020-01-01"][..], &["status", "--json"]] {
        check_output(&collection.run(args));
    }
    check_files(collection.path(), &[]);
}

#[test]
fn a_page_in_a_declared_network_is_looked_up_nowhere_else() {
    let allow = ["--allow-net", "127.0.0.0/8", "--allow-net", "10.0.0.0/8"];
    // Through a proxy: by its address, and by a name that no public name can be.
    let web = Web::start();
    let own = collection(&web, "[[list]]\nsource = \"own.md\"");
    let list = "- [A](http://10.1.2.3/wiki)\n- [B](http://wiki/b)\n- [C](http://wiki.internal/c)\n";
    fs::write(own.file("own.md"), list).unwrap();
    web.put("http://wiki/b", Answer::html("<p>An empty page.</p>"));
    web.put("http://wiki.internal/c", Answer::status(403));
    let run = own.ok(&[&["update", "--json"][..], &allow].concat());
    assert_eq!(
        requests(&web),
        [
            "http://10.1.2.3/robots.txt",
            "http://10.1.2.3/wiki",
            "http://wiki.internal/c",
            "http://wiki.internal/robots.txt",
            "http://wiki/b",
            "http://wiki/robots.txt",
        ]
    );
    assert_eq!(run.stdout.matches("not looked up elsewhere").count(), 3, "{}", run.stdout);

    // Without a proxy, by address and by name; whoever else is asked is asked through the proxy.
    let server = Server::start(|_| None);
    let by_name = server.url("/b").replace("127.0.0.1", "localhost");
    let list = format!("- [A]({})\n- [B]({by_name})\n", server.url("/a"));
    fs::write(own.file("own.md"), list).unwrap();
    let args = [&["update", "--json"][..], &allow].concat();
    let run = Run::of(own.command(&args).env("NO_PROXY", "127.0.0.0/8,localhost"));
    assert_eq!(requests(&web), Vec::<String>::new());
    let mut targets = server.targets();
    targets.sort_unstable();
    assert_eq!(targets, ["/a", "/b", "/robots.txt", "/robots.txt"]);
    assert_eq!(run.stdout.matches("not looked up elsewhere").count(), 2, "{}", run.stdout);
}

#[test]
fn the_password_of_a_proxy_is_told_nowhere() {
    // Proxies that cannot be: no address, no port, a password with signs that end a host.
    for proxy in ["http://bob:{}@[bad", "bob:{}@host:port", "http://bob:{}#@host", "foo://b:{}@h"] {
        let collection = Collection::offline();
        let proxy = proxy.replace("{}", SECRET);
        collection.set("archive = true", &format!("archive = true\nproxy = \"{proxy}\""));
        let run = collection.run(&["-v", "update", "--json"]);
        check_output(&run);
        assert!(run.stderr.contains("expected the URL of an HTTP proxy"), "{proxy}");
        check_output(&collection.run(&["status"]));
        check_output(&collection.run(&["status", "--json"]));
        check_files(collection.path(), &["mlsearch.toml"]);
    }
    // One where nobody answers, named by the environment and by the settings.
    let proxy = format!("http://bob:{SECRET}@127.0.0.1:9");
    let collection = Collection::offline();
    let mut command = collection.command(&["-v", "update", "--json"]);
    check_output(&Run::of(command.env("HTTPS_PROXY", &proxy).env("https_proxy", &proxy)));
    collection.set("archive = true", &format!("archive = true\nproxy = \"{proxy}\""));
    check_output(&collection.run(&["-v", "update", "--json"]));
    check_output(&collection.run(&["status", "--json"]));
    check_files(collection.path(), &["mlsearch.toml"]);
}

#[test]
fn credentials_in_the_settings_are_refused_with_the_line() {
    let url = format!("https://bob:{SECRET}@host.example/list.md");
    let entry = format!("source = \"own.md\"\n[[list.entry]]\nurl = \"{url}\"\ndepth = 1");
    for (line, list) in [
        (2, format!("source = \"{url}\"")),
        (3, format!("source = \"own.md\"\nbase = \"{url}\"")),
        (4, entry),
    ] {
        let collection = Collection::offline();
        let settings = format!("[[list]]\n{list}\n");
        fs::write(collection.file("mlsearch.toml"), settings).unwrap();
        let run = collection.run(&["update", "--offline"]);
        check_output(&run);
        assert_eq!(run.code, 2);
        let told = format!("line {line}: `https://host.example/list.md` has a user name or");
        assert!(run.stderr.contains(&told), "{}", run.stderr);
        assert!(run.stderr.contains("hint: "), "{}", run.stderr);
    }
}

#[test]
fn credentials_on_the_command_line_are_neither_sent_nor_shown() {
    let web = Web::start();
    let collection = collection(&web, "[[list]]\nsource = \"own.md\"");
    let url = format!("https://bob:{SECRET}@host.example/x");
    let bad = format!("https://bob:{SECRET}@host.example/none");
    web.put("https://host.example/x", Answer::html(article("Own", 6, "zyxqusix")));
    for args in [
        &["extract", "--json", &url][..],
        &["extract", &url, &bad],
        &["extract", &bad],
        &["list", "--json", &url],
        &["list", "--lint", &bad],
    ] {
        let run = collection.run(args);
        check_output(&run);
        let warned = "a user name or password is cut from `https://host.example/";
        assert!(run.stderr.contains(warned), "{}", run.stderr);
    }
    let asked = requests(&web);
    assert!(asked.iter().all(|url| url.starts_with("https://host.example/")), "{asked:?}");

    let dir = collection.file("made");
    let run = collection.run(&["init", dir.to_str().unwrap(), &url]);
    check_output(&run);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("hint: run `mlsearch init "), "{}", run.stderr);
    assert!(run.stderr.contains(" https://host.example/x`"), "{}", run.stderr);
    assert!(!dir.exists());
}

#[test]
fn imported_documents_lose_their_credentials() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("own.jsonl");
    let own = dir.path().join("own");
    let line = |url: &str| format!("{{\"url\": \"{url}\", \"title\": \"Drift\"}}\n");
    let lines =
        [line("https://host.example/a"), line(&format!("https://bob:{SECRET}@host.example/x"))];
    fs::write(&file, lines.concat()).unwrap();
    let run = |args: &[&str]| {
        let mut command = crate::program::program();
        command.arg("--index").arg(&own).args(args);
        Run::of(&mut command)
    };
    let import = run(&["import", file.to_str().unwrap()]);
    check_output(&import);
    let warned = "line 2: a user name or password is cut from `https://host.example/x`";
    assert!(import.stderr.contains(warned), "{}", import.stderr);
    let found = run(&["drift", "--json"]);
    assert!(found.stdout.contains("https://host.example/x"), "{}", found.stdout);
    check_output(&found);
    check_files(&own, &[]);
    // A line that is no document.
    fs::write(&file, line(&format!("ftp://bob:{SECRET}@host.example/x"))).unwrap();
    check_output(&run(&["import", file.to_str().unwrap()]));
}
