//! Exclusions: addresses that are in no collection though a list names them.

use serde::{Deserialize, Deserializer, de::Error};

use crate::canonical::{self, CanonicalUrl};

/// Longest pattern, in bytes.
const LONGEST: usize = 2_000;

/// A pattern of addresses: a host, an address, or either with `*` for anything.
///
/// Case, the scheme where none is written, a `www.` and a slash at the end make no difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// The pattern as it was written.
    text: String,
    /// The same in small letters.
    pattern: String,
}

impl Exclusion {
    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is about an address.
    pub fn matches(&self, address: &CanonicalUrl) -> bool {
        let (pattern, url) = (self.pattern.as_str(), address.as_str().to_lowercase());
        let host = address.host().to_lowercase();
        if !pattern.contains(['*', '/']) {
            let below = host.strip_suffix(pattern.trim_start_matches("www."));
            return below.is_some_and(|below| below.is_empty() || below.ends_with('.'));
        }
        if !pattern.contains('*') {
            let is_other_scheme = pattern.contains("://") && scheme(pattern) != scheme(&url);
            return !is_other_scheme && canonical::twin_form(pattern) == canonical::twin_form(&url);
        }
        let behind_scheme = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let bare = |text: &str| text.strip_prefix("www.").unwrap_or(text).to_owned();
        let candidates = [&url, behind_scheme, &bare(behind_scheme), &host, &bare(&host)];
        candidates.into_iter().any(|candidate| is_like(pattern, candidate))
    }
}

fn scheme(url: &str) -> &str {
    url.split_once("://").map_or("", |(scheme, _)| scheme)
}

/// Whether a text is what a pattern says, in which `*` stands for anything. It goes back to the last
/// star alone: an earlier one gains nothing by taking more.
fn is_like(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut place) = (0, 0);
    let mut star = None;
    while place < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, place));
                at += 1;
            }
            Some(byte) if *byte == text[place] => {
                at += 1;
                place += 1;
            }
            _ => {
                let Some((star_at, taken)) = star else { return false };
                star = Some((star_at, taken + 1));
                at = star_at + 1;
                place = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

impl<'de> Deserialize<'de> for Exclusion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Exclusion, D::Error> {
        let text = String::deserialize(deserializer)?;
        let is_odd = |c: char| c.is_whitespace() || c.is_control();
        let is_all = text.chars().all(|c| c == '*');
        if is_all || text.len() > LONGEST || text.contains(is_odd) {
            let wanted =
                "expected a host or an address, as in `example.org` or `example.org/blog/*`";
            return Err(D::Error::custom(wanted));
        }
        let pattern = text.to_lowercase();
        Ok(Exclusion { text, pattern })
    }
}

#[cfg(test)]
mod tests {
    use crate::{canonical::CanonicalUrl, collection::exclusion::Exclusion};

    #[track_caller]
    fn check(pattern: &str, url: &str, expected: bool) {
        let value = toml::Value::String(pattern.to_owned());
        let exclusion: Exclusion = value.try_into().unwrap();
        let found = exclusion.matches(&CanonicalUrl::parse(url).unwrap());
        assert_eq!(found, expected, "{pattern} {url}");
    }

    #[test]
    fn a_host_is_that_host_and_those_below_it() {
        for url in
            ["https://example.org/a", "http://www.Example.org:80/", "https://a.b.example.org/"]
        {
            check("example.org", url, true);
            check("www.EXAMPLE.org", url, true);
        }
        check("example.org", "https://anexample.org/", false);
        check("example.org", "https://example.org.uk/", false);
        check("example.org", "https://other.example/?u=example.org", false);
    }

    #[test]
    fn an_address_is_that_address() {
        check("https://example.org/a", "https://example.org/a/", true);
        check("https://example.org/a", "http://example.org/a", false);
        check("example.org/a", "http://www.example.org/a", true);
        check("example.org/a", "https://example.org/a/b", false);
    }

    #[test]
    fn a_star_stands_for_anything() {
        check("https://example.org/blog/*", "https://example.org/blog/x?y=1", true);
        check("https://example.org/blog/*", "https://example.org/about", false);
        check("example.org/blog/*", "http://www.example.org/Blog/x", true);
        check("*.pdf", "https://a.example/x.PDF", true);
        check("*.pdf", "https://a.example/x.pdf?y", false);
        check("*.example.org", "https://a.example.org/x", true);
        check("*.example.org", "https://example.org/x", false);
        check("medium.*", "https://medium.com/x", true);
        check("*/tag/*/page/*", "https://a.example/tag/b/page/2", true);
        check("*a*a*a*a*b", &format!("https://x.example/{}", "a".repeat(2_000)), false);
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for wrong in ["", "*", "**", "a b", "a\nb", &"x".repeat(2_001)] {
            let value = toml::Value::String(wrong.to_owned());
            let told = value.try_into::<Exclusion>().unwrap_err().to_string();
            assert!(told.contains("expected a host or an address"), "{wrong}: {told}");
        }
    }
}
