//! What clients do wrong, and how the server ends.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{
    mcp::session::{Session, shelf, stateless},
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
fn what_is_no_request_is_refused_in_the_words_of_the_protocol() {
    let (_web, collection) = shelf();
    let mut session = Session::of(&collection);
    let call = |params: Value| {
        json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params}).to_string()
    };
    let mut check = |line: &str, code: i64, id: Value, words: &str| {
        session.send(line);
        let answer = session.receive();
        assert_eq!((&answer["error"]["code"], &answer["id"]), (&json!(code), &id), "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains(words), "{answer}");
    };
    check("nonsense", -32700, Value::Null, "this is no JSON: expected ident");
    check("[]", -32600, Value::Null, "batches are not read");
    check("{\"id\":5,\"method\":\"ping\"}", -32600, json!(5), "`jsonrpc` must be \"2.0\"");
    check(&"x".repeat(2 << 20), -32600, Value::Null, "at most 1048576 bytes");
    let takes = "`tools/call` takes `name`, a text, and `arguments`, an object";
    check(&call(json!({"name": "search", "arguments": "x"})), -32602, json!(7), takes);
    check(&call(json!({"name": "search", "arguments": [1]})), -32602, json!(7), takes);
    check(&call(json!({"name": 5})), -32602, json!(7), takes);
    check("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\"}", -32602, json!(7), takes);
    let read = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"resources/read\",\"params\":{}}";
    check(read, -32602, json!(7), "`resources/read` takes `uri`, a text");
    let unknown = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/delete\"}";
    check(unknown, -32601, json!(7), "no such method: tools/delete");
    for (method, params) in [
        ("prompts/list", json!({})),
        ("resources/subscribe", json!({"uri": "mlsearch://doc/x"})),
        (
            "completion/complete",
            json!({"ref": {"type": "ref/prompt", "name": "x"},
                   "argument": {"name": "x", "value": "y"}}),
        ),
    ] {
        let asked = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
        check(&asked.to_string(), -32601, json!(7), &format!("no such method: {method}"));
    }
}

#[test]
fn what_is_said_before_the_greeting_ends_nothing() {
    let (_web, collection) = shelf();
    let mut session = Session::silent(&collection);
    session.send(
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}",
    );
    session.send("{\"jsonrpc\":\"2.0\",\"method\":\"$/setTrace\",\"params\":{}}");
    session.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
    assert_eq!(session.request("ping", json!({}))["result"], json!({}));
}

#[test]
fn whatever_was_asked_is_answered_before_the_end() {
    let (_web, collection) = shelf();
    let mut session = Session::of(&collection);
    let call = json!({"name": "search", "arguments": {"query": "marmot wombat"}});
    let request =
        |id: u64| json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": call});
    for id in 1..40 {
        session.send(&request(id).to_string());
    }
    let (answers, code) = session.end_with(&request(40).to_string());
    assert_eq!((answers.len(), code), (40, Some(0)));
    assert!(answers.iter().all(|answer| answer["result"]["isError"] == false), "{answers:?}");
}

#[test]
fn a_subscription_keeps_nobody_at_the_end() {
    let (_web, collection) = shelf();
    let mut session = Session::silent(&collection);
    let listen = json!({"jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen",
                        "params": stateless(json!({"notifications": {"toolsListChanged": true}}))});
    session.send(&listen.to_string());
    assert_eq!(session.end(), Some(0));
}

/// The server ends when nobody reads it, even while its input stays open.
#[cfg(unix)]
#[test]
fn it_ends_when_nobody_reads() {
    let (_web, collection) = shelf();
    let mut server = collection.command(&["mcp"]);
    let mut server = server.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    drop(server.stdout.take());
    assert_eq!(server.wait().unwrap().code(), Some(0));
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
