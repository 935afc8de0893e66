//! Searches in a cluster: what is found while indexes are swapped, of documents beyond every limit, and
//! that an answer that is not whole is an error.

use reqwest::Method;
use serde_json::json;

use crate::{
    engine::{
        builds::read_meanwhile,
        cluster::{self, wait_for},
        faults::{HTML, PAGE, node},
        indexed::{Indexed, rows},
        proxy::{Fate, Proxy},
    },
    program::Collection,
};

#[test]
fn the_program_finds_the_old_index_or_the_new_one_while_it_is_swapped() {
    let Some(target) = cluster::target() else { return };
    let _shared = target.share();
    let indexed = Indexed::own(target, "searched");
    indexed.imported(&rows(50, ""), &["--shards", "2"]);
    read_meanwhile(
        4,
        &[50, 60, 70, 80],
        || indexed.found("zyxevery"),
        || {
            for count in [60, 70, 80] {
                indexed.imported(&rows(count, ""), &["--shards", "2"]);
            }
        },
    );
    assert_eq!(indexed.found("zyxevery"), Some(80));
}

#[test]
fn bodies_beyond_every_limit_of_an_engine_are_found() {
    let Some(target) = cluster::target() else { return };
    let _shared = target.share();
    let indexed = Indexed::own(target, "large");
    let long = "Words about features and their stores in many places. ".repeat(23_000);
    assert!(long.len() > 1_200_000);
    let immense = "zyximmense".repeat(5_000);
    let tags: Vec<String> = (0..1_000).map(|n| format!("tag {n}")).collect();
    let endless = "endless".repeat(3_000);
    let address = format!("https://a.example/{}", "far/".repeat(4_000));
    let documents = [
        json!({ "id": "long", "title": "Long", "text": format!("{long} zyxlastqu sentence.") }),
        json!({ "id": "immense", "title": immense, "tags": [immense], "text": format!("{immense} zyxtermqu") }),
        json!({ "id": "tags", "title": "Tags", "tags": tags, "text": "zyxtagsqu" }),
        json!({ "id": endless, "title": "Endless", "text": "x" }),
        json!({ "url": address, "title": "Far", "text": "x" }),
        json!({ "id": "odd", "title": "O\u{0}dd\u{7f}", "text": "zyx\u{1}oddqu \u{b}\u{1b}[31m zyxcontrolqu \u{fffe}" }),
    ];
    indexed.imported(&documents, &[]);
    for (query, id) in [
        ("zyxlastqu", "long"),
        ("zyxtermqu", "immense"),
        ("zyxtagsqu", "tags"),
        ("zyxcontrolqu", "odd"),
        ("\"features and their stores\"", "long"),
    ] {
        let found = indexed.json(&[query, "--exact", "--json"]);
        assert_eq!((&found["total"], &found["hits"][0]["id"]), (&json!(1), &json!(id)), "{query}");
        let snippet = found["hits"][0]["snippets"][0]["text"].as_str().unwrap_or_default();
        assert!(!snippet.is_empty(), "{query}: {found}");
    }
    let found = indexed.json(&["zyxtagsqu", "--tag", "tag 999", "--json"]);
    assert_eq!(found["total"], 1);
    let shown = indexed.json(&["show", &endless, "--json"]);
    assert_eq!((&shown["id"], &shown["titles"][0]), (&json!(endless), &json!("Endless")));
    assert_eq!(indexed.json(&["show", &address, "--json"])["titles"][0], "Far");
}

#[test]
fn an_index_of_which_a_part_is_gone_is_an_error_and_no_short_result() {
    let Some((target, cluster)) = cluster::own() else { return };
    let _alone = target.seize();
    cluster.wait_for_all();
    let mut indexed = Indexed::own(target, "part");
    let url = |number: usize| format!("http://{}", cluster.addresses()[number]);
    indexed.imported(&rows(60, ""), &["--shards", "3", "--replicas", "0"]);
    let lost = (cluster.manager() + 1) % 3;
    let left = (lost + 1) % 3;
    indexed.rest = cluster.rest(left);
    let indexed = indexed.at(&url(left));
    let _spare = cluster.spare(lost);
    cluster.kill(lost);
    wait_for("the loss of a shard", || {
        let health = indexed.rest.ask(Method::GET, "/_cluster/health", None);
        health.is_some_and(|(_, health)| health["status"] == "red")
    });
    let run = indexed.run(&["zyxevery", "--exact", "--json"]);
    assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.is_empty(), "{}", run.stdout);
    assert!(run.stderr.contains("shard"), "{}", run.stderr);
    cluster.restart(lost);
    assert_eq!(indexed.found("zyxevery"), Some(60));
}

#[test]
fn an_answer_that_is_none_is_a_clear_error() {
    let Some(target) = cluster::target() else { return };
    let Some(node) = node(target) else { return };
    let _shared = target.share();
    for (name, fate, says) in [
        ("html", Fate::Answer(502, HTML, PAGE), "502"),
        ("html-200", Fate::Answer(200, HTML, PAGE), "HTML"),
        ("nothing", Fate::Answer(200, "", ""), "JSON"),
        ("always-cut", Fate::Cut, "127.0.0.1"),
    ] {
        let indexed = Indexed::own(target, name);
        indexed.imported(&rows(20, ""), &[]);
        let proxy = Proxy::start(vec![node], None, move |_| fate.clone());
        let indexed = indexed.at(&proxy.url());
        let run = indexed.run(&["zyxevery", "--json"]);
        assert_eq!((run.code, &*run.stdout), (2, ""), "{name}: {}", run.stderr);
        assert!(run.stderr.contains(says), "{name}: {}", run.stderr);
        assert!(!run.stderr.contains("tired"), "{name}: a page is no message: {}", run.stderr);
        let run = indexed.import(&rows(20, ""), &[]);
        assert_eq!(run.code, 2, "{name}: {}", run.stderr);
        assert!(!run.stderr.contains("tired"), "{name}: {}", run.stderr);
    }
}

#[test]
fn an_answer_that_never_comes_is_an_error_in_time() {
    let Some(target) = cluster::target() else { return };
    let Some(node) = node(target) else { return };
    let _shared = target.share();
    let indexed = Indexed::of(Collection::offline(), target, "silent");
    indexed.ok(&["update", "--offline"]);
    let settings = indexed.file("mlsearch.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, format!("{text}\n[engine]\ntimeout = 1.0\n")).unwrap();
    let proxy = Proxy::start(vec![node], None, |asked| match asked.path.contains("_search") {
        true => Fate::Swallow,
        false => Fate::Pass,
    });
    let indexed = indexed.at(&proxy.url());
    let run = indexed.run(&["feature store", "--json"]);
    assert_eq!((run.code, &*run.stdout), (2, ""), "{}", run.stderr);
    assert!(run.stderr.contains("hint: "), "{}", run.stderr);
}
