//! Every line that a command prints with `--json`, held against its schema in `docs/schema`.

use std::{cell::RefCell, collections::BTreeSet, fs, path::Path, process::Command};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::{
    left_out, model,
    program::{Collection, Run, program},
    serve::server::Server,
    time::article,
    web::{Answer, Web},
};

fn shipped(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/schema/{name}.json"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// A schema of the docs in which no object may have a field that the schema does not name.
fn strict(name: &str) -> Validator {
    let mut schema = shipped(name);
    let mut below = vec![&mut schema];
    while let Some(value) = below.pop() {
        match value {
            Value::Object(object) => {
                if object.contains_key("properties") {
                    object.insert("additionalProperties".into(), false.into());
                }
                below.extend(object.values_mut());
            }
            Value::Array(values) => below.extend(values),
            _ => {}
        }
    }
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

#[test]
fn a_field_that_no_schema_names_is_noticed_here_and_allowed_to_readers() {
    let facets = |field: &str| json!({ "version": 1, "facets": [{ "name": "a", field: [] }] });
    let named = facets("values");
    let mut further = named.clone();
    further["facets"][0]["further"] = 1.into();
    let (here, readers) =
        (strict("facets"), jsonschema::validator_for(&shipped("facets")).unwrap());
    let validate = |value: &Value| (here.is_valid(value), readers.is_valid(value));
    assert_eq!(validate(&named), (true, true));
    assert_eq!(validate(&further), (false, true));
    assert_eq!(validate(&facets("value")), (false, false));
}

/// Arguments that are an error, and the command that its hint names.
#[track_caller]
fn check_hint(args: &[&str], expected: Option<&str>) {
    let run = Run::of(program().args(args));
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}: {}", run.stderr);
    let hint = expected.map(|command| format!("\nhint: run `{command}`\n"));
    let is_hint = hint.map_or(!run.stderr.contains("--json"), |hint| run.stderr.ends_with(&hint));
    assert!(is_hint, "{args:?}: {}", run.stderr);
}

#[test]
fn json_asked_for_as_elsewhere_has_an_option_of_its_own() {
    check_hint(&["drift", "--format", "json"], Some("mlsearch drift --json"));
    check_hint(&["a \"b c\"", "--format=JSON"], Some("mlsearch 'a \"b c\"' --json"));
    let status = Some("mlsearch --index x status --json");
    check_hint(&["--index", "x", "status", "--output", "json"], status);
    check_hint(&["status", "-o", "json"], Some("mlsearch status --json"));
    let export = Some("mlsearch export warc d --json");
    check_hint(&["export", "warc", "d", "--output=jsonl"], export);
    let new = Some("mlsearch new --json --since 3d");
    check_hint(&["new", "--format", "ndjson", "--since", "3d"], new);
    check_hint(&["drift", "--format", "csv"], None);
    check_hint(&["drift", "--format"], None);
    check_hint(&["man", "--format", "json"], None);
}

/// Each line is of one of the forms, and each form has a line.
#[track_caller]
fn check_lines(what: &str, lines: &str, forms: &[&str]) {
    let validators: Vec<Validator> = forms.iter().map(|form| strict(form)).collect();
    let mut seen = BTreeSet::new();
    for line in lines.lines() {
        let value: Value = serde_json::from_str(line).unwrap();
        let form = validators.iter().position(|validator| validator.is_valid(&value));
        let problems = || -> Vec<String> {
            let errors = validators.iter().flat_map(|validator| validator.iter_errors(&value));
            errors.map(|error| format!("{}: {error}", error.instance_path())).collect()
        };
        seen.insert(form.unwrap_or_else(|| panic!("{what}: {line}\n{:#?}", problems())));
    }
    assert_eq!(seen.len(), forms.len(), "{what}: each of {forms:?}: {lines}");
}

/// Runs commands on a collection and remembers which ones.
struct Commands<'c> {
    collection: &'c Collection,
    checked: RefCell<BTreeSet<String>>,
}

impl Commands<'_> {
    #[track_caller]
    fn check(&self, args: &[&str], forms: &[&str]) {
        let has_two = matches!(args[0], "export" | "model");
        let words = if has_two { &args[..2] } else { &args[..1] };
        self.checked.borrow_mut().insert(words.join(" "));
        let run = self.collection.run(&[args, &["--json"]].concat());
        assert!(run.code < 2, "{args:?}: {}", run.stderr);
        check_lines(&args.join(" "), &run.stdout, forms);
    }
}

/// The names of the commands below one, as its help has them.
fn commands_below(command: &[&str]) -> Vec<String> {
    let help = Run::of(program().args(command).arg("--help")).stdout;
    let listed = help.split("\nCommands:\n").nth(1).and_then(|rest| rest.split("\n\n").next());
    let lines = listed.unwrap_or_default().lines();
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// Every command that has `--json` in its help.
fn commands_with_json() -> BTreeSet<String> {
    let mut with_json = BTreeSet::new();
    let mut commands: Vec<Vec<String>> = commands_below(&[]).into_iter().map(|c| vec![c]).collect();
    assert!(commands.len() > 15, "{commands:?}");
    while let Some(command) = commands.pop() {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        if Run::of(program().args(&words).arg("--help")).stdout.contains("--json") {
            with_json.insert(command.join(" "));
        }
        let below = commands_below(&words).into_iter();
        commands.extend(below.map(|name| [command.clone(), vec![name]].concat()));
    }
    with_json
}

/// A web with a page of each kind, and a collection of them.
fn visited() -> (Web, Collection) {
    let web = Web::start();
    let paths = ["/good", "/copy", "/moved", "/gone", "/wall", "/shell", "/late"];
    for path in ["/good", "/copy", "/there", "/late"] {
        web.put(path, article("drift", "one"));
    }
    web.put("/late", article("late", "one"));
    web.put("/there", article("there", "one"));
    web.put("/moved", Answer::status(301).with("Location", "/there"));
    web.put("/wall", Answer::status(403));
    web.put("/shell", Answer::html("<html><body><div id=root></div></body></html>"));
    let links: Vec<String> = paths.iter().map(|path| format!("{}{path}", web.origin())).collect();
    let collection = Collection::of_links(links.iter().map(String::as_str));
    (web, collection)
}

#[test]
fn every_line_is_as_its_schema_says() {
    let (web, collection) = visited();
    let update = ["update", "--allow-net", "127.0.0.0/8", "--delay", "0"];
    let commands = Commands { collection: &collection, checked: RefCell::default() };
    let both = ["update", "update-summary"];
    commands.check(&[&update[..], &["--dry-run"]].concat(), &["update-dry-run"]);
    commands.check(&["init", &path(&collection, "made"), &path(&collection, LIST)], &["init"]);
    commands.check(&update, &both);
    web.put("/good", article("drift", "two"));
    web.put("/copy", article("drift", "two"));
    web.put("/late", Answer::status(410));
    commands.check(&[&update[..], &["--refresh"]].concat(), &both);

    commands.check(
        &["search", "drft attempts", "--facets", "--explain", "--snippets", "3"],
        &["search"],
    );
    commands.check(&["search", "xyzzyplugh", "--exact"], &["search"]);
    commands.check(&["search", "drft attempts", "--explain-query"], &["explain-query"]);
    commands.check(&["facets"], &["facets"]);
    let hits = collection.json(&["drift attempts", "--json"]);
    let hit = hits["hits"].as_array().unwrap().iter().find(|hit| hit["also_at"].is_array());
    let id = format!("id:{}", hit.expect("a hit with another address")["id"].as_str().unwrap());
    commands.check(&["similar", &id], &["similar"]);
    commands.check(&["show", &id], &["show"]);
    commands.check(&["show", &id, "--history"], &["show-history"]);
    commands.check(&["show", &id, "--outline"], &["show-outline"]);
    commands.check(&["show", &id, "--chars", "100"], &["show-part"]);
    commands.check(&["show", &id, "--diff"], &["show-diff"]);
    commands.check(&["status"], &["status"]);
    commands.check(&["new", "--since", "30d"], &["new"]);
    commands.check(&["check"], &["check"]);
    commands.check(&["check", "--all"], &["check"]);
    let allow = ["--allow-net", "127.0.0.0/8"];
    let file = path(&collection, LIST);
    commands.check(&[&["check", &file, "--delay", "0"], &allow[..]].concat(), &["check"]);

    check_report(&collection);

    commands.check(&["list", &file], &["list"]);
    let lint = "- [A](https://a.example/x) `nlp`\n- [A](https://a.example/x)\n";
    fs::write(collection.file("lint.md"), lint).unwrap();
    commands.check(&["list", &path(&collection, "lint.md"), "--lint"], &["list-lint"]);
    let sitemaps = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap>\
                    <loc>https://a.example/1.xml</loc></sitemap></sitemapindex>";
    fs::write(collection.file("index.xml"), sitemaps).unwrap();
    commands.check(&["list", &path(&collection, "index.xml")], &["list-sitemap"]);
    for (name, args) in [("page.html", &[][..]), ("page.html", &["--explain"])] {
        fs::write(collection.file(name), article("extract", "one").body).unwrap();
        commands.check(&[&["extract", &path(&collection, name)], args].concat(), &["extract"]);
    }

    commands.check(&["export", "warc", &path(&collection, "warc")], &["export-warc"]);
    commands.check(&["export", "seeds", &path(&collection, "seeds")], &["export-seeds"]);
    commands.check(&["export", "site", &path(&collection, "site")], &["export-site"]);
    commands.check(&["pack", &path(&collection, "packed.tar.zst")], &["pack"]);
    let packed = path(&collection, "packed.tar.zst");
    let elsewhere = path(&collection, "pulled");
    commands.check(&["pull", &packed, "--index", &elsewhere], &["pull"]);
    check_lines(
        "status",
        &collection.ok(&["--index", &elsewhere, "status", "--json"]).stdout,
        &["status"],
    );
    let warc = path(&collection, "warc");
    commands.check(&["extract", "--warc", &warc], &["extract"]);
    commands.check(&["update", "--warc", &warc, "--force"], &["update-summary"]);
    fs::write(collection.file("queries"), "1\tdrift\n").unwrap();
    fs::write(collection.file("qrels"), format!("1 0 {} 1\n", &id[3..])).unwrap();
    commands
        .check(&["eval", &path(&collection, "queries"), &path(&collection, "qrels")], &["eval"]);
    let own = path(&collection, "own.jsonl");
    fs::write(&own, "{\"id\":7,\"title\":\"Drift\",\"text\":\"It drifts.\"}\n").unwrap();
    commands.check(&["import", &own, "--index", &path(&collection, "own")], &["import"]);

    let model = model::folder();
    commands.check(&["model", "check", model.path().to_str().unwrap()], &["model-check"]);

    assert_eq!(commands_with_json(), commands.checked.into_inner());
    check_server(&collection, &id);
}

/// The report of a change, and that of all links.
#[track_caller]
fn check_report(collection: &Collection) {
    let report = collection.ok(&["check", "--report", "json", "--days", "7"]);
    check_lines("check --report json", &report.stdout, &["check-report"]);
    let git = |args: &[&str]| {
        let mut git = Command::new("git");
        let done = git.arg("-C").arg(collection.path()).args(args).output();
        done.is_ok_and(|done| done.status.success())
    };
    let message = ["-c", "user.name=me", "-c", "user.email=me@a.example", "commit", "-qm", "one"];
    if !(git(&["init", "-q"]) && git(&["add", "mlsearch.toml"]) && git(&message)) {
        left_out::tell("check --changed-since: git is not here");
        return;
    }
    let changed = ["check", "--changed-since", "HEAD", "--report", "json"];
    let allow = ["--delay", "0", "--allow-net", "127.0.0.0/8"];
    let report = collection.ok(&[&changed[..], &allow].concat());
    check_lines("check --changed-since", &report.stdout, &["check-report"]);
    assert!(report.stdout.contains("\"change\":\"added\""), "{}", report.stdout);
}

/// The list of a collection.
const LIST: &str = "lists/awesome-mlops-articles.md";

fn path(collection: &Collection, name: &str) -> String {
    collection.file(name).to_str().unwrap().to_owned()
}

/// What the server answers is of the forms of the commands.
#[track_caller]
fn check_server(collection: &Collection, id: &str) {
    let server = Server::of(collection, &[]);
    for (address, form) in [
        ("/api/search?q=drift&facets=1", "search"),
        (&format!("/api/similar/{id}"), "similar"),
        ("/api/facets/year", "facets"),
        (&format!("/api/show/{id}"), "show"),
        ("/api/new?since=30d", "new"),
        ("/healthz", "healthz"),
        ("/api/facets/nosuch", "error"),
        ("/api/nosuch", "error"),
    ] {
        check_lines(address, &server.get(address).body, &[form]);
    }
}
