//! The schemas of the JSON that is printed, which ship in `docs/schema` and in the description of the
//! server: made of the types, and held against the files and `docs/json.md`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use mlsearch::{
    embedding::ModelCheck,
    engine::Document,
    export::WarcExport,
    inspect::{CheckedLink, News, Status},
    json::{FacetsOutput, HealthOutput, ProblemOutput, SearchOutput, SimilarOutput, Versioned},
    pack::PackReport,
    search::evaluate::RankingMeasures,
    site::SiteExport,
    update::{PageReport, PullReport},
};
use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde_json::{Map, Value};

use crate::cli::{
    check::CheckReport,
    explain_query::ExplainedOutput,
    export::SeedsOutput,
    extract::PageRow,
    history::{ChangeRow, VersionRow},
    import::AbandonOutput,
    import_report::ImportOutput,
    init::Made,
    lint::FindingRow,
    list::{EntryRow, SitemapRow},
    show_part::{OutlineOutput, PartOutput},
    update::{Summary, WouldVisit},
};

/// With this variable the files are written.
const WRITE: &str = "MLSEARCH_WRITE_SCHEMAS";

/// Where OpenAPI has schemas.
const COMPONENTS: &str = "/components/schemas";

/// The schema of each form of line, by the name of its file, with what prints it.
fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        ("search", schema::<SearchOutput<'_>>("mlsearch search QUERY --json")),
        ("explain-query", schema::<ExplainedOutput<'_>>("mlsearch QUERY --explain-query --json")),
        ("similar", schema::<SimilarOutput<'_>>("mlsearch similar ID --json")),
        ("facets", schema::<FacetsOutput<'_>>("mlsearch facets --json")),
        ("show", schema::<Document>("mlsearch show ID --json")),
        ("show-history", schema::<VersionRow<'_>>("mlsearch show ID --history --json")),
        ("show-diff", schema::<ChangeRow<'_>>("mlsearch show ID --diff --json")),
        ("show-outline", schema::<OutlineOutput<'_>>("mlsearch show ID --outline --json")),
        ("show-part", schema::<PartOutput<'_>>("mlsearch show ID --section N --json")),
        ("status", schema::<Status>("mlsearch status --json")),
        ("new", schema::<News>("mlsearch new --json")),
        ("check", schema::<CheckedLink>("mlsearch check --json")),
        ("check-report", schema::<CheckReport>("mlsearch check --report json")),
        ("update", schema::<PageReport>("mlsearch update --json")),
        ("update-summary", schema::<Summary<'_>>("mlsearch update --json, the last line")),
        ("update-dry-run", schema::<WouldVisit<'_>>("mlsearch update --dry-run --json")),
        ("list", schema::<EntryRow<'_>>("mlsearch list LIST --json")),
        ("list-sitemap", schema::<SitemapRow<'_>>("mlsearch list SITEMAP-INDEX --json")),
        ("list-lint", schema::<FindingRow<'_>>("mlsearch list LIST --lint --json")),
        ("extract", schema::<PageRow<'_>>("mlsearch extract PAGE --json")),
        ("init", schema::<Made>("mlsearch init DIR LIST --json")),
        ("import", schema::<ImportOutput<'_>>("mlsearch import FILE --json")),
        ("import-abandon", schema::<AbandonOutput>("mlsearch import --abandon --json")),
        ("export-warc", schema::<WarcExport>("mlsearch export warc DIR --json")),
        ("export-seeds", schema::<SeedsOutput>("mlsearch export seeds FILE --json")),
        ("export-site", schema::<SiteExport>("mlsearch export site DIR --json")),
        ("pack", schema::<PackReport>("mlsearch pack FILE --json")),
        ("pull", schema::<PullReport>("mlsearch pull URL --json")),
        ("eval", schema::<RankingMeasures>("mlsearch eval QUERIES QRELS --json")),
        ("model-check", schema::<ModelCheck>("mlsearch model check DIR --json")),
        ("healthz", schema::<HealthOutput>("GET /healthz")),
        ("error", schema::<ProblemOutput<'_>>("GET /api/…, when it fails")),
    ]
}

/// The schemas of the server's answers by the names that its description has for them.
fn components() -> Map<String, Value> {
    let schemas = [
        ("Results", line::<SearchOutput<'_>>(COMPONENTS)),
        ("Similar", line::<SimilarOutput<'_>>(COMPONENTS)),
        ("Facets", line::<FacetsOutput<'_>>(COMPONENTS)),
        ("Document", line::<Document>(COMPONENTS)),
        ("News", line::<News>(COMPONENTS)),
        ("Health", line::<HealthOutput>(COMPONENTS)),
        ("Problem", line::<ProblemOutput<'_>>(COMPONENTS)),
    ];
    let mut components = Map::new();
    for (name, mut schema) in schemas {
        let parts = schema.remove("components").unwrap_or_default();
        components.extend(parts["schemas"].as_object().cloned().unwrap_or_default());
        schema.remove("$schema");
        schema.remove("title");
        components.insert(name.to_owned(), schema.to_value());
    }
    components
}

/// The schema of what a command prints.
fn schema<T: JsonSchema>(printed_by: &str) -> Value {
    let mut schema = line::<T>("/$defs");
    schema.insert("title".into(), printed_by.into());
    schema.to_value()
}

/// The schema of a line with such a value, as what is printed and not as what is read, with its parts
/// at a place of it.
fn line<T: JsonSchema>(parts: &'static str) -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let settings = settings.with(|settings| settings.definitions_path = parts.into());
    let value = settings.clone().into_generator().into_root_schema_for::<T>();
    let mut line = settings.into_generator().into_root_schema_for::<Versioned<T>>();
    line.insert("description".into(), value.get("description").cloned().unwrap_or_default());
    line
}

fn docs(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "docs", name].iter().collect()
}

#[test]
fn the_schemas_in_the_docs_are_those_of_the_types() {
    let folder = docs("schema");
    let mut expected = BTreeSet::new();
    for (name, schema) in schemas() {
        let path = folder.join(format!("{name}.json"));
        check_file(&path, &schema);
        expected.insert(path);
    }
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    assert_eq!(files.collect::<BTreeSet<PathBuf>>(), expected);
}

#[test]
fn the_description_of_the_server_has_the_schemas_of_the_types() {
    let path = "src/serve/assets/openapi.json";
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), path].iter().collect();
    let mut described: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    described["components"]["schemas"] = components().into();
    check_file(&path, &described);
}

/// Writes a file if that is asked for; it must hold a value.
#[track_caller]
fn check_file(path: &Path, expected: &Value) {
    if std::env::var_os(WRITE).is_some() {
        fs::write(path, format!("{expected:#}\n")).unwrap();
    }
    let found = fs::read(path).unwrap_or_default();
    assert!(
        serde_json::from_slice::<Value>(&found).is_ok_and(|found| found == *expected),
        "{}: run `{WRITE}=1 cargo test --bin mlsearch schemas` and describe what is new in \
         docs/json.md",
        path.display()
    );
}

#[test]
fn every_field_is_described_in_the_section_that_names_its_schema() {
    let text = fs::read_to_string(docs("json.md")).unwrap();
    for (name, schema) in schemas() {
        let link = format!("(schema/{name}.json)");
        let section = text.split("\n## ").find(|section| section.contains(&link));
        let section = section.unwrap_or_else(|| panic!("docs/json.md: no section links {link}"));
        for field in fields(&schema) {
            assert!(section.contains(&format!("`{field}`")), "docs/json.md, {name}: no `{field}`");
        }
        for schema in schema["$defs"].as_object().into_iter().flat_map(|defs| defs.values()) {
            for field in fields(schema) {
                assert!(text.contains(&format!("`{field}`")), "docs/json.md, {name}: no `{field}`");
            }
        }
        assert!(!schema.to_string().contains("[`"), "{name}: a link of Rust's documentation");
    }
}

/// The names of the fields of an object, whichever of its forms it has.
fn fields(schema: &Value) -> BTreeSet<&String> {
    let forms = schema["oneOf"].as_array().into_iter().flatten();
    let objects = std::iter::once(schema).chain(forms);
    objects.filter_map(|form| form["properties"].as_object()).flat_map(|all| all.keys()).collect()
}
