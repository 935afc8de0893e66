//! Who may ask, and how a server starts and ends.

use std::net::{Ipv4Addr, TcpListener};

use crate::{
    program::Collection,
    serve::{pages::library, server::Server},
};

const TOKEN: &str = "a-token-of-at-least-16-characters";

#[test]
fn other_machines_are_let_in_only_when_somebody_says_who() {
    let collection = library();
    let refused = collection.run(&["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (2, ""));
    assert!(refused.stderr.contains("other machines can reach `0.0.0.0`"), "{}", refused.stderr);
    assert!(refused.stderr.contains("--token FILE"), "{}", refused.stderr);
    for (token, expected) in [
        ("nothing", "`nothing` is neither a file nor a variable of the environment"),
        ("short", "is shorter than 16 characters"),
        ("odd", "has characters other than"),
        ("binary", "has characters other than"),
        (".", "cannot be read"),
    ] {
        std::fs::write(collection.file("short"), "0123456789\n").unwrap();
        std::fs::write(collection.file("odd"), "0123456789;012345\n").unwrap();
        std::fs::write(collection.file("binary"), [0xFF; 32]).unwrap();
        let file = collection.file(token).display().to_string();
        let named = if token == "nothing" { token } else { &file };
        let refused = collection.run(&["serve", "--listen", "0.0.0.0:0", "--token", named]);
        assert_eq!(refused.code, 2, "{token}");
        assert!(refused.stderr.contains(expected), "{token}: {}", refused.stderr);
    }
}

#[test]
fn a_token_is_asked_for_everywhere() {
    let collection = library();
    std::fs::write(collection.file("token"), format!("{TOKEN}\n")).unwrap();
    let file = collection.file("token").display().to_string();
    let server = Server::of(&collection, &["--token", &file]);
    for path in [
        "/",
        "/?q=features",
        "/doc/a%2F7",
        "/api/search?q=x",
        "/feed.atom",
        "/openapi.json",
        "/nothing",
    ] {
        assert_eq!(server.get(path).status, 401, "{path}");
        // Never in an address, where it would be kept in logs and histories.
        let sign = if path.contains('?') { '&' } else { '?' };
        assert_eq!(server.get(&format!("{path}{sign}token={TOKEN}")).status, 401, "{path}");
        let wrong = "Authorization: Bearer a-token-of-at-least-16-characterS\r\n";
        assert_eq!(server.get_with(path, wrong).status, 401, "{path}");
    }
    let bearer =
        server.get_with("/api/search?q=features", &format!("Authorization: Bearer {TOKEN}\r\n"));
    assert_eq!(bearer.status, 200);
    assert_eq!(bearer.header("cache-control"), Some("no-store"));
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn a_browser_signs_in_once() {
    let collection = library();
    std::fs::write(collection.file("token"), TOKEN).unwrap();
    let file = collection.file("token").display().to_string();
    let server = Server::of(&collection, &["--token", &file]);
    let led = server.get_with("/?q=features", "Accept: text/html\r\n");
    assert_eq!((led.status, led.header("location")), (303, Some("/login?next=%2F%3Fq%3Dfeatures")));
    let form = server.ok("/login?next=%2F%3Fq%3Dfeatures").body;
    assert!(form.contains("name=\"next\" value=\"/?q=features\""), "{form}");
    let enter = |token: &str| {
        let body = format!("token={token}&next=%2F%3Fq%3Dfeatures");
        server.send(&format!(
            "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ))
    };
    let wrong = enter("wrong");
    assert_eq!((wrong.status, wrong.header("set-cookie")), (401, None));
    let right = enter(TOKEN);
    assert_eq!((right.status, right.header("location")), (303, Some("/?q=features")));
    let cookie = right.header("set-cookie").unwrap();
    assert!(cookie.contains("; HttpOnly; SameSite=Strict"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    assert_eq!(server.get_with("/?q=features", &format!("Cookie: {cookie}\r\n")).status, 200);
    assert_eq!(server.get_with("/?q=features", "Cookie: mlsearch=wrong\r\n").status, 401);
}

#[test]
fn the_public_sees_no_whole_article_and_nothing_of_the_machine() {
    let collection = library();
    let server = Server::of(&collection, &["--public"]);
    assert_eq!(server.get("/doc/a%2F7").status, 403);
    assert_eq!(server.get("/api/show/a%2F7").status, 403);
    let page = server.ok("/?q=narwhal").body;
    assert!(!page.contains("/doc/") && page.contains("https://bolt.example/7"), "{page}");
    let dir = collection.path().display().to_string();
    for path in [
        "/",
        "/?q=tag:nosuch+x",
        "/api/search?q=tag:nosuch+x",
        "/api/new",
        "/feed.atom",
        "/healthz",
        "/api/search?company=nosuch",
    ] {
        let reply = server.get(path);
        assert!(!reply.body.contains(&dir), "{path}: {}", reply.body);
    }
}

#[test]
fn a_taken_port_is_replaced_only_where_none_was_named() {
    let collection = library();
    // Whoever has the port, it is taken now.
    let _taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 7700));
    let mut server = Server::started(&collection, &["serve"]);
    assert_ne!(server.address.port(), 7700);
    server.ok("/healthz");
    let named = collection.run(&["serve", "--listen", "127.0.0.1:7700"]);
    assert_eq!((named.code, named.stdout.as_str()), (2, ""));
    assert!(named.stderr.contains("cannot listen on `127.0.0.1:7700`"), "{}", named.stderr);
    #[cfg(unix)]
    {
        assert_eq!(server.end("-TERM"), (Some(0), String::new()));
        let told = server.told();
        assert!(told.contains("port 7700 is taken"), "{told}");
    }
}

#[cfg(unix)]
#[test]
fn a_signal_lets_a_server_end_in_order() {
    let collection = library();
    for signal in ["-TERM", "-INT"] {
        let mut server = Server::of(&collection, &[]);
        server.ok("/?q=features");
        assert_eq!(server.end(signal), (Some(0), String::new()), "{signal}");
        let told = server.told();
        assert!(!told.contains("features"), "{told}");
    }
}

#[test]
fn the_first_index_is_built_on_the_way() {
    let collection = Collection::offline();
    let server = Server::of(&collection, &[]);
    assert!(server.ok("/?q=uber").body.contains("Uber"));
}
