//! Tests of what a page says of itself: title, author, date.

use mlsearch::content::Content;

use crate::extract::{page, prose};

fn read(head: &str, body: &str) -> Content {
    let html = format!("<head>{head}</head><body><article>{body}{}</article>", prose(4));
    page(html.as_bytes()).content
}

#[track_caller]
fn check_author(head: &str, body: &str, expected: Option<&str>) {
    assert_eq!(read(head, body).author.as_deref(), expected, "{head}{body}");
}

#[track_caller]
fn check_date(head: &str, body: &str, expected: &str) {
    let found = read(head, body).date_published.map(|date| date.to_string());
    assert_eq!(found.as_deref(), Some(expected), "{head}{body}");
}

#[track_caller]
fn check_title(head: &str, body: &str, expected: &str) {
    assert_eq!(read(head, body).title.as_deref(), Some(expected), "{head}{body}");
}

fn linked(json: &str) -> String {
    format!("<script type='application/ld+json'>{json}</script>")
}

#[test]
fn an_author_who_is_only_referred_to_is_looked_up() {
    let graph = |author: &str| {
        linked(&format!(
            r##"{{"@graph":[{{"@type":"Article","author":{author}}},{{"@type":"Person","@id":"#7","name":"Ada Example"}}]}}"##
        ))
    };
    check_author(&graph(r##"{"@id":"#7"}"##), "", Some("Ada Example"));
    check_author(
        &graph(r##"[{"@id":"#7"},{"name":"Bo Example"}]"##),
        "",
        Some("Ada Example, Bo Example"),
    );
    let apart = linked(r##"{"@type":"Article","author":{"@id":"#8"}}"##)
        + &linked(r##"{"@type":"Person","@id":"#8","name":"Cy Example"}"##);
    check_author(&apart, "", Some("Cy Example"));
}

#[test]
fn all_authors_of_a_paper_are_named() {
    let metas = "<meta name=citation_author content='Example, Ada'><meta name=citation_author \
                 content='Bo Example'>";
    check_author(metas, "", Some("Ada Example, Bo Example"));
}

#[test]
fn bylines_are_read_without_what_stands_around_the_name() {
    for byline in [
        "Monday August 27, 2018 10:05 am PDT by Ada Example",
        "August 27, 2018 by <b>Ada Example</b>",
        "Posted by Ada Example at 10:05 am",
        "by Ada Example, August 27, 2018",
        "Ada Example is a staff writer at Kiln Notes.",
        "Ada Example • March 12, 2025",
        "View all posts by Ada Example",
        "Ada Example Published on July 18, 2025",
    ] {
        check_author("", &format!("<p class=byline>{byline}</p>"), Some("Ada Example"));
    }
    check_author("", "<p class=byline>Last Updated: January 7, 2025</p>", None);
    let comment = "<div class=comment><cite class=comment-author>Jo Reader says:</cite></div>";
    check_author("", comment, None);
}

#[test]
fn the_publisher_is_named_only_where_no_person_is() {
    let organisation = linked(
        r#"{"@type":"Article","author":{"name":"Example Ltd"},"publisher":{"name":"Example Ltd"}}"#,
    );
    check_author(&organisation, "<p class=byline>by Ada Example</p>", Some("Ada Example"));
    check_author(&organisation, "", Some("Example Ltd"));
}

#[test]
fn the_date_of_publication_comes_before_those_of_other_events() {
    let time = |day: &str, text: &str| format!("<time datetime={day}>{text}</time>");
    let body = "<h1>Why glazes craze</h1>".to_owned()
        + &time("2024-02-02", "Updated 2 February 2024")
        + &time("2018-08-27", "First published 27 August 2018");
    let elsewhere = "https://a.example/";
    let find = |body: &str| {
        let html = format!("<body><article>{body}{}</article>", prose(4));
        let input = mlsearch::extract::Input {
            body: html.as_bytes(),
            url: elsewhere,
            ..Default::default()
        };
        mlsearch::extract::extract(&input).content.date_published.map(|date| date.to_string())
    };
    assert_eq!(find(&body).as_deref(), Some("2018-08-27"));
    let history = "<div class=dates><span>Submitted: 1 Feb 2020</span> <span>Published online: 4 Apr \
                   2020</span></div>";
    assert_eq!(find(history).as_deref(), Some("2020-04-04"));
    let comment = "<div class=comments><time datetime=2018-08-29>Aug 29</time></div><p class=byline>August \
                   27, 2018</p>";
    assert_eq!(find(comment).as_deref(), Some("2018-08-27"));
    assert_eq!(
        find("<pre>date = 2011-01-01</pre><span class=date>28.01.22</span>").as_deref(),
        Some("2022-01-28")
    );
}

#[test]
fn the_day_in_an_address_is_that_of_the_writer() {
    // The address of these pages has 2021-03-07.
    check_date("<meta name=date content='2021-03-08T01:30:00Z'>", "", "2021-03-07");
    check_date("<meta name=date content='2021-03-08T01:30:00+02:00'>", "", "2021-03-08");
    check_date("<meta name=date content='2021-03-09T01:30:00Z'>", "", "2021-03-09");
    check_date("<meta name=date content=2021-03-08>", "", "2021-03-08");
}

#[test]
fn a_title_is_the_things_own() {
    let article = linked(r#"{"@type":"Article","headline":"Short"}"#);
    check_title(
        &article,
        "<h1>What the whole thing is called</h1>",
        "What the whole thing is called",
    );
    check_title("<meta property=og:title content='Salt &amp;amp; soda'>", "", "Salt & soda");
    check_title(
        "<title>Merging runs - The Little Store Book</title>",
        "<div class=menu-bar><h1>The Little Store Book</h1></div><h2>Merging runs</h2>",
        "Merging runs",
    );
}
