//! The forms of entries in Markdown and HTML: each from a few lines to its entries.

use std::collections::HashSet;

use mlsearch::list;
use proptest::{
    collection::vec,
    prelude::{ProptestConfig, prop, proptest},
};

use crate::list::{dump, options, parse};

/// Reads a text; expected are its entries as [`dump`] writes them.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let got = dump(&parse(text).entries);
    assert!(got.lines().eq(expected.iter().copied()), "{text}\n{got}");
}

#[test]
fn a_line_of_dashes_opens_front_matter_at_the_very_beginning_alone() {
    check(
        "---\ntitle: [x](https://a.example/x)\n---\n# A\n- [a](https://a.example/a)\n\n---\n## B\n\n\
         - [b](https://a.example/b)\n\n---\n## C\n- [c](https://a.example/c)\n",
        &[
            "5 a <https://a.example/a> | in: A",
            "10 b <https://a.example/b> | in: A / B",
            "14 c <https://a.example/c> | in: A / C",
        ],
    );
}

#[test]
fn a_summary_is_an_entry_with_the_links_below_it() {
    check(
        "<details><summary><b><a href='https://a.example/a'>A</a></b> (5 stars) - Draws.</summary>\n\n\
         - [GitHub](https://git.example/a) (10 forks)\n- [PyPi](https://pypi.example/a)\n\n</details>\n\
         <details><summary>Show 1 hidden projects...</summary>\n\n- [B](https://a.example/b) - Old.\n\n\
         </details>\n<details><summary>More tools</summary>\n\n- [C](https://a.example/c)\n\n</details>\n",
        &[
            "1 A <https://a.example/a> | says: (5 stars) - Draws. | also: https://git.example/a https://pypi.example/a",
            "9 B <https://a.example/b> | says: Old.",
            "14 C <https://a.example/c> | in: More tools",
        ],
    );
}

#[test]
fn a_linked_heading_is_an_entry_with_facts_or_with_nothing_below() {
    check(
        "# Articles\n## [A](https://a.example/a)\n* Date: May 4, 2021\n* Tags: x, y\n\
         ## [B](https://a.example/b)\n* **But:** tried on [small data](https://a.example/d) only.\n\
         ## [C](https://a.example/c)\n## [D](https://a.example/d2) (2019)\nText.\n\n---\nA footer.\n",
        &[
            "2 A <https://a.example/a> | in: Articles | date: 2021-05-04 | tags: x, y",
            "5 B <https://a.example/b> | in: Articles | says: But: tried on small data only. | also: https://a.example/d",
            "7 C <https://a.example/c> | in: Articles",
            "8 D <https://a.example/d2> | in: Articles | says: Text. | date: 2019",
        ],
    );
}

#[test]
fn the_title_is_the_thing_and_not_the_label_of_the_link() {
    check(
        "## Papers\n- **Drift in the wild** (2019), A. Miller and B. Lee [[pdf]](https://a.example/1)\n\
         - Large systems [[Thesis]](https://a.example/2)\n- Two lines [[view](https://a.example/3)]\n\
         - On alerts nobody reads. [Miller et al. (2015)](https://a.example/4)\n\
         - [arXiv:1706.03762](https://a.example/5) Reading in order\n\
         - https://a.example/6 - Serving at the edge\n- 6) Batches at night [Paper](https://a.example/7)\n\
         - [2019](https://a.example/8): A look back\n- [Docs](https://a.example/9) - A tool for docs.\n\
         - **[1]** Lee, B. \"Small stores of things.\" Journal. [论文](https://a.example/10)\n\
         - Guardar modelos: [Clique aqui](https://a.example/11)\n- [a.example](https://a.example/12)\n\
         - Slack https://a.example/13\n",
        &[
            "2 Drift in the wild <https://a.example/1> | in: Papers | says: A. Miller and B. Lee | date: 2019",
            "3 Large systems <https://a.example/2> | in: Papers",
            "4 Two lines <https://a.example/3> | in: Papers | says: view",
            "5 On alerts nobody reads <https://a.example/4> | in: Papers | says: Miller et al. (2015) | date: 2015",
            "6 Reading in order <https://a.example/5> | in: Papers",
            "7 Serving at the edge <https://a.example/6> | in: Papers",
            "8 Batches at night <https://a.example/7> | in: Papers",
            "9 A look back <https://a.example/8> | in: Papers",
            "10 Docs <https://a.example/9> | in: Papers | says: A tool for docs.",
            "11 Small stores of things <https://a.example/10> | in: Papers | says: Lee, B Journal",
            "12 Guardar modelos <https://a.example/11> | in: Papers",
            "13 a.example <https://a.example/12> | in: Papers",
            "14 Slack <https://a.example/13> | in: Papers",
        ],
    );
}

#[test]
fn a_bold_line_is_the_title_of_the_labels_below_it() {
    check(
        "# Papers\n**Drift in the wild**\n\n- Homepage: https://a.example/1\n- Code: None\n\
         - [Paper](https://a.example/2)\n\n## Serving\n- Batches at night\n  - [pdf](https://a.example/3)\n\
         - Tools\n  - [Gauge](https://a.example/4)\n\n### Course of it\n[Link to Course](https://a.example/5)\n",
        &[
            "4 Drift in the wild <https://a.example/1> | in: Papers | also: https://a.example/2",
            "10 Batches at night <https://a.example/3> | in: Papers / Serving",
            "12 Gauge <https://a.example/4> | in: Papers / Serving / Tools",
        ],
    );
}

#[test]
fn paragraphs_that_cite_are_entries() {
    check(
        "# Papers\n**[1]** Miller, Ann. \"**Drift in the wild**.\" Journal 12 (2019): 1-9. \
         [[pdf]](https://a.example/1) :star:\n\n**[2]** Brown, Cy. \"**Alerts**.\" Proceedings. \
         [[html]](https://a.example/2) [[code]](https://a.example/3)\n\n**Read it [here](https://a.example/4).**\n",
        &[
            "2 Drift in the wild <https://a.example/1> | in: Papers | says: Miller, Ann Journal 12 (2019): 1-9",
            "4 Alerts <https://a.example/2> | in: Papers | says: Brown, Cy Proceedings | also: https://a.example/3",
        ],
    );
}

#[test]
fn in_tables_the_column_of_names_gives_the_title() {
    check(
        "## Lista\n\n| Nome | Descrição | Link |\n|-|-|-|\n| Vigiar | Como | [Clique aqui](https://a.example/1) |\n\n\
         | 論文 | 公開年 | 開発元 | リンク |\n|-|-|-|-|\n| 見張り方 | 2021 | 会社 | [こちら](https://a.example/2) |\n\n\
         | RSS feed | Introduction | Address |\n|-|-|-|\n| None | Notes of a keeper | https://a.example/3 |\n\n\
         | **Paper** | **Links** |\n|-|-|\n| 1) **At night** - answers early. | [Paper](https://a.example/4) |\n\n\
         | API | Auth |\n|-|-|\n| [GitHub](https://a.example/5) | `OAuth` |\n\n\
         | Kind | System | Where |\n|-|-|-|\n| Queue | **Belt** - moves things | [a.example](https://a.example/6) |\n\n\
         | Question | Reference |\n|-|-|\n| Design a store | [www.a.example](https://a.example/7) |\n",
        &[
            "5 Vigiar <https://a.example/1> | in: Lista | says: Como",
            "9 見張り方 <https://a.example/2> | in: Lista | date: 2021 | by: 会社",
            "13 Notes of a keeper <https://a.example/3> | in: Lista",
            "17 At night <https://a.example/4> | in: Lista | says: answers early",
            "21 GitHub <https://a.example/5> | in: Lista | says: OAuth",
            "25 Belt <https://a.example/6> | in: Lista | says: Queue, Belt - moves things",
            "29 Design a store <https://a.example/7> | in: Lista",
        ],
    );
}

#[test]
fn cells_that_span_rows_belong_to_each_and_lists_in_cells_are_lists() {
    check(
        "<table><tr><th>Company</th><th>Article</th></tr>\n\
         <tr><td rowspan=\"2\">Acme</td><td><a href=\"https://a.example/1\">A</a></td></tr>\n\
         <tr><td><a href=\"https://a.example/2\">B</a></td></tr>\n\
         <tr><td>Bee</td><td><ul><li><a href=\"https://a.example/3\">C</a></li>\
         <li><a href=\"https://a.example/4\">D</a> - Of it.</li></ul></td></tr></table>\n",
        &[
            "2 A <https://a.example/1> | by: Acme",
            "3 B <https://a.example/2> | by: Acme",
            "4 C <https://a.example/3> | in: Bee",
            "4 D <https://a.example/4> | in: Bee | says: Of it.",
        ],
    );
}

#[test]
fn elements_for_looks_and_bullets_that_are_no_markdown_hide_nothing() {
    for element in ["samp", "code", "kbd", "em", "i", "b"] {
        check(
            &format!("<{element}>\n\n# A\n\n- [a](https://a.example/a)\n\n</{element}>\n"),
            &["5 a <https://a.example/a> | in: A"],
        );
    }
    check(
        "# A\n- [x](https://a.example/x)\n- [y](https://a.example/y)\n- [z](https://a.example/z)\n\n\
         ・[a](https://a.example/a) - One.\n・[b](https://a.example/b)\n\n\
         1、[c](https://a.example/c)<br>2、D: [论文](https://a.example/d)\n",
        &[
            "2 x <https://a.example/x> | in: A",
            "3 y <https://a.example/y> | in: A",
            "4 z <https://a.example/z> | in: A",
            "6 a <https://a.example/a> | in: A | says: One.",
            "7 b <https://a.example/b> | in: A",
            "9 c <https://a.example/c> | in: A",
            "9 D <https://a.example/d> | in: A",
        ],
    );
}

#[test]
fn pages_have_a_base_and_footers_are_no_part_of_them() {
    check(
        "<ul><li><a href='https://a.example/a'>A</a> words</li></ul>\n\
         <footer><p><a href='https://a.example/imprint'>Imprint</a></p></footer>",
        &["1 A <https://a.example/a> | says: words"],
    );
    check(
        "<html><head><base href='/pages/'></head><body><ul><li><a href='b.html'>B</a></li>\n\
         <li><a href='/root.html'>C</a></li><li><a href='https://a.example/d'></a></li></ul></body></html>",
        &[
            "1 B <https://a.example/pages/b.html>",
            "2 C <https://a.example/root.html>",
            "2 https://a.example/d <https://a.example/d>",
        ],
    );
}

#[test]
fn bare_addresses_are_whole_whatever_signs_they_have() {
    check(
        "- One: https://a.example/x/_draft_/page\n- Two: https://a.example/*star*/~user~/page\n\
         - *https://a.example/em* it\n- www.a.example/b - Without a scheme\n- [c](docs.a.org/c)\n\
         - [d](https://b.example/_e_)\n",
        &[
            "1 One <https://a.example/x/_draft_/page>",
            "2 Two <https://a.example/*star*/~user~/page>",
            "3 https://a.example/em <https://a.example/em> | says: it",
            "4 Without a scheme <http://www.a.example/b>",
            "5 c <http://docs.a.org/c>",
            "6 d <https://b.example/_e_>",
        ],
    );
}

#[test]
fn names_of_sections_are_without_the_way_back() {
    let long = "words ".repeat(25);
    check(
        &format!(
            "## Tools [⬆ Back to top](#top)\n- [:snowman: A thing](https://a.example/a) :zap\n\
             ## {long}\n- [b](https://a.example/b)\n## C [TOC](#toc)\n\
             - A category: with very many words that say at length what all of the things below it \
             have in common and for whom they are meant\n  - [d](https://a.example/d)\n\
             ## 1. [Topics](#topics) :zap:\n- E | [Back to top](#top)\n  - [e](https://a.example/e)\n"
        ),
        &[
            "2 A thing <https://a.example/a> | in: Tools",
            &format!("4 b <https://a.example/b> | in: {}", long.trim()),
            "7 d <https://a.example/d> | in: C TOC / A category",
            "10 e <https://a.example/e> | in: 1. Topics :zap: / E",
        ],
    );
}

#[test]
fn dates_and_companies_behind_a_link_are_fields() {
    check(
        "- [a](https://a.example/a) (2019-11-06, Acme)\n- [b](https://a.example/b) (2015), A. Author\n\
         - [c](https://a.example/c) (May 2021, Bee Works): On alerts.\n",
        &[
            "1 a <https://a.example/a> | date: 2019-11-06 | by: Acme",
            "2 b <https://a.example/b> | says: (2015), A. Author | date: 2015",
            "3 c <https://a.example/c> | says: On alerts. | date: 2021-05 | by: Bee Works",
        ],
    );
}

#[test]
fn sections_about_the_list_are_folders_in_the_bookmarks_of_a_person() {
    check(
        "# L\n- [a](https://a.example/a)\n## License\n- [b](https://a.example/b)\n",
        &["2 a <https://a.example/a> | in: L"],
    );
    check(
        "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><p>\n<DT><H3>License</H3>\n<DL><p>\n\
         <DT><A HREF=\"https://a.example/a\">A</A>\n</DL><p>\n</DL><p>\n",
        &["5 A <https://a.example/a> | in: License"],
    );
}

#[test]
fn a_broken_byte_is_replaced_and_named() {
    let source =
        b"- [na\xC3\xAFve \xE8\xAB\x96](https://a.example/a)\n- [b \xE9](https://a.example/b)\n";
    let list = parse(source);
    assert_eq!(list.entries[0].title(), "naïve 論");
    assert_eq!(list.entries[1].title(), "b \u{fffd}");
    assert_eq!(list.warnings[0].line, 2);
    assert!(list.warnings[0].message.contains("no UTF-8"), "{}", list.warnings[0].message);
}

#[test]
fn what_is_not_taken_is_named_with_its_line() {
    let text = "# L\nSee [this](https://a.example/prose) first.\n\n- [a](https://a.example/a)\n\
                - [b](htp://a.example/b)\n- [c]()\n- [d](www.a.example/d)\n- [e](mailto:me@a.example)\n\
                ## [Category](https://a.example/category)\n- [f](https://a.example/f)\n\
                ## License\n- [g](https://a.example/g)\n- [h](https://a.example/h)\n";
    let warnings: Vec<String> = parse(text)
        .warnings
        .iter()
        .map(|warning| format!("{}: {}", warning.line, warning.message))
        .collect();
    assert_eq!(
        warnings,
        [
            "12: section `License` is about the list itself: its 2 links are left out",
            "5: `htp://a.example/b` is no address of a web page",
            "6: `c` has a link without an address",
            "7: `www.a.example/d` has no scheme and is read as `http://www.a.example/d`",
            "8: `mailto:…` is no address of a web page",
            "9: the link to `https://a.example/category` is in no entry",
            "2: 1 link within sentences and remarks is no entry (line 2)",
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Every link that shows a text is in an entry, or its line is named, or it is counted with its
    /// section or with the remarks.
    #[test]
    fn no_link_is_lost_in_silence(
        parts in vec(prop::sample::select(vec![
            "# H\n", "## [Linked](URL)\n", "- [a](URL)\n", "- [Paper](URL) of it\n", "  - [pdf](URL)\n",
            "**Bold**\n\n", "See [x](URL) now.\n\n", "[b](URL) - Said.\n\n", "\n---\n", "## License\n",
            "| A | B |\n|-|-|\n| x | [c](URL) |\n\n", "> [quoted](URL)\n\n", "- URL - Bare\n", "text\n",
            "<details><summary>[s](URL)</summary>\n\n", "</details>\n\n", "<details><summary>more</summary>\n\n",
            "<p align=center><a href='URL'>logo</a></p>\n\n", "**[1]** B. \"Title of it.\" [[pdf]](URL)\n\n",
            "<footer><a href='URL'>f</a></footer>\n\n", "<samp>\n\n", "- name\n", "・[d](URL)\n",
        ]), 1..14),
    ) {
        let mut text = String::new();
        let mut urls = Vec::new();
        for part in parts {
            let url = format!("https://a.example/{}", urls.len());
            text.push_str(&part.replace("URL", &url));
            if part.contains("URL") {
                urls.push(url);
            }
        }
        let Ok(list) = list::parse(text.as_bytes(), &options()) else { return Ok(()) };
        let mut taken: HashSet<&str> = HashSet::new();
        for entry in &list.entries {
            taken.insert(&entry.url);
            taken.extend(entry.also.iter().map(String::as_str));
        }
        let counted: usize = list
            .warnings
            .iter()
            .filter_map(|warning| {
                let message = &warning.message;
                let before = message.split_once(" link").map_or("", |(before, _)| before);
                let number = before.rsplit(' ').next().unwrap_or_default().parse();
                if message.contains(" is in no entry") { Some(1) } else { number.ok() }
            })
            .sum();
        let lost = urls.iter().filter(|url| !taken.contains(url.as_str())).count();
        assert!(lost <= counted, "{lost} of {} lost, {counted} counted\n{text}\n{:?}", urls.len(), list.warnings);
    }
}
