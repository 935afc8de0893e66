//! What agents send to the tools.

use serde_json::json;

use crate::{
    mcp::session::{Session, shelf},
    program::Collection,
};

#[test]
fn numbers_come_as_agents_write_them() {
    let (_web, collection) = shelf();
    let mut session = Session::of(&collection);
    for one in [json!(1), json!(1.0), json!("1"), json!(" 1.0 ")] {
        let call = json!({"query": "marmot", "limit": one, "offset": null, "exact": "true"});
        let (_, output) = session.ok("search", call);
        assert_eq!(output["next_offset"], 1, "{one}");
    }
    for year in [json!(2023), json!(2023.0), json!("2023")] {
        let call = json!({"query": "marmot", "after": year, "hybrid": "false"});
        let (_, output) = session.ok("search", call);
        assert_eq!(output["total"], 1, "{year}");
    }
    assert!(session.refused("read", json!({"id": 7})).contains("no document `7`"));
    assert!(session.refused("read", json!({"id": null})).contains("expected a text, not null"));
}

#[test]
fn whatever_its_id_an_article_is_read() {
    let collection = Collection::offline();
    let ids = [
        "plain",
        "two words",
        "a\nb",
        "id:7",
        "a\u{2063}b\u{1b}[1m",
        &"x".repeat(1_500),
        &"y\n".repeat(2_000),
    ];
    let lines: String = ids
        .iter()
        .enumerate()
        .map(|(n, id)| {
            let url = format!("https://x.example/{n}");
            json!({"id": id, "url": url, "title": format!("T{n}"), "text": "A heron."}).to_string()
                + "\n"
        })
        .collect();
    std::fs::remove_file(collection.file("mlsearch.toml")).unwrap();
    let file = collection.file("ids.jsonl");
    std::fs::write(&file, lines).unwrap();
    collection.ok(&["import", file.to_str().unwrap()]);
    let mut session = Session::of(&collection);
    let (_, output) = session.ok("search", json!({"query": "heron", "limit": 20}));
    let hits = output["hits"].as_array().unwrap();
    assert_eq!(hits.len(), ids.len(), "{output}");
    for hit in hits {
        let (_, read) = session.ok("read", json!({"id": hit["id"]}));
        assert_eq!(read["untrusted"]["title"], hit["untrusted"]["title"]);
        assert_eq!(read["id"], hit["id"]);
        session.ok("similar", json!({"id": hit["id"]}));
    }
}

#[test]
fn similar_articles_are_counted_and_filtered() {
    let (_web, collection) = shelf();
    let mut session = Session::of(&collection);
    let id = "https://short.example/met";
    let (text, output) = session.ok("similar", json!({"id": id}));
    assert_eq!((&output["total"], output["hits"].as_array().unwrap().len()), (&json!(2), 2));
    assert!(text.starts_with("2 share words with it; the most similar first"), "{text}");
    for filter in
        [json!({"company": "Acme"}), json!({"tag": ["mammals"]}), json!({"after": "2024"})]
    {
        let mut arguments = filter.clone();
        arguments["id"] = json!(id);
        arguments["limit"] = json!("1");
        let (_, output) = session.ok("similar", arguments);
        assert_eq!(output["total"], 1, "{filter}: {output}");
        assert_eq!(output["hits"][0]["untrusted"]["title"], "Marmots in production", "{output}");
    }
    let (text, output) = session.ok("similar", json!({"id": id, "before": "2020"}));
    assert_eq!(output["total"], 0);
    assert!(text.contains("note: without filters 2 share words with it"), "{text}");
}
