//! Addresses, credentials and certificates.

use std::io::{Read, Write};

use mlsearch::page::Outcome;

use crate::{
    crawl::server::{Seen, Server, status},
    crawl::tls::{Authority, Identity},
    crawl::{ARTICLE, always, crawl_one, crawl_urls, impatient, page, settings, with},
};

#[test]
fn addresses_that_are_not_public_get_no_request() {
    let server = always(page(&[], ARTICLE));
    let strict = with(|policy| policy.allow_net = Vec::new());
    let port = server.url("").rsplit(':').next().unwrap().to_owned();
    let hosts = [
        "127.0.0.1",
        "2130706433",
        "0177.0.0.1",
        "0x7f000001",
        "127.1",
        "0",
        "１２７.０.０.１",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "localhost",
        "localhost.",
        "LOCALHOST",
    ];
    let urls: Vec<String> = hosts.iter().map(|host| format!("http://{host}:{port}/x")).collect();
    let told =
        crawl_urls([urls, vec!["ftp://127.0.0.1/x".into(), "not a url".into()]].concat(), &strict);
    assert_eq!(told.pages.len(), hosts.len() + 2);
    for page in told.pages {
        assert_eq!(page.outcome, Outcome::Unreachable, "{page:?}");
        assert_eq!(page.requests, 0, "{page:?}");
    }
    assert!(server.seen().is_empty());
    assert!(!told.no_network);
}

#[test]
fn nothing_private_is_sent() {
    let other = always(page(&[("Set-Cookie", "a=b")], ARTICLE));
    let target = other.url("/x").replace("http://", "http://user:secret@");
    let first = Server::start(move |seen: &Seen| {
        (seen.target != "/robots.txt")
            .then(|| status(302, &[("Location", &target), ("Set-Cookie", "session=1; Path=/")]))
    });
    let told = crawl_urls(
        vec![first.url("/a").replace("http://", "http://me:secret@"), first.url("/b")],
        &settings(),
    );
    assert!(told.pages.iter().all(|page| page.outcome == Outcome::Ok));
    for seen in first.seen().iter().chain(&other.seen()) {
        for name in ["cookie", "authorization", "referer"] {
            assert!(!seen.headers.contains_key(name), "{seen:?}");
        }
        let agent = &seen.headers["user-agent"];
        assert!(agent.starts_with("mlsearch/"), "{agent}");
    }
}

#[test]
fn certificates_are_verified() {
    let name = "127.0.0.1";
    let authority = Authority::new();
    let identities = [
        Identity { name, until: 2090, by_authority: true },
        Identity { name, until: 2002, by_authority: true },
        Identity { name: "other.example", until: 2090, by_authority: true },
        Identity { name, until: 2090, by_authority: false },
    ];
    let servers: Vec<Server> = identities
        .iter()
        .map(|identity| {
            Server::start_tls(authority.server(identity), |seen: &Seen| {
                (seen.target != "/robots.txt").then(|| page(&[], ARTICLE))
            })
        })
        .collect();
    let settings = with(|policy| policy.ca_bundle = Some(authority.bundle()));
    let told = crawl_urls(servers.iter().map(|s| s.url("/x")).collect(), &settings);
    for (server, (outcome, reason)) in servers.iter().zip([
        (Outcome::Ok, ""),
        (Outcome::Unreachable, "expired"),
        (Outcome::Unreachable, "not valid for"),
        (Outcome::Unreachable, "UnknownIssuer"),
    ]) {
        let page = told.pages.iter().find(|page| page.url == server.url("/x")).unwrap();
        assert_eq!(page.outcome, outcome, "{page:?}");
        let said = page.reason.as_deref().unwrap_or_default();
        assert!(said.contains(reason), "`{said}` without `{reason}`");
    }
}

#[test]
fn an_old_tls_is_refused() {
    // The answer of a server that speaks TLS 1.0 only: a fatal alert, protocol version.
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // Reads what is there, so that closing does not reset the connection.
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(&[0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46]);
        }
    });
    let page = crawl_one(format!("https://{address}/x"), &impatient());
    assert_eq!(page.outcome, Outcome::Unreachable, "{page:?}");
    assert!(page.reason.as_ref().unwrap().starts_with("tls: "), "{page:?}");
}
