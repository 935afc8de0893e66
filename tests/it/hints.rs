//! Each command that the program hints at can be pasted: it names the collection and the engine
//! that were named, and runs.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::program::{Collection, Run, program};

/// What stands for something of the user's in a hint, and something of that kind.
const PLACEHOLDERS: [(&str, &str); 6] = [
    ("LIST", "list.md"),
    ("FILE", "own.jsonl"),
    ("WORDS", "drift"),
    ("NEW-FOLDER", "new"),
    ("NAME", "search.example"),
    ("DIR", "other"),
];

/// A folder in which commands name a collection whose path has a blank.
struct Place {
    dir: tempfile::TempDir,
    collection: PathBuf,
}

impl Place {
    /// One without a collection.
    fn new() -> Place {
        let dir = tempfile::tempdir().unwrap();
        let collection = dir.path().join("a b");
        let place = Place { dir, collection };
        place.write("list.md", "- [Drift](https://a.example/drift)\n");
        place.write("own.jsonl", "{\"id\": 1, \"title\": \"Drift\", \"text\": \"drift\"}\n");
        place.write("bad.jsonl", "{\"id\": 1\n");
        place.write("queries.tsv", "1\tdrift\n");
        place.write("qrels.txt", "1 0 1 1\n");
        fs::create_dir(place.file("there")).unwrap();
        place.write("there/something", "");
        place
    }

    /// One whose collection has been updated.
    fn updated() -> Place {
        let place = Place::new();
        let default = Collection::offline();
        default.ok(&["update", "--offline"]);
        copy(default.path(), &place.collection);
        place
    }

    /// One with an index of documents that were imported.
    fn imported() -> Place {
        let place = Place::new();
        let run = place.run(&["import", "own.jsonl"], &[]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        place
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.file(name), text).unwrap();
    }

    /// Prepares a command without any network but loopback, where nobody listens.
    fn prepared(&self, mut command: Command) -> Command {
        let names = ["HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"];
        command.envs(names.map(|name| (name, "http://127.0.0.1:9")));
        command.env("XDG_CACHE_HOME", self.file("cache")).env("XDG_DATA_HOME", self.file("data"));
        command.current_dir(self.dir.path());
        command
    }

    fn run(&self, args: &[&str], more: &[&str]) -> Run {
        let mut command = self.prepared(program());
        command.arg("--index").arg(&self.collection).args(more).args(args);
        Run::of(&mut command)
    }

    /// Runs a command that goes wrong, and each command that it hints at, which `expected` tells:
    /// as many hints, and what they are for.
    #[track_caller]
    fn check(&self, args: &[&str], expected: &[&str]) {
        let named = format!("--index '{}'", self.collection.display());
        let mut hinted = Vec::new();
        for (more, named) in [
            (&[][..], format!("mlsearch {named} ")),
            (&["--engine", "local"][..], format!("mlsearch --engine local {named} ")),
        ] {
            let run = self.run(args, more);
            let printed = format!("{}{}", run.stdout, run.stderr);
            let commands: Vec<&str> =
                printed.split('`').filter(|piece| piece.starts_with("mlsearch ")).collect();
            let words: Vec<&str> = commands
                .iter()
                .map(|command| command.strip_prefix(&named).unwrap_or(command))
                .collect();
            assert_eq!(words, expected, "{args:?}: {printed}");
            hinted.extend(commands.iter().map(|command| (*command).to_owned()));
        }
        // What a hint does changes what the next one says.
        hinted.iter().take(expected.len()).for_each(|command| self.check_runs(command));
    }

    /// Pastes a command into a shell.
    #[track_caller]
    fn check_runs(&self, command: &str) {
        if cfg!(not(unix)) {
            return;
        }
        let mut pasted = command.to_owned();
        for (placeholder, meant) in PLACEHOLDERS {
            pasted = pasted.replace(placeholder, meant);
        }
        // A server does not end by itself.
        if pasted.contains(" serve ") {
            pasted += " --help";
        }
        let folder = Path::new(env!("CARGO_BIN_EXE_mlsearch")).parent().unwrap();
        let path = env::join_paths(
            [folder.to_owned()].into_iter().chain(env::split_paths(&env::var("PATH").unwrap())),
        );
        let mut shell = Command::new("sh");
        shell.env_clear().env("PATH", path.unwrap()).args(["-c", &pasted]);
        let run = Run::of(&mut self.prepared(shell));
        let stderr = &run.stderr;
        let is_understood = !stderr.contains("Usage:") && !stderr.contains("For more information");
        assert!(run.code < 3 && is_understood, "{pasted}: {stderr}");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = (entry.as_ref().unwrap().path(), entry.unwrap().file_name());
        match path.is_dir() {
            true => copy(&path, &to.join(name)),
            false => drop(fs::copy(path, to.join(name)).unwrap()),
        }
    }
}

/// A file of the published index.
fn of_index(name: &str, dir: &Path) -> PathBuf {
    let current = fs::read_to_string(dir.join("CURRENT")).unwrap();
    dir.join("generations").join(current.trim()).join(name)
}

#[test]
fn hints_where_there_is_no_collection_name_the_folder() {
    let place = Place::new();
    for args in [
        &["drift"][..],
        &["facets", "company"],
        &["show", "1"],
        &["open", "1"],
        &["similar", "1"],
        &["serve", "--listen", "0"],
        &["eval", "queries.tsv", "qrels.txt"],
        &["export", "site", "new"],
    ] {
        place.check(args, &["init LIST", "import FILE"]);
        let _ = fs::remove_dir_all(&place.collection);
    }
    for args in [&["update"][..], &["status"], &["new"], &["check"], &["export", "seeds", "s"]] {
        place.check(args, &["init LIST"]);
        let _ = fs::remove_dir_all(&place.collection);
    }
    place.check(&["stauts"], &["status", "-- stauts"]);
    place.check(&["init"], &[]);
    let _ = fs::remove_dir_all(&place.collection);
    place.check(&["init", "https://me:secret@a.example/"], &["init https://a.example/"]);
}

#[test]
fn hints_about_a_collection_name_it() {
    let place = Place::updated();
    let ids = "WORDS --json";
    for (args, expected) in [
        (&["drift", "--company", "nosuchcompany"][..], &["facets company"][..]),
        (&["company:nosuchcompany"], &["facets company"]),
        (&["stauts"], &["status"]),
        (&["show", "nosuch"], &[ids]),
        (&["show", "99"], &[ids]),
        (&["show", "--history", "nosuch"], &[ids]),
        (&["show", "--diff", "99"], &[ids]),
        (&["open", "nosuch"], &[ids]),
        (&["similar", "99"], &[ids]),
        (&["export", "warc", "there"], &["export warc NEW-FOLDER"]),
        (&["export", "site", "there"], &["export site NEW-FOLDER"]),
        (&["update", "drift policy"], &["-- update 'drift policy'"]),
        (&["init", "list.md"], &["update"]),
        (
            &["serve", "--listen", "0.0.0.0:0"],
            &["serve --listen 0.0.0.0:0 --token FILE --allow-host NAME"],
        ),
        (&["schedule", "cron", "--on-failure", "mail@%n.service"], &["schedule systemd"]),
    ] {
        place.check(args, expected);
    }
    let cron = place.run(&["schedule", "cron", "--install"], &["--engine", "local"]);
    let named = format!("mlsearch --engine local --index '{}' ", place.collection.display());
    assert!(cron.stderr.contains(&named), "{}", cron.stderr);
}

#[test]
fn hints_about_a_damaged_collection_name_it() {
    let damaged = |harm: &dyn Fn(&Path), args: &[&str], expected: &[&str]| {
        let place = Place::updated();
        harm(&place.collection);
        place.check(args, expected);
    };
    let bad_index = |dir: &Path| fs::write(of_index("meta.json", dir), "{").unwrap();
    damaged(&bad_index, &["drift"], &["update --offline --force"]);
    damaged(&bad_index, &["status"], &["update --offline"]);
    let of_the_future = |dir: &Path| {
        let file = of_index("mlsearch.json", dir);
        let text = fs::read_to_string(&file).unwrap();
        fs::write(file, text.replacen("\"version\":", "\"version\": 9", 1)).unwrap();
    };
    damaged(&of_the_future, &["drift"], &["update --offline"]);
    let no_store = |dir: &Path| fs::remove_file(dir.join("pages.sqlite")).unwrap();
    damaged(&no_store, &["new"], &["update"]);
    let bad_store = |dir: &Path| fs::write(dir.join("pages.sqlite"), "x".repeat(9000)).unwrap();
    damaged(&bad_store, &["new"], &["update"]);
    let shrunk = |dir: &Path| {
        let list = "- [Drift](https://a.example/drift)\n";
        fs::write(dir.join("lists/awesome-mlops-articles.md"), list).unwrap();
    };
    damaged(&shrunk, &["update", "--offline"], &["update --force"]);
    let empty = |dir: &Path| fs::remove_dir_all(dir.join("generations")).unwrap();
    damaged(&empty, &["status"], &["update"]);
}

#[test]
fn hints_about_documents_of_ones_own_name_their_folder() {
    let place = Place::imported();
    place.check(&["open", "1"], &["show 1"]);
    place.check(&["show", "2"], &["WORDS --json"]);
    place.check(&["update"], &["import FILE"]);
    fs::write(of_index("meta.json", &place.collection), "{").unwrap();
    place.check(&["drift"], &["import FILE"]);

    let unnamed = Run::of(place.prepared(program()).args(["import", "my own.jsonl"]));
    let hint = "hint: run `mlsearch --index DIR import 'my own.jsonl'`\n";
    assert!(unnamed.stderr.ends_with(hint), "{}", unnamed.stderr);
}
