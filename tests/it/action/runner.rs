//! A runner: the steps of `action.yml` in their order, each with the environment that it names.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use mlsearch::{
    collection::Collection,
    crawl::Stop,
    update::{self, Options},
};

use crate::{action::github::GitHub, left_out, maintainer::Repository, program::Run};

/// What the scripts need; a machine without them leaves these tests out, and says so.
const NEEDED: [&str; 7] = ["bash", "git", "jq", "curl", "tar", "awk", "sha256sum"];

/// A repository with a list and a collection in `index`, a place to push to, and GitHub.
pub struct Runner {
    pub repository: Repository,
    pub github: GitHub,
    temporary: tempfile::TempDir,
}

/// What came of the steps.
pub struct Outcome {
    /// The exit code of the step that failed, or of the last one.
    pub code: i32,
    /// What the steps printed.
    pub log: String,
    pub outputs: BTreeMap<String, String>,
    pub summary: String,
}

impl Runner {
    /// A runner for a repository with one entry for each path; none where something is missing.
    pub fn new(paths: &[&str]) -> Option<Runner> {
        let is_there = |program: &&&str| {
            let tried = Command::new("sh").args(["-c", "command -v \"$0\"", program]).output();
            tried.is_ok_and(|tried| tried.status.success())
        };
        if let Some(missing) = NEEDED.iter().find(|program| !is_there(program)) {
            left_out::tell(&format!("the steps of the action: {missing} is not here"));
            return None;
        }
        let repository = Repository::new("README.md", paths);
        let settings = "contact = \"https://a.example/\"\n[[list]]\nsource = \"../README.md\"\n\
                        [crawl]\ndelay = 0.0\narchive = false\nallow_net = [\"127.0.0.0/8\"]\n";
        repository.write("index/mlsearch.toml", settings);
        repository.write(".gitignore", "/index/*\n!/index/mlsearch.toml\n");
        repository.commit();
        repository.git(&["branch", "--move", "--force", "main"]);
        let temporary = tempfile::tempdir().unwrap();
        let origin = temporary.path().join("origin.git").display().to_string();
        repository.git(&["init", "--quiet", "--bare", &origin]);
        repository.git(&["remote", "add", "origin", &origin]);
        repository.git(&["push", "--quiet", "origin", "main"]);
        Some(Runner { repository, github: GitHub::start(), temporary })
    }

    pub fn head(&self) -> String {
        self.repository.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    /// Adds lines to the list, as a pull request does; the revision before it comes back.
    pub fn add(&self, lines: &str) -> String {
        let base = self.head();
        let list = self.repository.read("README.md");
        self.repository.write("README.md", &format!("{list}{lines}\n"));
        self.repository.commit();
        base
    }

    /// Visits all pages at a moment of the past.
    pub fn visited_at(&self, clock: fn() -> jiff::Timestamp) {
        let collection = Collection::open(&self.repository.root().join("index")).unwrap();
        let options = Options { refresh: true, force: true, jobs: 2, ..Options::new(clock) };
        update::update(&collection, &options, &Stop::default(), &mut |_| {}).unwrap();
    }

    /// Runs all steps for an event.
    pub fn run(&self, event: &str, base: &str, inputs: &[(&str, &str)]) -> Outcome {
        let input = |name: &str, default: &str| {
            let given = inputs.iter().find(|(other, _)| *other == name);
            given.map_or(default, |(_, value)| value).to_owned()
        };
        let mut run = Steps { runner: self, number: 0, log: String::new(), code: 0 };
        let state = input("state", "none");
        let days = input("days", "7");
        let install = run.step("install", &[("VERSION", "installed")]);
        let program = &install["program"];
        let list = input("list", "index");
        let prepare = run.step_for(
            event,
            "prepare",
            &[
                ("PROGRAM", program),
                ("LIST", &list),
                ("MODE", &input("mode", "auto")),
                ("STATE", &state),
                ("BASE", base),
                ("DEFAULT_BRANCH", "main"),
            ],
        );
        let writes = prepare["writes"] == "true";
        let (mode, collection) = (prepare["mode"].as_str(), &prepare["collection"]);
        let check = run.step(
            "check",
            &[
                ("PROGRAM", program),
                ("COLLECTION", collection),
                ("MODE", mode),
                ("BASE", &prepare["base"]),
                ("FAIL_ON", &input("fail-on", "new")),
                ("DAYS", &days),
            ],
        );
        if writes && state.starts_with("branch:") {
            run.step("save", &[("COLLECTION", collection), ("STATE", &state)]);
        }
        if writes && input("issue", "true") == "true" {
            run.step("issue", &[("REPORT", &check["report"]), ("KNOWN", &check["known"])]);
        }
        if writes && input("patch", "false") == "true" {
            let parts =
                [("PROGRAM", program.as_str()), ("COLLECTION", collection), ("DAYS", &days)];
            run.step("patch", &parts);
        }
        let code = if run.code == 0 { check["exit-code"].parse().unwrap_or(-1) } else { run.code };
        let summary = fs::read_to_string(self.temporary.path().join("summary")).unwrap_or_default();
        fs::write(self.temporary.path().join("summary"), "").unwrap();
        Outcome { code, log: run.log, outputs: check, summary }
    }

    /// Runs one step with its own environment.
    pub fn step(&self, name: &str, environment: &[(&str, &str)]) -> Outcome {
        let mut run = Steps { runner: self, number: 100, log: String::new(), code: 0 };
        let outputs = run.step(name, environment);
        Outcome { code: run.code, log: run.log, outputs, summary: String::new() }
    }

    pub fn temporary(&self) -> &Path {
        self.temporary.path()
    }
}

struct Steps<'r> {
    runner: &'r Runner,
    number: usize,
    log: String,
    code: i32,
}

impl Steps<'_> {
    fn step(&mut self, name: &str, parts: &[(&str, &str)]) -> BTreeMap<String, String> {
        self.step_for("schedule", name, parts)
    }

    /// Runs a step unless an earlier one has failed; its outputs come back, empty where there are none.
    fn step_for(
        &mut self,
        event: &str,
        name: &str,
        parts: &[(&str, &str)],
    ) -> BTreeMap<String, String> {
        let folder = self.runner.temporary.path();
        let names =
            ["program", "mode", "base", "writes", "collection", "report", "known", "exit-code"];
        let mut outputs: BTreeMap<String, String> =
            names.map(|name| (name.to_owned(), String::new())).into();
        if self.code != 0 {
            return outputs;
        }
        self.number += 1;
        let file = folder.join(format!("outputs-{}", self.number));
        fs::write(&file, "").unwrap();
        let root: PathBuf = env!("CARGO_MANIFEST_DIR").into();
        let mut step = Command::new("bash");
        step.env_clear().current_dir(self.runner.repository.root());
        let programs =
            Path::new(env!("CARGO_BIN_EXE_mlsearch")).parent().unwrap().display().to_string();
        let path = std::env::var("PATH").unwrap();
        step.env("PATH", format!("{programs}:{path}"))
            .env("HOME", folder)
            .env("NO_PROXY", "127.0.0.0/8,127.0.0.1");
        // Beyond loopback there is nothing: port 9 has no listener.
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] {
            step.env(name, "http://127.0.0.1:9");
        }
        let origin = self.runner.github.origin();
        step.env("GITHUB_API_URL", &origin).env("GITHUB_SERVER_URL", &origin);
        step.env("GITHUB_WORKSPACE", self.runner.repository.root()).env("GITHUB_EVENT_NAME", event);
        step.env("GITHUB_OUTPUT", &file).env("GITHUB_STEP_SUMMARY", folder.join("summary"));
        step.env("GITHUB_SHA", self.runner.head());
        step.env("GITHUB_REPOSITORY", "me/things").env("GITHUB_REF_NAME", "main");
        step.env("GITHUB_REF", "refs/heads/main");
        step.env("RUNNER_TEMP", folder).env("RUNNER_OS", "Linux").env("RUNNER_ARCH", "X64");
        step.env("ACTION_TOKEN", "secret-token")
            .env("MLSEARCH_RELEASES", format!("{origin}/releases"));
        for (name, value) in parts {
            let is_named = ["GH_", "GITHUB_", "MLSEARCH_"].iter().any(|own| name.starts_with(own))
                || *name == "PATH";
            let name = if is_named { (*name).to_owned() } else { format!("ACTION_{name}") };
            step.env(name, value);
        }
        let run = Run::of(step.arg(root.join(format!("packaging/action/{name}.sh"))));
        self.code = run.code;
        self.log.push_str(&format!("{}{}", run.stdout, run.stderr));
        for line in fs::read_to_string(&file).unwrap().lines() {
            let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("an output: {line}"));
            outputs.insert(name.to_owned(), value.to_owned());
        }
        outputs
    }
}
