//! Permission by robots.txt.

use std::{collections::HashMap, time::Duration};

use jiff::SignedDuration;
use mlsearch::{crawl::RobotsCopy, page::Outcome};

use crate::{
    crawl::server::{Act, Script, Seen, Server, answer, raw, status},
    crawl::{
        ARTICLE, clock, crawl_urls, crawl_visits, gzip, impatient, page, settings, visit,
        with_robots,
    },
};

#[test]
fn robots_txt_is_asked_first_and_obeyed() {
    let text = "User-agent: *\nDisallow: /private\n";
    let server = with_robots(answer(200, &[("Content-Type", "text/plain")], text.as_bytes()));
    let told = crawl_urls(vec![server.url("/private/x"), server.url("/open")], &settings());
    let outcomes: Vec<_> = told.pages.iter().map(|page| page.outcome).collect();
    assert_eq!(outcomes, [Outcome::Disallowed, Outcome::Ok]);
    assert_eq!(server.targets(), ["/robots.txt", "/open"]);
    let copy = &told.robots[&server.url("")];
    assert_eq!((copy.status, &*copy.body), (Some(200), text.as_bytes()));
}

#[test]
fn a_stored_robots_txt_serves_for_a_day() {
    let server = with_robots(status(500, &[]));
    let copy = |age_hours: i64| RobotsCopy {
        fetched_at: clock() - SignedDuration::from_hours(age_hours),
        status: Some(200),
        body: b"User-agent: *\nDisallow: /private\n".to_vec(),
    };
    let visits = || vec![visit(server.url("/private")), visit(server.url("/open"))];
    let fresh = HashMap::from([(server.url(""), copy(23))]);
    let told = crawl_visits(visits(), &settings(), fresh);
    assert_eq!(told.pages[0].outcome, Outcome::Disallowed);
    assert_eq!(server.targets(), ["/open"]);
    // An old copy is asked for anew, and serves once more when there is no better answer.
    let stale = HashMap::from([(server.url(""), copy(25))]);
    let told = crawl_visits(visits(), &settings(), stale);
    assert_eq!(told.pages[0].outcome, Outcome::Disallowed);
    assert_eq!(server.targets()[1..], ["/robots.txt", "/robots.txt", "/open"]);
}

#[test]
fn a_robots_txt_that_cannot_be_had_decides_by_its_failure() {
    let deny = b"\xef\xbb\xbfUser-agent: *\nDisallow: /";
    let over = [b"User-agent: *\nDisallow: /\n#".as_slice(), &vec![b'x'; 600 << 10]].concat();
    let endless = vec![
        Act::Send(b"HTTP/1.1 200 X\r\n\r\nUser-agent: *\nAllow: /\n#".to_vec()),
        Act::Endless(vec![b'x'; 4096]),
    ];
    let long = "HTTP/1.1 200 X\r\nContent-Length: 3000000000\r\n\r\nUser-agent: *\nDisallow: /q\n#";
    let long = vec![Act::Send(long.into()), Act::Endless(vec![b'x'; 4096])];
    let bomb = [b"User-agent: *\nDisallow: /q\n#".as_slice(), &vec![b'x'; 8 << 20]].concat();
    let damaged = gzip(deny)[..20].to_vec();
    let drip = vec![
        Act::Send(b"HTTP/1.1 200 X\r\n\r\nUser-agent: *\nAllow: /\n".to_vec()),
        Act::Drip(vec![b'#'; 900], Duration::from_millis(5)),
    ];
    let cases = [
        (status(404, &[]), Outcome::Ok),
        (status(403, &[]), Outcome::Ok),
        (status(401, &[]), Outcome::Ok),
        (page(&[], ARTICLE), Outcome::Ok),
        (status(204, &[]), Outcome::Ok),
        (status(429, &[]), Outcome::Disallowed),
        (status(500, &[]), Outcome::Disallowed),
        (status(503, &[("Retry-After", "7200")]), Outcome::Disallowed),
        (vec![Act::Stall], Outcome::Disallowed),
        (drip, Outcome::Disallowed),
        (vec![Act::Close], Outcome::Disallowed),
        (page(&[], deny), Outcome::Disallowed),
        (page(&[("Content-Encoding", "gzip")], gzip(deny)), Outcome::Disallowed),
        (page(&[], over), Outcome::Disallowed),
        (endless, Outcome::Disallowed),
        (long, Outcome::Ok),
        (page(&[("Content-Encoding", "gzip")], gzip(&bomb)), Outcome::Ok),
        (page(&[("Content-Encoding", "gzip")], damaged), Outcome::Disallowed),
        (raw("HTTP/1.1 200 X\r\nContent-Length: 900\r\n\r\nUser-agent: *"), Outcome::Disallowed),
        (raw("no HTTP at all"), Outcome::Disallowed),
        (status(301, &[]), Outcome::Ok),
        (status(302, &[("Location", "/robots.txt")]), Outcome::Disallowed),
    ];
    let (scripts, outcomes): (Vec<Script>, Vec<Outcome>) = cases.into_iter().unzip();
    let servers: Vec<Server> = scripts.into_iter().map(with_robots).collect();
    let told = crawl_urls(servers.iter().map(|s| s.url("/x")).collect(), &impatient());
    for (at, (server, outcome)) in servers.iter().zip(outcomes).enumerate() {
        let page = told.pages.iter().find(|page| page.url == server.url("/x")).unwrap();
        assert_eq!(page.outcome, outcome, "case {at}: {page:?}");
        let asked = server.targets().contains(&"/x".to_owned());
        assert_eq!(asked, outcome == Outcome::Ok, "case {at}");
    }
}

#[test]
fn robots_txt_is_followed_over_five_hops_and_hosts() {
    let second = Server::start(|seen: &Seen| {
        Some(match seen.target.as_str() {
            "/3" => status(301, &[("Location", "/4")]),
            "/4" => status(307, &[("Location", "/5")]),
            "/5" => page(&[], "User-agent: *\nDisallow: /private"),
            _ => page(&[], ARTICLE),
        })
    });
    let third = second.url("/3");
    let first = Server::start(move |seen: &Seen| {
        Some(match seen.target.as_str() {
            "/robots.txt" => status(301, &[("Location", "/1")]),
            "/1" => status(302, &[("Location", "/2")]),
            "/2" => status(308, &[("Location", &third)]),
            _ => page(&[], ARTICLE),
        })
    });
    let told = crawl_urls(vec![first.url("/private"), first.url("/open")], &settings());
    assert_eq!(told.pages[0].outcome, Outcome::Disallowed);
    assert_eq!(told.pages[1].outcome, Outcome::Ok);
}
