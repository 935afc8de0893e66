//! Where an answer sends us: `Location` and `<meta http-equiv="refresh">`.

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
const MAX_REFRESH_SECONDS: f64 = 10.0;
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
    let (target, permanent) = match reply.status {
        300 | 301 | 302 | 303 | 307 | 308 => {
            (location(reply.headers.bytes("location")?), matches!(reply.status, 301 | 308))
        }
        200 | 203 => (refresh(&reply.body)?, false),
        _ => return None,
    };
    let target = match url.join(&target) {
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

/// The target of the first refresh in the head of a page, outside of comments, scripts and
/// `<noscript>`, which speaks to another kind of reader.
fn refresh(body: &[u8]) -> Option<String> {
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
    let (mut content, mut in_noscript) = (None, false);
    html::pieces(&String::from_utf8_lossy(head), |piece, _| {
        match piece {
            Piece::Start("noscript", _) => in_noscript = true,
            Piece::End("noscript") => in_noscript = false,
            _ if in_noscript => {}
            Piece::Start("body", _) => return ControlFlow::Break(()),
            Piece::Start("meta", attributes) => {
                let is = attributes.get("http-equiv").map(str::trim);
                if is.is_some_and(|is| is.eq_ignore_ascii_case("refresh")) {
                    content = attributes.get("content").map(str::to_owned);
                    return ControlFlow::Break(());
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    });
    refresh_target(&content?)
}

/// Reads `0; url='/there'`.
fn refresh_target(content: &str) -> Option<String> {
    let (seconds, rest) = content.split_once([';', ','])?;
    let seconds: f64 = seconds.trim().parse().ok()?;
    if seconds > MAX_REFRESH_SECONDS {
        return None;
    }
    let rest = rest.trim_start();
    let is_named = rest.get(..3).is_some_and(|name| name.eq_ignore_ascii_case("url"));
    let target = match is_named.then(|| rest[3..].trim_start().strip_prefix('=')).flatten() {
        Some(target) => target,
        None => rest,
    };
    let target = target.trim().trim_matches(['"', '\'']).trim();
    (!target.is_empty()).then(|| target.to_owned())
}

#[cfg(test)]
mod tests {
    use url::Url;

    use crate::{
        crawl::redirect::redirect,
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
