//! The web archive and the adapters, against stand-ins of the services.

use std::{collections::HashMap, time::Duration};

use mlsearch::{
    crawl::{self, CrawlOptions, Event, Stop, Visit},
    page::{Outcome, Page, Source, Validators},
};

use crate::{
    crawl::{ARTICLE, crawl_one, crawl_visits, visit, with},
    web::{Answer, Web},
};

/// CrawlOptions that lead into a web of our own.
fn within(web: &Web) -> CrawlOptions {
    let environment: HashMap<String, String> = web.environment().into_iter().collect();
    with(|policy| {
        policy.proxy = Some(environment["HTTPS_PROXY"].clone());
        policy.ca_bundle = Some(environment["SSL_CERT_FILE"].clone().into());
        policy.host_delays =
            policy.delays().into_keys().map(|host| (host, Duration::ZERO)).collect();
        policy.allow_net = Vec::new();
        policy.archive = true;
    })
}

fn json(text: &str) -> Answer {
    Answer::html(text).with("X-Kind", "data")
}

const LOOKUP: &str = "https://web.archive.org/cdx/search/cdx?url=https%3A%2F%2Fblog.example%2Fx\
     &output=json&fl=timestamp%2Coriginal&filter=statuscode%3A200\
     &sort=closest&closest=20220801&limit=1";
const TABLE: &str = r#"[["timestamp","original"],["20220803101112","https://blog.example/x"]]"#;

const CAPTURE: &str = "https://web.archive.org/web/20220803101112id_/https://blog.example/x";

/// Visits `https://blog.example/x`, listed on 1 August 2022.
fn visit_in(web: &Web, settings: &CrawlOptions) -> Page {
    let visit = Visit {
        date_listed: Some(jiff::civil::date(2022, 8, 1)),
        ..visit("https://blog.example/x".into())
    };
    let page = crawl_visits(vec![visit], settings, HashMap::new()).pages.pop().unwrap();
    assert!(web.count_seen() > 0);
    page
}

#[test]
fn pages_that_are_gone_or_blocked_come_from_the_archive() {
    for (live, word) in [
        (Answer::status(404), "gone"),
        (Answer::status(403), "blocked"),
        (Answer::html("<title>Just a moment...</title>"), "blocked"),
    ] {
        let web = Web::start();
        web.put("https://blog.example/x", live);
        web.put(LOOKUP, json(TABLE));
        web.put(CAPTURE, Answer::html(ARTICLE).with("ETag", "\"archive\""));
        let page = visit_in(&web, &within(&web));
        assert_eq!(page.outcome, Outcome::Ok, "{page:?}");
        assert_eq!(String::from_utf8_lossy(&page.body), ARTICLE);
        let captured = "2022-08-03T10:11:12Z".parse().unwrap();
        let instead_of = Outcome::from_name(word).unwrap();
        assert_eq!(page.source, Source::Archived { captured, instead_of });
        let reason = page.reason.as_deref().unwrap();
        assert!(reason.starts_with(word) && reason.ends_with("archived 2022-08-03"), "{reason}");
        assert_eq!(page.validators(), Validators::default());
        assert_eq!(page.final_url, "https://blog.example/x");
    }
}

#[test]
fn the_archive_is_left_alone_when_it_is_not_wanted() {
    let urls = |web: &Web| web.take_seen().into_iter().map(|seen| seen.url).collect::<Vec<_>>();
    // The page is there.
    let web = Web::start();
    web.put("https://blog.example/x", Answer::html(ARTICLE));
    visit_in(&web, &within(&web));
    assert_eq!(urls(&web), ["https://blog.example/robots.txt", "https://blog.example/x"]);
    // The site forbids the visit.
    let web = Web::start();
    web.put("https://blog.example/robots.txt", Answer::html("User-agent: *\nDisallow: /"));
    assert_eq!(visit_in(&web, &within(&web)).outcome, Outcome::Disallowed);
    assert_eq!(urls(&web), ["https://blog.example/robots.txt"]);
    // It is switched off.
    let web = Web::start();
    let mut settings = within(&web);
    settings.policy.archive = false;
    let page = visit_in(&web, &settings);
    assert_eq!(page.outcome, Outcome::Gone);
    assert_eq!(urls(&web), ["https://blog.example/robots.txt", "https://blog.example/x"]);
}

#[test]
fn without_an_archived_copy_the_page_stays_gone() {
    let web = Web::start();
    web.put(LOOKUP, json("[]"));
    let page = visit_in(&web, &within(&web));
    assert_eq!((page.outcome, &page.source), (Outcome::Gone, &Source::Live));
    assert_eq!(page.reason.as_deref(), Some("404: not there; no archived copy"));
    // The archive forbids, or is down: the same.
    let web = Web::start();
    web.put("https://web.archive.org/robots.txt", Answer::html("User-agent: *\nDisallow: /cdx"));
    let page = visit_in(&web, &within(&web));
    assert_eq!(page.outcome, Outcome::Gone);
    assert!(page.reason.as_ref().unwrap().contains("robots.txt forbids"), "{page:?}");
    assert!(web.take_seen().iter().all(|seen| !seen.url.contains("/cdx")));
}

#[test]
fn an_archive_that_asks_for_hours_is_not_asked_again_in_this_run() {
    let web = Web::start();
    web.otherwise(|url| {
        url.contains("/cdx").then(|| Answer::status(429).with("Retry-After", "7200"))
    });
    let visits = ["x", "y", "z"].map(|name| visit(format!("https://blog.example/{name}")));
    let pages = crawl_visits(visits.to_vec(), &within(&web), HashMap::new()).pages;
    assert!(pages.iter().all(|page| page.outcome == Outcome::Gone), "{pages:?}");
    let put_off = |page: &&Page| page.reason.as_ref().unwrap().contains("left alone for now");
    assert_eq!(pages.iter().filter(put_off).count(), 2);
    assert_eq!(web.take_seen().iter().filter(|seen| seen.url.contains("/cdx")).count(), 1);
}

#[test]
fn a_page_found_empty_can_be_asked_for_in_the_archive() {
    let web = Web::start();
    web.put(LOOKUP, json(TABLE));
    web.put(CAPTURE, Answer::html(ARTICLE));
    web.put("https://blog.example/x", Answer::html(ARTICLE));
    let mut page = visit_in(&web, &within(&web));
    page.outcome = Outcome::Empty;
    page.reason = Some("a script shell".into());
    page.body.clear();
    web.take_seen();
    let mut found = Vec::new();
    let date = Some(jiff::civil::date(2022, 8, 1));
    let mut on_event = |event| {
        if let Event::Page(page) = event {
            found.push(*page);
        }
    };
    let mut frontier = crawl::MemoryFrontier::new(Vec::new(), HashMap::new(), &mut on_event);
    crawl::ask_archive(vec![(page, date)], &mut frontier, &within(&web), &Stop::default()).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].outcome, Outcome::Ok);
    assert_eq!(found[0].reason.as_deref(), Some("empty: a script shell; archived 2022-08-03"));
    assert!(web.take_seen().iter().all(|seen| seen.url.contains("web.archive.org")));
}

#[test]
fn a_repository_is_read_through_the_api_and_only_when_it_changed() {
    let web = Web::start();
    let api = "https://api.github.com/repos/owner/repo/readme";
    web.put(api, Answer::html("<h1>Feature store</h1>").with("ETag", "\"r1\""));
    let url = "https://github.com/owner/repo".to_owned();
    let page = crawl_one(url.clone(), &within(&web));
    assert_eq!(page.outcome, Outcome::Ok, "{page:?}");
    assert!(String::from_utf8_lossy(&page.body).contains("<h1>Feature store</h1>"));
    assert_eq!(page.reason.as_deref(), Some("the README, by the GitHub API"));
    let seen = web.take_seen();
    assert_eq!(seen.last().unwrap().headers["accept"], "application/vnd.github.html");
    assert!(seen.iter().all(|seen| seen.url.starts_with("https://api.github.com/")));
    let again = Visit { validators: page.validators(), ..visit(url) };
    let told = crawl_visits(vec![again], &within(&web), HashMap::new());
    assert_eq!(told.pages[0].outcome, Outcome::Unchanged);
}

#[test]
fn a_service_that_does_not_answer_leaves_the_plain_page() {
    for url in [
        "https://github.com/owner/repo",
        "https://arxiv.org/abs/2203.00001",
        "https://doi.org/10.1000/12.34",
        "https://www.youtube.com/playlist?list=PLx",
        "https://twitter.com/ada/status/12",
    ] {
        let web = Web::start();
        web.put(url, Answer::html(ARTICLE));
        let page = crawl_one(url.to_owned(), &within(&web));
        assert_eq!(page.outcome, Outcome::Ok, "{page:?}");
        assert_eq!(String::from_utf8_lossy(&page.body), ARTICLE);
        assert_eq!(page.reason, None);
    }
}
