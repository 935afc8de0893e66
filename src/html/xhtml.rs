//! XHTML as HTML: what XML writes in its own way, so that one parser reads both.

use std::borrow::Cow;

use memchr::memmem;

use crate::html::escape::escape;

/// Elements that have no content and no end tag (HTML, section 13.1.2).
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// Rewrites elements that end where they begin (`<script/>`) and CDATA sections, which HTML knows
/// not. A tag without an end leaves the rest as it is.
pub(crate) fn from_xhtml(text: &str) -> Cow<'_, str> {
    if !text.contains("/>") && !text.contains("<![CDATA[") {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut rest = text;
    let mut is_raw = false;
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let until =
            |end: &str| memmem::find(rest.as_bytes(), end.as_bytes()).map(|at| at + end.len());
        let len = if let Some(inner) = rest.strip_prefix("<![CDATA[") {
            let Some(len) = until("]]>") else { break };
            let inner = &inner[..len - "<![CDATA[]]>".len()];
            out.push_str(&if is_raw { inner.into() } else { escape(inner) });
            len
        } else {
            let len = if rest.starts_with("<!--") { until("-->") } else { tag_len(rest) };
            let Some(len) = len else { break };
            let tag = &rest[..len];
            let name = name_of(tag);
            is_raw = matches!(name, "script" | "style") && !tag.ends_with("/>");
            match tag.strip_suffix("/>") {
                Some(open) if !name.is_empty() && !VOID.contains(&name) => {
                    out.push_str(&format!("{open}></{name}>"));
                }
                _ => out.push_str(tag),
            }
            len
        };
        rest = &rest[len..];
    }
    out.push_str(rest);
    out.into()
}

/// The name in a start tag; empty for what is none.
fn name_of(tag: &str) -> &str {
    let tag = &tag[1..];
    let end = tag.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'));
    let name = &tag[..end.unwrap_or(tag.len())];
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { "" }
}

/// Bytes of a tag, its bracket included; one in quotes ends nothing.
fn tag_len(tag: &str) -> Option<usize> {
    let bytes = tag.as_bytes();
    let mut at = 1;
    loop {
        at += memchr::memchr3(b'>', b'"', b'\'', &bytes[at..])?;
        if bytes[at] == b'>' {
            return Some(at + 1);
        }
        at += 2 + memchr::memchr(bytes[at], &bytes[at + 1..])?;
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert_eq, proptest};

    use crate::html::xhtml::from_xhtml;

    #[track_caller]
    fn check(xhtml: &str, html: &str) {
        assert_eq!(from_xhtml(xhtml), html);
    }

    #[test]
    fn elements_end_where_xml_ends_them() {
        check("<script src='a.js'/><p>x</p>", "<script src='a.js'></script><p>x</p>");
        check("<title/><br/><img src='a'/>", "<title></title><br/><img src='a'/>");
        check("<a title='>/>' id=\"b\" />", "<a title='>/>' id=\"b\" ></a>");
        check("<!-- <p/> --><p/>", "<!-- <p/> --><p></p>");
        check("<p>1 < 2</p><i/", "<p>1 < 2</p><i/");
    }

    #[test]
    fn cdata_is_text() {
        check("<p><![CDATA[a < b & c]]></p>", "<p>a &lt; b &amp; c</p>");
        check("<script><![CDATA[a < b]]></script>", "<script>a < b</script>");
        check("<p><![CDATA[a</p>", "<p><![CDATA[a</p>");
        check("<p><![CDATA[]]></p>", "<p></p>");
    }

    proptest! {
        #[test]
        fn html_without_either_stays(text in "(<p>|</p>|<br>|<!--|-->|'|\"|é| |a|<|>){0,40}") {
            prop_assert_eq!(&*from_xhtml(&text), &*text);
        }

        #[test]
        fn no_text_is_too_odd(text in "(<|/>|>|<!\\[CDATA\\[|\\]\\]>|'|\"|<!--|-->|é|p| ){0,40}") {
            from_xhtml(&text);
        }
    }
}
