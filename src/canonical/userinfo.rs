//! User names and passwords in addresses: where they stand, and texts without them.

use std::borrow::Cow;

use url::Url;

use crate::canonical::authority::{
    Address, AddressKind, Reader, can_be_host, ends_authority, is_port, is_slash, is_web, last_at,
    slashes_at,
};

/// Cuts the user name and the password out of a URL, and says whether it had any.
pub fn cut_userinfo(url: &mut Url) -> bool {
    let has_any = !url.username().is_empty() || url.password().is_some();
    // Fails only for URLs without a host, which hold no credentials.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    has_any
}

/// The text of one URL, otherwise as it is, without the user name and the password in it; none when
/// it has neither.
pub fn url_without_userinfo(text: &str) -> Option<String> {
    let cut = without_userinfo(text);
    let Ok(mut url) = Url::parse(cut.as_deref().unwrap_or(text)) else { return cut };
    // Browsers pass over tabs and line ends wherever they stand.
    let is_web = matches!(url.scheme(), "http" | "https");
    if is_web && cut_userinfo(&mut url) { Some(url.into()) } else { cut }
}

/// A text without the user names and passwords in its addresses (`https://me:secret@host/`); none
/// when no address has any.
///
/// An address may be written in each way that a browser understands (`http:\\me:secret@host`,
/// `//me:secret@host`), and in some that none does: with the `@` escaped, or with a quote in the
/// password. A name alone is kept unless it is one for the web: `ssh://git@host/` is no secret.
pub fn without_userinfo(text: &str) -> Option<String> {
    let mut cut = cut_once(text)?;
    for _ in 0..MOST_CUTS {
        let Some(again) = cut_once(&cut) else { break };
        cut = again;
    }
    Some(cut)
}

/// What is left of two addresses may read as a third one with a user name: how often it is cut again.
const MOST_CUTS: usize = 16;

fn cut_once(text: &str) -> Option<String> {
    last_at(text)?;
    let mut out = String::new();
    let mut done = 0;
    let mut reader = Reader::new(text);
    let mut from = 0;
    while let Some(found) = text[from..].find([':', '/', '\\']) {
        let at = from + found;
        let slashes = at + usize::from(text.as_bytes()[at] == b':');
        let end = slashes + slashes_at(&text[slashes..]);
        from = end.max(at + 1);
        let address = match slashes > at {
            true => Address::with_scheme(&text[done..at], slashes, end),
            false => Address::without_scheme(&text[done..at], slashes, end),
        };
        let Some(Address { mut start, kind }) = address else { continue };
        // What is left begins with another user name when somebody has nested them.
        while let Some(end) = reader.userinfo_end(start, kind) {
            out.push_str(&text[done..start]);
            done = end;
            start = end;
            if kind != AddressKind::Other {
                start += slashes_at(&text[end..]);
            }
        }
        from = from.max(start);
    }
    out.push_str(&text[done..]);
    (done > 0).then_some(out)
}

/// A text in which no address has a user name or a password: see [`without_userinfo`].
pub fn discreet(text: &str) -> Cow<'_, str> {
    without_userinfo(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// What is given as an address without the user name and the password in it, however little of an
/// address it is: `me:secret@host/` without a scheme, and `http://me:secret` that lost its end.
///
/// ```
/// use mlsearch::canonical::discreet_url;
///
/// assert_eq!(discreet_url("me:secret@a.example/x"), "a.example/x");
/// assert_eq!(discreet_url("http://me:secret"), "http://me:…");
/// assert_eq!(discreet_url("mailto:me@a.example"), "mailto:me@a.example");
/// ```
pub fn discreet_url(text: &str) -> Cow<'_, str> {
    let cut = url_without_userinfo(text).map_or(Cow::Borrowed(text), Cow::Owned);
    let Some((scheme, rest)) = cut.split_once(':') else { return cut };
    let scheme = scheme.trim_start();
    if is_web(scheme) {
        let authority = rest.trim_start_matches(is_slash);
        let host = authority.split(ends_authority).next().unwrap_or(authority);
        return match host.split_once(':') {
            Some((name, port)) if !is_port(port) && !can_be_host(host) => {
                let before = cut.len() - authority.len() + name.len();
                Cow::Owned(format!("{}:…", &cut[..before]))
            }
            _ => cut,
        };
    }
    // Schemes whose addresses have an `@` and no password.
    let has_none = ["acct", "data", "javascript", "mailto", "sip", "sips", "urn", "xmpp"];
    if has_none.iter().any(|other| scheme.eq_ignore_ascii_case(other))
        || scheme.contains(ends_authority)
        || rest.starts_with(is_slash)
    {
        return cut;
    }
    let host = rest.split(ends_authority).next().unwrap_or(rest);
    let in_password = || last_at(rest).filter(|_| !is_port(host) && !rest.contains("//"));
    match last_at(host).or_else(in_password) {
        Some(at) if at.start > 0 => Cow::Owned(rest[at.end..].to_owned()),
        _ => cut,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Just, Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest};

    use crate::canonical::{discreet, discreet_url, url_without_userinfo};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(discreet(text), expected);
        assert_eq!(discreet(expected), expected, "twice");
    }

    #[test]
    fn user_names_and_passwords_are_cut_from_addresses() {
        check("https://me:secret@a.example/x?y#z", "https://a.example/x?y#z");
        check("HTTP://token@a.example", "HTTP://a.example");
        check("https://me:a@b@a.example/@me", "https://a.example/@me");
        check("`https://me:a/b#c@a.example/x`", "`https://a.example/x`");
        check("https://me:a@[bad", "https://[bad");
        check("ftp://me:a@a.example, see", "ftp://a.example, see");
        check("git+https://token@a.example/x", "git+https://a.example/x");
        check("a https://b:c@d https://e:f@g z", "a https://d https://g z");
        check("//http:@http:http:http:// %40http://%40", "//");
        check(
            "{\"url\":\"https://b:c@d/\",\"e\":\"f@g\"}",
            "{\"url\":\"https://d/\",\"e\":\"f@g\"}",
        );
        let cut = url_without_userinfo("https://me:sec\tret@a.example/x");
        assert_eq!(cut.as_deref(), Some("https://a.example/x"));
    }

    #[test]
    fn user_names_and_passwords_are_cut_however_the_slashes_are_written() {
        for before in ["", "see (", "a\n", "http://b/?next=", "《"] {
            for slashes in
                ["//", r"\\", r"/\", "///", "http:", "http:/", "https:///", "HTTP:////", r"http:\\"]
                    .into_iter()
                    .chain([r"http:/\", r"http:\/\/", "ftp:///", "view-source:http://"])
            {
                let text = |userinfo| format!("{before}{slashes}{userinfo}a.example/x@y z");
                check(&text("me:secret@"), &text(""));
                check(&text("me:a@b@"), &text(""));
                check(&text("me%3asecret@"), &text(""));
            }
        }
    }

    #[test]
    fn user_names_and_passwords_are_cut_however_the_at_sign_is_written() {
        for at in ["@", "%40", "\u{ff20}", "\u{fe6b}"] {
            let text = |userinfo: &str| format!("https://{userinfo}a.example/?to=me%40b.example");
            check(&text(&format!("me:secret{at}")), &text(""));
            check(&text(&format!("token{at}")), &text(""));
            check(&format!("//me:secret{at}a.example"), "//a.example");
            check(&format!("https://me:sec/ret{at}a.example"), "https://a.example");
        }
    }

    #[test]
    fn a_password_may_have_quotes_and_tabs_in_it() {
        for odd in ["<", ">", "\"", "`", "\\", "/", "\t", " ", "\u{1}", "<x\">"] {
            for password in [format!("secret{odd}x"), format!("secret{odd}")] {
                let text = format!("see http://me:{password}@a.example/x?to=b@c");
                check(&text, "see http://a.example/x?to=b@c");
            }
        }
        check("http://me:<secret@a.example", "http://a.example");
    }

    #[test]
    fn other_characters_in_addresses_and_texts_are_kept() {
        for text in [
            "https://medium.com/@me/x",
            "https://a.example/?to=me@b.example",
            "https://a.example/?to=me%40b.example",
            "https://a.example/b:c@d",
            "https://a.example/b//c:d@e",
            "https://a.example:8080/x me@b.example",
            "https://a.example:8080 me@b.example",
            "<a href=\"https://a.example:8080\">me@b.example</a>",
            "https://a.example\" \"me:x@b",
            "https://a.example: me@b.example",
            "https://a.example?http%3A%2F%2Fme%3Asecret%40b.example",
            "https://[::1]:80/@me",
            "me@a.example",
            "mailto:me@a.example",
            "git@github.com:o/r",
            "ssh://git@github.com/o/r",
            "npm i @scope/name@1.2.3",
            "// by: me@a.example",
            "//me@a.example",
            "C:\\me:x@y",
            "see http: me@a.example",
            "://@",
        ] {
            check(text, text);
            if !text.contains([' ', '"']) {
                assert_eq!(url_without_userinfo(text), None);
            }
        }
    }

    #[test]
    fn what_is_no_address_is_shown_without_its_password() {
        for (text, expected) in [
            ("me:secret@a.example/x", "a.example/x"),
            ("me:sec/ret@a.example", "a.example"),
            ("me:secret%40a.example", "a.example"),
            ("http://me:secret", "http://me:…"),
            (r"http:\\me:secret\x", r"http:\\me:…"),
            ("http://me:secret@a.example:none/", "http://a.example:…"),
            ("//me:secret@a.example", "//a.example"),
        ] {
            assert_eq!(discreet_url(text), expected);
            assert_eq!(discreet_url(expected), expected, "twice");
        }
        for text in [
            "mailto:me@a.example",
            "git@github.com:o/r",
            "ssh://git@a.example",
            "npm:@scope/name@1",
            "feed:https://a.example/@me",
            "a.example:8080/@me",
            "C:\\x\\me@y",
            "../me:x",
            "http://a.example:8080",
            "http://[::1]:80",
        ] {
            assert_eq!(discreet_url(text), text);
        }
    }

    /// What stands in texts and has no password in it.
    fn ordinary() -> impl Strategy<Value = String> {
        let word = prop_oneof![
            "[a-z]{1,9}[,.:;!?)]?",
            "@[a-z]{1,9}",
            "[a-z]{1,5}@[a-z]{1,5}\\.example",
            "mailto:[a-z]{1,5}@[a-z]{1,5}\\.example",
            "@[a-z]{1,5}/[a-z]{1,5}@[0-9.]{1,5}",
            "ssh://git@[a-z]{1,5}/[a-z]",
            "git@[a-z]{1,5}:[a-z]/[a-z]",
            "https?://[a-z]{1,5}(\\.[a-z]{1,5}){0,2}(:[0-9]{1,4})?(/[a-z@:;,.~%(-]{1,9}){0,3}",
            "https://[a-z]{1,5}/\\?[a-z]=[a-z:@%]{0,9}(#[a-z:@]{0,9})?",
        ];
        let gap = prop_oneof![
            Just(" "),
            Just("\n"),
            Just(", "),
            Just("\" \""),
            Just(" <b> "),
            Just(" `"),
            Just(" ("),
        ];
        proptest::collection::vec((word, gap), 0..12)
            .prop_map(|parts| parts.into_iter().map(|(word, gap)| word + gap).collect())
    }

    proptest! {
        #[test]
        fn an_ordinary_text_stays_as_it_is(text in ordinary()) {
            prop_assert_eq!(discreet(&text), text.as_str());
        }

        #[test]
        fn no_password_stays_in_any_text(
            before in ordinary(),
            slashes in "(https?:|ftp:|[/\\\\])?[/\\\\]{2,4}|https?:",
            password in "[a-z]{0,3}TOPSECRET[a-z@/#?%<>\"`\\\\\t]{0,5}",
            at in "@|%40|\u{ff20}",
            after in ordinary(),
        ) {
            let text = format!("{before} {slashes}me:{password}{at}a.example/{after}");
            prop_assert!(!discreet(&text).contains("TOPSECRET"), "{}", discreet(&text));
        }

        #[test]
        fn cutting_twice_changes_nothing(
            parts in proptest::collection::vec("http:|//|[a:@/\\\\ \".1<\t?]|%40", 0..24),
        ) {
            let text = parts.concat();
            let once = discreet(&text);
            prop_assert_eq!(discreet(&once), once.clone());
        }
    }

    #[test]
    fn a_long_text_is_read_once() {
        for part in [
            "http:",
            "http:a:b\"",
            "http://a:b ",
            "//a:b",
            "a@",
            "://",
            "http:@",
            "%40:",
            "http:\u{e9}",
            "http://a:b@",
            "ftp:a",
            "http://a:1/",
            "/\\",
        ] {
            for end in ["", "@", "/x@y", " x", "\"@"] {
                let text = part.repeat(20_000) + end;
                let cut = discreet(&text);
                assert!(cut.len() <= text.len());
            }
        }
    }
}
