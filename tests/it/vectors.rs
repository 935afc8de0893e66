//! Vectors of passages: what an index gets with a model, and what is computed again.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Value, json};

use crate::{
    model,
    program::{Collection, Run, program},
    time::article,
    web::Web,
};

/// A folder with imported documents.
pub struct Imported {
    dir: tempfile::TempDir,
    pub model: tempfile::TempDir,
}

impl Imported {
    pub fn new() -> Imported {
        Imported { dir: tempfile::tempdir().unwrap(), model: model::folder() }
    }

    pub fn index(&self) -> std::path::PathBuf {
        self.dir.path().join("index")
    }

    /// Imports documents of these titles and texts, with the model of a folder.
    #[track_caller]
    pub fn import(&self, documents: &[(&str, &str)], model: Option<&Path>) -> Value {
        let file = self.dir.path().join("documents.jsonl");
        let line = |(title, text): &(&str, &str)| {
            json!({ "id": title, "title": title, "text": text }).to_string() + "\n"
        };
        fs::write(&file, documents.iter().map(line).collect::<String>()).unwrap();
        let mut command = program();
        command.arg("--index").arg(self.index()).arg("import").arg(&file).arg("--json");
        model.map(|dir| command.env("MLSEARCH_MODEL", dir));
        let run = Run::of(&mut command);
        assert_eq!(run.code, 0, "{}", run.stderr);
        serde_json::from_str(&run.stdout).unwrap()
    }
}

/// The manifest of the published generation in a folder.
fn manifest(index: &Path) -> Value {
    let number = fs::read_to_string(index.join("CURRENT")).unwrap();
    let path = index.join("generations").join(number.trim()).join("manifest.json");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The checksums of its files; Tantivy gives those of a segment a random name.
fn checksums(index: &Path) -> BTreeMap<String, u64> {
    let manifest = manifest(index);
    let sums = manifest["checksums"].as_object().unwrap().iter();
    let sums = sums.filter(|(name, _)| !name.ends_with(".json") || *name == "mlsearch.json");
    let ending = |name: &str| name.rsplit('.').next().unwrap().to_owned();
    sums.map(|(name, sum)| (ending(name), sum.as_u64().unwrap())).collect()
}

const DOCUMENTS: &[(&str, &str)] = &[
    ("Outage", "The service was down for hours."),
    ("Bread", "A recipe with flour and yeast."),
    ("Roses", "The garden in June."),
];

#[test]
fn without_a_model_an_index_is_as_it_was() {
    let with = Imported::new();
    with.import(DOCUMENTS, Some(with.model.path()));
    let without = Imported::new();
    assert!(without.import(DOCUMENTS, None)["embedded"].is_null());
    let manifest = manifest(&without.index());
    assert!(manifest.get("embedded").is_none(), "{manifest}");
    let mut sums = checksums(&with.index());
    assert!(sums.remove("vectors").is_some(), "{sums:?}");
    assert_eq!(sums, checksums(&without.index()));
}

#[test]
fn an_import_embeds_what_the_index_before_does_not_have() {
    let imported = Imported::new();
    let dir = Some(imported.model.path());
    assert_eq!(imported.import(DOCUMENTS, dir)["embedded"], 3);
    let embedded = &manifest(&imported.index())["embedded"];
    assert_eq!((&embedded["passages"], &embedded["dimensions"]), (&json!(3), &json!(8)));
    let before = checksums(&imported.index())["vectors"];
    assert_eq!(imported.import(DOCUMENTS, dir)["embedded"], 0);
    assert_eq!(checksums(&imported.index())["vectors"], before);
    let mut more = DOCUMENTS.to_vec();
    more[0].1 = "The service was down for days.";
    more.insert(1, ("Museum", "It is closed on Mondays."));
    assert_eq!(imported.import(&more, dir)["embedded"], 2);
    // Another model has given none of them.
    let other = model::folder();
    fs::write(other.path().join("vocab.txt"), {
        fs::read_to_string(imported.model.path().join("vocab.txt")).unwrap() + "\nmore\n"
    })
    .unwrap();
    let refused = Run::of(
        program()
            .env("MLSEARCH_MODEL", other.path())
            .arg("--index")
            .arg(imported.index())
            .arg("import")
            .arg(imported.dir.path().join("documents.jsonl")),
    );
    assert_eq!(refused.code, 2, "{}", refused.stdout);
    assert!(refused.stderr.contains("error: the model in `"), "{}", refused.stderr);
    assert_eq!(manifest(&imported.index())["embedded"]["passages"], 4);
    assert_eq!(imported.import(&more, None)["embedded"], Value::Null);
    assert_eq!(imported.import(&more, dir)["embedded"], 4);
}

#[test]
fn damaged_vectors_are_noticed() {
    let imported = Imported::new();
    imported.import(DOCUMENTS, Some(imported.model.path()));
    let vectors = imported.index().join("generations/1/vectors");
    let mut bytes = fs::read(&vectors).unwrap();
    bytes[20] ^= 1;
    fs::write(&vectors, &bytes).unwrap();
    let verify = mlsearch::engine::local::generations::Generations::of(&imported.index()).verify();
    let expected = mlsearch::engine::manifest::Integrity::Damaged(vec!["vectors".into()]);
    assert_eq!(verify.unwrap(), Some(expected));
    // What can still be read of a cut file is not taken over.
    fs::write(&vectors, &bytes[..100]).unwrap();
    // Words are searched all the same, and it is said when meaning was asked for.
    let search = |args: &[&str]| {
        let mut command = program();
        command.env("MLSEARCH_MODEL", imported.model.path());
        let run = Run::of(command.arg("--index").arg(imported.index()).args(args));
        assert!(run.code < 2, "{args:?}: {}", run.stderr);
        run
    };
    for args in [&["service"][..], &["service flour"], &["nosuch"]] {
        let said = search(args).stderr;
        assert!(!said.contains("vectors"), "{args:?}: {said}");
    }
    let said = search(&["similar", "Outage"]).stderr;
    assert!(said.contains("the vectors of the index are damaged"), "{said}");
    let said = search(&["service", "--hybrid"]).stderr;
    assert!(said.contains("the vectors of the index are damaged"), "{said}");
    assert_eq!(imported.import(DOCUMENTS, Some(imported.model.path()))["embedded"], 3);
}

#[test]
fn an_update_embeds_what_is_new_and_the_store_remembers_the_rest() {
    let (web, model) = (Web::start(), model::folder());
    for path in ["/one", "/two"] {
        web.put(path, article("drift", path));
    }
    let links = ["/one", "/two"].map(|path| format!("{}{path}", web.origin()));
    let mut collection = Collection::of_links(links.iter().map(String::as_str));
    let update = |collection: &Collection, more: &[&str]| {
        let args = [&["update", "--allow-net", "127.0.0.0/8", "--json"], more].concat();
        let run = collection.ok(&args);
        let last = run.stdout.lines().last().unwrap().to_owned();
        serde_json::from_str::<Value>(&last).unwrap()["summary"].clone()
    };
    assert!(update(&collection, &[])["embedded"].is_null());
    let settings = format!("[embedding]\nmodel = '{}'\n", model.path().display());
    let path = collection.file("mlsearch.toml");
    fs::write(&path, fs::read_to_string(&path).unwrap() + &settings).unwrap();
    let first = update(&collection, &["--offline"]);
    let passages = first["embedded"].as_u64().unwrap();
    assert!(passages >= 2, "{first}");
    assert!(update(&collection, &["--offline"])["embedded"].is_null(), "nothing has changed");
    assert_eq!(update(&collection, &["--offline", "--force"])["embedded"], 0);
    web.put("/two", article("skew", "another"));
    let changed = update(&collection, &["--refresh"])["embedded"].as_u64().unwrap();
    assert!(changed > 0 && changed < passages, "{changed} of {passages}");
    let status = collection.ok(&["status"]).stdout;
    assert!(status.contains("passages in 8 dimensions, by the model "), "{status}");
    collection.set_variable("MLSEARCH_MODEL", "/nosuch");
    let run = collection.run(&["update", "--offline"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("error: the model in `/nosuch`: is no folder\n"), "{}", run.stderr);
}

#[test]
fn the_vectors_of_another_index_are_damage() {
    let (imported, other) = (Imported::new(), Imported::new());
    let model = Some(imported.model.path());
    imported.import(DOCUMENTS, model);
    other.import(&DOCUMENTS[..2], model);
    let vectors = |index: &Imported| index.index().join("generations/1/vectors");
    fs::copy(vectors(&other), vectors(&imported)).unwrap();
    let mut command = program();
    command.env("MLSEARCH_MODEL", imported.model.path());
    let run = Run::of(command.arg("--index").arg(imported.index()).args(["service", "--hybrid"]));
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("the vectors of the index are damaged"), "{}", run.stderr);
}

#[test]
fn an_import_that_did_not_end_has_kept_its_vectors() {
    let imported = Imported::new();
    let model = Some(imported.model.path());
    imported.import(DOCUMENTS, model);
    let unfinished = imported.index().join("vectors.unfinished");
    assert!(!unfinished.exists());
    // An import without a model has none, and the vectors of one that was killed stand beside it.
    let file = fs::read(imported.index().join("generations/1/vectors")).unwrap();
    let id = manifest(&imported.index())["embedded"]["model"].as_str().unwrap().to_owned();
    imported.import(DOCUMENTS, None);
    let records = file.chunks(16 + 4 + 8).take(2);
    let records = records.flat_map(|record| [&record[..16], &record[20..28]].concat());
    let head = format!("passages 1 model {id} dimensions 8\n");
    fs::write(&unfinished, head.into_bytes().into_iter().chain(records).collect::<Vec<_>>())
        .unwrap();
    assert_eq!(imported.import(DOCUMENTS, model)["embedded"], 1);
    assert_eq!(fs::read(imported.index().join("generations/3/vectors")).unwrap(), file);
    assert!(!unfinished.exists());
}

#[test]
fn texts_that_are_the_same_are_embedded_once() {
    let imported = Imported::new();
    let file = imported.dir.path().join("same.jsonl");
    let line = |id| json!({ "id": id, "title": "Bread", "text": "Flour and yeast." }).to_string();
    fs::write(&file, [line("a"), line("b"), line("c")].join("\n")).unwrap();
    let mut command = program();
    command.env("MLSEARCH_MODEL", imported.model.path());
    command.arg("--index").arg(imported.index()).arg("import").arg(&file).arg("--json");
    let run = Run::of(&mut command);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["embedded"], 1, "{report}");
    assert_eq!(manifest(&imported.index())["embedded"]["passages"], 3);
}

/// A collection of one page with the vectors of a model, and the path of its store.
fn embedded() -> (Web, tempfile::TempDir, Collection) {
    let (web, model) = (Web::start(), model::folder());
    web.put("/one", article("drift", "/one"));
    let collection = Collection::of_links([&*format!("{}/one", web.origin())]);
    let settings = format!("[embedding]\nmodel = '{}'\n", model.path().display());
    let path = collection.file("mlsearch.toml");
    fs::write(&path, fs::read_to_string(&path).unwrap() + &settings).unwrap();
    collection.ok(&["update", "--allow-net", "127.0.0.0/8"]);
    (web, model, collection)
}

/// After this was done to the store, an update goes on and computes the vectors again.
#[track_caller]
fn check_store(statement: &str, expected: &str) {
    let (_web, _model, collection) = embedded();
    let store = rusqlite::Connection::open(collection.file("pages.sqlite")).unwrap();
    store.execute_batch(statement).unwrap();
    drop(store);
    let run = collection.ok(&["update", "--offline", "--force"]);
    assert!(run.stderr.contains(expected), "{statement}: {}", run.stderr);
    assert_eq!(collection.ok(&["drift", "--hybrid", "--json"]).code, 0);
    let run = collection.ok(&["update", "--offline", "--force", "--json"]);
    assert!(run.stdout.contains("\"embedded\":0"), "{statement}: {}", run.stdout);
}

#[test]
fn damaged_vectors_of_a_store_are_computed_again() {
    let told = "the vectors that were kept are damaged and computed again";
    check_store("DROP TABLE vectors; CREATE TABLE vectors (a)", told);
    check_store("UPDATE vectors SET vector = zeroblob(5)", "");
    check_store("UPDATE vectors SET vector = x''", "");
}

#[test]
fn an_update_without_a_model_says_that_the_vectors_are_gone() {
    let (_web, _model, collection) = embedded();
    let path = collection.file("mlsearch.toml");
    let settings = fs::read_to_string(&path).unwrap();
    fs::write(&path, settings.split("[embedding]").next().unwrap()).unwrap();
    let run = collection.ok(&["update", "--offline"]);
    let told = "no model is named, so the vectors of the index before (";
    assert!(run.stderr.contains(told) && run.stderr.contains("MLSEARCH_MODEL"), "{}", run.stderr);
}

#[test]
fn a_model_that_cannot_be_used_leaves_the_words() {
    let (_web, model, mut collection) = embedded();
    drop(model);
    let run = collection.ok(&["drift", "--hybrid"]);
    assert!(run.stderr.contains("searched by words alone: the model in `"), "{}", run.stderr);
    collection.set_variable("MLSEARCH_MODEL", "/nosuch");
    let id = collection.json(&["drift", "--json"])["hits"][0]["id"].clone();
    let run = collection.run(&["similar", id.as_str().unwrap()]);
    assert_eq!(run.code, 1, "{}", run.stderr);
}
