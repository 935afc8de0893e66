//! Tests of stemming: documents of several languages in one index are found by inflected words, through
//! the real program.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};

use crate::program::{Collection, Run, program};

/// Documents in eight languages: language, text, and queries that find it, whose words are inflected
/// otherwise or are typed without accents.
const DOCUMENTS: &str = include_str!("stemming/documents.txt");

/// An index of one's own documents.
struct Own {
    dir: tempfile::TempDir,
}

impl Own {
    /// An index of documents with an id, a title and a text.
    fn of(documents: &[(String, &str, &str)]) -> Own {
        let lines = documents
            .iter()
            .map(|(id, title, text)| json!({ "id": id, "title": title, "text": text }).to_string());
        Own::of_lines(&lines.collect::<Vec<_>>().join("\n"))
    }

    fn of_lines(lines: &str) -> Own {
        let own = Own { dir: tempfile::tempdir().unwrap() };
        let file = own.dir.path().join("own.jsonl");
        fs::write(&file, lines).unwrap();
        let run = own.run(&["import", file.to_str().unwrap()]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        own
    }

    fn index(&self) -> PathBuf {
        self.dir.path().join("index")
    }

    fn run(&self, args: &[&str]) -> Run {
        let mut command = program();
        command.arg("--index").arg(self.index()).args(args);
        Run::of(command.env("XDG_CACHE_HOME", self.dir.path().join("cache")))
    }

    fn search(&self, query: &str) -> Value {
        let run = self.run(&["search", "--json", "--all", "--exact", "--", query]);
        serde_json::from_str(&run.stdout).unwrap()
    }

    /// The ids of the hits, with the words that each lacks.
    fn found(&self, query: &str) -> Vec<String> {
        let hits = self.search(query)["hits"].as_array().unwrap().clone();
        let hits = hits.iter().map(|hit| {
            let missing = hit["missing"].as_array().unwrap().iter();
            let missing = missing.map(|word| format!(" -{}", word.as_str().unwrap()));
            format!("{}{}", hit["id"].as_str().unwrap(), missing.collect::<String>())
        });
        hits.collect()
    }

    /// What is marked in the first passage of the first hit.
    fn marked(&self, query: &str) -> Vec<String> {
        let found = self.search(query);
        let snippet = &found["hits"][0]["snippets"][0];
        let text = snippet["text"].as_str().unwrap();
        let at = |place: &Value| usize::try_from(place.as_u64().unwrap()).unwrap();
        let marks = snippet["marks"].as_array().unwrap().iter();
        marks.map(|mark| text[at(&mark[0])..at(&mark[1])].to_owned()).collect()
    }
}

fn library() -> Own {
    let texts = [
        (
            "de",
            "Häuser am Fluss",
            "Wir haben präzise Modelle der alten Häuser gebaut und gemessen.",
        ),
        ("fr", "Déploiement", "Les modèles déployés en production sont surveillés par une équipe."),
        ("ru", "Новые дома", "В городе строят новые дома. Модели машинного обучения помогают."),
        ("planes", "Planes", "The planes are built in a factory, and their engines are tested."),
        ("plans", "Plans", "We plan the houses of the city and deploy models of them."),
    ];
    Own::of(&texts.map(|(id, title, text)| (id.to_owned(), title, text)))
}

#[test]
fn documents_of_eight_languages_are_found_by_inflected_words() {
    let lines: Vec<[&str; 3]> = DOCUMENTS
        .lines()
        .map(|line| line.split(" | ").collect::<Vec<_>>().try_into().unwrap())
        .collect();
    let id = |at: usize| format!("{}{at}", lines[at][0]);
    let mut documents: Vec<(String, &str, &str)> =
        (0..lines.len()).map(|at| (id(at), "", lines[at][1])).collect();
    documents.push(("en".into(), "", "Houses, planes and models are what this text is about."));
    let own = Own::of(&documents);
    let mut lost = Vec::new();
    for (at, [_, _, queries]) in lines.iter().enumerate() {
        for query in queries.split("; ") {
            let mut found = own.found(query).into_iter();
            let is_found = found.any(|hit| hit.split(' ').next() == Some(&id(at)));
            lost.extend((!is_found).then(|| format!("{} by {query}", id(at))));
        }
    }
    assert!(lost.is_empty(), "{} documents, not found: {lost:?}", lines.len());
}

#[track_caller]
fn check(own: &Own, query: &str, expected: &[&str]) {
    assert_eq!(own.found(query), expected, "{query}");
}

#[test]
fn a_word_is_read_in_the_language_of_each_document() {
    let own = library();
    check(&own, "Häusern", &["de"]);
    check(&own, "präziser", &["de"]);
    check(&own, "praziser", &["de"]);
    check(&own, "déployer", &["fr", "plans"]);
    check(&own, "домами", &["ru"]);
    // The German stem of `planes` is `plan`, which says nothing of English texts.
    check(&own, "planes", &["planes"]);
    check(&own, "plan", &["plans"]);
    check(&own, "engine", &["planes"]);
    check(&own, "deplo*", &["fr", "plans"]);
    check(&own, "hau*", &["de"]);
    check(&own, "fr*", &[]);
    check(&own, "house -planes", &["plans"]);
    check(&own, "title:haus", &["de"]);
    check(&own, "+Haus Modell", &["de"]);
}

#[test]
fn a_word_counts_as_one_whatever_languages_there_are() {
    let own = library();
    check(&own, "Haus Modell", &["de", "plans -haus", "fr -haus"]);
    check(&own, "модель дома", &["ru"]);
    check(&own, "modèle production", &["fr", "plans -production"]);
    // Readings that no document has are left out.
    for (query, expected) in
        [("planes", "word: planes → plane ×1"), ("Haus", "word: haus → haus|~haus ×1")]
    {
        let explained = own.run(&["--explain-query", query]).stdout;
        assert!(explained.contains(expected), "{explained}");
    }
}

#[test]
fn phrases_are_read_in_one_language_and_marked() {
    let own = library();
    check(&own, "\"altes Haus\"", &["de"]);
    check(&own, "\"машинное обучение\"", &["ru"]);
    check(&own, "\"modèle déployé\"", &["fr"]);
    check(&own, "\"haus alt\"", &[]);
    assert_eq!(own.marked("\"altes Haus\""), ["alten Häuser"]);
    assert_eq!(own.marked("Haus Modell"), ["Modelle", "Häuser"]);
    assert_eq!(own.marked("модель"), ["Модели"]);
    assert_eq!(own.marked("planes"), ["planes"]);
    let shown = own.run(&["show", "id:de", "Haus"]);
    assert!(shown.stdout.contains("alten Häuser"), "{}", shown.stderr);
}

#[test]
fn similar_documents_are_of_one_language() {
    let texts = [
        ("a", "Die Bäckereien backen das Brot von Hand, und die Brote sind gut."),
        ("b", "In der Bäckerei wird das Brot gebacken, und die Kunden kaufen es."),
        ("c", "The bread of the bakery is good, and the people buy it."),
    ];
    let own = Own::of(&texts.map(|(id, text)| (id.to_owned(), "", text)));
    let run = own.run(&["similar", "a", "--json"]);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["hits"][0]["id"], "b", "{found}");
}

#[test]
fn an_import_says_its_language_and_the_text_may_know_better() {
    let own = Own::of_lines(
        &[
            json!({ "id": "de", "title": "Datenbanken", "language": "de-AT" }),
            json!({ "id": "none", "title": "Kinder", "language": null }),
            json!({ "id": "en", "language": "de", "text": "The tools of the trade are what we \
                write about, and which of them are the best for the work that you do." }),
        ]
        .map(|line| line.to_string())
        .join("\n"),
    );
    check(&own, "datenbank", &["de"]);
    check(&own, "kind", &[]);
    check(&own, "tool", &["en"]);
    let generation = own.index().join("generations/1/manifest.json");
    let manifest: Value = serde_json::from_slice(&fs::read(generation).unwrap()).unwrap();
    assert_eq!(manifest["languages"], json!({ "de": 1, "en": 2 }));
}

#[test]
fn status_says_the_languages_and_titles_are_english() {
    let collection = Collection::offline();
    assert_eq!(collection.run(&["update", "--offline"]).code, 0);
    let status: Value =
        serde_json::from_str(&collection.run(&["status", "--json"]).stdout).unwrap();
    assert_eq!(status["index"]["languages"], json!({ "en": 50 }));
    assert!(collection.run(&["status"]).stdout.contains("50 en"));
}
