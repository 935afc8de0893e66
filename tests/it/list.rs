//! Tests of the list room: every format from a file to its entries, and hostile input.

mod markdown;

use std::{fmt::Write, path::Path};

use jiff::civil::{Date, date};
use mlsearch::{
    aliases::Aliases,
    canonical::CanonicalUrl,
    entry::{Entry, Labels},
    list::{self, List, ListOptions},
};
use proptest::{
    collection::vec,
    prelude::{ProptestConfig, any, prop, proptest},
};

const TODAY: Date = date(2026, 1, 1);

const DEFAULT_LIST: &str = include_str!("../../index/lists/awesome-mlops-articles.md");
const DEFAULT_ALIASES: &str = include_str!("../../index/aliases.toml");

/// Every fixture, for the tests that mutate them.
const FIXTURES: &[&str] = &[
    "kinds.md",
    "headings.md",
    "paragraphs.md",
    "bookmarks.html",
    "outline.opml",
    "rss.xml",
    "atom.xml",
    "sitemap.xml",
    "sitemapindex.xml",
    "pocket.csv",
    "instapaper.csv",
    "raindrop.csv",
    "records.jsonl",
    "plain.txt",
];

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/list");
    std::fs::read(folder.join(name)).unwrap()
}

fn options() -> ListOptions {
    let base = Some("https://a.example/list.md".parse().unwrap());
    ListOptions { name: "l".into(), base, labels: Labels::Tags }
}

fn parse(source: impl AsRef<[u8]>) -> List {
    list::parse(source.as_ref(), &options()).unwrap()
}

/// One line for each entry: what it says, empty fields left out.
fn dump(entries: &[Entry]) -> String {
    let mut text = String::new();
    for entry in entries {
        let lines: Vec<_> = entry.lists.iter().map(|mention| mention.line.to_string()).collect();
        write!(text, "{} {} <{}>", lines.join("+"), entry.titles.join(" = "), entry.url).unwrap();
        let date = entry.date_listed.map(|date| entry.date_precision.write(date));
        for (name, value) in [
            ("in", entry.section.join(" / ")),
            ("says", entry.description.clone().unwrap_or_default()),
            ("date", date.unwrap_or_default()),
            ("by", entry.company.clone().unwrap_or_default()),
            ("tags", entry.tags.join(", ")),
            ("labels", entry.labels.join(", ")),
            ("also", entry.also.join(" ")),
        ] {
            if !value.is_empty() {
                write!(text, " | {name}: {value}").unwrap();
            }
        }
        text.push('\n');
    }
    text
}

#[track_caller]
fn check(name: &str, expected: &str) {
    let got = dump(&parse(fixture(name)).entries);
    assert!(got == expected.trim_start(), "{name}:\n{got}");
}

#[test]
fn every_form_of_entry_is_read_and_everything_else_left_out() {
    check(
        "kinds.md",
        "
17 Plain <https://a.example/plain> | in: Kinds of entries / Articles | says: What it says.
18 With code <https://a.example/code> | in: Kinds of entries / Articles | says: Text. | date: 2021 | tags: Uber | labels: Uber | also: https://a.example/paper.pdf https://a.example/src
19 Second form <https://a.example/second> | in: Kinds of entries / Articles | says: Author Name A journal.
20 Bold name <https://a.example/repo> | in: Kinds of entries / Articles | says: Described after. | tags: linux, windows | labels: linux, windows | also: https://a.example/docs
21 Bare address <https://a.example/bare> | in: Kinds of entries / Articles
22 Parent <https://a.example/parent> | in: Kinds of entries / Articles | says: described a note on the parent | also: https://a.example/parent/code https://a.example/parent/slides
25 Child <https://a.example/child> | in: Kinds of entries / Articles | date: 2019
28 Under a name <https://a.example/under> | in: Kinds of entries / Articles / Nested | says: uses libfoo for bar
29 Reference <https://a.example/reference> | in: Kinds of entries / Articles
30 Struck <https://a.example/struck> | in: Kinds of entries / Articles
32 Relative <https://a.example/papers/x.pdf> | in: Kinds of entries / Articles | says: (1995): old | date: 1995
45 In details <https://a.example/details> | in: Kinds of entries / Articles / Company / Posts
51 Unfolded <https://a.example/unfolded> | in: Kinds of entries / Articles
57 表格 | 一 <https://a.example/row> | in: Kinds of entries / Articles | date: 2023-03 | by: 美团 | tags: 推荐, 图网络
61 How it works <https://a.example/talk> | in: Kinds of entries / Articles | also: https://a.example/slides
73 Full width <https://a.example/wide> | in: Kinds of entries / :tada: Last ones | says: 描述。
",
    );
}

#[test]
fn headings_with_facts_are_entries_and_headings_over_items_are_categories() {
    check(
        "headings.md",
        "
3 First article <https://a.example/one?id=1&utm_source=x> | in: My articles | date: 2023-03-06 | by: Acme | tags: Observability, Guide, guide
8 Second title of it <https://a.example/one?id=1#part> | in: My articles | tags: Guides, Cassanra
11 No date <https://b.example/two> | in: My articles | by: Bee | tags: LLMs
15 Same host <https://b.example/three> | in: My articles | date: 2020
21 Its item <https://c.example/item> | in: My articles / A category
",
    );
}

#[test]
fn paragraphs_and_raw_html_are_entries_where_they_make_the_list() {
    check(
        "paragraphs.md",
        "
3 First <https://a.example/1> | in: Paragraphs | says: Described here.
5 Second <https://a.example/2> | in: Paragraphs | says: Described there.
6 Third <https://a.example/3> | in: Paragraphs | says: And there.
11 Fourth <https://a.example/4> | in: Paragraphs | says: raw & HTML.
12 Fifth <https://a.example/5?a=1&b=2> | in: Paragraphs | says: more.
",
    );
}

#[test]
fn bookmarks_keep_folders_dates_and_tags() {
    check(
        "bookmarks.html",
        "
9 One <https://a.example/one> | in: Reading & more | says: A note on it | date: 2023-03-06 | tags: ml, serving
15 Two <https://a.example/two?a=1&b=2> | in: Reading & more / Inner
17 Three <https://a.example/three> | in: Reading & more
19 Four <https://a.example/four>
",
    );
}

#[test]
fn outlines_feeds_and_sitemaps_are_read() {
    check(
        "outline.opml",
        "
6 Blog A & co <https://a.example/> | in: Engineering | also: https://a.example/feed
7 Link <https://b.example/x> | in: Engineering / Deeper | date: 2023-03-06
9 Feed only <https://c.example/feed.xml>
",
    );
    check(
        "rss.xml",
        "
3 One & only <https://a.example/one> | says: Some HTML. | date: 2023-03-06 | tags: ML
5 Two <https://a.example/two>
",
    );
    check("atom.xml", "\n3 One <https://a.example/one> | says: Short. | date: 2023-03-06\n");
    check(
        "sitemap.xml",
        "
3 https://a.example/one?a=1&b=2 <https://a.example/one?a=1&b=2> | date: 2023-03-06
4 Two <https://a.example/two>
",
    );
    let index = parse(fixture("sitemapindex.xml"));
    assert_eq!(index.sitemaps, ["https://a.example/1.xml", "https://a.example/2.xml"]);
    assert!(index.entries.is_empty());
}

#[test]
fn tables_and_records_of_other_services_are_read() {
    check(
        "pocket.csv",
        "
2 One, quoted <https://a.example/one> | date: 2023-03-06 | tags: ml, serving
3 https://a.example/two <https://a.example/two> | date: 2023-03-06
",
    );
    check(
        "instapaper.csv",
        "
2 One <https://a.example/one> | in: Unread | says: A selection | date: 2023-03-06 | tags: ml, serving
",
    );
    check(
        "raindrop.csv",
        "
2 One <https://a.example/one> | in: Reading / Deeper | says: An excerpt | date: 2023-03-06 | tags: ml, serving
",
    );
    check(
        "records.jsonl",
        "
1 One <https://a.example/one> | says: Text | date: 2023-03 | by: Acme | tags: ml
5 Two <https://a.example/two> | tags: a, b
",
    );
    let lines: Vec<u32> =
        parse(fixture("records.jsonl")).warnings.iter().map(|warning| warning.line).collect();
    assert_eq!(lines, [3, 4]);
}

#[test]
fn plain_text_gives_its_addresses_with_the_titles_beside_or_above_them() {
    check(
        "plain.txt",
        "
4 A title above <https://a.example/one>
6 https://a.example/two <https://a.example/two>
7 Beside it <https://a.example/three>
8 described <https://a.example/four>
",
    );
}

#[test]
fn line_ends_and_byte_order_marks_change_nothing() {
    let text = String::from_utf8(fixture("kinds.md")).unwrap();
    let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    assert_eq!(dump(&parse(windows).entries), dump(&parse(text).entries));
}

#[test]
fn labels_mean_what_the_options_say() {
    let labelled = |labels| {
        let text = "- [a](https://a.example/a) `Uber` `2021` `MIT`\n";
        let options = ListOptions { labels, ..options() };
        list::parse(text.as_bytes(), &options).unwrap().entries.remove(0)
    };
    let company = labelled(Labels::Company);
    assert_eq!(
        (company.company.as_deref(), company.tags.as_slice()),
        (Some("Uber"), &["MIT".to_owned()][..])
    );
    assert_eq!(labelled(Labels::Tags).tags, ["Uber", "MIT"]);
    let ignored = labelled(Labels::Ignore);
    assert!(ignored.tags.is_empty() && ignored.labels == ["Uber", "MIT"]);
}

#[test]
fn a_source_without_entries_says_what_it_is() {
    for (source, found) in [
        (&b""[..], "it is empty"),
        (b"\n\n", "it is empty"),
        (
            b"# Nothing\x1b[31m here\n",
            "no address of a web page; it begins with `# Nothing [31m here`",
        ),
        (b"# A\n\nSee [this](https://a.example/x) for more.\n", "within sentences"),
        (b"Title\n=====\n\n.. x\n.. y\n* `a <https://a.example>`_\n", "reStructuredText"),
        (b"%PDF-1.7\n\0\0\0", "it is no text"),
        (b"title,url\na,not an address\n", "`not an address` is no web page"),
        (b"{\"title\": 1}", "no address"),
        (b"<rss><channel>", "no entries found"),
    ] {
        let error = list::parse(source, &options()).unwrap_err();
        assert!(error.to_string().contains(found), "{error}");
        assert!(!error.to_string().contains('\u{1b}'));
    }
    let long = format!("- {}", "x".repeat(1000));
    assert!(list::parse(long.as_bytes(), &options()).unwrap_err().to_string().len() < 200);
}

#[test]
fn relative_links_need_the_address_of_the_list() {
    let text = "- [a](x.pdf)\n- [b](https://a.example/b)\n- [c](#c)\n";
    let without = list::parse(text.as_bytes(), &ListOptions::default()).unwrap();
    assert_eq!(without.entries.len(), 1);
    assert!(without.warnings[0].message.starts_with("1 relative link is"));
    for (base, expected) in [
        ("https://github.com/o/r", "https://github.com/o/r/blob/HEAD/x.pdf"),
        (
            "https://raw.githubusercontent.com/o/r/main/d/README.md",
            "https://github.com/o/r/blob/main/d/x.pdf",
        ),
    ] {
        let options = ListOptions { base: Some(base.parse().unwrap()), ..ListOptions::default() };
        let list = list::parse(text.as_bytes(), &options).unwrap();
        assert_eq!(list.entries[0].url, expected);
    }
}

#[test]
fn links_to_the_list_itself_are_no_entries() {
    let text = "- [a](https://a.example/a)\n- [top](https://github.com/o/r#top)\n\
                - [read me](https://github.com/O/r/blob/main/README.md)\n- [other](https://github.com/o/s)\n";
    let base = Some("https://raw.githubusercontent.com/o/r/HEAD/README.md".parse().unwrap());
    let list =
        list::parse(text.as_bytes(), &ListOptions { base, ..ListOptions::default() }).unwrap();
    assert_eq!(list.entries.len(), 2);
}

#[test]
fn the_same_article_is_one_entry_that_names_all_its_places() {
    let other = ListOptions { name: "other".into(), ..options() };
    let other = list::parse(
        b"- [Third](https://a.example/one/?id=1)\n- [Fourth](https://a.example/one?id=1) - Said.\n",
        &other,
    )
    .unwrap();
    let merged = list::merge(vec![parse(fixture("headings.md")), other]);
    assert_eq!(merged.len(), 5);
    let first = &merged[0];
    assert_eq!(first.titles, ["First article", "Second title of it", "Fourth"]);
    assert_eq!(first.tags, ["Observability", "Guide", "guide", "Guides", "Cassanra"]);
    assert_eq!(first.company.as_deref(), Some("Acme"));
    assert_eq!(first.description.as_deref(), Some("Said."));
    let places: Vec<_> =
        first.lists.iter().map(|mention| (mention.list.as_str(), mention.line)).collect();
    assert_eq!(places, [("l", 3), ("l", 8), ("other", 2)]);
}

#[test]
fn a_company_is_inferred_from_its_host_and_marked() {
    let mut entries = list::merge(vec![parse(
        "- [a](https://eng.bee.example/a) `Bee`\n- [b](https://eng.bee.example/b)\n\
         - [c](https://medium.com/c) `Bee`\n- [d](https://medium.com/d)\n\
         - [e](https://two.example/e) `Bee`\n- [f](https://two.example/f) `Cee`\n\
         - [g](https://two.example/g)\n- [h](https://www.known.example/h)\n",
    )]);
    for entry in &mut entries {
        entry.company = entry.labels.first().cloned();
    }
    let mut aliases = Aliases::default();
    aliases.hosts.insert("known.example".into(), "Known".into());
    list::infer_companies(&mut entries, &aliases);
    let inferred: Vec<_> = entries
        .iter()
        .filter(|entry| entry.company_inferred)
        .map(|entry| (entry.title(), entry.company.as_deref().unwrap()))
        .collect();
    assert_eq!(inferred, [("b", "Bee"), ("h", "Known")]);
}

#[test]
fn the_default_list_is_50_documents_of_23_companies() {
    let aliases: Aliases = toml::from_str(DEFAULT_ALIASES).unwrap();
    let list = parse(DEFAULT_LIST);
    assert_eq!(list.entries.len(), 51);
    let mut entries = list::merge(vec![list]);
    list::infer_companies(&mut entries, &aliases);
    let companies: std::collections::BTreeSet<&str> =
        entries.iter().flat_map(|entry| &entry.company).map(|name| aliases.company(name)).collect();
    assert_eq!((entries.len(), companies.len()), (50, 23));
    assert!(entries.iter().any(|entry| entry.tags == ["Data", "Architecture", "Design"]));
    assert!(entries.iter().any(|entry| entry.tags.contains(&"Cassanra".to_owned())));
    assert!(entries.iter().any(|entry| entry.titles.len() == 2));
}

#[test]
fn lint_suggests_and_changes_nothing() {
    let findings: Vec<String> = list::lint::lint(&parse(DEFAULT_LIST), TODAY)
        .iter()
        .map(|finding| format!("{}: {}", finding.line, finding.problem))
        .filter(|finding| !finding.ends_with("no company"))
        .collect();
    assert_eq!(
        findings,
        [
            "9: tag `MogoDB`: did you mean `MongoDB`?",
            "9: tag `Cassanra`: did you mean `Cassandra`?",
            "55: tag `Usecase` is written `Use case` elsewhere",
            "129: tag `Syntetic data`: did you mean `Synthetic data`?",
            "216: same address as in line 104",
            "216: no date",
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read_or_refused(source in vec(any::<u8>(), 0..2000)) {
        let _ = list::parse(&source, &options());
    }

    #[test]
    fn any_markup_is_read_or_refused(
        parts in vec(prop::sample::select(vec![
            "[", "](", ")", "<a href=", "https://a.example/x", "<li>", "<ul>", "</ul>", "- ", "\n",
            "  ", "|", "\n|-|-|\n", "`", "*", "# ", "<table>", "<td>", "<dl><dt>", "(", "&amp;",
            "Date: 2020", "<details>", "<summary>", "]: ", "<!--", "-->", "\"", "é", "：", "<h3>",
            "<br>", "</a>", "> ", "1. ", "2021", "---\n", "\u{1}", "\u{2}",
        ]), 0..120),
    ) {
        let source = parts.concat();
        if let Ok(list) = list::parse(source.as_bytes(), &options()) {
            for entry in &list.entries {
                prop_assert_entry(entry);
            }
        }
    }

    #[test]
    fn mutated_fixtures_are_read_or_refused(
        name in prop::sample::select(FIXTURES),
        cuts in vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut source = fixture(name);
        for (from, to, byte) in cuts {
            let (from, to) = (from.index(source.len()), to.index(source.len()));
            let piece: Vec<u8> = source[from.min(to)..from.max(to)].to_vec();
            source[from] = byte;
            source.splice(to..to, piece);
        }
        if let Ok(list) = list::parse(&source, &options()) {
            list.entries.iter().for_each(prop_assert_entry);
            list::lint::lint(&list, TODAY);
            list::merge(vec![list]);
        }
    }
}

/// What holds for every entry, whatever the source.
#[track_caller]
fn prop_assert_entry(entry: &Entry) {
    assert!(!entry.titles.is_empty() && !entry.title().is_empty());
    assert_eq!(CanonicalUrl::parse(&entry.url).as_ref(), Some(&entry.canonical));
    let texts = entry.titles.iter().chain(&entry.tags).chain(&entry.description);
    texts.for_each(|text| assert!(!text.contains(char::is_control), "{text:?}"));
}

/// Nesting and repetition that make careless parsers quadratic: 200 kB each, so that a quadratic one
/// would be noticed by whoever waits for it.
#[test]
fn hostile_nesting_is_read_to_the_end() {
    for part in [
        "<div>",
        "<ul><li>",
        "<table><tr><td>",
        "<a href=\"https://b.example/\">",
        "<a name=x><p>",
        "<DL><DT>",
        "<details><summary>x</summary>",
        "<font color=1><b>",
        "[",
        "[a](",
        "![",
        "*a_",
        "> ",
        "- ",
        "<!--",
        "(()",
        "`a` ",
        "https://b.example/ ",
        "[pdf](https://b.example/) ",
        "<",
        "&",
        "  - [pdf](https://b.example/)\n",
    ] {
        let source = format!("- [t](https://a.example/x)\n\n{}", part.repeat(200_000 / part.len()));
        assert_eq!(parse(source).entries[0].title(), "t", "{part}");
    }
}
