//! Tests of what generators of documentation and notebooks put around the text.

use crate::extract::{page, prose, rules::check};

#[test]
fn signs_that_lead_to_a_place_on_the_page_are_no_text() {
    for sign in ["#", "¶", "§", "🔗"] {
        let heading = format!("<h2>Firing <a class=x href=#firing>{sign}</a></h2>");
        let html = format!("<title>T</title><article>{}{heading}{}</article>", prose(2), prose(3));
        let headings: Vec<String> = page(html.as_bytes())
            .content
            .sections
            .iter()
            .flat_map(|section| section.heading.clone())
            .collect();
        assert_eq!(headings, ["Firing"], "{sign}");
    }
    let note = "<p>It was slow. <a href=#ref1>↩</a></p>";
    check(&format!("{}{note}<p>That is all of it, in the end.", prose(3)), &["slow.\n"], &["↩"]);
    check(
        &format!("{}<p>In C <a href=#c>#</a><code><a href=#d>+</a></code> adds.", prose(3)),
        &["+"],
        &[],
    );
}

#[test]
fn numbers_of_cells_and_bullets_are_no_text() {
    let cell = |class: &str, number: &str| {
        format!("<div><div class='{class}'>{number}</div><pre>print({class:?})</pre></div>")
    };
    let cells = cell("jp-InputPrompt jp-InputArea-prompt", "In&nbsp;[1]:")
        + &cell("prompt output_prompt", "Out[2]:")
        + &cell("prompt highlight-none", "[3]:");
    let shown = "<div class=prompt>Take [1]: it is the first one of them.</div>";
    check(
        &format!("{}{cells}{shown}{}", prose(3), prose(2)),
        &["print(\"prompt", "Take [1]"],
        &["In [1]", "Out[2]", "[3]:"],
    );
    let item = "<li><span>•</span><div><p>Each run has a filter.</div>";
    check(&format!("{}<ul>{item}</ul>{}", prose(3), prose(1)), &["\nEach run has a"], &["•"]);
}

#[test]
fn a_day_in_a_small_heading_above_the_text_is_no_text() {
    let head = "<h1>Why glazes craze</h1><h5>March 7, 2021</h5>";
    check(
        &format!("{head}{}<h5>March 9, 2021</h5>{}", prose(4), prose(1)),
        &["March 9"],
        &["March 7"],
    );
}

#[test]
fn links_that_a_sentence_announces_are_text() {
    let links = "<p>There are two references that say more of it:</p><p><a href=/a>The reference of glazes</a>\
                 </p><p><a href=/b>The reference of kilns</a></p>";
    let alone = "<p><a href=/c>Ten kilns that you must see</a></p>";
    check(
        &format!("{}{links}{}{alone}{}", prose(3), prose(1), prose(2)),
        &["reference of glazes", "reference of kilns"],
        &["Ten kilns"],
    );
}

#[test]
fn names_beside_what_they_are_belong_to_it() {
    let row = |name: &str, text: &str| {
        format!(
            "<div class=row><div class=l><a href=/{name}>{name}</a></div><div class=r>{text}</div></div>"
        )
    };
    let rows = row("btree_map", "An ordered map, by a tree.")
        + &row("hash_map", "A map by hashes, in no order.");
    let body = format!("{}<h2>Modules</h2>{rows}{}", prose(3), prose(1));
    check(&body, &["btree_map", "by a tree", "hash_map"], &[]);
    let buttons =
        row("map", "A place in the old town of it.") + &row("map", "A place by the sea, in all.");
    check(&format!("{}{buttons}{}", prose(3), prose(1)), &["by the sea"], &["\nmap\n"]);
}

#[test]
fn what_two_functions_share_is_said_of_both() {
    let function = |name: &str| {
        format!(
            "<dl><dt>{name}(path, mode)<dd><p>Reads it {name}.</p><ul><li><p>path – the full name of the file \
             that is to be opened and converted, with its folder.</p><li><p>mode – whether the file is read as \
             bytes or as text, which is what most callers want.</p></ul></dl>"
        )
    };
    let html = format!("<article>{}{}{}</article>", prose(3), function("slowly"), function("fast"));
    let text = page(html.as_bytes()).content.text();
    assert_eq!(text.matches("with its folder").count(), 2, "{text}");
}

#[test]
fn pointers_within_the_page_are_text() {
    let see = "<p>See also: <a href=#edit_uri>edit_uri</a>.</p>";
    let other = "<p>See also: <a href=/kilns>Ten kilns that you must see</a></p>";
    check(
        &format!("{}{see}{other}{}", prose(3), prose(1)),
        &["See also: edit_uri"],
        &["Ten kilns"],
    );
}
