//! Tests of the rules that keep or cut parts of an article, each on the smallest page that shows it.

use mlsearch::{extract::Coverage, page::Outcome};

use crate::extract::{page, prose};

/// The text that is kept of an article with such a body.
pub(crate) fn kept(body: &str) -> String {
    page(format!("<title>T</title><body><article>{body}</article>").as_bytes()).content.text()
}

#[track_caller]
pub(crate) fn check(body: &str, present: &[&str], absent: &[&str]) {
    let text = kept(body);
    for words in present {
        assert!(text.contains(words), "no `{words}`: {text}");
    }
    for words in absent {
        assert!(!text.contains(words), "`{words}` is kept: {text}");
    }
}

#[test]
fn streamed_parts_may_hold_places_for_further_ones() {
    let html = format!(
        "<main><article><p>First, a sentence of some length that begins it all.</p>\
         <template id=\"B:0\"></template></article></main>\
         <div hidden id=\"S:0\">{}<template id=\"P:a\"></template></div>\
         <div hidden id=\"S:a\"><p>Last, a sentence of some length that ends it all.</p></div>",
        prose(6)
    );
    let text = page(html.as_bytes()).content.text();
    assert_eq!(text.matches("Last, a sentence").count(), 1, "{text}");
    assert_eq!(text.matches("Paragraph 5").count(), 1, "{text}");
}

#[test]
fn comments_are_cut_beside_an_article_and_kept_as_a_thread() {
    let comments = format!("<div class=comments>{}</div>", prose(9).replace("Paragraph", "Reply"));
    check(&format!("{}{comments}", prose(5)), &["Paragraph 4"], &["Reply"]);
    check(&comments, &["Reply 8"], &[]);
}

#[test]
fn quoted_posts_of_social_networks_are_text() {
    let post = "<div class=social-embed><blockquote><p>We are on it, and have been for a while.\
                </blockquote></div>";
    let bar = "<div class=social-bar><p>Share it with your friends, all of them.</div>";
    check(&format!("{}{post}{bar}{}", prose(4), prose(2)), &["We are on it"], &["your friends"]);
}

#[test]
fn hashes_in_class_names_are_no_words() {
    let answer = "<div class=Item_text__adF2E><p>An answer of some length, and of some use.</div>";
    let advert = "<div class=top-ad><p>A bargain of some length, and of no use.</div>";
    check(&format!("{answer}{advert}{}", prose(5)), &["of some use"], &["of no use"]);
}

#[test]
fn words_in_adjoining_elements_are_apart_unless_they_are_letters() {
    let body = format!(
        "{}<p><span>Prep time</span><span>50</span><span>minutes</span> in all, says the cook.\
         <p><b>D</b><b>rop</b> caps stay whole, and <i>un</i>broken words too, in this text.\
         <pre><span>let</span><span>x</span></pre>",
        prose(4)
    );
    check(&body, &["Prep time 50 minutes in", "Drop caps", "unbroken", "letx"], &[]);
}

#[test]
fn lists_of_links_in_the_text_are_kept_and_those_at_its_end_are_not() {
    let list = |name: &str| {
        let items: String = (0..4)
            .map(|n| format!("<li><a href=/{name}/{n}>{name} number {n} with a title</a>"))
            .collect();
        format!("<ul>{items}</ul>")
    };
    let (middle, end) = (list("course"), list("teaser"));
    check(&format!("{}{middle}{}{end}", prose(5), prose(5)), &["course number 3"], &["teaser"]);
    check(&format!("{}<h2>References</h2>{end}", prose(9)), &["teaser number 3"], &[]);
    check(&format!("{}<p>There is more:</p>{end}", prose(9)), &["teaser number 3"], &[]);
}

#[test]
fn a_list_that_goes_on_after_an_interruption_is_text() {
    let items = |from: u32, to: u32| -> String {
        (from..to)
            .map(|n| format!("<li><a href=/{n}>Step number {n} has its own page</a>"))
            .collect()
    };
    for between in [
        "<pre>open(log)</pre>",
        "<div class=highlight><pre>open(log)</pre></div>",
        "<figure><img src=a><figcaption>A log</figcaption></figure>",
        "<aside><p>Note that a log is small.</p></aside>",
        "<p><img src=a.png></p>",
    ] {
        let (first, second) = (items(1, 4), items(4, 7));
        let numbered = format!("<ol>{first}</ol>{between}<ol start=4>{second}</ol>");
        check(&format!("{}{numbered}", prose(5)), &["number 3", "number 6"], &[]);
        let plain = format!("<p>Do it so:<ul>{first}</ul>{between}<ul>{second}</ul>");
        check(&format!("{}{plain}", prose(5)), &["number 3", "number 6"], &[]);
        let one = format!(
            "<ol><li>Wash the clay.</ol>{between}<ol start=2><li><a href=/x>Dry it</a></ol>"
        );
        check(&format!("{}{one}", prose(5)), &["Wash the clay", "Dry it"], &[]);
    }
    let teasers = "<ul><li>Wash the clay, and dry it.</ul><figure><img></figure><ul>".to_owned();
    check(&format!("{}{teasers}{}</ul>", prose(5), items(1, 4)), &["Wash"], &["Step number"]);
}

#[test]
fn steps_that_begin_like_pointers_are_steps() {
    let steps = "<ol><li>Sign up for <a href=/x>an account of the kiln</a><li>Follow <a href=/y>the notes of \
                 it</a></ol><p>That is all there is to it, in the end.";
    check(&format!("{}{steps}", prose(4)), &["Sign up for", "Follow the notes"], &[]);
}

#[test]
fn what_recurs_or_points_ahead_announces_no_afterword() {
    let answers: String =
        (0..4).map(|n| format!("{}<h5>Comments</h5><p>{n}</p>", prose(2))).collect();
    check(&format!("{answers}<p>The last answer is here, at the end."), &["last answer"], &[]);
    let body = format!(
        "{}<p>Read more below:</p><p>The rest of it is here, in another paragraph, as announced.",
        prose(8)
    );
    check(&body, &["as announced"], &[]);
}

#[test]
fn the_author_is_introduced_outside_the_article() {
    let html = format!(
        "<meta name=author content='Ann Example'><article>{}<p>Ann Example is a writer in a town \
         by the sea, and has two cats.</article>",
        prose(6)
    );
    let text = page(html.as_bytes()).content.text();
    assert!(text.contains("Paragraph 5") && !text.contains("two cats"), "{text}");
}

#[test]
fn the_description_for_search_engines_tells_what_is_no_article() {
    let sentences: String = (0..8)
        .map(|n| format!("Sentence {n} of the article says a thing that the page repeats below. "))
        .collect();
    let html = format!(
        "<script type='application/ld+json'>{{\"@type\": \"NewsArticle\", \"articleBody\": \
         \"{sentences}\"}}</script><article><p>{sentences}</p><div><p>Buy the mug of the year, for \
         there is none like it, they say.</div><p>{sentences}</p></article>"
    );
    let text = page(html.as_bytes()).content.text();
    assert!(text.contains("Sentence 7") && !text.contains("mug"), "{text}");
}

#[test]
fn lines_that_end_like_sentences_are_no_bylines() {
    let line = "<p>Posted on the forum of the learned society for the study of all drift:</p>";
    check(&format!("<p>By Ann Example</p>{line}{}", prose(4)), &["Posted on"], &["By Ann"]);
}

#[test]
fn a_page_without_text_is_what_it_tells_search_engines() {
    let body = "The first of some sentences that nobody sees before a script has run. ".repeat(8);
    let shell = |kind: &str, field: &str, text: &str| {
        let html = format!(
            "<title>T</title><script type='application/ld+json'>{{\"@type\": \"{kind}\", \
             \"{field}\": \"{text}\"}}</script><div id=app></div><script src=a.js></script>"
        );
        page(html.as_bytes())
    };
    let extraction = shell("BlogPosting", "articleBody", &body);
    assert_eq!(extraction.outcome, Outcome::Ok);
    assert_eq!(extraction.coverage, Coverage::FullText);
    assert!(extraction.content.text().contains("nobody sees"));
    let extraction = shell("Course", "description", &format!("<p>{body}</p>"));
    assert_eq!(extraction.coverage, Coverage::Abstract);
    assert!(extraction.content.text().starts_with("The first"));
    assert_eq!(shell("BlogPosting", "articleBody", "Short.").outcome, Outcome::Empty);
}
