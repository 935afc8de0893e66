//! `export site`: plain pages that lead to each other, and keep what belongs to others.

use std::{collections::BTreeMap, fs, path::Path};

use crate::{program::Collection, serve::pages::library};

/// The files of a folder by their paths.
fn files(dir: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut waiting = vec![dir.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
                continue;
            }
            let name = path.strip_prefix(dir).unwrap().display().to_string();
            files.insert(name, fs::read_to_string(path).unwrap());
        }
    }
    files
}

/// A file that a link of a page leads to, as a browser reads it.
fn target(page: &str, link: &str) -> String {
    let mut folders: Vec<&str> = page.split('/').collect();
    folders.pop();
    for part in link.split('/') {
        match part {
            ".." => drop(folders.pop()),
            part => folders.push(part),
        }
    }
    folders.join("/")
}

#[test]
fn every_page_leads_to_pages_that_are_there() {
    let collection = library();
    let dir = collection.file("site");
    let printed = collection.ok(&["export", "site", dir.to_str().unwrap(), "--title", "A & B"]);
    let files = files(&dir);
    let pages = files.keys().filter(|name| name.ends_with(".html")).count();
    let expected = format!("25 entries on {pages} pages in `{}`\n", dir.display());
    assert_eq!(printed.stdout, expected);
    let mut links = 0;
    for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".html")) {
        assert!(text.contains("<title>") && text.contains("A &#38; B</title>"), "{name}");
        for link in text.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let is_foreign = link.starts_with("https://") || link.starts_with("data:");
            let is_ours = !is_foreign && !link.contains("pagefind/");
            assert!(!is_ours || files.contains_key(&target(name, link)), "{name}: {link}");
            links += usize::from(is_ours);
        }
    }
    assert!(links > 200, "{links}");
    assert_eq!(files.keys().filter(|name| name.starts_with("entry/")).count(), 25);
    assert!(files["company/acme.html"].contains("8 articles"), "{}", files["company/acme.html"]);
    assert!(files["index.html"].contains("25 articles"));
}

#[test]
fn an_entry_has_what_a_list_says_and_what_pagefind_reads() {
    let collection = library();
    let long = format!(
        "The beginning. {}",
        "Every other word of it belongs to somebody else. ".repeat(50)
    );
    let line = serde_json::json!({
        "id": "long", "url": "https://a.example/long", "title": "Long", "company": "Acme",
        "tags": ["feature store"], "date": "2022-07-01", "text": long,
    });
    let lines =
        format!("{}{line}\n", fs::read_to_string(collection.file("library.jsonl")).unwrap());
    fs::write(collection.file("library.jsonl"), lines).unwrap();
    collection.ok(&["import", collection.file("library.jsonl").to_str().unwrap()]);
    let dir = collection.file("site");
    collection.ok(&["export", "site", dir.to_str().unwrap(), "--json"]);
    let page = fs::read_to_string(dir.join("entry/long.html")).unwrap();
    for expected in [
        "<main id=\"main\" data-pagefind-body data-pagefind-sort=\"date:2022-07-01\">",
        "data-pagefind-meta=\"title\">Long</h1>",
        "<a href=\"https://a.example/long\" rel=\"noopener noreferrer\">Read at <span data-pagefind-filter=\"site\">a.example",
        "data-pagefind-filter=\"company\" data-pagefind-meta=\"company\">Acme</a>",
        "data-pagefind-filter=\"tag\">feature store</a>",
        "data-pagefind-filter=\"year[data-year]\" data-year=\"2022\"",
        "The beginning.",
    ] {
        assert!(page.contains(expected), "no {expected} in {page}");
    }
    assert!(page.matches("belongs to somebody").count() < 8, "{page}");
    // One tag, however it is spelled.
    let tags = fs::read_to_string(dir.join("tag/index.html")).unwrap();
    assert_eq!(tags.to_lowercase().matches(">feature store<").count(), 1, "{tags}");
}

#[test]
fn nothing_of_an_entry_is_markup() {
    let collection = Collection::offline();
    fs::remove_file(collection.file("mlsearch.toml")).unwrap();
    let line = "{\"id\":\"../../evil\",\"title\":\"<script>alert(1)</script>\",\"company\":\"../x\",\
                \"tags\":[\"<img src=x>\",\"..\"],\"text\":\"</p><svg onload=alert(1)>\"}\n";
    fs::write(collection.file("x.jsonl"), line).unwrap();
    collection.ok(&["import", collection.file("x.jsonl").to_str().unwrap()]);
    let dir = collection.file("a/site");
    collection.ok(&["export", "site", dir.to_str().unwrap()]);
    for (name, text) in files(&dir) {
        for harmful in ["<script>", "<img", "<svg"] {
            assert!(!name.ends_with(".html") || !text.contains(harmful), "{name}: {text}");
        }
    }
    assert_eq!(fs::read_dir(collection.file("a")).unwrap().count(), 1, "nothing is written beside");
}

#[test]
fn a_site_replaces_a_site_and_nothing_else() {
    let collection = library();
    let dir = collection.file("site");
    let export = || collection.run(&["export", "site", dir.to_str().unwrap()]);
    assert_eq!(export().code, 0);
    fs::write(dir.join("entry/old.html"), "").unwrap();
    assert_eq!(export().code, 0);
    assert!(!dir.join("entry/old.html").exists());
    fs::remove_file(dir.join("mlsearch-site.txt")).unwrap();
    let refused = export();
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("it is not empty"), "{}", refused.stderr);
    assert!(refused.stderr.contains("hint: "), "{}", refused.stderr);
    assert!(dir.join("index.html").exists());
}
