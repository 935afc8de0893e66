//! Slices: several processes load one index of a cluster, and one of them publishes it.

use std::{
    fs,
    process::{Child, Stdio},
};

use serde_json::{Value, json};

use crate::{
    engine::{
        cluster::{self, wait_for},
        faults::node,
        indexed::{Indexed, row, rows},
        proxy::{Fate, Proxy},
    },
    program::Run,
};

/// What is printed as JSON.
#[track_caller]
fn report(run: &Run) -> Value {
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn slice(indexed: &Indexed, rows: &[Value], slice: &str) -> Run {
    indexed.import(rows, &["--slice", slice, "--json"])
}

/// Every document is there once, with its own words.
#[track_caller]
fn check_whole(indexed: &Indexed, documents: usize) {
    assert_eq!(indexed.count(), Some(documents as u64));
    for number in [0, documents / 2, documents - 1] {
        assert_eq!(indexed.found(&format!("zyxnumber{number}qu")), Some(1), "{number}");
    }
    assert_eq!(indexed.found("zyxevery"), Some(documents as u64));
}

#[test]
fn processes_load_one_index_and_the_last_one_publishes_it() {
    let Some(target) = cluster::target() else { return };
    let _shared = target.share();
    let indexed = Indexed::own(target, "slices");
    indexed.imported(&rows(10, ""), &[]);
    let file = indexed.file("all.jsonl");
    let lines: String = rows(1_000, "").iter().map(|row| format!("{row}\n")).collect();
    fs::write(&file, lines).unwrap();
    let start = |slice: &str| -> Child {
        let args = ["import", file.to_str().unwrap(), "--slice", slice, "--shards", "2", "--json"];
        let mut command = indexed.command(&args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
        command.spawn().unwrap()
    };
    let end = |child: Child| {
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap_or(-1);
        report(&Run { stdout: text(output.stdout), stderr: text(output.stderr), code })
    };
    let children: Vec<Child> = ["1/4", "2/4", "4/4"].map(start).into();
    let early: Vec<Value> = children.into_iter().map(end).collect();
    assert!(early.iter().all(|report| report["published"].is_null()), "{early:?}");
    assert_eq!(indexed.count(), Some(10), "nothing is published before all are there");
    let last = end(start("3/4"));
    assert_eq!((&last["published"], &last["missing"]), (&json!(1_000), &json!([])), "{last}");
    let loaded = early.iter().chain([&last]).map(|report| report["documents"].as_u64().unwrap());
    assert_eq!(loaded.sum::<u64>(), 1_000);
    assert_eq!(indexed.indexes().len(), 2, "the published one and the one before");
    check_whole(&indexed, 1_000);
}

#[test]
fn a_slice_that_was_killed_is_loaded_again() {
    let Some(target) = cluster::target() else { return };
    let Some(node) = node(target) else { return };
    let _shared = target.share();
    let indexed = Indexed::own(target, "slice-killed");
    let rows = rows(400, "");
    assert_eq!(report(&slice(&indexed, &rows, "1/2"))["missing"], json!([2]));
    // What it sends is loaded, and it never learns of that.
    let proxy = Proxy::start(vec![node], None, |asked| match asked.path.contains("_bulk") {
        true => Fate::Swallow,
        false => Fate::Pass,
    });
    let file = indexed.file("rows.jsonl");
    let mut command = indexed.command(&["import", file.to_str().unwrap(), "--slice", "2/2"]);
    let mut child = command.env("MLSEARCH_ENGINE", proxy.url()).spawn().unwrap();
    wait_for("a bulk", || proxy.asked().iter().any(|asked| asked.path.contains("_bulk")));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(indexed.published().is_empty());
    assert_eq!(report(&slice(&indexed, &rows, "2/2"))["published"], 400);
    check_whole(&indexed, 400);
}

#[test]
fn a_slice_that_could_not_publish_is_loaded_again() {
    let Some(target) = cluster::target() else { return };
    let Some(node) = node(target) else { return };
    let _shared = target.share();
    let indexed = Indexed::own(target, "slice-unpublished");
    let rows = rows(60, "");
    slice(&indexed, &rows, "1/2");
    let refusal = r#"{"error":{"type":"x_exception","reason":"no more"},"status":400}"#;
    let proxy = Proxy::start(vec![node], None, move |asked| match asked.path == "/_aliases" {
        true => Fate::Answer(400, "Content-Type: application/json\r\n", refusal),
        false => Fate::Pass,
    });
    let args = ["--slice", "2/2", "--engine", &proxy.url()];
    let run = indexed.import(&rows, &args);
    assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
    assert!(indexed.published().is_empty());
    // Whichever it is.
    assert_eq!(report(&slice(&indexed, &rows, "1/2"))["published"], 60);
    check_whole(&indexed, 60);
}

#[test]
fn slices_that_do_not_belong_together_are_told_and_removed() {
    let Some(target) = cluster::target() else { return };
    let _shared = target.share();
    let indexed = Indexed::own(target, "slice-others");
    indexed.imported(&rows(10, ""), &[]);
    slice(&indexed, &rows(60, ""), "1/2");
    for (rows, number, says) in [
        (rows(60, ""), "1/3", "is being loaded in 2 slices"),
        (rows(61, ""), "2/2", "slice 1 was loaded from other lines, or otherwise, than slice 2"),
    ] {
        let run = slice(&indexed, &rows, number);
        assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains(says), "{}", run.stderr);
        assert!(run.stderr.contains(" import --abandon`"), "{}", run.stderr);
    }
    assert_eq!(indexed.count(), Some(10));
    assert_eq!(indexed.indexes().len(), 2);
    indexed.ok(&["import", "--abandon"]);
    assert_eq!(indexed.indexes(), indexed.published());
    assert_eq!(indexed.ok(&["import", "--abandon"]).stdout, "no slices are waiting\n");
    slice(&indexed, &rows(30, ""), "1/2");
    // Another build removes them, too, and what comes after it makes no index.
    indexed.imported(&rows(20, ""), &[]);
    assert_eq!(indexed.indexes().len(), 2);
    check_whole(&indexed, 20);
}

#[test]
fn an_id_that_comes_twice_is_in_one_slice() {
    let Some(target) = cluster::target() else { return };
    let _shared = target.share();
    let indexed = Indexed::own(target, "slice-twice");
    let mut rows = rows(30, "");
    rows.push(row(7, "zyxagainqu"));
    let runs: Vec<Run> =
        ["1/3", "2/3", "3/3"].iter().map(|number| slice(&indexed, &rows, number)).collect();
    let failed: Vec<&Run> = runs.iter().filter(|run| run.code == 2).collect();
    let [failed] = failed[..] else { panic!("{}", failed.len()) };
    assert!(failed.stderr.contains("doc7"), "{}", failed.stderr);
    assert!(indexed.published().is_empty());
    indexed.ok(&["import", "--abandon"]);
    for number in ["1/3", "2/3", "3/3"] {
        let run = indexed.import(&rows, &["--slice", number, "--last-wins"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    check_whole(&indexed, 30);
    assert_eq!(indexed.found("zyxagainqu"), Some(1));
}
