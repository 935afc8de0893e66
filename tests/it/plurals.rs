//! One thing is never called by its plural: what the program says of a collection of one article.

use std::fs;

use crate::program::{Collection, Run, program};

/// Words behind the number one that end in `s`.
fn plurals(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let pairs = words.windows(2).filter(|pair| pair[0] == "1");
    let singular = ["is", "has", "was", "matches", "holds", "makes", "asks", "address", "s"];
    let plural = pairs.filter(|pair| pair[1].ends_with('s') && !singular.contains(&pair[1]));
    plural.map(|pair| pair.join(" ")).collect()
}

#[test]
fn of_one_thing_no_message_speaks_in_the_plural() {
    assert_eq!(plurals("1 pages, 11 pages; 1 entry: 1 is"), ["1 pages"]);
    let collection = Collection::of_links(["https://a.example/drift"]);
    let list = collection.file("lists/awesome-mlops-articles.md");
    let list = list.to_str().unwrap();
    let own = collection.file("own.jsonl");
    fs::write(&own, "{\"id\": 1, \"title\": \"Drift\"}\n{\"id\": 2\n").unwrap();
    let page = collection.file("page.html");
    fs::write(&page, "<p>x").unwrap();
    let [site, warc] = ["site", "warc"].map(|name| collection.file(name).display().to_string());
    let mut said = String::new();
    let mut keep = |run: Run| said += &format!("{}{}\n", run.stdout, run.stderr);
    for args in [
        &["update", "-v"][..],
        &["update", "--force", "--offline", "-v"],
        &["status"],
        &["check", "--all"],
        &["check", list, "--delay", "0"],
        &["list", list],
        &["list", "--lint", list],
        &["entry"],
        &["entry", "--offset", "1"],
        &["entry", "-n0"],
        &["entry", "nothing", "--company", "x"],
        &["facets"],
        &["show", "--history", "https://a.example/drift"],
        &["new"],
        &["export", "site", &site],
        &["export", "seeds", &format!("{site}.tsv")],
        &["export", "warc", &warc],
        &["extract", page.to_str().unwrap()],
    ] {
        keep(collection.run(args));
    }
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("made");
    keep(Run::of(program().arg("init").arg(&dir).arg(list)));
    let import = dir.with_file_name("imported");
    keep(Run::of(program().arg("--index").arg(&import).args(["import", "--skip-bad"]).arg(&own)));
    for expected in [
        "visiting 1 page\n",
        "indexing 1 document\n",
        "1 entry makes 1 document\n",
        ": 1 document, 0 with",
        "1 link: ",
        "1 entry, 1 document\n",
        "1 document in `",
        ", 1 bad line skipped",
        "1 seed in",
        "1 entry on ",
        "1 character of text",
        "made/lists/awesome-mlops-articles.md",
        "only 1 matches",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert_eq!(plurals(&said), [""; 0], "{said}");
}
