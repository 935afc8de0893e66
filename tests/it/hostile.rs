//! Lists that somebody made to hold a reader up: everything in them is read or counted.
//!
//! Each would take minutes or gigabytes where the work grows with the square of the list, so that
//! whoever waits for these tests would notice.

use std::path::Path;

use jiff::civil::{Date, date};
use mlsearch::{
    entry::Entry,
    list::{self, List, ListOptions},
};

const MANY: usize = 60_000;

const TODAY: Date = date(2026, 1, 1);

fn parse(source: &str) -> List {
    list::parse(source.as_bytes(), &ListOptions { name: "l".into(), ..ListOptions::default() })
        .unwrap()
}

/// Reads a list with one entry, whose names and links are too many, and how many were left out.
#[track_caller]
fn check_names(source: &str, left_out: Option<usize>) {
    let list = parse(source);
    assert_eq!(list.entries.len(), 1);
    let entry = &list.entries[0];
    assert_eq!(entry.url, "https://a.example/1");
    assert_eq!(entry.tags.len().max(entry.also.len()), 200);
    let warning = list.warnings.iter().find(|warning| warning.message.contains(" of an entry are"));
    let message = &warning.unwrap().message;
    if let Some(count) = left_out {
        assert!(message.starts_with(&format!("{count} tags or links ")), "{message}");
    }
    assert_eq!(list::merge(vec![list.clone()]).len(), 1);
    assert!(list::lint::lint(&list, TODAY).len() < 1_000);
}

fn numbered(before: &str, after: &str) -> String {
    (0..MANY).map(|number| format!("{before}{number}{after}")).collect()
}

#[test]
fn an_entry_with_hundreds_of_thousands_of_tags_has_the_first_of_them() {
    let tags = numbered("t", ",");
    let over = Some(MANY - 200);
    check_names(&format!("url,tags\nhttps://a.example/1,\"{tags}\"\n"), over);
    let quoted = numbered("\"\"t", "\"\",");
    let quoted = quoted.trim_end_matches(',');
    check_names(&format!("url,tags\nhttps://a.example/1,\"[{quoted}]\"\n"), over);
    check_names(&format!("<opml><outline url='https://a.example/1' category='{tags}'/>"), over);
    let quoted = numbered("\"t", "\",");
    let quoted = quoted.trim_end_matches(',');
    check_names(&format!("{{\"url\":\"https://a.example/1\",\"tags\":[{quoted}]}}"), over);
    let feed = "{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"t\"";
    check_names(
        &format!("{feed},\"items\":[{{\"url\":\"https://a.example/1\",\"tags\":[{quoted}]}}]}}"),
        over,
    );
    check_names(
        &format!(
            "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><DT><A HREF='https://a.example/1' TAGS='{tags}'>a</A></DL>"
        ),
        over,
    );
    let categories = numbered("<category>t", "</category>");
    check_names(
        &format!(
            "<rss version='2.0'><channel><title>t</title><item><link>https://a.example/1</link>{categories}</item></channel></rss>"
        ),
        over,
    );
    check_names(
        &format!(
            "<urlset><url><loc>https://a.example/1</loc><n:keywords>{tags}</n:keywords></url></urlset>"
        ),
        over,
    );
    check_names(&format!("- [a](https://a.example/1)\n{}", numbered("  <br>Tags: t", "\n")), None);
    // No longer than a line of which everything is read.
    let spans = numbered("`t", "` ");
    let spans = &spans[..spans.find("`t30000").unwrap()];
    check_names(&format!("- [a](https://a.example/1) {spans}\n"), Some(30_000 - 200));
}

#[test]
fn an_entry_with_hundreds_of_thousands_of_links_has_the_first_of_them() {
    check_names(
        &format!("- [a](https://a.example/1)\n{}", numbered("  [b](https://b.example/", ")\n")),
        None,
    );
    check_names(
        &format!("- [a](https://a.example/1)\n{}", numbered("  - [pdf](https://b.example/", ")\n")),
        None,
    );
    check_names(
        &format!("https://a.example/1{}\n", numbered(" https://b.example/", "")),
        Some(MANY - 200),
    );
    let also = numbered("\"https://b.example/", "\",");
    let also = also.trim_end_matches(',');
    check_names(
        &format!("{{\"url\":\"https://a.example/1\",\"also\":[{also}]}}"),
        Some(MANY - 200),
    );
}

#[test]
fn an_article_that_is_listed_again_and_again_is_one_entry() {
    let source: String =
        (0..MANY).map(|n| format!("- [a {n}](https://a.example/1) `t{n}`\n")).collect();
    let list = parse(&source);
    assert_eq!((list.entries.len(), list.warnings.len()), (MANY, 0));
    let entries = list::merge(vec![list]);
    assert_eq!(entries.len(), 1);
    let Entry { titles, tags, lists, .. } = &entries[0];
    assert_eq!((titles.len(), tags.len(), lists.len()), (100, 200, 100));
    assert_eq!(titles[99], "a 99");
}

#[test]
fn tags_that_differ_by_punctuation_alone_are_compared_once() {
    let source: String = (0..30_000)
        .map(|n| {
            format!(
                "- [a](https://a.example/{n}) `a{}`\n",
                "!?".repeat(n % 50) + &"-".repeat(n / 300)
            )
        })
        .collect();
    let list = parse(&source);
    let findings = list::lint::lint(&list, TODAY);
    assert!(findings.len() <= 2 * list.entries.len());
    let mut aliases = mlsearch::aliases::Aliases::default();
    aliases.fold_tags(&list.entries);
    assert_eq!(aliases.tag("a!?"), aliases.tag("a!?!?"));
}

#[test]
fn warnings_beyond_a_hundred_are_counted() {
    for (source, first) in [
        (format!("url,title\nhttps://a.example/1,a\n{}", "x\n".repeat(MANY)), 3),
        (format!("{{\"url\":\"https://a.example/1\"}}\n{}", "x\n".repeat(MANY)), 2),
    ] {
        let list = parse(&source);
        assert_eq!((list.entries.len(), list.warnings.len()), (1, 101));
        assert_eq!(list.warnings[0].line, first);
        let last = &list.warnings[100];
        assert_eq!((last.line, last.message.as_str()), (0, "59900 lines more are as odd"));
    }
}

#[test]
fn what_is_too_large_for_a_block_is_left_out_and_counted() {
    let first = "- [t](https://a.example/x)\n\n";
    let last = "\n\n- [u](https://a.example/y)\n";
    const LINE: &str = "too long to be read to its end, as 1 is";
    const LINES: &str = "lines are left out";
    for (part, count, warned) in [
        ("word ", 60_000, LINE),
        ("[", 300_000, LINE),
        ("*a **b ", 40_000, LINE),
        ("> ", 150_000, LINE),
        ("- ", 150_000, LINE),
        ("[a](b) ", 40_000, LINE),
        ("![", 150_000, LINE),
        ("&amp;", 60_000, LINE),
        ("| a ", 70_000, LINE),
        ("  - x\n    - y\n", 10_000, ""),
        ("  [b][c] [d] e\n", 150_000, LINES),
        ("<p>\n", 350_000, LINES),
        ("<p>", 80_000, ""),
    ] {
        let source = format!("{first}x {}{last}", part.repeat(count));
        let list = parse(&source);
        let titles: Vec<&str> = list.entries.iter().map(|entry| entry.title()).collect();
        assert!(titles.starts_with(&["t"]) && titles.ends_with(&["u"]), "{part}: {titles:?}");
        let warned_of = list.warnings.iter().any(|warning| warning.message.contains(warned));
        assert!(warned.is_empty() || warned_of, "{part}: {:?}", list.warnings);
    }
}

#[test]
fn beginnings_of_addresses_without_an_end_are_passed() {
    for part in ["http://,", "://", "https://a", "xhttp://a"] {
        let source = format!("https://a.example/1 {}", part.repeat((1 << 20) / part.len()));
        assert_eq!(parse(&source).entries[0].url, "https://a.example/1", "{part}");
    }
}

#[test]
fn a_text_a_hundred_thousand_levels_deep_ends() {
    let deep = 100_000;
    let outline = format!(
        "<opml><body>{}<outline url='https://a.example/1'/>{}</body></opml>",
        "<outline text='s'>".repeat(deep),
        "</outline>".repeat(deep)
    );
    assert_eq!(parse(&outline).entries[0].section, ["s"; 12]);
    let folders = format!(
        "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n{}<DT><A HREF='https://a.example/1'>a</A>",
        "<DL><DT><H3>s</H3>".repeat(deep)
    );
    assert_eq!(parse(&folders).entries[0].section, ["s"; 12]);
    let json = format!(
        "{{\"url\":\"https://a.example/1\",\"x\":{}{}}}",
        "[".repeat(deep),
        "]".repeat(deep)
    );
    assert_eq!(parse(&json).entries.len(), 1);
    let nested = format!("{}[a](https://a.example/1)\n", "> - ".repeat(1_000));
    assert_eq!(parse(&format!("- [t](https://a.example/2)\n\n{nested}")).entries[0].title(), "t");
}

/// What an entry says beside its place.
fn facts(entry: &Entry) -> String {
    let Entry { titles, url, tags, section, description, also, labels, .. } = entry;
    format!("{titles:?} {url} {tags:?} {section:?} {description:?} {also:?} {labels:?}")
}

/// Reads a source once and many times over: all of them must say the same, line by line.
#[track_caller]
fn check_repeated(source: &str) {
    let once = parse(source);
    let times = (600 << 10) / source.len() + 1;
    let again = parse(&source.repeat(times));
    let lines = u32::try_from(source.matches('\n').count()).unwrap();
    assert_eq!(again.entries.len(), once.entries.len() * times);
    for (at, entry) in again.entries.iter().enumerate() {
        let (round, first) = (at / once.entries.len(), &once.entries[at % once.entries.len()]);
        assert_eq!(facts(entry), facts(first), "round {round}");
        let line = first.lists[0].line + lines * u32::try_from(round).unwrap();
        assert_eq!(entry.lists[0].line, line, "round {round}: {}", entry.title());
    }
}

#[test]
fn a_long_list_is_read_like_a_short_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/list");
    for name in ["kinds.md", "headings.md", "paragraphs.md", "bookmarks.html"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        check_repeated(&format!("{}\n\n", text.trim_end()));
    }
    check_repeated(include_str!("../../index/lists/awesome-mlops-articles.md"));
    check_repeated(
        "## One\n- [a](https://a.example/1) `x`\n  - [pdf](https://a.example/1.pdf)\n\n  Text.\n- Part\n  \
         - [b][r]\n\n```\n- [c](https://a.example/c)\n\n# Two\n```\n\n<details><summary>More</summary>\n\n\
         * [d](https://a.example/d)\n\n</details>\n\n[r]: https://a.example/b\n\n<!--\n\n# Three\n-->\n\n",
    );
}

#[test]
fn one_block_that_is_long_is_read_like_many() {
    let number = 6_000;
    let of = |before: &str, item: &dyn Fn(usize) -> String, after: &str| {
        let items: String = (0..number).map(item).collect();
        parse(&format!("{before}{items}{after}"))
    };
    let lists = [
        of("# S\n", &|n| format!("- [a {n}](https://a.example/{n}) - Text of it\n  `t`\n"), ""),
        of("# S\n", &|n| format!("{n}. [a {n}](https://a.example/{n}) - Text of it `t`\n"), ""),
        of(
            "# S\n\n| Tags | Title | Description |\n|---|---|---|\n",
            &|n| format!("| t | [a {n}](https://a.example/{n}) | Text of it |\n"),
            "",
        ),
        of(
            "# S\n\n<table><thead><tr><th>Tags</th><th>Title</th><th>Description</th></tr></thead>",
            &|n| {
                format!(
                    "<tr><td>t<td><a href='https://a.example/{n}'>a {n}</a><td>Text of it</tr>\n"
                )
            },
            "</table>",
        ),
        of(
            "# S\n",
            &|n| format!("- [a {n}][r{n}] - Text of it `t`\n\n[r{n}]: https://a.example/{n}\n\n"),
            "",
        ),
        of(
            "# S\n",
            &|n| format!("- [a {n}][R {n}] - Text of it `t`\n"),
            &(0..number).map(|n| format!("\n[r  {n}]: https://a.example/{n}")).collect::<String>(),
        ),
        of(
            "<html><body><h1>S</h1><div><ul>",
            &|n| {
                format!("<li><a href='https://a.example/{n}'>a {n}</a> - Text of it <code>t</code>")
            },
            "</ul></div>",
        ),
        of(
            "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<H1>Bookmarks</H1><DL><p><DT><H3>S</H3><DL><p>",
            &|n| format!("<DT><A HREF='https://a.example/{n}' TAGS='t'>a {n}</A><DD>Text of it\n"),
            "</DL></DL>",
        ),
        of(
            "<rss version='2.0'><channel><title>t</title>",
            &|n| {
                format!(
                    "<item><title>a {n}</title><link>https://a.example/{n}</link><category>t</category><description>Text of it</description></item>\n"
                )
            },
            "</channel></rss>",
        ),
        of(
            "<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title>",
            &|n| {
                format!(
                    "<entry><title>a {n}</title><link href='https://a.example/{n}'/><category term='t'/><summary>Text of it</summary></entry>\n"
                )
            },
            "</feed>",
        ),
    ];
    for (which, list) in lists.iter().enumerate() {
        assert_eq!((list.entries.len(), &list.warnings[..]), (number, &[][..]), "list {which}");
        for (n, entry) in list.entries.iter().enumerate() {
            assert_eq!(entry.title(), format!("a {n}"), "list {which}");
            assert_eq!(entry.url, format!("https://a.example/{n}"), "list {which}");
            assert_eq!(entry.tags, ["t"], "list {which}, {n}");
            assert_eq!(entry.description.as_deref(), Some("Text of it"), "list {which}, {n}");
            assert_eq!(
                entry.section.join("/"),
                if which < 8 { "S" } else { "" },
                "list {which}, {n}"
            );
        }
    }
}
