//! Names by which a server is called: foreign ones are refused, whatever they try.

use crate::{
    program::Collection,
    serve::server::{Server, send},
};

/// The status of the answer to a request with this line and these headers; 0 for no answer.
#[track_caller]
fn check(server: &Server, line: &str, headers: &str, expected: u16) {
    let request = format!("{line}\r\n{headers}Connection: close\r\n\r\n");
    let status = send(server.address, &request).map_or(0, |reply| {
        let is_told = reply.body.contains("<html") || reply.body.contains("documents");
        assert!(reply.status == 200 || !is_told, "{request}: {}", reply.body);
        reply.status
    });
    assert_eq!(status, expected, "{request}");
}

#[test]
fn a_foreign_name_is_refused_before_anything_is_looked_at() {
    let collection = Collection::offline();
    collection.ok(&["update"]);
    let server = Server::of(&collection, &["--allow-host", "Search.Example"]);
    let port = server.address.port();
    for path in
        ["/", "/?q=uber", "/api/search?q=uber", "/healthz", "/assets/x", "/nothing", "/login"]
    {
        check(&server, &format!("GET {path} HTTP/1.1"), "Host: evil.example\r\n", 403);
    }
    let get = "GET /healthz HTTP/1.1";
    for host in [
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        "LOCALHOST.".into(),
        "mlsearch.localhost".into(),
        format!("[::1]:{port}"),
        "search.example".into(),
        "SEARCH.example:443".into(),
    ] {
        check(&server, get, &format!("Host: {host}\r\n"), 200);
    }
    for host in [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil.example.",
        "sub.search.example",
        "search.example.evil.example",
        "0.0.0.0",
        "169.254.169.254",
        "10.0.0.1",
        "127.1",
        "2130706433",
        "[::1",
        "[::ffff:169.254.169.254]",
        "localhost@evil.example",
        "evil.example#localhost",
        "localhost, evil.example",
        "",
    ] {
        check(&server, get, &format!("Host: {host}\r\n"), 403);
    }
    // None at all, two of them, another one in the address.
    check(&server, "GET /healthz HTTP/1.0", "", 403);
    check(&server, get, "", 403);
    check(&server, get, "Host: localhost\r\nHost: localhost\r\n", 403);
    check(&server, get, "Host: localhost\r\nHost: evil.example\r\n", 403);
    check(&server, "GET http://evil.example/healthz HTTP/1.1", "Host: localhost\r\n", 403);
    check(&server, "GET http://localhost/healthz HTTP/1.1", "Host: evil.example\r\n", 403);
    check(&server, "GET http://localhost/healthz HTTP/1.1", "Host: localhost\r\n", 200);
    // What a proxy or a page may add changes nothing.
    let evil = "Host: evil.example\r\n";
    check(&server, get, &format!("{evil}X-Forwarded-Host: localhost\r\n"), 403);
    check(&server, get, &format!("{evil}Forwarded: host=localhost\r\n"), 403);
    check(&server, get, &format!("{evil}Origin: http://localhost\r\n"), 403);
    // A folded line is no header.
    check(&server, get, "Host: localhost\r\n evil.example\r\n", 400);
}

#[test]
fn no_other_site_may_read_an_answer() {
    let collection = Collection::offline();
    collection.ok(&["update"]);
    let server = Server::of(&collection, &[]);
    for path in
        ["/", "/?q=uber", "/doc/nothing", "/api/search?q=uber", "/api/search?x=1", "/nothing"]
    {
        for origin in ["null", "http://evil.example", "http://localhost"] {
            let reply = server.get_with(path, &format!("Origin: {origin}\r\n"));
            let allowed = reply.headers.iter().find(|(name, _)| name.starts_with("access-control"));
            assert_eq!(allowed, None, "{path}");
            let policy = reply.header("content-security-policy").unwrap();
            assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{policy}");
            assert!(!policy.contains("unsafe"), "{policy}");
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
            assert_eq!(reply.header("referrer-policy"), Some("no-referrer"), "{path}");
            assert_eq!(reply.header("cross-origin-resource-policy"), Some("same-origin"), "{path}");
        }
    }
    let preflight = format!(
        "OPTIONS /api/search HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        server.address
    );
    assert_eq!(server.send(&preflight).status, 405);
}
