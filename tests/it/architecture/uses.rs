//! Which files of the source use which others, and what they define.

use std::collections::{BTreeMap, BTreeSet};

/// For each file the files that it uses.
pub(crate) type Uses = BTreeMap<String, BTreeSet<String>>;

/// The part of a file that is not its unit tests, which may use what they like.
pub(crate) fn without_tests(code: &str) -> &str {
    code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()
}

/// The uses of one file by another: each path that begins with `crate::`, and in a file with
/// `mod child;` each path that begins with `child::`, leads to the file of its longest part that is
/// one. What a `mod.rs` re-exports leads to the `mod.rs`.
///
/// `files` are names such as `src/list/mod.rs` with their code.
pub(crate) fn uses(files: &BTreeMap<String, String>) -> Uses {
    files
        .iter()
        .map(|(name, code)| {
            let code = without_tests(code);
            let mut paths = Vec::new();
            for tree in after_word(code, "crate::") {
                paths_of_tree(tree, "", &mut paths);
            }
            let module = module_of(name);
            for child in after_word(code, "mod ") {
                let Some((child, _)) = child.split_once(';') else { continue };
                for tree in after_word(code, &format!("{child}::")) {
                    paths_of_tree(tree, &format!("{module}{child}::"), &mut paths);
                }
            }
            let used = paths.iter().filter_map(|path| file_of_path(path, files));
            (name.clone(), used.filter(|used| used != name).collect())
        })
        .collect()
}

/// Groups of files each of which uses all others of its group, be it through others.
pub(crate) fn circles(uses: &Uses) -> Vec<BTreeSet<String>> {
    let reached: Uses = uses.keys().map(|file| (file.clone(), reachable(file, uses))).collect();
    let mut circles: Vec<BTreeSet<String>> = Vec::new();
    for (file, others) in &reached {
        if !others.contains(file) || circles.iter().any(|circle| circle.contains(file)) {
            continue;
        }
        let circle = others.iter().filter(|other| reached[*other].contains(file));
        circles.push(circle.cloned().collect());
    }
    circles
}

/// Names of the structs, enums, traits and aliases that a file defines, private ones too.
pub(crate) fn types(code: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for line in without_tests(code).lines() {
        let is_outermost = !line.starts_with(' ');
        let words = line.trim_start();
        let words = words.strip_prefix("pub(crate) ").unwrap_or(words);
        let words = words.strip_prefix("pub ").unwrap_or(words);
        let kinds = ["struct ", "enum ", "trait "].into_iter();
        let mut kinds = kinds.chain(is_outermost.then_some("type "));
        if let Some(rest) = kinds.find_map(|kind| words.strip_prefix(kind)) {
            names.push(word_at(rest));
        }
    }
    names
}

fn reachable(file: &str, uses: &Uses) -> BTreeSet<String> {
    let (mut reached, mut waiting) = (BTreeSet::new(), vec![file]);
    while let Some(next) = waiting.pop() {
        for used in uses.get(next).into_iter().flatten() {
            if reached.insert(used.clone()) {
                waiting.push(used);
            }
        }
    }
    reached
}

/// What follows each occurrence of a text that does not continue a word or a path.
fn after_word<'a>(code: &'a str, text: &str) -> impl Iterator<Item = &'a str> {
    code.match_indices(text).filter_map(|(at, found)| {
        let before = code[..at].chars().next_back();
        let continues = before.is_some_and(|c| is_of_word(c) || matches!(c, ':' | '"' | '`'));
        (!continues).then(|| &code[at + found.len()..])
    })
}

/// The paths of a tree such as `a::{b, c::{self, D}}`; returns what follows it.
fn paths_of_tree<'a>(tree: &'a str, prefix: &str, paths: &mut Vec<String>) -> &'a str {
    let name = word_at(tree);
    let rest = &tree[name.len()..];
    if !name.is_empty() {
        let path = format!("{prefix}{name}");
        return match rest.strip_prefix("::") {
            Some(rest) => paths_of_tree(rest, &format!("{path}::"), paths),
            None => {
                paths.push(path);
                rest
            }
        };
    }
    let Some(mut rest) = rest.strip_prefix('{') else {
        paths.push(prefix.to_owned());
        return rest;
    };
    loop {
        rest = paths_of_tree(rest.trim_start(), prefix, paths).trim_start();
        // An item may have another name here: `self as other`.
        if let Some(renamed) = rest.strip_prefix("as ") {
            rest = renamed[word_at(renamed).len()..].trim_start();
        }
        match rest.strip_prefix(',') {
            Some(more) if !more.trim_start().starts_with('}') => rest = more,
            more => return more.unwrap_or(rest).trim_start().trim_start_matches('}'),
        }
    }
}

/// The file of the longest beginning of `a::b::C` that is one.
fn file_of_path(path: &str, files: &BTreeMap<String, String>) -> Option<String> {
    let segments: Vec<&str> = path.split("::").filter(|segment| !segment.is_empty()).collect();
    (1..=segments.len()).rev().find_map(|count| {
        let stem = format!("src/{}", segments[..count].join("/"));
        [format!("{stem}.rs"), format!("{stem}/mod.rs")]
            .into_iter()
            .find(|name| files.contains_key(name))
    })
}

/// The path of the module whose children a file may declare: `a::` for `src/a/mod.rs`.
fn module_of(name: &str) -> String {
    let stem = name.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("mod");
    let stem = if matches!(stem, "lib" | "main") { "" } else { stem };
    let stem = stem.trim_end_matches('/');
    if stem.is_empty() { String::new() } else { stem.replace('/', "::") + "::" }
}

fn word_at(text: &str) -> &str {
    &text[..text.find(|c| !is_of_word(c)).unwrap_or(text.len())]
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[test]
fn circles_are_found_through_groups_children_and_other_files() {
    let files = [
        ("src/a/mod.rs", "mod b;\npub fn x() { b::run(); }\npub use crate::c::{self as d, E};"),
        ("src/a/b.rs", "use crate::{\n    c::{\n        d::D,\n    },\n    e::E,\n};"),
        ("src/c/mod.rs", "pub struct E;"),
        ("src/c/d.rs", "use crate::a;\n#[cfg(test)]\nmod tests {\n    use crate::e::E;\n}"),
        ("src/e.rs", "fn a() { crate::c::E; }"),
    ];
    let files = files.map(|(name, code)| (name.to_owned(), code.to_owned())).into();
    let uses = uses(&files);
    let of = |name: &str| uses[name].iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(of("src/a/mod.rs"), ["src/a/b.rs", "src/c/mod.rs"]);
    assert_eq!(of("src/a/b.rs"), ["src/c/d.rs", "src/e.rs"]);
    assert_eq!(of("src/c/d.rs"), ["src/a/mod.rs"]);
    assert_eq!(of("src/e.rs"), ["src/c/mod.rs"]);
    let circle = ["src/a/b.rs", "src/a/mod.rs", "src/c/d.rs"].map(str::to_owned).into();
    assert_eq!(circles(&uses), [circle]);
}
