//! The forms of entries in Markdown and HTML: each from a few lines to its entries.

use crate::list::{dump, parse};

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
         - Guardar modelos: [Clique aqui](https://a.example/11)\n- [a.example](https://a.example/12)\n",
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
