//! The addresses of a list: malformed and private ones, and those that are there twice.

use std::collections::HashMap;

use url::{Host, Url};

use crate::{
    canonical::{network, twin_form},
    entry::Entry,
    list::{lint::finding::Problem, parsed::List},
};

/// A title that so many entries have is a label such as `Paper`, and none by itself.
const LABEL: usize = 5;

/// What is known of the addresses and titles of the entries before.
pub(crate) struct Addresses<'l> {
    /// Canonical URL → the line where it is first.
    lines: HashMap<&'l str, u32>,
    /// What twins have in common → the line of the first one.
    twins: HashMap<&'l str, u32>,
    /// Folded title → the line where it is first, and how many entries have it.
    titles: HashMap<String, (u32, usize)>,
}

impl<'l> Addresses<'l> {
    /// Of no entry of a list yet.
    pub(crate) fn of(list: &'l List) -> Addresses<'l> {
        let mut titles: HashMap<String, (u32, usize)> = HashMap::new();
        for entry in &list.entries {
            titles.entry(folded(entry.title())).or_default().1 += 1;
        }
        Addresses { lines: HashMap::new(), twins: HashMap::new(), titles }
    }

    /// What is wrong with the addresses of the next entry, which stands in this line.
    pub(crate) fn problems_of(&mut self, entry: &'l Entry, line: u32) -> Vec<Problem> {
        let mut problems = Vec::new();
        let key = entry.canonical.as_str();
        let twin = self.twins.get(twin_form(key)).copied();
        let (first, uses) = self.titles.entry(folded(entry.title())).or_default();
        let has_title = *first > 0 && *uses <= LABEL && entry.title() != entry.url;
        match self.lines.get(key) {
            Some(&first) => problems.push(Problem::Duplicate { first }),
            None => match twin {
                Some(first) => problems.push(Problem::Twin { first }),
                None if has_title => problems.push(Problem::SameTitle { first: *first }),
                None => {}
            },
        }
        if *first == 0 {
            *first = line;
        }
        self.lines.entry(key).or_insert(line);
        self.twins.entry(twin_form(key)).or_insert(line);
        problems.extend([&entry.url].into_iter().chain(&entry.also).filter_map(|url| fault(url)));
        problems
    }
}

/// A title in the form in which titles are compared.
fn folded(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

/// What is odd about an address that can be read.
fn fault(text: &str) -> Option<Problem> {
    let url = Url::parse(text).ok()?;
    let malformed = |fault| Some(Problem::Malformed { url: text.to_owned(), fault });
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let is_scheme = |host: &str| matches!(host, "http" | "https" | "www" | "ftp");
    match url.host() {
        Some(Host::Domain(name)) if is_scheme(name) => {
            return malformed("has a scheme or `www` where its host should be");
        }
        _ if network::is_internal(&url) == Some(true) => {
            return Some(Problem::Private { url: text.to_owned() });
        }
        _ => {}
    }
    let ends = |ends: &[char]| rest.ends_with(ends);
    let count = |c| rest.matches(c).count();
    if rest.contains(char::is_whitespace) || ["%20", "%0A", "%09"].iter().any(|e| rest.ends_with(e))
    {
        malformed("has a blank in it")
    } else if runs_together(rest) {
        malformed("is two addresses that run together")
    } else if ends(&[',', ';', '"', '\'', '>', '`', '|', '\\']) || rest.contains("](") {
        malformed("ends with a mark that is hardly a part of it")
    } else if ends(&[')']) && count(')') > count('(') || ends(&[']']) && count(']') > count('[') {
        malformed("ends with a bracket that nothing opens")
    } else {
        None
    }
}

/// Whether another address begins behind a letter or a dot, as in `a.example/xhttps://b.example`.
/// Behind a slash or a sign it is a part of the first, as in the web archive.
fn runs_together(rest: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        let at = rest.find(scheme).filter(|at| *at > 0);
        let before = at.and_then(|at| rest[..at].chars().next_back());
        before.is_some_and(|c| c.is_alphanumeric() || c == '.') && !rest.contains('?')
    })
}

#[cfg(test)]
mod tests {
    use crate::list::{self, ListOptions, lint};

    /// Lints entries, one a line; expected are the lines with what is wrong with their addresses.
    #[track_caller]
    fn check(list: &str, expected: &[(u32, &str)]) {
        let list = list::parse(list.as_bytes(), &ListOptions::default()).unwrap();
        let found: Vec<(u32, String)> = lint::lint(&list, jiff::civil::date(2026, 1, 1))
            .into_iter()
            .map(|finding| (finding.line, finding.problem.to_string()))
            .collect();
        let expected: Vec<(u32, String)> =
            expected.iter().map(|(line, problem)| (*line, (*problem).to_owned())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn addresses_that_nobody_else_can_visit_are_private() {
        let private = |url: &str| format!("`{url}` is on this machine or in a private network");
        check(
            "- [a](http://localhost:3000/x)\n- [b](http://192.168.1.1/)\n- [c](http://[::1]/)\n\
             - [d](https://wiki/) [public](https://d.example/)\n- [e](https://e.example/)\n\
             - [f](https://f.example/) [dev](http://f.internal/)\n",
            &[
                (1, &private("http://localhost:3000/x")),
                (2, &private("http://192.168.1.1/")),
                (3, &private("http://[::1]/")),
                (4, &private("https://wiki/")),
                (6, &private("http://f.internal/")),
            ],
        );
    }

    #[test]
    fn malformed_addresses_say_what_is_odd() {
        check(
            "- [a](https://https//a.example/x)\n- [b](<https://b.example/a b>)\n\
             - [c](https://c.example/xhttps://d.example/)\n- [d](<https://d.example/y,>)\n\
             - [e](<https://e.example/y)>)\n\
             - [f](https://web.archive.org/web/2020/https://f.example/x_(y))\n\
             - [g](https://g.example/?u=https://h.example/)\n",
            &[
                (1, "`https://https//a.example/x` has a scheme or `www` where its host should be"),
                (2, "`https://b.example/a b` has a blank in it"),
                (3, "`https://c.example/xhttps://d.example/` is two addresses that run together"),
                (4, "`https://d.example/y,` ends with a mark that is hardly a part of it"),
                (5, "`https://e.example/y)` ends with a bracket that nothing opens"),
            ],
        );
    }

    #[test]
    fn twins_and_one_title_under_two_addresses_are_found_once() {
        let twin = "same address as in line 1 but for the scheme, `www.` or a slash at the end";
        check(
            "- [A b](http://a.example/x)\n- [B](https://a.example/x)\n\
             - [C](http://www.a.example/x/)\n- [a B!](https://b.example/)\n\
             - [A b](http://a.example/x)\n- [d](https://a.example/X)\n",
            &[
                (2, twin),
                (3, twin),
                (4, "same title as in line 1, with another address"),
                (5, "same address as in line 1"),
            ],
        );
        let papers: String =
            (1..9).map(|n| format!("- [Paper](https://a.example/{n})\n")).collect();
        check(&papers, &[]);
    }
}
