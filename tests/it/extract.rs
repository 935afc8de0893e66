//! Tests of the extract room.

mod generated;
mod metadata;
mod neighbours;
mod rules;
mod seen;
mod threads;
mod verdicts;

use mlsearch::{
    content,
    extract::{self, Coverage, Extraction, Input},
    page::Outcome,
};
use proptest::prelude::{Strategy, any, prop, proptest};

const URL: &str = "https://blog.example/2021/03/07/drift";

pub(crate) fn page(body: &[u8]) -> Extraction {
    extract::extract(&Input { body, url: URL, ..Input::default() })
}

fn fixture(name: &str) -> Extraction {
    let path = format!("{}/tests/it/fixtures/extract/{name}", env!("CARGO_MANIFEST_DIR"));
    page(&std::fs::read(path).expect("the fixture is part of the repository"))
}

/// Sentences enough to be an article.
pub(crate) fn prose(paragraphs: usize) -> String {
    (0..paragraphs)
        .map(|n| {
            format!(
                "<p>Paragraph {n} says that a model, once deployed, meets data that nobody has \
                 seen before, and that its errors grow slowly until somebody looks at them.</p>"
            )
        })
        .collect()
}

#[track_caller]
fn check_outcome(html: &str, expected: Outcome) {
    let extraction = page(html.as_bytes());
    assert_eq!(extraction.outcome, expected, "{:?}", extraction.reason);
    if expected != Outcome::Ok {
        assert!(extraction.reason.is_some(), "no evidence");
        assert!(extraction.content.sections.is_empty(), "text of a page that is no article");
    }
}

#[test]
fn an_article_is_told_from_its_frame() {
    let extraction = fixture("article.html");
    assert_eq!(extraction.outcome, Outcome::Ok, "{:?}", extraction.reason);
    let content = extraction.content;
    assert_eq!(content.title.as_deref(), Some("Watching Models Drift"));
    assert_eq!(content.author.as_deref(), Some("Ann Example"));
    assert_eq!(content.date_published.map(|d| d.to_string()).as_deref(), Some("2021-03-07"));
    assert_eq!(content.language.as_deref(), Some("en"));
    assert_eq!(content.site_name.as_deref(), Some("Example Blog"));
    assert_eq!(extraction.canonical_link.as_deref(), Some("https://blog.example/2021/03/07/drift"));
    let expected = "\
        A model that was right last year may be wrong today, because the world it describes has moved on.\n\
        What drift is\n\
        Drift is a change in the data, in the labels, or in what connects them.\n\
        data drift: the inputs change,\n\
        concept drift: what they mean changes.\n\
        test\tneeds labels\n\
        KS\tno\n\
        How to see it\n\
        Compare each day with the training data, as this function does:\n\
        def drifted(a, b):\n    return ks_2samp(a, b).pvalue < 0.01\n\
        Alarms should name the feature, not only the model, or nobody will know where to begin.\n";
    assert_eq!(content.text(), expected);
    assert_eq!(content.sections[2].heading, ["How to see it"]);
}

#[test]
fn streamed_parts_stand_where_a_script_would_put_them() {
    let html = format!(
        "<main><article><h1>T</h1><p>First, a sentence of some length that begins it all.</p>\
         <template id=\"B:0\"></template><p>Last, a sentence of some length that ends it all.</p>\
         </article></main><div hidden id=\"S:0\">{}</div>",
        prose(6)
    );
    let text = page(html.as_bytes()).content.text();
    let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("no `{words}`: {text}"));
    assert!(place("First,") < place("Paragraph 3") && place("Paragraph 3") < place("Last,"));
}

#[test]
fn an_article_for_readers_without_scripts_is_found() {
    let html = format!("<body><div id=app></div><noscript><div>{}</div></noscript>", prose(5));
    assert!(page(html.as_bytes()).content.text().contains("Paragraph 4"));
}

#[test]
fn pages_that_are_no_article_are_told_with_evidence() {
    check_outcome(
        "<title>Just a moment...</title><body><h1>blog.example</h1><p>Verifying you are human.",
        Outcome::Blocked,
    );
    check_outcome("<title>Page not found - Blog</title><p>Sorry, it moved.", Outcome::Gone);
    check_outcome("<title>blog.example</title><p>This domain is for sale!", Outcome::Gone);
    check_outcome(
        "<title>Sign in - Wiki</title><form><input type=password></form><p>Use your account.",
        Outcome::Empty,
    );
    check_outcome(
        "<title>App</title><div id=root></div><p>You need to enable JavaScript to run this app.\
         </p><script src=a.js></script>",
        Outcome::Empty,
    );
    check_outcome("", Outcome::Empty);
}

#[test]
fn an_article_about_such_pages_is_an_article() {
    let body = prose(12);
    let html = format!("<title>Why you see “Access denied”</title><article>{body}</article>");
    check_outcome(&html, Outcome::Ok);
    let html = format!("<title>The page not found page</title><article>{body}</article>");
    check_outcome(&html, Outcome::Ok);
}

#[test]
fn the_beginning_of_a_paid_article_is_an_abstract() {
    let html = format!("<article>{}</article><p>To continue reading, subscribe.</p>", prose(3));
    let extraction = page(html.as_bytes());
    assert_eq!(extraction.outcome, Outcome::Ok);
    assert_eq!(extraction.coverage, Coverage::Abstract);
    assert!(extraction.content.text().contains("Paragraph 2"));
}

#[test]
fn a_text_about_something_else_is_noted() {
    let html = format!("<title>Cooking</title><article>{}</article>", prose(3));
    let listed = |title: &str| {
        extract::extract(&Input {
            body: html.as_bytes(),
            url: URL,
            content_type: None,
            listed_titles: &[title.to_owned()],
            ..Input::default()
        })
    };
    assert_eq!(
        listed("Feature stores").reason.as_deref(),
        Some("the text has no word of the listed title")
    );
    assert_eq!(listed("Feature stores").outcome, Outcome::Ok);
    assert_eq!(listed("Deployed models").reason, None);
}

#[test]
fn a_long_heading_is_not_kept_whole_above_each_section_below_it() {
    let sections: String = (0..2_000).map(|n| format!("<h3>Part {n}</h3>{}", prose(1))).collect();
    let html = format!(
        "<article><h1>Title</h1>{}<h2>{}</h2>{sections}</article>",
        prose(3),
        "drift ".repeat(50_000)
    );
    let found = page(html.as_bytes());
    assert_eq!(found.outcome, Outcome::Ok);
    let headings = found.content.sections.iter().flat_map(|section| &section.heading);
    let longest = headings.clone().map(|heading| heading.chars().count()).max();
    assert!(longest.is_some_and(|longest| (990..=1_000).contains(&longest)), "{longest:?}");
    assert!(headings.map(String::len).sum::<usize>() <= content::MAX_TEXT_BYTES);
}

#[test]
fn a_feed_of_any_depth_ends() {
    let groups = "<media:group>".repeat(100_000);
    let feed = format!("<rss version='2.0'><channel><item><title>One</title>{groups}");
    check_outcome(&feed, Outcome::UnsupportedType);
}

#[test]
fn hostile_markup_is_given_up_or_read_within_its_budget() {
    // Each took seconds or a gigabyte without the budget.
    let nested = "<div>".repeat(40_000);
    check_outcome(&nested, Outcome::TooLarge);
    let formatting: String = (0..4_000).map(|n| format!("<p><font size={n}>")).collect();
    check_outcome(&formatting, Outcome::TooLarge);
    let formatting: String = (0..100_000).map(|n| format!("<b id={n}>")).collect();
    check_outcome(&formatting, Outcome::TooLarge);
    let attributes: String = (0..50_000).map(|n| format!(" a{n}=1")).collect();
    check_outcome(&format!("<div{attributes}>{}</div>", prose(3)), Outcome::Ok);
    let quoted: String = (0..50_000).map(|n| format!(" a{n}='1'")).collect();
    check_outcome(&format!("<div{quoted}>{}</div>", prose(3)), Outcome::Ok);
    let tables = "<table><tr><td>".repeat(20_000);
    assert_ne!(page(tables.as_bytes()).outcome, Outcome::Ok);
    // Each was read again for each of its parts.
    for body in [
        format!("{}<p>{}", prose(3), "[".repeat(3_000_000)),
        format!("{}<p>{}", prose(3), "[vc_".repeat(800_000)),
        format!("<p class=author>{}</p>{}", "1 ".repeat(1_500_000), prose(3)),
        format!("<p class=byline>{}</p>{}", "a, ".repeat(1_000_000), prose(3)),
    ] {
        check_outcome(&format!("<article>{body}</article>"), Outcome::Ok);
    }
    let selects = "<select><option>".repeat(50_000);
    assert_ne!(page(selects.as_bytes()).outcome, Outcome::Ok);
}

#[test]
fn an_overlong_page_is_read_as_far_as_the_budget_goes() {
    let extraction = page(prose(40_000).as_bytes());
    assert_eq!(extraction.outcome, Outcome::Ok, "{:?}", extraction.reason);
    let text = extraction.content.text();
    assert!(text.contains("Paragraph 20 ") && !text.contains("Paragraph 39999 "));
}

#[test]
fn a_long_attribute_hides_nothing_behind_it() {
    let state = "{ 'a': 'some words', 'b': <p class='c'> } ".repeat(5_000);
    let html = format!("<div data-state=\"{state}\"><article>{}</article></div>", prose(4));
    let text = page(html.as_bytes()).content.text();
    assert!(text.contains("Paragraph 0") && text.contains("Paragraph 3"), "{text}");
}

#[test]
fn what_is_no_text_is_refused() {
    let refused = |body: &[u8], content_type: &str| {
        let content_type = Some(content_type);
        let input = Input { body, url: URL, content_type, ..Input::default() };
        extract::extract(&input).outcome
    };
    assert_eq!(refused(b"\x89PNG\r\n\x1a\n\0\0\0", "image/png"), Outcome::UnsupportedType);
    assert_eq!(refused(b"{\"a\": 1}", "application/json"), Outcome::UnsupportedType);
    assert_eq!(refused(b"<p>Plain words in plain HTML, kept.</p>", "text/html"), Outcome::Ok);
}

/// Pieces of markup that parsers and rules look at.
fn markup() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "<div class=\"entry-content\">",
        "</div>",
        "<p>",
        "</p>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<a href=x>",
        "</a>",
        "<b>",
        "</b>",
        "<svg>",
        "<template id=\"B:1\">",
        "</template>",
        "<div hidden id=\"S:1\">",
        "<script type=application/ld+json>",
        "{\"@type\":\"Article\"}",
        "</script>",
        "<pre>",
        "<li>",
        "<ul>",
        "<h1>",
        "</h1>",
        "<title>",
        "</title>",
        "<!--",
        "-->",
        "<br><br>",
        "<noscript>",
        "</noscript>",
        "<select>",
        "<frameset>",
        "<math><mi>",
        "<plaintext>",
        "A sentence, with a comma. ",
        "2021-03-07",
        "é\u{0301}",
        "日本語、文。",
        "&#0;",
        "\u{0}",
        "<",
        "\"",
        "'",
        "<meta charset=utf-16>",
        "<base href=//[>",
        "<html lang=xx>",
        "<figure><figcaption>",
    ]);
    prop::collection::vec(pieces, 0..200).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(
        body in prop::collection::vec(any::<u8>(), 0..4096),
        content_type in prop::option::of("[ -~]{0,40}"),
        url in "[ -~]{0,40}",
    ) {
        let content_type = content_type.as_deref();
        let input = Input { body: &body, url: &url, content_type, ..Input::default() };
        let extraction = extract::extract(&input);
        let empty = extraction.content.sections.is_empty();
        assert!(empty || extraction.outcome == Outcome::Ok);
        extract::explain(&input);
    }

    #[test]
    fn mangled_markup_never_panics(body in markup(), cut in any::<prop::sample::Index>()) {
        let body = &body[..cut.index(body.len() + 1)];
        let extraction = page(body);
        let paragraphs = extraction.content.sections.iter().flat_map(|s| &s.paragraphs);
        assert!(paragraphs.into_iter().all(|paragraph| !paragraph.trim().is_empty()));
    }
}
