//! Lists as programs export them: every kind from its text to its entries, and to what is told of the
//! rest.

use std::fmt::Write;

use mlsearch::list::{self, List, ListOptions};
use proptest::{
    collection::vec,
    prelude::{ProptestConfig, prop, proptest},
};

use crate::program::{Run, program};

fn read(text: &[u8]) -> List {
    list::parse(text, &ListOptions::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// One line for each entry, `line title <url> date [section] (tags) description`, without what is
/// empty, and one for each line that is named as odd.
fn dump(list: &List) -> String {
    let mut out = String::new();
    for entry in &list.entries {
        let line = entry.lists.first().map_or(0, |mention| mention.line);
        write!(out, "{line} {} <{}>", entry.title(), entry.url).unwrap();
        if let Some(date) = entry.date_listed {
            write!(out, " {}", entry.date_precision.write(date)).unwrap();
        }
        if !entry.section.is_empty() {
            write!(out, " [{}]", entry.section.join(" / ")).unwrap();
        }
        if !entry.tags.is_empty() {
            write!(out, " ({})", entry.tags.join(", ")).unwrap();
        }
        let description = entry.description.as_deref().map(|text| format!(" {text}"));
        writeln!(out, "{}", description.unwrap_or_default()).unwrap();
    }
    for warning in &list.warnings {
        writeln!(out, "! {} {}", warning.line, warning.message).unwrap();
    }
    out
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let got = dump(&read(text.as_bytes()));
    assert!(got.trim_end() == expected.trim(), "{text}\n---\n{got}");
}

#[track_caller]
fn check_refused(text: &str, said: &str) {
    let error = list::parse(text.as_bytes(), &ListOptions::default()).unwrap_err().to_string();
    assert!(error.contains(said), "{error}");
}

#[test]
fn bookmarks_of_browsers_in_json_have_their_folders_and_dates() {
    check(
        r#"{"checksum": "c", "roots": {
"bookmark_bar": {"children": [
 {"children": [
  {"date_added": "13250000000000000", "name": "Weaving", "type": "url", "url": "https://a.example/w"},
  {"date_added": "13250000000000000", "name": "Run", "type": "url", "url": "javascript:go()"}
 ], "date_added": "13250000000000000", "name": "Cloth", "type": "folder"}], "name": "Bar", "type": "folder"},
"other": {"children": [ ], "name": "Other", "type": "folder"}}, "version": 1}"#,
        "4 Weaving <https://a.example/w> 2020-11-16 [Bar / Cloth]\n! 5 `javascript:go()` is no web page",
    );
    check(
        r#"{"title":"","type":"text/x-moz-place-container","children":[{"title":"toolbar","children":[
{"title":"Weaving","dateAdded":1642029053000000,"tags":"a,b","uri":"https://a.example/w"},
{"title":"","type":"text/x-moz-place-separator"},
{"title":"Empty","type":"text/x-moz-place-container","children":[]},
{"title":"Recent","uri":"place:sort=8"}]}]}"#,
        "2 Weaving <https://a.example/w> 2022-01-12 [toolbar] (a, b)\n! 5 `place:sort=8` is no web page",
    );
}

#[test]
fn records_in_other_records_have_the_address_of_the_inner_one() {
    check(
        r#"{"bookmarks":[
{"createdAt":1736522322,"title":null,"tags":["a"],"content":{"type":"link","url":"https://a.example/1","title":"Inner"},"note":"N"},
{"createdAt":1736522322,"title":"A text","tags":[],"content":{"type":"text","text":"words"}}]}"#,
        "2 Inner <https://a.example/1> 2025-01-10 (a) N\n! 3 `A text` has no address",
    );
    check(
        r#"{"id":1,"name":"Someone","collections":[{"id":1,"name":"Cloth","links":[
{"name":"One","url":"https://a.example/1","createdAt":"2024-08-23T10:00:00.000Z","tags":[{"id":1,"name":"a"}]}]}]}"#,
        "2 One <https://a.example/1> 2024-08-23 [Cloth] (a)",
    );
    check(
        r#"{"kind":"Listing","data":{"children":[{"kind":"t3","data":{"title":"One","url":"https://a.example/1","created_utc":1}}]}}"#,
        "1 One <https://a.example/1>",
    );
}

#[test]
fn records_of_services_have_their_dates_and_tags() {
    // Published before saved, saved before changed.
    check(
        r#"[{"title":"One","description":null,"url":"https://a.example/1","labels":["a","b c"],
"savedAt":"2024-10-18T20:44:54.069Z","updatedAt":"2024-10-26T21:50:01.259Z","publishedAt":"2024-10-08T19:19:56.000Z"},
{"title":"Two","url":"https://a.example/2","labels":[],"savedAt":"2023-02-01T00:00:00.000Z","publishedAt":null}]"#,
        "1 One <https://a.example/1> 2024-10-08 (a, b c)\n3 Two <https://a.example/2> 2023-02-01",
    );
    check(
        r#"[{"href":"https:\/\/a.example\/1","description":"One","extended":"Words","time":"2017-05-05T20:31:24Z","tags":"a b"}]"#,
        "1 One <https://a.example/1> 2017-05-05 (a, b) Words",
    );
    check(
        r#"[{"url":"https://a.example/1","title":"One","addedAt":1678060800.27,"tags":["a"],"starred":false}]"#,
        "1 One <https://a.example/1> 2023-03-06 (a)",
    );
    check(
        "<?xml version=\"1.0\"?>\n<posts user=\"x\">\n<post href=\"https://a.example/1?b=1&amp;c=2\" \
         time=\"2017-05-05T20:31:24Z\" description=\"One &quot;1&quot;\" extended=\"\" tag=\"a b\"/>\n</posts>",
        "3 One \"1\" <https://a.example/1?b=1&c=2> 2017-05-05 (a, b)",
    );
    check(
        r#"[{"type":"article","title":"One","DOI":"10.1/x","author":[{"family":"Potter","given":"Ada"}],"issued":{"date-parts":[[2020,3]]}}]"#,
        "1 One <https://doi.org/10.1/x> 2020-03 Ada Potter",
    );
}

#[test]
fn lines_of_json_stand_for_themselves() {
    check(
        "{\"url\":\"https://a.example/1\",\"headline\":\"One\"}\n{\"url\": \"https://a.exa\n\
         {\"webUrl\":\"https://a.example/2\",\"text\":\"Two\"}\n",
        "1 One <https://a.example/1>\n3 Two <https://a.example/2>\n\
         ! 2 no JSON: control character (\\u0000-\\u001F) found while parsing a string",
    );
    // A file that was cut off keeps what stands before.
    let cut = "[{\"url\":\"https://a.example/1\",\"title\":\"One\"},\n{\"url\":\"https://a";
    let list = read(cut.as_bytes());
    assert_eq!(list.entries.len(), 1);
    assert!(list.warnings[0].message.contains("ends early"), "{:?}", list.warnings);
    check(
        "{\"One\": \"https://a.example/1\",\n\"Two\": \"https://a.example/2\"}",
        "1 One <https://a.example/1>\n2 Two <https://a.example/2>",
    );
    check("[\"https://a.example/1\"]", "1 https://a.example/1 <https://a.example/1>");
}

#[test]
fn tables_have_headers_of_every_kind() {
    for (text, expected) in [
        (
            "Title,URL,ID,Document tags,Saved date\nOne,https://a.example/1,x,\"['a', 'b']\",2023-03-10 02:00:00+00:00\n",
            "2 One <https://a.example/1> 2023-03-10 (a, b)",
        ),
        (
            "\"Key\",\"Publication Year\",\"Author\",\"Title\",\"DOI\",\"Url\",\"Date\",\"Date Added\",\"Manual Tags\"\n\
             \"A\",\"2020\",\"Potter, Ada\",\"One\",\"\",\"https://a.example/1\",\"2020-03-10\",\"2024-01-01\",\"a; b\"\n\
             \"B\",\"2021\",\"\",\"Two\",\"10.1/x\",\"\",\"\",\"2024-01-01\",\"\"\n",
            "2 One <https://a.example/1> 2020-03-10 (a, b) Potter, Ada\n3 Two <https://doi.org/10.1/x> 2021",
        ),
        ("id,permalink\nx,https://a.example/1\n", "2 https://a.example/1 <https://a.example/1>"),
        (
            "标题,链接,发布时间\nOne,https://a.example/1,2020年3月10日\n",
            "2 One <https://a.example/1> 2020-03-10",
        ),
        ("titulo|enlace|año\nOne|https://a.example/1|2020\n", "2 One <https://a.example/1> 2020"),
        (
            "sep=;\r\nName;Link\r\nOne;https://a.example/1\r\n;\r\nTwo;\r\n",
            "3 One <https://a.example/1>\n! 5 `Two` has no address",
        ),
        (
            "My library\nexported today\n\nurl,title\nhttps://a.example/1,One\n",
            "5 One <https://a.example/1>",
        ),
    ] {
        check(text, expected);
    }
    let utf16: Vec<u8> = "url\ttitle\r\nhttps://a.example/1\tÉén\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for mark in [&b"\xFF\xFE"[..], b""] {
        let list = read(&[mark, &utf16].concat());
        assert_eq!(dump(&list), "2 Één <https://a.example/1>\n");
    }
}

#[test]
fn yaml_has_sections_and_records_and_keeps_their_lines() {
    check(
        "# Links\nCloth:\n  - name: One\n    url: https://a.example/1\n    tags: [a, b]\n    year: 2020\n  \
         - name: Nothing\nOther:\n  Name of two: https://a.example/2\n",
        "3 One <https://a.example/1> 2020 [Cloth] (a, b)\n9 Name of two <https://a.example/2> [Other]\n\
         ! 7 `Nothing` has no address",
    );
    check(
        "- title: One\n  link: https://a.example/1\n- title: \"Open\n",
        "1 One <https://a.example/1>\n! 0 line 3: the YAML does not parse: while scanning a \
         quoted scalar, found unexpected end of stream; what follows is left out",
    );
}

#[test]
fn an_address_under_another_name_is_one() {
    check(
        "categories:\n  - category: Cloth\n    items:\n      - name: One\n        icon: https://a.example/i.png\n        \
         homepage: https://a.example/1\n",
        "4 One <https://a.example/1> [Cloth]",
    );
    check(
        "---\nlinks:\n- {title: \"One: x\", url: \"https://a.example/1\"}\n",
        "3 One: x <https://a.example/1>",
    );
}

#[test]
fn org_and_asciidoc_have_headings_and_links() {
    check(
        "#+TITLE: Links\n* Cloth\n- [[https://a.example/1][One]] - the first\n  - [[https://a.example/2][Two]]\n\
         * Read\n** TODO [[https://a.example/3][Three]] :a:b:\n:PROPERTIES:\n:CREATED: [2020-03-10 Tue]\n:END:\n\
         #+begin_src sh\ncurl https://a.example/none\n#+end_src\n",
        "3 One <https://a.example/1> [Cloth] the first\n4 Two <https://a.example/2> [Cloth]\n\
         6 Three <https://a.example/3> 2020-03-10 [Read] (a, b)",
    );
    check(
        "= Links\n:home: https://a.example\n\n== Cloth\n* {home}/1[One] - the first\n\
         ** https://a.example/2[Two^]\n* link:https://a.example/3[\"Three, four\",window=_blank]\n\n\
         |===\n|Name |What\n\n|https://a.example/5[Five]\n|Words\n|===\n",
        "5 One <https://a.example/1> [Links / Cloth] the first\n6 Two <https://a.example/2> [Links / Cloth]\n\
         7 Three, four <https://a.example/3> [Links / Cloth]\n12 Five <https://a.example/5> [Links / Cloth] Words",
    );
}

#[test]
fn bibliographies_have_titles_addresses_dates_and_authors() {
    check(
        "% Encoding: UTF-8\n@article{one,\n  title = {{One} {\\\"U}ber},\n  author = {Potter, Ada and Clay, Bo},\n  \
         year = 2020, month = mar, url = {https://a.example/1}\n}\n@book{two, title = {Two}}\n",
        "2 One Über <https://a.example/1> 2020-03 Ada Potter, Bo Clay\n! 7 `Two` has no address",
    );
}

#[test]
fn a_format_that_is_not_read_is_refused_by_its_name() {
    for (text, name) in [
        ("TY  - JOUR\nTI  - One\nUR  - https://a.example/1\nER  - \n", "RIS"),
        ("[[links]]\ntitle = \"One\"\nurl = \"https://a.example/1\"\n", "TOML"),
        (
            "\\documentclass{article}\n\\begin{document}\n\\href{https://a.example/1}{One}\n",
            "LaTeX",
        ),
        (
            "== Links ==\n* [https://a.example/1 One] first\n* [https://a.example/2 Two]\n",
            "MediaWiki",
        ),
        (
            "Links\n=====\n\n* `One <https://a.example/1>`_\n* `Two <https://a.example/2>`_\n.. x\n",
            "reStructuredText",
        ),
        ("<?xml version=\"1.0\"?>\n<notes><note>https://a.example/1</note></notes>", "XML"),
        ("{\"cells\": [{\"source\": [\"see https://a.example/1\"]}]}", "JSON"),
        ("title: One\nurl: not an address://\n", "YAML"),
    ] {
        check_refused(text, name);
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "[[links]]\nurl = \"https://a.example/1\"\n").unwrap();
    let run = Run::of(program().arg("list").arg(file.path()));
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("it looks like TOML, which is not read"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: "), "{}", run.stderr);
}

#[test]
fn mistakes_in_a_feed_cost_no_item() {
    let items = |second: &str| {
        format!(
            "<rss version=\"2.0\"><channel><title>T</title><link>https://a.example/blog/</link>\n\
             <item><title>One</title><link>https://a.example/1</link></item>\n{second}\n\
             <item><title>Three</title><link>https://a.example/3</link></item>\n"
        )
    };
    let ends = "</channel></rss>\n";
    for (second, title) in [
        ("<item><title>Salt & soda</title><link>https://a.example/2</link></item>", "Salt & soda"),
        ("<item><title>a < b</title><link>https://a.example/2</link></item>", "a < b"),
        (
            "<item><title>Caf&eacute;&nbsp;x</title><link>https://a.example/2</link></item>",
            "Café x",
        ),
        ("<item><title>Two\u{8}x</title><link>https://a.example/2</link></item>", "Two x"),
        (
            "<item><title>Two</title><link>https://a.example/2</link><description><br>x</description>",
            "Two",
        ),
        ("<item><title>Two</title><link>/2</link><author><name>A</title></author></item>", "Two"),
    ] {
        for (before, after) in [
            ("", ends),
            ("Warning: x in y.php\n", ends),
            ("", ""),
            ("", "</rss><!-- x --><script>"),
        ] {
            let before = format!("{before}<?xml version=\"1.0\"?>");
            let list = read(format!("{before}{}{after}", items(second)).as_bytes());
            let got: Vec<(&str, &str)> =
                list.entries.iter().map(|entry| (entry.url.as_str(), entry.title())).collect();
            let expected = [
                ("https://a.example/1", "One"),
                ("https://a.example/2", title),
                ("https://a.example/3", "Three"),
            ];
            assert_eq!(got, expected, "{second}");
        }
    }
}

#[test]
fn the_page_of_an_item_is_found_among_its_links() {
    let rss = |item: &str| {
        format!(
            "<rss xmlns:atom=\"a\"><channel><link>https://a.example/blog/</link>\n<item><title>T</title>{item}</item></channel></rss>"
        )
    };
    for (item, url) in [
        ("<link/><atom:link rel='alternate' href='https://a.example/1'/>", "https://a.example/1"),
        ("<atom:link href='https://a.example/1'/>", "https://a.example/1"),
        (
            "<atom:link rel='replies' href='https://a.example/r'/><link>/1</link>",
            "https://a.example/1",
        ),
        ("<link>1</link>", "https://a.example/blog/1"),
        ("<link>a.example/1</link>", "https://a.example/1"),
        ("<link>//a.example/1</link>", "https://a.example/1"),
        ("<link><![CDATA[ https://a.example/?a=1&b=2 ]]></link>", "https://a.example/?a=1&b=2"),
        ("<guid isPermaLink='true'>/1</guid>", "https://a.example/1"),
        (
            "<guid>https://a.example/1</guid><enclosure url='https://a.example/x.mp3'/>",
            "https://a.example/1",
        ),
        (
            "<link>https://proxy.example/x</link><feedburner:origLink>https://a.example/1</feedburner:origLink>",
            "https://a.example/1",
        ),
    ] {
        check(&rss(item), &format!("2 T <{url}>"));
    }
    let atom = |entry: &str| {
        format!(
            "<feed xml:base='https://a.example/x/'><link rel='self' href='https://a.example/f'/>\n<entry{entry}</entry></feed>"
        )
    };
    for (entry, url) in [
        (" xml:base='y/'><link href='1'/>", "https://a.example/x/y/1"),
        (
            "><link rel='alternate' type='application/pdf' href='2.pdf'/><link rel='alternate' type='text/html' href='1'/>",
            "https://a.example/x/1",
        ),
        (
            "><link rel='alternate' href='nostr:x'/><link rel='alternate' href='/1'/>",
            "https://a.example/1",
        ),
        (
            "><link rel='self' href='/s'/><link rel='http://www.iana.org/assignments/relation/alternate' href='/1'/>",
            "https://a.example/1",
        ),
        (
            "><link rel='self' href='/s'/><link rel='enclosure' href='/x.mp3'/><id>https://a.example/1</id>",
            "https://a.example/1",
        ),
    ] {
        let list = read(atom(entry).as_bytes());
        assert_eq!(list.entries[0].url, url, "{entry}");
    }
    check(
        &rss("<guid isPermaLink='false'>7</guid>")
            .replace("</channel>", "<item><link>/2</link></item></channel>"),
        "2 https://a.example/2 <https://a.example/2>\n! 2 `T` has no address",
    );
    // A feed's own address is nearer than the page that it is of.
    let options = ListOptions {
        base: Some("https://b.example/feeds/f.xml".parse().unwrap()),
        ..ListOptions::default()
    };
    let list = list::parse(rss("<link>1</link>").as_bytes(), &options).unwrap();
    assert_eq!(list.entries[0].url, "https://b.example/feeds/1");
}

#[test]
fn a_json_feed_costs_no_item_for_the_mistake_of_another() {
    check(
        "{\"title\":\"T\",\"home_page_url\":\"https://a.example/\",\"items\":[\n{\"id\":4,\"url\":\"/1\",\"title\":\"One\"},\n\
         {\"id\":\"https://a.example/2\",\"title\":\"Two\",\"date_published\":\"2020-03-10\"},\n\
         {\"id\":\"5\",\"external_url\":\"https://b.example/3\",\"tags\":[\"a\",1]},\n{\"id\":6,\"title\":\"Six\"},\n7],\n\
         \"version\":\"https://jsonfeed.org/version/1.1\"}",
        "2 One <https://a.example/1>\n3 Two <https://a.example/2> 2020-03-10\n\
         4 https://b.example/3 <https://b.example/3> (a)\n! 5 `Six` has no address\n! 6 the item is no object",
    );
}

#[test]
fn sitemaps_have_prefixes_and_nest() {
    check(
        "<s:urlset xmlns:s=\"x\"><s:url><s:loc>https://a.example/1</s:loc><s:lastmod>2024-05-08 08:53:11 AM</s:lastmod>\n\
         <image:image><image:loc>https://a.example/i.png</image:loc></image:image></s:url>\n\
         <s:url><s:loc/></s:url></s:urlset>",
        "1 https://a.example/1 <https://a.example/1> 2024-05-08\n! 3 no address",
    );
    check(
        "<urlset><urlset>\n<url><loc>https://a.example/1</loc></url></urlset></urlset>",
        "2 https://a.example/1 <https://a.example/1>",
    );
    let index = read(b"<s:sitemapindex><s:sitemap><s:loc>https://a.example/s.xml</s:loc></s:sitemap></s:sitemapindex>");
    assert_eq!(index.sitemaps, ["https://a.example/s.xml"]);
}

#[test]
fn bookmark_files_lose_nothing() {
    check(
        "<META HTTP-EQUIV=x>\n<TITLE>Bookmarks</TITLE>\n<H1>Bookmarks</H1>\n<DL><p>\n<DT><H3>License</H3>\n\
         <DD>Of the folder\n<DL><p>\n<DT><A HREF=\"https://a.example/1\" ADD_DATE=\"1260914469588170\" TAGS=\"a,b\"></A>\n\
         <DD>The <script> element\n<DT><A HREF=\"https://a.example/2\">Two</A>\n</DL><p>\n</DL>",
        "8 https://a.example/1 <https://a.example/1> 2009-12-15 [License] (a, b) The <script> element\n\
         10 Two <https://a.example/2> [License]",
    );
    check(
        "<!DOCTYPE html>\n<html><head><title>Pocket Export</title></head><body><h1>Unread</h1>\n<ul>\n\
         <li><a href=\"https://a.example/1\" time_added=\"1600000000\" tags=\"a,b c\">One</a></li>\n</ul></body></html>",
        "4 One <https://a.example/1> 2020-09-13 [Unread] (a, b c)",
    );
}

#[test]
fn an_odd_byte_is_replaced_and_told() {
    let list = read(b"- [Caf\xC3\xA9](https://a.example/1)\n- [Caf\xE9](https://a.example/2)\n");
    assert_eq!(list.entries[0].title(), "Café");
    assert_eq!(list.entries[1].title(), "Caf\u{FFFD}");
    assert_eq!(list.warnings[0].line, 2);
}

/// A sample of each row of the table in `list --help`, with one entry named `One`.
const ROWS: [(&str, &str); 16] = [
    ("Markdown", "- [One](https://a.example/1)\n"),
    ("HTML", "<html><body><ul><li><a href='https://a.example/1'>One</a></ul>"),
    (
        "bookmark files",
        "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><DT><A HREF='https://a.example/1'>One</A></DL>",
    ),
    ("OPML", "<opml><body><outline text='One' xmlUrl='https://a.example/1'/></body></opml>"),
    (
        "RSS, Atom",
        "<feed><entry><title>One</title><link href='https://a.example/1'/></entry></feed>",
    ),
    (
        "JSON Feed",
        "{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{\"title\":\"One\",\"url\":\"https://a.example/1\"}]}",
    ),
    (
        "sitemaps",
        "<urlset><url><loc>https://a.example/1</loc><news:title>One</news:title></url></urlset>",
    ),
    ("Pinboard XML", "<posts><post href='https://a.example/1' description='One'/></posts>"),
    ("CSV", "title;url\nOne;https://a.example/1\n"),
    ("JSON", "{\"bookmarks\":[{\"title\":\"One\",\"url\":\"https://a.example/1\"}]}"),
    (
        "JSON Lines",
        "{\"title\":\"One\",\"url\":\"https://a.example/1\"}\n{\"url\":\"https://a.example/2\"}\n",
    ),
    ("YAML", "- title: One\n  url: https://a.example/1\n"),
    ("Org", "* [[https://a.example/1][One]]\n"),
    ("AsciiDoc", "= Links\n\n* https://a.example/1[One]\n"),
    ("BibTeX", "@misc{a, title={One}, url={https://a.example/1}}\n"),
    ("text", "One: https://a.example/1\n"),
];

#[test]
fn every_format_that_the_help_names_is_read() {
    let help = Run::of(program().args(["list", "--help"])).stdout;
    let table = help.split_once("Formats, recognized by the content:\n").unwrap().1;
    let rows: Vec<&str> = table
        .lines()
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.get(2..18).map(str::trim).filter(|name| !name.is_empty()))
        .collect();
    assert_eq!(rows, ROWS.map(|(name, _)| name));
    for (name, text) in ROWS {
        assert_eq!(read(text.as_bytes()).entries[0].title(), "One", "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parts_of_any_formats_are_read_or_refused(
        parts in vec((0..ROWS.len(), 0..200_usize, 0..200_usize), 0..8),
        signs in vec(prop::sample::select(vec!["\"", "{", "[", "<", "\\", "]]", "\n", "- ", ":", "&", "*x", "|===\n", "#+begin_src\n", "@a{"]), 0..12),
    ) {
        let mut text = String::new();
        for (row, from, to) in parts {
            let part = ROWS[row].1;
            let from = part.floor_char_boundary(from.min(part.len()));
            text.push_str(&part[from..part.floor_char_boundary(to.clamp(from, part.len()))]);
            text.push_str(signs.get(from % 12).copied().unwrap_or_default());
        }
        let lines = u32::try_from(text.lines().count()).unwrap();
        if let Ok(list) = list::parse(text.as_bytes(), &ListOptions::default()) {
            for entry in &list.entries {
                assert!(entry.url.starts_with("http"), "{}", entry.url);
                assert!(entry.lists[0].line <= lines, "{} of {lines}\n{text}", entry.lists[0].line);
            }
        }
    }
}
