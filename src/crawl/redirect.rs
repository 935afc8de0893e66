//! Where an answer sends us: `Location`, `Refresh` and `<meta http-equiv="refresh">`.

use std::ops::ControlFlow;

use percent_encoding::{AsciiSet, percent_encode};
use url::Url;

use crate::{
    canonical,
    html::{self, Piece},
    http::reply::Reply,
};

/// Hops of one visit; more is a trap.
pub(crate) const MAX_HOPS: usize = 10;
/// A refresh after a longer time is meant for readers, not a redirect.
const MAX_REFRESH_SECONDS: u64 = 10;
/// The refresh stands in the head of a page; no more than this is searched.
const HEAD: usize = 32 << 10;

/// A redirect.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Redirect {
    /// Where to, or the text that is no URL.
    pub(crate) target: Result<Url, String>,
    /// Whether the server says that it is for good (301, 308).
    pub(crate) permanent: bool,
}

/// The redirect that an answer to `url` asks for.
pub(crate) fn redirect(reply: &Reply, url: &Url) -> Option<Redirect> {
    let (target, base, permanent) = match reply.status {
        300 | 301 | 302 | 303 | 307 | 308 => {
            (location(reply.headers.bytes("location")?), None, matches!(reply.status, 301 | 308))
        }
        200 | 203 => {
            let header = reply.headers.bytes("refresh").map(location);
            let header = header.and_then(|value| Refresh::read(&value, None));
            let Refresh { target, base } = header.or_else(|| refresh(&reply.body))?;
            (target, base.and_then(|base| url.join(&base).ok()), false)
        }
        _ => return None,
    };
    let target = match base.as_ref().unwrap_or(url).join(&target) {
        Ok(mut target) => {
            plain(&mut target);
            Ok(target)
        }
        Err(_) => Err(target),
    };
    if reply.status < 300 && target.as_ref() == Ok(url) {
        return None;
    }
    Some(Redirect { target, permanent })
}

/// A `Location` value as text; bytes that are not UTF-8 stand for themselves, as in browsers.
fn location(value: &[u8]) -> String {
    let text = match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) => percent_encode(value, &AsciiSet::EMPTY).to_string(),
    };
    text.trim().to_owned()
}

/// Takes from a URL what is never sent: the fragment, and credentials that somebody else wrote.
pub(crate) fn plain(url: &mut Url) {
    url.set_fragment(None);
    canonical::cut_userinfo(url);
}

/// What a page says of where it is.
struct Refresh {
    target: String,
    /// The `href` of a `<base>` before it.
    base: Option<String>,
}

impl Refresh {
    fn read(content: &str, base: Option<String>) -> Option<Refresh> {
        refresh_target(content).map(|target| Refresh { target: target.to_owned(), base })
    }
}

/// The first refresh in the head of a page, outside of comments, scripts, `<template>`, which shows
/// nothing, and `<noscript>`, which speaks to another kind of reader.
fn refresh(body: &[u8]) -> Option<Refresh> {
    let name = b"http-equiv";
    let head = &body[..body.len().min(HEAD)];
    // The letter `q` is rare, so that most pages end here without having been read.
    let is_named = |q: usize| {
        let around = q.checked_sub(6).and_then(|from| head.get(from..from + name.len()));
        around.is_some_and(|around| around.eq_ignore_ascii_case(name))
    };
    if !memchr::memchr2_iter(b'q', b'Q', head).any(is_named) {
        return None;
    }
    let (mut found, mut base, mut unread) = (None, None, 0_usize);
    html::pieces(&String::from_utf8_lossy(head), |piece, _| {
        match piece {
            Piece::Start("noscript" | "template", _) => unread += 1,
            Piece::End("noscript" | "template") => unread = unread.saturating_sub(1),
            _ if unread > 0 => {}
            Piece::Start("body", _) => return ControlFlow::Break(()),
            Piece::Start("base", attributes) if base.is_none() => {
                base = attributes.get("href").map(|href| href.trim().to_owned());
            }
            Piece::Start("meta", attributes) => {
                let is = attributes.get("http-equiv").map(str::trim);
                if is.is_some_and(|is| is.eq_ignore_ascii_case("refresh")) {
                    let content = attributes.get("content").unwrap_or_default();
                    found = Refresh::read(content, base.clone());
                }
                if found.is_some() {
                    return ControlFlow::Break(());
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    });
    found
}

/// Reads `0; url='/there'` (HTML, "shared declarative refresh steps").
fn refresh_target(content: &str) -> Option<&str> {
    let blank = |c: char| c.is_ascii_whitespace();
    let content = content.trim_start_matches(blank);
    let rest = content.trim_start_matches(|c: char| c.is_ascii_digit());
    let seconds = &content[..content.len() - rest.len()];
    if seconds.is_empty() && !rest.starts_with('.') {
        return None;
    }
    // More digits than fit are a long time.
    if !seconds.is_empty() && seconds.parse().map_or(true, |s: u64| s > MAX_REFRESH_SECONDS) {
        return None;
    }
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    if !rest.starts_with([';', ',']) && !rest.starts_with(blank) {
        return None;
    }
    let rest = rest.trim_start_matches(blank);
    let rest = rest.strip_prefix([';', ',']).unwrap_or(rest).trim_start_matches(blank);
    let is_named = rest.get(..3).is_some_and(|name| name.eq_ignore_ascii_case("url"));
    let named = is_named.then(|| rest[3..].trim_start_matches(blank).strip_prefix('=')).flatten();
    let target = named.map_or(rest, |target| target.trim_start_matches(blank));
    let target = match target.chars().next() {
        Some(quote @ ('"' | '\'')) => target[1..].split(quote).next().unwrap_or_default(),
        _ => target,
    };
    let target = target.trim_matches(blank);
    (!target.is_empty()).then_some(target)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use crate::{
        crawl::redirect::{redirect, refresh_target},
        http::{headers::Headers, reply::Reply},
    };

    fn target(reply: &Reply) -> Option<String> {
        let base = Url::parse("https://a.example/x/y?z").unwrap();
        redirect(reply, &base).map(|r| r.target.map_or_else(|text| text, String::from))
    }

    #[track_caller]
    fn check_location(location: &[u8], expected: &str) {
        let headers = Headers::with("location", location);
        let reply = Reply { status: 302, headers, ..Reply::default() };
        assert_eq!(target(&reply).as_deref(), Some(expected));
    }

    #[track_caller]
    fn check_page(body: &str, expected: Option<&str>) {
        let reply = Reply { status: 200, body: body.into(), ..Reply::default() };
        assert_eq!(target(&reply).as_deref(), expected, "{body}");
    }

    #[test]
    fn locations_are_resolved_and_stripped() {
        check_location(b"/there", "https://a.example/there");
        check_location(b"there#part", "https://a.example/x/there");
        check_location(b"//b.example/", "https://b.example/");
        check_location(b"?q", "https://a.example/x/y?q");
        check_location(b"http://me:secret@b.example/", "http://b.example/");
        check_location("/caf\u{e9}".as_bytes(), "https://a.example/caf%C3%A9");
        check_location(b"/caf\xe9", "https://a.example/caf%E9");
        check_location(b"http://[broken", "http://[broken");
    }

    #[test]
    fn refresh_in_the_head_is_a_redirect() {
        let there = Some("https://a.example/there");
        check_page("<meta http-equiv=refresh content='0;url=/there'>", there);
        check_page("<META HTTP-EQUIV=\"Refresh\" CONTENT=\"5; URL='/there'\">", there);
        check_page(
            "<html><head><title>x</title><meta content=\"0; /there\" http-equiv='refresh' />",
            there,
        );
    }

    #[test]
    fn refresh_is_read_as_browsers_read_it() {
        check_page(
            "<meta name='a>b'><meta http-equiv=refresh content='0;url=/t?a=1&#38;b=2'>",
            Some("https://a.example/t?a=1&b=2"),
        );
        check_page(
            "<title>&lt;body></title><meta http-equiv=refresh content=0;/t>",
            Some("https://a.example/t"),
        );
        check_page("<script>'<meta http-equiv=refresh content=0;/t>'</script>", None);
        check_page(
            "<style><!--</style><meta http-equiv=refresh content=0;/t>-->",
            Some("https://a.example/t"),
        );
    }

    #[test]
    fn a_refresh_is_read_by_the_steps_of_the_standard() {
        #[track_caller]
        fn check(content: &str, expected: Option<&str>) {
            assert_eq!(refresh_target(content), expected, "{content}");
        }
        let there = Some("/there");
        for content in [
            "0;url=/there",
            "0; URL = /there ",
            " 1.9.2 ,/there",
            "0 /there",
            "0\turl=/there",
            ".5;/there",
            ".;/there",
            "0; url='/there' and more",
            "0; url=\"/there\">",
            "0;'/there' url=/other",
            "0; url='/there",
        ] {
            check(content, there);
        }
        check("0; url=/it's", Some("/it's"));
        check("0; urls/x", Some("urls/x"));
        check("0; url", Some("url"));
        for content in
            ["", "0", "0;", "0; url=", "0; url=''", ";/there", "url=/there", "/there", "-1;/there"]
        {
            check(content, None);
        }
        for content in
            ["+0;/there", "nan;/there", "inf;/there", "0x;/there", "99999999999999999999;/there"]
        {
            check(content, None);
        }
    }

    #[test]
    fn a_header_refreshes_as_an_element_does() {
        let headers = Headers::with("refresh", b"0; url=there");
        let body = "<meta http-equiv=refresh content='0;url=/elsewhere'>".into();
        let reply = Reply { status: 200, headers, body, ..Reply::default() };
        assert_eq!(target(&reply).as_deref(), Some("https://a.example/x/there"));
        let headers = Headers::with("refresh", b"600");
        let reply = Reply { status: 200, headers, ..Reply::default() };
        assert_eq!(target(&reply), None);
    }

    #[test]
    fn a_base_counts_and_a_template_does_not() {
        check_page(
            "<base target=_top><base href='/b/'><meta http-equiv=refresh content='0;there'>",
            Some("https://a.example/b/there"),
        );
        check_page(
            "<meta http-equiv=refresh content='0;there'><base href='https://b.example/'>",
            Some("https://a.example/x/there"),
        );
        check_page("<template><meta http-equiv=refresh content='0;/there'></template>", None);
        check_page(
            "<meta http-equiv=refresh content=soon><meta http-equiv=refresh content='0;&#x2f;t&amp;u'>",
            Some("https://a.example/t&u"),
        );
    }

    #[test]
    fn refresh_for_readers_is_none() {
        check_page("<meta http-equiv=refresh content=300>", None);
        check_page("<meta http-equiv=refresh content='300;url=/there'>", None);
        check_page("<!-- <meta http-equiv=refresh content='0;url=/there'> -->", None);
        check_page("<noscript><meta http-equiv=refresh content='0;url=/there'></noscript>", None);
        check_page("<body><meta http-equiv=refresh content='0;url=/there'>", None);
        check_page("<meta http-equiv=refresh content='0;url=/x/y?z'>", None);
        check_page("<meta name=refresh content='0;url=/there'><meta =\"", None);
    }
}
