//! Tests of searching: a small library of documents of our own, searched in many ways.

use std::{collections::HashSet, path::Path};

use mlsearch::{
    Error,
    aliases::Aliases,
    canonical::CanonicalUrl,
    collection::Collection,
    content::{Content, Section},
    engine::{Document, Provenance, local::build::build},
    entry::{Entry, Mention},
    list::{self, ListOptions},
    search::{Filters, Note, Request, Results, Searcher, Sort},
};
use proptest::test_runner::{Config, TestRunner};
use tempfile::TempDir;

/// A document from `url | title | date | tags | company | text`; the text may be missing.
fn document(line: &str) -> Document {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let [url, title, date, tags, company, text] = cells[..] else { panic!("{line}") };
    let entry = Entry {
        titles: vec![title.into()],
        url: url.into(),
        canonical: CanonicalUrl::parse(url).unwrap(),
        date_listed: (!date.is_empty()).then(|| date.parse().unwrap()),
        date_precision: mlsearch::entry::DatePrecision::default(),
        tags: tags.split(',').map(|tag| tag.trim().to_owned()).filter(|t| !t.is_empty()).collect(),
        company: (!company.is_empty()).then(|| company.into()),
        company_inferred: false,
        section: vec!["Articles".into()],
        description: None,
        labels: Vec::new(),
        also: Vec::new(),
        lists: vec![Mention { list: "library".into(), line: 1 }],
    };
    let sections = vec![Section { heading: Vec::new(), paragraphs: vec![text.into()] }];
    let content = Content { sections, ..Content::default() };
    Document::new(entry, (!text.is_empty()).then_some((content, Provenance::FullText)))
}

const LIBRARY: &str = "\
https://a.example/feature-store | Building a Feature Store | 2022-03-01 | Feature Store | Uber | \
A feature store serves features to models in real time. We explain what's new in our store.
https://b.example/drift | Detecting Drift in Production | 2022-07-19 | Drift, Observability | Lyft | \
Drift of the feature distribution is detected with statistics. The store is not our topic.
https://c.example/ray | Distributed Training with Ray | 2023-02-01 | Ray, Training | uber | \
We train large models with Ray and C++ on Kubernetes.
https://d.example/k8s | Running Jobs on k8s | 2021-01-01 | Kubernetes | Spotify |
https://e.example/ab | A/B Testing at Scale | 2020-05-05 | Experiments , Guide | Netflix | \
Experiments decide. A/B tests need care.
https://f.example/real-time | Real-time Inference | 2023-01-10 | real-time | Lyft |
https://g.example/to-be | To Be or Not to Be | | | | Nothing but small words in this title.
https://h.example/scylla | How ScyllaDB Stores Messages | 2023-03-06 | ScyllaDB | Discord | \
Messages are stored by shard. 機械学習 is mentioned.
";

fn aliases() -> Aliases {
    Aliases {
        companies: [("uber".to_owned(), "Uber".to_owned())].into(),
        synonyms: vec![
            vec!["k8s".into(), "kubernetes".into()],
            vec!["realtime".into(), "real-time".into(), "real time".into()],
            vec!["ml".into(), "machine learning".into()],
        ],
        ..Aliases::default()
    }
}

fn built(dir: &Path, threads: usize) -> Searcher {
    let mut documents = LIBRARY.lines().map(document);
    let built = build(dir, &mut documents, &aliases(), threads).unwrap();
    assert_eq!((built.documents, built.full_texts), (8, 6));
    Searcher::open(dir).unwrap()
}

pub fn library() -> (TempDir, Searcher) {
    let dir = tempfile::tempdir().unwrap();
    let searcher = built(dir.path(), 2);
    (dir, searcher)
}

pub fn request(query: &str) -> Request {
    Request { query: query.into(), limit: 10, snippets: 1, count: true, ..Request::default() }
}

/// The hosts of the hits, by their first letter.
pub fn letters(results: &Results) -> String {
    results.hits.iter().map(|hit| &hit.url[8..9]).collect()
}

#[track_caller]
pub fn check(query: &str, expected: &str) {
    let (_dir, searcher) = library();
    let results = searcher.search(&request(query)).unwrap();
    assert_eq!(letters(&results), expected, "{query}: {:?}", results.notes);
}

#[test]
fn all_words_come_before_some_words() {
    let (_dir, searcher) = library();
    let results = searcher.search(&request("feature store drift")).unwrap();
    assert_eq!(letters(&results)[..2], *"ba");
    assert_eq!(results.notes, [Note::Relaxed { complete: 1, by_meaning: 0 }]);
}

#[test]
fn operators_phrases_prefixes_and_fields_work() {
    check("\"feature store\"", "a");
    check("store -feature", "h");
    check("+drift store", "b");
    check("distrib*", "bc");
    check("(ray OR drift) -training", "b");
    check("ray AND drift", "");
    check("company:uber", "ac");
    check("title:store", "ah");
    check("tag:\"feature store\"", "a");
    check("url:https://c.example/ray", "c");
    check("after:2023 before:2023-02", "f");
}

#[test]
fn plain_words_are_never_an_error() {
    check("what's new?", "a");
    check("C++", "c");
    check("\"feature", "ab");
    check("A/B", "e");
    check("IT: \u{1b}[31m", "");
    check("機械学習", "h");
    check("🙂", "");
}

#[test]
fn function_words_are_found_when_there_is_nothing_else() {
    check("to be or not to be", "g");
    check("TO BE", "g");
    check("\"or not to\"", "g");
    check("is not", "b");
    check("in this", "g");
    check("this in", "");
    check("+not", "g");
    let (_dir, searcher) = library();
    let results = searcher.search(&request("is not")).unwrap();
    let snippet = &results.hits[0].snippets[0];
    let marked: Vec<&str> = snippet.marks.iter().map(|(a, b)| &snippet.text[*a..*b]).collect();
    assert_eq!(marked, ["is not"]);
}

#[test]
fn one_character_of_an_unseparated_script_is_found_within_words() {
    for query in ["機", "械", "習"] {
        check(query, "h");
    }
}

#[test]
fn dates_in_a_query_may_be_so_long_ago() {
    let (_dir, searcher) = library();
    let now = Some(jiff::civil::date(2023, 3, 10).at(12, 0, 0, 0));
    let found = |query: &str| {
        let results = searcher.search(&Request { now, ..request(query) }).unwrap();
        (letters(&results), results.notes)
    };
    assert_eq!(found("after:30d"), ("h".into(), Vec::new()));
    assert_eq!(found("after:2mo before:1w").0, "cf");
    let (_, notes) = found("before:soon");
    assert_eq!(notes, [Note::NoDate { text: "soon".into() }]);
    let (_, notes) = found("after:2m");
    let (minutes, months) = ("2min".into(), "2mo".into());
    assert_eq!(notes, [Note::AmbiguousDate { text: "2m".into(), minutes, months }]);
}

#[test]
fn a_facet_value_in_a_query_that_no_document_has_is_noted() {
    let (_dir, searcher) = library();
    let results = searcher.search(&request("company:ubre store")).unwrap();
    let (facet, value, nearest) = ("company".into(), "ubre".into(), vec!["Uber".into()]);
    let expected = Note::UnknownValue { facet, value, nearest };
    assert!(results.notes.contains(&expected), "{:?}", results.notes);
}

/// A library of lines like [`LIBRARY`], with all documents in one list.
pub fn library_of(lines: &[String]) -> (TempDir, Searcher) {
    let dir = tempfile::tempdir().unwrap();
    let mut documents = lines.iter().map(|line| document(line));
    build(dir.path(), &mut documents, &aliases(), 2).unwrap();
    let searcher = Searcher::open(dir.path()).unwrap();
    (dir, searcher)
}

#[test]
fn words_as_they_were_typed_come_before_inflected_ones() {
    let lines = [
        "https://a.example/ | Post one | | | | We model a market.",
        "https://b.example/ | Post two | | | | We modeling a market.",
        "https://c.example/ | Post three | | | | We models a market.",
    ];
    let (_dir, searcher) = library_of(&lines.map(str::to_owned));
    for (query, first) in [("model", "a"), ("modeling", "b"), ("models", "c"), ("Modelling", "a")] {
        let results = searcher.search(&request(query)).unwrap();
        assert_eq!((&letters(&results)[..1], results.total), (first, 3), "{query}");
    }
}

#[test]
fn newer_articles_come_earlier_only_when_asked() {
    let lines = [
        "https://a.example/ | Old | 2015-01-01 | | | A store of features.",
        "https://b.example/ | New | 2023-01-01 | | | A store of features.",
    ];
    let (_dir, searcher) = library_of(&lines.map(str::to_owned));
    assert_eq!(letters(&searcher.search(&request("store")).unwrap()), "ab");
    let now = Some(jiff::civil::date(2023, 3, 10).at(12, 0, 0, 0));
    let fresh = Request { now, fresh: true, ..request("store") };
    assert_eq!(letters(&searcher.search(&fresh).unwrap()), "ba");
}

#[test]
fn synonyms_and_compounds_find_each_other() {
    check("kubernetes", "dc");
    check("kuberntes", "dc");
    check("realtime", "fa");
    check("real-time inference", "fa");
}

#[test]
fn a_word_as_it_was_typed_counts_more_than_a_rarer_synonym() {
    let line = |at: usize| {
        let word = if at == 0 { "k8s" } else { "kubernetes" };
        format!("https://{}.example/ | Title | | | | We run {word}.", char::from(b'a' + at as u8))
    };
    let (_dir, searcher) = library_of(&(0..20).map(line).collect::<Vec<_>>());
    let found = letters(&searcher.search(&Request { limit: 20, ..request("kubernetes") }).unwrap());
    assert_eq!((found.len(), &found[19..]), (20, "a"));
    assert_eq!(&letters(&searcher.search(&request("k8s")).unwrap())[..1], "a");
}

#[test]
fn a_title_or_url_finds_its_own_document_first() {
    let (_dir, searcher) = library();
    for line in LIBRARY.lines() {
        let document = document(line);
        for query in [&document.titles[0], &document.url, &document.id] {
            let results = searcher.search(&request(query)).unwrap();
            assert_eq!(results.hits[0].id, document.id, "{query}");
        }
    }
}

#[test]
fn an_address_may_be_pasted_without_its_scheme_or_with_a_slash() {
    let (_dir, searcher) = library();
    for query in [
        "http://a.example/feature-store",
        "https://a.example/feature-store/",
        "a.example/feature-store",
        "https://a.example/feature-store?utm_source=x#top",
    ] {
        let results = searcher.search(&request(query)).unwrap();
        assert_eq!(results.hits[0].url, "https://a.example/feature-store", "{query}");
    }
}

#[test]
fn filters_unite_within_and_intersect_across_facets() {
    let (_dir, searcher) = library();
    let with = |facets: &[(&str, &str)]| {
        let facets = facets.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let filters = Filters { facets, ..Filters::default() };
        let request = Request { filters, limit: 10, facets: true, ..Request::default() };
        searcher.search(&request)
    };
    assert_eq!(with(&[("company", "UBER")]).unwrap().total, 2);
    assert_eq!(with(&[("company", "uber"), ("company", "lyft")]).unwrap().total, 4);
    let results = with(&[("company", "uber"), ("year", "2022")]).unwrap();
    assert_eq!(letters(&results), "a");
    let company = results.facets.iter().find(|facet| facet.name == "company").unwrap();
    let values: Vec<_> = company.values.iter().map(|v| (v.value.as_str(), v.count)).collect();
    assert_eq!(values, [("Lyft", 1), ("Uber", 1)]);
    let of_years = |years: &str| with(&[("year", years)]).unwrap();
    let [single, several] =
        [with(&[("year", "2021"), ("year", "2022")]).unwrap(), of_years("2021..2022")];
    assert_eq!(letters(&several), letters(&single));
    assert_eq!(several.total, 3);
    assert_eq!((of_years(">2022").total, of_years("<=2021").total), (3, 2));
    let year = several.facets.iter().find(|facet| facet.name == "year").unwrap();
    assert!(year.values.len() > 2, "{year:?}");
    assert_eq!(with(&[("year", "2022"), ("year", "2021..2022")]).unwrap().total, 3);
    // At the edge of what there is, too.
    for none in [">2030", ">2023", "<2020"] {
        let Err(error) = with(&[("year", none)]) else { panic!("{none}") };
        assert_eq!(error.to_string(), format!("no document has the year `{none}`"));
    }
    let Err(error) = with(&[("company", "ubre")]) else { panic!() };
    assert_eq!(error.to_string(), "no document has the company `ubre`");
    assert!(matches!(error, Error::UnknownValue { nearest, .. } if nearest == ["Uber"]));
}

#[test]
fn the_newest_come_first_when_asked() {
    let (_dir, searcher) = library();
    let request = Request { sort: Sort::Date, ..request("store OR ray") };
    assert_eq!(letters(&searcher.search(&request).unwrap()), "hcba");
}

#[test]
fn results_do_not_depend_on_threads() {
    let (one, many) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, many) = (built(one.path(), 1), built(many.path(), 8));
    for query in ["store", "models with ray", "drift feature", ""] {
        let [a, b] = [&one, &many].map(|searcher| {
            serde_json::to_string(&searcher.search(&request(query)).unwrap()).unwrap()
        });
        assert_eq!(a, b);
    }
}

#[test]
fn snippets_mark_what_matched() {
    let (_dir, searcher) = library();
    let results = searcher.search(&request("serving features")).unwrap();
    let snippet = &results.hits[0].snippets[0];
    let marked: Vec<&str> =
        snippet.marks.iter().map(|(from, to)| &snippet.text[*from..*to]).collect();
    assert_eq!(marked, ["feature", "serves", "features"]);
}

/// The default list, as an index of what the list alone says.
fn default_list() -> (TempDir, Searcher, Vec<Entry>) {
    let dir = tempfile::tempdir().unwrap();
    let collection = Collection::create_default(&dir.path().join("index")).unwrap();
    let mut aliases = collection.aliases().unwrap();
    let path = collection.dir.join("lists/awesome-mlops-articles.md");
    let options = ListOptions { name: "awesome-mlops-articles".into(), ..ListOptions::default() };
    let list = list::parse(&std::fs::read(path).unwrap(), &options).unwrap();
    let mut entries = list::merge(vec![list]);
    list::infer_companies(&mut entries, &aliases);
    aliases.fold_tags(&entries);
    let generation = dir.path().join("generation");
    std::fs::create_dir(&generation).unwrap();
    let mut documents = entries.iter().cloned().map(|entry| Document::new(entry, None));
    let built = build(&generation, &mut documents, &aliases, 2).unwrap();
    assert_eq!((built.documents, built.full_texts), (50, 0));
    (dir, Searcher::open(&generation).unwrap(), entries)
}

#[test]
fn every_title_and_url_of_the_default_list_finds_its_own_document_first() {
    let (_dir, searcher, entries) = default_list();
    for entry in &entries {
        for query in entry.titles.iter().chain([&entry.url]) {
            let results = searcher.search(&request(query)).unwrap();
            assert_eq!(results.hits[0].url, entry.url, "{query}");
        }
    }
}

#[test]
fn questions_to_the_default_list_are_answered_by_title_tag_and_company() {
    let (_dir, searcher, _) = default_list();
    for (query, title) in [
        ("feature store drift", "Introducing Fabricator"),
        ("scylaDB", "HOW DISCORD STORES TRILLIONS OF MESSAGES"),
        ("kuberntes", "Scaling Kubernetes to 7,500 Nodes"),
        ("k8s", "Scaling Kubernetes to 7,500 Nodes"),
        ("real time coinbase", "SOON (Spark cOntinuOus iNgestion)"),
        ("realtime instacart", "Lessons Learned: The Journey to Real-Time"),
        ("A/B testing uber", "Supercharging A/B Testing at Uber"),
        ("ab test", "Supercharging A/B Testing at Uber"),
        ("mlops principles google", "Best Practices for ML Engineering"),
        ("graphql netflix", "How Netflix Scales its API with GraphQL"),
        ("pinot", "Operating Apache Pinot @ Uber Scale"),
        ("discord", "HOW DISCORD STORES TRILLIONS OF MESSAGES"),
    ] {
        let results = searcher.search(&request(query)).unwrap();
        let titles: Vec<&str> = results.hits.iter().map(|hit| hit.title.as_str()).collect();
        assert!(titles[0].starts_with(title), "{query}: {titles:#?}");
    }
    let counts = searcher.facets(Some("company"), &Filters::default()).unwrap();
    assert_eq!(counts[0].values.len(), 23);
    assert_eq!(counts[0].values[0].value, "Uber");
}

#[test]
fn no_variant_of_a_word_counts_twice_with_the_default_aliases() {
    let (_dir, searcher, _) = default_list();
    let aliases = Collection::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("index"));
    let synonyms = aliases.unwrap().aliases().unwrap().synonyms;
    for query in synonyms.iter().flatten() {
        for (word, variants) in searcher.explain_query(&request(query)).unwrap().words {
            let different: HashSet<&String> = variants.iter().map(|(variant, _)| variant).collect();
            assert_eq!(different.len(), variants.len(), "{query}: {word}: {variants:?}");
        }
    }
}

#[test]
fn each_default_synonym_stands_in_one_group_and_is_a_term_of_its_own() {
    let (_dir, searcher, _) = default_list();
    let collection = Collection::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("index"));
    let synonyms = collection.unwrap().aliases().unwrap().synonyms;
    let mut seen = HashSet::new();
    for member in synonyms.iter().flatten() {
        let exact = Request { exact: true, ..request(member) };
        let words = searcher.explain_query(&exact).unwrap().words;
        let [(_, variants)] = &words[..] else { panic!("{member}: {words:?}") };
        assert!(variants.len() > 1, "{member}: {variants:?}");
        assert!(variants[0].0.split('+').count() <= 4, "{member}: {variants:?}");
        assert!(seen.insert(variants[0].0.clone()), "{member} is there twice");
    }
}

#[test]
fn what_is_near_and_what_is_like_it_are_found() {
    let (_dir, searcher) = library();
    let similar = searcher.similar("https://a.example/feature-store", 3).unwrap();
    assert!(similar.hits.iter().all(|hit| !hit.url.contains("a.example")));
    assert!(letters(&similar).contains('b'), "{}", letters(&similar));
    let results = searcher.search(&Request { related: true, ..request("statistics") }).unwrap();
    assert_eq!((results.total, &letters(&results)[..1]), (results.hits.len(), "b"));
}

#[test]
fn scores_are_explained_by_field_and_word() {
    let (_dir, searcher) = library();
    let results = searcher.search(&Request { explain: true, ..request("ray") }).unwrap();
    let explanation = results.hits[0].explanation.clone().unwrap();
    for part in ["text: ray ×", "title: ray ×", "in 1 of 8 documents"] {
        assert!(explanation.contains(part), "{explanation}");
    }
    let explained = searcher.explain_query(&request("kuberntes -ray")).unwrap();
    assert_eq!(explained.tree, "kuberntes -ray");
    let (word, variants) = &explained.words[0];
    assert_eq!((word.as_str(), &variants[0]), ("kuberntes", &("kubernet".to_owned(), 1.0)));
}

#[test]
fn no_query_is_an_error() {
    let (_dir, searcher) = library();
    let piece = proptest::sample::select(vec![
        "(",
        ")",
        "\"",
        "+",
        "-",
        " ",
        " AND ",
        " OR ",
        " NOT ",
        "title:",
        "after:",
        "tag:",
        "*",
        "~2",
        "store",
        "real-time",
        "kuberntes",
        "to be",
        "é",
        "機械",
        "C++",
        "\u{0}",
        "k8s:",
        "'",
    ]);
    let mut runner = TestRunner::new(Config { cases: 300, ..Config::default() });
    let queries = proptest::collection::vec(piece, 0..12);
    let outcome = runner.run(&queries, |pieces| {
        let request = Request { facets: true, explain: true, ..request(&pieces.concat()) };
        assert!(searcher.search(&request).is_ok());
        Ok(())
    });
    outcome.unwrap();
}
