//! Below the answer: HTTP/2, Brotli, floods, resets, and hosts that never get better.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use mlsearch::{crawl_policy::Policy, page::Outcome};
use rustls::{ServerConnection, StreamOwned};

use crate::{
    crawl::server::{Act, Script, Seen, Server, raw, status},
    crawl::tls::{Authority, Identity},
    crawl::{ARTICLE, always, check, crawl_one, crawl_urls, page, settings, with},
};

/// What a server that speaks HTTP/2 does with every request but the first, which is for robots.txt.
#[derive(Clone, Copy)]
enum Stream {
    Article,
    Reset,
    GoAway,
    EndlessHeader,
    EndlessData,
}

/// Types of frames (RFC 9113, section 6).
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const GO_AWAY: u8 = 7;
const CONTINUATION: u8 = 9;

/// A frame (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// Speaks HTTP/2 over a connection.
fn speak(mut wire: impl Read + Write, what: Stream, asked: &AtomicUsize) -> std::io::Result<()> {
    let mut preface = [0; 24];
    wire.read_exact(&mut preface)?;
    wire.write_all(&frame(SETTINGS, 0, 0, &[]))?;
    loop {
        let mut head = [0; 9];
        wire.read_exact(&mut head)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        std::io::copy(&mut (&mut wire).take(length.into()), &mut std::io::sink())?;
        match head[3] {
            SETTINGS if head[4] == 0 => wire.write_all(&frame(SETTINGS, 1, 0, &[]))?,
            HEADERS => {
                // `:status: 200` and `content-type: text/html` (RFC 7541, appendix A).
                let fields = [&[0x88, 0x0f, 0x10, 9][..], b"text/html"].concat();
                let more = [&[0, 1, b'x', 100][..], &[b'y'; 100]].concat();
                let is_first = asked.fetch_add(1, Ordering::SeqCst) == 0;
                match if is_first { Stream::Article } else { what } {
                    Stream::Article => {
                        wire.write_all(&frame(HEADERS, 4, stream, &fields))?;
                        wire.write_all(&frame(DATA, 1, stream, ARTICLE.as_bytes()))?;
                    }
                    Stream::Reset => wire.write_all(&frame(RESET, 0, stream, &[0, 0, 0, 2]))?,
                    Stream::GoAway => wire.write_all(&frame(GO_AWAY, 0, 0, &[0; 8]))?,
                    Stream::EndlessHeader => {
                        wire.write_all(&frame(HEADERS, 0, stream, &fields))?;
                        loop {
                            wire.write_all(&frame(CONTINUATION, 0, stream, &more))?;
                        }
                    }
                    Stream::EndlessData => {
                        wire.write_all(&frame(HEADERS, 4, stream, &fields))?;
                        loop {
                            wire.write_all(&frame(DATA, 0, stream, &[b'x'; 1000]))?;
                        }
                    }
                }
            }
            _ => {}
        }
        wire.flush()?;
    }
}

/// The URL of a server that speaks HTTP/2.
fn http2(authority: &Authority, what: Stream) -> String {
    let identity = Identity { name: "127.0.0.1", until: 2090, by_authority: true };
    let mut tls = authority.server(&identity);
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let tls = Arc::new(tls);
    let asked = Arc::new(AtomicUsize::new(0));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(Arc::clone(&tls)).unwrap();
            let asked = Arc::clone(&asked);
            thread::spawn(move || drop(speak(StreamOwned::new(connection, stream), what, &asked)));
        }
    });
    format!("https://{address}/x")
}

#[test]
fn http_2_is_spoken_and_its_faults_end() {
    let authority = Authority::new();
    let settings = with(|policy| {
        policy.ca_bundle = Some(authority.bundle());
        policy.idle_timeout = Duration::from_millis(800);
    });
    for (what, outcome) in [
        (Stream::Article, Outcome::Ok),
        (Stream::Reset, Outcome::Unreachable),
        (Stream::GoAway, Outcome::Unreachable),
        (Stream::EndlessHeader, Outcome::Unreachable),
        (Stream::EndlessData, Outcome::TooLarge),
    ] {
        let page = crawl_one(http2(&authority, what), &settings);
        assert_eq!(page.outcome, outcome, "{page:?}");
    }
}

/// [`ARTICLE`] in Brotli, by the reference encoder at level 11.
const BROTLI: [u8; 54] = [
    27, 70, 0, 8, 28, 169, 83, 159, 59, 94, 63, 145, 185, 193, 105, 16, 31, 51, 57, 233, 146, 70,
    7, 14, 57, 112, 232, 73, 243, 16, 82, 10, 54, 224, 68, 130, 104, 161, 109, 120, 129, 205, 33,
    188, 30, 8, 186, 229, 64, 130, 15, 18, 185, 0,
];

/// 256 MB of blanks in Brotli, by the reference encoder at level 5.
const BROTLI_BOMB: [u8; 203] = [
    207, 255, 255, 127, 0, 36, 64, 226, 177, 64, 114, 239, 255, 249, 255, 255, 15, 128, 4, 64, 28,
    22, 128, 238, 253, 63, 255, 255, 255, 1, 144, 0, 136, 195, 2, 208, 189, 255, 231, 255, 255, 63,
    0, 18, 0, 113, 88, 0, 186, 247, 255, 252, 255, 255, 7, 64, 2, 32, 14, 11, 64, 247, 254, 159,
    255, 255, 255, 0, 72, 0, 196, 97, 1, 232, 222, 255, 243, 255, 255, 31, 0, 9, 128, 56, 44, 0,
    221, 251, 127, 254, 255, 255, 3, 32, 1, 16, 135, 5, 160, 123, 255, 207, 255, 255, 127, 0, 36,
    0, 226, 176, 0, 116, 239, 255, 249, 255, 255, 15, 128, 4, 64, 28, 22, 128, 238, 253, 63, 255,
    255, 255, 1, 144, 0, 136, 195, 2, 208, 189, 255, 231, 255, 255, 63, 0, 18, 0, 113, 88, 0, 186,
    247, 255, 252, 255, 255, 7, 64, 2, 32, 14, 11, 64, 247, 254, 159, 255, 255, 255, 0, 72, 0, 196,
    97, 1, 232, 222, 255, 243, 255, 255, 31, 0, 9, 128, 56, 44, 0, 221, 251, 127, 254, 255, 255, 3,
    32, 1, 16, 135, 5, 160, 123, 255, 63,
];

#[test]
fn brotli_is_read_and_its_bombs_do_not_go_off() {
    let br = |body: &[u8]| page(&[("Content-Encoding", "br")], body);
    check(
        &settings(),
        vec![
            ("whole", br(&BROTLI), Outcome::Ok, ""),
            ("cut", br(&BROTLI[..40]), Outcome::Unreachable, "damaged br"),
            ("bomb", br(&BROTLI_BOMB), Outcome::TooLarge, "when decoded"),
        ],
    );
    // The same with the limit that people have.
    let settings = with(|policy| policy.max_body_bytes = Policy::default().max_body_bytes);
    check(&settings, vec![("bomb", br(&BROTLI_BOMB), Outcome::TooLarge, "when decoded")]);
}

#[test]
fn floods_end() {
    let many = |count: usize| {
        let fields: String = (0..count).map(|n| format!("X-{n}: y\r\n")).collect();
        raw(format!("HTTP/1.1 200 X\r\nContent-Type: text/html\r\n{fields}\r\n{ARTICLE}"))
    };
    let long = format!("HTTP/1.1 200 X\r\nX: {}\r\n\r\n{ARTICLE}", "y".repeat(600_000));
    let hints = "HTTP/1.1 100 Continue\r\n\r\n".repeat(1_000);
    let trailers = vec![
        Act::Send(
            format!(
                "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{ARTICLE}\r\n0\r\n",
                ARTICLE.len()
            )
            .into(),
        ),
        Act::Endless(b"X-More: and more and more\r\n".to_vec()),
    ];
    let tiny = vec![
        Act::Send(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec()),
        Act::Endless(b"1;an=extension\r\nx\r\n".to_vec()),
    ];
    let slow_chunks = vec![
        Act::Send(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec()),
        Act::Endless(b"00000000000000000000000000".to_vec()),
    ];
    check(
        &with(|policy| policy.total_timeout = Duration::from_millis(1500)),
        vec![
            ("many fields", many(150), Outcome::Ok, ""),
            ("too many fields", many(400), Outcome::Unreachable, "not an HTTP answer"),
            ("a long field", raw(long), Outcome::Unreachable, "not an HTTP answer"),
            ("many hints", raw(format!("{hints}HTTP/1.1 200 X\r\n\r\n{ARTICLE}")), Outcome::Ok, ""),
            ("endless trailers", trailers, Outcome::Unreachable, "broke off"),
            ("tiny chunks", tiny, Outcome::Unreachable, ""),
            ("endless chunk size", slow_chunks, Outcome::Unreachable, ""),
        ],
    );
}

#[test]
fn bodies_that_are_cut_off_are_not_taken_for_whole() {
    let head = "HTTP/1.1 200 X\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n";
    let server = Server::start(move |seen: &Seen| {
        (seen.target != "/robots.txt").then(|| raw(format!("{head}{ARTICLE}")))
    });
    let page = crawl_one(server.url("/x"), &settings());
    assert_eq!((page.outcome, page.requests), (Outcome::Unreachable, 4), "{page:?}");
    assert!(page.reason.unwrap().contains("broke off after"));
}

#[test]
fn a_host_that_never_gets_better_is_left_alone_after_five_pages() {
    let silent: Script = vec![Act::Close];
    let scripts = [
        (status(500, &[]), 15),
        (silent, 15),
        (status(503, &[("Retry-After", "7200")]), 5),
        (status(429, &[("Retry-After", "7200")]), 5),
    ];
    for (script, most) in scripts {
        let server = always(script);
        let urls = (0..12).map(|n| server.url(&format!("/{n}"))).collect();
        let told = crawl_urls(urls, &settings());
        let pages = server.targets().iter().filter(|target| *target != "/robots.txt").count();
        assert_eq!(pages, most, "{:?}", server.targets());
        let dropped = |page: &&mlsearch::page::Page| {
            page.reason.as_deref().unwrap_or_default().contains("left alone")
        };
        assert_eq!(told.pages.iter().filter(dropped).count(), 7, "{:?}", told.pages);
    }
}

#[test]
fn redirects_cross_between_http_and_https() {
    let authority = Authority::new();
    let identity = Identity { name: "127.0.0.1", until: 2090, by_authority: true };
    let last = always(page(&[], ARTICLE));
    let target = last.url("/x");
    let secure = Server::start_tls(authority.server(&identity), move |seen: &Seen| {
        (seen.target != "/robots.txt").then(|| status(308, &[("Location", &target)]))
    });
    let target = secure.url("/x");
    let first = always(status(301, &[("Location", &target)]));
    let settings = with(|policy| policy.ca_bundle = Some(authority.bundle()));
    let page = crawl_one(first.url("/x"), &settings);
    assert_eq!(page.outcome, Outcome::Moved, "{page:?}");
    assert_eq!((page.final_url, page.requests), (last.url("/x"), 6));
}
