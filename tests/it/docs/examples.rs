//! The examples of the pages do what the pages say: each block of commands is run as it stands.
//!
//! A block of `console` has commands behind `$ ` and what they print; `…` stands for any part of a
//! line, or, alone on a line, for any lines. A block of `sh` has commands alone, which end with 0.
//! All blocks of a page run one after the other in one shell, in a folder of their own with the
//! default collection, without a network. What cannot be run so has a second word that says why.

use std::{
    fs,
    ops::Range,
    path::Path,
    process::{Command, Stdio},
};

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

use crate::docs::{Page, pages, root};

/// Why a block is not run.
const REASONS: [(&str, &str); 5] = [
    ("cluster", "needs a cluster"),
    ("network", "asks the web"),
    ("server", "serves until it is ended"),
    ("system", "changes the system, or needs programs that not everybody has"),
    ("yours", "names files that a reader has"),
];

/// So many blocks are run at least: a block that cannot be run is an exception.
const FEWEST_RUN: usize = 20;

/// Begins the line behind what a command has printed.
const END: &str = "\u{1}end ";

/// A block of commands.
struct Block {
    /// Its text within the page.
    place: Range<usize>,
    has_output: bool,
    left_out: Option<String>,
}

/// A command, and what it prints.
#[derive(Debug)]
struct Step {
    command: String,
    printed: String,
}

/// `MLSEARCH_WRITE_DOCS=1 cargo test --test it docs::examples` brings the pages up to date.
#[test]
fn examples_print_what_the_pages_say() {
    let (mut run, mut left_out, mut wrong) = (0, Vec::new(), Vec::new());
    // What is said to agents has commands with gaps in them.
    for page in pages().into_iter().filter(|page| !page.name.starts_with("packaging/")) {
        let blocks = blocks(&page.text);
        for block in &blocks {
            match &block.left_out {
                None => run += 1,
                Some(why) if REASONS.iter().any(|(reason, _)| reason == why) => {
                    left_out.push(why.clone());
                }
                Some(why) => wrong.push(format!("{}: `{why}` is none of {REASONS:?}", page.name)),
            }
        }
        wrong.extend(check(&page, &blocks));
    }
    let hint = format!("a block that cannot be run says why, as in `sh network`: {REASONS:?}");
    assert!(wrong.is_empty(), "{}\n\n{hint}", wrong.join("\n\n"));
    left_out.sort();
    let (count, told) = (left_out.len(), left_out.join(", "));
    crate::left_out::tell(&format!("{count} examples, {run} were run: {told}"));
    assert!(run >= FEWEST_RUN, "{run} blocks were run; left out: {left_out:?}");
}

#[test]
fn a_line_may_leave_out_a_part_and_a_page_lines() {
    let check = |expected: &str, printed: &str, is_equal: bool| {
        assert_eq!(matches(expected, printed), is_equal, "{expected:?} {printed:?}");
    };
    check("a\nb\n", "a\nb\n", true);
    check("a\nb\n", "a\n", false);
    check("a\n…\n", "a\nb\nc\n", true);
    check("…\nc\n", "a\nb\nc\n", true);
    check("a\n…\nc\n", "a\nb\nd\n", false);
    check("built … UTC (…)\n", "built 2026-11-29 21:40 UTC (just now)\n", true);
    check("built … UTC\n", "built 2026-11-29 21:40\n", false);
    check("a…\n", "a\nb\n", false);
    check("", "", true);
}

/// What is wrong with a page whose blocks were run.
fn check(page: &Page, blocks: &[Block]) -> Vec<String> {
    let blocks: Vec<_> = blocks.iter().filter(|block| block.left_out.is_none()).collect();
    let expected = |block: &&Block| steps(&page.text[block.place.clone()], block.has_output);
    let expected: Vec<Vec<Step>> = blocks.iter().map(expected).collect();
    let mut printed = shell(expected.iter().flatten()).into_iter();
    let (mut wrong, mut text) = (Vec::new(), page.text.clone());
    let mut shift = 0;
    for (block, steps) in blocks.iter().zip(&expected) {
        let mut now = String::new();
        for step in steps {
            let (output, code) = printed.next().unwrap_or(("the shell has ended\n".into(), -1));
            let is_right = match block.has_output {
                true => matches(&step.printed, &output),
                false => code == 0,
            };
            let shown = if is_right { &step.printed } else { &output };
            let command = step.command.replace('\n', "\n> ").replace("\n> \n", "\n>\n");
            now.push_str(&format!("$ {command}\n{shown}"));
            if !is_right {
                let Step { command, printed } = step;
                wrong.push(format!(
                    "{}: {command}\nexpected:\n{printed}\nprinted ({code}):\n{output}",
                    page.name
                ));
            }
        }
        if block.has_output {
            text.replace_range(block.place.start + shift..block.place.end + shift, &now);
            shift = text.len() - page.text.len();
        }
    }
    if !wrong.is_empty() && std::env::var_os("MLSEARCH_WRITE_DOCS").is_some() {
        fs::write(root().join(&page.name), text).unwrap();
    }
    wrong
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut events = Parser::new(text).into_offset_iter();
    while let Some((event, _)) = events.next() {
        let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) = event else { continue };
        let (language, left_out) = match info.split_once(' ') {
            Some((language, why)) => (language, Some(why.to_owned())),
            None => (&*info, None),
        };
        if let ("console" | "sh", Some((Event::Text(_), place))) = (language, events.next()) {
            blocks.push(Block { place, has_output: language == "console", left_out });
        }
    }
    blocks
}

fn steps(block: &str, has_output: bool) -> Vec<Step> {
    if !has_output {
        let command = format!("set -e\n{block}set +e");
        return vec![Step { command, printed: String::new() }];
    }
    let mut steps: Vec<Step> = Vec::new();
    for line in block.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step { command: command.to_owned(), printed: String::new() });
        } else if let Some(more) = line.strip_prefix('>') {
            let more = more.strip_prefix(' ').unwrap_or(more);
            let command = &mut steps.last_mut().unwrap().command;
            command.push('\n');
            command.push_str(more);
        } else {
            let printed = &mut steps.last_mut().expect("begins with a command").printed;
            printed.push_str(line);
            printed.push('\n');
        }
    }
    steps
}

/// What the commands print, one after the other, and how they end.
fn shell<'s>(steps: impl Iterator<Item = &'s Step>) -> Vec<(String, i32)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for name in ["index/lists", "docs", "bin", "home"] {
        fs::create_dir_all(path.join(name)).unwrap();
    }
    let list = "index/lists/awesome-mlops-articles.md";
    for file in ["index/mlsearch.toml", "index/aliases.toml", list] {
        fs::copy(root().join(file), path.join(file)).unwrap();
    }
    for name in ["docs/samples", "packaging"] {
        std::os::unix::fs::symlink(root().join(name), path.join(name)).unwrap();
    }
    let exe = Path::new(env!("CARGO_BIN_EXE_mlsearch"));
    std::os::unix::fs::symlink(exe, path.join("bin/mlsearch")).unwrap();
    let mut script = "exec 2>&1\n".to_owned();
    for step in steps {
        script.push_str(&format!("{}\nprintf '\\001end %s\\n' $?\n", step.command));
    }
    let search_path = std::env::var("PATH").unwrap_or_default();
    let nowhere = "http://127.0.0.1:9";
    let mut command = Command::new("sh");
    command.arg("-c").arg(script).current_dir(path).env_clear().stdin(Stdio::null());
    command.env("PATH", format!("{}:{search_path}", path.join("bin").display()));
    command.env("HOME", path.join("home")).env("TZ", "UTC").env("LC_ALL", "C.UTF-8");
    command.envs([("HTTPS_PROXY", nowhere), ("HTTP_PROXY", nowhere)]);
    let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let mut printed = Vec::new();
    let mut rest = output.as_str();
    while let Some((before, after)) = rest.split_once(END) {
        let (code, after) = after.split_once('\n').unwrap();
        // What a terminal would show is the same without the blank line before its prompt.
        printed.push((format!("{}\n", before.trim_end_matches('\n')), code.parse().unwrap()));
        if before.is_empty() {
            printed.last_mut().unwrap().0.clear();
        }
        rest = after;
    }
    if !rest.is_empty() {
        printed.push((rest.to_owned(), -1));
    }
    printed
}

/// Whether what was printed is what is expected, but for what it leaves out.
fn matches(expected: &str, printed: &str) -> bool {
    let expected: Vec<&str> = expected.lines().collect();
    let printed: Vec<&str> = printed.lines().collect();
    lines_match(&expected, &printed)
}

fn lines_match(expected: &[&str], printed: &[&str]) -> bool {
    match (expected, printed) {
        ([], _) => printed.is_empty(),
        (["…", rest @ ..], _) => {
            (0..=printed.len()).any(|skipped| lines_match(rest, &printed[skipped..]))
        }
        ([line, rest @ ..], [first, others @ ..]) => {
            line_matches(line, first) && lines_match(rest, others)
        }
        (_, []) => false,
    }
}

fn line_matches(expected: &str, printed: &str) -> bool {
    match expected.split_once('…') {
        None => expected == printed,
        Some((before, after)) => printed.strip_prefix(before).is_some_and(|rest| {
            let mut ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            ends.any(|at| line_matches(after, &rest[at..]))
        }),
    }
}
