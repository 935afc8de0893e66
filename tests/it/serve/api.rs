//! The interface for programs: what the command line prints, and descriptions that are true.

use mlsearch::list::{self, ListOptions};
use serde_json::Value;

use crate::{
    program::Collection,
    serve::{pages::in_web, server::Server},
};

/// What a path answers is what the program prints.
#[track_caller]
fn check(collection: &Collection, server: &Server, path: &str, args: &[&str]) {
    let printed = collection.run(args);
    assert!(printed.code < 2, "{args:?}: {}", printed.stderr);
    assert_eq!(server.ok(path).body, printed.stdout, "{path}");
}

#[test]
fn programs_get_what_the_command_line_prints() {
    let collection = Collection::offline();
    collection.ok(&["update"]);
    let server = Server::of(&collection, &[]);
    let id = collection.json(&["uber", "--json"])["hits"][0]["id"].as_str().unwrap().to_owned();
    let both = |path: &str, args: &[&str]| check(&collection, &server, path, args);
    both("/api/search?q=feature+store+drift", &["feature store drift", "--json"]);
    both(
        "/api/search?q=uber&facets=1&limit=3&offset=1&snippets=2&explain=1",
        &["uber", "--json", "--facets", "-n", "3", "--offset", "1", "--snippets", "2", "--explain"],
    );
    both(
        "/api/search?q=&company=Uber&company=lyft&after=2019&sort=date",
        &[
            "search",
            "",
            "--json",
            "--company",
            "Uber",
            "--company",
            "lyft",
            "--after",
            "2019",
            "--sort",
            "date",
        ],
    );
    both(
        "/api/search?q=%22real+time%22+-spark&exact=1",
        &["\"real time\" -spark", "--json", "--exact"],
    );
    both("/api/search?q=kuberntes+tag:nosuch", &["kuberntes tag:nosuch", "--json"]);
    both("/api/search?q=xyzzyplugh", &["xyzzyplugh", "--json"]);
    both("/api/search?q=uber&offset=49", &["uber", "--json", "--offset", "49"]);
    both(
        "/api/search?q=uber&related=1&no_feedback=0&fresh=1",
        &["uber", "--json", "--related", "--fresh"],
    );
    both("/api/facets", &["facets", "--json"]);
    both("/api/facets/company?tag=mlops", &["facets", "company", "--tag", "mlops", "--json"]);
    both(&format!("/api/similar/{id}"), &["similar", &format!("id:{id}"), "--json"]);
    both(
        &format!("/api/similar/{id}?limit=2"),
        &["similar", &format!("id:{id}"), "-n", "2", "--json"],
    );
    both(&format!("/api/show/{id}"), &["show", &format!("id:{id}"), "--json"]);
    both("/api/new?since=30d", &["new", "--since", "30d", "--json"]);
    both("/api/new", &["new", "--json"]);
}

#[test]
fn texts_of_pages_are_the_same_bytes_too() {
    let page = "<html lang=en><title>Drift in stores</title><article><h1>Drift in stores</h1>\
                <h2>Why</h2><p>A feature store drifts when \u{202e}nobody\u{1b}[31m looks at what \
                it stores, and when those who look do not know what they see.</p></article>";
    let (_web, collection) = in_web(page);
    collection.ok(&["update"]);
    let server = Server::of(&collection, &[]);
    let hit = &collection.json(&["drift", "--json"])["hits"][0];
    let id = hit["id"].as_str().unwrap();
    assert_eq!(hit["language"], "en");
    check(&collection, &server, "/api/search?q=drift", &["drift", "--json"]);
    check(
        &collection,
        &server,
        &format!("/api/show/{id}"),
        &["show", &format!("id:{id}"), "--json"],
    );
}

#[test]
fn what_cannot_be_answered_is_told_in_json() {
    let collection = Collection::offline();
    collection.ok(&["update"]);
    let server = Server::of(&collection, &[]);
    for (path, status, error) in [
        ("/api/search?compnay=x", 400, "there is no parameter `compnay`"),
        ("/api/search?offset=10001", 400, "`offset` is a number up to 10000"),
        ("/api/search?q=x&company=ubre", 404, "no document has the company `ubre`"),
        ("/api/facets/compnay", 400, "no facet `compnay`"),
        ("/api/show/nothing", 404, "no document `nothing` in the index"),
        ("/api/similar/nothing", 404, "no document `nothing` in the index"),
        ("/api/new?since=soon", 400, "`soon` is not a date, a span of time or `last`"),
        ("/api/show/%FF", 400, "the address is not UTF-8"),
        ("/api/nothing", 404, "there is nothing at this address"),
        (
            &format!("/api/search?q={}", "x".repeat(9_000)),
            414,
            "the address is longer than 8192 bytes",
        ),
    ] {
        let reply = server.get(path);
        let told: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!((reply.status, told["error"].as_str()), (status, Some(error)), "{path}");
    }
    let told: Value = serde_json::from_str(&server.get("/api/search?company=ubre").body).unwrap();
    assert_eq!(told["hint"], "did you mean Uber?");
    for (request, status) in [
        ("POST /api/search HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 405),
        ("GET /api/search HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 403),
    ] {
        let reply = server.send(request);
        let told: Value = serde_json::from_str(&reply.body).unwrap();
        assert!(reply.status == status && told["error"].is_string(), "{reply:?}");
    }
}

#[test]
fn the_description_names_what_there_is() {
    let collection = Collection::offline();
    collection.ok(&["update"]);
    let server = Server::of(&collection, &[]);
    let id = collection.json(&["uber", "--json"])["hits"][0]["id"].as_str().unwrap().to_owned();
    let described: Value = serde_json::from_str(&server.ok("/openapi.json").body).unwrap();
    for (path, methods) in described["paths"].as_object().unwrap() {
        let path = path.replace("{id}", &id).replace("{name}", "company");
        let reply = server.ok(&path);
        let kinds = methods["get"]["responses"]["200"]["content"].as_object().unwrap();
        assert_eq!(reply.header("content-type"), kinds.keys().next().map(String::as_str), "{path}");
        // A parameter that is described is known.
        for parameter in methods["get"]["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            if parameter["in"] == "query" {
                let reply = server.get(&format!("{path}?{name}=%00"));
                assert!(!reply.body.contains("there is no parameter"), "{path} {name}");
            }
        }
    }
}

/// The titles of a feed, read as a list.
#[track_caller]
fn titles(feed: &str) -> Vec<String> {
    let list = list::parse(feed.as_bytes(), &ListOptions::default()).unwrap();
    assert_eq!(list.warnings, [], "{feed}");
    list.entries.iter().map(|entry| entry.title().to_owned()).collect()
}

#[test]
fn feeds_are_of_what_is_new_and_of_a_query() {
    let collection = Collection::offline();
    collection.ok(&["update"]);
    let server = Server::of(&collection, &[]);
    let new = server.ok("/feed.atom");
    assert_eq!(new.header("content-type"), Some("application/atom+xml; charset=utf-8"));
    assert_eq!(titles(&new.body).len(), 50);
    let address = format!("<link rel=\"self\" href=\"http://{}/feed.atom\"/>", server.address);
    assert!(new.body.contains(&address), "{}", new.body);
    let of_query = server.ok("/feed.atom?q=%3Cuber%3E&company=Uber");
    let hits =
        collection.json(&["<uber>", "--company", "Uber", "--sort", "date", "-n", "50", "--json"]);
    let hits = hits["hits"].as_array().unwrap();
    let expected: Vec<_> =
        hits.iter().map(|hit| hit["title"].as_str().unwrap().to_owned()).collect();
    assert_eq!(titles(&of_query.body), expected);
    assert!(
        of_query.body.contains("<title>&lt;uber&gt;, company: Uber</title>"),
        "{}",
        of_query.body
    );
    // A feed has one name, whoever asks and however often.
    let id = |feed: &str| feed.split("<id>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(id(&new.body), id(&server.ok("/feed.atom").body));
    assert_ne!(id(&new.body), id(&of_query.body));
    assert_eq!(server.get("/feed.atom?since=soon").status, 400);
}

#[test]
fn a_browser_can_take_it_for_a_search_engine() {
    let collection = Collection::offline();
    collection.ok(&["update"]);
    let server = Server::of(&collection, &[]);
    let page = server.ok("/").body;
    assert!(page.contains("type=\"application/opensearchdescription+xml\""), "{page}");
    let described = server.ok("/opensearch.xml").body;
    let address = server.address;
    assert!(
        described.contains(&format!("template=\"http://{address}/?q={{searchTerms}}\"")),
        "{described}"
    );
    let https = server.get_with("/opensearch.xml", "X-Forwarded-Proto: https\r\n").body;
    assert!(
        https.contains(&format!("template=\"https://{address}/?q={{searchTerms}}\"")),
        "{https}"
    );
}
