//! Outcomes of answers: from status, header and body to an outcome with its evidence.

use std::ops::ControlFlow;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    canonical,
    html::{self, Piece},
    http::{
        headers::Headers,
        reason,
        reply::Reply,
        sniff::{self, BodyKind},
    },
    page::Outcome,
};

/// Header fields worth keeping with a page.
const KEPT: [&str; 11] = [
    "age",
    "cache-control",
    "content-disposition",
    "content-language",
    "content-type",
    "date",
    "etag",
    "last-modified",
    "link",
    "server",
    "x-robots-tag",
];
/// Longest header value kept, in bytes.
const MAX_VALUE: usize = 2000;
/// A bot challenge is a small page; no article is judged by a phrase in it.
const MAX_CHALLENGE: usize = 64 << 10;
/// As [`MAX_CHALLENGE`], for challenges that answer with status 200.
const MAX_CHALLENGE_OK: usize = 16 << 10;
/// `<meta>` stands in the head of a page; no more than this is searched for one.
const HEAD: usize = 32 << 10;

/// Judges a final answer (no redirect). `product` is the product token of the user agent.
pub(crate) fn judge(reply: &Reply, product: &str, now: Timestamp) -> (Outcome, Option<String>) {
    let status = reply.status;
    let says = |what: &str| Some(format!("{status}: {what}"));
    if let Some(challenge) = bot_challenge(&reply.headers, &reply.body, status) {
        return (Outcome::Blocked, Some(format!("{status}: {challenge}")));
    }
    match status {
        200 | 203 => {}
        206 if is_whole(&reply.headers) => {}
        204 | 205 => return (Outcome::Empty, says("no content")),
        200..=299 => return (Outcome::Unreachable, says("a partial or unexpected answer")),
        304 => return (Outcome::Unchanged, None),
        300..=399 => return (Outcome::Unreachable, says("a redirect without a target")),
        404 | 410 => return (Outcome::Gone, says("not there")),
        401 | 402 | 403 | 407 | 451 | 999 => return (Outcome::Blocked, says("refused")),
        429 => return (Outcome::Blocked, says("too many requests")),
        400..=499 => return (Outcome::Blocked, says("the request was refused")),
        _ => return (Outcome::Unreachable, says("server error")),
    }
    if asks_noindex(reply, product, now) {
        return (Outcome::Disallowed, Some("noindex".into()));
    }
    if reply.body.trim_ascii().is_empty() {
        return (Outcome::Empty, says("no body"));
    }
    let label = reply.headers.text("content-type");
    match sniff::sniff(&label, &reply.body) {
        BodyKind::Text | BodyKind::Pdf => (Outcome::Ok, None),
        BodyKind::Other(what) => {
            (Outcome::UnsupportedType, Some(reason::unsupported(what, &label)))
        }
    }
}

/// The header fields worth keeping, in a fixed order.
pub(crate) fn kept_headers(headers: &Headers) -> Vec<(String, String)> {
    let mut kept = Vec::new();
    for name in KEPT {
        for value in headers.all(name) {
            if value.len() <= MAX_VALUE {
                kept.push((name.to_owned(), canonical::discreet(&value).into_owned()));
            }
        }
    }
    kept
}

/// The name of the bot challenge that answered instead of the site. None is ever solved: knowing it
/// saves the site owner further requests and the reader a page of puzzles.
fn bot_challenge(headers: &Headers, body: &[u8], status: u16) -> Option<&'static str> {
    if headers.text("cf-mitigated") == "challenge" {
        return Some("bot challenge by Cloudflare");
    }
    if headers.text("x-amzn-waf-action") == "challenge" {
        return Some("bot challenge by AWS WAF");
    }
    let most = match status {
        200 => MAX_CHALLENGE_OK,
        202 | 401 | 403 | 405 | 429 | 503 => MAX_CHALLENGE,
        _ => return None,
    };
    if body.len() > most {
        return None;
    }
    let has = |needle: &str| memchr::memmem::find(body, needle.as_bytes()).is_some();
    CHALLENGES.iter().find(|(marks, _)| marks.iter().all(|mark| has(mark))).map(|(_, name)| *name)
}

/// Marks that stand together on the page of a challenge and on no article.
const CHALLENGES: [(&[&str], &str); 9] = [
    (&["<title>Just a moment...</title>"], "bot challenge by Cloudflare"),
    (&["<title>Attention Required! | Cloudflare</title>"], "refused by Cloudflare"),
    (&["/cdn-cgi/challenge-platform/", "cf-chl"], "bot challenge by Cloudflare"),
    (&["_Incapsula_Resource", "<iframe"], "bot challenge by Imperva"),
    (&["captcha-delivery.com"], "bot challenge by DataDome"),
    (&["px-captcha"], "bot challenge by PerimeterX"),
    (&["<title>Access Denied</title>", "errors.edgesuite.net"], "refused by Akamai"),
    (&["awsWafCookieDomainList", "challenge.js"], "bot challenge by AWS WAF"),
    (&["Making sure you&#39;re not a bot!"], "bot challenge by Anubis"),
];

/// Whether a 206 holds the whole body all the same.
fn is_whole(headers: &Headers) -> bool {
    let range = headers.text("content-range");
    let parts = range.strip_prefix("bytes 0-").and_then(|rest| rest.split_once('/'));
    parts.is_some_and(|(last, total)| match (last.parse::<u64>(), total.parse::<u64>()) {
        (Ok(last), Ok(total)) => last.checked_add(1) == Some(total),
        _ => false,
    })
}

/// Whether `X-Robots-Tag`, or a `<meta name="robots">` with a date, asks us not to index the page.
/// Other elements are judged with the text.
fn asks_noindex(reply: &Reply, product: &str, now: Timestamp) -> bool {
    let product = product.to_ascii_lowercase();
    let asks = |value: &str| says_noindex(value, &product, now);
    if reply.headers.all("x-robots-tag").any(|value| asks(&value)) {
        return true;
    }
    let head = &reply.body[..reply.body.len().min(HEAD)];
    let mut found = false;
    if memchr::memmem::find(&head.to_ascii_lowercase(), b"unavailable_after").is_some() {
        html::pieces(&String::from_utf8_lossy(head), |piece, _| {
            if let Piece::Start("meta", attributes) = piece {
                let name = attributes.get("name").unwrap_or_default().trim().to_ascii_lowercase();
                let is_for_us = name == "robots" || name == product;
                found = is_for_us && attributes.get("content").is_some_and(asks);
            }
            if found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
    }
    found
}

/// Whether a list of rules has one that keeps the page out. It may begin with the name of the crawler
/// that it is for.
fn says_noindex(value: &str, product: &str, now: Timestamp) -> bool {
    let value = value.to_ascii_lowercase();
    let (mut rest, mut for_us) = (value.as_str(), true);
    while !rest.is_empty() {
        if let Some((name, others)) = rest.split_once(':')
            && is_agent(name.trim())
        {
            for_us = name.trim() == "*" || name.trim() == product;
            rest = others;
            continue;
        }
        let (rule, others) = rest.split_once([',', ';']).unwrap_or((rest, ""));
        let asks = match rest.trim_start().strip_prefix("unavailable_after:") {
            Some(date) => is_past(date, now),
            None => matches!(rule.trim(), "noindex" | "none"),
        };
        if asks && for_us {
            return true;
        }
        rest = others;
    }
    false
}

/// Whether what stands before a colon names a crawler, and not a rule with a value.
fn is_agent(name: &str) -> bool {
    let is_rule = name == "unavailable_after" || name.starts_with("max-");
    !is_rule && !name.contains([' ', '\t', ',', ';'])
}

/// Whether the date at the beginning of a text has passed: ISO 8601, or one of the forms that HTTP
/// has for dates. The weekday that those begin with says nothing more; further rules may follow.
fn is_past(text: &str, now: Timestamp) -> bool {
    let mut parts = text.split([',', ';']).map(str::trim);
    let first = parts.next().unwrap_or_default();
    let date = if first.ends_with("day") || first.len() == 3 { parts.next() } else { Some(first) };
    let date = date.unwrap_or_default();
    let day = |date: Date| TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok();
    let iso = date.to_ascii_uppercase();
    let iso = iso.parse().ok().or_else(|| iso.parse().ok().and_then(day));
    let http = || {
        let date = date.replace('-', " ").replace("utc", "gmt");
        jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(&date).ok()
    };
    iso.or_else(http).is_some_and(|at: Timestamp| at < now)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use crate::{
        crawl::classify::judge,
        http::{headers::Headers, reply::Reply},
        page::Outcome,
    };

    #[track_caller]
    fn check(status: u16, header: (&'static str, &'static str), body: &str, outcome: Outcome) {
        let headers = Headers::with(header.0, header.1.as_bytes());
        let reply = Reply { status, headers, body: body.into(), ..Reply::default() };
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let verdict = judge(&reply, "mlsearch", now);
        assert_eq!(verdict.0, outcome, "{status} {header:?} {verdict:?}");
        assert_eq!(verdict.1.is_none(), matches!(outcome, Outcome::Ok | Outcome::Unchanged));
    }

    const HTML: (&str, &str) = ("content-type", "text/html");
    const PAGE: &str = "<!doctype html><title>On drift</title><p>Features drift.";

    #[test]
    fn statuses_have_their_outcome() {
        check(200, HTML, PAGE, Outcome::Ok);
        check(203, HTML, PAGE, Outcome::Ok);
        check(204, HTML, "", Outcome::Empty);
        check(200, HTML, " \n", Outcome::Empty);
        check(304, HTML, "", Outcome::Unchanged);
        check(302, HTML, PAGE, Outcome::Unreachable);
        check(404, HTML, PAGE, Outcome::Gone);
        check(410, HTML, PAGE, Outcome::Gone);
        check(403, HTML, PAGE, Outcome::Blocked);
        check(451, HTML, PAGE, Outcome::Blocked);
        check(429, HTML, PAGE, Outcome::Blocked);
        check(500, HTML, PAGE, Outcome::Unreachable);
        check(206, HTML, PAGE, Outcome::Unreachable);
        check(206, ("content-range", "bytes 0-9/10"), PAGE, Outcome::Ok);
        check(206, ("content-range", "bytes 0-9/20"), PAGE, Outcome::Unreachable);
    }

    #[test]
    fn challenges_are_blocked_and_talk_of_them_is_not() {
        check(403, ("cf-mitigated", "challenge"), PAGE, Outcome::Blocked);
        check(200, HTML, "<title>Just a moment...</title>", Outcome::Blocked);
        check(503, HTML, "<title>Just a moment...</title>", Outcome::Blocked);
        let article = format!("{PAGE}{}<title>Just a moment...</title>", "x".repeat(20_000));
        check(200, HTML, &article, Outcome::Ok);
    }

    #[test]
    fn noindex_counts_when_it_is_for_us() {
        for (value, outcome) in [
            ("noindex", Outcome::Disallowed),
            ("nofollow, NoIndex", Outcome::Disallowed),
            ("none", Outcome::Disallowed),
            ("mlsearch: noindex", Outcome::Disallowed),
            ("otherbot: noindex", Outcome::Ok),
            ("otherbot: nofollow, noindex", Outcome::Ok),
            ("nofollow, max-snippet:20", Outcome::Ok),
            ("max-image-preview:large, noindex", Outcome::Disallowed),
            ("otherbot: nofollow, MLsearch: none", Outcome::Disallowed),
            ("*: noindex", Outcome::Disallowed),
            ("mlsearch: nofollow, otherbot: noindex", Outcome::Ok),
            ("max-snippet:20, otherbot: noindex", Outcome::Ok),
            ("unavailable_after: 25 Jun 2010 15:00:00 PST", Outcome::Disallowed),
            ("unavailable_after: Friday, 25-Jun-10 15:00:00 UTC", Outcome::Disallowed),
            ("unavailable_after: Fri, 25 Jun 2010 15:00:00 GMT", Outcome::Disallowed),
            ("unavailable_after: 2010-06-25", Outcome::Disallowed),
            ("MLsearch: unavailable_after: 2010-06-25T15:00:00+02:00", Outcome::Disallowed),
            ("otherbot: unavailable_after: 2010-06-25", Outcome::Ok),
            ("unavailable_after: 25 Jun 2090 15:00:00 PST", Outcome::Ok),
            ("unavailable_after: Sunday, 25-Jun-90 15:00:00 UTC, noindex", Outcome::Disallowed),
            ("unavailable_after: 2090-06-25", Outcome::Ok),
            ("unavailable_after: soon", Outcome::Ok),
            ("noindex; nofollow", Outcome::Disallowed),
            ("nofollow;unavailable_after: 2010-06-25; noarchive", Outcome::Disallowed),
        ] {
            check(200, ("x-robots-tag", value), PAGE, outcome);
        }
    }

    #[test]
    fn a_page_may_say_until_when_it_is_there() {
        for (name, value, outcome) in [
            ("robots", "unavailable_after: 25 Jun 2010 15:00:00 PST", Outcome::Disallowed),
            ("Robots", "nofollow, UNAVAILABLE_AFTER: 2010-06-25", Outcome::Disallowed),
            ("mlsearch", "unavailable_after: 2010-06-25", Outcome::Disallowed),
            ("otherbot", "unavailable_after: 2010-06-25", Outcome::Ok),
            ("robots", "unavailable_after: 2090-06-25", Outcome::Ok),
            ("description", "unavailable_after: 2010-06-25", Outcome::Ok),
        ] {
            check(200, HTML, &format!("<meta name={name} content='{value}'>{PAGE}"), outcome);
        }
    }
}
