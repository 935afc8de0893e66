//! Mending: new addresses in the text of a list, and nothing else of it changed.

mod markdown;
mod markup;
mod records;
mod write;

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use crate::list::{
    bare::bare_url,
    format::{self, Format},
};

/// A text with new addresses in it.
pub(crate) struct Mended<'l> {
    pub(crate) text: String,
    /// The old addresses that were found.
    pub(crate) found: HashSet<&'l str>,
    /// Those that stand, once at least, where their new address cannot be written.
    pub(crate) unfit: HashSet<&'l str>,
}

/// Puts new addresses in place of old ones, wherever [`parse`](crate::list::parse) reads an old one
/// as a link, in the form that the format asks for.
///
/// An address that the text has in an escaped form, such as `?a&amp;b`, is found as well.
pub(crate) fn mend<'l>(text: &str, moved: &[(&'l str, &'l str)]) -> Mended<'l> {
    let mut fixes = Fixes {
        text,
        moved: moved.iter().copied().collect(),
        edits: Vec::new(),
        found: HashSet::new(),
        unfit: HashSet::new(),
    };
    let start = text.trim_start_matches('\u{feff}').trim_start();
    match format::detect(start) {
        Format::Markdown => markdown::mend(&mut fixes),
        Format::Html => markup::mend_html(&mut fixes, 0..text.len(), write::markup),
        Format::Feed if start.starts_with('{') => records::mend_json(&mut fixes),
        Format::Opml | Format::Feed | Format::Sitemap => markup::mend_xml(&mut fixes),
        Format::Csv => {
            let header = start.lines().next().unwrap_or_default();
            records::mend_table(&mut fixes, format::delimiter(header).unwrap_or(b','));
        }
        Format::Json => records::mend_json(&mut fixes),
        Format::Text => fixes.bare(0..text.len(), |raw| raw.to_owned(), write::text),
    }
    fixes.apply()
}

/// The replacements that were found for a text.
struct Fixes<'t, 'l> {
    text: &'t str,
    moved: HashMap<&'l str, &'l str>,
    /// What is put where, in the order in which it was found.
    edits: Vec<(Range<usize>, String)>,
    found: HashSet<&'l str>,
    unfit: HashSet<&'l str>,
}

impl<'l> Fixes<'_, 'l> {
    /// Notes the new address of a link that stands in a range; `write` gives the form that it has
    /// there, none when it has none.
    fn replace(
        &mut self,
        range: Range<usize>,
        link: &str,
        write: impl FnOnce(&str) -> Option<String>,
    ) {
        let Some((&url, target)) = self.moved.get_key_value(link.trim()) else { return };
        self.found.insert(url);
        let target = with_fragment(url, target);
        let is_plain = !target.contains(|c: char| c.is_whitespace() || c.is_control());
        let written = Some(target).filter(|_| is_plain).and_then(|target| write(&target));
        match written {
            Some(written) => self.edits.push((range, written)),
            None => drop(self.unfit.insert(url)),
        }
    }

    /// Notes the new addresses of those that stand bare in a range of running text.
    ///
    /// What is written must be read as one address again, in such a text.
    fn bare(
        &mut self,
        range: Range<usize>,
        decode: impl Fn(&str) -> String,
        write: impl Fn(&str) -> Option<String>,
    ) {
        let text = &self.text[..range.end];
        let mut at = range.start;
        while let Some((start, end)) = bare_url(&text[at..]) {
            let (start, end) = (at + start, at + end);
            at = end;
            // An escape goes on with an address that seems to end here.
            if text[end..].starts_with('\\') {
                continue;
            }
            self.replace(start..end, &decode(&text[start..end]), |target| {
                write(target).filter(|new| bare_url(new) == Some((0, new.len())))
            });
        }
    }

    /// Whether a link has a new address.
    fn has_moved(&self, link: &str) -> bool {
        self.moved.contains_key(link.trim())
    }

    /// The text with its replacements.
    fn apply(mut self) -> Mended<'l> {
        self.edits.sort_by_key(|(range, _)| range.start);
        let mut text = String::with_capacity(self.text.len());
        let mut at = 0;
        for (range, written) in self.edits {
            // What was found twice is replaced once.
            if range.start >= at {
                text.push_str(&self.text[at..range.start]);
                text.push_str(&written);
                at = range.end;
            }
        }
        text.push_str(&self.text[at..]);
        Mended { text, found: self.found, unfit: self.unfit }
    }
}

/// The new address with the fragment of the old one.
fn with_fragment(url: &str, target: &str) -> String {
    match url.split_once('#') {
        Some((_, fragment)) if !target.contains('#') => format!("{target}#{fragment}"),
        _ => target.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::list::{Options, mend::mend, parse};

    const OLD: &str = "http://a.org/x";

    /// Mends one link; none is expected when it is not found.
    #[track_caller]
    fn check(text: &str, url: &str, target: &str, expected: Option<&str>) {
        let mended = mend(text, &[(url, target)]);
        assert_eq!(mended.text, expected.unwrap_or(text));
        assert_eq!(mended.found.contains(url), expected.is_some());
        assert!(mended.unfit.is_empty());
    }

    /// Every address that a text is read to have.
    fn links(text: &str) -> Vec<String> {
        let list = parse(text.as_bytes(), &Options::default()).unwrap();
        let entries = list.entries.into_iter();
        entries.flat_map(|entry| [vec![entry.url], entry.also].concat()).collect()
    }

    #[test]
    fn only_the_whole_link_is_replaced() {
        let text = "[a](http://a.org/x) <http://a.org/x> [b](http://a.org/x/y \"t\")\n\
                    [c]\n\nhttps://web.archive.org/web/http://a.org/x\n\n[c]: http://a.org/x\n";
        let expected = "[a](https://n/) <https://n/> [b](http://a.org/x/y \"t\")\n\
                        [c]\n\nhttps://web.archive.org/web/http://a.org/x\n\n[c]: https://n/\n";
        check(text, OLD, "https://n/", Some(expected));
        check(text, "http://a.org", "https://n/", None);
        check("- [a](http://a/x,y)", "http://a/x", "https://n/", None);
        check("- [a](http://a/x\\_y) http://a/x\\_y", "http://a/x", "https://n/", None);
    }

    #[test]
    fn a_new_address_keeps_the_fragment_and_ends_neither_link_nor_cell() {
        let (old, text) = ("http://a/#s", "| [a](http://a/#s) | b |\n|---|---|\n");
        let expected = |new: &str| text.replace(old, new);
        check(text, old, "https://a/(x)", Some(&expected("https://a/%28x%29#s")));
        check(text, old, "https://a/#t", Some(&expected("https://a/#t")));
        check(text, old, "https://a/x|y", Some(&expected("https://a/x%7Cy#s")));
    }

    /// Texts of every format, each with the place of an address.
    const PLACES: [&str; 22] = [
        "- [a](@)\n",
        "- [a](<@> \"title\")\n",
        "- [![b](http://b.org/i) c](@ 'title')\n",
        "- <@>\n",
        "- @\n",
        "- [a][r]\n\n[r]: @ \"title\"\n",
        "- [a][r]\n\n[r]: <@>\n",
        "> * [`a`](@) `b`\n",
        "| a | b |\n|---|---|\n| [a](@) | <a href='@'>b</a> |\n",
        "- <a href=\"@\">a</a>\n",
        "- <a title=\"b\" href='@'>a</a>\n",
        "- <a href=@ title=b>a</a>\n",
        "<table>\n<tr><td><a href='@'>a</a></td></tr>\n</table>\n",
        "<html><body><ul><li><a class=b href='@'>a</a></ul>",
        "<html><body><script>'http://a.org/x'</script><ul><li><a href=@>a</a> @</ul>",
        "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><p><DT><A HREF=\"@\" TAGS=\"b\">a</A></DL>",
        "<opml version='2.0'><body><outline text='a' htmlUrl='@' xmlUrl=\"@\"/></body></opml>",
        "<rss version='2.0'><channel><title>t</title><item><title>a</title><link> @ </link></item>\
         <item><title>b</title><link><![CDATA[http://b.org/]]></link></item></channel></rss>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><entry><id>1</id>\
         <title>a</title><link href='@'/></entry></feed>",
        "<urlset><url><loc>@</loc></url></urlset>",
        "{\"url\": \"@\", \"title\": \"a\"}\n{\"url\":\"http://b.org/\"}\n",
        "Some title\n@\n",
    ];

    /// New addresses with what the formats take for their own marks.
    const TARGETS: [&str; 9] = [
        "https://b.org/?x=1&copy=2&copy;=3&amp;=4",
        "https://b.org/'onclick='alert(1)",
        "https://b.org/\"><script>",
        "https://b.org/?a=]]>b",
        "https://b.org/a)b](c|d`e",
        "https://b.org/_a_*b*~c~__d",
        "https://b.org/?q=\\\"\\u0026{}^",
        "https://b.org/é%26&#39;<b>",
        "https://b.org/a b\nc",
    ];

    #[test]
    fn a_new_address_is_read_again_as_what_it_is_and_as_nothing_else() {
        // What is written in percent is the same address.
        let same = |url: &str| {
            let url = percent_decoded(url);
            url.trim_end_matches('/').to_owned()
        };
        for place in PLACES {
            let old = links(&place.replace('@', OLD));
            assert!(old.contains(&OLD.to_owned()), "{place}: {old:?}");
            for target in TARGETS {
                let mended = mend(&place.replace('@', OLD), &[(OLD, target)]);
                assert!(mended.found.contains(OLD), "{place}");
                let unfit = mended.unfit.contains(OLD);
                assert_eq!(unfit, target.contains(' '), "{place} {target}: {}", mended.text);
                let new: Vec<String> = links(&mended.text).iter().map(|url| same(url)).collect();
                let expected = old.iter().map(|url| match url.as_str() {
                    OLD if !unfit => same(target),
                    url => same(url),
                });
                assert_eq!(new, expected.collect::<Vec<_>>(), "{}", mended.text);
            }
        }
    }

    fn percent_decoded(text: &str) -> String {
        let bytes = text.as_bytes();
        let mut out = Vec::new();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            let hex = text.get(at + 1..at + 3).filter(|_| *byte == b'%');
            match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                Some(octet) => {
                    out.push(octet);
                    at += 3;
                }
                None => {
                    out.push(*byte);
                    at += 1;
                }
            }
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_address_is_found_in_the_form_that_its_format_gives_it() {
        let (old, new) = ("http://a.org/?x=1&y='2", "https://b.org/?x&y");
        for (text, expected) in [
            ("- <a href='http://a.org/?x=1&amp;y=&#39;2'>a</a>", "- <a href='@'>a</a>"),
            ("<html><a href=\"http://a.org/?x=1&y='2\">", "<html><a href=\"@\">"),
            (
                "<opml><outline url=\"http://a.org/?x=1&#x26;y=&apos;2\"/>",
                "<opml><outline url=\"@\"/>",
            ),
            ("<urlset><url><loc>http://a.org/?x=1&amp;y='2</loc>", "<urlset><url><loc>@</loc>"),
        ] {
            check(text, old, new, Some(&expected.replace('@', "https://b.org/?x&amp;y")));
        }
        for (text, expected) in [
            ("[a](http://a.org/?x=1&amp;y=\\'2)", "[a](@)"),
            ("[a]: <http://a.org/?x=1&y='2>\n", "[a]: <@>\n"),
            ("{\"url\":\"http:\\/\\/a.org/?x=1\\u0026y='2\"}", "{\"url\":\"@\"}"),
            (
                "<rss><link><![CDATA[http://a.org/?x=1&y='2]]></link>",
                "<rss><link><![CDATA[@]]></link>",
            ),
            ("url\nhttp://a.org/?x=1&y='2\n", "url\n@\n"),
        ] {
            check(text, old, new, Some(&expected.replace('@', new)));
        }
    }

    #[test]
    fn an_address_that_cannot_be_written_in_its_place_is_left() {
        for (text, target) in [
            ("<rss><link><![CDATA[http://a.org/x]]></link>", "https://b.org/?a=]]>b"),
            ("- [a](http://a.org/x)", "http://[::1]/x"),
            ("- http://a.org/x\n", "https://b.org/x."),
            ("url\nhttp://a.org/x\n", "https://b.org/\nx"),
        ] {
            let mended = mend(text, &[(OLD, target)]);
            assert_eq!(mended.text, text);
            assert!(mended.found.contains(OLD) && mended.unfit.contains(OLD), "{text}");
        }
    }

    #[test]
    fn in_a_table_a_link_is_a_field() {
        let text = "\u{feff}title,url,tags\r\n\"CSV, one\",http://a/1,\"a,b\"\r\n\
                    5\" disk,\"http://a/1\",\"on http://a/1,\nhttp://a/1,2 \"\"x\"\"\"\r\n";
        let expected = "\u{feff}title,url,tags\r\n\"CSV, one\",http://b/(1),\"a,b\"\r\n\
                        5\" disk,\"http://b/(1)\",\"on http://a/1,\nhttp://a/1,2 \"\"x\"\"\"\r\n";
        check(text, "http://a/1", "http://b/(1)", Some(expected));
        check(text, "http://a/1,2", "http://b/", None);
        check("url\nhttp://a/1", "http://a/1", "http://b/1", Some("url\nhttp://b/1"));
    }

    #[test]
    fn a_new_address_is_quoted_where_a_table_asks_for_it() {
        let text = "url;title\nhttp://a/1;one\n";
        check(text, "http://a/1", "http://b/,", Some("url;title\nhttp://b/,;one\n"));
        check(text, "http://a/1", "http://b/;", Some("url;title\n\"http://b/;\";one\n"));
        check(text, "http://a/1", "http://b/\"", Some("url;title\n\"http://b/\"\"\";one\n"));
        let quoted = "title,url\none,\"http://a/1,2\"\n";
        check(quoted, "http://a/1,2", "http://b/1,2", Some("title,url\none,\"http://b/1,2\"\n"));
    }

    #[test]
    fn a_broken_line_hides_no_link_of_the_next_one() {
        let text = "{\"url\": \"http://a.org/x\n{\"url\": \"http://a.org/x\"}\n";
        let expected = "{\"url\": \"http://a.org/x\n{\"url\": \"https://n/\"}\n";
        check(text, OLD, "https://n/", Some(expected));
    }
}
