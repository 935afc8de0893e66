//! `check --changed-since`: what a change of a list adds, with git and the program as they are.

use crate::{
    maintainer::Repository,
    program::{Run, program},
    web::Answer,
};

/// The options with which pages on loopback are visited.
const NET: [&str; 4] = ["--delay", "0", "--allow-net", "127.0.0.0/8"];

fn check(repository: &Repository, args: &[&str]) -> Run {
    repository.run_in("", &[&["check"], args, &NET].concat())
}

/// Adds a line to a list.
fn add(repository: &Repository, list: &str, line: &str) {
    repository.write(list, &format!("{}{line}\n", repository.read(list)));
}

/// The fields of the entries of a report, one line each.
fn entries(json: &str, fields: &[&str]) -> Vec<String> {
    let report: serde_json::Value = serde_json::from_str(json).unwrap();
    let entries = report["entries"].as_array().unwrap().iter();
    let text = |entry: &serde_json::Value| {
        let values: Vec<String> = fields.iter().map(|field| entry[*field].to_string()).collect();
        values.join(" ").replace('"', "")
    };
    entries.map(text).collect()
}

#[test]
fn only_what_is_added_or_changed_is_visited() {
    let repository = Repository::new("docs/ö list.md", &["/one", "/two", "/three"]);
    let list = "docs/ö list.md";
    repository.web.put("/three", Answer::status(404));
    let changed = repository.read(list).replace("[On two]", "[More on two]");
    repository.write(list, &changed);
    repository.web.put("/new", crate::time::article("new", "new"));
    add(&repository, list, &format!("- {}", repository.link("/new")));
    add(&repository, list, &format!("- {}", repository.link("/bad")));
    add(&repository, list, &format!("- {}", repository.link("/one")));
    repository.web.take_seen();
    let run = check(&repository, &[list, "--changed-since", "HEAD", "--report", "json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let fields = ["change", "title", "state", "article", "provenance"];
    let expected = [
        "changed More on two ok true full text",
        "added On new ok true full text",
        "added On bad gone null list only",
        "added On one ok true full text",
    ];
    assert_eq!(entries(&run.stdout, &fields), expected);
    assert!(run.stdout.contains("same address as in line 5"), "{}", run.stdout);
    assert!(repository.web.take_seen().iter().all(|seen| seen.url != "/three"));

    let failing = check(&repository, &[list, "--changed-since", "HEAD", "--fail-on", "new"]);
    assert_eq!((failing.code, failing.stdout.as_str()), (1, ""), "{}", failing.stderr);
    repository.commit();
    let clean = check(&repository, &[list, "--changed-since", "HEAD", "--fail-on", "new"]);
    assert_eq!(clean.code, 0, "{}", clean.stderr);
    // What the other branch got since the two have parted is no change of this one.
    repository.git(&["branch", "base"]);
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    add(&repository, list, &format!("- {}", repository.link("/new?topic")));
    repository.commit();
    repository.git(&["checkout", "--quiet", "base"]);
    let less = repository.read(list).replace(&format!("- {}\n", repository.link("/bad")), "");
    repository.write(list, &less);
    repository.commit();
    repository.git(&["checkout", "--quiet", "topic"]);
    let parted = check(&repository, &[list, "--changed-since", "base", "--report", "json"]);
    assert_eq!(entries(&parted.stdout, &["change", "title"]), ["added On new?topic"]);
    repository.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    // Without a report the links of the change are printed.
    let text = check(&repository, &[list, "--changed-since", "HEAD~1", "--strict"]);
    assert!(text.stdout.ends_with("4 links: 3 ok, 1 gone; 1 of them dead\n"), "{}", text.stdout);
    assert_eq!(text.code, 1);
}

#[test]
fn a_report_is_written_in_several_forms_and_says_what_is_no_article() {
    let repository = Repository::new("README.md", &["/one"]);
    let shell = "<html><body><div id=root></div></body></html>";
    repository.web.put("/shell", Answer::html(shell));
    repository.web.put("/wall", Answer::status(403));
    repository.moves("/moved", "/there");
    for path in ["/shell", "/wall", "/moved"] {
        add(&repository, "README.md", &format!("- {}", repository.link(path)));
    }
    let to = ["--report", "json=report.json", "--report", "markdown=report.md"];
    let args = [&["README.md", "--changed-since", "HEAD", "--fail-on", "new"][..], &to].concat();
    let run = check(&repository, &args);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    let expected = ["empty false list only", "blocked null list only", "moved true full text"];
    assert_eq!(
        entries(&repository.read("report.json"), &["state", "article", "provenance"]),
        expected
    );
    let text = repository.read("report.md");
    assert!(text.starts_with("### 3 entries added, 0 changed\n\n| entry | company |"), "{text}");
    assert!(text.contains("3 links: **0** new and dead, 1 moved, 1 blocked"), "{text}");
}

#[test]
fn a_report_of_files_speaks_of_one_visit() {
    let repository = Repository::new("README.md", &["/one", "/bad"]);
    repository.web.put("/bad", Answer::status(404));
    let run = check(&repository, &["README.md", "--report", "markdown"]);
    let text = run.stdout;
    assert!(text.starts_with("2 links: **1** dead, 0 moved, 0 blocked"), "{text}");
    assert!(text.contains("\nEach link was visited once: "), "{text}");
    assert!(text.contains("\n### Dead\n"), "{text}");
    assert!(!text.contains("confirmed") && !text.contains("several"), "{text}");
    // A failure that is asked for and can never come is told.
    let lost = check(&repository, &["README.md", "--fail-on", "new"]);
    assert_eq!((lost.code, lost.stdout.as_str()), (2, ""));
    let expected = "error: `--fail-on new` is about what a change adds, and no change is named\n\
                    hint: run `mlsearch check README.md --changed-since origin/main --fail-on new`";
    assert!(lost.stderr.starts_with(expected), "{}", lost.stderr);
    assert_eq!(check(&repository, &["README.md", "--fail-on", "confirmed"]).code, 1);
}

#[test]
fn a_finding_belongs_to_a_change_when_either_of_two_places_is_new() {
    let names = ["ants", "bees", "cats", "dogs", "eels", "foxes", "goats", "hares"];
    let paths = names.map(|name| format!("/{name}"));
    let repository = Repository::new("README.md", &paths.each_ref().map(String::as_str));
    let list = repository.read("README.md");
    let problems = |lines: &[(&str, &str)]| {
        let mut list = list.clone();
        for (before, line) in lines {
            list = list.replace(before, &format!("- {line}\n{before}"));
        }
        repository.write("README.md", &list);
        let run = check(&repository, &["README.md", "--changed-since", "HEAD", "--report", "json"]);
        entries(&run.stdout, &["title", "problems"])
    };
    let origin = repository.web.origin();
    let private = format!("`{origin}/x` is on this machine or in a private network");
    // Above the old entry, below it, and of its title alone; the old one is at line 9.
    let eels = format!("- {}", repository.link("/eels"));
    let twin = format!("[Of eels]({origin}/eels/) - words");
    let found = problems(&[(&eels, &twin)]);
    let told = "same address as in line 10 but for the scheme, `www.` or a slash at the end";
    assert!(found.len() == 1 && found[0].contains(told), "{found:?}");
    let foxes = format!("- {}", repository.link("/foxes"));
    let found = problems(&[(&foxes, &twin)]);
    let told = "same address as in line 9 but for the scheme, `www.` or a slash at the end";
    assert!(found.len() == 1 && found[0].contains(told), "{found:?}");
    let found = problems(&[(&eels, &format!("[On eels]({origin}/x) - words"))]);
    let expected = format!("On eels [{private},same title as in line 10, with another address]");
    assert_eq!(found, [expected.as_str()]);
    // Of two that are new the later one tells of it.
    let found = problems(&[(&eels, &format!("[One]({origin}/x) - words")), (&foxes, &twin)]);
    assert!(!found[0].contains("same"), "{found:?}");
    // The order that the new one breaks may be told of the old one.
    let bees = format!("- {}", repository.link("/bees"));
    let out = "out of the order of its section, which is by title";
    let found = problems(&[(&bees, &format!("[On aardvarks]({origin}/x) - words"))]);
    assert_eq!(found, [format!("On aardvarks [{private},{out}]")]);
    let found = problems(&[(&bees, &format!("[On bears]({origin}/x) - words"))]);
    assert_eq!(found, [format!("On bears [{private}]")]);
}

#[test]
fn without_a_network_nothing_is_called_dead() {
    let repository = Repository::new("README.md", &[]);
    add(
        &repository,
        "README.md",
        "- [Old](http://127.0.0.2:9/)\n- [Old, too](http://127.0.0.3:9/)",
    );
    repository.commit();
    add(&repository, "README.md", "- [New](http://127.0.0.4:9/)");
    let args = ["README.md", "--changed-since", "HEAD", "--report", "markdown", "--fail-on", "new"];
    let down = check(&repository, &args);
    assert_eq!(down.code, 2, "{}", down.stdout);
    assert!(down.stdout.contains("**No network: nobody has answered"), "{}", down.stdout);
    assert!(down.stdout.contains("**0** new and dead"), "{}", down.stdout);
    assert!(down.stderr.contains("no network: the links could not be visited\nhint: "));
    // One of the others answers, though with an error: the host of the new one is dead.
    add(&repository, "README.md", &format!("- {}", repository.link("/any")));
    repository.commit();
    add(&repository, "README.md", "- [Newer](http://127.0.0.5:9/)");
    let dead = check(&repository, &args);
    assert_eq!(dead.code, 1, "{}{}", dead.stdout, dead.stderr);
    assert!(dead.stdout.contains("**1** new and dead"), "{}", dead.stdout);
}

#[test]
fn what_is_no_revision_is_said_and_is_never_an_option() {
    let repository = Repository::new("README.md", &["/one"]);
    let wrong = |args: &[&str], expected: &str| {
        let run = check(&repository, args);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}");
        assert!(run.stderr.contains(expected), "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains("\nhint: "), "{args:?}: {}", run.stderr);
    };
    wrong(&["README.md", "--changed-since", "nosuch"], "no revision `nosuch`");
    wrong(&["README.md", "--changed-since=--git-dir=/tmp"], "is no name of a revision");
    wrong(&["README.md", "--changed-since=-h"], "is no name of a revision");
    wrong(&["README.md", "--changed-since", "HEAD:README.md"], "no revision `HEAD:README.md`");
    wrong(&["-", "--changed-since", "HEAD"], "it is no file");
    wrong(&["none.md", "--changed-since", "HEAD"], "none.md");
    let outside = Repository::without_git("README.md", &["/one"]);
    let outer = outside.root().join("README.md").display().to_string();
    wrong(&[&outer, "--changed-since", "HEAD"], "is in no git repository");
    wrong(&["README.md", &outer, "--changed-since", "HEAD"], "not in the repository of the others");
}

#[test]
fn a_list_that_the_revision_has_not_is_new_as_a_whole() {
    let repository = Repository::new("README.md", &["/one", "/two"]);
    repository.write("more.md", &format!("- {}\n", repository.link("/one")));
    let args = ["README.md", "more.md", "--changed-since", "HEAD", "--report", "json"];
    let run = check(&repository, &args);
    assert_eq!(entries(&run.stdout, &["change", "title"]), ["added On one"], "{}", run.stderr);
    // What moves from one list to another is no change, nor is another name of a list.
    repository.commit();
    let readme = repository.read("README.md");
    let two = format!("- {}\n", repository.link("/two"));
    repository.write("README.md", &readme.replace(&two, ""));
    add(&repository, "more.md", two.trim_end());
    assert_eq!(entries(&check(&repository, &args).stdout, &["title"]), [""; 0]);
    repository.git(&["mv", "README.md", "list.md"]);
    let renamed = ["list.md", "more.md", "--changed-since", "HEAD", "--report", "json"];
    let run = check(&repository, &renamed);
    assert_eq!(entries(&run.stdout, &["title"]), [""; 0], "{}", run.stderr);
}

#[test]
fn an_old_link_of_which_something_else_is_said_is_no_new_one() {
    let repository = Repository::new("README.md", &["/one"]);
    repository.web.put("/one", Answer::status(404));
    repository
        .write("README.md", &repository.read("README.md").replace("[On one]", "[More on one]"));
    let args = ["README.md", "--changed-since", "HEAD", "--fail-on", "new", "--report", "json"];
    let run = check(&repository, &args);
    assert_eq!(entries(&run.stdout, &["change", "state"]), ["changed gone"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
}

#[test]
fn what_git_cannot_read_is_an_error_and_no_new_list() {
    let repository = Repository::new("README.md", &["/one"]);
    let blob = repository.git(&["rev-parse", "HEAD:README.md"]);
    let (folder, file) = blob.trim().split_at(2);
    std::fs::remove_file(repository.root().join(".git/objects").join(folder).join(file)).unwrap();
    let run = check(&repository, &["README.md", "--changed-since", "HEAD"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stderr.contains("git cannot read `README.md` of "), "{}", run.stderr);
}

#[test]
fn lint_visits_the_links_when_it_is_asked_to() {
    let repository = Repository::new("README.md", &["/one", "/gone", "/moved"]);
    repository.web.put("/gone", Answer::status(404));
    repository.moves("/moved", "/there");
    let lint = ["list", "--lint", "--strict", "README.md"];
    let private = "is on this machine or in a private network";
    let findings = |run: &Run| -> Vec<String> {
        let lines = run.stdout.lines().filter(|line| !line.contains(private));
        lines.map(|line| line.replace(&repository.web.origin(), "")).collect()
    };
    repository.web.take_seen();
    let offline = repository.run_in("", &lint);
    assert_eq!(findings(&offline), [""; 0]);
    assert_eq!(repository.web.count_seen(), 0);
    let online = repository.run_in("", &[&lint[..], &["--online"], &NET].concat());
    let expected = [
        "README.md:6: `/gone` is gone: 404: not there On gone",
        "README.md:7: moved for good, now at `/there` On moved",
    ];
    assert_eq!((findings(&online), online.code), (expected.map(str::to_owned).to_vec(), 1));
}

#[test]
fn the_hooks_for_pre_commit_run_what_there_is() {
    let repository = Repository::without_git("README.md", &[]);
    let hooks = concat!(env!("CARGO_MANIFEST_DIR"), "/.pre-commit-hooks.yaml");
    let hooks = std::fs::read_to_string(hooks).unwrap();
    let entries: Vec<&str> =
        hooks.lines().filter_map(|line| line.strip_prefix("  entry: mlsearch ")).collect();
    assert_eq!(entries.len(), hooks.matches("- id: ").count());
    let one = "- [One](https://a.example/1)\n";
    for (list, code) in [(one.to_owned(), 0), (one.repeat(2), 1)] {
        repository.write("README.md", &list);
        repository.write("more.md", one);
        for entry in &entries {
            let words: Vec<&str> = entry.split(' ').chain(["README.md", "more.md"]).collect();
            assert_eq!(repository.run_in("", &words).code, code);
        }
    }
}

#[test]
fn lint_knows_dates_to_come_and_the_order_of_a_section() {
    let repository = Repository::without_git("README.md", &[]);
    let mut list = "# L\n\n## By title\n\n".to_owned();
    for title in ["Ants", "Bees", "Cats", "Zebras", "Dogs", "Eels", "Foxes", "Goats", "Hares"] {
        list.push_str(&format!("- [{title}](https://a.example/{title})\n"));
    }
    list.push_str("\n## By date\n\n");
    for year in [2099, 2024, 2023, 2022, 2021, 2020, 2019, 2018] {
        list.push_str(&format!("- [Of {year}](https://a.example/{year}) ({year}-03-01)\n"));
    }
    repository.write("README.md", &list);
    let run = repository.run_in("", &["list", "--lint", "--strict", "README.md"]);
    let expected = "README.md:8: out of the order of its section, which is by title Zebras\n\
                    README.md:17: the date 2099-03-01 is still to come Of 2099\n";
    assert_eq!((run.stdout.as_str(), run.code), (expected, 1), "{}", run.stderr);
}

#[test]
fn lint_goes_on_when_a_list_cannot_be_read() {
    let repository = Repository::new("README.md", &["/one"]);
    repository.write("twice.md", &"- [One](https://a.example/1)\n".repeat(2));
    repository.write("odd.md", "%PDF-1.7\n%\u{0}\n");
    let lists = ["none.md", "twice.md", "odd.md", "README.md", "."];
    let run = repository.run_in("", &[&["list", "--lint", "--strict"], &lists[..]].concat());
    assert_eq!(run.code, 2, "{}", run.stderr);
    let found: Vec<&str> = run.stdout.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(found, ["twice.md:2:", "README.md:5:"]);
    let errors: Vec<&str> = run.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
    assert!(errors.len() == 3 && errors[1].contains("odd.md"), "{}", run.stderr);
    assert_eq!((errors[0], errors[2]), ("error: no file `none.md`", "error: `.` is a folder"));
    // The entries of the others are printed, too, and what is found offline is not lost when nobody
    // answers.
    let entries = repository.run_in("", &["list", "none.md", "README.md"]);
    assert!(entries.code == 2 && entries.stdout.contains("On one"), "{}", entries.stdout);
    let closed = [2, 3, 4].map(|host| format!("- [Host {host}](http://host{host}.example/)\n"));
    repository.write("closed.md", &closed.concat().repeat(2));
    let mut command = program();
    // Beyond loopback there is nothing: port 9 has no listener.
    command.env("HTTP_PROXY", "http://127.0.0.1:9").env("NO_PROXY", "127.0.0.0/8");
    command.args(["list", "--lint", "--online", "closed.md", "README.md"]).args(NET);
    let run = Run::of(command.current_dir(repository.root()));
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stdout.contains("closed.md:4: same address"), "{}", run.stdout);
    assert!(run.stdout.contains("README.md:5: "), "{}", run.stdout);
    assert!(run.stderr.contains("no network: the links could not be visited"), "{}", run.stderr);
    // Of lists that are to be visited each one is named before anybody is asked.
    repository.web.take_seen();
    let visited = check(&repository, &["none.md", "README.md", "gone.md"]);
    assert_eq!((visited.code, repository.web.count_seen()), (2, 0), "{}", visited.stdout);
    for name in ["no file `none.md`", "no file `gone.md`"] {
        assert!(visited.stderr.contains(name), "{}", visited.stderr);
    }
}
