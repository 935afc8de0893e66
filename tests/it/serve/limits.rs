//! What a client may take: the limits of the program, and small ones of a server within the test.

use std::{
    io::{ErrorKind, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use jiff::{Timestamp, civil::date};
use mlsearch::{
    search::{LiveSearcher, QueryModel},
    serve::{self, Access, AllowedHosts, ServeLimits, ServeOptions, Shutdown},
};

use crate::serve::{
    pages::library,
    server::{Server, read, send},
};

#[test]
fn what_is_too_long_is_refused() {
    let server = Server::of(&library(), &[]);
    let long = |length: usize| format!("/?q={}", "x".repeat(length - "/?q=".len()));
    // The address is of the right length, the query is not.
    assert_eq!(server.get(&long(8 << 10)).status, 400);
    assert_eq!(server.get(&long((8 << 10) + 1)).status, 414);
    for bytes in [70_000, 1 << 20, 8 << 20] {
        let reply = send(
            server.address,
            &format!("GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n", long(bytes)),
        );
        assert!(reply.is_none_or(|reply| matches!(reply.status, 414 | 431)), "{bytes}");
    }
    let many: String = (0..100).map(|n| format!("X-{n}: y\r\n")).collect();
    assert_eq!(server.get_with("/", &many).status, 431);
    assert_eq!(server.get(&format!("/?q={}", "x".repeat(1_000))).status, 200);
    assert_eq!(server.get(&format!("/?q={}", "x".repeat(1_001))).status, 400);
    assert_eq!(server.get("/?q=features&offset=10000").status, 200);
    assert_eq!(server.get("/?q=features&offset=10001").status, 400);
    assert_eq!(server.get("/?q=features&offset=99999999999999999999999").status, 400);
    assert_eq!(server.get("/api/search?q=features&limit=101").status, 400);
    assert_eq!(server.get(&format!("/?{}", "tag=x&".repeat(65))).status, 400);
    server.ok("/healthz");
}

#[test]
fn nothing_can_be_changed() {
    let server = Server::of(&library(), &[]);
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"] {
        let target = if method == "CONNECT" { "localhost:80" } else { "/?q=features" };
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        assert_eq!(server.send(&request).status, 405, "{method}");
    }
    let head =
        server.send("HEAD /?q=features HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
}

#[test]
fn many_at_a_time_are_answered_or_told_to_come_again() {
    let server = Server::of(&library(), &[]);
    let replies: Vec<u16> = thread::scope(|scope| {
        let asked: Vec<_> =
            (0..120).map(|_| scope.spawn(|| server.get("/?q=features").status)).collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    assert!(replies.iter().all(|status| matches!(status, 200 | 503)), "{replies:?}");
    assert!(replies.contains(&200));
    server.ok("/?q=features");
}

/// A server within this process.
struct Inner {
    address: SocketAddr,
    shutdown: Shutdown,
    thread: Option<JoinHandle<()>>,
    _collection: crate::program::Collection,
}

impl Inner {
    fn with(limits: ServeLimits) -> Inner {
        let collection = library();
        let dir = collection.path().to_owned();
        let listener = serve::listen((Ipv4Addr::LOCALHOST, 0).into(), false).unwrap();
        let options = ServeOptions {
            live: Arc::new(
                LiveSearcher::open(dir.clone(), None, QueryModel::default(), || {
                    Timestamp::UNIX_EPOCH
                })
                .unwrap(),
            ),
            dir,
            index: None,
            engine: None,
            mcp: true,
            access: Access::Open,
            hosts: AllowedHosts::default(),
            limits,
            now: || Timestamp::UNIX_EPOCH,
            local_now: || date(2026, 11, 29).at(0, 0, 0, 0),
        };
        let shutdown = Shutdown::default();
        let begun = shutdown.clone();
        let (address, socket) = (listener.address, listener.socket);
        let thread = thread::spawn(move || serve::run(socket, options, &begun).unwrap());
        Inner { address, shutdown, thread: Some(thread), _collection: collection }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.set_write_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shutdown.begin();
        self.thread.take().map(JoinHandle::join).unwrap().unwrap();
    }
}

const SHORT: Duration = Duration::from_millis(200);

#[test]
fn a_request_beyond_the_limit_is_told_when_to_come_again() {
    let server = Inner::with(ServeLimits { in_flight: 0, ..ServeLimits::default() });
    let reply =
        send(server.address, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let reply = reply.unwrap();
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("1")));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
}

#[test]
fn who_never_ends_a_request_is_cut() {
    let server = Inner::with(ServeLimits { head: SHORT, ..ServeLimits::default() });
    for begun in ["", "G", "GET / HTTP/1.1\r\nHost: loc", "GET / HTTP/1.1\r\nHost: localhost\r\n"] {
        let mut stream = server.connect();
        stream.write_all(begun.as_bytes()).unwrap();
        // It ends, with an answer that says so or without one.
        let reply = read(&mut stream);
        assert!(reply.is_none_or(|reply| reply.status == 408), "{begun}");
    }
}

#[test]
fn who_takes_nothing_is_cut() {
    let server = Inner::with(ServeLimits { stall: SHORT, ..ServeLimits::default() });
    let mut stream = server.connect();
    let ask = "GET /?q=features HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    let error = loop {
        if let Err(error) = stream.write_all(ask.as_bytes()) {
            break error.kind();
        }
    };
    assert!(matches!(error, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{error}");
}

#[test]
fn connections_beyond_the_limit_wait_for_one_that_ends() {
    let server = Inner::with(ServeLimits { connections: 1, ..ServeLimits::default() });
    let mut first = server.connect();
    let keep = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    first.write_all(keep.as_bytes()).unwrap();
    // It is served by now, and kept open.
    assert!(first.read(&mut [0; 64]).unwrap() > 0);
    let mut second = server.connect();
    second.write_all(keep.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
    drop(first);
    assert_eq!(read(&mut second).unwrap().status, 200);
}
