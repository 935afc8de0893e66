//! Canonical URLs: the identity of a document.

mod authority;
mod front_page;
pub(crate) mod network;
mod userinfo;

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

pub use crate::canonical::front_page::{is_front_page, leads_to_front_page};
pub use crate::canonical::userinfo::{
    cut_userinfo, discreet, discreet_url, url_without_userinfo, without_userinfo,
};

/// A URL reduced to what identifies the page it names; it can still be visited.
///
/// Reduced is only what is certain to make no difference: the case of scheme and host, the root dot
/// of a host name, default ports, credentials, dot segments, the spelling of percent-encoding
/// (RFC 3986, section 6.2.2), empty and tracking parameters, and fragments other than the routes of
/// one-page applications (`#/post/1`, `#!/post/1`).
/// Scheme, `www.`, trailing slash, the order and the value of all other parameters are kept.
/// Reducing twice changes nothing.
///
/// ```
/// use mlsearch::canonical::CanonicalUrl;
///
/// let url = CanonicalUrl::parse("HTTPS://Example.com:443/a/../b?id=4&utm_source=x#top").unwrap();
/// assert_eq!(url.as_str(), "https://example.com/b?id=4");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CanonicalUrl(String);

impl CanonicalUrl {
    /// Reduces an absolute http or https URL; none for anything else.
    pub fn parse(url: &str) -> Option<CanonicalUrl> {
        web_url(url).and_then(|url| CanonicalUrl::from_url(&url))
    }

    /// Reduces a parsed URL; none unless it is http or https with a proper host.
    pub fn from_url(url: &Url) -> Option<CanonicalUrl> {
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        let host = url.host_str()?;
        let host = host.strip_suffix('.').unwrap_or(host);
        if host.split('.').any(str::is_empty) {
            return None;
        }
        let mut text = format!("{}://{host}", url.scheme());
        if let Some(port) = url.port() {
            text.push_str(&format!(":{port}"));
        }
        text.push_str(&normalize_escapes(url.path()));
        text.push_str(&essential_query(host, url.query()));
        text.push_str(&route(host, url.fragment()));
        Some(CanonicalUrl(text))
    }

    /// The canonical form as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, without port.
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or(self.0.as_str(), |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        match authority.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => authority,
        }
    }
}

impl fmt::Display for CanonicalUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a URL has in common with its twins, which differ in the scheme, a `www.` or a slash at the
/// end: mostly, but not always, the same page.
///
/// ```
/// use mlsearch::canonical::twin_form;
///
/// assert_eq!(twin_form("http://www.a.example/x/"), twin_form("https://a.example/x"));
/// ```
pub fn twin_form(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/')
}

/// Parses an absolute http or https URL as a curator writes it.
///
/// The URL standard forgives `http:///x` and `http:x` and takes `x` for the host; nobody who writes
/// a list means that, so both are refused here.
pub fn web_url(text: &str) -> Option<Url> {
    let text = text.trim();
    let (scheme, rest) = text.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let authority = rest.strip_prefix("//")?;
    if authority.starts_with(['/', '\\', '?', '#']) {
        return None;
    }
    Url::parse(text).ok()
}

/// Where a link to an address leads, if that is an address of the web: a list may say `javascript:`
/// or worse.
///
/// It is the address as a browser asks for it: nothing is left out, and what is no printable ASCII
/// is encoded, so that it can stand in whatever makes links.
///
/// ```
/// use mlsearch::canonical::link_target;
///
/// let target = link_target("https://bücher.example/機?a=<b>");
/// assert_eq!(target.as_deref(), Some("https://xn--bcher-kva.example/%E6%A9%9F?a=%3Cb%3E"));
/// assert_eq!(link_target("javascript:alert(1)"), None);
/// ```
pub fn link_target(address: &str) -> Option<String> {
    web_url(address).map(String::from)
}

/// Parameters that only say where the visitor comes from, on whatever site; compared in lower case.
const TRACKING: &str = "
    __hsfp __hssc __hstc __s __twitter_impression _branch_match_id _branch_referrer _bta_c
    _bta_tid _ga _gl _hsenc _hsmi _ke _kx _openstat action_object_map action_ref_map
    action_type_map at_campaign at_medium ceneo_spo cmpid cndid dclid dm_i echobox ef_id elqtrack
    elqtrackid epik fb_action_ids fb_action_types fb_ref fb_source fbclid ga_campaign ga_content
    ga_medium ga_place ga_source ga_term gad_campaignid gad_source gbraid gclid gclsrc gs_l gs_lcp
    guccounter guce_referrer guce_referrer_sig hmb_campaign hmb_medium hmb_source hsctatracking
    icid igsh igshid irclickid li_fat_id mbid mc_cid mc_eid mc_tc mkt_tok mkwid ml_subscriber
    ml_subscriber_hash msclkid ncid oly_anon_id oly_enc_id os_ehash pcrid pk_campaign pk_cid
    pk_content pk_keyword pk_kwd pk_medium pk_source pk_vid rb_clickid s_cid s_kwcid
    sb_referer_host sc_campaign sc_channel sc_cid sc_content sc_geo sc_medium sc_outcome spm
    srsltid tracking_source ttclid twclid vero_conv vero_id wbraid wickedid wickedsource wt.mc_id
    wt_mc wt_zmc wtmc wtrid wtzmc xtor yclid zanpid";

/// Beginnings of such parameters.
const TRACKING_PREFIXES: &[&str] =
    &["bsft_", "hsa_", "itm_", "matomo_", "mtm_", "otm_", "piwik_", "stm_", "trk_", "utm_"];

/// Parameters that are tracking on one site and mean something on others: host (with its
/// subdomains), names.
const TRACKING_ON: &[(&str, &[&str])] = &[
    ("linkedin.com", &["trk", "trkinfo", "trackingid", "lipi", "refid"]),
    ("medium.com", &["source"]),
    ("reddit.com", &["share_id", "rdt"]),
    ("spotify.com", &["si"]),
    ("twitter.com", &["s", "ref_src", "ref_url"]),
    ("x.com", &["s", "ref_src", "ref_url"]),
    ("youtu.be", &["feature", "si", "pp", "ab_channel"]),
    ("youtube.com", &["feature", "si", "pp", "ab_channel"]),
];

/// Sites where `ref` names a branch and not the referring site.
const REF_SELECTS: &[&str] =
    &["bitbucket.org", "codeberg.org", "github.com", "gitlab.com", "huggingface.co"];

/// The query with `?`, without empty and tracking parameters; empty when nothing is left.
fn essential_query(host: &str, query: Option<&str>) -> String {
    let query = normalize_escapes(query.unwrap_or_default());
    let kept: Vec<&str> =
        query.split('&').filter(|pair| !pair.is_empty() && !is_tracking(host, pair)).collect();
    if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) }
}

fn is_tracking(host: &str, pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    // `&amp;` that was copied from the source of a page without being decoded.
    let name = name.strip_prefix("amp;").unwrap_or(name).to_ascii_lowercase();
    match name.as_str() {
        "ref" => !REF_SELECTS.iter().any(|site| is_on(host, site)),
        // Medium writes `rss----4f2a---2` also on the domains of its customers.
        "source" if value.contains("----") => true,
        name => {
            TRACKING.split_ascii_whitespace().any(|tracking| tracking == name)
                || TRACKING_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
                || TRACKING_ON
                    .iter()
                    .any(|(site, names)| is_on(host, site) && names.contains(&name))
        }
    }
}

/// Whether a host is that site or a subdomain of it.
fn is_on(host: &str, site: &str) -> bool {
    host.strip_suffix(site).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The fragment with `#` when it is the route of a one-page application, else nothing.
fn route(host: &str, fragment: Option<&str>) -> String {
    let fragment = fragment.unwrap_or_default();
    // Everything from `:~:` on is a directive for the browser
    // (https://wicg.github.io/scroll-to-text-fragment/#the-fragment-directive).
    let fragment = fragment.split(":~:").next().unwrap_or_default();
    if !fragment.starts_with(['/', '!']) || matches!(fragment, "/" | "!" | "!/") {
        return String::new();
    }
    let (path, query) = match fragment.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (fragment, None),
    };
    format!("#{}{}", normalize_escapes(path), essential_query(host, query))
}

/// One spelling for each octet: unreserved characters are written as themselves, others as `%` and
/// two upper case digits (RFC 3986, section 6.2.2); a `%` that begins no escape is `%25`.
fn normalize_escapes(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%').then(|| escaped_octet(&bytes[at + 1..])).flatten();
        match (bytes[at], escaped) {
            (_, Some(octet)) => {
                if octet.is_ascii_alphanumeric() || b"-._~".contains(&octet) {
                    out.push(char::from(octet));
                } else {
                    push_escape(&mut out, octet);
                }
                at += 2;
            }
            // Characters that no part of a URI may hold, but that browsers leave alone.
            (b'%' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}', None) => {
                push_escape(&mut out, bytes[at]);
            }
            (octet, None) if octet.is_ascii_graphic() => out.push(char::from(octet)),
            (octet, None) => push_escape(&mut out, octet),
        }
        at += 1;
    }
    out
}

fn escaped_octet(digits: &[u8]) -> Option<u8> {
    let digit = |at: usize| digits.get(at).and_then(|&b| char::from(b).to_digit(16));
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

fn push_escape(out: &mut String, octet: u8) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(HEX[usize::from(octet >> 4)]));
    out.push(char::from(HEX[usize::from(octet & 15)]));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use crate::canonical::CanonicalUrl;

    #[track_caller]
    fn check(url: &str, expected: Option<&str>) {
        let got = CanonicalUrl::parse(url);
        assert_eq!(got.as_ref().map(CanonicalUrl::as_str), expected, "{url}");
        if let Some(got) = got {
            assert_eq!(CanonicalUrl::parse(got.as_str()), Some(got.clone()), "twice: {got}");
        }
    }

    #[test]
    fn what_makes_no_difference_is_dropped() {
        let same = "https://a.example/x";
        for url in [
            "HTTPS://A.Example/x",
            "https://a.example:443/x",
            "https://a.example:/x",
            "https://a.example./x",
            "https://me:secret@a.example/x",
            " https://a.example/b/%2e%2E/x\n",
            "https://a.example/%78",
            "https://a.example/x?",
            "https://a.example/x?&&",
            "https://a.example/x#section",
            "https://a.example/x#:~:text=drift",
            "https://a.example/x#/",
            "https://a.example/x?utm_source=a&UTM_Medium=b&fbclid=c&hsCtaTracking=d&ref=e",
            "https://a.example/x?amp;utm%5Fsource=a",
            "https://a.example/x?source=rss----4f2a---2",
        ] {
            check(url, Some(same));
        }
        check("https://b\u{fc}cher.example", Some("https://xn--bcher-kva.example/"));
        check("http://0x7f.1/", Some("http://127.0.0.1/"));
        check("http://[::1]:8080/", Some("http://[::1]:8080/"));
    }

    #[test]
    fn what_may_select_the_page_is_kept() {
        for url in [
            "http://a.example/x",
            "https://a.example/x/",
            "https://www.a.example/X",
            "https://a.example:8443/x",
            "https://a.example/a%2Fb?q=a+b&q=a%2Bb",
            "https://a.example/x?b=2&a=1&a=0",
            "https://a.example/x?source=rss-2&campaign=9&ref_id=3&t=1&utmost=2",
            "https://github.com/o/r/blob/README.md?ref=main",
            "https://www.youtube.com/watch?v=a",
            "https://a.example/#/post/1?id=2",
            "https://a.example/#!/post/1",
            "https://a.example/%E3%83%84?q=%7C%25",
        ] {
            check(url, Some(url));
        }
        check("https://a.example/#/p?utm_source=x:~:text=y", Some("https://a.example/#/p"));
        check("https://medium.com/p/a?source=home", Some("https://medium.com/p/a"));
        check("https://a.example/%e3?q=100%|", Some("https://a.example/%E3?q=100%25%7C"));
    }

    #[test]
    fn what_is_no_web_page_is_refused() {
        for url in [
            "",
            "a.example/x",
            "ftp://a.example/x",
            "file:///etc/passwd",
            "mailto:me@a.example",
            "javascript:alert(1)",
            "http:///x",
            "http:x",
            "http://a.example:99999/",
            "http://[::1",
            "http://a..example/",
            "http://./",
            "https://%00.example/",
            "https://exa<mple/",
            "http://256.256.256.256/",
        ] {
            check(url, None);
        }
    }

    #[test]
    fn the_host_comes_without_port() {
        let host = |url| CanonicalUrl::parse(url).map(|url| url.host().to_owned()).unwrap();
        assert_eq!(host("https://a.example:8443/x"), "a.example");
        assert_eq!(host("https://[::1]:8443"), "[::1]");
        assert_eq!(host("https://[::1]"), "[::1]");
    }

    proptest! {
        #[test]
        fn reducing_twice_changes_nothing(rest in any::<String>(), host in "[a-z.%0-9]{1,9}") {
            for url in [format!("https://{rest}"), format!("http://{host}/{rest}")] {
                if let Some(once) = CanonicalUrl::parse(&url) {
                    let twice = CanonicalUrl::parse(once.as_str());
                    proptest::prop_assert_eq!(twice.as_ref(), Some(&once));
                }
            }
        }
    }
}
