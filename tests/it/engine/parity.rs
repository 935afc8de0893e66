//! An index in a cluster beside one of this machine: the answers are the same.

use serde_json::{Value, json};

use crate::{
    engine::{
        cluster,
        indexed::{Indexed, row},
    },
    program::Collection,
};

#[test]
fn the_default_list_gives_the_same_answers() {
    let Some(target) = cluster::target() else { return };
    let _shared = target.share();
    let local = Collection::offline();
    local.ok(&["update", "--offline"]);
    let indexed = Indexed::of(Collection::offline(), target, "default");
    indexed.ok(&["update", "--offline", "--shards", "3"]);
    let same = |args: &[&str], parts: &[&str]| {
        let (here, there) = (local.run(args), indexed.run(args));
        assert_eq!(here.code, there.code, "{args:?}: {}", there.stderr);
        assert_ne!(here.code, 2, "{args:?}: {}", here.stderr);
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let (here, there) = (json(&here.stdout), json(&there.stdout));
        for part in parts {
            assert_eq!(here[part], there[part], "{args:?}: {part}");
        }
    };
    same(&["facets", "--json"], &["facets"]);
    same(&["facets", "company", "--json"], &["facets"]);
    same(&["facets", "--tag", "mlops", "--json"], &["facets"]);
    for args in [
        &["feature store"][..],
        &["\"feature store\""],
        &["data", "--company", "uber"],
        &["data", "--company", "uber", "--company", "doordash"],
        &["+platform -feature"],
        &["learn*"],
        &["machine learning", "--sort", "date"],
        &["title:platform OR monitoring"],
        &["data", "--after", "2022"],
        &["*", "--all", "--sort", "date"],
        &["fature stroe"],
    ] {
        let args = [args, &["--facets", "--json"]].concat();
        same(&args, &["total", "facets", "sort", "relaxed", "corrected", "notes"]);
        let found = |found: Value| -> Vec<(Value, Value)> {
            let hits = found["hits"].as_array().unwrap().clone();
            hits.into_iter().map(|hit| (hit["id"].clone(), hit["snippets"].clone())).collect()
        };
        let here = found(serde_json::from_str(&local.run(&args).stdout).unwrap());
        let there = found(serde_json::from_str(&indexed.run(&args).stdout).unwrap());
        assert_eq!(here.first(), there.first(), "{args:?}");
        let shared = here.iter().filter(|hit| there.contains(hit)).count();
        assert!(shared * 10 >= here.len() * 9, "{args:?}: {here:?} {there:?}");
    }
    let id = local.json(&["feature store", "--json"])["hits"][0]["id"].clone();
    let id = id.as_str().unwrap();
    same(&["show", id, "--json"], &["url", "titles", "tags", "content", "lists"]);
    let similar = [&["similar", id, "--json"][..], &["similar", id, "-n", "3", "--json"]];
    for args in similar {
        let found = indexed.json(args);
        assert!(!found["hits"].as_array().unwrap().is_empty(), "{found}");
    }
}

#[test]
fn words_of_several_languages_have_the_same_scores() {
    let Some(target) = cluster::target() else { return };
    let _shared = target.share();
    let english = "A virtual host is a server with a name of its own on the same machine.";
    let mut documents: Vec<Value> = (0..300).map(|number| row(number, english)).collect();
    for (at, (language, text)) in [
        ("pt", "Um host virtual e mais hosts virtuais na mesma máquina, cada um com seu nome."),
        ("es", "Un servidor virtual y otros servidores virtuales en la misma máquina."),
        ("fr", "Un hôte virtuel, des hôtes virtuels et une machine virtuelle sur le même serveur."),
        ("ca", "Una màquina virtual i altres servidors virtuals en la mateixa xarxa de casa."),
        ("ro", "O mașină virtuală și mai multe servere virtuale pe același calculator de acasă."),
        ("de", "Ein virtueller Rechner und viele virtuelle Maschinen auf dem gleichen Gerät."),
    ]
    .into_iter()
    .enumerate()
    {
        documents
            .push(json!({ "id": language, "language": language, "text": text.repeat(at + 2) }));
    }
    let indexed = Indexed::own(target, "languages");
    indexed.imported(&documents, &["--shards", "2"]);
    let file = indexed.file("rows.jsonl");
    let local = Collection::offline();
    std::fs::remove_file(local.file("mlsearch.toml")).unwrap();
    local.ok(&["import", file.to_str().unwrap()]);
    for query in
        ["virtual", "virtuais", "máquina", "virtual server", "\"virtual host\"", "+virtual"]
    {
        let found = |found: Value| -> Vec<(String, f64)> {
            let mut hits: Vec<(String, f64)> = found["hits"]
                .as_array()
                .unwrap()
                .iter()
                .map(|hit| (hit["id"].as_str().unwrap().to_owned(), hit["score"].as_f64().unwrap()))
                .collect();
            hits.sort_by(|a, b| a.0.cmp(&b.0));
            hits
        };
        let args = [query, "--exact", "--json", "-n", "400"];
        let (here, there) = (found(local.json(&args)), found(indexed.json(&args)));
        assert_eq!(here.len(), there.len(), "{query}");
        for ((id, here), (other, there)) in here.iter().zip(&there) {
            assert_eq!(id, other, "{query}");
            assert!((here - there).abs() < 1e-3 * here, "{query}: {id}: {here} {there}");
        }
    }
}

#[test]
fn pages_go_on_beyond_ten_thousand_hits() {
    let Some(target) = cluster::target() else { return };
    let _shared = target.share();
    let indexed = Indexed::own(target, "pages");
    let rows: Vec<Value> = (0..10_040)
        .map(|number| {
            let mut row = row(number, "");
            row["date"] =
                format!("20{:02}-{:02}-{:02}", number / 336, number / 28 % 12 + 1, number % 28 + 1)
                    .into();
            row
        })
        .collect();
    indexed.imported(&rows, &["--shards", "3"]);
    let page = |offset: usize, limit: usize, sort: &str| -> Vec<String> {
        let (offset, limit) = (offset.to_string(), limit.to_string());
        let args =
            ["zyxevery", "--exact", "--json", "--offset", &offset, "-n", &limit, "--sort", sort];
        let found = indexed.json(&args);
        assert_eq!(found["total"], 10_040);
        let hits = found["hits"].as_array().unwrap().iter();
        hits.map(|hit| hit["id"].as_str().unwrap().to_owned()).collect()
    };
    for sort in ["relevance", "date"] {
        let whole = page(9_980, 60, sort);
        assert_eq!(whole.len(), 60);
        let pages: Vec<String> =
            (0..6).flat_map(|number| page(9_980 + number * 10, 10, sort)).collect();
        assert_eq!(pages, whole, "{sort}: page 1,001 is the third of these");
    }
    // The newest first: the last page has the oldest.
    assert_eq!(page(10_039, 10, "date"), ["doc0"]);
    assert_eq!(indexed.run(&["zyxevery", "--exact", "--offset", "10040", "--json"]).code, 0);
}
