//! The crawler against a bare loop of requests: 2,000 pages of 30 to 100 kB on 50 loopback hosts.
//!
//! `cargo bench --bench crawl` prints both rates and their ratio; `cargo bench --bench crawl -- polite`
//! adds a run with a delay of 0.25 s, its wall time and the smallest gap that a server saw.

use std::{
    collections::HashMap,
    fmt::Write as _,
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use mlsearch::{
    crawl::{self, Event, Settings, Stop, Visit},
    page::Validators,
};

const HOSTS: usize = 50;
const PAGES: usize = 40;
const RUNS: usize = 5;

fn main() {
    let hosts: Vec<Host> = (0..HOSTS).map(|_| Host::start()).collect();
    let mut best: [f64; 2] = [0.0; 2];
    // The two take turns, so that a busy machine is unfair to both.
    for _ in 0..RUNS {
        for (best, run) in best.iter_mut().zip([bare as fn(&[Host]) -> usize, crawled]) {
            let began = Instant::now();
            let pages = run(&hosts);
            assert_eq!(pages, HOSTS * PAGES);
            *best = best.max(pages as f64 / began.elapsed().as_secs_f64());
        }
    }
    let mut report = String::new();
    let [bare, crawled] = best;
    let _ = writeln!(report, "bare loop of requests: {bare:.0} pages/s, best of {RUNS}");
    let _ = writeln!(report, "crawl with delay 0:    {crawled:.0} pages/s, best of {RUNS}");
    let _ = writeln!(report, "ratio:                 {:.2}", crawled / bare);
    if std::env::args().any(|arg| arg == "polite") {
        polite(&hosts, &mut report);
    }
    let _ = std::io::stdout().write_all(report.as_bytes());
}

/// Wall time and smallest gap of a crawl with a delay.
fn polite(hosts: &[Host], report: &mut String) {
    let delay = Duration::from_millis(250);
    for host in hosts {
        host.times.lock().expect("no thread panics").clear();
    }
    let began = Instant::now();
    let pages = crawl_all(hosts, Settings { delay, ..settings() });
    let wall = began.elapsed();
    assert_eq!(pages, HOSTS * PAGES);
    let gap = hosts.iter().map(Host::smallest_gap).min().unwrap_or_default();
    let bound = delay.mul_f64(1.05 * (PAGES + 1) as f64) + Duration::from_secs(1);
    let least = delay.mul_f64(0.97) - Duration::from_millis(20);
    let _ = writeln!(report, "with a delay of 0.25 s: {wall:.2?}, at most {bound:.2?}");
    let _ = writeln!(report, "smallest gap seen:      {gap:.1?}, at least {least:.1?}");
}

/// Requests and bodies, and nothing else.
fn bare(hosts: &[Host]) -> usize {
    // Fails only when a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads");
    runtime.block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for host in hosts {
            let (client, urls) = (client.clone(), host.urls());
            tasks.spawn(async move {
                let mut pages = 0;
                for url in urls {
                    let answer = client.get(url).send().await.expect("an answer");
                    pages += usize::from(!answer.bytes().await.expect("a body").is_empty());
                }
                pages
            });
        }
        tasks.join_all().await.into_iter().sum()
    })
}

fn crawled(hosts: &[Host]) -> usize {
    crawl_all(hosts, settings())
}

fn settings() -> Settings {
    Settings {
        delay: Duration::ZERO,
        hosts_at_once: HOSTS,
        allow_net: vec!["127.0.0.0/8".parse().expect("a network")],
        ..Settings::new(Timestamp::now)
    }
}

fn crawl_all(hosts: &[Host], settings: Settings) -> usize {
    let visits = hosts.iter().flat_map(Host::urls).map(|url| Visit {
        url,
        validators: Validators::default(),
        date_listed: None,
    });
    let mut good = 0;
    let mut on_event = |event| {
        if let Event::Page(page) = event {
            good += usize::from(page.outcome.is_good());
        }
    };
    crawl::crawl(visits.collect(), &settings, HashMap::new(), &Stop::default(), &mut on_event)
        .expect("a client");
    good
}

/// A host on loopback that answers every path with a page.
struct Host {
    port: u16,
    times: Arc<Mutex<Vec<Instant>>>,
}

impl Host {
    fn start() -> Host {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let times = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&times);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let log = Arc::clone(&log);
                thread::spawn(move || drop(serve(stream, &log)));
            }
        });
        Host { port, times }
    }

    fn urls(&self) -> Vec<String> {
        (0..PAGES).map(|page| format!("http://127.0.0.1:{}/{page}", self.port)).collect()
    }

    fn smallest_gap(&self) -> Duration {
        let times = self.times.lock().expect("no thread panics");
        times.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap_or_default()
    }
}

fn serve(stream: TcpStream, log: &Mutex<Vec<Instant>>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        log.lock().expect("no thread panics").push(Instant::now());
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            reader.read_line(&mut line)?;
        }
        let path = first.split(' ').nth(1).unwrap_or("/");
        stream.write_all(&answer(path))?;
    }
}

/// A page whose length, 30 to 100 kB, follows from its path.
fn answer(path: &str) -> Vec<u8> {
    let Ok(number) = path.trim_start_matches('/').parse::<usize>() else {
        return b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n".to_vec();
    };
    let paragraph =
        "<p>Features drift, models follow, and somebody has to look at the graphs.</p>\n";
    let body = paragraph.repeat((30_000 + 70_000 * number / PAGES) / paragraph.len());
    let head = format!(
        "HTTP/1.1 200 X\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body.as_bytes()].concat()
}
