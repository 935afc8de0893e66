//! What a window shows: as much as fits, wrapped and marked, and the rest by a pager.

use std::{fs, path::PathBuf};

use crate::{
    program::{Collection, program},
    terminal::{Shown, Stream, run_in_window},
};

/// All streams of somebody who sits at a terminal.
const ALL: [Stream; 3] = [Stream::In, Stream::Out, Stream::Err];
const TEXT: &str = "When the world changes, features drift, and the models that use them drift \
                    with them; 特征存储漂移检测是一个团队每天都要看的东西 says the same.";

/// Documents of one's own with long titles, some without an address, one without any fact.
struct Shelf {
    dir: tempfile::TempDir,
}

impl Shelf {
    fn new() -> Shelf {
        let dir = tempfile::tempdir().unwrap();
        let row = |id: usize| {
            let url = (!id.is_multiple_of(3)).then(|| format!("https://a.example/{id}"));
            let title = match id % 2 {
                0 => format!("Number {id} of a series of long titles on what to do about drift"),
                _ => {
                    format!("第{id}篇：特征存储漂移检测是一个团队每天都要看的东西，也是一个长标题")
                }
            };
            let tags = ["monitoring of models", "feature stores", "data quality"];
            let row = match id % 4 {
                0 => serde_json::json!({ "id": id, "url": url, "title": title, "text": TEXT }),
                _ => serde_json::json!({
                    "id": id, "url": url, "title": title, "text": TEXT, "tags": tags,
                    "company": "Acme", "date": "2024-05-06",
                }),
            };
            format!("{row}\n")
        };
        let shelf = Shelf { dir };
        fs::write(shelf.file("own.jsonl"), (1..=40).map(row).collect::<String>()).unwrap();
        let file = shelf.file("own.jsonl").display().to_string();
        let imported = shelf.shown(&["import", &file], (80, 24), &[Stream::Out], &[]);
        assert_eq!(imported.code, 0, "{}", imported.stderr);
        shelf
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn shown(
        &self,
        args: &[&str],
        window: (u16, u16),
        streams: &[Stream],
        environment: &[(&str, &str)],
    ) -> Shown {
        let mut command = program();
        command.arg("--index").arg(self.file("own")).args(args);
        command.env("XDG_CACHE_HOME", self.file("cache")).env("TERM", "xterm");
        command.envs(environment.iter().copied());
        run_in_window(&mut command, window, streams, "")
    }

    /// What a window shows without a pager.
    fn in_window(&self, args: &[&str], window: (u16, u16)) -> Shown {
        let shown = self.shown(args, window, &[Stream::Out], &[]);
        assert_eq!(shown.code, 0, "{}", shown.stderr);
        shown
    }
}

/// The titles of hits begin with their numbers.
fn numbers(printed: &str) -> Vec<usize> {
    let number = |line: &str| line.get(..4)?.trim().strip_suffix('.')?.parse().ok();
    printed.lines().filter_map(number).collect()
}

#[track_caller]
fn check_width(printed: &str, columns: usize) {
    for line in printed.lines() {
        let width = textwrap::core::display_width(line);
        assert!(width <= columns, "{width} columns: {line}\n{printed}");
    }
}

#[test]
fn a_search_shows_as_many_hits_as_fit_the_window_and_a_few_in_any_case() {
    let shelf = Shelf::new();
    for window in [(80, 24), (100, 24), (80, 40), (60, 60), (80, 8), (20, 24)] {
        for args in [&["drift"][..], &["similar", "id:1"]] {
            let shown = shelf.in_window(args, window).terminal;
            let hits = numbers(&shown).len();
            assert_eq!(numbers(&shown), (1..=hits).collect::<Vec<_>>(), "{shown}");
            // A note and the next prompt stand below; no hit has more than nine rows.
            let (rows, all) = (shown.lines().count() + 2, usize::from(window.1));
            assert!(hits >= 3 && (rows <= all || hits == 3), "{window:?}: {shown}");
            assert!(rows + 9 > all, "{window:?}: there was more room: {shown}");
        }
    }
    let shown = shelf.in_window(&["drift"], (60, 24));
    assert_eq!(shown.stderr, "mlsearch: 1 to 3 of 40; --offset 3 for more\n");
    let next = shelf.in_window(&["drift", "--offset", "3"], (60, 24));
    assert_eq!(numbers(&next.terminal), [4, 5, 6]);
    assert_eq!(numbers(&shelf.in_window(&["drift", "-n", "5"], (80, 24)).terminal).len(), 5);
    assert_eq!(numbers(&shelf.in_window(&["drift", "--all"], (80, 24)).terminal).len(), 40);
    let urls = shelf.in_window(&["drift", "--format=urls"], (80, 24));
    assert_eq!(urls.terminal.lines().count(), 10, "for scripts");
    let piped = shelf.shown(&["drift"], (80, 24), &[Stream::Err], &[]);
    assert_eq!(numbers(&piped.stdout).len(), 10, "{}", piped.stdout);
    assert_eq!(numbers(&shelf.in_window(&["drift"], (0, 0)).terminal).len(), 10, "no size");
}

#[test]
fn a_number_means_a_hit_that_the_window_showed() {
    let collection = Collection::offline();
    collection.ok(&["update", "--offline"]);
    let cache = tempfile::tempdir().unwrap();
    let shown = |args: &[&str]| {
        let mut command = collection.command(args);
        command.env("XDG_CACHE_HOME", cache.path());
        run_in_window(&mut command, (80, 24), &[Stream::Out], "")
    };
    let last = numbers(&shown(&["machine learning"]).terminal).len();
    assert!((3..10).contains(&last), "{last}");
    assert_eq!(shown(&["show", &last.to_string()]).code, 0);
    let next = last + 1;
    let beyond = shown(&["show", &next.to_string()]);
    let why = format!("the last search, for `machine learning`, showed no hit {next}\n");
    assert!(beyond.code == 2 && beyond.stderr.contains(&why), "{}", beyond.stderr);
}

#[test]
fn a_narrow_window_breaks_no_line_amid_a_word_and_leaves_no_provenance_alone() {
    let shelf = Shelf::new();
    for args in [
        &["drift", "--all"][..],
        &["drift", "--facets"],
        &["show", "id:1"],
        &["show", "id:2"],
        &["facets"],
        &["facets", "tag", "--tag", "feature stores"],
    ] {
        for columns in [40, 60, 80] {
            let shown = shelf.in_window(args, (columns, 24)).terminal;
            check_width(&shown, columns.into());
            assert!(!shown.lines().any(|line| line.trim() == "full text"), "{shown}");
        }
    }
    let shown = shelf.in_window(&["drift", "-n", "40"], (60, 24)).terminal;
    let title = "Number 2 of a series of long titles on what to do about\n    drift\n    https://";
    assert!(shown.contains(title), "{shown}");
    assert!(shown.contains("/20 · full text\n"), "{shown}");
    assert!(shown.contains("    id 12 · full text\n"), "{shown}");
    let facts = "    Acme · 2024-05-06 · monitoring of models, feature\n    stores, data quality · \
                 full text\n";
    assert!(shown.contains(facts), "{shown}");
    let piped = shelf.shown(&["drift", "-n", "40"], (60, 24), &[], &[]).stdout;
    let title = " Number 2 of a series of long titles on what to do about drift\n";
    assert!(piped.contains(title), "a pipe has no lines that end: {piped}");
}

#[test]
fn the_help_fits_a_narrow_window() {
    let shelf = Shelf::new();
    for command in ["", "search", "update", "list", "init", "check", "serve", "schedule", "status"]
    {
        for help in ["--help", "-h"] {
            let args: Vec<&str> = [command, help].into_iter().filter(|s| !s.is_empty()).collect();
            check_width(&shelf.in_window(&args, (60, 24)).terminal, 60);
        }
    }
    let help = shelf.in_window(&["--help"], (60, 24)).terminal;
    let row = "  mlsearch update\n      read the lists again and visit the pages\n";
    assert!(help.contains(row), "{help}");
    let list = shelf.in_window(&["list", "--help"], (60, 24)).terminal;
    let row =
        "  CSV\n      between commas, semicolons, tabs or bars, with or\n      without a header";
    assert!(list.contains(row), "{list}");
}

#[test]
fn without_colours_a_window_marks_what_matched_with_signs() {
    let shelf = Shelf::new();
    let marked = "features *drift*, and the models that use them *drift* with them";
    let flat = |printed: &str| printed.split_whitespace().collect::<Vec<_>>().join(" ");
    for args in [&["drift"][..], &["show", "id:2", "drift"], &["show", "id:2", "drift", "--around"]]
    {
        let shown = flat(&shelf.in_window(args, (80, 24)).terminal);
        assert!(shown.contains(marked), "{shown}");
        let piped = flat(&shelf.shown(args, (80, 24), &[], &[]).stdout);
        assert!(piped.contains(&marked.replace('*', "")), "{piped}");
        let coloured = [args, &["--color=always"]].concat();
        let coloured = shelf.in_window(&coloured, (80, 24)).terminal;
        assert!(coloured.contains("\u{1b}[") && !coloured.contains('*'), "{coloured}");
    }
}

#[test]
fn what_does_not_fit_is_shown_by_the_pager_before_any_note() {
    let shelf = Shelf::new();
    let paged = shelf.file("paged");
    let pager = format!("sed 's/^/| /' | tee '{}'; echo left", paged.display());
    let shown = |args: &[&str], environment: &[(&str, &str)], streams: &[Stream]| {
        let _ = fs::remove_file(&paged);
        let pager = [("PAGER", pager.as_str())];
        let shown = shelf.shown(args, (80, 24), streams, &[&pager, environment].concat());
        assert!(shown.code == 0, "{}{}", shown.terminal, shown.stderr);
        (fs::read_to_string(&paged).ok(), format!("{}{}", shown.terminal, shown.stdout))
    };
    let is_paged = |args: &[&str], environment: &[(&str, &str)], streams: &[Stream]| {
        let (paged, printed) = shown(args, environment, streams);
        assert_eq!(paged.is_some(), printed.contains("left"), "{printed}");
        paged.is_some()
    };
    let long = ["drift", "-n", "20"];
    let (paged, printed) = shown(&long, &[], &ALL);
    assert_eq!(numbers(&paged.unwrap().replace("| ", "")).len(), 20);
    assert!(
        printed.ends_with("left\nmlsearch: 1 to 20 of 40; --offset 20 for more\n"),
        "{printed}"
    );
    assert!(printed.lines().rev().skip(2).all(|line| line.starts_with("| ")), "{printed}");
    for args in [&["drift", "--all"][..], &["list", shelf.file("links").to_str().unwrap()]] {
        fs::write(shelf.file("links"), "- [A](https://a.example/)\n".repeat(30)).unwrap();
        assert!(is_paged(args, &[], &ALL), "{args:?}");
    }
    for args in [&["drift"][..], &["drift", "-n", "1"], &["facets", "kind"], &["--help"]] {
        assert!(!is_paged(args, &[], &ALL), "{args:?}");
    }
    assert!(!is_paged(&["--no-pager", "drift", "-n", "20"], &[], &ALL));
    assert!(!is_paged(&["drift", "-n", "20", "--no-pager"], &[], &ALL));
    assert!(!is_paged(&long, &[("MLSEARCH_PAGER", "cat")], &ALL), "ours goes before PAGER");
    assert!(is_paged(&long, &[("MLSEARCH_PAGER", "")], &ALL), "an empty one is none");
    assert!(!is_paged(&long, &[("TERM", "dumb")], &ALL));
    assert!(!is_paged(&long, &[], &[Stream::Out]), "nobody can press keys");
    assert!(!is_paged(&long, &[], &[Stream::In, Stream::Err]), "the output is a pipe");
}

#[test]
fn a_pager_that_does_not_start_or_stops_early_loses_nothing_else() {
    let shelf = Shelf::new();
    for (pager, expected) in [("no-such-pager", 20), ("head -n 1 >/dev/null", 0), ("false", 0)] {
        let environment = [("PAGER", pager)];
        let shown = shelf.shown(&["drift", "-n", "20"], (80, 24), &ALL, &environment);
        assert_eq!(shown.code, 0, "{}", shown.terminal);
        assert_eq!(numbers(&shown.terminal).len(), expected, "{pager}: {}", shown.terminal);
        assert!(shown.terminal.ends_with("--offset 20 for more\n"), "{}", shown.terminal);
    }
}
