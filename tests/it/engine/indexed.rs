//! The real program with its index in a cluster, under an alias that no other test has.

use std::{fs, ops::Deref};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    engine::{cluster::Target, rest::Rest},
    program::{Collection, Run},
};

/// A folder whose index is in a cluster.
pub struct Indexed {
    collection: Collection,
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
    pub fn of(mut collection: Collection, target: &Target, name: &str) -> Indexed {
        let alias = format!("mlsearch-test-{}-{name}", std::process::id());
        collection.set_variable("MLSEARCH_ENGINE", &target.url);
        collection.set_variable("MLSEARCH_ENGINE_INDEX", &alias);
        collection.set_variable("NO_PROXY", "127.0.0.0/8");
        for name in
            ["MLSEARCH_ENGINE_USER", "MLSEARCH_ENGINE_PASSWORD", "MLSEARCH_ENGINE_CA_BUNDLE"]
        {
            std::env::var(name).iter().for_each(|value| collection.set_variable(name, value));
        }
        Indexed { collection, alias, rest: target.rest() }
    }

    /// With another variable in the environment, or another value of one.
    pub fn with(mut self, name: &str, value: &str) -> Indexed {
        self.collection.set_variable(name, value);
        self
    }

    /// With another address of the cluster.
    pub fn at(self, url: &str) -> Indexed {
        self.with("MLSEARCH_ENGINE", url)
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

impl Deref for Indexed {
    type Target = Collection;

    fn deref(&self) -> &Collection {
        &self.collection
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
