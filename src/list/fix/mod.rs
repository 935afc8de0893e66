//! Fixing: new addresses in the text of a list, or entries out of it, and nothing else of it changed.

mod edits;
mod markdown;
mod markup;
mod plain;
mod records;
mod remove;
mod write;

pub(crate) use crate::list::fix::{edits::Fixed, remove::without};
use crate::list::{delimited, detect, fix::edits::Edits, format::Format};

/// Puts new addresses in place of old ones, wherever [`parse`](crate::list::parse) reads an old one
/// as a link, in the form that the format asks for.
///
/// An address that the text has in an escaped form, such as `?a&amp;b`, is found as well.
pub(crate) fn fix<'l>(text: &str, moved: &[(&'l str, &'l str)]) -> Fixed<'l> {
    let mut edits = Edits::new(text, moved);
    let start = text.trim_start_matches('\u{feff}').trim_start();
    match detect::detect(start) {
        Format::Markdown => markdown::fix(&mut edits),
        Format::Html | Format::Bookmarks => {
            markup::fix_html(&mut edits, 0..text.len(), write::markup)
        }
        Format::Feed if start.starts_with('{') => records::fix_json(&mut edits),
        Format::Opml | Format::Feed | Format::Sitemap => markup::fix_xml(&mut edits),
        Format::Csv => {
            let delimiter = delimited::layout(start).map_or(b',', |layout| layout.delimiter);
            records::fix_table(&mut edits, delimiter);
        }
        Format::Json => records::fix_json(&mut edits),
        Format::Posts => markup::fix_xml(&mut edits),
        Format::Yaml | Format::Org | Format::AsciiDoc | Format::Bibtex => plain::fix(&mut edits),
        Format::Unread(_) => {}
        Format::Text => edits.bare(0..text.len(), |raw| raw.to_owned(), write::text),
    }
    edits.apply()
}

#[cfg(test)]
mod tests {
    use crate::list::{ListOptions, fix::fix, parse};

    const OLD: &str = "http://a.org/x";

    /// Fixes one link; none is expected when it is not found.
    #[track_caller]
    fn check(text: &str, url: &str, target: &str, expected: Option<&str>) {
        let fixed = fix(text, &[(url, target)]);
        assert_eq!(fixed.text, expected.unwrap_or(text));
        assert_eq!(fixed.found.contains(url), expected.is_some());
        assert!(fixed.unfit.is_empty());
    }

    /// Every address that a text is read to have.
    fn links(text: &str) -> Vec<String> {
        let list = parse(text.as_bytes(), &ListOptions::default()).unwrap();
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
                let fixed = fix(&place.replace('@', OLD), &[(OLD, target)]);
                assert!(fixed.found.contains(OLD), "{place}");
                let unfit = fixed.unfit.contains(OLD);
                assert_eq!(unfit, target.contains(' '), "{place} {target}: {}", fixed.text);
                let new: Vec<String> = links(&fixed.text).iter().map(|url| same(url)).collect();
                let expected = old.iter().map(|url| match url.as_str() {
                    OLD if !unfit => same(target),
                    url => same(url),
                });
                assert_eq!(new, expected.collect::<Vec<_>>(), "{}", fixed.text);
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
            let fixed = fix(text, &[(OLD, target)]);
            assert_eq!(fixed.text, text);
            assert!(fixed.found.contains(OLD) && fixed.unfit.contains(OLD), "{text}");
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
    fn an_address_is_found_where_a_language_has_it_stand_as_it_is() {
        for text in [
            "- title: a\n  url: @\n  also: ['@', \"@\"]\n- url: @/x\n",
            "#+TITLE: a\n- [[@][a]] and @, [[@/x][b]]\n- [[@]]\n",
            "= A\n\n* @[a], link:@[b]\n",
            "@misc{a, title={A}, url={@}}\n@misc{b, url = \"@\"}\n",
        ] {
            let old = text.replace("@/", "https://c.org/").replace("@misc", "#misc");
            let old = old.replace('@', OLD).replace("#misc", "@misc");
            let new = old.replace(OLD, "https://n.org/y");
            check(&old, OLD, "https://n.org/y", Some(&new));
            let fixed = fix(&old, &[(OLD, "https://n.org/]\"}")]);
            assert!(fixed.text == old && fixed.unfit.contains(OLD), "{}", fixed.text);
        }
    }

    #[test]
    fn a_broken_line_hides_no_link_of_the_next_one() {
        let text = "{\"url\": \"http://a.org/x\n{\"url\": \"http://a.org/x\"}\n";
        let expected = "{\"url\": \"http://a.org/x\n{\"url\": \"https://n/\"}\n";
        check(text, OLD, "https://n/", Some(expected));
    }
}
