//! The page about the settings, held against the program.

use std::{fs, path::Path};

use mlsearch::{
    Error,
    collection::{Collection, reference},
};
use tempfile::TempDir;

use crate::program::{Run, program};

/// A row of a table: the key, and the default as it would be written, if it is a value.
struct Setting {
    key: String,
    default: Option<String>,
}

/// The rows of the table below a heading of docs/settings.md.
fn documented(heading: &str) -> Vec<Setting> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/settings.md");
    let page = fs::read_to_string(path).unwrap();
    let section = page.split("\n## ").find(|section| section.starts_with(heading)).unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split(" | ").collect();
        let value = cells[1].trim().strip_prefix('`').and_then(|cell| cell.strip_suffix('`'));
        let key = cells[0].trim_start_matches("| ").trim_matches('`');
        Setting { key: key.to_owned(), default: value.map(str::to_owned) }
    })
    .collect()
}

/// Opens a collection with these settings and aliases.
fn open(settings: &str, aliases: &str) -> Result<String, Error> {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("mlsearch.toml"), settings).unwrap();
    fs::write(folder.path().join("aliases.toml"), aliases).unwrap();
    let collection = Collection::open(folder.path())?;
    let aliases = collection.aliases()?;
    Ok(format!("{:?} {aliases:?}", collection.settings))
}

/// The keys that the program names when it meets one that it does not know.
#[track_caller]
fn known(settings: &str, aliases: &str) -> Vec<String> {
    let message = open(settings, aliases).unwrap_err().to_string();
    let (_, keys) = message.split_once(", expected ").expect(&message);
    keys.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[track_caller]
fn check(heading: &str, settings: &str, aliases: &str) {
    let mut documented: Vec<String> =
        documented(heading).into_iter().map(|setting| setting.key).collect();
    let mut known = known(settings, aliases);
    documented.sort();
    known.sort();
    assert_eq!(documented, known, "docs/settings.md: {heading}");
}

/// `MLSEARCH_WRITE_DOCS=1 cargo test --test it settings` brings the page up to date.
#[test]
fn the_page_is_made_of_the_table_in_the_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/settings.md");
    if std::env::var_os("MLSEARCH_WRITE_DOCS").is_some() {
        fs::write(&path, reference::page()).unwrap();
    }
    let same = fs::read_to_string(&path).unwrap() == reference::page();
    let run = "MLSEARCH_WRITE_DOCS=1 cargo test --test it settings";
    assert!(same, "docs/settings.md is out of date: run `{run}`");
}

/// The settings that `init` writes for two lists, of which it reads nothing.
fn initial() -> String {
    let folder = TempDir::new().unwrap();
    let mut command = program();
    command.current_dir(folder.path()).args(["init", "index"]);
    let run = Run::of(command.args(["https://a.example/a.md", "https://a.example/b.md"]));
    assert_eq!(run.code, 0, "{}", run.stderr);
    fs::read_to_string(folder.path().join("index/mlsearch.toml")).unwrap()
}

/// Keys of tables, which have no value of their own.
const TABLES: &[&str] = &["list", "entry", "crawl", "publish", "engine", "embedding", "pull"];

#[test]
fn a_new_collection_has_every_setting_as_a_comment_with_its_default() {
    let settings = initial();
    for (table, heading) in [
        ("", "`mlsearch.toml`"),
        ("# [crawl]", "`[crawl]`"),
        ("# [publish]", "`[publish]`"),
        ("# [engine]", "`[engine]`"),
        ("# [embedding]", "`[embedding]`"),
        ("[[list]]", "`[[list]]`"),
        ("# [[list.entry]]", "`[[list.entry]]`"),
    ] {
        let begin = settings.find(&format!("\n{table}\n")).unwrap();
        for Setting { key, default } in documented(heading) {
            let line = match default {
                Some(value) => format!("\n# {key} = {value}\n"),
                None if TABLES.contains(&&*key) => continue,
                None => format!("{key} = "),
            };
            assert!(settings[begin..].contains(&line), "{table} {line:?}: {settings}");
        }
    }
    // What is no comment is what has been given.
    let given = settings.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let lists = "[[list]] source = \"https://a.example/a.md\" name = \"a\" \
                 [[list]] source = \"https://a.example/b.md\" name = \"b\"";
    assert_eq!(given.collect::<Vec<_>>().join(" "), lists);
}

#[test]
fn a_comment_is_a_setting_once_its_sign_is_gone() {
    let settings = initial();
    let bare = |text: &str| {
        let lines = text.lines().map(|line| line.strip_prefix("# ").unwrap_or(line));
        let is_setting = |line: &&str| {
            // No file is there that could be a bundle of certificates.
            line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' ') && key != "ca_bundle")
                || line.starts_with('[')
        };
        lines.filter(is_setting).map(|line| format!("{line}\n")).collect::<String>()
    };
    open(&bare(&settings), "").unwrap();
    // What somebody adds at the end is about the last list, or a table of its own.
    open(&format!("{settings}depth = 1\n[crawl]\ndelay = 0\n"), "").unwrap();
}

#[test]
fn the_page_names_each_key_that_there_is_and_no_other() {
    check("`mlsearch.toml`", "no = 1", "");
    check("`[[list]]`", "[[list]]\nno = 1", "");
    check("`[[list.entry]]`", "[[list]]\nsource = \"a\"\n[[list.entry]]\nno = 1", "");
    check("`[crawl]`", "[crawl]\nno = 1", "");
    check("`[publish]`", "[publish]\nno = 1", "");
    check("`[engine]`", "[engine]\nno = 1", "");
    check("`[pull]`", "[pull]\nno = 1", "");
    check("`aliases.toml`", "", "no = 1");
}

#[test]
fn the_page_gives_the_defaults() {
    let write = |heading: &str| {
        let settings = documented(heading).into_iter();
        let lines =
            settings.filter_map(|s| s.default.map(|value| format!("{} = {value}\n", s.key)));
        lines.collect::<String>()
    };
    let (crawl, publish) = (write("`[crawl]`"), write("`[publish]`"));
    assert!(crawl.lines().count() > 10 && publish.lines().count() == 2, "{crawl}{publish}");
    let written = open(&format!("[crawl]\n{crawl}[publish]\n{publish}"), &write("`aliases.toml`"));
    assert_eq!(written.unwrap(), open("", "").unwrap());
    let list = |labels: &str| open(&format!("[[list]]\nsource = \"a\"\n{labels}"), "").unwrap();
    let labels = documented("`[[list]]`").into_iter().find(|setting| setting.key == "labels");
    assert_eq!(list(&format!("labels = {}", labels.unwrap().default.unwrap())), list(""));
}

/// `settings` are refused with the line and what is expected.
#[track_caller]
fn check_refused(settings: &str, expected: &str) {
    let message = open(settings, "").unwrap_err().to_string();
    assert!(message.contains(&format!("mlsearch.toml`: {expected}")), "{settings}: {message}");
}

#[test]
fn what_the_network_needs_is_looked_at_when_the_settings_are_read() {
    check_refused("\ncontact = 'me'", "line 2: `contact` leads nowhere; expected a URL or a mail");
    for proxy in ["nope nope", "ftp://p.example", "http://", ""] {
        let expected = "line 2: `proxy`: expected the URL of an HTTP proxy, as in `http://proxy";
        check_refused(&format!("[crawl]\nproxy = '{proxy}'"), expected);
    }
    check_refused("[crawl]\nproxy = 3128", "line 2: `proxy`: expected a text in quotes, found the");
    for (table, file, wrong) in [
        ("crawl", "no.pem", "no.pem` cannot be read ("),
        ("engine", "no.pem", "no.pem` cannot be read ("),
        ("crawl", "aliases.toml", "aliases.toml` has no certificate in it; expected a PEM file"),
        ("crawl", ".", "` cannot be read ("),
    ] {
        let settings = format!("[{table}]\n\nca_bundle = '{file}'");
        let message = open(&settings, "").unwrap_err().to_string();
        assert!(message.contains("line 3: `ca_bundle`: `"), "{message}");
        assert!(message.contains(wrong) && message.contains("expected a PEM file"), "{message}");
    }
    for proxy in ["http://p.example:3128", "https://bob:x@p.example", "p.example:3128"] {
        open(&format!("[crawl]\nproxy = '{proxy}'"), "").unwrap();
    }
}
