//! User names and passwords in lists, in whatever form and place they are written.

use std::fs;

use mlsearch::{
    list::{List, ListOptions, Warning},
    store::Store,
};

use crate::{program::Collection, update::article, web::Web};

/// A password that stands in a list and nowhere else.
const SECRET: &str = "t0psecret";

/// Addresses with a user name and a password that are none of a web page for a program.
fn broken() -> Vec<String> {
    [
        "//bob:{}@host.example/9",
        "bob:{}@host.example/x",
        r"http:\\bob:{}@host.example\5",
        r"http:/\bob:{}@host.example/6",
        "http:/bob:{}@host.example/x",
        "http:bob:{}@host.example/7",
        "http:///bob:{}@host.example/x",
        "http:////bob:{}@host.example",
        "http://bob:{}%40host.example/x",
        "http://bob:{}\u{ff20}host.example/x",
        "http://bob:{}<x@host.example/14",
        "http://bob:{}\"x@host.example/15",
        "http://bob:{}`x@host.example/16",
        "http://bob:{}\t@host.example/x",
        "http://bob:{}\\@host.example/x",
        "http://bob:{}/y@host.example/17",
        "http://bob:{}@host.example:99999/",
        "http://host.example/?next=//bob:{}@b.example/",
    ]
    .map(|form| form.replace("{}", SECRET))
    .to_vec()
}

/// The forms that are found in a running text, where only what is written as an address is one.
fn in_texts() -> Vec<String> {
    broken().into_iter().filter(|form| !form.starts_with("bob")).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// A list of one format with a good link and an address.
fn lists_with(address: &str) -> Vec<(&'static str, String)> {
    const GOOD: &str = "http://good.example/page";
    let xml = escaped(address);
    // In a text only what is written as an address is one.
    let in_text = if address.starts_with("bob") { "" } else { address };
    vec![
        ("csv", format!("url,title\n{GOOD},Good\n{},Bad\n", cell(address))),
        (
            "json",
            format!(
                "{{\"url\": \"{GOOD}\", \"title\": \"Good\"}}\n\
                 {{\"url\": {}, \"title\": \"Bad\"}}\n",
                json(address)
            ),
        ),
        (
            "opml",
            format!(
                "<opml><body><outline text='Good' htmlUrl='{GOOD}'/>\
                 <outline text='Bad' htmlUrl=\"{xml}\" xmlUrl=\"{xml}\"/></body></opml>"
            ),
        ),
        (
            "rss",
            format!(
                "<rss version='2.0'><channel><title>c</title>\
                 <item><title>Good</title><link>{GOOD}</link></item>\
                 <item><title>Bad</title><link>{xml}</link></item></channel></rss>"
            ),
        ),
        (
            "sitemap",
            format!("<urlset><url><loc>{GOOD}</loc></url><url><loc>{xml}</loc></url></urlset>"),
        ),
        (
            "sitemap index",
            format!(
                "<sitemapindex><sitemap><loc>{GOOD}</loc></sitemap>\
                 <sitemap><loc>{xml}</loc></sitemap></sitemapindex>"
            ),
        ),
        ("markdown", format!("- [Good]({GOOD})\n- [Bad](<{address}>)\n- bad {in_text}\n")),
        ("html", format!("<ul><li><a href='{GOOD}'>Good</a><li><a href=\"{xml}\">Bad</a></ul>")),
        ("text", format!("A list\n{GOOD}\n{in_text}\n{GOOD}/2 {in_text}\n")),
    ]
}

#[track_caller]
fn parsed(text: &str) -> List {
    let options = ListOptions { name: "own".into(), ..ListOptions::default() };
    mlsearch::list::parse(text.as_bytes(), &options).unwrap()
}

#[track_caller]
fn check_discreet(list: &List) {
    let told = format!("{list:?}");
    assert!(!told.contains(SECRET) && !told.contains("bob:@"), "{told}");
}

#[test]
fn no_warning_and_no_entry_shows_the_password_of_an_address() {
    for address in broken() {
        for (format, text) in lists_with(&address) {
            let list = parsed(&text);
            check_discreet(&list);
            // Markdown and HTML have relative addresses, which are counted and not named.
            let is_told = !matches!(format, "markdown" | "html" | "text" | "rss");
            assert!(!is_told || !list.warnings.is_empty(), "{format}: {address}");
        }
    }
}

#[test]
fn an_address_that_is_refused_is_named_without_its_password() {
    let list = parsed(&format!(
        "url\nhttp://good.example/\nbob:{SECRET}@host.example/x\n//bob:{SECRET}@host.example/9\n\
         mailto:bob@host.example\n"
    ));
    let expected = ["host.example/x", "//host.example/9", "mailto:bob@host.example"];
    let expected = (3..)
        .zip(expected)
        .map(|(line, url)| Warning { line, message: format!("`{url}` is no web page") });
    assert_eq!(list.warnings, expected.collect::<Vec<_>>());
}

#[test]
fn a_source_without_entries_is_described_without_its_passwords() {
    for address in broken() {
        for text in [address.clone(), format!("see {address}"), format!("url\n{address}\n")] {
            let options = ListOptions { name: "own".into(), ..ListOptions::default() };
            if let Err(error) = mlsearch::list::parse(text.as_bytes(), &options) {
                assert!(!error.to_string().contains(SECRET), "{error}");
            }
        }
    }
}

#[test]
fn texts_lose_passwords_and_a_warning_names_the_line() {
    for form in in_texts() {
        let url = "http://good.example/page";
        let (line, cell, json) = (form.replace('\t', " "), cell(&form), json(&form));
        let mut lists = vec![
            format!("# L\n\n- [Page]({url}) - the text\n- [Other {line}]({url}/2)\n"),
            format!("# L\n\n## Of {line}\n\n- [Page]({url})\n"),
            format!(
                "<rss version='2.0'><channel><title>c</title><item><title>A {0}</title>\
                 <link>{url}</link><description>d {0}</description></item></channel></rss>",
                escaped(&form)
            ),
            format!("url,title,folder,tags,description\n{url},{cell},{cell},{cell},{cell}\n"),
            format!(
                "{{\"url\": \"{url}\", \"title\": {json}, \"tags\": [{json}], \"also\": [{json}], \
                 \"labels\": [{json}], \"section\": {json}, \"company\": {json}, \
                 \"description\": {json}}}\n"
            ),
            format!(
                "<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><p>\
                 <DT><A HREF=\"{url}\" TAGS=\"a,{}\">Page</A></DL>",
                escaped(&form)
            ),
        ];
        // In Markdown a `` ` `` begins code, and a `\` or a `<` may begin nothing of the text.
        if form.contains(['`', '\\', '<', '"']) {
            lists.drain(..2);
        }
        for text in lists {
            let list = parsed(&text);
            check_discreet(&list);
            let is_told =
                list.warnings.iter().any(|warning| warning.message.contains("password is cut"));
            assert!(is_told, "{form:?} in {text}: {list:?}");
        }
    }
}

#[test]
fn a_section_is_cut_before_its_path_is_taken_apart() {
    let list = parsed(&format!(
        "url,title,folder\nhttp://good.example/,Good,Top/http://bob:{SECRET}@host.example\n"
    ));
    assert_eq!(list.entries[0].section, ["Top", "http:", "host.example"]);
}

#[test]
fn a_name_is_cut_before_it_is_shortened_or_taken_apart() {
    let long = "x".repeat(100);
    let form = format!("http://bob:{SECRET},{long}@host.example/");
    let list =
        parsed(&format!("# {long} {form}\n\n- [Page](http://good.example/) `({form}, linux)`\n"));
    check_discreet(&list);
    assert_eq!(list.entries[0].tags, ["http://host.example/", "linux"]);
    let summary = format!("{} {form}", "word ".repeat(98));
    let list = parsed(&format!(
        "<rss version='2.0'><channel><title>c</title><item><title>A</title>\
         <link>http://good.example/</link><description>{summary}</description></item>\
         </channel></rss>"
    ));
    check_discreet(&list);
    assert!(list.warnings[0].message.contains("password is cut"), "{:?}", list.warnings);
}

#[test]
fn no_form_of_a_password_reaches_a_file_or_an_output() {
    let web = Web::start();
    let collection = Collection::in_web(&web);
    let settings = "[[list]]\nsource = \"own.json\"\n[[list]]\nsource = \"map.xml\"\n\
                    [crawl]\ndelay = 0.0\narchive = false\n";
    fs::write(collection.file("mlsearch.toml"), settings).unwrap();
    let (mut own, mut map) = (String::new(), String::new());
    for (number, form) in (0..).zip(in_texts()) {
        let (form, url) = (json(&form), format!("http://page{number}.example/"));
        web.put(&url, crate::web::Answer::html(article("Drift", number, "zyxquone")));
        own.push_str(&format!(
            "{{\"url\": \"{url}\", \"title\": {form}, \"tags\": [{form}], \"section\": {form}, \
             \"also\": [{form}], \"company\": {form}, \"description\": {form}}}\n"
        ));
    }
    for form in broken() {
        map.push_str(&format!("<sitemap><loc>{}</loc></sitemap>", escaped(&form)));
    }
    fs::write(collection.file("own.json"), own).unwrap();
    fs::write(collection.file("map.xml"), format!("<sitemapindex>{map}</sitemapindex>")).unwrap();
    let atom = collection.file("new.xml");
    let list = |name| collection.file(name).display().to_string();
    for args in [
        &["-v", "update", "--json"][..],
        &["update"],
        &["status"],
        &["status", "--json"],
        &["check", "--json"],
        &["new", "--json"],
        &["new", "--atom", atom.to_str().unwrap()],
        &["zyxquone", "--json"],
        &["zyxquone"],
        &["show", "http://page1.example/"],
        &["facets"],
        &["facets", "--json"],
        &["list", &list("own.json")],
        &["list", "--json", &list("map.xml")],
        &["list", "--lint", &list("own.json")],
    ] {
        let run = collection.run(args);
        for text in [&run.stdout, &run.stderr] {
            assert!(!text.contains(SECRET), "{args:?}: {text}");
        }
    }
    for seen in web.take_seen() {
        assert!(!format!("{seen:?}").contains(SECRET), "{seen:?}");
    }
    for file in ["pages.sqlite", "new.xml"] {
        let bytes = fs::read(collection.file(file)).unwrap();
        let found = memchr::memmem::find(&bytes, SECRET.as_bytes());
        assert!(found.is_none(), "`{file}` holds the password");
    }
}

#[test]
fn passwords_that_an_older_version_did_not_know_are_gone_after_an_update() {
    let web = Web::start();
    let collection = Collection::in_web(&web);
    let settings = "[[list]]\nsource = \"own.md\"\n[crawl]\ndelay = 0.0\narchive = false\n";
    fs::write(collection.file("mlsearch.toml"), settings).unwrap();
    fs::write(collection.file("own.md"), "- [New](https://new.example/x)\n").unwrap();
    web.put("https://new.example/x", crate::web::Answer::html(article("New", 5, "zyxqufive")));
    collection.ok(&["update"]);
    let path = collection.file("pages.sqlite");
    let mut store = Store::open(&path).unwrap();
    let failed = format!("`http://bob:{SECRET}%40host.example/`: gone");
    let kept = "of `http://host:port";
    store.log_run(&serde_json::json!({ "failed": failed, "warnings": [kept, "x@y"] })).unwrap();
    drop(store);
    let open = || rusqlite::Connection::open(&path).unwrap();
    open().execute("UPDATE state SET is_without_userinfo = 1", []).unwrap();
    collection.ok(&["update"]);
    let bytes = fs::read(&path).unwrap();
    assert!(memchr::memmem::find(&bytes, SECRET.as_bytes()).is_none());
    let query = "SELECT report FROM runs WHERE report LIKE '%gone%'";
    let report: String = open().query_row(query, [], |row| row.get(0)).unwrap();
    let expected = serde_json::json!({
        "failed": "`http://host.example/`: gone",
        "warnings": [kept, "x@y"],
    });
    assert_eq!(serde_json::from_str::<serde_json::Value>(&report).unwrap(), expected);
}
