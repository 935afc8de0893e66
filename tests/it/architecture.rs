//! The rules of ARCHITECTURE.md, held against the source.

mod uses;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Each module with the modules that it may name. A module names only modules above its own line,
/// so no cycle can be written.
const LAYERS: &[(&str, &[&str])] = &[
    ("html", &[]),
    ("analysis", &[]),
    ("language", &[]),
    ("canonical", &[]),
    ("charset", &[]),
    ("counted", &[]),
    ("feed", &[]),
    ("page", &[]),
    ("crawl_policy", &[]),
    ("files", &[]),
    ("text", &[]),
    ("entry", &["analysis", "canonical"]),
    ("content", &["entry"]),
    ("dates", &["entry"]),
    ("error", &["page"]),
    ("embedding", &["error"]),
    ("http", &["canonical", "charset", "counted", "error", "page", "crawl_policy"]),
    ("aliases", &["entry", "canonical"]),
    ("collection", &["aliases", "canonical", "entry", "error", "crawl_policy"]),
    ("list", &["aliases", "canonical", "charset", "counted", "dates", "entry", "error", "html"]),
    ("crawl", &["canonical", "error", "feed", "html", "http", "page", "crawl_policy"]),
    ("warc", &["canonical", "counted", "http"]),
    ("store", &["error", "page"]),
    ("duplicates", &["canonical", "error"]),
    ("pdf", &["content", "counted", "dates", "page"]),
    (
        "extract",
        &[
            "canonical",
            "charset",
            "content",
            "counted",
            "dates",
            "entry",
            "feed",
            "html",
            "language",
            "page",
            "pdf",
        ],
    ),
    // Values are compared without what `text` takes out of them before they are shown.
    ("query", &["aliases", "analysis", "canonical", "dates", "embedding", "error", "text"]),
    (
        "engine",
        &[
            "aliases",
            "analysis",
            "canonical",
            "content",
            "dates",
            "embedding",
            "entry",
            "error",
            "files",
            "http",
            "language",
            "query",
        ],
    ),
    (
        "search",
        &["analysis", "content", "embedding", "engine", "error", "language", "query", "text"],
    ),
    ("worker", &["content", "embedding", "error", "extract", "page"]),
    (
        "update",
        &[
            "aliases",
            "canonical",
            "collection",
            "counted",
            "content",
            "crawl",
            "dates",
            "duplicates",
            "embedding",
            "engine",
            "entry",
            "error",
            "extract",
            "list",
            "page",
            "crawl_policy",
            "store",
            "warc",
            "worker",
        ],
    ),
    (
        "inspect",
        &[
            "canonical",
            "collection",
            "dates",
            "engine",
            "entry",
            "error",
            "list",
            "page",
            "store",
            "update",
        ],
    ),
    (
        "export",
        &[
            "canonical",
            "collection",
            "entry",
            "error",
            "files",
            "list",
            "page",
            "store",
            "update",
            "warc",
        ],
    ),
    ("pack", &["canonical", "charset", "collection", "engine", "error", "store"]),
    // It reads archives as `pack` writes them, and is an update by other means: its gate and its report.
    (
        "pull",
        &[
            "aliases",
            "canonical",
            "collection",
            "crawl_policy",
            "engine",
            "error",
            "files",
            "http",
            "pack",
            "page",
            "store",
            "update",
        ],
    ),
    // What the interfaces say and write in the same way: the command line and the server.
    (
        "wording",
        &[
            "canonical",
            "collection",
            "counted",
            "dates",
            "engine",
            "error",
            "list",
            "search",
            "text",
        ],
    ),
    ("json", &["engine", "search", "text"]),
    // What is seen and what keys do; the terminal, the clock and the signals are those of `cli`.
    ("ui", &["canonical", "counted", "engine", "error", "search", "text", "wording"]),
    ("atom", &["canonical", "inspect", "search", "text"]),
    // The tools for agents only search and read.
    ("mcp", &["counted", "dates", "engine", "entry", "error", "search", "text", "wording"]),
    // It searches and inspects; of what is below it knows types, what a date and an address of the
    // web is, and nothing that does work.
    (
        "serve",
        &[
            "atom",
            "canonical",
            "collection",
            "dates",
            "engine",
            "error",
            "inspect",
            "json",
            "mcp",
            "search",
            "text",
            "wording",
        ],
    ),
    // A site has the look of the page, and its hits are shown as there.
    ("site", &["error", "files", "search", "serve"]),
];

/// The modules or folders that own a package; nothing else names it.
const OWNERS: &[(&str, &[&str])] = &[
    ("askama", &["serve", "site"]),
    ("axum", &["serve"]),
    ("base64", &["ui"]),
    ("chardetng", &["charset"]),
    ("clap", &["cli"]),
    ("ctrlc", &["cli"]),
    ("ego_tree", &["html"]),
    ("html5ever", &["html"]),
    ("indicatif", &["cli"]),
    ("minisign_verify", &["pull"]),
    ("nix", &["cli", "mcp", "worker"]),
    ("pulldown_cmark", &["extract", "list"]),
    ("ratatui", &["cli", "ui"]),
    ("rayon", &["engine/local", "extract", "update"]),
    ("reqwest", &["http"]),
    ("ring", &["embedding", "pack", "pull", "warc"]),
    ("rmcp", &["mcp"]),
    ("rten", &["embedding"]),
    ("rusqlite", &["store"]),
    ("scraper", &["html", "extract", "list"]),
    ("signal_hook", &["cli"]),
    ("tantivy", &["engine/local"]),
    ("tar", &["pack"]),
    ("tokio", &["crawl", "http", "mcp", "serve"]),
    ("tui_input", &["ui"]),
];

/// What only an interface may use: the streams, the environment, the wall clock and the exit.
const INTERFACES_ONLY: &[&str] = &[
    "println!",
    "print!(",
    "eprintln!",
    "eprint!(",
    "std::env::",
    "env::var",
    "io::stdout",
    "io::stderr",
    "Timestamp::now",
    "SystemTime",
    "process::exit",
];

/// Names that say nothing of what a module is for.
const EMPTY_NAMES: &[&str] = &["utils", "util", "types", "helpers", "common", "config", "misc"];

const MOST_LINES: usize = 500;

#[test]
fn a_module_uses_only_modules_below_it() {
    for (position, (module, allowed)) in LAYERS.iter().enumerate() {
        for used in *allowed {
            let below = LAYERS[..position].iter().any(|(name, _)| name == used);
            assert!(
                below,
                "LAYERS: `{module}` may not use `{used}`, which does not stand above it"
            );
        }
    }
    each_source(|file| {
        let Some((_, allowed)) = LAYERS.iter().find(|(module, _)| *module == file.module) else {
            let interface = matches!(file.module.as_str(), "cli" | "main" | "lib");
            assert!(interface, "{}: `{}` is not in LAYERS", file.name, file.module);
            return;
        };
        for used in LAYERS.iter().map(|(module, _)| *module).filter(|module| *module != file.module)
        {
            let names_it = names_module(&file.code, used);
            assert!(
                !names_it || allowed.contains(&used),
                "{}: `{}` may not use `{used}`",
                file.name,
                file.module
            );
        }
        assert!(
            !file.code.contains("crate::cli"),
            "{}: the interfaces are above every module",
            file.name
        );
    });
}

#[test]
fn paths_name_the_module() {
    each_source(|file| {
        for forbidden in ["super::", "::*;", "::*,", "crate::prelude"] {
            assert!(!file.code.contains(forbidden), "{}: has `{forbidden}`", file.name);
        }
    });
}

#[test]
fn each_package_has_its_owners() {
    each_source(|file| {
        for (package, owners) in OWNERS {
            let named = names_package(&file.code, package);
            assert!(
                !named || owners.iter().any(|owner| is_of(file, owner)),
                "{}: `{package}` belongs to {owners:?}",
                file.name
            );
        }
    });
}

#[test]
fn the_world_outside_belongs_to_the_interfaces() {
    each_source(|file| {
        if matches!(file.module.as_str(), "cli" | "main") {
            return;
        }
        for forbidden in INTERFACES_ONLY {
            assert!(!file.code.contains(forbidden), "{}: has `{forbidden}`", file.name);
        }
    });
}

#[test]
fn every_file_says_what_it_is_for_and_has_at_most_500_lines() {
    each_source(|file| {
        assert!(file.text.starts_with("//! "), "{}: does not begin with `//! `", file.name);
        let lines = file.text.lines().count();
        assert!(lines <= MOST_LINES, "{}: {lines} lines are more than {MOST_LINES}", file.name);
        let stem = file.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        for empty in EMPTY_NAMES {
            assert!(
                stem != *empty && file.module != *empty,
                "{}: has a name that says nothing",
                file.name
            );
        }
    });
}

#[test]
fn where_a_change_begins_is_told_truly() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let description = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let section = description.split("\n## ").find(|s| s.starts_with("Where do I change")).unwrap();
    let mut rows = 0;
    for row in section.lines().filter(|line| line.contains("`src/")) {
        let cells: Vec<&str> = row.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let [_, change, file, item, _] = cells[..] else { panic!("three cells: {row}") };
        let text = fs::read_to_string(root.join(file));
        let text = text.unwrap_or_else(|error| panic!("{change}: {file}: {error}"));
        assert!(text.contains(item), "{change}: no `{item}` in {file}");
        rows += 1;
    }
    assert!(rows >= 10, "{rows} rows");
}

#[test]
fn no_file_uses_one_that_uses_it() {
    let mut files = BTreeMap::new();
    each_source(|file| drop(files.insert(file.name.clone(), file.code.clone())));
    let circles = uses::circles(&uses::uses(&files));
    assert!(circles.is_empty(), "files that use each other: {circles:#?}");
}

#[test]
fn a_type_name_means_one_thing() {
    let mut homes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    each_source(|file| {
        for name in uses::types(&file.code) {
            homes.entry(name.to_owned()).or_default().insert(file.name.clone());
        }
    });
    homes.retain(|_, files| files.len() > 1);
    assert!(homes.is_empty(), "types of one name: {homes:#?}");
}

#[test]
fn every_module_and_package_is_described() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let description = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    for module in LAYERS.iter().map(|(module, _)| *module).chain(["cli"]) {
        let heading = description
            .lines()
            .any(|line| line.starts_with("##") && line.contains(&format!("`{module}`")));
        assert!(heading, "ARCHITECTURE.md: no heading for `{module}`");
    }
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"forbid\""));
    let dependencies =
        manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    for line in dependencies.lines().filter(|line| line.contains('=')) {
        let package = line.split(['=', ' ', '.']).next().unwrap();
        assert!(
            description.contains(&format!("`{package}`")),
            "ARCHITECTURE.md: no reason for the package `{package}`"
        );
    }
}

struct Source {
    path: PathBuf,
    /// Path below the project's root.
    name: String,
    /// The first component below `src`, without extension.
    module: String,
    text: String,
    /// The text without comments.
    code: String,
}

#[track_caller]
fn each_source(mut check: impl FnMut(&Source)) {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![src.clone()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(&src).unwrap();
                let first = below.components().next().unwrap().as_os_str().to_str().unwrap();
                let text = fs::read_to_string(&path).unwrap();
                let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                check(&Source {
                    name: format!("src/{}", below.display()),
                    module: first.trim_end_matches(".rs").to_owned(),
                    code: code.collect::<Vec<_>>().join("\n"),
                    text,
                    path,
                });
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "only {seen} source files were found");
}

/// Whether a file belongs to a module or folder such as `engine/local`.
fn is_of(file: &Source, owner: &str) -> bool {
    let below = file.name.strip_prefix("src/").and_then(|name| name.strip_prefix(owner));
    below.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// Whether the code names `crate::module`, alone or in a `use crate::{…}` group.
fn names_module(code: &str, module: &str) -> bool {
    let direct = format!("crate::{module}");
    if code.match_indices(&direct).any(|(at, _)| !continues_word(&code[at + direct.len()..])) {
        return true;
    }
    code.split("use crate::{").skip(1).any(|group| {
        let mut depth = 0;
        let items = group.split(';').next().unwrap_or_default().split(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            c == ',' && depth == 0
        });
        items.into_iter().any(|item| item.trim().split([':', '}']).next() == Some(module))
    })
}

/// Whether the code has `package::` or `use package`, and not as a part of a longer word.
fn names_package(code: &str, package: &str) -> bool {
    code.match_indices(package).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = &code[at + package.len()..];
        let begins =
            !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '"' | '.'));
        begins && after.starts_with("::")
    })
}

fn continues_word(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}
