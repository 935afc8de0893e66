//! Tests of searching in many languages, that of code included: however a word is written, it is
//! found.

use crate::search::{letters, library_of, request};

/// The first letters of the hosts are found, in any order.
#[track_caller]
fn check(texts: &[(&str, &str)], query: &str, expected: &str) {
    let line = |(host, text): &(&str, &str)| {
        format!("https://{host}.example/ | Note {host} | | | | {text}")
    };
    let (_dir, searcher) = library_of(&texts.iter().map(line).collect::<Vec<_>>());
    let results = searcher.search(&request(query)).unwrap();
    let mut found: Vec<char> = letters(&results).chars().collect();
    found.sort_unstable();
    assert_eq!(found.iter().collect::<String>(), expected, "{query}: {:?}", results.notes);
    for snippet in results.hits.iter().flat_map(|hit| &hit.snippets) {
        for (start, end) in &snippet.marks {
            assert!(!snippet.text[*start..*end].trim().is_empty(), "{snippet:?}");
        }
    }
}

#[test]
fn case_and_accents_do_not_count() {
    let greek = [("low", "Ο δρόμος είναι μακρύς"), ("up", "ΚΛΕΙΣΤΟΣ ΔΡΟΜΟΣ")];
    check(&greek, "δρόμος", "lu");
    check(&greek, "ΔΡΟΜΟΣ", "lu");
    let german = [("a", "Die Straße"), ("b", "STRASSE"), ("c", "Strase")];
    check(&german, "straße", "ab");
}

#[test]
fn letters_that_differ_are_not_one() {
    let kana = [("a", "パパ の 話"), ("b", "ハハ の 話"), ("c", "ババ の 話")];
    check(&kana, "パパ", "a");
    check(&kana, "ﾊﾟﾊﾟ", "a");
    let hindi = [("a", "आज का दिन"), ("b", "उसने दान किया"), ("c", "वह दीन है")];
    check(&hindi, "दिन", "a");
    let tamil = [("a", "பாடல்"), ("b", "படல்")];
    check(&tamil, "பாடல்", "a");
}

#[test]
fn composed_and_decomposed_full_and_half_width_are_one() {
    let korean =
        [("a", "한국어 검색"), ("b", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}어")];
    check(&korean, "한국어", "ab");
    let kana = [("a", "ﾌﾟﾛｸﾞﾗﾑ を 書く"), ("b", "プログラム")];
    check(&kana, "プログラム", "ab");
    check(&kana, "ﾌﾟﾛｸﾞﾗﾑ", "ab");
}

#[test]
fn what_cannot_be_seen_within_a_word_is_not_there() {
    let texts =
        [("a", "Ge\u{AD}samt\u{AD}konzept"), ("b", "data\u{2060}base"), ("c", "data\u{200B}base")];
    check(&texts, "Gesamtkonzept", "a");
    check(&texts, "database", "b");
    check(&texts, "Daten\u{AD}bank data\u{FEFF}base", "b");
}

#[test]
fn apostrophes_are_one_and_elided_articles_none() {
    let texts = [
        ("a", "комп'ютер"),
        ("b", "компʼютер"),
        ("c", "l’intelligence artificielle"),
        ("d", "dell'algoritmo"),
        ("e", "Hawaiʻi"),
        ("f", "O'Reilly books"),
    ];
    check(&texts, "комп’ютер", "ab");
    check(&texts, "intelligence", "c");
    check(&texts, "d'intelligence", "c");
    check(&texts, "algoritmo", "d");
    check(&texts, "hawaii", "e");
    check(&texts, "oreilly", "f");
}

#[test]
fn arabic_and_persian_meet_and_digits_are_one() {
    let texts =
        [("a", "كتـــــاب"), ("b", "كتاب"), ("c", "کتاب"), ("d", "عام ٢٠٢٣"), ("e", "year 2023")];
    check(&texts, "كتاب", "abc");
    check(&texts, "2023", "de");
    check(&texts, "۲۰۲۳", "de");
}

#[test]
fn scripts_without_blanks_are_searched_by_their_words() {
    let texts = [
        ("a", "เขากำลังกินข้าว"),
        ("b", "การเรียนรู้ของเครื่องเป็นสาขาหนึ่งของปัญญาประดิษฐ์"),
        ("c", "ខ្ញុំចូលចិត្តរៀនភាសាខ្មែរ"),
        ("d", "ຂ້ອຍມັກຮຽນພາສາລາວ"),
    ];
    check(&texts, "ข้าว", "a");
    check(&texts, "การเรียนรู้", "b");
    check(&texts, "ปัญญาประดิษฐ์", "b");
    check(&texts, "រៀន", "c");
    check(&texts, "ພາສາ", "d");
}

#[test]
fn a_stop_word_within_a_compound_is_a_part_of_it() {
    let texts = [
        ("a", "over-fitting of the model"),
        ("b", "under-fitting of the model"),
        ("c", "fitting rooms"),
        ("d", "few-shot prompts"),
        ("e", "an add-on for todo lists"),
        ("f", "a to-do entry"),
        ("g", "we test end to end"),
        ("h", "an end-to-end test"),
        ("i", "the end"),
    ];
    check(&texts, "over-fitting", "a");
    check(&texts, "overfitting", "a");
    check(&texts, "+under-fitting model", "b");
    check(&texts, "\"over-fitting of the model\"", "a");
    check(&texts, "model -over-fitting", "b");
    check(&texts, "fewshot", "d");
    check(&texts, "to-do", "ef");
    check(&texts, "addon", "e");
    check(&texts, "end-to-end", "gh");
    check(&texts, "\"end-to-end test\"", "h");
}

#[test]
fn names_in_code_are_found_whole_and_by_their_parts() {
    let texts = [
        ("a", "Use RandomForestClassifier here"),
        ("b", "call select_related on it, not __init__"),
        ("c", "a random thing, related to a selection of forests"),
        ("d", "import HTTPServer"),
    ];
    check(&texts, "RandomForestClassifier", "a");
    check(&texts, "randomforestclassifier", "a");
    check(&texts, "\"random forest\"", "a");
    check(&texts, "\"RandomForest\"", "a");
    check(&texts, "title:x +RandomForestClassifier", "");
    check(&texts, "select_related", "b");
    check(&texts, "\"select related\"", "b");
    check(&texts, "__init__", "b");
    check(&texts, "\"http server\"", "d");
    let (_dir, searcher) =
        library_of(&["https://a.example/ | A | | | | Use RandomForest here".into()]);
    for query in ["RandomForest", "randomforest"] {
        let snippet = &searcher.search(&request(query)).unwrap().hits[0].snippets[0];
        let marked: Vec<&str> = snippet.marks.iter().map(|(a, b)| &snippet.text[*a..*b]).collect();
        assert_eq!(marked, ["RandomForest"], "{query}");
    }
}

#[test]
fn names_and_numbers_with_signs_have_one_meaning() {
    let texts = [
        ("a", "We moved to Node.js"),
        ("b", "We moved to nodejs"),
        ("c", "C++17 is here"),
        ("d", "C# is here"),
        ("e", "drop 1,000,000 rows"),
        ("f", "keep 1000000 rows"),
        ("g", "Release v3.11.2 of it"),
        ("h", "Release 3.1 of it"),
    ];
    check(&texts, "nodejs", "ab");
    check(&texts, "Node.js", "ab");
    check(&texts, "C++", "c");
    check(&texts, "C++17", "c");
    check(&texts, "C#", "d");
    check(&texts, "1000000", "ef");
    check(&texts, "1_000_000", "ef");
    check(&texts, "3.11", "g");
    check(&texts, "v3.11.2", "g");
    check(&texts, "v3.1", "h");
}
