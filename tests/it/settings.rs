//! The page about the settings, held against the program.

use std::{fs, path::Path};

use mlsearch::{Error, collection::Collection};
use tempfile::TempDir;

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

#[test]
fn the_page_names_each_key_that_there_is_and_no_other() {
    check("`mlsearch.toml`", "no = 1", "");
    check("`[[list]]`", "[[list]]\nno = 1", "");
    check("`[[list.entry]]`", "[[list]]\nsource = \"a\"\n[[list.entry]]\nno = 1", "");
    check("`[crawl]`", "[crawl]\nno = 1", "");
    check("`[publish]`", "[publish]\nno = 1", "");
    check("`[engine]`", "[engine]\nno = 1", "");
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
