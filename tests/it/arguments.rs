//! Arguments and variables: what a person expects of any program on the command line.

use std::{fs, path::Path};

use crate::program::{Collection, Run, program};

/// The long options that a help names.
fn options(help: &str) -> Vec<String> {
    let words = help.split_whitespace().map(|word| word.trim_end_matches(','));
    let mut options: Vec<_> = words.filter(|word| word.starts_with("--")).collect();
    options.sort_unstable();
    options.dedup();
    options.into_iter().map(str::to_owned).collect()
}

#[test]
fn the_short_and_the_long_help_show_the_options_of_a_search() {
    let help = |args: &[&str]| Run::of(program().args(args)).stdout;
    let (short, long) = (help(&["-h"]), help(&["--help"]));
    for help in [&short, &long] {
        assert!(help.starts_with("Search what the articles on curated lists say\n"), "{help}");
    }
    assert!(short.lines().count() < 90 && short.lines().count() * 2 < long.lines().count());
    for option in options(&help(&["search", "-h"])) {
        for help in [&short, &long] {
            assert!(options(help).contains(&option), "{option} is missing in {help}");
        }
    }
    for heading in ["Examples:", "Query syntax:", "Environment:", "Files:", "Exit status:"] {
        assert!(long.contains(&format!("\n{heading}\n")), "{heading}");
    }
    assert_eq!(Run::of(&mut program()).stdout, short, "without arguments");
}

#[test]
fn each_command_has_a_help_in_which_no_option_is_missing() {
    let commands = Run::of(program().arg("-h")).stdout;
    let commands = commands.split("Commands:\n").nth(1).unwrap();
    for line in commands.lines().take_while(|line| !line.is_empty()) {
        let command = line.split_whitespace().next().unwrap();
        let help = |flag: &str| Run::of(program().args([command, flag])).stdout;
        let (short, long) = (help("-h"), help("--help"));
        assert!(short.lines().count() <= long.lines().count(), "{command}");
        for option in options(&short) {
            assert!(options(&long).contains(&option), "{command} {option}");
        }
    }
}

#[test]
fn of_an_option_that_is_repeated_the_last_one_counts() {
    let collection = Collection::offline();
    collection.ok(&["update", "--offline"]);
    let check = |args: &[&str], same: &[&str]| {
        let [run, expected] = [args, same].map(|args| collection.ok(args).stdout);
        assert_eq!(run, expected, "{args:?}");
    };
    check(&["data", "-n", "2", "-n3", "--limit=1"], &["data", "-n", "1"]);
    check(&["data", "--json", "--json"], &["data", "--json"]);
    check(&["data", "--format", "tsv", "--format", "urls"], &["data", "--format", "urls"]);
    check(&["data", "--after", "2030", "--after", "2022"], &["data", "--after", "2022"]);
    check(&["data", "-n", "1", "--all"], &["data", "--all"]);
    check(&["data", "--all", "-n", "1"], &["data", "-n", "1"]);
    check(&["data", "--json", "--format", "urls"], &["data", "--format", "urls"]);
    check(&["data", "--format", "urls", "--json"], &["data", "--json"]);
    check(&["data", "--fresh", "--sort", "date"], &["data", "--sort", "date"]);
    check(&["data", "--sort", "date", "--fresh"], &["data", "--fresh"]);
    check(&["data", "--related", "--no-feedback"], &["data", "--no-feedback"]);
    let both = &["--company", "uber", "--company", "lyft", "--format=urls", "-n", "50"];
    assert_eq!(collection.ok(both).stdout.lines().count(), 5, "filters add up");
}

#[test]
fn a_word_with_a_hyphen_explains_itself() {
    let collection = Collection::offline();
    collection.ok(&["update", "--offline"]);
    let excluded = collection.ok(&["feature", "store", "-spark", "--format=urls"]);
    let quoted = collection.ok(&["feature store -spark", "--format=urls"]);
    assert_eq!(excluded.stdout, quoted.stdout);
    let note = "mlsearch: `-spark` is no option: articles with `spark` are left out\n";
    assert!(excluded.stderr.starts_with(note), "{}", excluded.stderr);
    assert!(!quoted.stderr.contains("option"), "{}", quoted.stderr);
    let json = collection.json(&["feature", "store", "-spark", "--json"]);
    assert_eq!(json["query"], "feature store -spark");

    let slip = collection.run(&["drift", "-company", "uber"]);
    assert_eq!((slip.code, slip.stdout.as_str()), (2, ""));
    let hint = "hint: the option is `--company`; to leave out a word, put the query into \
                quotation marks, or write `NOT company`\n";
    assert!(slip.stderr.ends_with(hint), "{}", slip.stderr);

    let behind = collection.run(&["--", "drift", "--company", "uber"]);
    let note = "`--company` was searched as a word: behind `--` there are no options\n";
    assert!(behind.stderr.contains(note), "{}", behind.stderr);
}

#[test]
fn quiet_leaves_results_and_errors() {
    let mut collection = Collection::offline();
    let first = collection.ok(&["drift", "--offline", "-q", "--format=urls"]);
    assert_eq!(first.stderr, "", "the first search builds the index");
    assert!(!first.stdout.is_empty());
    for args in [&["-q", "kuberntes", "-spark"][..], &["update", "--quiet"], &["-v", "-q", "drift"]]
    {
        assert_eq!(collection.run(args).stderr, "", "{args:?}");
    }
    assert!(!collection.run(&["-q", "-v", "update", "--force"]).stderr.is_empty(), "the last one");
    let failed = collection.run(&["-q", "drift", "--company", "nobody"]);
    assert_eq!(failed.code, 2);
    let mut lines = failed.stderr.lines();
    assert!(lines.next().unwrap().starts_with("error: "), "{}", failed.stderr);
    assert!(lines.next().unwrap().starts_with("hint: "), "{}", failed.stderr);
    collection.set_variable("MLSEARCH_ENGINE", "http://127.0.0.1:9");
    assert_eq!(collection.run(&["-q", "drift"]).code, 2);
}

#[test]
fn an_empty_variable_is_unset() {
    let collection = Collection::offline();
    collection.ok(&["update", "--offline"]);
    let expected = collection.ok(&["drift", "--offline"]);
    let mut command = program();
    command.arg("--index").arg(collection.path()).args(["drift", "--offline"]);
    for name in [
        "MLSEARCH_INDEX",
        "MLSEARCH_ENGINE",
        "MLSEARCH_ENGINE_INDEX",
        "MLSEARCH_ENGINE_API_KEY",
        "MLSEARCH_ENGINE_USER",
        "MLSEARCH_ENGINE_PASSWORD",
        "MLSEARCH_ENGINE_CA_BUNDLE",
        "MLSEARCH_MODEL",
        "MLSEARCH_HISTORY",
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "COLUMNS",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "NO_PROXY",
        "XDG_DATA_HOME",
        "XDG_CACHE_HOME",
        "TZ",
        "TERM",
    ] {
        command.env(name, "");
    }
    let run = Run::of(&mut command);
    assert_eq!((run.code, run.stdout), (0, expected.stdout), "{}", run.stderr);
    let mut token = collection.command(&["serve", "--listen", "0.0.0.0:0", "--token", "TOKEN"]);
    let token = Run::of(token.env("TOKEN", ""));
    assert_eq!(token.code, 2);
    let message = "error: `TOKEN` is neither a file nor a variable of the environment\n";
    assert!(token.stderr.starts_with(message), "{}", token.stderr);
}

#[test]
fn the_environment_asks_for_colours_or_none() {
    let collection = Collection::offline();
    collection.ok(&["update", "--offline"]);
    let run = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = collection.command(args);
        let run = Run::of(command.envs(variables.iter().copied()));
        [run.stdout, run.stderr].map(|text| text.contains('\u{1b}'))
    };
    let drift = &["drift", "-n", "1"];
    assert_eq!(run(drift, &[]), [false, false]);
    assert_eq!(run(drift, &[("CLICOLOR_FORCE", "1")]), [true, true]);
    assert_eq!(run(drift, &[("CLICOLOR_FORCE", "0")]), [false, false]);
    assert_eq!(run(drift, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), [false, false]);
    assert_eq!(run(&["drift", "-n1", "--color=always"], &[("NO_COLOR", "1")]), [true, true]);
    let help = &["update", "--nothing"];
    assert_eq!(run(help, &[("CLICOLOR_FORCE", "1")]), [false, true]);
    assert_eq!(run(&["update", "--nothing", "--color=always"], &[]), [false, true]);
}

#[test]
fn without_a_terminal_the_environment_tells_the_columns() {
    let collection = Collection::offline();
    let text = "Drift is what a model sees when the world has changed. ".repeat(4);
    let line = serde_json::json!({ "id": 1, "title": "Drift", "text": text });
    fs::write(collection.file("own.jsonl"), line.to_string()).unwrap();
    let (own, file) = (collection.file("own"), collection.file("own.jsonl"));
    let own = ["--index", own.to_str().unwrap()];
    collection.ok(&[&own[..], &["import", file.to_str().unwrap()]].concat());
    let longest = |columns: &str| {
        let mut command = collection.command(&[&own[..], &["show", "id:1"]].concat());
        let run = Run::of(command.env("COLUMNS", columns));
        run.stdout.lines().map(str::len).max().unwrap()
    };
    assert!((31..=40).contains(&longest("40")), "{}", longest("40"));
    for no_number in ["80", "", "wide", "-1"] {
        assert!((71..=80).contains(&longest(no_number)), "{no_number}");
    }
    assert!(longest("0") <= 20);
    assert!((91..=100).contains(&longest("1000")));
}

/// The commands of this program in a text: lines for a shell, and code within lines.
fn commands(text: &str) -> Vec<&str> {
    let (mut is_block, mut is_shell, mut is_session) = (false, false, false);
    let mut commands = Vec::new();
    for line in text.lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            is_block = !is_block;
            is_session = language.starts_with("console");
            is_shell = is_block && (is_session || language.split(' ').next() == Some("sh"));
        } else if is_block {
            let is_command = is_shell && line.contains("mlsearch ");
            let is_command = is_command && (!is_session || line.starts_with("$ "));
            commands.extend(is_command.then_some(line.trim_start_matches("$ ")));
        } else {
            let code = line.split('`').skip(1).step_by(2);
            commands.extend(code.filter(|code| code.starts_with("mlsearch ")));
        }
    }
    commands
}

/// What zsh and fish would read as a pattern in a command: characters outside of quotation marks and
/// comments.
fn patterns(command: &str) -> Vec<char> {
    let (mut quote, mut before, mut found) = (None, ' ', Vec::new());
    for c in command.chars() {
        match quote {
            Some(mark) if c == mark => quote = None,
            Some(_) => {}
            None if c == '#' && before == ' ' => break,
            None if matches!(c, '\'' | '"') => quote = Some(c),
            None if matches!(c, '*' | '?' | '[' | '(' | '{') && before != '\\' => found.push(c),
            None => {}
        }
        before = c;
    }
    found
}

#[test]
fn the_commands_in_the_docs_are_read_alike_by_all_shells() {
    assert_eq!(patterns("mlsearch deplo* 'a*' \"b?\" \\[ # what?"), ['*']);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let markdown = docs.filter(|path| path.extension().is_some_and(|suffix| suffix == "md"));
    for path in markdown.chain([root.join("README.md"), root.join("CHANGELOG.md")]) {
        for command in commands(&fs::read_to_string(&path).unwrap()) {
            // `mlsearch facets [NAME]` is the form of a command.
            let found = patterns(&command.replace("[NAME]", "NAME"));
            assert!(found.is_empty(), "{}: {command}: {found:?}", path.display());
        }
    }
    for args in [&["--help"][..], &["list", "--help"], &["check", "--help"], &["init", "--help"]] {
        let help = Run::of(program().args(args)).stdout;
        let examples = help.lines().filter(|line| line.starts_with("  mlsearch "));
        for example in examples {
            let command = example.trim_start().split("  ").next().unwrap();
            assert!(patterns(command).is_empty(), "{args:?}: {command}");
        }
    }
}
