//! The pages, as one sees them without JavaScript.

use std::collections::BTreeSet;

use crate::{
    program::Collection,
    serve::server::Server,
    web::{Answer, Web},
};

/// Twelve articles of three companies with texts, to search and read.
pub fn library() -> Collection {
    let collection = Collection::offline();
    let lines: String = (1..=25)
        .map(|n| {
            let company = ["Acme", "Bolt", "Cargo"][n % 3];
            let text = match n {
                7 => "# Why\n\nA rare narwhal was seen.".to_owned(),
                _ => format!("Notes on stores of features, part {n}. Kubernetes runs them."),
            };
            let (year, parity) = (2019 + n % 4, ["Odd", "Even"][n % 2]);
            serde_json::json!({
                "id": format!("a/{n}"), "url": format!("https://{company}.example/{n}"),
                "title": format!("Article {n}"), "company": company, "text": text,
                "tags": ["Feature Store", parity], "date": format!("{year}-05-01"),
            })
            .to_string()
                + "\n"
        })
        .collect();
    std::fs::remove_file(collection.file("mlsearch.toml")).unwrap();
    std::fs::write(collection.file("library.jsonl"), lines).unwrap();
    let file = collection.file("library.jsonl");
    collection.ok(&["import", file.to_str().unwrap()]);
    collection
}

/// A collection whose one article is this page, visited by an update.
pub fn in_web(page: &'static str) -> (Web, Collection) {
    let web = Web::start();
    web.otherwise(move |url| (!url.ends_with("/robots.txt")).then(|| Answer::html(page)));
    let collection = Collection::in_web(&web);
    let list = "- [An article](https://a.example.org/x)\n";
    std::fs::write(collection.file("lists/awesome-mlops-articles.md"), list).unwrap();
    (web, collection)
}

#[track_caller]
fn has(page: &str, expected: &[&str]) {
    for text in expected {
        assert!(page.contains(text), "no `{text}` in {page}");
    }
}

#[test]
fn the_start_page_offers_a_beginning() {
    let server = Server::of(&library(), &[]);
    let page = server.ok("/").body;
    has(
        &page,
        &[
            "<title>mlsearch</title>",
            "<form id=\"search\" role=\"search\" action=\"/\">",
            "<label class=\"unseen\" for=\"q\">",
            "href=\"/?company=Acme\"",
            "href=\"/?tag=Feature+Store\"",
            "<code>year:2019..2020</code>",
            "href=\"https://acme.example/3\" rel=\"noopener noreferrer\"",
            "25 articles, index built just now",
        ],
    );
    assert_eq!(server.ok("/?q=").body, page);
}

#[test]
fn the_address_is_the_whole_state() {
    let server = Server::of(&library(), &[]);
    let path = "/?q=features&company=acme&company=Bolt&tag=even&after=2020&sort=date&offset=0";
    let page = server.ok(path).body;
    has(
        &page,
        &[
            "<title>features · mlsearch</title>",
            "with 4 filters</p>",
            // A value is checked though it is written in another way.
            "name=\"company\" value=\"Acme\" checked>",
            "name=\"company\" value=\"Bolt\" checked>",
            "name=\"company\" value=\"Cargo\">",
            "<legend>Company</legend>",
            "name=\"after\" value=\"2020\"",
            "<input type=\"hidden\" name=\"sort\" value=\"date\">",
            // Each chip leads to the state without it.
            "href=\"/?q=features&#38;company=Bolt&#38;tag=even&#38;after=2020&#38;sort=date\"><span class=\"unseen\">Remove </span>",
            "<mark>features</mark>",
        ],
    );
    assert_eq!(server.ok(path).body, page);
}

#[test]
fn counts_of_a_facet_ignore_its_own_filter() {
    let collection = library();
    let server = Server::of(&collection, &[]);
    let counted = collection.json(&["features", "--facets", "--json", "-n", "0"]);
    let page = server.ok("/?q=features&company=Acme").body;
    let company = counted["facets"].as_array().unwrap().iter().find(|f| f["name"] == "company");
    for value in company.unwrap()["values"].as_array().unwrap() {
        let (name, count) = (value["value"].as_str().unwrap(), value["count"].as_u64().unwrap());
        let label =
            format!("<span dir=\"auto\">{name}</span> <span class=\"count\">{count}</span>");
        has(&page, &[&label]);
    }
}

#[test]
fn a_range_of_years_is_chosen_as_one() {
    let collection = library();
    let server = Server::of(&collection, &[]);
    let counted = collection.json(&["features", "--year", ">2020", "--json", "-n", "0"]);
    let total = counted["total"].as_u64().unwrap();
    assert!((1..25).contains(&total), "{counted}");
    let page = server.ok("/?q=features&year=%3E2020").body;
    let count = format!("<span class=\"count\">{total}</span>");
    let chosen = "value=\"&#62;2020\" checked> <span dir=\"auto\">&#62;2020</span> ";
    has(&page, &[&format!("{chosen}{count}")]);
    assert!(!page.contains("value=\"2020\" checked"), "{page}");
}

#[test]
fn results_have_pages() {
    let server = Server::of(&library(), &[]);
    let page = server.ok("/?q=features&offset=10").body;
    has(
        &page,
        &[
            "11 to 20 of 25 articles",
            "<ol id=\"results\" start=\"11\">",
            "<a rel=\"prev\" href=\"/?q=features\">Previous</a>",
            "<a rel=\"next\" href=\"/?q=features&#38;offset=20\">Next</a>",
            "aria-label=\"Page 2\" aria-current=\"page\">2</a>",
        ],
    );
    has(&server.ok("/?q=features&offset=90").body, &["Only 25 articles", "Previous"]);
}

#[test]
fn where_nothing_is_found_the_filter_to_drop_is_named() {
    let server = Server::of(&library(), &[]);
    let page = server.ok("/?q=narwhal&company=Acme&tag=Even").body;
    has(
        &page,
        &[
            "No articles with 2 filters",
            "<a href=\"/?q=narwhal&#38;tag=Even\">Without Company Acme</a> <span class=\"count\">1 article</span>",
        ],
    );
    assert!(!page.contains("Without Tag"), "{page}");
    // What is chosen stays visible, with nothing behind it.
    has(
        &page,
        &["value=\"Acme\" checked> <span dir=\"auto\">Acme</span> <span class=\"count\">0</span>"],
    );
    let page = server.ok("/?q=narwhal&company=Acmee").body;
    has(
        &page,
        &["No article has the company `Acmee`; did you mean Acme?", "Without Company Acmee</a>"],
    );
    let page = server.ok("/?q=narwhal&company=Acme&year=1999").body;
    has(&page, &["Without all filters</a> <span class=\"count\">1 article</span>"]);
}

#[test]
fn a_misspelled_word_is_told_with_the_way_back() {
    let server = Server::of(&library(), &[]);
    let page = server.ok("/?q=kuberntes").body;
    has(
        &page,
        &[
            "Showing results for <b>kubernetes</b>.",
            "<a href=\"/?q=kuberntes&#38;exact=1\">Search instead for kuberntes</a>",
        ],
    );
    let page = server.ok("/?q=kuberntes&exact=1").body;
    has(
        &page,
        &["<span class=\"kind\">Spelling</span> <span dir=\"auto\">as typed</span>", "No articles"],
    );
}

#[test]
fn an_article_is_read_with_its_words_marked() {
    let collection = library();
    let server = Server::of(&collection, &[]);
    let page = server.ok("/doc/a%2F7?q=narwhal").body;
    has(
        &page,
        &[
            "<title>Article 7 · mlsearch</title>",
            "<h1 dir=\"auto\">Article 7</h1>",
            "<a href=\"https://bolt.example/7\" rel=\"noopener noreferrer\">Open at bolt.example</a>",
            "<dt>Tags</dt><dd dir=\"auto\"><a href=\"/?tag=Feature+Store\"",
            "A rare <mark>narwhal</mark> was seen.",
            "<h2>Similar articles</h2>",
            "<a href=\"/?q=narwhal\">Back to the results</a>",
        ],
    );
    assert_eq!(server.get("/doc/nothing").status, 404);
    assert_eq!(server.get("/doc/%FF").status, 400);
}

#[test]
fn what_is_wrong_with_an_address_is_told_on_the_page() {
    let server = Server::of(&library(), &[]);
    let page = server.get("/?q=features&after=soon");
    assert_eq!(page.status, 400);
    has(&page.body, &["`soon` is no date, as `after`.", "value=\"features\"", "value=\"soon\""]);
    let page = server.get("/?compnay=Acme");
    assert_eq!(page.status, 400);
    has(&page.body, &["there is no parameter `compnay`"]);
}

#[test]
fn a_refusal_is_told_on_each_page() {
    let collection = library();
    let refused = "{\"at\":\"2026-11-29T10:00:00Z\",\"reason\":\"12 of 25 texts were lost\"}";
    std::fs::write(collection.file("REFUSED"), refused).unwrap();
    let server = Server::of(&collection, &[]);
    for path in ["/", "/?q=features", "/doc/a%2F7"] {
        has(&server.ok(path).body, &["the last rebuild was refused, 12 of 25 texts were lost"]);
    }
    has(&server.ok("/healthz").body, &["\"refused\":true"]);
}

#[test]
fn every_link_of_a_page_leads_somewhere() {
    let server = Server::of(&library(), &[]);
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut waiting: Vec<String> = vec!["/".into(), "/?q=features&company=Acme&tag=Even".into()];
    while let Some(path) = waiting.pop().filter(|_| seen.len() < 150) {
        if !seen.insert(path.clone()) {
            continue;
        }
        let reply = server.ok(&path);
        if !reply.header("content-type").unwrap().starts_with("text/html") {
            continue;
        }
        let attributes = reply.body.split(" href=\"").chain(reply.body.split(" src=\"")).skip(1);
        let links = attributes.filter_map(|rest| rest.split('"').next());
        let links = links.map(|link| link.replace("&#38;", "&"));
        waiting.extend(links.filter(|link| link.starts_with('/')));
    }
    assert!(seen.len() > 30, "{seen:?}");
}

#[test]
fn the_first_view_is_light() {
    let server = Server::of(&library(), &[]);
    let page = server.ok("/?q=features").body;
    let parts: Vec<&str> = [" href=\"/assets/", " src=\"/assets/"]
        .iter()
        .flat_map(|begin| page.split(begin).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(parts.len(), 2, "{parts:?}");
    let mut bytes = 0;
    for path in
        ["/?q=features".to_owned()].into_iter().chain(parts.iter().map(|p| format!("/assets/{p}")))
    {
        let reply = server.get_with(&path, "Accept-Encoding: gzip\r\n");
        assert_eq!(reply.header("content-encoding"), Some("gzip"), "{path}");
        // What is compressed has no length before it is sent.
        let chunks = reply.body.len();
        bytes += chunks;
    }
    assert!(bytes <= 25_000, "{bytes} bytes");
    assert!(
        !page.contains("//cdn") && !page.contains("<script>") && !page.contains(" style="),
        "{page}"
    );
    let script = format!("/assets/{}", parts[1]);
    let cached = server.ok(&script);
    assert_eq!(cached.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(server.get("/assets/page.0000000000000000.js").status, 404);
    assert_eq!(server.get("/assets/..%2Fstyle.css").status, 404);
}
