//! The documentation: what it says holds, where it leads there is something.

#[cfg(unix)]
mod examples;
mod links;
mod picture;

use std::{fs, path::Path};

/// A page of the documentation.
struct Page {
    /// Its place below the root of the repository, with slashes.
    name: String,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The pages at the root, those of `docs/`, and what is said to agents.
fn pages() -> Vec<Page> {
    let at_root = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].map(str::to_owned);
    let folder = fs::read_dir(root().join("docs")).unwrap();
    let in_docs = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let in_docs = in_docs.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}"));
    let mut names: Vec<String> = at_root.into_iter().chain(in_docs).collect();
    names.push("packaging/skills/mlsearch/SKILL.md".to_owned());
    names.sort();
    let read = |name: String| {
        let text = fs::read_to_string(root().join(&name)).unwrap().replace("\r\n", "\n");
        Page { name, text }
    };
    names.into_iter().map(read).collect()
}
