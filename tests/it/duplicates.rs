//! An article under several addresses is one document that is found by each of them.

use std::fs;

use crate::{
    program::Collection,
    update::{article, urls},
    web::{Answer, Web},
};

const FIRST: &str = "https://www.a.example.org/on-drift/";

/// Addresses of one article, each with its list, the company that its entry names and its tag.
const COPIES: [(&str, &str, &str, &str); 6] = [
    (FIRST, "one", "Acme", "drift"),
    ("https://www.a.example.org/on-drift", "one", "", "monitoring"),
    ("https://m.a.example.org/on-drift/", "one", "", "mobile"),
    ("https://www.a.example.org/on-drift/amp", "two", "", "amp"),
    ("https://medium.example.com/@someone/on-drift-3f9a", "two", "", "repost"),
    ("https://news.example.net/en/2026/on-drift", "two", "", "repost"),
];

fn list(name: &str) -> String {
    let mut text = format!("# List {name}\n\n");
    for (url, list, company, tag) in COPIES {
        if list == name {
            let company = if company.is_empty() { "" } else { "Company: Acme<BR>\n" };
            text.push_str(&format!("## [On drift]({url})\nTags: {tag}<BR>\n{company}\n"));
        }
    }
    text
}

/// A web with the article at all of its addresses, under each site's own furniture.
fn web() -> Web {
    let web = Web::start();
    for (number, (url, ..)) in COPIES.iter().enumerate() {
        let page = article("On drift and how we found it", 1, "zyxdrift");
        let page = page.replace("<nav>", &format!("<nav><a href=/{number}>Site {number}</a>"));
        web.put(url, Answer::html(page));
    }
    web
}

fn collection(web: &Web, lists: &[(&str, String)]) -> Collection {
    let collection = Collection::in_web(web);
    let mut settings = String::from("[crawl]\narchive = false\n");
    for (name, text) in lists {
        fs::write(collection.file(&format!("{name}.md")), text).unwrap();
        settings.push_str(&format!("[[list]]\nsource = \"{name}.md\"\n"));
    }
    fs::write(collection.file("mlsearch.toml"), settings).unwrap();
    collection
}

#[test]
fn an_article_at_six_addresses_is_one_document_that_knows_them_all() {
    let web = web();
    let mut two = list("two");
    two.push_str("## [Another](https://b.example.org/other)\nTags: drift<BR>\n");
    web.put("https://b.example.org/other", Answer::html(article("Another thing", 2, "zyxother")));
    let collection = collection(&web, &[("one", list("one")), ("two", two)]);
    // From the lists alone nothing is said to be the same.
    collection.ok(&["update", "--offline"]);
    assert_eq!(collection.json(&["status", "--json"])["index"]["documents"], 7);

    // That six entries become one is no loss that the gate would refuse.
    let run = collection.ok(&["update", "--delay", "0", "--json"]);
    let summary: serde_json::Value =
        serde_json::from_str(run.stdout.lines().next_back().unwrap()).unwrap();
    assert_eq!(summary["summary"]["documents"], 2, "{summary}");
    assert_eq!(summary["summary"]["merged"], 5, "{summary}");

    let found = collection.json(&["zyxdrift", "--json"]);
    assert_eq!(urls(&found), [FIRST], "it is shown once");
    let others: Vec<&str> = COPIES[1..].iter().map(|(url, ..)| *url).collect();
    assert_eq!(found["hits"][0]["also_at"], serde_json::json!(others));
    for (url, ..) in COPIES {
        assert_eq!(urls(&collection.json(&[url, "--json"]))[0], FIRST, "{url}");
        let shown = collection.json(&["show", url, "--json"]);
        assert_eq!(shown["url"], FIRST);
        let tags = ["drift", "monitoring", "mobile", "amp", "repost"];
        assert_eq!(shown["tags"], serde_json::json!(tags));
        assert_eq!(shown["lists"], serde_json::json!(["one", "two"]));
        assert_eq!(shown["company"], "Acme");
    }
    // Each entry has its own id in `check` and `new`; all of them lead to the document.
    let checked = collection.ok(&["check", "--all", "--json"]).stdout;
    for line in checked.lines().take(COPIES.len()) {
        let link: serde_json::Value = serde_json::from_str(line).unwrap();
        let shown = collection.json(&["show", link["id"].as_str().unwrap(), "--json"]);
        assert_eq!(shown["url"], FIRST, "{line}");
    }
    let text = collection.ok(&["show", FIRST]).stdout;
    assert!(text.contains("also at: https://news.example.net/en/2026/on-drift"), "{text}");

    let count = |facet: &str, value: &str| {
        let counts = collection.json(&["facets", facet, "--json"]);
        let values = counts["facets"][0]["values"].as_array().unwrap().clone();
        let found = values.iter().find(|v| v["value"] == value);
        found.map_or(0, |found| found["count"].as_u64().unwrap())
    };
    assert_eq!((count("list", "one"), count("list", "two")), (1, 2));
    assert_eq!((count("tag", "repost"), count("tag", "drift")), (1, 2));
    assert_eq!((count("site", "news.example.net"), count("company", "Acme")), (1, 1));

    // A copy that has another text from now on is a document of its own again.
    web.put(COPIES[4].0, Answer::html(article("A new story", 3, "zyxstory").replace("was", "is")));
    collection.ok(&["update", "--delay", "0", "--refresh"]);
    assert_eq!(urls(&collection.json(&["zyxstory", "--json"])), [COPIES[4].0]);
    assert_eq!(urls(&collection.json(&["zyxdrift", "--json"])), [FIRST]);
}

#[test]
fn a_copy_stands_in_for_the_first_address_when_that_one_is_lost() {
    let web = web();
    let collection = collection(&web, &[("one", list("one")), ("two", list("two"))]);
    collection.ok(&["update", "--delay", "0"]);
    web.put(FIRST, Answer::status(404));
    collection.ok(&["update", "--delay", "0", "--refresh"]);
    let found = collection.json(&["zyxdrift", "--json"]);
    assert_eq!(urls(&found), [COPIES[1].0]);
    assert_eq!(found["hits"][0]["provenance"]["kind"], "full_text");
    assert_eq!(collection.json(&["show", FIRST, "--json"])["url"], COPIES[1].0);
    assert_eq!(found["hits"][0]["company"], "Acme");
}

#[test]
fn addresses_that_look_the_same_are_not_when_their_texts_differ() {
    let web = Web::start();
    let pairs = [
        "https://c.example.org/page",
        "https://c.example.org/page/",
        "https://www.c.example.org/page",
        "https://c.example.org/en/page",
    ];
    for (number, url) in pairs.iter().enumerate() {
        let title = format!("Page {number}");
        web.put(url, Answer::html(article(&title, number, &format!("zyxpage{number}"))));
    }
    // Two dead links that lead to the front page of their site, and two pages with a short text.
    let front = "https://d.example.org/";
    for path in ["gone", "lost"] {
        let moved = Answer::status(302).with("Location", front);
        web.put(&format!("{front}{path}"), moved);
    }
    web.put(front, Answer::html(article("Our blog", 9, "zyxfront")));
    let mut text = String::from("# List\n\n");
    for url in
        pairs.iter().copied().chain(["https://d.example.org/gone", "https://d.example.org/lost"])
    {
        text.push_str(&format!("- [On {}]({url}) - words\n", url.len()));
    }
    let collection = collection(&web, &[("all", text)]);
    let run = collection.ok(&["update", "--delay", "0", "--json"]);
    let summary = run.stdout.lines().next_back().unwrap();
    assert!(summary.contains("\"merged\":0"), "{summary}");
    for (number, url) in pairs.iter().enumerate() {
        let found = collection.json(&[&format!("zyxpage{number}"), "--json"]);
        assert_eq!(urls(&found), [*url]);
    }
}

/// A page that declares its address.
fn declaring(address: &str, title: &str, text: &str) -> Answer {
    Answer::html(format!(
        "<html><head><title>{title}</title><link rel=canonical href='{address}'></head>\
         <body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
    ))
}

/// A collection of these links, updated, with the summary of the update.
fn updated(web: &Web, links: &[&str]) -> (Collection, serde_json::Value) {
    let items: String = links.iter().map(|url| format!("- [On {url}]({url}) - words\n")).collect();
    let collection = collection(web, &[("all", format!("# List\n\n{items}"))]);
    let run = collection.ok(&["update", "--delay", "0", "--json"]);
    let summary = serde_json::from_str(run.stdout.lines().next_back().unwrap()).unwrap();
    (collection, summary)
}

const SHORT: &str = "A short note of zyxshort that says how little there is to say about it.";

#[test]
fn an_article_is_found_by_the_address_that_it_declares() {
    let web = Web::start();
    let (page, declared) = ("https://m.a.example/note?id=1", "https://www.a.example/2022/note");
    web.put(page, declaring(&format!("{declared}?utm_source=m#top"), "A note", SHORT));
    let (collection, _) = updated(&web, &[page]);
    let found = collection.json(&[declared, "--json"]);
    assert_eq!(urls(&found), [page]);
    assert_eq!(found["hits"][0]["also_at"], serde_json::json!([declared]));
    assert_eq!(collection.json(&["show", declared, "--json"])["url"], page);
    // What it declares no more it is not found by.
    web.put(page, declaring("https://www.a.example/2022/other", "A note", SHORT));
    collection.ok(&["update", "--delay", "0", "--refresh"]);
    let shown = collection.json(&["show", page, "--json"]);
    assert_eq!(shown["also_at"], serde_json::json!(["https://www.a.example/2022/other"]));
    web.put(page, Answer::html(article("A note", 1, "zyxnote")));
    collection.ok(&["update", "--delay", "0", "--refresh"]);
    assert_eq!(collection.json(&["show", page, "--json"])["also_at"], serde_json::json!([]));
}

#[test]
fn short_texts_merge_only_when_one_declares_the_other_and_they_are_equal() {
    let (one, other) = ("https://a.example/note", "https://b.example/mirror/note");
    let cases = [
        ("equal", one, SHORT.to_owned(), "A note", 1),
        ("not declared", other, SHORT.to_owned(), "A note", 0),
        ("another text", one, SHORT.replace("little", "much"), "A note", 0),
        ("another title", one, SHORT.to_owned(), "A story", 0),
    ];
    for (name, declared, text, title, merged) in cases {
        for links in [[one, other], [other, one]] {
            let web = Web::start();
            web.put(one, declaring(one, "A note", SHORT));
            web.put(other, declaring(declared, title, &text));
            let (collection, summary) = updated(&web, &links);
            assert_eq!(summary["summary"]["merged"], merged, "{name}: {summary}");
            // Each address leads to a document that has it.
            for link in links {
                let shown = collection.json(&["show", link, "--json"]);
                let is_first = shown["url"] == links[0];
                assert_eq!(is_first, merged == 1 || link == links[0], "{name}: {shown}");
            }
        }
    }
}

#[test]
fn a_lying_canonical_link_does_no_harm() {
    let web = Web::start();
    let honest = "https://a.example/honest";
    web.put(honest, Answer::html(article("On drift", 1, "zyxhonest")));
    // One takes another entry's address, two share one that a template gives, others name what no
    // article can be.
    let template = "https://b.example/template";
    let liars = [
        ("https://b.example/1", honest),
        ("https://b.example/2", template),
        ("https://b.example/3", template),
        ("https://b.example/4", "https://c.example/"),
        ("https://b.example/5", "javascript:alert(1)"),
        ("https://b.example/6", "https://"),
    ];
    for (number, (url, declared)) in liars.iter().enumerate() {
        let page = article(&format!("Liar {number}"), 10 + number, &format!("zyxliar{number}"));
        let link = format!("<head><link rel=canonical href='{declared}'>");
        let page = page.replace("<head>", &link).replace("was slow", &format!("was {number}"));
        let other = "What broke was nobody's business, and so it went on. ".repeat(3 + number);
        web.put(url, Answer::html(page.replace("What broke was never", &other)));
    }
    let links: Vec<&str> = [honest].into_iter().chain(liars.map(|(url, _)| url)).collect();
    let (collection, summary) = updated(&web, &links);
    assert_eq!(summary["summary"]["documents"], 7, "{summary}");
    assert_eq!(urls(&collection.json(&[honest, "--json"]))[0], honest);
    for (number, (url, _)) in liars.iter().enumerate() {
        let found = collection.json(&[&format!("zyxliar{number}"), "--json"]);
        assert_eq!(urls(&found), [*url]);
        assert!(found["hits"][0].get("also_at").is_none(), "{url}: {found}");
    }
}
