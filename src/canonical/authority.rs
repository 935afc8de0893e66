//! Authorities: where the host of an address begins in a text, behind user name and password.

use std::ops::Range;

use url::Url;

/// The place in a text where the authority of an address begins.
pub(crate) struct Address {
    pub(crate) start: usize,
    pub(crate) kind: AddressKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddressKind {
    /// Of a page of the web: a user name alone may be a token.
    Web,
    /// With a scheme that browsers treat alike, or with none: `//host`.
    Special,
    /// With another scheme.
    Other,
}

impl Address {
    /// The address whose scheme and colon end before the slashes.
    pub(crate) fn with_scheme(before: &str, slashes: usize, end: usize) -> Option<Address> {
        let is_of_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let scheme = &before[before.trim_end_matches(is_of_scheme).len()..];
        // Browsers take any number of slashes for two (https://url.spec.whatwg.org/#special-scheme).
        if is_web(scheme) {
            return Some(Address { start: end, kind: AddressKind::Web });
        }
        if scheme.is_empty() || ["ftp", "ws", "wss"].contains(&&*scheme.to_ascii_lowercase()) {
            let is_address = !scheme.is_empty() || end - slashes > 1;
            return is_address.then_some(Address { start: end, kind: AddressKind::Special });
        }
        // `git+https://token@host/`.
        let is_for_web = scheme.rsplit_once('+').is_some_and(|(_, last)| is_web(last));
        let kind = if is_for_web { AddressKind::Web } else { AddressKind::Other };
        (end - slashes > 1).then_some(Address { start: slashes + 2, kind })
    }

    /// The address that begins with slashes, unless they stand within a path.
    pub(crate) fn without_scheme(before: &str, slashes: usize, end: usize) -> Option<Address> {
        let is_of_path = |c: char| c.is_ascii_alphanumeric() || "-._~@%+$".contains(c);
        (end - slashes > 1 && !before.ends_with(is_of_path))
            .then_some(Address { start: end, kind: AddressKind::Special })
    }
}

/// Reads the addresses of a text from its beginning to its end. What it has found out of a stretch
/// of the text it keeps until it is behind it, so that each is read once.
pub(crate) struct Reader<'t> {
    text: &'t str,
    /// Up to the end of a word as it stands in a sentence or in quotes.
    word: Stretch,
    authority: Stretch,
    /// Up to the next white space.
    run: Stretch,
    /// The word behind the white space at a place.
    next: Option<(usize, Stretch)>,
}

/// A part of the text up to a certain end.
#[derive(Clone, Default)]
struct Stretch {
    end: usize,
    /// The last `@` in it.
    at: Option<Range<usize>>,
}

impl Stretch {
    /// What begins at a place and ends with the first character of a kind.
    fn reach(&mut self, text: &str, start: usize, ends: fn(char) -> bool) {
        if start >= self.end {
            self.end = text[start..].find(ends).map_or(text.len(), |length| start + length);
            self.at = last_at(&text[start..self.end]).map(|at| start + at.start..start + at.end);
        }
    }

    /// Its last `@`, if that stands behind a place.
    fn at_from(&self, start: usize) -> Option<Range<usize>> {
        self.at.clone().filter(|at| at.start >= start)
    }
}

impl<'t> Reader<'t> {
    pub(crate) fn new(text: &'t str) -> Reader<'t> {
        Reader {
            text,
            word: Stretch::default(),
            authority: Stretch::default(),
            run: Stretch::default(),
            next: None,
        }
    }

    /// Where user name, password and `@` end that begin the authority of an address.
    pub(crate) fn userinfo_end(&mut self, start: usize, kind: AddressKind) -> Option<usize> {
        let at = self.at_behind_userinfo(start, kind)?;
        let userinfo = &self.text[start..at.start];
        let has_password = || userinfo.contains(':') || userinfo.to_lowercase().contains("%3a");
        let has_any = !userinfo.is_empty() && (kind == AddressKind::Web || has_password());
        has_any.then_some(at.end)
    }

    fn at_behind_userinfo(&mut self, start: usize, kind: AddressKind) -> Option<Range<usize>> {
        let text = self.text;
        self.word.reach(text, start, ends_word);
        self.authority.reach(text, start, |c| ends_word(c) || ends_authority(c));
        let end = self.authority.end;
        if end == start {
            return None;
        }
        let of_authority = self.authority.at_from(start);
        let host_start = of_authority.as_ref().map_or(start, |at| at.end);
        let of_word = self.word.at_from(start);
        if of_word.is_none() && self.beyond_word(start, kind).is_none() {
            return None;
        }
        let authority = &text[start..end];
        let is_broken = !can_be_host(&text[host_start..end])
            || (authority.ends_with(':') && text[end..].starts_with(is_quote));
        let has_password = authority.split('@').next().is_some_and(|name| name.contains(':'));
        if !is_broken || !has_password {
            return of_authority;
        }
        // A password with a `/`, a `#` or a quote in it makes an address that cannot be read.
        let is_odd_port = || authority.rsplit_once(':').is_some_and(|(_, port)| !is_port(port));
        let last = of_word.or_else(|| self.beyond_word(start, kind).filter(|_| is_odd_port()))?;
        // It ends with the first `@`, or with the last one of what follows up to the path.
        let first = start + first_at(&text[start..last.end])?.end;
        let more = &text[first..last.end];
        let more = last_at(more.split(ends_authority).next().unwrap_or(more));
        Some(more.map_or(first..first, |at| first + at.start..first + at.end))
    }

    /// The `@` of an address that has a quote, a control character or a blank in its password.
    fn beyond_word(&mut self, start: usize, kind: AddressKind) -> Option<Range<usize>> {
        let text = self.text;
        self.run.reach(text, start, ends_run);
        if let Some(at) = self.run.at_from(start) {
            return Some(at);
        }
        // White space is made one blank in most texts, and so is a tab in a password.
        let end = self.run.end;
        let goes_on = !text[..end].ends_with([',', '.', ';', ':', ')', '!', '?']);
        if kind != AddressKind::Web || end > self.word.end || !goes_on {
            return None;
        }
        if self.next.as_ref().is_none_or(|(of, _)| *of != end) {
            let blank = text[end..].chars().next().filter(|c| !matches!(c, '\n' | '\r'))?;
            let mut next = Stretch::default();
            let start = end + blank.len_utf8();
            next.reach(text, start, |c| ends_word(c) || ends_authority(c));
            self.next = Some((end, next));
        }
        self.next.as_ref().and_then(|(_, next)| next.at.clone())
    }
}

/// The first `@` of a text, in each way that it is written.
fn first_at(text: &str) -> Option<Range<usize>> {
    text.char_indices().find_map(|(at, c)| at_sign(text, at, c))
}

/// The last one.
pub(crate) fn last_at(text: &str) -> Option<Range<usize>> {
    text.char_indices().rev().find_map(|(at, c)| at_sign(text, at, c))
}

/// The `@` that ends with a character of a text.
fn at_sign(text: &str, at: usize, c: char) -> Option<Range<usize>> {
    let end = at + c.len_utf8();
    match c {
        '@' | '\u{fe6b}' | '\u{ff20}' => Some(at..end),
        '0' if text[..end].ends_with("%40") => Some(end - "%40".len()..end),
        _ => None,
    }
}

/// Whether host and port of an address can be read.
pub(crate) fn can_be_host(authority: &str) -> bool {
    // No name of a host is longer (https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4).
    authority.len() < 1024 && Url::parse(&format!("http://{authority}")).is_ok()
}

pub(crate) fn is_port(port: &str) -> bool {
    !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
}

pub(crate) fn is_web(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

pub(crate) fn slashes_at(text: &str) -> usize {
    text.len() - text.trim_start_matches(is_slash).len()
}

pub(crate) fn is_slash(c: char) -> bool {
    matches!(c, '/' | '\\')
}

pub(crate) fn ends_authority(c: char) -> bool {
    matches!(c, '/' | '\\' | '?' | '#')
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '<' | '>' | '`')
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_quote(c)
}

/// Whether a character ends what may be one address although it has quotes or tabs in it.
fn ends_run(c: char) -> bool {
    c.is_whitespace() && c != '\t'
}
