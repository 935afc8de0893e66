//! What the page costs beside the search that it shows, with several clients at a time.
//!
//! `cargo bench --bench serve -- INDEX QUERIES`: the folder of an index, and a file of queries, one a
//! line, with or without an id and a tab before.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use jiff::{Timestamp, civil::date};
use mlsearch::{
    search::{LiveSearcher, QueryModel, Request, Searcher},
    serve::{self, Access, AllowedHosts, ServeLimits, ServeOptions, Shutdown},
};
use url::form_urlencoded;

/// Who asks at a time.
const CLIENTS: usize = 4;
/// Passes of each client over all queries, after one that does not count.
const PASSES: usize = 3;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let [index, queries] = arguments.as_slice() else { return };
    let text = fs::read_to_string(queries).expect("the queries can be read");
    let queries: Vec<&str> =
        text.lines().map(|line| line.split_once('\t').map_or(line, |(_, query)| query)).collect();

    let searcher = Searcher::published(Path::new(index)).expect("the index can be opened");
    let in_process = timed(&queries, || {
        |query: &str| {
            let request = Request {
                facets: true,
                count: true,
                snippets: 1,
                now: Some(date(2026, 11, 29).at(0, 0, 0, 0)),
                ..Request::new(query)
            };
            searcher.search(&request).expect("a search");
        }
    });

    let dir = PathBuf::from(index);
    let listener = serve::listen((Ipv4Addr::LOCALHOST, 0).into(), false).expect("a port");
    let options = ServeOptions {
        live: Arc::new(
            LiveSearcher::open(dir.clone(), None, QueryModel::default(), Timestamp::now)
                .expect("an index"),
        ),
        dir,
        index: None,
        engine: None,
        mcp: false,
        access: Access::Open,
        hosts: AllowedHosts::default(),
        limits: ServeLimits::default(),
        now: Timestamp::now,
        local_now: || date(2026, 11, 29).at(0, 0, 0, 0),
    };
    let shutdown = Shutdown::default();
    let begun = shutdown.clone();
    let address = listener.address;
    let server = thread::spawn(move || serve::run(listener.socket, options, &begun));
    let page = timed(&queries, || client(address));
    shutdown.begin();
    server.join().expect("a thread").expect("a server");

    let lines = [
        format!("{} queries, {CLIENTS} clients", queries.len()),
        line("search in process", &in_process),
        line("GET /?q=", &page),
    ];
    let mut out = std::io::stdout().lock();
    lines.iter().for_each(|line| writeln!(out, "{line}").expect("standard output"));
}

/// The times of all clients for all queries, in ascending order.
fn timed<A: FnMut(&str)>(queries: &[&str], client: impl Fn() -> A + Sync) -> Vec<Duration> {
    let times = thread::scope(|scope| {
        let clients = (0..CLIENTS).map(|first| {
            let client = &client;
            scope.spawn(move || {
                let mut ask = client();
                let mut times = Vec::new();
                for pass in 0..=PASSES {
                    // Each client begins elsewhere, so that no two ask for one thing at a time.
                    for at in 0..queries.len() {
                        let query = queries[(at + first * queries.len() / CLIENTS) % queries.len()];
                        let start = Instant::now();
                        ask(query);
                        times.extend((pass > 0).then(|| start.elapsed()));
                    }
                }
                times
            })
        });
        let clients: Vec<_> = clients.collect();
        clients.into_iter().flat_map(|client| client.join().expect("a thread")).collect()
    });
    let mut times: Vec<Duration> = times;
    times.sort_unstable();
    times
}

/// A client that keeps its connection.
fn client(address: SocketAddr) -> impl FnMut(&str) {
    let stream = TcpStream::connect(address).expect("a connection");
    stream.set_nodelay(true).expect("an option");
    let mut reader = BufReader::new(stream.try_clone().expect("a handle"));
    let mut stream = stream;
    move |query| {
        let asked =
            form_urlencoded::Serializer::new(String::new()).append_pair("q", query).finish();
        write!(stream, "GET /?{asked} HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("a request");
        let (mut length, mut line) = (0, String::new());
        loop {
            line.clear();
            reader.read_line(&mut line).expect("a header");
            assert!(!line.starts_with("HTTP/1.1") || line.contains(" 200 "), "{line}");
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().expect("a length");
            }
            if line == "\r\n" {
                break;
            }
        }
        reader.read_exact(&mut vec![0; length]).expect("a body");
    }
}

fn line(name: &str, times: &[Duration]) -> String {
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1_000.0;
    format!("{name:<20} p50 {:.2} ms, p99 {:.2} ms", at(50), at(99))
}
