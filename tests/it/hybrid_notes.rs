//! Searches by meaning that are told why they are not, or what else has come of them.

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    hybrid::{DOCUMENTS, index},
    program::{Collection, Run, program},
    serve::server::Server,
    vectors::Imported,
};

/// The notes of a search by meaning begin like this.
#[track_caller]
fn check(index: &Imported, args: &[&str], expected: &[&str]) {
    let found = index.json(&[args, &["--hybrid"]].concat());
    let notes = found["notes"].as_array().cloned().unwrap_or_default();
    assert_eq!(notes.len(), expected.len(), "{args:?}: {notes:?}");
    for (note, expected) in notes.iter().zip(expected) {
        assert!(note.as_str().unwrap().starts_with(expected), "{args:?}: {notes:?}");
    }
}

#[test]
fn what_a_model_does_not_know_is_not_asked_by_meaning() {
    let index = index();
    let unknown = "searched by words alone: the model does not know much of what was typed";
    check(&index, &["\u{1f600}"], &[unknown]);
    check(&index, &["\u{65e5}\u{672c}\u{8a9e}", "--exact"], &[unknown]);
    check(&index, &["xyzzy plugh flour", "--exact"], &[unknown, "no document has all words"]);
    check(&index, &["xyzzy flour oven?", "--exact"], &[unknown, "no document has all words"]);
    check(&index, &["xyzzy flour \u{1f600} yeast bread recipe?", "--exact"], &[]);
    check(&index, &["postmortem ...!"], &["1 hit has none of the words"]);
}

#[test]
fn an_order_by_date_says_that_meaning_does_not_count() {
    let index = index();
    let by_date = "searched by words alone: by date";
    check(&index, &["postmortem", "--sort", "date"], &[by_date]);
    check(&index, &["service", "--sort", "date"], &[by_date]);
    let server = Server::of(&index.collection(), &[]);
    let page = server.get("/?q=postmortem&hybrid=1&sort=date").body;
    assert!(page.contains("Searched by words alone: by date"), "{page}");
    assert!(page.contains("href=\"/?q=postmortem&#38;hybrid=1\">By meaning, too</a>"), "{page}");
    let page = server.get("/?q=postmortem&hybrid=1").body;
    assert!(page.contains("feed.atom?q=postmortem\""), "{page}");
    let feed = server.get("/feed.atom?q=service&hybrid=1").body;
    assert!(feed.contains("<entry>") && !feed.contains("hybrid: "), "{feed}");
}

#[test]
fn operators_that_keep_meaning_from_finding_anything_are_named() {
    let index = index();
    let demanded = "what +, AND, OR, phrases and fields demand holds for what is found by meaning, \
                    too; without them 1 document is found";
    for query in [
        "postmortem OR incident",
        "postmortem AND incident",
        "title:postmortem",
        "\"postmortem incident\"",
        "+postmortem incident",
    ] {
        check(&index, &[query], &[demanded]);
    }
    check(&index, &["xyzzyplugh OR plughxyzzy", "--exact"], &["searched by words alone"]);
    check(&index, &["museum OR mondays"], &[]);
}

#[test]
fn hits_by_meaning_are_told_apart() {
    let index = index();
    let hit = index.json(&["postmortem", "--hybrid"])["hits"][0].clone();
    assert_eq!((&hit["by_meaning_alone"], &hit["missing"]), (&json!(true), &json!(["postmortem"])));
    let found = index.json(&["Outage", "--hybrid", "--explain"]);
    let hit = &found["hits"][0];
    assert_eq!((&hit["id"], &hit["missing"]), (&json!("Outage"), &json!([])));
    assert_eq!(hit["ranks"], json!({ "bm25": 1, "embedding": 1 }));
    assert!(hit["score"].as_f64() < Some(2.0) && hit.get("by_meaning_alone").is_none(), "{hit:#}");
    let explanation = hit["explanation"].as_str().unwrap();
    assert!(explanation.contains("by name: ") && explanation.contains("rank 1"), "{explanation}");
}

#[test]
fn notes_do_not_contradict_each_other() {
    check(
        &index(),
        &["software loaves"],
        &["no document has all words; 1 hit has none of the words and was found by meaning"],
    );
}

#[test]
fn visitors_are_told_nothing_that_is_the_owners() {
    let index = index();
    let mut collection = index.collection();
    collection.set_variable("MLSEARCH_MODEL", "");
    let server = Server::of(&collection, &["--public"]);
    let answer: Value =
        serde_json::from_str(&server.get("/api/search?q=service&hybrid=1").body).unwrap();
    assert_eq!(answer["notes"], json!(["searched by words alone"]));
    let page = server.get("/?q=service&hybrid=1").body;
    assert!(
        page.contains("Searched by words alone.") && !page.contains("MLSEARCH_MODEL"),
        "{page}"
    );
}

/// The hint of a search at meaning, without the name of the index.
fn hint(index: &Imported, args: &[&str], model: Option<&str>) -> Option<String> {
    let mut command = program();
    model.map(|dir| command.env("MLSEARCH_MODEL", dir));
    let run = Run::of(command.arg("--index").arg(index.index()).args(args));
    let hint = run.stderr.lines().find(|line| line.contains(" by meaning, too"))?;
    Some(hint.replace(&format!(" --index {}", index.index().display()), ""))
}

#[test]
fn the_hint_at_meaning_is_a_command_that_works() {
    let index = index();
    let model = index.model.path().to_str();
    let run = |words: &str| {
        Some(format!("hint: run `mlsearch {words}` to find articles by meaning, too"))
    };
    let args = ["postmortem incident", "--facets", "--exact", "--before=2020", "-n", "3"];
    assert_eq!(
        hint(&index, &args, model),
        run("'postmortem incident' --facets --exact '--before=2020' -n 3 --hybrid")
    );
    assert_eq!(hint(&index, &["--", "postmortem"], model), run("--hybrid -- postmortem"));
    for none in [
        &["--", "-yeast"][..],
        &["postmortem OR incident"],
        &["postmortem", "--sort", "date"],
        &["deplo*"],
    ] {
        assert_eq!(hint(&index, none, model), None, "{none:?}");
    }
    assert_eq!(hint(&index, &["postmortem"], Some("nosuch")), None);
    let unnamed = hint(&index, &["postmortem"], None).unwrap();
    let expected = "run `MLSEARCH_MODEL=DIR mlsearch postmortem --hybrid` with";
    assert!(unnamed.contains(expected), "{unnamed}");
}

/// Asks until a search by meaning finds so many; what is published is looked at once a second, by
/// whoever asks.
#[track_caller]
fn ask_until(server: &Server, query: &str, total: u64) {
    let began = Instant::now();
    loop {
        let body = server.get(&format!("/api/search?q={query}&hybrid=1")).body;
        let answer: Value = serde_json::from_str(&body).unwrap();
        if answer["total"] == total {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{answer}");
    }
}

#[test]
fn a_server_loads_the_model_of_a_newer_index() {
    let imported = Imported::new();
    imported.import(DOCUMENTS, None);
    let server = Server::of(&imported.collection(), &[]);
    ask_until(&server, "postmortem", 0);
    imported.import(DOCUMENTS, Some(imported.model.path()));
    ask_until(&server, "postmortem", 1);
    // The model in that folder is another one by now.
    let path = imported.model.path().join("vocab.txt");
    let vocabulary = fs::read_to_string(&path).unwrap();
    fs::write(&path, vocabulary.replace("\nrot\n", "\nplugh\n")).unwrap();
    let more = [DOCUMENTS, &[("Incident", "A failure and its postmortem.")]].concat();
    imported.import(&more, Some(imported.model.path()));
    ask_until(&server, "postmortem", 2);
}

#[test]
fn facets_count_what_other_choices_would_find_by_meaning() {
    let imported = Imported::new();
    let documents = [
        ("Outage", "The service was down for hours.", "Alpha"),
        ("Failure", "Down for hours, and a service.", "Beta"),
        ("Bread", "A recipe with flour and yeast.", "Gamma"),
        ("Incident report", "What an incident was like.", "Gamma"),
    ];
    let line = |(title, text, company): &(&str, &str, &str)| {
        json!({ "id": title, "title": title, "text": text, "company": company }).to_string() + "\n"
    };
    let file = imported.model.path().join("documents.jsonl");
    fs::write(&file, documents.iter().map(line).collect::<String>()).unwrap();
    assert_eq!(imported.run(&["import", file.to_str().unwrap()]).code, 0);
    let companies = |args: &[&str]| {
        let found = imported.json(&[&["incident", "--hybrid", "--facets"], args].concat());
        let facets = found["facets"].as_array().unwrap().clone();
        let company = facets.into_iter().find(|facet| facet["name"] == "company").unwrap();
        (found["total"].as_u64(), company["values"].clone())
    };
    let (total, all) = companies(&[]);
    assert_eq!((total, all.as_array().map(Vec::len)), (Some(3), Some(3)), "{all}");
    assert_eq!(companies(&["--company", "Alpha"]), (Some(1), all.clone()));
    assert_eq!(companies(&["--company", "Gamma"]), (Some(1), all));
}

#[test]
fn what_starts_a_server_for_agents_names_the_model() {
    let index = index();
    let config = index.run(&["mcp", "--print-config", "claude"]).stdout;
    let config: Value = serde_json::from_str(&config).unwrap();
    let model = index.model.path().to_str().unwrap();
    assert_eq!(config["mcpServers"]["mlsearch"]["env"], json!({ "MLSEARCH_MODEL": model }));
    let config = index.run(&["mcp", "--print-config", "codex"]).stdout;
    let config: toml::Table = config.parse().unwrap();
    let env = &config["mcp_servers"]["mlsearch"]["env"];
    assert_eq!(env["MLSEARCH_MODEL"].as_str(), Some(model));
}

#[test]
fn a_model_has_one_id() {
    let index = index();
    let model = index.model.path().to_str().unwrap();
    let check: Value =
        serde_json::from_str(&index.run(&["model", "check", model, "--json"]).stdout).unwrap();
    let manifest = fs::read(index.index().join("generations/1/manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(check["id"], manifest["embedded"]["model"]);
    let text = index.run(&["model", "check", model]).stdout;
    let id = &check["id"].as_str().unwrap()[..8];
    assert!(text.contains(&format!("id          {id}")), "{text}");
}

#[test]
fn a_model_may_be_named_below_the_home_folder() {
    let index = index();
    let mut collection = Collection::offline();
    let home = index.model.path().parent().unwrap().to_str().unwrap();
    collection.set_variable("HOME", home);
    collection.set_variable("USERPROFILE", home);
    let settings = fs::read_to_string(collection.file("mlsearch.toml")).unwrap();
    let name = index.model.path().file_name().unwrap().to_str().unwrap();
    let settings = format!("{settings}\n[embedding]\nmodel = \"~/{name}\"\n");
    fs::write(collection.file("mlsearch.toml"), settings).unwrap();
    let run = collection.run(&["update", "--offline"]);
    let told = run.stdout + &run.stderr;
    assert!(told.contains(" embedded"), "{told}");
}

#[test]
fn similar_articles_can_be_found_by_words_alone() {
    let imported = Imported::new();
    let more = [DOCUMENTS, &[("Incident", "A postmortem after a failure.")]].concat();
    imported.import(&more, Some(imported.model.path()));
    imported.check(&["similar", "Incident"], &["Outage"]);
    imported.check(&["similar", "Incident", "--no-hybrid"], &[]);
}
