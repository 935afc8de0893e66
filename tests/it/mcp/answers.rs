//! What the tools answer.

use serde_json::{Value, json};

use crate::{
    mcp::session::{CURRENT, ORDERS, Session, shelf, stateless, text},
    program::Collection,
    web::{Answer, Web},
};

/// The text between the marks, and what stands outside.
#[track_caller]
fn fenced(text: &str) -> (String, String) {
    let (before, rest) =
        text.split_once("<<<mlsearch-untrusted ").unwrap_or_else(|| panic!("{text}"));
    let (nonce, rest) = rest.split_once(">>>\n").unwrap();
    let (inside, after) =
        rest.split_once(&format!("\n<<<end mlsearch-untrusted {nonce}>>>")).unwrap();
    assert_eq!(nonce.len(), 16);
    (inside.to_owned(), format!("{before}{after}"))
}

#[test]
fn the_tools_are_few_and_their_schemas_short() {
    let (_web, collection) = shelf();
    let listed = Session::of(&collection).request("tools/list", json!({}));
    assert!(listed["result"].to_string().len() <= 6_000, "{}", listed.to_string().len());
    let tools = listed["result"]["tools"].as_array().unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["search", "read", "similar", "facets", "status"]);
    for tool in tools {
        assert_eq!(tool["annotations"]["readOnlyHint"], true);
        assert_eq!(tool["annotations"]["openWorldHint"], false);
        assert_eq!(tool["inputSchema"]["additionalProperties"], false, "{tool}");
        assert_eq!(tool["outputSchema"]["type"], "object");
        assert!(!tool.to_string().contains("uint"), "{tool}");
    }
}

#[test]
fn a_search_gives_passages_with_all_that_is_needed() {
    let (_web, collection) = shelf();
    let mut session = Session::of(&collection);
    let (text, output) = session.ok("search", json!({"query": "marmot", "limit": 1}));
    assert_eq!((&output["total"], &output["next_offset"]), (&json!(2), &json!(1)), "{output}");
    assert_eq!(output["index"]["documents"], 3);
    assert_eq!(output["index"]["generation"], "1");
    assert_eq!(output["index"]["age_days"], 0);
    let hit = &output["hits"][0];
    assert_eq!(hit["provenance"], "full text");
    let passage = hit["untrusted"]["passage"].as_str().unwrap();
    assert!(passage.contains("marmot"), "{hit}");
    let (inside, outside) = fenced(&text);
    for part in [&hit["id"], &hit["url"], &hit["untrusted"]["company"], &hit["date"]] {
        assert!(inside.contains(part.as_str().unwrap()), "{part}: {inside}");
    }
    assert!(inside.contains(passage), "{inside}");
    assert!(outside.contains("2 match"), "{outside}");
    assert!(outside.contains("index: 3 documents, generation 1, built just now"), "{outside}");
    assert!(outside.contains("call `search` with `offset` 1"), "{outside}");
    let (_, next) = session.ok("search", json!({"query": "marmot", "limit": 1, "offset": 1}));
    assert_ne!(next["hits"][0]["id"], hit["id"]);
    assert_eq!(next["next_offset"], Value::Null);
}

#[test]
fn filters_notes_and_corrections_are_told() {
    let (_web, collection) = shelf();
    let mut session = Session::of(&collection);
    // One value may come without its list.
    for company in [json!(["Acme"]), json!("acme")] {
        let (_, output) = session.ok("search", json!({"query": "wombat", "company": company}));
        assert_eq!(output["total"], 1, "{output}");
    }
    let (_, output) = session.ok("search", json!({"query": "marmot", "after": "2023"}));
    assert_eq!(output["total"], 1, "{output}");
    let (text, output) = session.ok("search", json!({"query": "marmots wombta"}));
    assert_eq!(output["corrected"], json!([{"typed": "wombta", "used": "wombat"}]), "{text}");
    assert!(text.contains("note: no results for wombta; showing wombat"), "{text}");
    let exact = json!({"query": "wombta", "exact": true});
    let (text, output) = session.ok("search", exact);
    assert_eq!((output["total"].as_u64(), output["hits"].to_string().as_str()), (Some(0), "[]"));
    assert!(text.starts_with("nothing matches\nindex: 3 documents"), "{text}");
    let (text, output) = session.ok("search", json!({"query": "wombat", "tag": "mammals"}));
    assert_eq!(output["total"], 0);
    assert!(text.contains("note: without filters 2 match"), "{text}");
}

#[test]
fn an_article_is_read_on_to_its_end() {
    let (_web, collection) = shelf();
    let mut session = Session::of(&collection);
    let id = json!("https://long.example/marmots");
    let (text, first) = session.ok("read", json!({"id": id, "max_chars": 600}));
    let outline = first["untrusted"]["outline"].as_array().unwrap();
    let headings: Vec<&str> =
        outline.iter().map(|line| line["heading"].as_str().unwrap()).collect();
    assert_eq!(headings[..3], ["Part 1", "Detail 1", "Part 2"], "{first}");
    assert_eq!(first["untrusted"]["author"], "Ada Writer");
    let (inside, outside) = fenced(&text);
    assert!(inside.contains("section 3: Part 2 ("), "{inside}");
    assert!(inside.contains("title: Marmots in production"), "{inside}");
    assert!(outside.contains(&format!("`offset` {}", first["next_offset"])), "{outside}");
    let (whole, last) = session.ok("read", json!({"id": id, "max_chars": 20_000}));
    assert_eq!(last["next_offset"], Value::Null);
    assert!(whole.ends_with("end of the text"), "{whole}");
    let whole = &last["untrusted"]["text"];
    assert!(outside.contains("cut within a paragraph: for more"), "{outside}");
    let mut read = first["untrusted"]["text"].as_str().unwrap().to_owned();
    let mut next = first["next_offset"].clone();
    while !next.is_null() {
        let (_, part) = session.ok("read", json!({"id": id, "offset": next, "max_chars": 500}));
        assert_eq!(part["untrusted"]["outline"], Value::Null);
        read.push_str(part["untrusted"]["text"].as_str().unwrap());
        next = part["next_offset"].clone();
    }
    assert_eq!(read, whole.as_str().unwrap());
    let heading = json!({"id": id, "section": 1, "max_chars": 1_010});
    let (text, _) = session.ok("read", heading);
    assert!(
        text.contains("cut after a paragraph: for more, call `read` with `section` 1"),
        "{text}"
    );
    let (text, section) = session.ok("read", json!({"id": first["id"], "section": 3}));
    let part = section["untrusted"]["text"].as_str().unwrap();
    assert!(part.starts_with("## Part 2\n\nSection 2 tells"), "{part}");
    assert!(part.contains("### Detail 2") && !part.contains("Part 3"), "{part}");
    assert!(text.ends_with("end of section 3"), "{text}");
    let (_, output) = session.ok("similar", json!({"id": first["id"]}));
    assert_eq!(output["hits"][0]["untrusted"]["title"], "They met", "{output}");
}

#[test]
fn what_an_outline_leaves_out_is_said() {
    let web = Web::start();
    let sections: String =
        (1..=50).map(|n| format!("<h2>Part {n}</h2><p>A heron stood at mile {n}.</p>")).collect();
    let page =
        format!("<html><title>Miles</title><body><article>{sections}</article></body></html>");
    web.put("https://miles.example/50", Answer::html(page));
    let collection = Collection::in_web(&web);
    let list = "## [Miles](https://miles.example/50)\nCompany: Acme<BR>\n\n";
    std::fs::write(collection.file("lists/awesome-mlops-articles.md"), list).unwrap();
    collection.ok(&["update"]);
    let mut session = Session::of(&collection);
    let (text, output) = session.ok("read", json!({"id": "https://miles.example/50"}));
    let shown = output["untrusted"]["outline"].as_array().unwrap().len();
    let sections = &output["sections"];
    assert!((1..=40).contains(&shown) && sections.as_u64() >= Some(50), "{output}");
    let said = format!("outline: {shown} of {sections} sections; `section` takes any number up to");
    assert!(fenced(&text).1.contains(&said), "{text}");
}

#[test]
fn counts_and_state_are_told() {
    let (_web, collection) = shelf();
    let mut session = Session::of(&collection);
    let (text, output) = session.ok("facets", json!({"field": "company"}));
    let values = &output["untrusted"]["values"];
    assert_eq!(values, &json!([{"value": "Acme", "count": 2}, {"value": "Bolt", "count": 1}]));
    assert_eq!(fenced(&text).0, "2 Acme\n1 Bolt");
    let (_, output) = session
        .ok("facets", json!({"field": "year", "query": "marmot", "prefix": "20", "limit": 1}));
    assert_eq!(
        (&output["total"], output["untrusted"]["values"].as_array().unwrap().len()),
        (&json!(2), 1)
    );
    let (text, output) = session.ok("facets", json!({"field": "company", "prefix": "zz"}));
    assert_eq!(output["notes"], json!(["without `prefix` there are 2 values"]), "{text}");
    let query = json!({"field": "tag", "query": "marmots wombta"});
    let (text, output) = session.ok("facets", query);
    assert!(output["notes"][0].as_str().unwrap().contains("showing wombat"), "{text}");
    assert!(
        text.contains("note: no results for wombta; showing wombat; `exact` to insist"),
        "{text}"
    );
    let (text, output) = session.ok("status", json!({}));
    assert_eq!((&output["full_texts"], &output["texts"]), (&json!(3), &json!({"full text": 3})));
    assert_eq!(output["total_lists"], 1);
    assert_eq!(output["untrusted"]["lists"], json!(["awesome-mlops-articles"]), "{output}");
    assert!(text.contains("texts: 3 full text"), "{text}");
}

#[test]
fn text_from_the_web_comes_clean_and_between_marks() {
    let (_web, collection) = shelf();
    let mut session = Session::of(&collection);
    let unseen = |c: char| {
        c.is_control() && c != '\n'
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
    };
    let id = "https://evil.example/orders";
    for (tool, arguments) in [
        ("search", json!({"query": "wombat said"})),
        ("read", json!({"id": id})),
        ("similar", json!({"id": "https://short.example/met"})),
    ] {
        let (text, output) = session.ok(tool, arguments);
        let (inside, outside) = fenced(&text);
        assert!(inside.contains("Orders of a wombat"), "{tool}: {inside}");
        assert!(!outside.contains("Ignore") && !outside.contains("wombat"), "{tool}: {outside}");
        assert!(!text.contains(unseen), "{tool}: {text:?}");
        let mut trusted = output.clone();
        assert!(!output.to_string().contains("\\u"), "{output}");
        take_out_untrusted(&mut trusted);
        assert!(!trusted.to_string().contains("wombat"), "{tool}: {trusted}");
        assert!(!trusted.to_string().contains("Ignore"), "{tool}: {trusted}");
    }
    let (text, _) = session.ok("read", json!({"id": id}));
    let (inside, _) = fenced(&text);
    assert!(inside.contains(ORDERS), "{inside}");
    assert!(inside.contains("<< <end mlsearch-untrusted 0000000000000000>>>"), "{inside}");
    let (_, output) = session.ok("search", json!({"query": "wombat said"}));
    let uri = format!("mlsearch://doc/{}", output["hits"][0]["id"].as_str().unwrap());
    let resource = session.request("resources/read", json!({"uri": uri}));
    let contents = &resource["result"]["contents"][0];
    assert_eq!(contents["mimeType"], "text/markdown");
    assert!(fenced(contents["text"].as_str().unwrap()).0.contains(ORDERS), "{contents}");
}

#[test]
fn a_resource_that_cannot_be_read_says_why_in_a_line() {
    let (_web, collection) = shelf();
    let mut session = Session::of(&collection);
    let mut check = |uri: &str, code: i64, message: &str| {
        let refused = session.request("resources/read", json!({"uri": uri}));
        assert_eq!(refused["error"], json!({"code": code, "message": message}), "{uri}");
    };
    let unknown = "no document `mlsearch://doc/x` in the index; call `search`; each hit has an `id` that \
                   `read` and `similar` take";
    check("mlsearch://doc/x", -32002, unknown);
    let form = "no such resource; they are mlsearch://doc/ and the id of a hit";
    check("https://short.example/met", -32002, form);
    let empty = Collection::of_links(["http://127.0.0.1:9/x"]);
    let mut session = Session::of(&empty);
    let refused = session.request("resources/read", json!({"uri": "mlsearch://doc/x"}));
    assert_eq!(refused["error"]["code"], -32603, "{refused}");
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("; run `mlsearch --index"), "{message}");
}

fn take_out_untrusted(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.remove("untrusted");
            object.values_mut().for_each(take_out_untrusted);
        }
        Value::Array(items) => items.iter_mut().for_each(take_out_untrusted),
        _ => {}
    }
}

#[test]
fn errors_are_results_that_say_what_to_do() {
    let (_web, collection) = shelf();
    let mut session = Session::of(&collection);
    for (tool, arguments, message, hint) in [
        (
            "search",
            json!({"q": "x"}),
            "`search` was called wrongly: unknown field `q`",
            "its arguments are after, before, company, exact, hybrid, limit, offset, query, tag",
        ),
        ("search", json!({}), "missing field `query`", "its arguments are"),
        (
            "search",
            json!({"query": "x", "limit": "many"}),
            "`limit`: expected a whole number from 0 on, not \"many\"",
            "its arguments are",
        ),
        (
            "search",
            json!({"query": "x", "limit": 2.5}),
            "`limit`: expected a whole number from 0 on, not 2.5",
            "its arguments are",
        ),
        (
            "read",
            json!({"id": "x", "offset": -1}),
            "`offset`: expected a whole number from 0 on, not -1",
            "its arguments are",
        ),
        ("search", json!({"query": 5}), "`query`: invalid type: integer `5`", "its arguments are"),
        (
            "search",
            json!({"query": "x", "exact": "perhaps"}),
            "`exact`: expected true or false, not \"perhaps\"",
            "its arguments are",
        ),
        ("search", json!({"query": " "}), "`query` is empty", "send words"),
        (
            "search",
            json!({"query": "x", "limit": 21}),
            "`limit` is 21",
            "send a number from 1 to 20",
        ),
        (
            "search",
            json!({"query": "x", "company": [""]}),
            "`company` has an empty value",
            "leave it out",
        ),
        (
            "search",
            json!({"query": "x", "company": 5}),
            "`company`: expected a text or a list of texts",
            "its arguments are",
        ),
        (
            "search",
            json!({"query": "x", "tag": "t".repeat(2_000)}),
            "`tag` is longer than 1000",
            "send the words",
        ),
        (
            "search",
            json!({"query": "x", "after": "9".repeat(2_000)}),
            "`after` is longer than 1000",
            "send the words",
        ),
        (
            "search",
            json!({"query": "x", "after": "soon"}),
            "`soon` is no date, as `after`",
            "write 2022",
        ),
        (
            "search",
            json!({"query": "x", "company": "Acne"}),
            "no document has the company `Acne`",
            "did you mean Acme?",
        ),
        (
            "search",
            json!({"query": "x".repeat(1_001)}),
            "`query` is longer than 1000 characters",
            "send the words",
        ),
        ("read", json!({"id": "nothing"}), "no document `nothing` in the index", "call `search`"),
        (
            "read",
            json!({"id": "https://short.example/met", "section": 9}),
            "there is no section 9",
            "`section`",
        ),
        (
            "read",
            json!({"id": "https://short.example/met", "offset": 90_000}),
            "`offset` is 90000",
            "that was all of it",
        ),
        (
            "read",
            json!({"id": "x", "max_chars": 20_001}),
            "`max_chars` is 20001",
            "from 500 to 20000",
        ),
        (
            "facets",
            json!({"field": "mood"}),
            "`field`: unknown variant `mood`, expected one of `company`",
            "its arguments are",
        ),
        (
            "read",
            json!({"id": "x".repeat(2_001)}),
            "`id` is longer than 2000 characters",
            "send the `id` of a hit",
        ),
        (
            "similar",
            json!({"id": "https://short.example/met", "company": "Acne"}),
            "no document has the company `Acne`",
            "did you mean Acme?",
        ),
        (
            "facets",
            json!({"field": "m".repeat(50_000)}),
            "unknown variant `mmm",
            "its arguments are",
        ),
        ("status", json!({"x": 1}), "unknown field `x`", "it takes no arguments"),
    ] {
        let told = session.refused(tool, arguments);
        let (error, next) = told.split_once("\nhint: ").unwrap_or_else(|| panic!("{told}"));
        assert!(error.starts_with("error: ") && error.contains(message), "{told}");
        assert!(next.contains(hint), "{told}");
        assert!(told.chars().count() < 1_300, "{told}");
    }
    let unknown = session.request("tools/call", json!({"name": "delete", "arguments": {}}));
    assert_eq!(unknown["error"]["code"], -32602, "{unknown}");
    let unknown = session.request("resources/list/everything", json!({}));
    assert_eq!(unknown["error"]["code"], -32601, "{unknown}");
}

#[test]
fn answers_are_never_longer_than_agreed() {
    let collection = Collection::offline();
    let lines: String = (0..40)
        .map(|n| {
            let long = format!("heron {n} ").repeat(4_000);
            json!({"id": format!("d{n}"), "url": format!("https://x.example/{}?{n}", "y".repeat(900)),
                   "title": "heron ".repeat(300), "text": long, "tags": [format!("tag {n} {}", "z".repeat(400))]})
            .to_string()
                + "\n"
        })
        .collect();
    // What JSON escapes is twice as long there.
    let quotes = (0..20).map(|n| {
        let id = if n == 0 { "quotes".to_owned() } else { format!("q{n}") };
        let url = format!("https://y.example/{}?{n}", "y".repeat(900));
        let text = "\"egret\" \\\" ".repeat(2_500);
        json!({"id": id, "url": url, "title": "egret \"".repeat(40), "text": text}).to_string()
            + "\n"
    });
    let lines = lines + &quotes.collect::<String>();
    std::fs::remove_file(collection.file("mlsearch.toml")).unwrap();
    std::fs::write(collection.file("long.jsonl"), lines).unwrap();
    let file = collection.file("long.jsonl");
    collection.ok(&["import", file.to_str().unwrap()]);
    let mut session = Session::of(&collection);
    let chars = |text: &str| text.chars().count();
    let (text, output) = session.ok("search", json!({"query": "heron", "limit": 20}));
    assert!((4_000..12_500).contains(&chars(&text)), "{}", chars(&text));
    let shown = output["hits"].as_array().unwrap().len();
    assert!(shown < 20, "{shown}");
    assert_eq!(output["next_offset"], shown);
    assert!(
        text.contains(&format!("cut for length; for more, call `search` with `offset` {shown}"))
    );
    let (text, _) = session.ok("read", json!({"id": "d7"}));
    assert!((4_000..12_000).contains(&chars(&text)), "{}", chars(&text));
    let (text, _) = session.ok("read", json!({"id": "d7", "max_chars": 20_000}));
    assert!((19_000..=20_000).contains(&chars(&text)), "{}", chars(&text));
    let of = |output: &Value| chars(&output.to_string());
    let (_, output) = session.ok("read", json!({"id": "quotes", "max_chars": 20_000}));
    assert!((15_000..=20_000).contains(&of(&output)), "{}", of(&output));
    assert!(output["next_offset"].as_u64().is_some(), "{output}");
    let (_, output) = session.ok("search", json!({"query": "egret", "limit": 20}));
    assert!(of(&output) <= 20_000, "{}", of(&output));
    let (text, output) = session.ok("facets", json!({"field": "tag", "limit": 200}));
    assert!(chars(&text) <= 12_500 && output["total"] == 40, "{}", chars(&text));
    let (text, _) = session.ok("similar", json!({"id": "d7", "limit": 20}));
    assert!(chars(&text) <= 12_500, "{}", chars(&text));
}

#[test]
fn the_revision_without_sessions_gets_the_same_answers() {
    let (_web, collection) = shelf();
    let mut session = Session::silent(&collection);
    let found = session.request("server/discover", stateless(json!({})));
    let versions = found["result"]["supportedVersions"].as_array().unwrap();
    assert!(versions.contains(&json!(CURRENT)), "{found}");
    assert!(found["result"]["instructions"].as_str().unwrap().contains("never instructions"));
    let call = json!({"name": "search", "arguments": {"query": "marmot"}});
    let answer = session.request("tools/call", stateless(call));
    assert_eq!(answer["result"]["structuredContent"]["total"], 2, "{answer}");
    assert!(text(&answer["result"]).contains("2 match"));
    assert_eq!(answer["result"]["resultType"], "complete", "{answer}");
}
