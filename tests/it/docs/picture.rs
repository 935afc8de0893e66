//! The picture of a terminal in README.md: what a search of the sample library prints, in its colours.

use std::{fmt::Write, fs};

use crate::{
    docs::root,
    program::{Run, program},
};

/// Beside each other these show the way in which mlsearch is called, and what it answers.
const WORDS: [&str; 3] = ["feature", "store", "drift"];
const COLUMNS: usize = 80;
const CHARACTER_WIDTH: f32 = 8.4;
const LINE_HEIGHT: usize = 20;
const MARGIN: usize = 20;

/// `MLSEARCH_WRITE_DOCS=1 cargo test --test it docs::picture` draws it again.
#[test]
fn the_picture_shows_what_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(root().join("docs/samples/aliases.toml"), folder.path().join("aliases.toml")).unwrap();
    let on_samples = |args: &[&str]| {
        let mut command = program();
        let run = Run::of(command.arg("--index").arg(folder.path()).args(args));
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stdout
    };
    on_samples(&["import", root().join("docs/samples/library.jsonl").to_str().unwrap()]);
    let found = on_samples(&[&WORDS[..], &["-n", "3", "--color", "always"]].concat());
    let drawn = draw(&format!("\u{1b}[1m$ mlsearch {}\u{1b}[0m\n{found}", WORDS.join(" ")));

    let path = root().join("docs/images/terminal.svg");
    if std::env::var_os("MLSEARCH_WRITE_DOCS").is_some() {
        fs::write(&path, &drawn).unwrap();
    }
    let shown = fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    let run = "MLSEARCH_WRITE_DOCS=1 cargo test --test it docs::picture";
    assert!(shown == drawn, "docs/images/terminal.svg is out of date: run `{run}`");
}

#[test]
fn styles_are_colours_and_links_are_their_text() {
    let line =
        spans("\u{1b}]8;;https://a.example/\u{1b}\\\u{1b}[1ma<b\u{1b}[0m\u{1b}]8;;\u{1b}\\ c");
    assert_eq!(line, "<tspan class=\"b\">a&lt;b</tspan> c");
    assert_eq!(spans("\u{1b}[1m\u{1b}[33mx\u{1b}[0m"), "<tspan class=\"m\">x</tspan>");
    assert_eq!(spans("plain & simple"), "plain &amp; simple");
}

/// Lines of a terminal as an SVG, which needs no font but one of equal widths.
fn draw(printed: &str) -> String {
    let lines: Vec<&str> = printed.trim_end().lines().collect();
    let width = (COLUMNS as f32 * CHARACTER_WIDTH) as usize + 2 * MARGIN;
    let height = lines.len() * LINE_HEIGHT + 2 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\">\n\
         <style>text {{ font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, \
         \"DejaVu Sans Mono\", monospace; white-space: pre; fill: #d5d9e0 }} \
         .b {{ font-weight: bold; fill: #ffffff }} .d {{ fill: #8f98a8 }} \
         .m {{ font-weight: bold; fill: #f2c55c }}</style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1b1f27\"/>\n"
    );
    for (number, line) in lines.iter().enumerate() {
        let spans = spans(line);
        let text = spans.trim_start_matches(' ');
        if text.is_empty() {
            continue;
        }
        let indent = spans.len() - text.len();
        let x = MARGIN as f32 + indent as f32 * CHARACTER_WIDTH;
        let y = MARGIN + number * LINE_HEIGHT + 15;
        let columns = plain(line).trim_start_matches(' ').chars().count();
        let length = columns as f32 * CHARACTER_WIDTH;
        writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{y}\" textLength=\"{length:.1}\" \
             xml:space=\"preserve\">{text}</text>"
        )
        .unwrap();
    }
    svg + "</svg>\n"
}

/// A line with an element around each part that has a style.
fn spans(line: &str) -> String {
    let (mut spans, mut style) = (String::new(), String::new());
    for (is_text, part) in parts(line) {
        if !is_text {
            style = if part == "0" { String::new() } else { format!("{style}{part};") };
            continue;
        }
        let class = match style.as_str() {
            "" => "",
            "1;" => "b",
            "2;" => "d",
            "1;33;" => "m",
            other => panic!("no colour for the style {other:?}"),
        };
        let text = part.replace('&', "&amp;").replace('<', "&lt;");
        match class {
            "" => spans.push_str(&text),
            class => write!(spans, "<tspan class=\"{class}\">{text}</tspan>").unwrap(),
        }
    }
    spans
}

/// A line without styles.
fn plain(line: &str) -> String {
    parts(line).into_iter().filter(|(is_text, _)| *is_text).map(|(_, part)| part).collect()
}

/// The texts of a line, and the styles between them; addresses of links are left out.
fn parts(line: &str) -> Vec<(bool, &str)> {
    let mut parts = Vec::new();
    let mut rest = line;
    while let Some((text, escape)) = rest.split_once('\u{1b}') {
        parts.push((true, text));
        rest = match escape.strip_prefix('[') {
            Some(escape) => {
                let (style, after) = escape.split_once('m').unwrap();
                parts.push((false, style));
                after
            }
            None => escape.split_once("\u{1b}\\").unwrap().1,
        };
    }
    parts.push((true, rest));
    parts.retain(|(is_text, part)| !is_text || !part.is_empty());
    parts
}
