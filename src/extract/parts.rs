//! Bodies of several pages in one: a text that stands at other addresses than the one that was asked
//! for. They have the form in which browsers save them (RFC 2557, `multipart/related`).

use std::collections::HashSet;

use siphasher::sip::SipHasher13;

use crate::{
    content::Section,
    extract::{document_kind::DocumentKind, extraction::Extraction, outlinks::Outlinks},
    page::Outcome,
};

/// How such a body begins.
const DASHES: &[u8] = b"--";

/// One page of such a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The address that gave it.
    pub url: String,
    /// Its `Content-Type` header.
    pub content_type: Option<String>,
    /// Its body, content codings removed.
    pub body: Vec<u8>,
}

/// Puts pages together in one body of [`Form::Parts`](crate::page::Form::Parts). The same pages give the same bytes.
pub fn bundle(parts: &[Part]) -> Vec<u8> {
    let boundary = boundary(parts);
    let mut bundle = Vec::new();
    for part in parts {
        let line = |text: &str| text.replace(['\r', '\n'], " ");
        let mut head = format!("--{boundary}\r\nContent-Location: {}\r\n", line(&part.url));
        if let Some(content_type) = &part.content_type {
            head.push_str(&format!("Content-Type: {}\r\n", line(content_type)));
        }
        bundle.extend_from_slice(head.as_bytes());
        bundle.extend_from_slice(b"\r\n");
        bundle.extend_from_slice(&part.body);
        bundle.extend_from_slice(b"\r\n");
    }
    bundle.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    bundle
}

/// The pages of a body of [`Form::Parts`](crate::page::Form::Parts); as many as can be read of a damaged one.
pub fn unbundle(body: &[u8]) -> Vec<Part> {
    if !body.starts_with(DASHES) {
        return Vec::new();
    }
    let end = body.windows(2).position(|pair| pair == b"\r\n").unwrap_or(body.len());
    let delimiter = [b"\r\n", &body[..end]].concat();
    let mut rest = body.get(delimiter.len()..).unwrap_or_default();
    let mut parts = Vec::new();
    while let Some(end) = memchr::memmem::find(rest, &delimiter) {
        parts.extend(Part::read(&rest[..end]));
        rest = rest.get(end + delimiter.len() + 2..).unwrap_or_default();
    }
    parts
}

/// A line that stands in none of the bodies.
fn boundary(parts: &[Part]) -> String {
    (0_u64..)
        .map(|salt| {
            let hash = |part: &Part| SipHasher13::new_with_keys(salt, 0).hash(&part.body);
            let hash = parts.iter().map(hash).fold(salt, |all, one| all.rotate_left(7) ^ one);
            format!("mlsearch-{hash:016x}")
        })
        .find(|line| {
            let finder = memchr::memmem::Finder::new(line);
            parts.iter().all(|part| finder.find(&part.body).is_none())
        })
        .expect("no body holds every number")
}

impl Part {
    pub(crate) fn kind(&self) -> DocumentKind {
        DocumentKind::of(&self.body, self.content_type.as_deref(), &self.url)
    }

    fn read(bytes: &[u8]) -> Option<Part> {
        let end = memchr::memmem::find(bytes, b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let field = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            lines.find(|(field, _)| *field == name).map(|(_, value)| value.to_owned())
        };
        Some(Part {
            url: field("Content-Location")?,
            content_type: field("Content-Type"),
            body: bytes[end + 4..].to_vec(),
        })
    }
}

/// Makes one of the pages of a body: the first one with a text gives what is said of the whole, and
/// each further one is a section under its title. Pages without a text, and those that say the same
/// as one before, are left out.
pub(crate) fn merge(
    pages: impl Iterator<Item = (String, Extraction)>,
    listed_titles: &[String],
) -> Extraction {
    let mut whole: Option<Extraction> = None;
    let mut refused = None;
    let mut seen = HashSet::new();
    for (url, found) in pages {
        // Where they lead has been followed already.
        let found = Extraction { outlinks: Outlinks::default(), ..found };
        if found.outcome != Outcome::Ok || found.noindex {
            refused.get_or_insert(found);
            continue;
        }
        if !seen.insert(found.content.text()) {
            continue;
        }
        match &mut whole {
            None => whole = Some(found),
            Some(whole) => {
                let title = found.content.title;
                let below = found.content.sections.into_iter();
                whole
                    .content
                    .sections
                    .extend(below.map(|section| under(title.as_deref(), section)));
            }
        }
        if let Some(whole) = &mut whole {
            whole.origins.push(url);
        }
    }
    let Some(whole) = whole else {
        return refused
            .unwrap_or_else(|| Extraction::refused(Outcome::Empty, "no page in it".into()));
    };
    let language = whole.content.language.clone();
    let of = Extraction::of(whole.content, language.as_deref(), listed_titles);
    let reason = whole.reason.or(of.reason);
    Extraction { content: of.content, reason, ..whole }
}

/// A section of a page with the page's title above its headings.
fn under(title: Option<&str>, mut section: Section) -> Section {
    if let Some(title) = title
        && section.heading.first().is_none_or(|first| first != title)
    {
        section.heading.insert(0, title.to_owned());
    }
    section
}

#[cfg(test)]
mod tests {
    use crate::{
        extract::{
            Input, extract,
            parts::{Part, bundle, unbundle},
        },
        page::{Form, Outcome},
    };

    fn part(url: &str, body: &[u8]) -> Part {
        Part { url: url.into(), content_type: Some("text/html".into()), body: body.into() }
    }

    #[track_caller]
    fn check(parts: &[Part]) {
        assert_eq!(unbundle(&bundle(parts)), parts);
    }

    #[test]
    fn what_is_put_together_comes_apart_again() {
        check(&[]);
        check(&[part("https://a.example/", b"<p>one")]);
        let nasty = b"\r\n--mlsearch-0000000000000000\r\n\r\n\xff\0--\r\n\r\n";
        check(&[part("https://a.example/", nasty), part("https://a.example/b", b"")]);
        let untyped = Part { content_type: None, ..part("https://a.example/", b"\r\n\r\n") };
        check(&[untyped.clone(), untyped]);
    }

    #[test]
    fn what_is_no_such_body_has_no_parts() {
        let body = bundle(&[part("https://a.example/", b"<p>one")]);
        assert_eq!(unbundle(b"<p>--"), []);
        for length in 0..body.len() {
            assert!(unbundle(&body[..length]).len() <= 1);
        }
        assert_eq!(unbundle(b"--"), []);
        assert_eq!(unbundle(b"--\r\n--"), []);
    }

    #[test]
    fn only_its_form_makes_a_body_one_of_several_pages() {
        let page = format!("<p>{}</p>", "Words that stand in an article. ".repeat(20));
        let inner = bundle(&[part("https://a.example/", page.as_bytes())]);
        let nested = Part {
            content_type: Some("multipart/related".into()),
            ..part("https://a.example/b", &inner)
        };
        let body = bundle(&[part("https://a.example/a", page.as_bytes()), nested]);
        let url = "https://a.example/a";
        let media = Some("multipart/related");
        let input = Input { body: &body, url, content_type: media, ..Input::default() };
        assert_eq!(extract(&input).outcome, Outcome::UnsupportedType);
        let found = extract(&Input { form: Form::Parts, ..input });
        assert_eq!((found.outcome, found.origins), (Outcome::Ok, vec![url.to_owned()]));
    }
}
