//! The real program, run on a collection of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use crate::web::Web;

/// A collection in a temporary folder, with the default list.
pub struct Collection {
    dir: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

/// What a run printed.
pub struct Run {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

impl Collection {
    /// A copy of the default collection as it is committed, cut off from any network.
    pub fn offline() -> Collection {
        let dir = tempfile::tempdir().unwrap();
        let index = Path::new(env!("CARGO_MANIFEST_DIR")).join("index");
        fs::create_dir(dir.path().join("lists")).unwrap();
        for file in ["mlsearch.toml", "aliases.toml", "lists/awesome-mlops-articles.md"] {
            fs::copy(index.join(file), dir.path().join(file)).unwrap();
        }
        // Port 9 of loopback has no listener: every connection through it is refused at once.
        let nowhere = "http://127.0.0.1:9".to_owned();
        let names = ["HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"];
        let environment = names.map(|name| (name.to_owned(), nowhere.clone())).to_vec();
        Collection { dir, environment }
    }

    /// A collection whose pages are those of a web on loopback.
    pub fn in_web(web: &Web) -> Collection {
        let collection = Collection { environment: web.environment(), ..Collection::offline() };
        collection.set("archive = true", "archive = false");
        collection
    }

    /// A collection whose only list is of these links, with servers on loopback and no network
    /// beyond it.
    pub fn of_links<'l>(links: impl IntoIterator<Item = &'l str>) -> Collection {
        let mut collection = Collection::offline();
        collection.environment.push(("NO_PROXY".into(), "127.0.0.0/8".into()));
        let line = |(number, link)| format!("- [Entry {number}]({link})\n");
        let list: String = links.into_iter().enumerate().map(line).collect();
        fs::write(collection.file("lists/awesome-mlops-articles.md"), list).unwrap();
        collection.set("delay = 1.0", "delay = 0.0");
        collection
    }

    /// Sets a variable of the environment of every command.
    pub fn set_variable(&mut self, name: &str, value: &str) {
        self.environment.retain(|(other, _)| other != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Changes a line of the settings.
    #[track_caller]
    pub fn set(&self, old: &str, new: &str) {
        let path = self.file("mlsearch.toml");
        let settings = fs::read_to_string(&path).unwrap();
        assert!(settings.contains(old), "{settings}");
        fs::write(path, settings.replace(old, new)).unwrap();
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A command on this collection, not yet run.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = program();
        command.env("MLSEARCH_INDEX", self.path()).envs(self.environment.iter().cloned());
        command.args(args);
        command
    }

    pub fn run(&self, args: &[&str]) -> Run {
        Run::of(&mut self.command(args))
    }

    /// Runs a command that must succeed.
    #[track_caller]
    pub fn ok(&self, args: &[&str]) -> Run {
        let run = self.run(args);
        assert_eq!(run.code, 0, "{args:?}: {}{}", run.stdout, run.stderr);
        run
    }

    /// Runs a command that must succeed and print one JSON value.
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.ok(args).stdout).unwrap()
    }
}

impl Run {
    pub fn of(command: &mut Command) -> Run {
        let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
        Run {
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
            code: status.code().unwrap_or(-1),
        }
    }
}

/// The program without any setting from outside.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mlsearch"));
    command.env_clear();
    for name in
        ["PATH", "HOME", "SystemRoot", "TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA"]
    {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}
