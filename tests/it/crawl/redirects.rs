//! Redirects of every kind, and where they end.

use mlsearch::page::Outcome;

use crate::{
    crawl::server::{Act, Seen, Server, raw, status},
    crawl::{ARTICLE, always, crawl_one, crawl_urls, page, settings, with_robots},
};

/// A server whose pages send on by the number of hops in their path.
fn redirecting() -> Server {
    Server::start(|seen: &Seen| {
        let (kind, hops) = seen.target.strip_prefix('/')?.split_once('/')?;
        let next = match hops.parse::<u32>().ok()? {
            0 => return Some(page(&[], ARTICLE)),
            n => format!("/{kind}/{}", n - 1),
        };
        Some(match kind {
            "refresh" => page(&[], format!("<meta http-equiv=refresh content='0; url={next}'>")),
            "circle" => status(302, &[("Location", "/circle/2")]),
            "cookies" => status(302, &[("Location", "/cookies/2"), ("Set-Cookie", "a=b; Path=/")]),
            "header" => page(&[("Refresh", &format!("0; url={next}"))], ARTICLE),
            "nowhere" => status(302, &[("Location", "http://[nowhere")]),
            "file" => status(302, &[("Location", "file:///etc/passwd")]),
            "inside" => status(302, &[("Location", "http://169.254.169.254/latest/")]),
            "endless" => vec![
                Act::Send(format!("HTTP/1.1 302 X\r\nLocation: {next}\r\n\r\n").into()),
                Act::Endless(vec![b'x'; 4096]),
            ],
            "mixed" => status(if next.ends_with('1') { 301 } else { 302 }, &[("Location", &next)]),
            code => status(code.parse().ok()?, &[("Location", &next)]),
        })
    })
}

#[test]
fn redirects_are_followed_to_their_end() {
    let server = redirecting();
    for (path, outcome, last, reason) in [
        ("/301/1", Outcome::Moved, "/301/0", "moved to"),
        ("/308/3", Outcome::Moved, "/308/0", "moved to"),
        ("/302/1", Outcome::Ok, "/302/0", ""),
        ("/303/2", Outcome::Ok, "/303/0", ""),
        ("/307/10", Outcome::Ok, "/307/0", ""),
        ("/300/1", Outcome::Ok, "/300/0", ""),
        ("/mixed/2", Outcome::Ok, "/mixed/0", ""),
        ("/refresh/2", Outcome::Ok, "/refresh/0", ""),
        ("/endless/2", Outcome::Ok, "/endless/0", ""),
        ("/302/60", Outcome::Unreachable, "/302/50", "more than 10 redirects"),
        ("/circle/3", Outcome::Unreachable, "/circle/2", "in a circle"),
        ("/cookies/3", Outcome::Blocked, "/cookies/2", "in a circle without cookies"),
        ("/header/2", Outcome::Ok, "/header/0", ""),
        ("/nowhere/1", Outcome::Unreachable, "/nowhere/1", "no URL"),
    ] {
        let page = crawl_one(server.url(path), &settings());
        assert_eq!(page.outcome, outcome, "{path}: {page:?}");
        assert_eq!(page.final_url, server.url(last), "{path}");
        let said = page.reason.unwrap_or_default();
        assert!(said.contains(reason), "{path}: {said}");
    }
}

#[test]
fn redirects_to_forbidden_places_end_without_a_request() {
    let server = redirecting();
    for path in ["/file/1", "/inside/1"] {
        let told = crawl_urls(vec![server.url(path)], &settings());
        let page = &told.pages[0];
        assert_eq!(page.outcome, Outcome::Unreachable, "{page:?}");
        assert!(page.reason.as_ref().unwrap().contains("forbidden address"), "{page:?}");
        assert!(told.requests.iter().all(|url| url.starts_with(&server.url(""))));
    }
}

#[test]
fn a_redirect_to_another_host_obeys_that_host() {
    let closed = with_robots(page(&[], "User-agent: mlsearch\nDisallow: /"));
    let target = closed.url("/x");
    let first = always(status(302, &[("Location", &target)]));
    let page = crawl_one(first.url("/x"), &settings());
    assert_eq!(page.outcome, Outcome::Disallowed, "{page:?}");
    assert_eq!(closed.targets(), ["/robots.txt"]);
}

#[test]
fn reasons_hold_no_control_characters() {
    let mut script =
        b"HTTP/1.1 302 X\r\nContent-Length: 0\r\nLocation: http://[\xe2\x80\xae".to_vec();
    script.extend(b"evil\r\n\r\n");
    let server = always(raw(script));
    let page = crawl_one(server.url("/x"), &settings());
    let reason = page.reason.unwrap();
    assert!(reason.contains("evil"), "{reason}");
    assert!(!reason.chars().any(|c| c.is_control() || c == '\u{202e}'), "{reason:?}");
}
