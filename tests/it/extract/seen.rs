//! Tests of what a reader of an article sees: code, formulas, tables, folded parts, whole threads.

use mlsearch::extract::{self, Input};

use crate::extract::{
    page, prose,
    rules::{check, kept},
};

#[test]
fn comments_in_code_are_code() {
    check(
        &format!(
            "{}<pre><code><span class='token comment'># replay the log</span>\n\
             <span class=hljs-comment>// and open it</span>\nopen(log)</code></pre>{}",
            prose(3),
            prose(2)
        ),
        &["# replay the log\n// and open it\nopen(log)"],
        &[],
    );
}

#[test]
fn line_numbers_are_no_code() {
    let column = "<table><tr><td class=lntd><pre><code><span class=lnt>1\n</span>\
                  <span class=lnt>2\n</span></code></pre></td><td class=lntd><pre><code>def a():\n    \
                  return 1</code></pre></td></tr></table>";
    let each = "<pre><code><span class=line><span class=ln>1</span>restore it\n</span>\
                <span class=line><span class=ln>2</span>look at it\n</span></code></pre>";
    check(
        &format!("{}{column}{each}{}", prose(3), prose(2)),
        &["def a():\n    return 1", "\nrestore it\nlook at it\n"],
        &["1restore", "\n1\n"],
    );
}

#[test]
fn lines_of_code_are_kept_apart() {
    let blocks = "<pre><div class=line>def fire(kiln):</div><div class=line>    heat()</div></pre>";
    let styled = "<pre><span style='display: block'>import os</span>\
                  <span style='display: block'>import sys</span></pre>";
    let named = "<pre><span class=code-line>let a;</span><span class=code-line>let b;</span></pre>";
    check(
        &format!("{}{blocks}{styled}{named}{}", prose(3), prose(2)),
        &["def fire(kiln):\n    heat()\n", "import os\nimport sys\n", "let a;\nlet b;\n"],
        &[],
    );
}

#[test]
fn a_heading_over_text_announces_no_afterword() {
    let section = |heading: &str| {
        format!(
            "{}<h2>{heading}</h2><p>The first store of this sort kept every version of a row, and \
             made all reads slow.</p><h2>Conclusion</h2><p>Both are alive, and the choice depends on \
             how often a row is read after it was written.</p>",
            prose(8)
        )
    };
    for heading in
        ["Related work", "Comments", "Tags", "Recommended settings", "Subscribe to changes"]
    {
        check(&section(heading), &[heading, "every version", "Conclusion", "Both are alive"], &[]);
    }
    let links = "<h2>Related articles</h2><ul><li><a href=/a>How another store was moved</a></ul>";
    check(
        &format!("{}{links}<h2>Conclusion</h2>{}", prose(8), prose(1)),
        &["Conclusion"],
        &["Related articles", "another store"],
    );
}

#[test]
fn what_a_button_opens_is_text() {
    for hidden in ["aria-hidden=true", "style='display:none'", "hidden"] {
        let answer = format!(
            "<button aria-controls=a1>Does it survive?</button><div id=a1 {hidden}><p>It does, since \
             the log is written before the answer is sent.</div>"
        );
        check(&format!("{}{answer}", prose(3)), &["It does, since"], &[]);
    }
    let menu =
        "<button aria-controls=m>Menu</button><div id=m hidden><a href=/a>The shop</a></div>";
    check(&format!("{menu}{}", prose(3)), &[], &["The shop"]);
}

#[test]
fn shadow_roots_are_shown_and_templates_are_not() {
    let shadow = format!("<x-a><template shadowrootmode=open>{}</template></x-a>", prose(4));
    check(&shadow, &["Paragraph 3"], &[]);
    check(
        &format!("{}<template><p>Not shown at all, ever.</template>", prose(4)),
        &[],
        &["Not shown"],
    );
}

#[test]
fn words_of_a_sentence_are_kept_whatever_their_class() {
    check(
        &format!(
            "{}<p>A row lives in a <a class=glossary-tooltip href=/g>run</a>, says the <span class=promo>\
             manual</span>.</p>",
            prose(4)
        ),
        &["A row lives in a run, says the manual."],
        &[],
    );
    let card = "<span class=rollover>Ann Example<span class=rollover-card>Ann Example wrote about stores, \
                filters, runs, levels and much else in all these years.</span></span>";
    check(
        &format!("{}<p>We asked {card} about it.</p>", prose(4)),
        &["We asked Ann Example about"],
        &["in all these years"],
    );
    let clipped = "<span style='clip: rect(0 0 0 0); position: absolute'>, opens a new tab</span>";
    check(
        &format!("{}<p>See the study{clipped}, of course.</p>", prose(4)),
        &["study, of"],
        &["tab"],
    );
}

#[test]
fn random_and_layout_names_cut_nothing() {
    check(
        &format!(
            "{}<p id=QwAdZr>A small filter in front of each run says which keys are not in it at all.</p>\
             <div class='cols gutter-large'><p>The size was chosen by trial, and never again.</div>{}",
            prose(30),
            prose(2)
        ),
        &["A small filter", "chosen by trial"],
        &[],
    );
}

#[test]
fn parts_that_are_alike_but_for_a_number_are_one_article() {
    let part = |n: u32, text: &str| format!("<div class='rich-{n} rich'>{text}</div><div>…</div>");
    let html = format!(
        "<body><main><h1>A small store</h1><div>{}{}{}</div></main>",
        part(1, &prose(2)),
        part(2, &prose(5).replace("Paragraph", "Middle")),
        part(3, &prose(1).replace("Paragraph", "Last"))
    );
    let text = page(html.as_bytes()).content.text();
    assert!(
        ["Paragraph 0", "Middle 4", "Last 0"].iter().all(|words| text.contains(words)),
        "{text}"
    );
}

#[test]
fn a_short_post_is_kept_whole() {
    for links in
        ["<a href=/a>Older: how to build a kiln</a> <a href=/b>Newer: what soda does</a>", ""]
    {
        let html =
            format!("<body><div class=post><h1>Why glazes craze</h1>{}{links}</div>", prose(2));
        let text = page(html.as_bytes()).content.text();
        assert!(text.contains("Paragraph 0") && text.contains("Paragraph 1"), "{text}");
        assert!(!text.contains("kiln"), "{text}");
    }
}

#[test]
fn a_formula_is_read_once() {
    let katex = "<span class=katex><span class=katex-mathml><math><semantics><mrow><mi>m</mi><mo>=</mo>\
                 <mn>8</mn></mrow><annotation encoding='application/x-tex'>m = 8</annotation></semantics>\
                 </math></span><span class=katex-html aria-hidden=true>m=8</span></span>";
    check(
        &format!("{}<p>A filter of {katex} bits.</p>", prose(3)),
        &["A filter of m=8 bits."],
        &[],
    );
    let wiki = "<span style='display: none'><math><mi>n</mi></math></span><img src=n.svg>";
    check(&format!("{}<p>Take {wiki} bits.</p>", prose(3)), &["Take n bits."], &[]);
}

#[test]
fn marks_of_footnotes_and_of_page_builders_are_no_words() {
    check(
        &format!(
            "{}<p>It was slow<sup><a href='#fn1'>1</a></sup>.</p><p>[vc_row][vc_column width=\"1/2\"]So we \
             measured [it].[/vc_column]</p><p>[/vc_row]</p><p>View this post on Instagram</p>",
            prose(3)
        ),
        &["It was slow 1.", "\nSo we measured [it]."],
        &["vc_", "Instagram"],
    );
}

#[test]
fn rows_of_a_table_are_kept_whole() {
    let table = "<h2>Appendix</h2><table><tr><th>Clay</th><th>Page</th></tr><tr><td><p>Red</p></td><td><p>\
                 <a href=/r>The page of red clay</a></p></td></tr></table>";
    check(
        &format!("{}{table}", prose(4)),
        &["Appendix", "Clay\tPage", "Red\tThe page of red"],
        &[],
    );
}

#[test]
fn linked_cards_between_headings_are_text() {
    let card = |name: &str| {
        format!(
            "<a href=/{name}><div>{name}</div><div><p>Start a store, write a row, and read it back.</div></a>"
        )
    };
    check(
        &format!("{}<h2>Run it</h2>{}{}", prose(4), card("First"), card("Second")),
        &["Run it", "First", "Second", "read it back"],
        &[],
    );
    check(
        &format!("{}<h2>Related articles</h2>{}{}", prose(4), card("First"), card("Second")),
        &[],
        &["Second", "read it back"],
    );
}

#[test]
fn every_post_of_a_thread_is_text() {
    let html = format!(
        "<meta name=generator content='Vanilla 3'><body><main><h1>Which store?</h1><div>{}</div>\
         <div class=Comments><h2>Comments</h2><ul><li class=ItemComment><p>Take the boring one, and think \
         again when it has grown.</ul></div></main>",
        prose(6)
    );
    let text = page(html.as_bytes()).content.text();
    assert!(text.contains("Take the boring one"), "{text}");
}

#[test]
fn a_page_encoded_twice_is_read_as_meant() {
    let html =
        format!("<title>T</title><article>{}<p>It’s naïve — “café”.</p></article>", prose(3));
    let twice: String = html.bytes().map(char::from).collect();
    let text = page(twice.as_bytes()).content.text();
    assert!(text.contains("It’s naïve — “café”."), "{text}");
}

#[test]
fn xhtml_ends_its_elements_as_xml_does() {
    let html =
        format!("<html><head><script src='a.js'/><title/></head><body>{}</body></html>", prose(4));
    let of = |content_type| {
        let input = Input {
            body: html.as_bytes(),
            content_type,
            url: "https://a.example/",
            ..Input::default()
        };
        extract::extract(&input).content.text()
    };
    assert!(of(Some("application/xhtml+xml; charset=utf-8")).contains("Paragraph 3"));
    // As browsers do.
    assert!(!of(Some("text/html")).contains("Paragraph 3"));
}

#[test]
fn text_in_tests_is_what_they_say() {
    assert!(kept(&prose(2)).starts_with("Paragraph 0"));
}
