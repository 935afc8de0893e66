//! Searches by meaning beside words.

use std::fs;

use serde_json::{Value, json};

use crate::{
    mcp::session::Session,
    program::{Collection, Run, program},
    serve::server::Server,
    vectors::Imported,
};

pub const DOCUMENTS: &[(&str, &str)] = &[
    ("Outage", "The service was down for hours."),
    ("Bread", "A recipe with flour and yeast."),
    ("Roses", "The garden in June, with roses and more roses, and a service of plates."),
    ("Banks", "The company sells software."),
];

/// An index of documents with vectors.
pub fn index() -> Imported {
    let imported = Imported::new();
    imported.import(DOCUMENTS, Some(imported.model.path()));
    imported
}

impl Imported {
    /// A command on the index with its model.
    pub fn run(&self, args: &[&str]) -> Run {
        let mut command = program();
        command.env("MLSEARCH_MODEL", self.model.path());
        Run::of(command.arg("--index").arg(self.index()).args(args))
    }

    pub fn json(&self, args: &[&str]) -> Value {
        let run = self.run(&[args, &["--json"]].concat());
        serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{args:?}: {}", run.stderr))
    }

    /// The index as a collection, with its model.
    pub fn collection(&self) -> Collection {
        let mut collection = Collection::offline();
        collection.set_variable("MLSEARCH_INDEX", self.index().to_str().unwrap());
        collection.set_variable("MLSEARCH_MODEL", self.model.path().to_str().unwrap());
        collection
    }

    /// The ids of what is found, in order.
    #[track_caller]
    pub fn check(&self, args: &[&str], expected: &[&str]) {
        let found = self.json(args);
        let hits = found["hits"].as_array().unwrap().iter();
        let ids: Vec<&str> = hits.map(|hit| hit["id"].as_str().unwrap()).collect();
        assert_eq!(ids, expected, "{args:?}: {found:#}");
    }
}

#[test]
fn an_article_is_found_that_says_it_in_other_words() {
    let index = index();
    index.check(&["postmortem incident"], &[]);
    let found = index.json(&["postmortem incident", "--hybrid"]);
    let hit = &found["hits"][0];
    assert_eq!((&found["total"], &hit["id"]), (&json!(1), &json!("Outage")), "{found:#}");
    assert_eq!(hit["ranks"], json!({ "bm25": null, "embedding": 1 }));
    assert_eq!(hit["missing"], json!(["postmortem", "incident"]));
    assert_eq!(hit["snippets"][0]["text"], "The service was down for hours.");
    assert_eq!(found["notes"], json!(["1 hit has none of the words and was found by meaning"]));
    assert_eq!(found["relaxed"], false);
    index.check(&["the roses of june", "--no-hybrid"], &["Roses"]);
}

#[test]
fn words_and_meaning_are_one_order() {
    let index = index();
    // The words are in both, and so they are as good by words as can be.
    index.check(&["service failure", "--hybrid"], &["Outage", "Roses"]);
    let found = index.json(&["service failure", "--hybrid"]);
    assert_eq!(found["hits"][0]["ranks"]["embedding"], 1);
    assert!(found["hits"][1]["ranks"]["bm25"].is_u64(), "{found:#}");
    let scores = [&found["hits"][0]["score"], &found["hits"][1]["score"]];
    assert!(scores[0].as_f64() > scores[1].as_f64(), "{found:#}");
    index.check(&["service failure", "--hybrid", "-n", "1"], &["Outage"]);
    index.check(&["service failure", "--hybrid", "-n", "1", "--offset", "1"], &["Roses"]);
    let explained = index.json(&["service failure", "--hybrid", "--explain"]);
    let explanation = explained["hits"][0]["explanation"].as_str().unwrap();
    for expected in ["by words: rank ", "by meaning: rank 1, passage 1 (cosine ", "text: servic"] {
        assert!(explanation.contains(expected), "{explanation}");
    }
}

#[test]
fn what_else_a_query_demands_holds_for_meaning_too() {
    let index = index();
    index.check(&["postmortem -hours", "--hybrid"], &[]);
    index.check(&["postmortem +flour", "--hybrid"], &["Bread"]);
    index.check(&["postmortem", "--hybrid", "--after", "2020"], &[]);
    index.check(&["\"postmortem report\"", "--hybrid"], &[]);
    index.check(&["postmortem", "--hybrid", "--sort", "date"], &[]);
    let facets = index.json(&["postmortem", "--hybrid", "--facets"]);
    let count = |facet: &Value| facet["values"][0]["count"].as_u64();
    let facets = facets["facets"].as_array().unwrap().clone();
    assert!(facets.iter().any(|facet| count(facet) == Some(1)), "{facets:#?}");
}

#[test]
fn similar_documents_are_near_in_meaning() {
    let imported = Imported::new();
    let more = [DOCUMENTS, &[("Incident", "A postmortem after a failure.")]].concat();
    imported.import(&more, None);
    let similar = |imported: &Imported| imported.json(&["similar", "Incident"])["hits"].clone();
    assert_eq!(similar(&imported), json!([]));
    imported.import(&more, Some(imported.model.path()));
    assert_eq!(similar(&imported)[0]["id"], "Outage");
    // The model reads a text of one's own, too.
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(&file, "A postmortem\n\nfailure incident\n").unwrap();
    let own = imported.json(&["similar", file.path().to_str().unwrap()]);
    let ids: Vec<&str> =
        own["hits"].as_array().unwrap().iter().map(|hit| hit["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["Incident", "Outage"]);
    assert_eq!(own["hits"][1]["ranks"]["bm25"], Value::Null);
    fs::write(&file, "\n").unwrap();
    let run = imported.run(&["similar", file.path().to_str().unwrap()]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(!run.stderr.contains("the model"), "{}", run.stderr);
}

/// What a search by meaning says when it cannot be one.
#[track_caller]
fn check_note(index: &Imported, model: Option<&str>, expected: &str) {
    let mut command = program();
    command.arg("--index").arg(index.index()).args(["service", "--hybrid"]);
    model.map(|dir| command.env("MLSEARCH_MODEL", dir));
    let run = Run::of(&mut command);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains(expected), "{}", run.stderr);
}

#[test]
fn a_search_that_cannot_be_by_meaning_says_why() {
    let index = index();
    check_note(&index, None, "searched by words alone: no model is named");
    let bare = Imported::new();
    bare.import(DOCUMENTS, None);
    let model = index.model.path().to_str();
    check_note(
        &bare,
        model,
        &format!(
            "searched by words alone: the index has no vectors; run `MLSEARCH_MODEL=DIR mlsearch \
             --index {} import FILE` with",
            bare.index().display()
        ),
    );
    let other = crate::model::folder();
    let vocabulary = std::fs::read_to_string(other.path().join("vocab.txt")).unwrap();
    std::fs::write(other.path().join("vocab.txt"), vocabulary.replace("rot", "rust")).unwrap();
    let import = format!("mlsearch --index {} import FILE` to make", index.index().display());
    check_note(&index, other.path().to_str(), &import);
}

#[test]
fn a_search_by_words_that_finds_too_little_hints_at_meaning() {
    let index = index();
    let hint = |run: &Run| run.stderr.contains(" --hybrid` to find articles by meaning, too\n");
    assert!(hint(&index.run(&["postmortem incident"])));
    assert!(hint(&index.run(&["service xyzzyplugh"])));
    assert!(!hint(&index.run(&["service"])));
    assert!(!hint(&index.run(&["postmortem", "--hybrid"])));
    assert!(!hint(&index.run(&["postmortem", "--json"])));
    let bare = Imported::new();
    bare.import(DOCUMENTS, None);
    assert!(!hint(&bare.run(&["postmortem incident"])));
}

#[test]
fn the_page_and_the_api_search_by_meaning_when_asked() {
    let index = index();
    let server = Server::of(&index.collection(), &[]);
    let total = |address: &str| {
        let answer: Value = serde_json::from_str(&server.get(address).body).unwrap();
        answer["total"].as_u64()
    };
    assert_eq!(total("/api/search?q=postmortem"), Some(0));
    assert_eq!(total("/api/search?q=postmortem&hybrid=0"), Some(0));
    assert_eq!(total("/api/search?q=postmortem&hybrid=1"), Some(1));
    let page = server.get("/?q=service+failure&hybrid=1").body;
    assert!(page.contains("aria-current=\"true\">By meaning, too</a>"), "{page}");
    let nothing = server.get("/?q=postmortem").body;
    assert!(nothing.contains("q=postmortem&#38;hybrid=1\">By meaning, too</a>"), "{nothing}");
    assert_eq!(server.get("/api/search?q=a&hybrid=yes").status, 400);
}

#[test]
fn agents_search_by_meaning_when_they_ask() {
    let index = index();
    let mut session = Session::of(&index.collection());
    let mut total = |arguments: Value| session.ok("search", arguments).1["total"].as_u64();
    assert_eq!(total(json!({ "query": "postmortem" })), Some(0));
    assert_eq!(total(json!({ "query": "postmortem", "hybrid": true })), Some(1));
}
