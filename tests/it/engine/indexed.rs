//! The real program with its index in a cluster, under an alias that no other test has.

use std::{fs, path::PathBuf, process::Command};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    engine::{cluster::Target, rest::Rest},
    program::{Collection, Run, program},
};

/// A folder whose index is in a cluster.
pub struct Indexed {
    collection: Collection,
    environment: Vec<(&'static str, String)>,
    pub alias: String,
    pub rest: Rest,
}

impl Indexed {
    /// A folder for documents of one's own.
    pub fn own(target: &Target, name: &str) -> Indexed {
        let collection = Collection::offline();
        fs::remove_file(collection.file("mlsearch.toml")).unwrap();
        Indexed::of(collection, target, name)
    }

    /// A collection of lists.
    pub fn of(collection: Collection, target: &Target, name: &str) -> Indexed {
        let alias = format!("mlsearch-test-{}-{name}", std::process::id());
        let environment = vec![
            ("MLSEARCH_ENGINE", target.url.clone()),
            ("MLSEARCH_ENGINE_INDEX", alias.clone()),
            ("NO_PROXY", "127.0.0.0/8".to_owned()),
        ];
        let named =
            ["MLSEARCH_ENGINE_USER", "MLSEARCH_ENGINE_PASSWORD", "MLSEARCH_ENGINE_CA_BUNDLE"];
        let named = named.into_iter().filter_map(|name| Some((name, std::env::var(name).ok()?)));
        let environment = environment.into_iter().chain(named).collect();
        Indexed { collection, environment, alias, rest: target.rest() }
    }

    /// With another variable in the environment, or another value of one.
    pub fn with(mut self, name: &'static str, value: &str) -> Indexed {
        self.environment.retain(|(other, _)| *other != name);
        self.environment.push((name, value.to_owned()));
        self
    }

    /// With another address of the cluster.
    pub fn at(self, url: &str) -> Indexed {
        self.with("MLSEARCH_ENGINE", url)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.collection.file(name)
    }

    /// A command on this folder, not yet run.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = program();
        command.arg("--index").arg(self.collection.path()).args(args);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
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
    pub fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.ok(args).stdout).unwrap()
    }

    /// How many documents the program finds for a query; none unless it ends well.
    pub fn found(&self, query: &str) -> Option<u64> {
        let run = self.run(&[query, "--exact", "--json"]);
        let found: Value = serde_json::from_str(&run.stdout).ok()?;
        found["total"].as_u64().filter(|_| run.code == 0)
    }

    /// Imports rows.
    pub fn import(&self, rows: &[Value], args: &[&str]) -> Run {
        let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
        self.import_lines(&lines, args)
    }

    /// Imports rows that must all be taken.
    #[track_caller]
    pub fn imported(&self, rows: &[Value], args: &[&str]) -> Run {
        let run = self.import(rows, args);
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
        run
    }

    pub fn import_lines(&self, lines: &str, args: &[&str]) -> Run {
        let file = self.file("rows.jsonl");
        fs::write(&file, lines).unwrap();
        self.run(&[&["import", file.to_str().unwrap()], args].concat())
    }

    /// How many documents are published.
    pub fn count(&self) -> Option<u64> {
        let path = format!("/{}/_count", self.alias);
        match self.rest.ask(Method::GET, &path, None)? {
            (200, answer) if answer["_shards"]["failed"] == 0 => answer["count"].as_u64(),
            _ => None,
        }
    }

    /// The indexes behind the alias and all that were made for it.
    #[track_caller]
    pub fn indexes(&self) -> Vec<String> {
        self.rest.indexes(&format!("{}-v*", self.alias))
    }

    /// The indexes that the alias leads to.
    pub fn published(&self) -> Vec<String> {
        let answer = self.rest.ask(Method::GET, &format!("/_alias/{}", self.alias), None);
        let Some((200, Value::Object(indexes))) = answer else { return Vec::new() };
        indexes.keys().cloned().collect()
    }
}

impl Drop for Indexed {
    fn drop(&mut self) {
        // What cannot be deleted goes with the cluster, or is for those whose cluster it is.
        let _ = self.rest.ask(Method::DELETE, &format!("/{}-v*", self.alias), None);
        let _ = self.rest.ask(Method::DELETE, &format!("/{}", self.alias), None);
    }
}

/// A document with a word of its own and one that all have.
pub fn row(number: usize, text: &str) -> Value {
    json!({
        "id": format!("doc{number}"),
        "url": format!("http://a.example/{number}"),
        "title": format!("Document {number}"),
        "text": format!("zyxevery zyxnumber{number}qu {text}"),
    })
}

pub fn rows(count: usize, text: &str) -> Vec<Value> {
    (0..count).map(|number| row(number, text)).collect()
}
