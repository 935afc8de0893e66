//! The crawler against servers that misbehave in every way we know.

mod server;

use std::{
    collections::HashMap,
    io::Write,
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};
use jiff::{SignedDuration, Timestamp};
use mlsearch::{
    crawl::{self, Event, RobotsCopy, Settings, Stop, Visit},
    page::{Outcome, Page, Validators},
};

use crate::crawl::server::{Act, Script, Seen, Server, answer, raw, status};

const ARTICLE: &str = "<!doctype html><title>On drift</title><p>Features drift, models follow.";

/// A moment that never passes.
fn clock() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

/// Settings for servers that need no mercy.
fn settings() -> Settings {
    Settings {
        delay: Duration::ZERO,
        back_off: Duration::from_millis(2),
        allow_net: vec!["127.0.0.0/8".parse().unwrap()],
        connect_timeout: Duration::from_secs(5),
        idle_timeout: Duration::from_secs(5),
        total_timeout: Duration::from_secs(20),
        max_body_bytes: 200_000,
        archive: false,
        ..Settings::new(clock)
    }
}

/// Settings for servers that do not answer.
fn impatient() -> Settings {
    Settings {
        connect_timeout: Duration::from_millis(100),
        idle_timeout: Duration::from_millis(100),
        total_timeout: Duration::from_millis(400),
        ..settings()
    }
}

fn visit(url: String) -> Visit {
    Visit { url, validators: Validators::default(), date_listed: None }
}

/// Everything that a crawl tells.
#[derive(Default)]
struct Told {
    pages: Vec<Page>,
    robots: HashMap<String, RobotsCopy>,
    requests: Vec<String>,
    no_network: bool,
}

fn crawl_visits(
    visits: Vec<Visit>,
    settings: &Settings,
    robots: HashMap<String, RobotsCopy>,
) -> Told {
    let mut told = Told::default();
    crawl::crawl(visits, settings, robots, &Stop::default(), &mut |event| match event {
        Event::Page(page) => told.pages.push(*page),
        Event::Robots { origin, copy } => drop(told.robots.insert(origin, copy)),
        Event::Request { url } => told.requests.push(url),
        Event::NoNetwork => told.no_network = true,
    })
    .unwrap();
    told
}

fn crawl_urls(urls: Vec<String>, settings: &Settings) -> Told {
    crawl_visits(urls.into_iter().map(visit).collect(), settings, HashMap::new())
}

fn crawl_one(url: String, settings: &Settings) -> Page {
    crawl_urls(vec![url], settings).pages.pop().unwrap()
}

/// A server that plays one script for every page and has no robots.txt.
fn always(script: Script) -> Server {
    Server::start(move |seen: &Seen| (seen.target != "/robots.txt").then(|| script.clone()))
}

/// Visits one page on a server of its own for each case, all at once, and compares outcome and
/// reason.
#[track_caller]
fn check(settings: &Settings, cases: Vec<(&str, Script, Outcome, &str)>) {
    let servers: Vec<Server> = cases.iter().map(|(_, script, ..)| always(script.clone())).collect();
    let told = crawl_urls(servers.iter().map(|server| server.url("/page")).collect(), settings);
    assert_eq!(told.pages.len(), cases.len());
    for ((name, _, outcome, fragment), server) in cases.iter().zip(&servers) {
        let page = told.pages.iter().find(|page| page.url == server.url("/page")).unwrap();
        assert_eq!(page.outcome, *outcome, "{name}: {page:?}");
        let reason = page.reason.as_deref().unwrap_or_default();
        assert!(reason.contains(fragment), "{name}: `{reason}` without `{fragment}`");
        assert_eq!(page.body.is_empty(), !outcome.is_good(), "{name}");
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn page(headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Script {
    answer(200, headers, body.as_ref())
}

#[test]
fn statuses_become_outcomes() {
    let cases = vec![
        ("200", page(&[], ARTICLE), Outcome::Ok, ""),
        ("204", status(204, &[]), Outcome::Empty, "no content"),
        ("empty", page(&[], ""), Outcome::Empty, "no body"),
        ("206", status(206, &[]), Outcome::Unreachable, "partial"),
        ("300", status(300, &[]), Outcome::Unreachable, "without a target"),
        ("302", status(302, &[]), Outcome::Unreachable, "without a target"),
        ("304", status(304, &[]), Outcome::Unreachable, "nothing was asked"),
        ("400", status(400, &[]), Outcome::Blocked, "400"),
        ("401", status(401, &[]), Outcome::Blocked, "401"),
        ("402", status(402, &[]), Outcome::Blocked, "402"),
        ("403", status(403, &[]), Outcome::Blocked, "403"),
        ("404", status(404, &[]), Outcome::Gone, "404"),
        ("410", status(410, &[]), Outcome::Gone, "410"),
        ("418", status(418, &[]), Outcome::Blocked, "418"),
        ("429", status(429, &[]), Outcome::Blocked, "3 times"),
        ("451", status(451, &[]), Outcome::Blocked, "451"),
        ("500", status(500, &[]), Outcome::Unreachable, "3 times"),
        ("501", status(501, &[]), Outcome::Unreachable, "501"),
        ("503", status(503, &[]), Outcome::Unreachable, "3 times"),
        ("522", status(522, &[]), Outcome::Unreachable, "522"),
        ("999", status(999, &[]), Outcome::Blocked, "999"),
        ("wall", status(403, &[("cf-mitigated", "challenge")]), Outcome::Blocked, "Cloudflare"),
        ("wall 503", status(503, &[("cf-mitigated", "challenge")]), Outcome::Blocked, "challenge"),
        ("noindex", page(&[("X-Robots-Tag", "noindex")], ARTICLE), Outcome::Disallowed, "noindex"),
    ];
    check(&settings(), cases);
}

#[test]
fn codings_are_removed_and_lies_seen_through() {
    let text = ARTICLE.as_bytes();
    let scripts = vec![
        page(&[("Content-Encoding", "gzip")], gzip(text)),
        page(&[("Content-Encoding", "x-gzip")], gzip(text)),
        page(&[("Content-Encoding", "gzip, gzip")], gzip(&gzip(text))),
        page(&[("Content-Encoding", "gzip"), ("Content-Encoding", "gzip")], gzip(&gzip(text))),
        page(&[("Content-Encoding", "gzip")], text),
        page(&[("Content-Encoding", "br")], text),
        page(&[("Content-Encoding", "zstd")], zstd::encode_all(text, 3).unwrap()),
        page(&[], gzip(text)),
        page(&[("Content-Encoding", "gzip")], gzip(&gzip(text))),
    ];
    let servers: Vec<Server> = scripts.into_iter().map(always).collect();
    let told = crawl_urls(servers.iter().map(|s| s.url("/page")).collect(), &settings());
    for page in told.pages {
        assert_eq!(page.outcome, Outcome::Ok, "{page:?}");
        assert_eq!(String::from_utf8_lossy(&page.body), ARTICLE);
    }
}

#[test]
fn damaged_codings_and_bombs_have_their_reason() {
    let mut cut = gzip(ARTICLE.as_bytes());
    cut.truncate(40);
    let mut wrong_sum = gzip(ARTICLE.as_bytes());
    let at = wrong_sum.len() - 6;
    wrong_sum[at] ^= 0xff;
    let zeros = vec![0; 8 << 20];
    let coded = |name, body: Vec<u8>| page(&[("Content-Encoding", name)], body);
    let cases = vec![
        ("cut", coded("gzip", cut), Outcome::Unreachable, "damaged gzip"),
        ("wrong sum", coded("gzip", wrong_sum), Outcome::Unreachable, "damaged gzip"),
        ("noise", coded("br", vec![0xff; 400]), Outcome::Unreachable, "damaged br"),
        ("unknown", coded("sdch", vec![0xff; 400]), Outcome::Unreachable, "unknown content coding"),
        ("four names", coded("gzip,gzip,gzip,gzip", gzip(b"x")), Outcome::Unreachable, "codings"),
        ("gzip bomb", coded("gzip", gzip(&zeros)), Outcome::TooLarge, "decoded"),
        ("nested bomb", coded("gzip", gzip(&gzip(&zeros))), Outcome::TooLarge, "decoded"),
        ("zstd bomb", coded("zstd", zstd::encode_all(&*zeros, 3).unwrap()), Outcome::TooLarge, ""),
    ];
    check(&settings(), cases);
}

#[test]
fn limits_of_size_hold() {
    let endless_chunks = vec![
        Act::Send(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec()),
        Act::Endless(b"400\r\n".iter().copied().chain([b'x'; 0x400]).chain(*b"\r\n").collect()),
    ];
    let endless_header = vec![
        Act::Send(b"HTTP/1.1 200 X\r\n".to_vec()),
        Act::Endless(b"X-More: and more and more and more\r\n".to_vec()),
    ];
    let endless_value =
        vec![Act::Send(b"HTTP/1.1 200 X\r\nX: ".to_vec()), Act::Endless(vec![b'x'; 4096])];
    let endless_hints = vec![Act::Endless(b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec())];
    let huge = raw("HTTP/1.1 200 X\r\nContent-Length: 3000000000\r\n\r\nx");
    let cases = vec![
        ("3 GB", huge, Outcome::TooLarge, "over 200000 bytes"),
        ("large", page(&[], vec![b'x'; 200_001]), Outcome::TooLarge, "over 200000 bytes"),
        ("just right", page(&[], vec![b'x'; 200_000]), Outcome::Ok, ""),
        ("endless chunks", endless_chunks, Outcome::TooLarge, "over 200000 bytes"),
        ("endless header", endless_header, Outcome::Unreachable, "not an HTTP answer"),
        ("endless value", endless_value, Outcome::Unreachable, "not an HTTP answer"),
        ("endless hints", endless_hints, Outcome::Unreachable, ""),
    ];
    check(&Settings { total_timeout: Duration::from_millis(800), ..settings() }, cases);
}

#[test]
fn limits_of_time_hold() {
    let head = b"HTTP/1.1 200 X\r\nContent-Length: 500\r\n\r\n";
    let cases = vec![
        ("silence", vec![Act::Stall], Outcome::Unreachable, "no answer"),
        (
            "silence in the header",
            vec![Act::Send(head[..20].to_vec()), Act::Stall],
            Outcome::Unreachable,
            "no answer",
        ),
        (
            "silence in the body",
            vec![Act::Send(head.to_vec()), Act::Stall],
            Outcome::Unreachable,
            "stood still",
        ),
        (
            "a byte now and then",
            vec![Act::Send(head.to_vec()), Act::Drip(vec![b'x'; 500], Duration::from_millis(10))],
            Outcome::Unreachable,
            "not complete",
        ),
    ];
    check(&impatient(), cases);
}

#[test]
fn slow_but_honest_pages_are_taken() {
    let head = format!("HTTP/1.1 200 X\r\nContent-Length: {}\r\n\r\n", ARTICLE.len());
    let drip = vec![Act::Send(head.into()), Act::Drip(ARTICLE.into(), Duration::from_millis(1))];
    check(&settings(), vec![("slow", drip, Outcome::Ok, "")]);
}

#[test]
fn broken_http_has_its_reason() {
    let chunked = "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n";
    let length = "HTTP/1.1 200 X\r\nContent-Length: 500\r\n\r\n";
    let ok = "HTTP/1.1 200 X\r\nContent-Type: text/html\r\n";
    let hints = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".repeat(5);
    let both = format!("{ok}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n");
    let chunk = format!("{:x}\r\n{ARTICLE}\r\n0\r\n\r\n", ARTICLE.len());
    let cases = vec![
        ("short body", raw(format!("{length}{ARTICLE}")), Outcome::Unreachable, "broke off"),
        ("bad chunk", raw(format!("{chunked}zz\r\n{ARTICLE}")), Outcome::Unreachable, "broke off"),
        ("cut chunk", raw(format!("{chunked}500\r\n{ARTICLE}")), Outcome::Unreachable, "broke off"),
        ("no last chunk", raw(format!("{chunked}2\r\nab\r\n")), Outcome::Unreachable, "broke off"),
        ("HTTP/0.9", raw(ARTICLE), Outcome::Unreachable, "not an HTTP answer"),
        ("noise", raw(vec![0xfe; 90]), Outcome::Unreachable, "not an HTTP answer"),
        ("nothing", vec![Act::Close], Outcome::Unreachable, "not an HTTP answer"),
        (
            "two lengths",
            raw(format!("{ok}Content-Length: 5\r\nContent-Length: 9\r\n\r\nabcdefghi")),
            Outcome::Unreachable,
            "not an HTTP answer",
        ),
        ("length and chunks", raw(format!("{both}{chunk}")), Outcome::Ok, ""),
        ("early hints", raw(format!("{hints}{ok}\r\n{ARTICLE}")), Outcome::Ok, ""),
        ("till the end", raw(format!("{ok}\r\n{ARTICLE}")), Outcome::Ok, ""),
    ];
    check(&settings(), cases);
}

#[test]
fn a_reset_is_unreachable_and_ends_there() {
    let server = always(page(&[], ARTICLE));
    let told = crawl_urls(vec![server.url("/reset"), server.url("/fine")], &settings());
    let reset = told.pages.iter().find(|page| page.url.ends_with("/reset")).unwrap();
    assert_eq!(reset.outcome, Outcome::Unreachable, "{reset:?}");
    let fine = told.pages.iter().find(|page| page.url.ends_with("/fine")).unwrap();
    assert_eq!(fine.outcome, Outcome::Ok, "{fine:?}");
}

#[test]
fn connections_that_close_silently_are_opened_again() {
    let script = vec![page(&[], ARTICLE).remove(0), Act::Close];
    let server = Server::start(move |_| Some(script.clone()));
    let urls = (0..6).map(|n| server.url(&format!("/{n}"))).collect();
    for page in crawl_urls(urls, &settings()).pages {
        assert_eq!(page.outcome, Outcome::Ok, "{page:?}");
    }
}

#[test]
fn what_is_no_text_is_named() {
    let cases = vec![
        ("png", page(&[], b"\x89PNG\r\n\x1a\n0123"), Outcome::UnsupportedType, "image"),
        ("zip", page(&[], b"PK\x03\x040123"), Outcome::UnsupportedType, "archive"),
        (
            "json",
            page(&[("Content-Type", "application/json")], "{}"),
            Outcome::UnsupportedType,
            "data",
        ),
        (
            "zeros",
            page(&[], [1u8, 2, 0, 0, 5, 6, 1, 1].repeat(9)),
            Outcome::UnsupportedType,
            "binary",
        ),
        (
            "long mp4",
            page(&[("Content-Type", "video/mp4")], vec![7; 100_000]),
            Outcome::UnsupportedType,
            "video",
        ),
        ("pdf", page(&[], "%PDF-1.7\n1 0 obj"), Outcome::Ok, ""),
        ("html as png", page(&[("Content-Type", "image/png")], ARTICLE), Outcome::Ok, ""),
        ("plain", page(&[("Content-Type", "text/plain")], "Some words."), Outcome::Ok, ""),
        ("no type", raw(format!("HTTP/1.1 200 X\r\n\r\n{ARTICLE}")), Outcome::Ok, ""),
    ];
    check(&settings(), cases);
}

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
fn addresses_that_are_not_public_get_no_request() {
    let server = always(page(&[], ARTICLE));
    let strict = Settings { allow_net: Vec::new(), ..settings() };
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
fn validators_bring_unchanged_and_are_kept() {
    let server = Server::start(|seen: &Seen| match seen.target.as_str() {
        "/robots.txt" => None,
        _ if seen.headers.get("if-none-match").is_some_and(|tag| tag == "W/\"1\"") => {
            Some(status(304, &[("ETag", "W/\"1\"")]))
        }
        _ if seen.headers.contains_key("if-modified-since") => Some(status(304, &[])),
        _ => Some(page(
            &[("ETag", "W/\"1\""), ("Last-Modified", "Tue, 01 Mar 2022 10:00:00 GMT")],
            ARTICLE,
        )),
    });
    let first = crawl_one(server.url("/x"), &settings());
    assert_eq!(first.outcome, Outcome::Ok);
    let validators = first.validators();
    assert_eq!(validators.etag.as_deref(), Some("W/\"1\""));
    let dated = Validators { etag: None, ..validators.clone() };
    for validators in [validators, dated] {
        let visit = Visit { validators, ..visit(server.url("/x")) };
        let told = crawl_visits(vec![visit], &settings(), HashMap::new());
        assert_eq!(told.pages[0].outcome, Outcome::Unchanged, "{:?}", told.pages[0]);
    }
}

/// A server with this robots.txt and an article at every other path.
fn with_robots(robots: Script) -> Server {
    Server::start(move |seen: &Seen| {
        Some(if seen.target == "/robots.txt" { robots.clone() } else { page(&[], ARTICLE) })
    })
}

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
        Act::Send(b"HTTP/1.1 200 X\r\n\r\nUser-agent: *\nDisallow: /\n#".to_vec()),
        Act::Endless(vec![b'x'; 4096]),
    ];
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

#[test]
fn a_redirect_to_another_host_obeys_that_host() {
    let closed = with_robots(page(&[], "User-agent: mlsearch\nDisallow: /"));
    let target = closed.url("/x");
    let first = always(status(302, &[("Location", &target)]));
    let page = crawl_one(first.url("/x"), &settings());
    assert_eq!(page.outcome, Outcome::Disallowed, "{page:?}");
    assert_eq!(closed.targets(), ["/robots.txt"]);
}

/// The smallest time between two requests, as the server saw them.
fn smallest_gap(server: &Server) -> Duration {
    let times: Vec<Instant> = server.seen().iter().map(|seen| seen.at).collect();
    times.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap()
}

#[test]
fn the_delay_holds_for_every_kind_of_request() {
    let delay = Duration::from_millis(40);
    let least = delay.mul_f64(0.97) - Duration::from_millis(20);
    let server = Server::start(|seen: &Seen| match seen.target.as_str() {
        "/robots.txt" => Some(status(301, &[("Location", "/rules")])),
        "/moved" => Some(status(301, &[("Location", "/0")])),
        "/broken" => Some(status(500, &[])),
        "/slow" => {
            let Act::Send(bytes) = page(&[], ARTICLE).remove(0) else { unreachable!() };
            Some(vec![Act::Drip(bytes, Duration::from_micros(300))])
        }
        _ => Some(page(&[], ARTICLE)),
    });
    // Another host sends to the first one, which must not see more of us for it.
    let target = server.url("/from-elsewhere");
    let other = always(status(302, &[("Location", &target)]));
    let mut urls: Vec<String> = (0..4).map(|n| server.url(&format!("/{n}"))).collect();
    urls.extend([server.url("/moved"), server.url("/broken"), server.url("/slow")]);
    urls.extend((0..3).map(|n| other.url(&format!("/{n}"))));
    crawl_urls(urls, &Settings { delay, ..settings() });
    assert!(smallest_gap(&server) >= least, "{:?}", smallest_gap(&server));
    assert!(server.seen().iter().all(|seen| seen.at_once == 1));
    assert_eq!(server.targets()[..2], ["/robots.txt", "/rules"]);
}

#[test]
fn crawl_delay_and_delays_of_single_hosts_count() {
    let asked = Duration::from_millis(150);
    let least = asked.mul_f64(0.97) - Duration::from_millis(20);
    let slow = with_robots(page(&[], "User-agent: *\nCrawl-delay: 0.15"));
    let named = always(page(&[], ARTICLE));
    let host = named.url("").trim_start_matches("http://").to_owned();
    let settings = Settings { host_delays: HashMap::from([(host, asked)]), ..settings() };
    let urls = [&slow, &named].iter().flat_map(|s| [s.url("/a"), s.url("/b")]).collect();
    crawl_urls(urls, &settings);
    assert!(smallest_gap(&slow) >= least, "{:?}", smallest_gap(&slow));
    assert!(smallest_gap(&named) >= least, "{:?}", smallest_gap(&named));
}

#[test]
fn hosts_are_visited_side_by_side() {
    // Each server answers only when the other one has been asked too.
    let barrier = std::sync::Arc::new(std::sync::Barrier::new(2));
    let servers: Vec<Server> = (0..2)
        .map(|_| {
            let barrier = std::sync::Arc::clone(&barrier);
            Server::start(move |_| {
                barrier.wait();
                Some(page(&[], ARTICLE))
            })
        })
        .collect();
    let told = crawl_urls(servers.iter().map(|s| s.url("/x")).collect(), &settings());
    assert!(told.pages.iter().all(|page| page.outcome == Outcome::Ok));
}

/// A server that answers with a status the first times, then with an article.
fn recovering(times: usize, code: u16, headers: &'static [(&str, &str)]) -> Server {
    let left = std::sync::Mutex::new(times);
    Server::start(move |seen: &Seen| {
        if seen.target == "/robots.txt" {
            return None;
        }
        let mut left = left.lock().unwrap();
        if *left == 0 {
            return Some(page(&[], ARTICLE));
        }
        *left -= 1;
        Some(status(code, headers))
    })
}

#[test]
fn a_server_that_recovers_is_asked_again() {
    for code in [408, 425, 429, 500, 502, 503, 504] {
        let server = recovering(2, code, &[]);
        let page = crawl_one(server.url("/x"), &settings());
        assert_eq!(page.outcome, Outcome::Ok, "{code}: {page:?}");
        assert_eq!(page.requests, 4);
    }
}

#[test]
fn retry_after_is_waited_for_or_puts_the_page_off() {
    let server = recovering(1, 503, &[("Retry-After", "1")]);
    assert_eq!(crawl_one(server.url("/x"), &settings()).outcome, Outcome::Ok);
    let times: Vec<Instant> = server.seen().iter().map(|seen| seen.at).collect();
    assert!(times[2] - times[1] >= Duration::from_millis(980));

    for (code, value, outcome) in [
        (503, "3600", Outcome::Unreachable),
        (429, "99999999999999999999", Outcome::Blocked),
        (429, "Wed, 15 Nov 2023 22:13:20 GMT", Outcome::Blocked),
    ] {
        let server = always(status(code, &[("Retry-After", value)]));
        let page = crawl_one(server.url("/x"), &settings());
        assert_eq!(page.outcome, outcome, "{value}: {page:?}");
        assert!(page.reason.as_ref().unwrap().contains("come back in"), "{page:?}");
        assert_eq!(server.targets(), ["/robots.txt", "/x"], "{value}");
    }
}

#[test]
fn five_failures_in_a_row_drop_the_host() {
    let server = Server::start(|seen: &Seen| match seen.target.as_str() {
        "/robots.txt" | "/gone" => None,
        _ => Some(status(500, &[])),
    });
    let urls = (0..12).map(|n| server.url(&format!("/{n}"))).collect();
    let told = crawl_urls(urls, &settings());
    assert_eq!(told.pages.len(), 12);
    assert!(told.pages.iter().all(|page| page.outcome == Outcome::Unreachable));
    let dropped =
        told.pages.iter().filter(|page| page.reason.as_ref().unwrap().contains("left alone"));
    assert!(dropped.count() >= 5, "{:?}", told.pages);
    let asked = server.seen().len();
    assert!(asked <= 1 + 12 * 3 - 5, "{asked} requests");
}

#[test]
fn no_network_is_recognised_and_ends_the_crawl() {
    // A proxy that nobody runs stands for the network that is not there.
    let proxy = Some("http://127.0.0.1:1".to_owned());
    let settings = Settings { proxy, ..settings() };
    let urls: Vec<String> = (0..40).map(|n| format!("https://host-{n}.example/x")).collect();
    let told = crawl_urls(urls, &settings);
    assert!(told.no_network);
    assert_eq!(told.pages.len(), 40);
    for page in told.pages {
        assert_eq!((page.outcome, page.requests), (Outcome::Unreachable, 0), "{page:?}");
    }
}

#[test]
fn a_few_dead_hosts_are_no_proof_that_there_is_no_network() {
    let alive = always(page(&[], ARTICLE));
    let mut urls: Vec<String> =
        (0..6).map(|n| format!("http://no-such-host-{n}.invalid/x")).collect();
    urls.push(alive.url("/x"));
    let told = crawl_urls(urls, &settings());
    assert!(!told.no_network);
    assert!(told.pages.iter().any(|page| page.outcome == Outcome::Ok));
}

#[test]
fn stopping_leaves_the_rest_unvisited() {
    let server = always(page(&[], ARTICLE));
    let stop = Stop::default();
    let mut pages = 0;
    let visits = (0..500).map(|n| visit(server.url(&format!("/{n}")))).collect();
    crawl::crawl(visits, &settings(), HashMap::new(), &stop, &mut |event| {
        if let Event::Page(_) = event {
            pages += 1;
            stop.stop();
        }
    })
    .unwrap();
    assert_eq!(pages, 1);
    assert!(server.seen().len() < 500);
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
