//! Tests of spelling: what is corrected, what is suggested, and what is left as it was typed.

use std::collections::BTreeSet;

use mlsearch::search::{Corrected, Note, Request, Searcher};
use tempfile::TempDir;

use crate::search::{library_of, request};

/// A library in which each text stands so often.
fn library(texts: &[(&str, usize)]) -> (TempDir, Searcher) {
    let texts = texts.iter().flat_map(|(text, times)| std::iter::repeat_n(text, *times));
    let line = |(at, text)| format!("https://a.example/{at} | Title {at} | | | | {text}.");
    library_of(&texts.enumerate().map(line).collect::<Vec<_>>())
}

fn pipelines() -> (TempDir, Searcher) {
    library(&[
        ("Kubernetes schedules pipelines of a feature store", 3),
        ("Observability of distributed pipelines in production", 2),
        ("A lecture on media and saving with Prometheus", 1),
        ("Commit to Terraform", 1),
    ])
}

fn corrected(searcher: &Searcher, query: &str) -> Vec<String> {
    let results = searcher.search(&request(query)).unwrap();
    results.corrected.into_iter().map(|word| format!("{} {}", word.typed, word.used)).collect()
}

/// What each query was taken for, in one library.
#[track_caller]
fn check(searcher: &Searcher, cases: &[(&str, &[&str])]) {
    for (query, expected) in cases {
        assert_eq!(corrected(searcher, query), *expected, "{query}");
    }
}

#[test]
fn a_word_with_one_mistake_is_taken_for_the_one_that_was_meant() {
    let (_dir, searcher) = pipelines();
    check(
        &searcher,
        &[
            ("kuberntes", &["kuberntes kubernetes"]),
            ("terrraform", &["terrraform terraform"]),
            ("terrafrom", &["terrafrom terraform"]),
            ("terrafprm", &["terrafprm terraform"]),
            ("yerraform", &["yerraform terraform"]),
            ("Promethues pipelnes", &["promethues prometheus", "pipelnes pipelines"]),
            ("comit", &["comit commit"]),
            // A stem is no word.
            ("kubernat", &[]),
        ],
    );
}

#[test]
fn two_mistakes_are_set_right_in_long_words_that_begin_well() {
    let (_dir, searcher) = pipelines();
    check(
        &searcher,
        &[
            ("obzervabilitty", &["obzervabilitty observability"]),
            ("abservabilitty", &[]),
            ("terafprm", &[]),
        ],
    );
}

#[test]
fn blanks_are_put_in_and_taken_out() {
    let (_dir, searcher) = pipelines();
    check(
        &searcher,
        &[
            ("featurestore", &["featurestore feature store"]),
            ("storefeature", &[]),
            ("kuber netes", &["kuber netes kubernetes"]),
            ("terra form pipelines", &["terra form terraform"]),
        ],
    );
}

#[test]
fn words_that_are_right_are_left_as_they_are() {
    let (_dir, searcher) = pipelines();
    for query in [
        "lectures lectern",
        "safely",
        "medical",
        "slaving",
        "stove",
        "comet",
        "k9s",
        "mdia",
        "sto",
        "Prometheus1",
        "kubernetes",
        "schedule",
        "機械学習",
        "of",
        "einstein",
        "with",
        "wiht",
    ] {
        let expected: &[&str] = if query == "mdia" { &["mdia media"] } else { &[] };
        assert_eq!(corrected(&searcher, query), expected, "{query}");
    }
    let exact = searcher.search(&Request { exact: true, ..request("kuberntes") }).unwrap();
    assert_eq!((exact.total, exact.corrected.len(), exact.notes.len()), (0, 0, 0));
}

#[test]
fn of_near_words_the_likelier_and_more_frequent_one_is_taken() {
    let (_dir, searcher) = library(&[("a zargon", 9), ("a zargol", 1), ("the zirgob", 20)]);
    check(&searcher, &[("zargom", &["zargom zargon"]), ("zargov", &["zargov zargon"])]);
    check(&searcher, &[("zragol", &["zragol zargol"])]);
}

#[test]
fn a_word_of_few_documents_may_be_a_mistake_and_is_searched_all_the_same() {
    let (_dir, searcher) = library(&[("We recieve events", 1), ("We receive events", 29)]);
    let results = searcher.search(&request("recieve")).unwrap();
    assert_eq!((results.total, results.corrected.len()), (1, 0));
    let (typed, other) = ("recieve".into(), "receive".into());
    assert_eq!(results.notes, [Note::MaybeMisspelled { typed, other, documents: 1 }]);
    let exact = searcher.search(&Request { exact: true, ..request("recieve") }).unwrap();
    assert!(exact.notes.is_empty(), "{:?}", exact.notes);
}

#[test]
fn a_near_word_that_is_far_more_frequent_is_found_too_but_later() {
    let (_dir, searcher) = library(&[("We receive events", 120), ("We recieve events", 1)]);
    let results = searcher.search(&request("recieve")).unwrap();
    let corrected = Corrected { typed: "recieve".into(), used: "receive".into() };
    assert_eq!(results.notes, [Note::AlsoSearched(corrected.clone())]);
    assert_eq!((results.total, results.corrected), (121, vec![corrected]));
    assert_eq!(results.hits[0].url, "https://a.example/120");
}

#[test]
fn words_that_are_demanded_bring_a_suggestion() {
    let (_dir, searcher) = pipelines();
    for query in [
        "\"kuberntes\"",
        "+kuberntes pipelines",
        "text:kuberntes",
        "title:kuberntes",
        "kuberntes AND pipelines",
        "\"kuberntes schedules\"",
    ] {
        let results = searcher.search(&request(query)).unwrap();
        assert_eq!((results.total, results.corrected.len()), (0, 0), "{query}");
        let (typed, other) = ("kuberntes".into(), "kubernetes".into());
        assert_eq!(results.notes, [Note::MaybeMisspelled { typed, other, documents: 0 }]);
    }
}

/// Words of no language, of two to four syllables, near to each other as words are.
fn made_words() -> BTreeSet<String> {
    let (first, second) = (["b", "dr", "k", "m", "pl", "s", "t", "z"], ["a", "e", "i", "o", "u"]);
    let ends = ["n", "r", "st", "l", "x", "m"];
    let syllable = |number: usize| {
        let (a, b) = (first[number % 8], second[number / 8 % 5]);
        format!("{a}{b}{}", ends[number / 40 % 6])
    };
    let word = |number: usize| {
        let parts = (0..2 + number % 3).map(|at| syllable(number * (37 + 11 * at) + 101 * at));
        parts.collect::<String>()
    };
    (0..400).map(word).collect()
}

/// Mistakes of one letter behind the first: letters that are left out, doubled, or change places.
fn mistakes(word: &str, at: usize) -> [String; 3] {
    let at = 1 + at % (word.len() - 2);
    let (before, rest) = word.split_at(at);
    let (this, after) = rest.split_at(1);
    let (next, last) = after.split_at(1);
    [
        format!("{before}{after}"),
        format!("{before}{this}{this}{after}"),
        format!("{before}{next}{this}{last}"),
    ]
}

#[test]
fn nine_of_ten_mistakes_in_a_library_of_near_words_are_set_right() {
    let words = made_words();
    let texts: Vec<(&str, usize)> = words.iter().map(|word| (word.as_str(), 1)).collect();
    let (_dir, searcher) = library(&texts);
    let (mut right, mut all) = (0, 0);
    for (number, word) in words.iter().enumerate().filter(|(_, word)| word.len() >= 5) {
        for typed in mistakes(word, number).iter().filter(|typed| !words.contains(*typed)) {
            all += 1;
            let hits = searcher.search(&request(typed)).unwrap().hits;
            right += usize::from(
                hits.first()
                    .is_some_and(|hit| hit.snippets[0].text.strip_suffix('.') == Some(word)),
            );
        }
    }
    assert!(all > 500 && right * 10 >= all * 9, "{right} of {all}");
}
