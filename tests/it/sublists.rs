//! Lists that other lists name: files of a repository, and repositories of the web.

use std::fs;

use crate::{
    maintainer::Repository,
    program::Collection,
    update::urls,
    web::{Answer, Web},
};

fn markdown(body: &str) -> Answer {
    let headers = vec![("Content-Type".into(), "text/plain".into())];
    Answer { status: 200, headers, body: body.into() }
}

/// A repository whose README is an index of three lists and of files that are none.
fn index() -> Repository {
    let repository = Repository::without_git("README.md", &["/own"]);
    let index = "- [Python](python/)\n- [Rust](/rust/README.md#top)\n- [Talks](./talks.md)\n\
                 - [Rules](CONTRIBUTING.md)\n- [中文](README-zh.md)\n- [Code](x.py)\n\
                 - [Away](../../outside.md)\n- [Gone](gone.md)\n- [Plain](plain.md)\n";
    repository.write("README.md", &format!("{}{index}", repository.read("README.md")));
    for (file, path) in [
        ("python/README.md", "/python"),
        ("rust/README.md", "/rust"),
        ("talks.md", "/talks"),
        ("CONTRIBUTING.md", "/rules"),
        ("README-zh.md", "/zh"),
        ("../outside.md", "/outside"),
    ] {
        repository.write(file, &format!("- {}\n", repository.link(path)));
    }
    repository.write("plain.md", "Words only.\n");
    repository.ok(&["init", "index", "README.md"]);
    repository.git(&["init", "--quiet"]);
    let copied = repository.read("index/mlsearch.toml");
    let source = copied.lines().find(|line| line.starts_with("source")).unwrap();
    repository.write("index/mlsearch.toml", &copied.replace(source, "source = \"../README.md\""));
    repository
}

fn add_settings(repository: &Repository, text: &str) {
    let settings = repository.read("index/mlsearch.toml");
    repository.write("index/mlsearch.toml", &format!("{}\n{text}", settings.trim_end()));
}

/// The entries of an update without requests, as list and path, and what was warned of.
fn entries(repository: &Repository) -> (Vec<String>, String) {
    let update = repository.ok(&["update", "--offline"]);
    let checked = repository.ok(&["check", "--json", "--all"]).stdout;
    let row = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let url = row["url"].as_str().unwrap();
        let path = url.strip_prefix(&repository.web.origin()).unwrap_or(url);
        format!("{} {path}", row["lists"][0]["list"].as_str().unwrap())
    };
    (checked.lines().map(row).collect(), update.stderr)
}

#[test]
fn all_files_that_an_index_links_to_are_read_with_depth_1() {
    let repository = index();
    let (without, _) = entries(&repository);
    assert_eq!(without, ["my things /own"]);
    add_settings(&repository, "depth = 1\n");
    let (with, warned) = entries(&repository);
    assert_eq!(with, ["my things /own", "python /python", "rust /rust", "talks /talks"]);
    for message in ["my things: `gone.md` is not read as a list", "plain: it has no entries"] {
        assert!(warned.contains(message), "{warned}");
    }
    assert!(!warned.contains("x.py") && !warned.contains("zh"), "{warned}");
    // One that is not wanted is left out, and nothing is lost by that.
    add_settings(&repository, "[[list.entry]]\nurl = \"rust/README.md\"\ndepth = 0\n");
    assert_eq!(entries(&repository).0, ["my things /own", "python /python", "talks /talks"]);
    // One that was emptied is missed.
    repository.write("talks.md", "# Talks\n");
    let refused = repository.run_in("", &["update", "--offline"]);
    assert_eq!(refused.code, 2, "{}", refused.stdout);
    let told = "talks: 1 of its 1 entry is gone since the last index";
    assert!(refused.stderr.contains(told), "{}", refused.stderr);
}

#[test]
fn a_file_that_the_settings_name_by_its_link_is_read_and_fixed() {
    let repository = index();
    add_settings(
        &repository,
        "[[list.entry]]\nurl = \"./talks.md\"\ndepth = 1\n\
         [[list.entry]]\nurl = \"../../outside.md\"\ndepth = 1\n\
         [[list.entry]]\nurl = \"index/mlsearch.toml\"\ndepth = 1\n",
    );
    let (found, warned) = entries(&repository);
    assert_eq!(found, ["my things /own", "talks /talks"]);
    for link in ["../../outside.md", "index/mlsearch.toml"] {
        let told = format!("it has no entry `{link}` to be read as a list");
        assert!(warned.contains(&told), "{warned}");
    }
    repository.moves("/talks", "/videos");
    repository.update();
    repository.apply_patch_from("");
    assert!(repository.read("talks.md").contains("/videos)"));
}

#[test]
fn the_repositories_of_an_index_of_the_web_are_read_with_depth_1() {
    let web = Web::start();
    let raw = |path: &str| format!("https://raw.githubusercontent.com/{path}");
    let item = |path: &str| markdown(&format!("- [On {path}](https://blog.example/{path})\n"));
    web.put(
        "https://index.example/all.md",
        markdown(
            "- [A](https://github.com/o/a)\n- [B](https://github.com/o/b/tree/main/docs)\n\
             - [C](https://github.com/o/c/blob/main/lists/c.md)\n- [D](https://github.com/o/d)\n\
             - [None](https://github.com/o/none)\n\
             - [Article](https://blog.example/article)\n\
             - [Code](https://github.com/o/e/blob/main/x.py)\n- [Local](/etc/hosts.md)\n",
        ),
    );
    web.put(&raw("o/a/HEAD/README.MD"), item("a"));
    web.put(
        &raw("o/b/main/docs/README.adoc"),
        markdown("= Things\n\n== Articles\n\n* https://blog.example/b[On b]\n"),
    );
    web.put(&raw("o/c/main/lists/c.md"), item("c"));
    web.put(&raw("o/d/HEAD/README.rst"), markdown("D\n=\n\n* `On d <https://blog.example/d>`_\n"));
    let collection = Collection::in_web(&web);
    let settings = "[[list]]\nsource = \"https://index.example/all.md\"\ndepth = 1\n\
                    [crawl]\narchive = false\ngithub = false\n";
    fs::write(collection.file("mlsearch.toml"), settings).unwrap();
    let update = collection.ok(&["update", "--delay", "0"]);
    for (list, path) in [("o/a", "a"), ("o/b/docs", "b"), ("o/c/lists/c", "c")] {
        let found = collection.json(&["--list", list, "--json"]);
        assert_eq!(urls(&found), [format!("https://blog.example/{path}")], "{list}");
    }
    let told = "all: `https://github.com/o/d` is not read as a list: no entries found: ";
    assert!(update.stderr.contains(told), "{}", update.stderr);
    let asked = web.take_seen();
    assert!(asked.iter().all(|seen| !seen.url.contains("x.py") || seen.url.contains("/blob/")));
    assert!(asked.iter().any(|seen| seen.url == "https://index.example/etc/hosts.md"));
    for name in ["README.md", "README.MD", "README.rst", "README.org", "README.adoc"] {
        assert!(asked.iter().any(|seen| seen.url == raw(&format!("o/none/HEAD/{name}"))), "{name}");
    }
}
