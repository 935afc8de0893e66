//! What comes of an answer: status, codings, limits, broken HTTP and types.

use std::{collections::HashMap, time::Duration};

use mlsearch::{
    crawl::Visit,
    page::{Outcome, Validators},
};

use crate::{
    crawl::server::{Act, Seen, Server, raw, status},
    crawl::{
        ARTICLE, always, check, crawl_one, crawl_urls, crawl_visits, gzip, impatient, page,
        settings, visit, with,
    },
};

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
    let pdf = b"%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\n".to_vec();
    let unsupported = Outcome::UnsupportedType;
    let cases = vec![
        ("cut", coded("gzip", cut), Outcome::Unreachable, "damaged gzip"),
        ("wrong sum", coded("gzip", wrong_sum), Outcome::Unreachable, "damaged gzip"),
        ("noise", coded("br", vec![0xff; 400]), Outcome::Unreachable, "damaged br"),
        ("unknown", coded("sdch", vec![0xff; 400]), unsupported, "unknown content coding `sdch`"),
        ("unknown over a PDF", coded("x-own", pdf), unsupported, "unknown content coding `x-own`"),
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
    check(&with(|policy| policy.total_timeout = Duration::from_millis(800)), cases);
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
    ];
    check(&impatient(), cases);
    let drip =
        vec![Act::Send(head.to_vec()), Act::Drip(vec![b'x'; 500], Duration::from_millis(10))];
    let cases = vec![("a byte now and then", drip, Outcome::Unreachable, "not complete")];
    check(&with(|policy| policy.total_timeout = Duration::from_millis(800)), cases);
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

/// Forms of a header that browsers read all the same.
#[test]
fn odd_headers_are_read_as_browsers_read_them() {
    let cases = [
        ("a blank before the colon", "HTTP/1.1 200 OK\r\nContent-Type : text/html\r\n"),
        ("a tab before the colon", "HTTP/1.1 200 OK\r\nContent-Type\t: text/html\r\n"),
        ("a folded line", "HTTP/1.1 200 OK\r\nContent-Type: text/html;\r\n charset=utf-8\r\n"),
        ("a line folded by a tab", "HTTP/1.1 200 OK\r\nX-A: b\r\n\tc\r\n"),
        ("a folded first line", "HTTP/1.1 200 OK\r\n X-A: b\r\nX-B: c\r\n"),
        ("no colon", "HTTP/1.1 200 OK\r\nwarning\r\nContent-Type: text/html\r\n"),
        ("no colon at the end", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nwarning\r\n"),
        ("a sentence", "HTTP/1.1 200 OK\r\nNotice: x\r\n<b>Warning</b>: it is late\r\n"),
        ("no name", "HTTP/1.1 200 OK\r\n: b\r\nX-B: c\r\n"),
        ("a blank in a name", "HTTP/1.1 200 OK\r\nX A: b\r\n"),
        ("brackets in a name", "HTTP/1.1 200 OK\r\nX(A): b\r\n"),
        ("letters with accents in a name", "HTTP/1.1 200 OK\r\nX-\u{e9}: b\r\n"),
        ("letters with accents in a value", "HTTP/1.1 200 OK\r\nX-A: \u{e9}\r\n"),
        ("a control character in a value", "HTTP/1.1 200 OK\r\nX-A: b\u{1}c\r\n"),
        ("a status twice", "HTTP/1.1 200 OK\r\nHTTP/1.1 200 OK\r\n"),
        ("line feeds alone", "HTTP/1.1 200 OK\nContent-Type: text/html\n"),
        ("no reason", "HTTP/1.1 200\r\n"),
        ("an empty reason", "HTTP/1.1 200 \r\n"),
        ("a reason with accents", "HTTP/1.1 200 tr\u{e8}s bien\r\n"),
        ("HTTP/1.0", "HTTP/1.0 200 OK\r\n"),
        ("a blank line first", "\r\nHTTP/1.1 200 OK\r\n"),
        ("an empty value", "HTTP/1.1 200 OK\r\nContent-Type:\r\n"),
        ("no blank after the colon", "HTTP/1.1 200 OK\r\nContent-Type:text/html\r\n"),
        ("one length twice", "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\nContent-Length: 2000\r\n"),
        ("one length twice in a line", "HTTP/1.1 200 OK\r\nContent-Length: 2000, 2000\r\n"),
    ];
    let body = format!("{ARTICLE}{}", " ".repeat(2000 - ARTICLE.len()));
    let cases = cases.map(|(name, head)| {
        let end = if head.ends_with("\r\n") { "\r\n" } else { "\n" };
        (name, raw(format!("{head}{end}{body}")), Outcome::Ok, "")
    });
    check(&settings(), cases.into());
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

#[test]
fn an_unchanged_page_behind_permanent_redirects_has_moved() {
    let target = Server::start(|seen: &Seen| {
        seen.headers.get("if-none-match").map(|_| status(304, &[("ETag", "\"1\"")]))
    });
    let to = target.url("/x");
    let old = Server::start(move |seen: &Seen| {
        let code = seen.target.strip_prefix('/')?.parse().ok()?;
        Some(status(code, &[("Location", &to)]))
    });
    let validators = Validators { etag: Some("\"1\"".into()), last_modified: None };
    for (path, outcome) in [("/301", Outcome::Moved), ("/302", Outcome::Unchanged)] {
        let visit = Visit { validators: validators.clone(), ..visit(old.url(path)) };
        let told = crawl_visits(vec![visit], &settings(), HashMap::new());
        let page = &told.pages[0];
        assert_eq!((page.outcome, page.status), (outcome, Some(304)), "{page:?}");
        assert_eq!(page.final_url, target.url("/x"));
    }
}
