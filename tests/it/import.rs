//! Import: documents of one's own, lines that are none, and who may import when.

use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use crate::program::{Run, program};

/// An index of one's own documents, with the file that it is made of beside it.
struct Own {
    dir: tempfile::TempDir,
}

impl Own {
    fn new() -> Own {
        Own { dir: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = program();
        command.arg("--index").arg(self.file("own")).args(args);
        command.env("XDG_CACHE_HOME", self.file("cache"));
        command
    }

    fn run(&self, args: &[&str]) -> Run {
        Run::of(&mut self.command(args))
    }

    fn import(&self, lines: &[u8], options: &[&str]) -> Run {
        fs::write(self.file("own.jsonl"), lines).unwrap();
        let mut command = self.command(&["import", "own.jsonl"]);
        Run::of(command.args(options).current_dir(self.dir.path()))
    }

    /// The ids of what is found, with the titles, in alphabetical order.
    fn found(&self, query: &str) -> Vec<String> {
        let run = self.run(&["search", query, "--json", "--all"]);
        let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let hits = found["hits"].as_array().unwrap().iter();
        let mut hits: Vec<String> =
            hits.map(|hit| format!("{} {}", hit["id"], hit["title"]).replace('"', "")).collect();
        hits.sort();
        hits
    }
}

/// Lines are imported, and these ids with these titles are found.
#[track_caller]
fn check(lines: &[u8], options: &[&str], expected: &[&str]) {
    let own = Own::new();
    let run = own.import(lines, options);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(own.found("drift"), expected);
}

/// Lines are refused with this error and a hint, and an older index is as it was.
#[track_caller]
fn check_hinted(lines: &[u8], options: &[&str], message: &str, hint: &str) {
    let own = Own::new();
    own.import(b"{\"id\": \"old\", \"title\": \"Drift\"}\n", &[]);
    let run = own.import(lines, options);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    let expected = format!("error: {message}\nhint: {hint}\n");
    assert!(run.stderr.ends_with(&expected), "{expected}{}", run.stderr);
    assert_eq!(own.found("drift"), ["old Drift"]);
    // Nothing is left of the index that was begun.
    assert_eq!(fs::read_dir(own.file("own/generations")).unwrap().count(), 1);
}

/// Lines are refused since one of them is no document.
#[track_caller]
fn check_refused(lines: &[u8], options: &[&str], message: &str) {
    let hint = "each line is a JSON object with id or url, and title, text, tags, company, date, language; \
                `--skip-bad` skips other lines";
    check_hinted(lines, options, message, hint);
}

/// Lines are refused since two of them have one id.
#[track_caller]
fn check_duplicate(lines: &[u8], message: &str) {
    let hint = "run it with `--last-wins` to take the last line of each id, or with `--skip-bad` \
                to take the first";
    check_hinted(lines, &[], message, hint);
}

#[test]
fn a_second_import_at_once_is_refused_and_harms_no_index() {
    let own = Own::new();
    own.import(b"{\"id\": \"old\", \"title\": \"Drift\"}\n", &[]);
    let mut first = own.command(&["import", "-"]);
    first.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut first = first.spawn().unwrap();
    let mut waits = 0;
    while fs::read_dir(own.file("own/generations")).unwrap().count() < 2 {
        assert!(waits < 600, "the first import has not begun");
        thread::sleep(Duration::from_millis(50));
        waits += 1;
    }
    let second = own.import(b"{\"id\": \"second\", \"title\": \"Drift\"}\n", &[]);
    assert_eq!((second.code, second.stdout.as_str()), (2, ""), "{}", second.stderr);
    let message = format!("update.lock` is held by process {} since ", first.id());
    assert!(second.stderr.contains(&message), "{}", second.stderr);
    assert!(second.stderr.contains("\nhint: wait for it to end"), "{}", second.stderr);
    assert_eq!(own.found("drift"), ["old Drift"]);
    let mut input = first.stdin.take().unwrap();
    input.write_all(b"{\"id\": \"first\", \"title\": \"Drift\"}\n").unwrap();
    drop(input);
    assert!(first.wait().unwrap().success());
    assert_eq!(own.found("drift"), ["first Drift"]);
    let third = own.import(b"{\"id\": \"third\", \"title\": \"Drift\"}\n", &[]);
    assert_eq!(third.code, 0, "{}", third.stderr);
}

#[test]
fn slices_are_for_clusters() {
    check_hinted(
        b"{\"id\": \"a\"}\n",
        &["--slice", "1/2"],
        "slices are loaded into a cluster",
        "name it with `--engine URL`, or import without `--slice`",
    );
    let run = Own::new().run(&["import", "--abandon"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("slices are loaded into a cluster"), "{}", run.stderr);
    for (args, says) in [
        (&["own.jsonl", "--slice", "3/2"][..], "no slice such as 1/8 or 8/8"),
        (&["own.jsonl", "--abandon"], "cannot be used with"),
        (&["--slice", "1/2", "--abandon"], "cannot be used with"),
        (&[], "required"),
    ] {
        let run = Own::new().run(&[&["import"], args].concat());
        assert_eq!(run.code, 2, "{args:?}");
        assert!(run.stderr.contains(says), "{args:?}: {}", run.stderr);
    }
}

#[test]
fn a_byte_order_mark_before_the_first_line_is_no_part_of_it() {
    check("\u{feff}{\"id\": \"a\", \"title\": \"Drift\"}\r\n".as_bytes(), &[], &["a Drift"]);
    check("\u{feff}\n{\"id\": \"a\", \"title\": \"Drift\"}".as_bytes(), &[], &["a Drift"]);
}

#[test]
fn every_field_but_one_that_names_the_document_may_be_null() {
    let fields = ["id", "url", "title", "text", "tags", "company", "date"];
    let empty_id = "\"id\": \"\", \"url\": \"https://a.example/\"";
    for named in ["\"id\": \"a\"", "\"url\": \"https://a.example/\"", empty_id] {
        let nulls = fields.iter().filter(|field| !named.contains(&format!("\"{field}\"")));
        let nulls: String = nulls.map(|field| format!(", \"{field}\": null")).collect();
        let own = Own::new();
        let run = own.import(format!("{{{named}{nulls}}}\n").as_bytes(), &[]);
        assert_eq!((run.code, run.stdout.contains("1 document")), (0, true), "{}", run.stderr);
    }
    let nameless = b"{\"id\": null, \"url\": null, \"title\": \"Drift\"}\n";
    check_refused(nameless, &[], "`own.jsonl`: line 1: neither id nor url");
}

#[test]
fn ids_are_texts_or_numbers_of_any_size() {
    let lines = "{\"id\": 7, \"title\": \"Drift\"}\n{\"id\": 18446744073709551615, \"title\": \"Drift\"}\n\
                 {\"id\": \"07\", \"title\": \"Drift\"}\n";
    check(lines.as_bytes(), &[], &["07 Drift", "18446744073709551615 Drift", "7 Drift"]);
    let message = "`own.jsonl`: line 1: an id is a text or a number at column 10";
    check_refused(b"{\"id\": [7], \"title\": \"Drift\"}\n", &[], message);
}

#[test]
fn a_line_that_is_no_document_is_named_by_one_number() {
    let first = "{\"id\": \"a\", \"title\": \"Drift\"}\n\n";
    for (line, message) in [
        (
            "{\"id\": \"b\", \"tags\": \"x\"}",
            "invalid type: string \"x\", expected a sequence at column 23",
        ),
        ("{\"id\": \"b\"", "EOF while parsing an object at column 10"),
        ("drift", "expected value at column 1"),
        (
            "{\"id\": \"b\", \"date\": \"soon\"}",
            "`soon` is no date such as 2022, 2022-07 or 2022-07-19",
        ),
    ] {
        let message = format!("`own.jsonl`: line 3: {message}");
        check_refused(format!("{first}{line}\n").as_bytes(), &[], &message);
    }
    let message = "`own.jsonl`: line 1: not UTF-8";
    check_refused(b"{\"id\": \"a\", \"title\": \"Dr\xeft\"}\n", &[], message);
}

#[test]
fn an_id_that_is_there_twice_is_an_error_that_names_both_lines() {
    let lines = b"{\"id\": \"a\", \"title\": \"Drift\"}\n{\"id\": 7}\n\n{\"id\": \"7\"}\n";
    check_duplicate(lines, "`own.jsonl`: line 4: the id `7` is that of line 2, too");
    // The id of a document without one is made of its canonical URL.
    let url = b"{\"url\": \"https://example.org/\"}\n{\"url\": \"HTTPS://example.org#x\"}\n";
    check_duplicate(url, "`own.jsonl`: line 2: the id `6qj14q9x` is that of line 1, too");
    let mixed = b"{\"id\": \"6qj14q9x\"}\n{\"url\": \"https://example.org/\"}\n";
    check_duplicate(mixed, "`own.jsonl`: line 2: the id `6qj14q9x` is that of line 1, too");
}

#[test]
fn the_last_line_of_an_id_wins_when_asked_for() {
    let lines = "{\"id\": \"a\", \"title\": \"Drift one\"}\n{\"id\": \"b\", \"title\": \"Drift two\"}\n\
                 {\"id\": \"a\", \"title\": \"Drift three\"}\n{\"id\": \"a\", \"title\": \"Drift four\"}\n";
    check(lines.as_bytes(), &["--last-wins"], &["a Drift four", "b Drift two"]);
    let own = Own::new();
    let run = own.import(lines.as_bytes(), &["--last-wins", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&report["documents"], &report["replaced"]), (&2.into(), &2.into()), "{report}");
    // Standard input can be read but once.
    let mut piped = own.command(&["import", "-", "--last-wins"]);
    let piped = piped.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::inherit());
    let mut piped = piped.spawn().unwrap();
    piped.stdin.take().unwrap().write_all(lines.replace("four", "five").as_bytes()).unwrap();
    assert!(piped.wait().unwrap().success());
    assert_eq!(own.found("drift"), ["a Drift five", "b Drift two"]);
    let bad = b"{\"id\": \"a\", \"title\": \"Drift\"}\n{\"id\": \"a\", \"date\": \"soon\"}\n";
    let message = "`own.jsonl`: line 2: `soon` is no date such as 2022, 2022-07 or 2022-07-19";
    check_refused(bad, &["--last-wins"], message);
    check(bad, &["--last-wins", "--skip-bad"], &["a Drift"]);
}

#[test]
fn bad_lines_are_skipped_counted_and_named_when_asked_for() {
    let own = Own::new();
    let lines = b"{\"id\": \"a\", \"title\": \"Drift\"}\ndrift\n{\"id\": \"a\", \"title\": \"Drift again\"}\n\
                  {\"title\": \"\xff\"}\n{\"id\": \"b\", \"title\": \"Drift\"}\n";
    let run = own.import(lines, &["--skip-bad"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let skipped = "mlsearch: `own.jsonl`: line 2: expected value at column 1; skipped\n\
                   mlsearch: `own.jsonl`: line 3: the id `a` is that of line 1, too; skipped\n\
                   mlsearch: `own.jsonl`: line 4: not UTF-8; skipped\n";
    assert_eq!(run.stderr, skipped);
    assert!(run.stdout.starts_with("2 documents in `"), "{}", run.stdout);
    assert!(run.stdout.ends_with("`, 3 bad lines skipped\n"), "{}", run.stdout);
    assert_eq!(own.found("drift"), ["a Drift", "b Drift"]);
    let run = own.import(lines, &["--skip-bad", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&report["documents"], &report["skipped"]), (&2.into(), &3.into()), "{report}");
    let many = format!("{{\"id\": \"a\"}}\n{}", "drift\n".repeat(100));
    let run = own.import(many.as_bytes(), &["--skip-bad"]);
    assert_eq!(run.stderr.lines().count(), 11, "{}", run.stderr);
    assert!(run.stderr.ends_with("mlsearch: `own.jsonl`: 90 more lines are skipped\n"));
    assert!(run.stdout.ends_with("`, 100 bad lines skipped\n"), "{}", run.stdout);
    let hint =
        "each line is a JSON object with id or url, and title, text, tags, company, date, language";
    let none = "`own.jsonl`: no line is a document";
    check_hinted(b"drift\ndrift\n", &["--skip-bad"], none, hint);
}

#[test]
fn hints_for_an_imported_index_name_import() {
    let own = Own::new();
    let folder = own.file("own").display().to_string();
    let hint = |args: &[&str]| {
        let run = own.run(args);
        assert_eq!(run.code, 2, "{args:?}: {}", run.stderr);
        run.stderr.lines().find(|line| line.starts_with("hint: ")).unwrap().to_owned()
    };
    let none = format!(
        "hint: run `mlsearch --index {folder} init LIST` for lists, or `mlsearch --index {folder} \
         import FILE` for documents of your own"
    );
    assert_eq!(hint(&["drift"]), none);
    own.import(b"{\"id\": \"a\", \"title\": \"Drift\"}\n", &[]);
    let again = format!("hint: run `mlsearch --index {folder} import FILE` to import it anew");
    for args in [&["update"][..], &["status"], &["check"], &["new"], &["show", "--history", "a"]] {
        assert_eq!(hint(args), again, "{args:?}");
    }
    let generation = own.file("own/generations/1");
    fs::write(generation.join("mlsearch.json"), "{\"version\": 999999}").unwrap();
    assert_eq!(hint(&["drift"]), again);
}

#[test]
fn an_empty_variable_names_no_collection() {
    let own = Own::new();
    own.import(b"{\"id\": \"a\", \"title\": \"Drift\"}\n", &[]);
    let named = Run::of(own.command(&["drift"]).env("MLSEARCH_INDEX", ""));
    assert_eq!(named.code, 0, "{}", named.stderr);
    let elsewhere = tempfile::tempdir().unwrap();
    let mut unnamed = program();
    unnamed.args(["import", "own.jsonl"]).env("MLSEARCH_INDEX", "");
    let unnamed = Run::of(unnamed.current_dir(elsewhere.path()));
    assert!(
        unnamed.stderr.contains("error: import needs a folder of its own\n"),
        "{}",
        unnamed.stderr
    );
    let empty = Run::of(own.command(&["drift"]).args(["--index", ""]));
    assert_eq!(empty.code, 2, "an empty folder that is typed is a mistake");
}

#[test]
fn a_number_that_is_no_hit_is_an_id_and_says_so_when_it_is_none() {
    let own = Own::new();
    own.import(b"{\"id\": 7, \"title\": \"Drift\", \"text\": \"seven\"}\n", &[]);
    for id in ["7", "id:7"] {
        let run = own.run(&["show", id]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{id}");
        assert!(run.stdout.contains("seven"), "{}", run.stdout);
        assert_eq!(own.run(&["similar", id]).code, 1, "there is no other one");
    }
    let open = own.run(&["open", "7"]);
    let folder = own.file("own").display().to_string();
    let hint = format!("hint: run `mlsearch --index {folder} show 7` to read it\n");
    assert!(open.stderr.ends_with(&hint), "{}", open.stderr);
    let none = own.run(&["show", "8"]);
    let message = "error: no document `8` in the index, and no search is remembered: ";
    assert!(none.stderr.starts_with(message), "{}", none.stderr);
    // What is written differently is another id.
    for id in ["07", "+7", "id:07", "id:8"] {
        let message = format!("error: no document `{id}` in the index\nhint: ");
        let run = own.run(&["show", id]);
        assert!(run.stderr.starts_with(&message), "{}", run.stderr);
    }
}

#[test]
fn a_file_without_a_document_takes_no_index_away() {
    let hint =
        "each line is a JSON object with id or url, and title, text, tags, company, date, language";
    for lines in [&b""[..], b"\n \n", b"\xef\xbb\xbf"] {
        check_hinted(lines, &[], "`own.jsonl`: no line is a document", hint);
    }
}

/// Kiritimati is 25 hours ahead of Pago Pago: whatever the clock says, its day is a later one.
#[test]
fn days_are_counted_from_that_of_the_users_time_zone() {
    let today = jiff::Timestamp::now().strftime("%F").to_string();
    let today: jiff::civil::Date = today.parse().unwrap();
    let days = (-3..=3).map(|days| today.checked_add(jiff::Span::new().days(days)).unwrap());
    let lines: String =
        days.map(|day| format!("{{\"id\": \"{day}\", \"date\": \"{day}\"}}\n")).collect();
    let own = Own::new();
    assert_eq!(own.import(lines.as_bytes(), &[]).code, 0);
    for args in [&["--after", "0d"][..], &["after:0d"], &["--after=12h"], &["after:12h"]] {
        let total = |zone: &str| {
            let run = Run::of(own.command(&["search", "--json"]).args(args).env("TZ", zone));
            let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
            found["total"].as_u64().unwrap()
        };
        let ahead = total("Pacific/Kiritimati");
        let behind = total("Pacific/Pago_Pago");
        assert!(ahead > 0 && ahead < behind, "{args:?}: {ahead} {behind}");
    }
}
