//! The robots.txt matcher: RFC 9309 rules for one crawler.
//!
//! A matcher of our own because it is small: patterns are reduced to one spelling, kept as text, and
//! matched piece by piece between their asterisks, which takes time linear in path and pattern.

use std::{borrow::Cow, time::Duration};

use memchr::memmem;
use url::{Position, Url};

/// Bytes of a robots.txt that count (RFC 9309, section 2.5).
pub(crate) const MAX_BYTES: usize = 500 << 10;
/// Longest `Crawl-delay` that is honoured; a larger one is cut to this.
const MAX_DELAY: Duration = Duration::from_secs(30);

/// What a robots.txt says to one crawler.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Longest pattern first, `allow` before `disallow` of the same length: the first match decides.
    rules: Vec<Rule>,
    /// The delay asked for, cut to 30 seconds.
    pub(crate) delay: Option<Duration>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    pattern: String,
    allow: bool,
}

impl Rules {
    /// Reads the groups that name `product` (the product token of the user agent), or else the
    /// groups for everybody. Never fails: what cannot be understood is no rule.
    pub(crate) fn parse(body: &[u8], product: &str) -> Rules {
        let body = &body[..body.len().min(MAX_BYTES)];
        let text = String::from_utf8_lossy(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body));
        let (mut own, mut common) = (None, Rules::default());
        // What the current group applies to, and whether it has had a rule yet.
        let (mut to_own, mut to_all, mut in_agents) = (false, false, false);
        for line in text.split(['\n', '\r']) {
            let Some((key, value)) = split_line(line) else { continue };
            match key {
                RobotsField::Agent => {
                    if !in_agents {
                        (to_own, to_all, in_agents) = (false, false, true);
                    }
                    if names(value, product) {
                        to_own = true;
                        own.get_or_insert_with(Rules::default);
                    } else if value == "*" || value.starts_with("* ") {
                        to_all = true;
                    }
                }
                RobotsField::Rule { allow } => {
                    in_agents = false;
                    if value.is_empty() {
                        continue;
                    }
                    let rule = Rule { pattern: normal_pattern(value), allow };
                    if to_own && let Some(own) = &mut own {
                        own.rules.push(rule.clone());
                    }
                    if to_all {
                        common.rules.push(rule);
                    }
                }
                RobotsField::Delay => {
                    in_agents = false;
                    let Some(delay) = parse_delay(value) else { continue };
                    if to_own && let Some(own) = &mut own {
                        own.delay.get_or_insert(delay);
                    }
                    if to_all {
                        common.delay.get_or_insert(delay);
                    }
                }
            }
        }
        let mut rules = own.unwrap_or(common);
        rules.rules.sort_by_key(|rule| (std::cmp::Reverse(rule.pattern.len()), !rule.allow));
        rules.rules.dedup();
        rules
    }

    /// Whether the crawler may fetch this URL. `/robots.txt` itself is always allowed.
    pub(crate) fn allows(&self, url: &Url) -> bool {
        if url.path() == "/robots.txt" {
            return true;
        }
        let path = normal(&url[Position::BeforePath..Position::AfterQuery], false);
        let in_query = plain_query(&path);
        let is_meant = |rule: &&Rule| {
            matches(&rule.pattern, &path) || matches(&plain_query(&rule.pattern), &in_query)
        };
        self.rules.iter().find(is_meant).is_none_or(|rule| rule.allow)
    }
}

enum RobotsField {
    Agent,
    Rule { allow: bool },
    Delay,
}

/// Splits `key: value # comment`; the colon may be missing, as it often is in practice.
fn split_line(line: &str) -> Option<(RobotsField, &str)> {
    let trimmed = |c: char| c.is_whitespace() || c == '\0' || c == '\u{feff}';
    let line = line.split('#').next().unwrap_or(line).trim_matches(trimmed);
    let (key, value) = line.split_once(':').or_else(|| {
        // Without a colon there must be exactly two words, or any sentence would be a rule.
        let (key, value) = line.split_once(char::is_whitespace)?;
        let value = value.trim();
        (!value.contains(char::is_whitespace)).then_some((key, value))
    })?;
    let value = value.trim_matches(trimmed);
    let known = |names: &[&str]| names.iter().any(|name| key.trim().eq_ignore_ascii_case(name));
    // The misspellings are those seen in the wild that leave no doubt.
    let key = if known(&["user-agent", "useragent", "user agent"]) {
        RobotsField::Agent
    } else if known(&["disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"]) {
        RobotsField::Rule { allow: false }
    } else if known(&["allow"]) {
        RobotsField::Rule { allow: true }
    } else if known(&["crawl-delay", "crawldelay"]) {
        RobotsField::Delay
    } else {
        return None;
    };
    Some((key, value))
}

/// Whether a `User-agent` value names the product: its leading token counts, case does not.
fn names(value: &str, product: &str) -> bool {
    let end = value.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'));
    let token = &value[..end.unwrap_or(value.len())];
    !token.is_empty() && token.to_lowercase() == product.to_lowercase()
}

fn parse_delay(value: &str) -> Option<Duration> {
    let seconds: f64 = value.parse().ok()?;
    (seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(MAX_DELAY.as_secs_f64())))
}

/// A pattern in the one spelling that [`normal`] gives; one that begins with neither `/` nor `*` is
/// read as if the slash had been forgotten.
fn normal_pattern(value: &str) -> String {
    let mut pattern = normal(value, true);
    if !pattern.starts_with(['/', '*', '$']) {
        pattern.insert(0, '/');
    }
    pattern
}

/// Writes equal octets alike (RFC 9309, section 2.2.2): visible ASCII as itself, all else as an
/// escape in upper case. What would mean something else than its escape stays apart from it: `%2F`,
/// `%3F`, `%23` and `%25`. So does what is special in patterns (section 2.2.3): `*`, and a `$` at the
/// end, are escaped but where they are special.
fn normal(text: &str, is_pattern: bool) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%').then(|| bytes.get(at + 1..at + 3).and_then(hex_byte));
        let (byte, is_kept, len) = match escaped.flatten() {
            Some(byte) => (byte, !matches!(byte, b'/' | b'?' | b'#' | b'%' | b'*' | b'$'), 3),
            None if bytes[at] == b'*' => (b'*', is_pattern, 1),
            None if bytes[at] == b'$' => (b'$', is_pattern && at + 1 == bytes.len(), 1),
            None => (bytes[at], true, 1),
        };
        at += len;
        if is_kept && byte.is_ascii_graphic() {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

/// The same with slashes and question marks of the query as themselves: they part nothing there, and
/// are escaped in some addresses only.
fn plain_query(path: &str) -> Cow<'_, str> {
    match path.split_once('?') {
        Some((path, query)) if query.contains('%') => {
            format!("{path}?{}", query.replace("%2F", "/").replace("%3F", "?")).into()
        }
        _ => path.into(),
    }
}

fn hex_byte(digits: &[u8]) -> Option<u8> {
    let digit = |b: u8| char::from(b).to_digit(16);
    let [high, low] = digits else { return None };
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

/// Matches a pattern: `*` is any run of characters, a final `$` the end of the path, and otherwise
/// the pattern is a prefix. Each piece is taken at its first occurrence, which is never worse than a
/// later one.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, anchored) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = path.strip_prefix(first) else { return false };
    let mut last = None;
    for piece in pieces {
        if let Some(piece) = last.replace(piece) {
            match memmem::find(rest.as_bytes(), str::as_bytes(piece)) {
                Some(at) => rest = &rest[at + piece.len()..],
                None => return false,
            }
        }
    }
    match last {
        None => !anchored || rest.is_empty(),
        Some(piece) if anchored => rest.ends_with(piece),
        Some(piece) => memmem::find(rest.as_bytes(), piece.as_bytes()).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use url::Url;

    use crate::crawl::robots::Rules;

    #[track_caller]
    fn check(robots: &str, path: &str, allowed: bool) {
        let url = Url::parse("https://site.example/").unwrap().join(path).unwrap();
        let verdict = Rules::parse(robots.as_bytes(), "mlsearch").allows(&url);
        assert_eq!(verdict, allowed, "{path} under\n{robots}");
    }

    #[test]
    fn the_longest_rule_wins_and_allow_wins_a_tie() {
        let robots = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c\nAllow: /a/b/c";
        check(robots, "/", true);
        check(robots, "/a", false);
        check(robots, "/a/x", false);
        check(robots, "/a/b", true);
        check(robots, "/a/b/c", true);
    }

    #[test]
    fn asterisk_and_dollar_have_their_meaning() {
        check("User-agent: *\nDisallow: *.pdf$", "/x/y.pdf", false);
        check("User-agent: *\nDisallow: *.pdf$", "/x/y.pdf?z", true);
        check("User-agent: *\nDisallow: /*print=", "/x?a=1&print=2", false);
        check("User-agent: *\nDisallow: /a*b*c", "/a-c-b", true);
        check("User-agent: *\nDisallow: /a*b*c", "/a-b-c-d", false);
        check("User-agent: *\nDisallow: /$", "/", false);
        check("User-agent: *\nDisallow: /$", "/x", true);
        check("User-agent: *\nDisallow: /x$y", "/x$y", false);
        check("User-agent: *\nDisallow: /ab*ab$", "/ab", true);
        check("User-agent: *\nDisallow: /ab*ab$", "/abab", false);
        check("User-agent: *\nDisallow: *", "/anything", false);
    }

    #[test]
    fn a_group_of_our_own_replaces_the_common_one() {
        let robots = "User-agent: *\nDisallow: /\n\nUser-agent: MLSearch/2.0\nDisallow: /private";
        check(robots, "/x", true);
        check(robots, "/private/x", false);
        check("User-agent: mlsearchbot\nDisallow: /", "/x", true);
        check("User-agent: *\nDisallow: /\nUser-agent: mlsearch\nAllow:", "/x", true);
    }

    #[test]
    fn groups_of_one_name_are_joined() {
        let robots = "User-agent: mlsearch\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\n\
             User-agent: y\nUser-agent: mlsearch\nDisallow: /b";
        check(robots, "/a", false);
        check(robots, "/b", false);
        check(robots, "/c", true);
    }

    #[test]
    fn unknown_lines_do_not_part_a_group() {
        let robots = "User-agent: mlsearch\nSitemap: /map.xml\nUser-agent: y\nDisallow: /a";
        check(robots, "/a", false);
    }

    #[test]
    fn rules_before_any_agent_count_for_nobody() {
        check("Disallow: /\nUser-agent: *\nAllow: /", "/x", true);
        check("Disallow: /", "/x", true);
    }

    #[test]
    fn spelling_is_forgiven() {
        check("user-agent *\ndisallow /a", "/a", false);
        check("\u{feff}USER-AGENT : * # all\r\rDISALLOW:/a#b", "/a", false);
        check("User agent: *\nDissallow: /a", "/a", false);
        check("User-agent: *\nDisallow: a", "/a", false);
        check("this is no robots file: at all\n<html>", "/a", true);
    }

    #[test]
    fn escapes_compare_by_octet() {
        check("User-agent: *\nDisallow: /caf\u{e9}", "/caf%C3%A9/menu", false);
        check("User-agent: *\nDisallow: /caf%c3%a9", "/caf\u{e9}", false);
        check("User-agent: *\nDisallow: /%7Ejoe", "/~joe", false);
        check("User-agent: *\nDisallow: /a%2Fb", "/a/b", true);
        check("User-agent: *\nDisallow: /a%2fb", "/a%2Fb", false);
        check("User-agent: *\nDisallow: /a/b", "/a%2Fb", true);
        check("User-agent: *\nDisallow: /a%3Fb", "/a?b", true);
        check("User-agent: *\nDisallow: /a%25b", "/a%25b", false);
        check("User-agent: *\nDisallow: /100%", "/100%", false);
    }

    /// The examples of RFC 9309, sections 2.2.2 and 2.2.3, each way.
    #[test]
    fn the_examples_of_the_standard_hold() {
        #[track_caller]
        fn alike(one: &str, other: &str) {
            for (pattern, path) in [(one, one), (one, other), (other, one), (other, other)] {
                check(&format!("User-agent: *\nDisallow: {pattern}"), path, false);
            }
        }
        alike("/foo/bar?baz=quz", "/foo/bar?baz=quz");
        alike("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar");
        alike("/foo/bar?baz=https://foo.bar?a", "/foo/bar?baz=https%3a%2f%2ffoo.bar%3fa");
        alike("/foo/bar/\u{30c4}", "/foo/bar/%E3%83%84");
        alike("/foo/bar/%62%61%7A", "/foo/bar/baz");
        alike("/a:b@c!d'e(f),g;h=i+j&k", "/a%3Ab%40c%21d%27e%28f%29%2Cg%3Bh%3Di%2Bj%26k");
        for path in ["/path/file-with-a-*.html", "/path/file-with-a-%2A.html"] {
            check("User-agent: *\nDisallow: /path/file-with-a-%2A.html", path, false);
            check("User-agent: *\nDisallow: /path/file-with-a-*.html", path, false);
        }
        check(
            "User-agent: *\nDisallow: /path/file-with-a-%2A.html",
            "/path/file-with-a-b.html",
            true,
        );
        for path in ["/path/foo-$", "/path/foo-%24", "/path/foo-$/x"] {
            check("User-agent: *\nDisallow: /path/foo-%24", path, false);
        }
        check("User-agent: *\nDisallow: /path/foo-$", "/path/foo-$", true);
        check("User-agent: *\nDisallow: /path/foo-$", "/path/foo-", false);
        check("User-agent: *\nDisallow: /path/foo-%24", "/path/foo-", true);
        check("User-agent: *\nDisallow: *https%3A%2F%2Ffoo", "/bar?baz=https%3A%2F%2Ffoo", false);
        check("User-agent: *\nDisallow: /*baz=*//foo", "/bar?baz=https%3A%2F%2Ffoo", false);
        check("User-agent: *\nDisallow: /*?baz=*//foo", "/bar?baz=https%3A%2F%2Ffoo", false);
    }

    #[test]
    fn robots_txt_itself_is_always_allowed() {
        check("User-agent: *\nDisallow: /", "/robots.txt", true);
    }

    #[test]
    fn crawl_delay_is_read_and_cut() {
        let delay = |text: &str| Rules::parse(text.as_bytes(), "mlsearch").delay;
        assert_eq!(delay("User-agent: *\nCrawl-delay: 2.5"), Some(Duration::from_millis(2500)));
        assert_eq!(delay("User-agent: *\nCrawl-delay: 86400"), Some(Duration::from_secs(30)));
        assert_eq!(delay("User-agent: *\nCrawl-delay: -1"), None);
        assert_eq!(delay("User-agent: *\nCrawl-delay: NaN"), None);
        assert_eq!(delay("User-agent: other\nCrawl-delay: 9"), None);
    }

    #[test]
    fn only_the_first_500_kib_count() {
        let mut robots = "User-agent: *\nDisallow: /a\n".to_owned();
        robots.push_str(&"#".repeat(500 << 10));
        robots.push_str("\nDisallow: /b\n");
        check(&robots, "/a", false);
        check(&robots, "/b", true);
    }
}
