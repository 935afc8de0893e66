//! The command line: exit codes, streams, terminals, help.

use std::{
    io::Read,
    process::{Command, Stdio},
};

use crate::{
    program::{Collection, Run, program},
    web::{Answer, Web},
};

#[test]
fn exit_codes_are_those_of_grep() {
    let collection = Collection::offline();
    assert_eq!(collection.run(&["update"]).code, 0);
    assert_eq!(collection.run(&["kubernetes"]).code, 0);
    assert_eq!(collection.run(&["xyzzyplugh"]).code, 1);
    assert_eq!(collection.run(&["!!!", "--facets"]).code, 1);
    assert_eq!(collection.run(&[""]).code, 0);
    assert_eq!(collection.run(&["update", "--no-such-flag"]).code, 2);
    assert_eq!(collection.run(&["drift", "--company", "nosuchcompany"]).code, 2);
}

#[test]
fn what_matches_is_found_though_no_hit_is_shown() {
    let collection = Collection::offline();
    collection.ok(&["update"]);
    let total = collection.json(&["uber", "--json"])["total"].as_u64().unwrap();
    let counted = collection.ok(&["uber", "--facets", "-n", "0"]);
    assert!(counted.stdout.contains("Uber"), "{}", counted.stdout);
    assert!(counted.stderr.contains(&format!("{total} match")), "{}", counted.stderr);
    let beyond = collection.ok(&["uber", "--offset", "49"]);
    assert!(beyond.stderr.contains(&format!("only {total} match")), "{}", beyond.stderr);
    let json = collection.json(&["uber", "--offset", "49", "--json"]);
    assert_eq!(json["notes"], serde_json::json!([format!("only {total} match")]));
}

#[test]
fn a_word_that_is_a_command_can_be_searched_for() {
    let collection = Collection::offline();
    collection.ok(&["update"]);
    for args in [&["search", "update"][..], &["--", "update"], &["search", "list", "curated"]] {
        let run = collection.run(args);
        assert!(run.code < 2, "{args:?}: {}", run.stderr);
    }
    let wrong = collection.run(&["update", "policy"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("mlsearch -- update policy"), "{}", wrong.stderr);
}

#[test]
fn an_index_that_is_not_there_is_an_error_with_a_hint() {
    let dir = tempfile::tempdir().unwrap();
    for args in [&["drift"][..], &["facets", "company"], &["update"], &["status"]] {
        let run = Run::of(program().args(args).env("MLSEARCH_INDEX", dir.path()));
        assert_eq!(run.code, 2, "{args:?}");
        assert!(run.stderr.contains("hint: "), "{args:?}: {}", run.stderr);
        assert_eq!(run.stdout, "");
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing may be written there");
}

#[test]
fn a_folder_is_no_list() {
    let dir = tempfile::tempdir().unwrap();
    let run = Run::of(program().arg("list").arg(dir.path()));
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("is a folder\nhint: name one of its files"), "{}", run.stderr);
}

#[test]
fn a_settings_file_that_does_not_parse_is_named_with_its_line() {
    let collection = Collection::offline();
    std::fs::write(collection.file("mlsearch.toml"), "contact = \"x\"\n[crawl]\ndelai = 3\n")
        .unwrap();
    let run = collection.run(&["update"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("mlsearch.toml`: line 3: unknown field `delai`"), "{}", run.stderr);
}

#[test]
fn a_closed_pipe_is_success() {
    let collection = Collection::offline();
    collection.ok(&["update"]);
    let mut child = collection
        .command(&["machine learning", "-n", "50"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{stderr}");
    assert!(!stderr.contains("error") && !stderr.contains("panicked"), "{stderr}");
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let collection = Collection::offline();
    collection.ok(&["update"]);
    assert!(!collection.ok(&["kubernetes"]).stdout.contains('\u{1b}'));
    assert!(collection.ok(&["kubernetes", "--color", "always"]).stdout.contains('\u{1b}'));
    let asked =
        collection.command(&["kubernetes", "--color", "never"]).env("CLICOLOR_FORCE", "1").output();
    assert!(!asked.unwrap().stdout.contains(&0x1b));
}

#[test]
fn escape_sequences_of_a_list_do_not_reach_the_terminal() {
    let collection = Collection::offline();
    let list = "## [Red \u{1b}[31malert\u{1b}]0;owned\u{7} \u{202e}dnuorg](https://a.example.org/x)\n\
                Tags: evil\u{1b}[2J<BR>\nCompany: Bad\u{9b}31m<BR>\n";
    std::fs::write(collection.file("lists/awesome-mlops-articles.md"), list).unwrap();
    collection.run(&["update"]);
    for args in [&["alert"][..], &["alert", "--json"], &["facets", "company"], &["status"]] {
        let run = collection.run(args);
        let text = format!("{}{}", run.stdout, run.stderr);
        let harmful = |c: &char| matches!(c, '\u{1b}' | '\u{7}' | '\u{9b}' | '\u{202e}');
        assert_eq!(text.chars().find(harmful), None, "{args:?}: {text:?}");
    }
}

#[test]
fn help_manual_and_completions_come_from_one_place() {
    for args in
        [&["--help"][..], &["update", "--help"], &["man"], &["completions", "bash"], &["--version"]]
    {
        let run = Run::of(program().args(args));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{args:?}");
        assert!(run.stdout.contains("mlsearch"), "{args:?}");
    }
    let bare = Run::of(&mut program());
    assert!(bare.stdout.contains("Usage: mlsearch"), "{}", bare.stdout);
}

/// What an update or a search has made of a collection.
fn is_untouched(collection: &Collection) -> bool {
    !collection.file("pages.sqlite").exists() && !collection.file("generations").exists()
}

#[test]
fn asking_for_help_visits_nothing() {
    let collection = Collection::offline();
    let help = collection.ok(&["help"]).stdout;
    assert_eq!(help, collection.ok(&["--help"]).stdout);
    assert!(help.contains("Usage: mlsearch") && help.contains("mlsearch help update"), "{help}");
    let update = collection.ok(&["help", "update"]).stdout;
    assert_eq!(update, collection.ok(&["update", "--help"]).stdout);
    assert!(is_untouched(&collection));
}

#[test]
fn a_mistyped_command_is_no_search_until_there_is_an_index() {
    let collection = Collection::offline();
    let dir = collection.path().display().to_string();
    for args in [&["stauts"][..], &["stauts", "--json"], &["--json", "stauts"]] {
        let run = collection.run(args);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}");
        let expected = format!(
            "error: `stauts` is no command, and there is no index in `{dir}` to search for it\n\
             hint: run `mlsearch --index {dir} status`, or `mlsearch --index {dir} -- stauts` \
             to search for the word\n"
        );
        assert_eq!(run.stderr, expected, "{args:?}");
    }
    assert!(is_untouched(&collection));
    let said = collection.run(&["--offline", "--", "stauts"]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    assert!(!said.stderr.contains("command"), "{}", said.stderr);
    let searched = collection.run(&["stauts"]);
    assert_eq!(searched.code, 1, "{}", searched.stderr);
    let note = format!("searched for `stauts`; the command is `mlsearch --index {dir} status`");
    assert!(searched.stderr.contains(&note), "{}", searched.stderr);
    for args in [&["search", "stauts"][..], &["stauts", "kubernetes"], &["kubernetes"]] {
        let run = collection.run(args);
        assert!(!run.stderr.contains("the command is"), "{args:?}: {}", run.stderr);
    }
}

#[test]
fn a_first_search_offline_sends_no_request() {
    let web = Web::start();
    let collection = Collection::in_web(&web);
    let run = collection.ok(&["kubernetes", "--offline"]);
    assert!(run.stdout.contains("https://"), "{}", run.stdout);
    assert!(run.stderr.contains("yet: building it now, without a request\n"), "{}", run.stderr);
    assert!(run.stderr.contains("indexed 50 articles from the lists alone"), "{}", run.stderr);
    assert_eq!(web.count_seen(), 0);
}

#[test]
fn the_default_collection_names_nobody_and_an_update_without_a_contact_says_so_once() {
    let web = Web::start();
    let collection = Collection::in_web(&web);
    let visit = |args: &[&str]| {
        let run = collection.run(&[&["update", "--delay", "0", "--refresh"], args].concat());
        let mut agents: Vec<String> = web
            .take_seen()
            .into_iter()
            .map(|mut s| s.headers.remove("user-agent").unwrap())
            .collect();
        agents.dedup();
        (run.stderr, agents)
    };
    let (stderr, agents) = visit(&[]);
    let hint = format!(
        "hint: add a line like `contact = \"you@example.org\"` at the top of `{}`\n",
        collection.file("mlsearch.toml").display()
    );
    assert_eq!(stderr.matches("mlsearch: no contact is set").count(), 1, "{stderr}");
    assert!(stderr.contains(&hint), "{stderr}");
    let name = format!("mlsearch/{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(agents, [name.as_str()]);
    let offline = collection.ok(&["update", "--offline", "--force"]);
    assert!(!offline.stderr.contains("contact"), "{}", offline.stderr);
    collection.set("# contact = \"https://example.org/about\"", "contact = \"me@example.org\"");
    let (stderr, agents) = visit(&[]);
    assert!(!stderr.contains("contact"), "{stderr}");
    assert_eq!(agents, [format!("{name} (+me@example.org)")]);
}

#[test]
fn without_any_collection_the_default_one_is_made_among_the_users_data() {
    let home = tempfile::tempdir().unwrap();
    let work = tempfile::tempdir().unwrap();
    std::fs::create_dir(work.path().join("index")).unwrap();
    let mut command: Command = program();
    command.current_dir(work.path()).args(["kubernetes"]);
    for name in ["HOME", "XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA", "USERPROFILE"] {
        command.env(name, home.path());
    }
    for name in ["HTTPS_PROXY", "HTTP_PROXY"] {
        command.env(name, "http://127.0.0.1:9");
    }
    let run = Run::of(&mut command);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let left = std::fs::read_dir(work.path().join("index")).unwrap().count();
    assert_eq!(left, 0, "a stranger's `index` folder is never touched");
    assert!(home.path().read_dir().unwrap().count() > 0);
}

#[test]
fn every_title_and_every_url_of_the_list_finds_its_own_document_first() {
    let collection = Collection::offline();
    collection.ok(&["update"]);
    let source = std::fs::read(collection.file("lists/awesome-mlops-articles.md")).unwrap();
    let list = mlsearch::list::parse(&source, &mlsearch::list::ListOptions::default()).unwrap();
    assert_eq!(list.entries.len(), 51);
    for entry in &list.entries {
        for query in [entry.title(), entry.url.as_str()] {
            let found = collection.json(&["--json", "-n", "1", "--", query]);
            let first = found["hits"][0]["url"].as_str().unwrap();
            let canonical = mlsearch::canonical::CanonicalUrl::parse(first);
            assert_eq!(canonical.as_ref(), Some(&entry.canonical), "{query}: {first}");
        }
    }
}

#[test]
fn filters_are_or_within_a_facet_and_and_between_facets() {
    let collection = Collection::offline();
    collection.ok(&["update"]);
    let companies = |args: &[&str]| -> Vec<String> {
        let found = collection.json(args);
        let hits = found["hits"].as_array().unwrap().clone();
        hits.iter().map(|hit| hit["company"].as_str().unwrap_or("").to_owned()).collect()
    };
    let two = companies(&["--company", "UBER", "--company", "lyft", "--json", "-n", "50"]);
    assert_eq!(two.len(), 5);
    assert!(two.iter().all(|company| company == "Uber" || company == "Lyft"), "{two:?}");
    let one = companies(&["--company", "uber", "--tag", "pinot", "--json"]);
    assert_eq!(one, ["Uber"]);
    let none = collection.run(&["data", "--company", "uber", "--after", "2023"]);
    assert_eq!(none.code, 1);
    assert!(none.stderr.contains("nothing found with these filters; "), "{}", none.stderr);
}

#[test]
fn a_lone_m_is_an_error_that_names_both_wherever_a_span_is_asked_for() {
    let collection = Collection::offline();
    collection.ok(&["update"]);
    for args in [
        &["new", "--since"][..],
        &["schedule", "cron", "--every"],
        &["update", "--every"],
        &["data", "--after"],
        &["data", "--before"],
        &["facets", "--published-after"],
        &["facets", "--published-before"],
    ] {
        let run = collection.run(&[args, &["6m"]].concat());
        assert_eq!(run.code, 2, "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains("write `6min` or `6mo`"), "{args:?}: {}", run.stderr);
    }
    assert_eq!(collection.run(&["new", "--since", "6mo"]).code, 0);
    assert_eq!(collection.run(&["data", "--after", "100y"]).code, 0);
    collection.ok(&["schedule", "cron", "--every", "90min"]);
}

#[test]
fn a_table_has_a_header_when_asked_and_its_columns_stay() {
    let collection = Collection::offline();
    collection.ok(&["update", "--offline"]);
    let rows = collection.ok(&["drift", "--format", "tsv", "-n", "3"]).stdout;
    let named = collection.ok(&["drift", "--format", "tsv", "-n", "3", "--header"]).stdout;
    let header = "rank\tscore\tid\turl\ttitle\tcompany\tdate\ttags\n";
    assert_eq!(named, format!("{header}{rows}"));
    let first = &collection.json(&["drift", "--json"])["hits"][0];
    let cells: Vec<&str> = rows.lines().next().unwrap().split('\t').collect();
    assert_eq!((cells.len(), cells[0]), (8, "1"));
    assert_eq!((&first["id"], &first["url"]), (&cells[2].into(), &cells[3].into()));
    let nothing = collection.run(&["xyzzyplugh", "--exact", "--format", "tsv", "--header"]);
    assert_eq!((nothing.code, nothing.stdout.as_str()), (1, header));
    for form in [&["--json"][..], &["--format", "urls"], &[]] {
        let wrong = collection.run(&[&["a b", "--header"], form].concat());
        assert_eq!((wrong.code, wrong.stdout.as_str()), (2, ""), "{}", wrong.stderr);
        assert!(wrong.stderr.contains("'a b' --format tsv --header`"), "{}", wrong.stderr);
    }
}

#[test]
fn facets_count_every_document_once() {
    let collection = Collection::offline();
    collection.ok(&["update"]);
    let facets = collection.json(&["facets", "company", "--json"]);
    let values =
        facets["facets"][0]["values"].as_array().or(facets["values"].as_array()).unwrap().clone();
    assert_eq!(values.len(), 23, "{facets}");
    assert_eq!((&values[0]["value"], &values[0]["count"]), (&"Uber".into(), &4.into()));
}

#[test]
fn a_page_and_a_list_are_read_from_a_server_when_its_network_is_allowed() {
    let web = Web::start();
    let (page, list) = (format!("{}/drift", web.origin()), format!("{}/list.md", web.origin()));
    let text = "<p>A model, once deployed, meets data that nobody has seen before.</p>".repeat(3);
    let html = format!("<title>Drift</title><article><h1>Drift</h1>{text}</article>");
    web.put("/drift", Answer::html(html));
    let markdown = b"# Articles\n\n- [Drift](https://a.example/drift)\n".to_vec();
    web.put("/list.md", Answer { status: 200, headers: Vec::new(), body: markdown });
    let run = |args: &[&str]| Run::of(program().args(args));
    let found = run(&["extract", "--json", "--allow-net", "127.0.0.0/8", &page]);
    assert_eq!(found.code, 0, "{}", found.stderr);
    assert!(found.stdout.contains("meets data that nobody has seen"), "{}", found.stdout);
    let found = run(&["list", "--json", "--allow-net", "127.0.0.0/8", &list]);
    assert_eq!(found.code, 0, "{}", found.stderr);
    assert!(found.stdout.contains("https://a.example/drift"), "{}", found.stdout);
    let refused = run(&["extract", &page]);
    assert_eq!(refused.code, 2, "{}", refused.stdout);
}

#[test]
fn files_that_are_too_large_are_refused_and_say_so() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, start: &str, bytes: u64| {
        let path = dir.path().join(name);
        std::fs::write(&path, start).unwrap();
        std::fs::File::options().append(true).open(&path).unwrap().set_len(bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let page = file("page.html", "<html><body><p>A page.</p>", (20 << 20) + 1);
    let list = file("list.md", "- [An article](https://a.example/x)\n", (32 << 20) + 1);
    for (args, message, hint) in [
        (["extract", &page], "is over 20 MB", "a smaller file"),
        (["list", &list], "it is over 32 MB", "into several lists"),
    ] {
        let run = Run::of(program().args(args));
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        let mut lines = run.stderr.lines();
        assert!(lines.next().unwrap().contains(message), "{}", run.stderr);
        assert!(lines.next().unwrap().contains(hint), "{}", run.stderr);
    }
}

#[test]
fn a_page_without_an_article_says_how_to_learn_why() {
    let dir = tempfile::tempdir().unwrap();
    let page = dir.path().join("menu.html");
    std::fs::write(&page, "<nav><a href=/>Home</a></nav>").unwrap();
    let page = page.to_str().unwrap();
    let bare = Run::of(program().args(["extract", page]));
    assert_eq!((bare.code, bare.stdout.as_str()), (1, ""), "{}", bare.stderr);
    assert!(
        bare.stderr.contains("empty: 4 characters of text\nhint: `--explain`"),
        "{}",
        bare.stderr
    );
    let both = Run::of(program().args(["extract", page, page]));
    assert_eq!(both.stderr.matches("hint:").count(), 1, "{}", both.stderr);
    let nothing = dir.path().join("nothing.md");
    std::fs::write(&nothing, "").unwrap();
    let nothing = Run::of(program().args(["extract", nothing.to_str().unwrap()]));
    assert!(!nothing.stderr.contains("hint:"), "{}", nothing.stderr);
    let explained = Run::of(program().args(["extract", "--explain", page]));
    assert!(explained.stdout.contains("Home"), "{}", explained.stdout);
    assert!(!explained.stderr.contains("hint:"), "{}", explained.stderr);
}
