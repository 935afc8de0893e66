//! Tests of what the query language finds.

use std::collections::HashSet;

use mlsearch::search::{Note, Request, Sort};

use crate::search::{check, letters, library, library_of, request};

#[test]
fn parentheses_after_a_field_are_about_that_field() {
    check("company:(uber OR lyft)", "abcf");
    check("company:(uber lyft) -store", "cf");
    check("store -company:(uber OR lyft)", "h");
    check("company:(NOT uber) store", "hb");
    check("title:(ray drift)", "bc");
    check("title:(ray AND drift)", "");
    check("tag:(\"feature store\" OR drift)", "ab");
    let (_dir, searcher) = library();
    let results = searcher.search(&request("company:(ubre OR lyft)")).unwrap();
    let (facet, value, nearest) = ("company".into(), "ubre".into(), vec!["Uber".into()]);
    assert_eq!(results.notes, [Note::UnknownValue { facet, value, nearest }]);
}

#[test]
fn typographic_quotation_marks_and_dashes_are_syntax() {
    for query in ["“feature store”", "„feature store“", "«feature store»", "「feature store」"]
    {
        check(query, "a");
    }
    check("store –feature", "h");
    check("store −feature", "h");
}

#[test]
fn a_stop_word_beside_other_words_need_not_be_there() {
    for query in ["serves AND to AND models", "+serves +to", "\"to\" serves", "serves text:the"] {
        check(query, "a");
    }
    check("serves AND NOT to", "a");
    check("to serv*", "a");
    check("company:spotify AND the", "d");
    check("\"or not to\" small", "g");
    check("+to +be", "g");
}

#[test]
fn pages_show_each_document_once_though_all_scores_are_equal() {
    let line = |at: usize| {
        let number = 199 - at;
        format!("https://a.example/{number} | Drift | | | | A drift monitor for features.")
    };
    let (_dir, searcher) = library_of(&(0..200).map(line).collect::<Vec<_>>());
    for query in ["drift", "drift monitor", "drift AND monitor", "features monitor drift what"] {
        for sort in [Sort::Relevance, Sort::Date] {
            let ids = |limit: usize, offset: usize| -> Vec<String> {
                let request = Request { limit, offset, sort, snippets: 0, ..request(query) };
                let hits = searcher.search(&request).unwrap().hits;
                hits.into_iter().map(|hit| hit.id).collect()
            };
            let all = ids(usize::MAX, 0);
            assert_eq!(all.iter().collect::<HashSet<_>>().len(), 200, "{query}");
            let pages: Vec<String> = (0..200).step_by(10).flat_map(|at| ids(10, at)).collect();
            assert_eq!(pages, all, "{query}");
        }
    }
}

#[test]
fn pages_of_all_words_show_each_document_once_though_some_scores_are_equal() {
    // Seven documents each are equally long.
    let line = |at: usize| {
        let (number, others) = (199 - at, "other ".repeat(at / 7 * 3));
        format!("https://a.example/{number} | Drift | | | | A drift monitor {others}for features.")
    };
    let (_dir, searcher) = library_of(&(0..200).map(line).collect::<Vec<_>>());
    let ids = |limit: usize, offset: usize| -> Vec<String> {
        let request =
            Request { limit, offset, snippets: 0, count: false, ..request("drift AND monitor") };
        let hits = searcher.search(&request).unwrap().hits;
        hits.into_iter().map(|hit| hit.id).collect()
    };
    let all = ids(usize::MAX, 0);
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), 200);
    for size in [1, 3, 7, 10, 25] {
        let pages: Vec<String> = (0..200).step_by(size).flat_map(|at| ids(size, at)).collect();
        assert_eq!(pages, all, "{size}");
    }
}

#[test]
fn a_query_with_nothing_to_look_for_finds_nothing() {
    let (_dir, searcher) = library();
    for query in ["🚀", "*", "!!!", "\"\"", "“”", "-🚀", "title:🚀", "()"] {
        for sort in [Sort::Relevance, Sort::Date] {
            let request = Request { facets: true, sort, ..request(query) };
            let results = searcher.search(&request).unwrap();
            assert_eq!((results.total, results.hits.len()), (0, 0), "{query}");
            assert!(results.facets.iter().all(|facet| facet.values.is_empty()), "{query}");
        }
    }
}

#[test]
fn an_empty_query_shows_the_newest_first() {
    check("", "hcfbadeg");
    check(" ", "hcfbadeg");
}

/// The marked pieces of the passage that is shown of the first hit.
#[track_caller]
fn check_marks(text: &str, query: &str, expected: &[&str]) {
    let (_dir, searcher) = library_of(&[format!("https://a.example/ | On Stores | | | | {text}")]);
    let results = searcher.search(&request(query)).unwrap();
    let snippet = &results.hits[0].snippets[0];
    let marked = snippet.marks.iter().map(|(start, end)| &snippet.text[*start..*end]);
    assert_eq!(marked.collect::<Vec<_>>(), expected, "{query}");
}

#[test]
fn the_passage_of_a_phrase_holds_it_and_marks_it_as_one() {
    let filler = "Gardens and lakes are quiet in the early morning. ".repeat(40);
    let text = format!(
        "Stores have features. A store keeps a feature and the feature of the store. {filler} \
         One feature store was built, the state of the art. {filler} A real-time view of it."
    );
    check_marks(&text, "\"feature store\"", &["feature store"]);
    check_marks(&text, "\"Feature Stores\" store", &["feature store"]);
    check_marks(&text, "+\"one store\"~1 feature", &["One feature store"]);
    check_marks(&text, "\"state of the art\"", &["state of the art"]);
    check_marks(&text, "\"the state of\" store", &["store", "the state of"]);
    check_marks(&text, "\"realtime view\"", &["real-time view"]);
    let far = format!("{} A feature store.", "Features of the store. ".repeat(10_000));
    check_marks(&far, "\"feature store\"", &["feature store"]);
}

#[test]
fn years_are_asked_for_by_ranges() {
    check("year:>2022", "cfh");
    check("year:>=2022", "abcfh");
    check("year:<2021", "e");
    check("year:2021..2022", "abd");
    check("year:[2021 TO 2022] store", "ab");
    check("store -year:<=2022", "h");
    check("year:(<2021 OR >2022)", "cefh");
    check("year:>2030", "");
    check("after:>=2023 before:<2023-02", "f");
}

#[test]
fn syntax_that_is_none_is_searched_as_words_with_a_note() {
    let (_dir, searcher) = library();
    let notes =
        |query: &str| searcher.search(&Request { exact: true, ..request(query) }).unwrap().notes;
    for query in ["titel:store", "store titel:ray", "compnay:(uber)"] {
        assert!(matches!(notes(query)[0], Note::UnknownField { .. }), "{query}");
    }
    for query in ["kuber~ store", "stor*es", "/st.re/", "\"feature store\"^2", "title:st*re"] {
        assert!(matches!(notes(query)[0], Note::UnknownOperator { .. }), "{query}");
    }
    let noted = notes("titel:store OR titel:ray OR s*ore OR r*y");
    assert_eq!(noted.len(), 2, "{noted:?}");
    assert_eq!(notes("http://a.example/feature-store OR C++ OR year:>2021"), []);
}

#[test]
fn a_query_of_more_words_than_are_read_is_noted() {
    let (_dir, searcher) = library();
    let words: Vec<String> = (0..513).map(|number| format!("x{number}")).collect();
    let notes = |words: &[String]| {
        let request = Request { exact: true, ..request(&words.join(" ")) };
        searcher.search(&request).unwrap().notes
    };
    assert_eq!(notes(&words[..512]), []);
    assert_eq!(notes(&words), [Note::TooManyWords { words: 512 }]);
}

#[test]
fn a_star_finds_the_words_that_begin_so_whatever_their_stem_is() {
    let words = [
        "deployment",
        "deploys",
        "observability",
        "generalization",
        "running",
        "1.2.3",
        "10",
        "real-time",
        "node.js",
        "naïve",
        "機械学習",
        "happy",
        "time is real",
        "studying",
        "studios",
        "wifi",
        "RandomForestClassifier",
    ];
    let line = |(at, word): (usize, &&str)| {
        let letter = char::from(b'a' + at as u8);
        format!("https://{letter}.example/ | Note | | | | Something: {word}")
    };
    let (_dir, searcher) = library_of(&words.iter().enumerate().map(line).collect::<Vec<_>>());
    let all = "abcdefghijklmnopq";
    for (query, expected) in [
        ("deploym*", "a"),
        ("deplo*", "ab"),
        ("Deploym*", "a"),
        ("observab*", "c"),
        ("generaliza*", "d"),
        ("generalizations*", ""),
        ("runn*", "e"),
        ("1.2*", "f"),
        ("1.*", "f"),
        ("real-ti*", "hm"),
        ("realt*", "h"),
        ("node.j*", "i"),
        ("nai\u{308}*", "j"),
        ("naï*", "j"),
        ("機械学*", "k"),
        ("happi*", ""),
        ("study*", "n"),
        ("studi*", "o"),
        ("wifi*", "p"),
        ("randomforestcl*", "q"),
        ("title:no*", all),
        ("title:deploym*", ""),
        ("+deploym* +something", "a"),
        ("some* -deploym* -\"real time\"", "bcdefgijklmnopq"),
        ("some* -naï*", "abcdefghiklmnopq"),
    ] {
        let request = Request { limit: 20, exact: true, ..request(query) };
        let results = searcher.search(&request).unwrap();
        let mut found: Vec<char> = letters(&results).chars().collect();
        found.sort_unstable();
        assert_eq!(found.into_iter().collect::<String>(), expected, "{query}");
        assert_eq!(results.notes, [], "{query}");
    }
}

#[test]
fn a_rare_beginning_counts_for_more_and_is_marked() {
    check("distrib*", "bc");
    let (_dir, searcher) = library();
    let results = searcher.search(&request("stor* kuber*")).unwrap();
    assert_eq!(&letters(&results)[..1], "c");
    let snippet = &searcher.search(&request("distrib*")).unwrap().hits[0].snippets[0];
    let marked: Vec<&str> = snippet.marks.iter().map(|(a, b)| &snippet.text[*a..*b]).collect();
    assert_eq!(marked, ["distribution"]);
}

#[test]
fn a_star_that_follows_no_beginning_is_noted() {
    let (_dir, searcher) = library();
    for (query, is_noted) in [
        ("x*", true),
        ("real-*", true),
        ("company:ub*", true),
        ("title:x*", true),
        ("*", false),
        ("**", false),
        ("real* store", false),
    ] {
        let notes = searcher.search(&request(query)).unwrap().notes;
        let is_dropped = |note: &Note| matches!(note, Note::StarDropped { .. });
        assert_eq!(notes.iter().any(is_dropped), is_noted, "{query}: {notes:?}");
    }
}

#[test]
fn british_and_american_spellings_find_each_other_and_are_marked() {
    let line = |(at, text): (usize, &&str)| {
        let letter = char::from(b'a' + at as u8);
        format!("https://{letter}.example/ | Note | | | | {text}")
    };
    let texts =
        ["We optimise the haemoglobin colour model", "They optimized hemoglobin color models"];
    let (_dir, searcher) = library_of(&texts.iter().enumerate().map(line).collect::<Vec<_>>());
    for query in ["optimisation", "optimize", "colours", "color", "haemoglobin", "hemoglobin"] {
        let hits = searcher.search(&Request { exact: true, ..request(query) }).unwrap().hits;
        assert_eq!(hits.len(), 2, "{query}");
        assert!(hits.iter().all(|hit| hit.snippets[0].marks.len() == 1), "{query}");
    }
}
