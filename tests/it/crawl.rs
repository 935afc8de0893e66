//! The crawler against servers that misbehave in every way we know.

mod answers;
mod bodies;
mod politeness;
mod redirects;
mod report;
mod robots;
mod safety;
pub mod server;
mod services;
pub mod tls;
mod transport;

use std::{collections::HashMap, io::Write, time::Duration};

use flate2::{Compression, write::GzEncoder};
use jiff::Timestamp;
use mlsearch::{
    crawl::{self, CrawlOptions, Event, RobotsCopy, Stop, Visit},
    crawl_policy::Policy,
    page::{Outcome, Page, Validators},
};

use crate::crawl::server::{Script, Seen, Server, answer};

const ARTICLE: &str = "<!doctype html><title>On drift</title><p>Features drift, models follow.";

/// A moment that never passes.
fn clock() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

/// Settings for servers that need no mercy.
fn settings() -> CrawlOptions {
    let policy = Policy {
        delay: Duration::ZERO,
        allow_net: vec!["127.0.0.0/8".parse().unwrap()],
        connect_timeout: Duration::from_secs(5),
        idle_timeout: Duration::from_secs(5),
        total_timeout: Duration::from_secs(20),
        max_body_bytes: 200_000,
        archive: false,
        ..Policy::default()
    };
    CrawlOptions { policy, back_off: Duration::from_millis(2), ..CrawlOptions::new(clock) }
}

/// The settings of these tests with another policy.
fn with(change: impl FnOnce(&mut Policy)) -> CrawlOptions {
    let mut settings = settings();
    change(&mut settings.policy);
    settings
}

/// Settings for servers that do not answer.
fn impatient() -> CrawlOptions {
    with(|policy| {
        policy.connect_timeout = Duration::from_millis(400);
        policy.idle_timeout = Duration::from_millis(400);
        policy.total_timeout = Duration::from_millis(1200);
    })
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
    settings: &CrawlOptions,
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

fn crawl_urls(urls: Vec<String>, settings: &CrawlOptions) -> Told {
    crawl_visits(urls.into_iter().map(visit).collect(), settings, HashMap::new())
}

fn crawl_one(url: String, settings: &CrawlOptions) -> Page {
    crawl_urls(vec![url], settings).pages.pop().unwrap()
}

/// A server that plays one script for every page and has no robots.txt.
fn always(script: Script) -> Server {
    Server::start(move |seen: &Seen| (seen.target != "/robots.txt").then(|| script.clone()))
}

/// Visits one page on a server of its own for each case, all at once, and compares outcome and
/// reason.
#[track_caller]
fn check(settings: &CrawlOptions, cases: Vec<(&str, Script, Outcome, &str)>) {
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

/// A server with this robots.txt and an article at every other path.
fn with_robots(robots: Script) -> Server {
    Server::start(move |seen: &Seen| {
        Some(if seen.target == "/robots.txt" { robots.clone() } else { page(&[], ARTICLE) })
    })
}
