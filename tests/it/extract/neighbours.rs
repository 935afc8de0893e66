//! Tests of what stands on an article's page and is none of it: other articles, teasers, the foot.

use crate::extract::{page, prose};

const TITLE: &str = "Why glazes craze";

/// An article with its headline and byline.
fn own() -> String {
    format!("<h1>{TITLE}</h1><p class=byline>By Ann Example</p><p>March 7, 2021</p>{}", prose(6))
}

/// Another one, whose paragraphs are told by their first word.
fn other(level: u8, byline: &str, paragraphs: usize) -> String {
    let text = prose(paragraphs).replace("Paragraph", "Neighbour");
    format!("<h{level}>How kilns cool down</h{level}>{byline}{text}")
}

const BYLINE: &str = "<p>By Bob Sample</p><p>March 5, 2021</p>";

/// Looks for words in what is kept of a page called [`TITLE`].
#[track_caller]
fn check(body: &str, present: &[&str], absent: &[&str]) {
    let html = format!("<title>{TITLE} | Kiln Notes</title><body>{body}</body>");
    let text = page(html.as_bytes()).content.text();
    for words in present {
        assert!(text.contains(words), "no `{words}` of {body}: {text}");
    }
    for words in absent {
        assert!(!text.contains(words), "`{words}` is kept of {body}: {text}");
    }
}

#[track_caller]
fn check_ends(body: &str) {
    let foreign = ["Neighbour", "How kilns", "Bob Sample", "The kiln of the town", "also like"];
    check(body, &["Paragraph 0", "Paragraph 5"], &foreign);
}

#[test]
fn the_next_article_of_a_stream_is_none_of_this_one() {
    for paragraphs in [3, 6, 14] {
        for level in [1, 2] {
            let next = other(level, BYLINE, paragraphs);
            check_ends(&format!(
                "<main><article>{}</article><article>{next}</article></main>",
                own()
            ));
            check_ends(&format!("<main><article>{}{next}</article></main>", own()));
            check_ends(&format!(
                "<main><article>{}<article>{next}</article></article></main>",
                own()
            ));
            check_ends(&format!(
                "<div><div id=story-1 class=story>{}</div><div id=story-2 class=story>{next}</div>\
                 <div id=story-3 class=story>{next}</div></div>",
                own()
            ));
            check_ends(&format!(
                "<article class=post><div class=entry-content>{}</div></article>\
                 <article class=post><div class=entry-content>{next}</div></article>",
                own()
            ));
        }
        let line = "<p class=meta>By Bob Sample · March 5, 2021</p>";
        check_ends(&format!("<main><div>{}{}</div></main>", own(), other(2, line, paragraphs)));
        let time = "<div><span>Bob Sample</span> <time datetime=2021-03-05>5 Mar 2021</time></div>";
        let section = other(2, time, paragraphs);
        check_ends(&format!("<main>{}<section>{section}</section></main>", own()));
    }
    let unsigned = format!(
        "<article><h1>{TITLE}</h1>{}</article><article>{}</article>",
        prose(6),
        other(1, "", 14)
    );
    check_ends(&unsigned);
}

#[test]
fn parts_with_days_or_writers_are_text_where_the_page_collects_them() {
    let parts = |head: fn(u32) -> String, paragraphs: usize| -> String {
        let text = prose(paragraphs).replace("Paragraph", "Part");
        (1..6).map(|n| format!("{}{text}", head(n))).collect()
    };
    let changes = parts(|n| format!("<h2>Version {n}.0</h2><p>Released on March {n}, 2020</p>"), 2);
    let guests = parts(|n| format!("<h2>It is the clay {n}</h2><p>By Bob Sample, Kiln Ltd</p>"), 2);
    let digest = parts(
        |n| format!("<h2><a href=/{n}>A post {n}</a></h2><p>Bob Sample · March {n}, 2021</p>"),
        1,
    );
    for parts in [changes, guests, digest] {
        let body = format!("<main><article>{}{parts}</article></main>", own());
        check(&body, &["Paragraph 5", "Part 0"], &[]);
        let text = page(format!("<title>{TITLE}</title>{body}").as_bytes()).content.text();
        assert_eq!(text.matches("Part 0").count(), 5, "{text}");
    }
    let index: String = (1..6)
        .map(|n| {
            format!(
                "<article><h2><a href=/{n}>A post about things {n}</a></h2>{BYLINE}{}</article>",
                prose(2)
            )
        })
        .collect();
    check(
        &format!("<main><h1>{TITLE}</h1>{index}</main>"),
        &["about things 1", "about things 5"],
        &[],
    );
}

#[test]
fn what_its_writer_added_later_is_part_of_an_article() {
    let update = "<p>By Ann Example</p><p>March 9, 2021</p>";
    let update = format!("<h2>An update</h2>{update}{}", prose(2).replace("Paragraph", "Update"));
    check(&format!("<article>{}{update}</article>", own()), &["Update 1"], &[]);
}

#[test]
fn text_goes_on_after_a_box_about_another_article() {
    let inset = format!("<section>{}</section>", other(3, BYLINE, 1));
    let rest = prose(3).replace("Paragraph", "Rest");
    check(&format!("<article>{}{inset}{rest}</article>", own()), &["Rest 2"], &["How kilns"]);
}

/// Three cards of a form in which `N` is their number.
fn cards(form: &str) -> String {
    let title = "<a href=/N>The kiln of the town N</a>";
    let text =
        "<p>Neighbour N tells how a kiln was built from old bricks, and dried for years.</p>";
    let form = form.replace("TITLE", title).replace("TEXT", text);
    (1..4).map(|n| form.replace('N', &n.to_string()).replace("1eighbour", "Neighbour")).collect()
}

#[test]
fn teasers_end_an_article() {
    let signed = [
        "<div class=card><h3>TITLE</h3>TEXT<span>March N, 2021</span></div>",
        "<article><span>Kilns</span><h3>TITLE</h3><div>By Bob Sample</div>TEXT</article>",
        "<div class=item><h4>TITLE</h4><span>3 min read</span>TEXT</div>",
        "<li><time datetime=2021-03-0N>Mar N</time>TITLE TEXT</li>",
    ];
    let pictured = [
        "<div class=card><img src=N.png>TEXT TITLE</div>",
        "<a class=card href=/N><img src=N.png><h3>The kiln of the town N</h3>TEXT</a>",
    ];
    let like = "<h2>You may also like</h2>";
    for form in signed {
        for heading in ["", like, "<h2>Next on the wheel</h2>"] {
            check_ends(&format!("<article>{}{heading}<div>{}</div></article>", own(), cards(form)));
            check_ends(&format!("<div>{}<div>{heading}{}</div></div>", own(), cards(form)));
        }
    }
    for form in pictured {
        for heading in ["", like] {
            check_ends(&format!("<article>{}{heading}<div>{}</div></article>", own(), cards(form)));
        }
    }
}

#[test]
fn cards_and_lists_that_a_heading_of_the_text_leads_to_are_text() {
    let card = cards("<a class=card href=/N><h3>The kiln of the town N</h3>TEXT</a>");
    check(&format!("<article>{}<h2>Next steps</h2>{card}</article>", own()), &["town 3"], &[]);
    let list = cards("<li>TITLE<br>It tells how a kiln is fired, and at what heat.</li>");
    check(
        &format!("<article>{}<h2>Further reading</h2><ul>{list}</ul></article>", own()),
        &["town 3", "at what heat"],
        &[],
    );
}

#[test]
fn no_article_begins_in_the_foot_of_a_page() {
    let company = prose(6).replace("Paragraph", "Company");
    for foot in [
        format!("<footer>{company}</footer>"),
        format!("<div role=contentinfo>{company}</div>"),
        format!("<div class=footer>{company}</div>"),
        format!("<div id=site-footer><div class=col>{company}</div></div>"),
        format!("<footer><div class=post-content>{company}</div></footer>"),
    ] {
        for paragraphs in [1, 2, 4] {
            let body = format!("<div><h1>{TITLE}</h1>{}</div>{foot}", prose(paragraphs));
            check(&body, &["Paragraph 0"], &["Company"]);
        }
    }
    check(&format!("<div id=app></div><footer>{company}</footer>"), &[], &["Company"]);
    // Not all that a class calls so is one.
    check(
        &format!("<div class=page-footer><h1>{TITLE}</h1>{}</div>", prose(4)),
        &["Paragraph 3"],
        &[],
    );
}

#[test]
fn what_stands_above_the_title_of_a_listing_is_its_menu() {
    let links = |name: &str, count: u32| -> String {
        (0..count).map(|n| format!("<div><a href=/{name}/{n}>{name} {n}</a></div>")).collect()
    };
    let body = format!("<div>{}<h1>{TITLE}</h1>{}</div>", links("Menu", 9), links("Product", 30));
    check(&body, &["Product 0", "Product 29"], &["Menu"]);
}
