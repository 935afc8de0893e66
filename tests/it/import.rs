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
