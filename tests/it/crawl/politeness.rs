//! Pace, retries, failure and stopping, judged by the log of the server.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use mlsearch::{
    crawl::{self, Event, Stop},
    page::Outcome,
};

use crate::{
    crawl::server::{Act, Seen, Server, status},
    crawl::{ARTICLE, always, crawl_one, crawl_urls, page, settings, visit, with, with_robots},
    program::Collection,
};

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
            let (last, most) = bytes.split_last().unwrap();
            let pause = Duration::from_micros(300);
            Some(vec![Act::Drip(most.to_vec(), pause), Act::Send(vec![*last])])
        }
        _ => Some(page(&[], ARTICLE)),
    });
    // Another host sends to the first one, which must not see more of us for it.
    let target = server.url("/from-elsewhere");
    let other = always(status(302, &[("Location", &target)]));
    let mut urls: Vec<String> = (0..4).map(|n| server.url(&format!("/{n}"))).collect();
    urls.extend([server.url("/moved"), server.url("/broken"), server.url("/slow")]);
    urls.extend((0..3).map(|n| other.url(&format!("/{n}"))));
    crawl_urls(urls, &with(|policy| policy.delay = delay));
    assert!(smallest_gap(&server) >= least, "{:?}", smallest_gap(&server));
    assert!(server.seen().iter().all(|seen| seen.at_once == 1));
    assert_eq!(server.targets()[..2], ["/robots.txt", "/rules"]);
}

#[test]
fn the_delay_holds_from_one_crawl_to_the_next() {
    let delay = Duration::from_millis(150);
    let server = always(page(&[], ARTICLE));
    let settings = with(|policy| policy.delay = delay);
    for path in ["/a", "/b", "/c"] {
        crawl_urls(vec![server.url(path)], &settings);
    }
    let least = delay.mul_f64(0.97) - Duration::from_millis(20);
    assert!(smallest_gap(&server) >= least, "{:?}", smallest_gap(&server));
}

#[test]
fn crawl_delay_and_delays_of_single_hosts_count() {
    let asked = Duration::from_millis(150);
    let least = asked.mul_f64(0.97) - Duration::from_millis(20);
    let slow = with_robots(page(&[], "User-agent: *\nCrawl-delay: 0.15"));
    let named = always(page(&[], ARTICLE));
    let host = named.url("").trim_start_matches("http://").to_owned();
    let settings = with(|policy| policy.host_delays = [(host, asked)].into());
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

/// Hosts on one network of loopback, which only Linux has whole.
#[cfg(target_os = "linux")]
#[test]
fn many_hosts_are_begun_a_few_at_a_time_and_asked_for_their_rules_once() {
    const HOSTS: usize = 700;
    let server = Server::start_everywhere(move |seen: &Seen| {
        let first = format!("http://127.0.1.1:{}/y", seen.headers["host"].rsplit(':').next()?);
        match seen.target.as_str() {
            "/x" if seen.headers["host"].starts_with("127.0.4.0:") => {
                Some(status(302, &[("Location", &first)]))
            }
            "/x" | "/y" => Some(page(&[], ARTICLE)),
            "/robots.txt" => Some(page(&[], "User-agent: *\nAllow: /")),
            _ => None,
        }
    });
    let port = server.url("").rsplit(':').next().unwrap().to_owned();
    let host = |number: usize| format!("127.0.{}.{}:{port}", 1 + number / 250, 1 + number % 250);
    let mut links: Vec<String> = (0..HOSTS).map(|n| format!("http://{}/x", host(n))).collect();
    // The last one leads to the first one, which is long done with.
    links.push(format!("http://127.0.4.0:{port}/x"));
    let collection = Collection::of_links(links.iter().map(String::as_str));
    collection.set("delay = 0.0", "delay = 0.0\nhosts_at_once = 4");
    collection.ok(&["update", "--allow-net", "127.0.0.0/8"]);
    let seen = server.seen();
    assert_eq!(seen.len(), 2 * (HOSTS + 1) + 1);
    assert!(seen.iter().all(|seen| seen.at_once <= 4));
    let asked = seen.iter().filter(|seen| seen.target == "/robots.txt");
    let places = asked.map(|seen| {
        let is_it = |number: &usize| host(*number) == seen.headers["host"];
        (0..HOSTS).find(is_it).unwrap_or(HOSTS)
    });
    // One may be late while the others go on, but none is begun before those in front of it.
    for (at, place) in places.enumerate() {
        assert!(place <= at + 4, "host {place} was begun as number {at}");
    }
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
    let settings = with(|policy| policy.proxy = proxy);
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
fn stopping_finishes_what_is_in_hand_and_leaves_the_rest_unvisited() {
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
    let asked = server.seen().iter().filter(|seen| seen.target != "/robots.txt").count();
    assert_eq!(pages, asked, "what the server has answered is not thrown away");
    assert!(pages < 500);
}
