//! The forms that an address has in the formats of lists, and its form without them.

use percent_encoding::percent_encode_byte;

use crate::{canonical::CanonicalUrl, html};

/// An address between quotes of either sort, or as a text, in HTML and XML.
pub(crate) fn markup(url: &str) -> Option<String> {
    let is_fit = !url.contains(['\u{fffe}', '\u{ffff}']);
    is_fit.then(|| html::escape(url).replace('\'', "&#39;"))
}

/// An address as a character data section of XML.
pub(crate) fn cdata(url: &str) -> Option<String> {
    (!url.contains("]]>") && !url.contains(['\u{fffe}', '\u{ffff}'])).then(|| url.to_owned())
}

/// An address in a text without any marks.
pub(crate) fn text(url: &str) -> Option<String> {
    percent(url, |c| "()[]<>\"`|\\^{}".contains(c))
}

/// An address as the destination of a Markdown link.
///
/// Whatever could end the link, a cell of a table, or begin a code span is written in percent.
pub(crate) fn markdown(url: &str) -> Option<String> {
    percent(url, ends_markdown).map(|url| without_entities(&url))
}

/// An address between angle brackets that is a link by itself.
///
/// Readers of Markdown do not agree whether `&amp;` stands for `&` there, so that nothing may look
/// like it.
pub(crate) fn autolink(url: &str) -> Option<String> {
    percent(url, |c| ends_markdown(c) || c == ';' && without_entities(url) != url)
}

/// An address in the running text of Markdown, where pairs of some characters are emphasis.
pub(crate) fn markdown_text(url: &str) -> Option<String> {
    let before = |at: usize| url[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
    let after = |at: usize| url[at + 1..].starts_with(|c: char| c.is_ascii_alphanumeric());
    let mut out = String::with_capacity(url.len());
    for (at, c) in url.char_indices() {
        match c {
            '_' if !(before(at) && after(at)) => out.push_str("%5F"),
            '*' | '~' | '^' | '{' | '}' => push_percent(&mut out, c),
            c => out.push(c),
        }
    }
    markdown(&out)
}

/// An address in a tag of HTML that stands in Markdown.
pub(crate) fn markup_in_markdown(url: &str) -> Option<String> {
    percent(url, ends_markdown).as_deref().and_then(markup)
}

fn ends_markdown(c: char) -> bool {
    "()[]<>\"`|\\".contains(c)
}

/// The address with some of its characters in percent; none when it is none any more, as one whose
/// host is in brackets.
fn percent(url: &str, is_written: impl Fn(char) -> bool) -> Option<String> {
    let mut out = String::with_capacity(url.len());
    for c in url.chars() {
        if is_written(c) {
            push_percent(&mut out, c);
        } else {
            out.push(c);
        }
    }
    CanonicalUrl::parse(&out).map(|_| out)
}

fn push_percent(out: &mut String, c: char) {
    c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| out.push_str(percent_encode_byte(byte)));
}

/// Text in which no `&` begins what HTML takes for a character: `?a&copy;b`.
fn without_entities(text: &str) -> String {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let name = part.split(|c: char| !c.is_ascii_alphanumeric() && c != '#').next();
        let is_entity = name.is_some_and(|name| part[name.len()..].starts_with(';'));
        out.push_str(if is_entity { "&amp;" } else { "&" });
        out.push_str(part);
    }
    out
}

/// Text with the references decoded that stand for characters of an address.
pub(crate) fn decoded(text: &str) -> String {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let reference = part.split_once(';').and_then(|(name, rest)| Some((named(name)?, rest)));
        match reference {
            Some((c, rest)) => {
                out.push(c);
                out.push_str(rest);
            }
            None => {
                out.push('&');
                out.push_str(part);
            }
        }
    }
    out
}

/// The character of a reference, by its name or number.
fn named(name: &str) -> Option<char> {
    Some(match name {
        "amp" | "AMP" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        name => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    })
}

/// Text of Markdown with escapes and references decoded.
pub(crate) fn decoded_markdown(text: &str) -> String {
    // What is escaped is no reference: each is put where the other does not look.
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&decoded(&rest[..at]));
        let escaped = rest[at + 1..].chars().next().filter(char::is_ascii_punctuation);
        match escaped {
            Some(c) => out.push(c),
            None => out.push('\\'),
        }
        rest = &rest[at + 1 + escaped.map_or(0, char::len_utf8)..];
    }
    out.push_str(&decoded(rest));
    out
}
