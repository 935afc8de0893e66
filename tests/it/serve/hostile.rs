//! What lists, pages and addresses try against who looks at a page.

use crate::{
    program::Collection,
    serve::{pages::in_web, server::Server},
};

/// What a page must not hold, wherever the text came from.
const HARMFUL: [&str; 9] = [
    "<script>alert",
    "<img src=x",
    "javascript:alert",
    "\u{202e}",
    "\u{1b}",
    "\u{200b}",
    "\" onmouseover=",
    "<svg",
    "<iframe",
];

#[track_caller]
fn check(server: &Server, path: &str) {
    let reply = server.get(path);
    assert!(matches!(reply.status, 200 | 303 | 400 | 404), "{path}: {}", reply.status);
    assert_eq!(reply.header("location").unwrap_or("/"), "/", "{path}");
    for harmful in HARMFUL {
        // A text may say it, escaped and without a link.
        let shown = reply.body.replace("placeholder=", "");
        let is_link = format!("href=\"{harmful}");
        let found = match harmful {
            "javascript:alert" => shown.to_lowercase().contains(&is_link),
            harmful => shown.contains(harmful),
        };
        assert!(!found, "{path}: {harmful:?} in {}", reply.body);
    }
}

#[test]
fn nothing_of_a_list_a_page_or_an_address_is_markup() {
    let page = "<html><title>Eve &lt;script&gt;alert(1)&lt;/script&gt;</title><article>\
                <h1>Eve &lt;script&gt;alert(1)&lt;/script&gt;</h1>\
                <h2>&lt;img src=x onerror=alert(1)&gt; \u{202e}live</h2>\
                <p>Evil texts say &lt;iframe src=//evil.example&gt; and \" onmouseover=\"alert(1) \
                and &lt;svg onload=alert(1)&gt; in the middle of a sentence that is long enough.</p>\
                <p>They go on for a while, so that they are taken for an article, and nobody who \
                reads them on a page of ours should run anything.</p></article>";
    let (_web, collection) = in_web(page);
    let list = "## [Evil <script>alert(1)</script> \u{202e}dnuorg](https://a.example.org/x?a=\"onmouseover=alert(1)&b=<svg>)\n\
                Tags: <img src=x onerror=alert(1)>, evil\u{1b}[2J<BR>\n\
                Company: Bad \" onmouseover=\"alert(1)<BR>\n\n\
                ## [Link](javascript:alert(1))\nTags: evil<BR>\n";
    std::fs::write(collection.file("lists/awesome-mlops-articles.md"), list).unwrap();
    collection.ok(&["update"]);
    let documents = "{\"id\":\"../x\",\"title\":\"<script>alert(2)</script>\",\"text\":\"evil\"}\n\
                     {\"id\":\"\\\"><script>alert(3)</script>\",\"title\":\"\\u202eevil\",\"text\":\"evil <svg/onload=alert(1)>\",\"language\":\"\\\" onmouseover=\\\"x\"}\n";
    let imported = Collection::offline();
    std::fs::remove_file(imported.file("mlsearch.toml")).unwrap();
    std::fs::write(imported.file("x.jsonl"), documents).unwrap();
    imported.ok(&["import", imported.file("x.jsonl").to_str().unwrap()]);
    for collection in [&collection, &imported] {
        let server = Server::of(collection, &[]);
        let hits = collection.json(&["evil", "--json"])["hits"].clone();
        for hit in hits.as_array().unwrap() {
            let id = hit["id"].as_str().unwrap();
            let id: String = id.bytes().map(|b| format!("%{b:02X}")).collect();
            check(&server, &format!("/doc/{id}?q=evil+%3Cscript%3Ealert(1)"));
        }
        for path in [
            "/",
            "/?q=evil",
            "/?q=evil&sort=date&exact=1",
            "/?q=%3Cscript%3Ealert(1)%3C/script%3E",
            "/?q=%22+onmouseover%3D%22alert(1)",
            "/?q=x&company=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
            "/?q=x&tag=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E",
            "/?q=x&after=%22%3E%3Csvg+onload%3Dalert(1)%3E",
            "/?%3Cscript%3Ealert(1)%3C/script%3E=1",
            "/?q=x&sort=%3Cscript%3Ealert(1)",
            "/?q=%E2%80%AEevil%1B%5B31m",
            "/doc/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
            "/doc/javascript:alert(1)",
            "/login?next=javascript:alert(1)",
        ] {
            check(&server, path);
        }
    }
}

#[test]
fn a_stored_page_is_never_served_as_it_is() {
    let page = "<html><title>Plain</title><article><h1>Plain</h1><p class=mine>The very markup of \
                a page is nothing that a reader gets from here, only what the text of it says, in \
                paragraphs of our own making.</p><form action=//evil.example><input name=q></form>\
                </article>";
    let (_web, collection) = in_web(page);
    collection.ok(&["update"]);
    let server = Server::of(&collection, &[]);
    let id = collection.json(&["markup", "--json"])["hits"][0]["id"].as_str().unwrap().to_owned();
    let shown = server.ok(&format!("/doc/{id}?q=markup")).body;
    assert!(shown.contains("The very <mark>markup</mark> of a page"), "{shown}");
    assert!(shown.contains("<h2>Versions of the text</h2>"), "{shown}");
    assert!(!shown.contains("class=mine") && !shown.contains("//evil.example"), "{shown}");
}
