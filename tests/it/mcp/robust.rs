//! What clients do wrong, and how the server ends.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    process::{Command, Stdio},
};

use serde_json::json;

use crate::{
    mcp::session::{Session, shelf},
    program::Collection,
};

#[test]
fn bad_lines_end_nothing() {
    let (_web, collection) = shelf();
    let mut session = Session::of(&collection);
    let huge = format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":99,\"method\":\"tools/call\",\"params\":{{\"x\":\"{}\"}}}}",
        "x".repeat(30 << 20)
    );
    for line in ["nonsense", "{", "[]", "{\"jsonrpc\":\"2.0\"}", "", "null", &huge, "\u{0}\u{7}"] {
        session.send(line);
        // Whatever is said of the line is JSON-RPC, and the next question is answered.
        session.send(&json!({"jsonrpc": "2.0", "id": "next", "method": "ping"}).to_string());
        while session.receive()["id"] != "next" {}
    }
    let (_, output) = session.ok("search", json!({"query": "marmot"}));
    assert_eq!(output["total"], 2);
    assert_eq!(session.end(), Some(0));
}

#[test]
fn many_calls_at_once_are_answered_and_keep_nobody_waiting() {
    let (_web, collection) = shelf();
    let mut session = Session::of(&collection);
    let call = json!({"name": "search", "arguments": {"query": "marmot wombat"}});
    for id in 1..=200 {
        let request = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": call});
        session.send(&request.to_string());
    }
    let mut answered: Vec<u64> = (0..200)
        .map(|_| {
            let answer = session.receive();
            assert_eq!(answer["result"]["isError"], false, "{answer}");
            answer["id"].as_u64().unwrap()
        })
        .collect();
    answered.sort_unstable();
    assert_eq!(answered, (1..=200).collect::<Vec<_>>());
    assert_eq!(session.end(), Some(0));
}

#[test]
fn without_an_index_it_starts_and_says_what_to_do() {
    let collection = Collection::of_links(["http://127.0.0.1:9/x"]);
    let mut session = Session::of(&collection);
    let told = session.refused("search", json!({"query": "entry"}));
    assert!(told.contains("hint: run `mlsearch --index"), "{told}");
    collection.ok(&["update", "--offline"]);
    let (_, output) = session.ok("search", json!({"query": "entry"}));
    assert_eq!(output["total"], 1);
}

#[test]
fn a_newer_index_answers_the_next_calls() {
    let (_web, collection) = shelf();
    let mut session = Session::of(&collection);
    let (_, output) = session.ok("status", json!({}));
    assert_eq!(output["index"]["generation"], "1");
    let list = "- [A new entry](https://new.example/)\n";
    let path = collection.file("lists/awesome-mlops-articles.md");
    fs::write(&path, fs::read_to_string(&path).unwrap() + list).unwrap();
    collection.ok(&["update", "--offline"]);
    // A newer index is looked for once in a second.
    let is_newer = |session: &mut Session| {
        session.ok("search", json!({"query": "new entry"})).1["index"]["generation"] == "2"
    };
    while !is_newer(&mut session) {}
}

/// The server ends with the program that started it, even while another one holds its input open.
#[cfg(unix)]
#[test]
fn it_ends_with_its_client() {
    let (_web, collection) = shelf();
    let server = collection.command(&["mcp"]);
    // The shell is the client; this test holds the pipe to the server open after its end.
    let mut client = Command::new("sh")
        .args(["-c", "exec 3<&0; \"$0\" --index \"$1\" mcp <&3 & wait"])
        .args([server.get_program(), collection.path().as_os_str()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = client.stdin.take().unwrap();
    let mut output = BufReader::new(client.stdout.take().unwrap());
    writeln!(input, "{}", json!({"jsonrpc": "2.0", "id": 1, "method": "ping"})).unwrap();
    let mut said = String::new();
    output.read_line(&mut said).unwrap();
    assert!(said.contains("jsonrpc"), "{said}");
    client.kill().unwrap();
    client.wait().unwrap();
    // Standard output ends when the last process that holds it has ended.
    assert_eq!(output.read_to_string(&mut String::new()).unwrap(), 0);
    drop(input);
}
