//! Feeds: RSS, Atom and JSON Feed, as deep as their parser can bear.

use feed_rs::model::Feed;
use memchr::memmem;

/// Elements within elements that a feed may have. Feeds have a dozen; their parser calls itself for
/// some, and ends the process at a few hundred, for want of stack.
const MAX_DEPTH: usize = 64;

/// Reads a feed.
///
/// # Errors
/// What is wrong when the bytes are no feed, or one that is nested too deeply.
pub(crate) fn parse(body: &[u8]) -> Result<Feed, String> {
    if depth(body) > MAX_DEPTH {
        return Err(format!("the feed has elements within elements, more than {MAX_DEPTH} deep"));
    }
    feed_rs::parser::parse(body).map_err(|e| format!("the feed does not parse: {e}"))
}

/// How deep elements stand within elements at most, or more: what is not closed counts to the end.
///
/// It is counted without a parser of XML: one that ends at the first mistake would not see what the
/// parser of feeds, which forgives other mistakes, goes on to read.
fn depth(xml: &[u8]) -> usize {
    let (mut depth, mut deepest, mut at) = (0_usize, 0, 0);
    while let Some(found) = memchr::memchr(b'<', &xml[at..]) {
        let rest = &xml[at + found + 1..];
        at += found + 1;
        let skip = |open: &[u8], close: &[u8]| {
            rest.starts_with(open)
                .then(|| memmem::find(rest, close).map_or(rest.len(), |end| end + close.len()))
        };
        if let Some(length) = skip(b"![CDATA[", b"]]>").or_else(|| skip(b"!--", b"-->")) {
            at += length;
        } else if rest.first() == Some(&b'/') {
            depth = depth.saturating_sub(1);
        } else if !matches!(rest.first(), None | Some(b'!' | b'?')) {
            let end = tag_end(rest);
            at += end;
            if !rest[..end].ends_with(b"/") {
                depth += 1;
                deepest = deepest.max(depth);
            }
        }
    }
    deepest
}

/// Where the `>` of a tag stands; those in quoted values are none.
fn tag_end(rest: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = memchr::memchr3(b'>', b'"', b'\'', &rest[at..]) {
        let mark = rest[at + found];
        at += found;
        if mark == b'>' {
            return at;
        }
        match memchr::memchr(mark, &rest[at + 1..]) {
            Some(length) => at += length + 2,
            None => return rest.len(),
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use crate::feed::{MAX_DEPTH, depth, parse};

    #[track_caller]
    fn check(xml: &str, expected: usize) {
        assert_eq!(depth(xml.as_bytes()), expected, "{xml}");
    }

    #[test]
    fn depth_counts_what_is_open() {
        check("", 0);
        check("<a/>", 0);
        check("<?xml version='1.0'?><!DOCTYPE a><a><b/><b><c x='/>'/></b><d></d></a>", 2);
        check("<a><![CDATA[<b><c><d>]]><!-- <b><c> --><b></b></a>", 2);
        check("<a x=\"<b>\"><b x='>' y=\">\"/></a>", 1);
        check("</a></a><a", 1);
        check("<a><b><c", 3);
    }

    #[test]
    fn what_is_too_deep_is_refused_and_what_is_not_is_read() {
        let feed = |depth: usize| {
            format!(
                "<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel><item>\
                 <title>One</title>{}{}</item></channel></rss>",
                "<media:group>".repeat(depth),
                "</media:group>".repeat(depth)
            )
        };
        // The channel, the item and the feed itself are three.
        assert_eq!(parse(feed(MAX_DEPTH - 3).as_bytes()).unwrap().entries.len(), 1);
        let error = parse(feed(MAX_DEPTH - 2).as_bytes()).unwrap_err();
        assert!(error.contains("64 deep"), "{error}");
        assert!(parse(feed(100_000).as_bytes()).is_err());
        let open = feed(100_000).replace("</media:group>", "");
        assert!(parse(open.as_bytes()).is_err());
    }
}
