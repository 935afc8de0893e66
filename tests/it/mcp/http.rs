//! The same tools at `/mcp` of the server.

use serde_json::{Value, json};

use crate::{
    mcp::session::{CURRENT, shelf, stateless, text},
    serve::server::{Reply, Server},
};

/// Sends a request as a client of the current revision does.
fn post(server: &Server, method: &str, params: Value, headers: &str) -> Reply {
    let name = params["name"].as_str().map(|name| format!("Mcp-Name: {name}\r\n"));
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": stateless(params)});
    let body = body.to_string();
    server.send(&format!(
        "POST /mcp HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\nMcp-Protocol-Version: {CURRENT}\r\n\
         Mcp-Method: {method}\r\n{}{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        server.address,
        name.unwrap_or_default(),
        body.len()
    ))
}

fn search(server: &Server, headers: &str) -> Reply {
    let call = json!({"name": "search", "arguments": {"query": "marmot"}});
    post(server, "tools/call", call, headers)
}

#[test]
fn the_tools_answer_over_http() {
    let (_web, collection) = shelf();
    let server = Server::of(&collection, &["--mcp"]);
    let reply = search(&server, "");
    assert_eq!(reply.status, 200, "{}", reply.body);
    let answer: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(answer["result"]["structuredContent"]["total"], 2, "{answer}");
    assert_eq!(post(&server, "tools/list", json!({}), "").status, 200);
    // It streams nothing and keeps no sessions.
    assert_eq!(server.get("/mcp").status, 405);
}

#[test]
fn pages_of_the_web_and_foreign_names_are_refused() {
    let (_web, collection) = shelf();
    let server = Server::of(&collection, &["--mcp"]);
    for origin in ["https://evil.example", "null", &format!("http://{}", server.address)] {
        assert_eq!(search(&server, &format!("Origin: {origin}\r\n")).status, 403, "{origin}");
    }
    let named =
        server.send("POST /mcp HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(named.status, 403);
    let long = format!(
        "POST /mcp HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: 300000\r\n\
         Accept: application/json, text/event-stream\r\nConnection: close\r\n\r\n{}",
        server.address,
        "x".repeat(300_000)
    );
    assert_eq!(server.send(&long).status, 413);
}

#[test]
fn what_is_no_call_is_refused_in_json() {
    let (_web, collection) = shelf();
    let server = Server::of(&collection, &["--mcp"]);
    let check = |path: &str, kind: &str, body: &str, status: u16, words: &str| {
        let reply = server.send(&format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: {kind}\r\n\
             Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            server.address,
            body.len()
        ));
        assert_eq!(reply.status, status, "{}", reply.body);
        let told: Value = serde_json::from_str(&reply.body).unwrap();
        assert!(told.to_string().contains(words), "{told}");
    };
    let json = "application/json; charset=utf-8";
    check("/mcp", json, "nonsense", 400, "\"code\":-32700");
    check("/mcp", json, "[]", 400, "batches are not read");
    check("/mcp", json, "", 400, "no message of JSON-RPC 2.0");
    check("/mcp", "text/plain", "nonsense", 415, "Content-Type must be application/json");
    let greeting = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {},
                   "clientInfo": {"name": "test", "version": "1"}}});
    for path in ["/mcp", "/mcp/"] {
        check(path, json, &greeting.to_string(), 200, "\"protocolVersion\":\"2025-06-18\"");
    }
    let reply = server.get("/mcp/");
    let told: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!((reply.status, told["error"].is_string()), (405, true), "{told}");
}

#[test]
fn without_the_switch_there_is_nothing() {
    let (_web, collection) = shelf();
    let server = Server::of(&collection, &[]);
    assert_eq!(search(&server, "").status, 405);
    assert_eq!(server.get("/mcp").status, 404);
}

#[test]
fn the_token_is_asked_for() {
    let (_web, collection) = shelf();
    let token = "a-token-of-at-least-16-characters";
    std::fs::write(collection.file("token"), token).unwrap();
    let file = collection.file("token").display().to_string();
    let server = Server::of(&collection, &["--mcp", "--token", &file]);
    let reply = search(&server, "Accept-Language: en\r\n");
    assert_eq!(reply.status, 401, "{}", reply.body);
    assert!(reply.body.contains("Authorization: Bearer TOKEN"), "{}", reply.body);
    assert_eq!(search(&server, &format!("Authorization: Bearer {token}\r\n")).status, 200);
}

#[test]
fn the_public_reads_passages_and_no_articles() {
    let (_web, collection) = shelf();
    let server = Server::of(&collection, &["--mcp", "--public"]);
    let call = json!({"name": "search", "arguments": {"query": "marmot", "hybrid": true}});
    let reply = post(&server, "tools/call", call, "");
    let answer: Value = serde_json::from_str(&reply.body).unwrap();
    let told = text(&answer["result"]);
    assert!(told.contains("note: searched by words alone\n"), "{told}");
    assert!(told.ends_with("to read on, open the address; cite it"), "{told}");
    let call = json!({"name": "read", "arguments": {"id": "https://long.example/marmots"}});
    let reply = post(&server, "tools/call", call, "");
    let answer: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    let told = text(&answer["result"]);
    assert!(told.contains("read where they were published"), "{told}");
    assert!(!reply.body.contains(collection.path().to_str().unwrap()), "{}", reply.body);
}
