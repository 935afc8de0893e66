//! A whole update against bare loops: 2,000 pages of 30 to 100 kB on 50 loopback hosts.
//!
//! `cargo bench --bench crawl` prints the rates of a loop of requests, of the same loop with parsing
//! and the pages' text, and of an update with delay 0, list to published index.
//! With `-- polite` an update with a delay of 0.25 s follows, its wall time and the smallest gap that
//! a server saw; with `-- memory` the program's peak memory over 2,000, 20,000 and 100,000 small
//! pages, and over many of the largest size.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use mlsearch::{
    collection::Collection,
    crawl::Stop,
    update::{self, Options},
};
use scraper::{Html, Selector};

const HOSTS: usize = 50;
const PAGES: usize = 40;
const RUNS: usize = 5;
/// Bodies of the pages that the memory is measured with, in bytes.
const SMALL: usize = 3_000;
const LARGEST: usize = 19_000_000;

fn main() {
    let mode = std::env::args().nth(1).unwrap_or_default();
    if mode == "memory" {
        return memory();
    }
    let hosts: Vec<Host> = (0..HOSTS).map(|host| Host::start(Pages::made(host))).collect();
    let mut best: [f64; 3] = [0.0; 3];
    // They take turns, so that a busy machine is unfair to all.
    for _ in 0..RUNS {
        let runs: [fn(&[Host]) -> usize; 3] =
            [|hosts| bare(hosts, false), |hosts| bare(hosts, true), |hosts| updated(hosts, 0.0)];
        for (best, run) in best.iter_mut().zip(runs) {
            let began = Instant::now();
            let pages = run(&hosts);
            assert_eq!(pages, HOSTS * PAGES);
            *best = best.max(pages as f64 / began.elapsed().as_secs_f64());
        }
    }
    let [requests, texts, update] = best;
    say(&format!("loop of requests:          {requests:.0} pages/s, best of {RUNS}"));
    say(&format!("the same with the texts:   {texts:.0} pages/s, best of {RUNS}"));
    say(&format!("whole update with delay 0: {update:.0} pages/s, best of {RUNS}"));
    say(&format!("ratio to the second:       {:.2}", update / texts));
    if mode == "polite" {
        polite(&hosts);
    }
}

fn say(line: &str) {
    // Nobody may be listening any more.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Wall time and smallest gap of an update with a delay.
fn polite(hosts: &[Host]) {
    let delay = Duration::from_millis(250);
    for host in hosts {
        host.times.lock().expect("no thread panics").clear();
    }
    let began = Instant::now();
    assert_eq!(updated(hosts, delay.as_secs_f64()), HOSTS * PAGES);
    let wall = began.elapsed();
    let gap = hosts.iter().map(Host::smallest_gap).min().unwrap_or_default();
    let bound = delay.mul_f64(1.05 * (PAGES + 1) as f64) + Duration::from_secs(1);
    let least = delay.mul_f64(0.97) - Duration::from_millis(20);
    say(&format!("with a delay of 0.25 s:    {wall:.2?}, at most {bound:.2?}"));
    say(&format!("smallest gap seen:         {gap:.1?}, at least {least:.1?}"));
}

/// Requests and bodies, with the text of each page or without, and nothing else.
fn bare(hosts: &[Host], with_text: bool) -> usize {
    // Fails only when a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let body = Selector::parse("body").expect("a tag name is a selector");
    let text = move |page: &[u8]| {
        let html = Html::parse_document(&String::from_utf8_lossy(page));
        html.select(&body).flat_map(|body| body.text()).map(str::len).sum::<usize>()
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads");
    runtime.block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for host in hosts {
            let (client, urls, text) = (client.clone(), host.urls(PAGES), text.clone());
            tasks.spawn(async move {
                let mut pages = 0;
                for url in urls {
                    let answer = client.get(url).send().await.expect("an answer");
                    let page = answer.bytes().await.expect("a body");
                    pages +=
                        usize::from(if with_text { text(&page) > 0 } else { !page.is_empty() });
                }
                pages
            });
        }
        tasks.join_all().await.into_iter().sum()
    })
}

/// A first update of a new collection; the number of texts in its index.
fn updated(hosts: &[Host], delay: f64) -> usize {
    let dir = tempfile::tempdir().expect("a folder");
    collect(dir.path(), hosts, PAGES);
    let collection = Collection::open(dir.path()).expect("a collection");
    let options = Options {
        delay: Some(Duration::from_secs_f64(delay)),
        allow_net: vec!["127.0.0.0/8".parse().expect("a network")],
        ..Options::new(Timestamp::now)
    };
    let report = update::update(&collection, &options, &Stop::default(), &mut |_| {});
    usize::try_from(report.expect("an index").full_texts).expect("few pages")
}

/// Writes a collection with a list of so many pages of each host.
fn collect(dir: &Path, hosts: &[Host], pages: usize) {
    let mut list = String::from("# Pages\n\n");
    for (number, url) in hosts.iter().flat_map(|host| host.urls(pages)).enumerate() {
        list.push_str(&format!("- [Page {number}]({url})\n"));
    }
    fs::write(dir.join("list.md"), list).expect("a list");
    let settings = "[[list]]\nsource = \"list.md\"\n[crawl]\narchive = false\n";
    fs::write(dir.join("mlsearch.toml"), settings).expect("settings");
}

/// The program's peak memory.
fn memory() {
    let run = |name: &str, size: usize, hosts: usize, pages: usize| {
        let hosts: Vec<Host> = (0..hosts).map(|_| Host::start(Pages::Filler(size))).collect();
        let dir = tempfile::tempdir().expect("a folder");
        collect(dir.path(), &hosts, pages);
        let began = Instant::now();
        let peak = peak_of(dir.path());
        let (pages, seconds) = (hosts.len() * pages, began.elapsed().as_secs());
        say(&format!("{pages:>6} {name} pages: {} MB at most, {seconds} s", peak >> 10));
    };
    run("small", SMALL, HOSTS, 40);
    run("small", SMALL, HOSTS, 400);
    run("small", SMALL, HOSTS, 2_000);
    run("largest", LARGEST, HOSTS, 2);
}

/// The largest resident size of an update, in KiB, as Linux tells it.
fn peak_of(dir: &Path) -> u64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mlsearch"))
        .args(["update", "--json", "--delay", "0", "--allow-net", "127.0.0.0/8", "--index"])
        .arg(dir)
        .stdout(Stdio::null())
        .spawn()
        .expect("the program");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("a child").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let size = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak = peak.max(size.unwrap_or(0));
        thread::sleep(Duration::from_millis(5));
    }
    peak
}

/// What a host has to say.
#[derive(Clone)]
enum Pages {
    /// Whole answers, made before anything is measured.
    Made(Arc<Vec<Vec<u8>>>),
    /// Pages of a size, without end and each with words of its own.
    Filler(usize),
}

impl Pages {
    fn made(host: usize) -> Pages {
        let made = |number: usize| {
            answer(page(host * PAGES + number, 30_000 + 70_000 * number / PAGES).as_bytes())
        };
        Pages::Made(Arc::new((0..PAGES).map(made).collect()))
    }

    fn answer(&self, path: &str) -> Vec<u8> {
        let Ok(number) = path.trim_start_matches('/').parse::<usize>() else {
            return b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n".to_vec();
        };
        match self {
            Pages::Made(pages) => pages[number].clone(),
            Pages::Filler(size) => answer(page(number, *size).as_bytes()),
        }
    }
}

fn answer(body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 X\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A host on loopback that answers every number with a page.
struct Host {
    port: u16,
    times: Arc<Mutex<Vec<Instant>>>,
}

impl Host {
    fn start(pages: Pages) -> Host {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let times = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&times);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, pages) = (Arc::clone(&log), pages.clone());
                thread::spawn(move || drop(serve(stream, &pages, &log)));
            }
        });
        Host { port, times }
    }

    fn urls(&self, pages: usize) -> impl Iterator<Item = String> + use<> {
        let port = self.port;
        (0..pages).map(move |page| format!("http://127.0.0.1:{port}/{page}"))
    }

    fn smallest_gap(&self) -> Duration {
        let times = self.times.lock().expect("no thread panics");
        times.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap_or_default()
    }
}

fn serve(stream: TcpStream, pages: &Pages, log: &Mutex<Vec<Instant>>) -> std::io::Result<()> {
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
        stream.write_all(&pages.answer(first.split(' ').nth(1).unwrap_or("/")))?;
    }
}

/// A page of that many bytes as pages are: an article of a sixth of them in English, a menu, cards of
/// other articles, icons and a script, a tag to each 60 bytes.
/// (183 real pages of this size have 16.5 tags to 1,000 bytes, and text in 15 % of them.)
fn page(seed: usize, bytes: usize) -> String {
    let mut random = Random(seed as u64);
    let mut html = format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>Page {seed} | Blog</title>\
         <meta property=og:site_name content=Blog><meta name=viewport content=\"width=device-width\">\
         <link rel=stylesheet href=/style.css><script>var a = [{}];</script></head>\
         <body class=\"home single\"><nav class=menu><ul>",
        "1, 2, 3, ".repeat(bytes / 180)
    );
    while html.len() < bytes / 4 {
        let words = random.words(2);
        html.push_str(&format!(
            "<li class=\"menu-item menu-item-{seed}\"><a class=menu-link href=\"/topics/{seed}/\">\
             <span>{words}</span></a></li>"
        ));
    }
    html.push_str("</ul></nav><main><div class=wrap><article class=post>");
    html.push_str(&format!("<h1>Page {seed}</h1><div class=\"entry-content\">"));
    let end = html.len() + bytes / 6;
    let mut part = 0;
    while html.len() < end {
        part += 1;
        if part % 5 == 3 {
            html.push_str(&format!("<h2 id=\"part-{part}\">{}</h2>", random.words(4)));
        }
        if part % 9 == 5 {
            html.push_str(&format!("<pre><code>{}</code></pre>", random.words(20)));
        }
        let (start, link, end) = (random.words(20), random.words(3), random.words(25));
        html.push_str(&format!(
            "<p>{start}, <a href=\"/l{part}\">{link}</a> <em>and</em> {end}.</p>\n"
        ));
    }
    html.push_str("</div></article></div></main><aside class=related>");
    while html.len() < bytes {
        let words = random.words(5);
        html.push_str(&format!(
            "<div class=\"card card--small\"><div class=card__media><a href=\"/articles/{seed}\" \
             rel=bookmark><img src=\"/media/{seed}-300x200.jpg\" width=300 height=200 alt=\"\" \
             loading=lazy></a></div><div class=card__body><h3 class=card__title><a \
             href=\"/articles/{seed}\">{words}</a></h3><span class=card__meta><svg class=icon \
             viewBox=\"0 0 24 24\"><path d=\"M12 2L2 7l10 5 10-5-10-5z\"/></svg><time>5 min</time>\
             </span></div></div>\n"
        ));
    }
    html.push_str("</aside><footer>All rights reserved.</footer></body></html>");
    html
}

/// A linear congruential generator (Knuth's MMIX), so that every run reads the same pages.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) % end
    }

    /// Words whose ranks fall as in natural text, and every other one a frequent word.
    fn words(&mut self, count: usize) -> String {
        const FREQUENT: [&str; 24] = [
            "the", "of", "and", "to", "a", "in", "is", "that", "it", "was", "for", "with", "we",
            "this", "are", "as", "have", "from", "which", "not", "their", "would", "there", "when",
        ];
        const SYLLABLES: [&str; 16] = [
            "mo", "del", "da", "ta", "fea", "ture", "drift", "train", "ing", "store", "pipe",
            "line", "la", "ten", "cy", "batch",
        ];
        const VOCABULARY: u64 = 20_000;
        let mut text = String::new();
        for number in 0..count {
            if number % 2 == 0 {
                text.push_str(FREQUENT[self.below(24) as usize]);
            }
            let mut rank = 1 + self.below(VOCABULARY) * self.below(VOCABULARY) / VOCABULARY;
            while rank > 0 && number % 2 > 0 {
                text.push_str(SYLLABLES[(rank % 16) as usize]);
                rank /= 16;
            }
            text.push(' ');
        }
        text.truncate(text.trim_end().len());
        text
    }
}
