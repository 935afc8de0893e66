//! The state of links over days, and the patch for the files of the lists. The clock is ours.

use std::{
    fs,
    sync::atomic::{AtomicI64, Ordering},
};

use jiff::Timestamp;
use mlsearch::{
    inspect::{self, DeadEntries, LinkState, Patch, Patience},
    update::Options,
};

use crate::{
    maintainer::Repository,
    program,
    time::{LocalCollection, article, clock, day},
    web::{Answer, Web},
};

#[test]
fn links_are_judged_over_days_and_fixed() {
    clock!(now, DAYS);
    let local = LocalCollection::new(now, &DAYS);
    local.list(&["/ok", "/gone", "/wall", "/moved", "/shell", "/late"]);
    for path in ["/ok", "/gone", "/late", "/new"] {
        local.put(path, "one");
    }
    local.web.put("/wall", Answer::status(403));
    local.web.put("/moved", Answer::status(301).with("Location", "/new"));
    local.web.put("/shell", Answer::html("<html><body><div id=root></div></body></html>"));
    let forced = Options { refresh: true, force: true, ..local.options.clone() };
    local.update_with(0, &forced);
    let check = |expected: &[&str]| {
        let links = inspect::links(&local.collection(), Patience::Usual, now()).unwrap();
        let dead = |dead: bool| if dead { " dead" } else { "" };
        let found = links.iter().map(|link| format!("{}{}", link.state, dead(link.dead)));
        assert_eq!(found.collect::<Vec<_>>(), expected);
    };
    check(&["ok", "ok", "blocked", "moved", "empty", "ok"]);
    local.web.put("/gone", Answer::status(404));
    local.update_with(1, &forced);
    check(&["ok", "gone", "blocked", "moved", "empty", "ok"]);
    local.update_with(2, &forced);
    local.web.put("/late", Answer::status(410));
    local.update_with(3, &forced);
    check(&["ok", "gone dead", "blocked", "moved", "empty", "gone"]);

    let links = inspect::links(&local.collection(), Patience::Usual, now()).unwrap();
    assert_eq!((links[1].failures, links[1].failing_since), (3, Some(day(1))));
    let Patch { files, unpatched, .. } =
        inspect::patch(&local.collection(), &links, DeadEntries::Left).unwrap();
    assert_eq!(unpatched, []);
    assert_eq!((files.len(), files[0].path.to_str()), (1, Some("list.md")));
    let new = files[0].old.replace("/moved)", "/new)");
    assert_eq!(files[0].new, new);

    let dir = local.dir.path().to_str().unwrap();
    let run =
        |args: &[&str]| program::Run::of(program::program().args(["--index", dir]).args(args));
    let patch = run(&["check", "--patch"]);
    assert_eq!(patch.code, 0, "{}", patch.stderr);
    assert!(patch.stdout.contains("\n--- a/list.md\n+++ b/list.md\n@@ "), "{}", patch.stdout);
    assert!(patch.stdout.contains("\n-- [On moved]("), "{}", patch.stdout);
    assert!(!patch.stdout.contains("\n-- [On gone]("), "{}", patch.stdout);
    let removed = run(&["check", "--patch", "--remove-dead"]).stdout;
    assert!(removed.contains("\n-- [On gone]("), "{removed}");
    assert!(
        !removed.contains("\n+- [On gone](") && !removed.contains("\n-- [On late]("),
        "{removed}"
    );
    let alone = run(&["check", "--remove-dead"]);
    assert_eq!(alone.code, 2, "{}", alone.stdout);
    let text = run(&["check"]);
    let counts = "6 links: 1 ok, 1 moved, 1 blocked, 2 gone, 1 empty; 1 of them dead\n";
    assert!(text.stdout.ends_with(counts), "{}", text.stdout);
    let dead: Vec<&str> = text.stdout.lines().filter(|line| line.contains(" dead, ")).collect();
    assert!(matches!(dead[..], [line] if line.contains("3 times since")), "{}", text.stdout);
    // There is an object for each link that is printed as text.
    for (args, links) in [(&["check"][..], 5), (&["check", "--all"], 6)] {
        let text = run(args).stdout;
        let rows = text.lines().filter(|line| !line.starts_with(' ')).count() - 1;
        let json = run(&[args, &["--json"]].concat()).stdout;
        assert_eq!((rows, json.lines().count()), (links, links), "{text}{json}");
    }
    assert_eq!((text.code, run(&["check", "--strict"]).code), (0, 1));

    local.put("/gone", "back");
    local.put("/late", "back");
    local.update_with(4, &forced);
    // A link that has moved is there to be fixed, too.
    assert_eq!(run(&["check", "--strict"]).code, 1);
    local.list(&["/ok", "/gone", "/wall", "/shell", "/late"]);
    assert_eq!(run(&["check", "--strict"]).code, 0);
}

#[test]
fn a_move_is_noticed_though_the_page_is_unchanged() {
    clock!(now, DAYS);
    let local = LocalCollection::new(now, &DAYS);
    let new = Web::start();
    let target = format!("{}/a", new.origin());
    local.list(&["/a"]);
    local.put("/a", "one");
    local.update_with(0, &local.options);
    new.put("/a", article("/a", "one").with("ETag", "\"one\""));
    local.web.put("/a", Answer::status(301).with("Location", &target));
    for number in [1, 2] {
        let options = Options { refresh: true, ..local.options.clone() };
        assert_eq!(local.update_with(number, &options).changed, 0);
        let links = inspect::links(&local.collection(), Patience::Usual, now()).unwrap();
        assert_eq!((links[0].state, links[0].status), (LinkState::Moved, Some(304)));
        let patch = inspect::patch(&local.collection(), &links, DeadEntries::Left).unwrap();
        assert!(patch.files[0].new.contains(&format!("({target})")));
    }
}

#[test]
fn a_patch_is_for_files_within_the_collection() {
    clock!(now, DAYS);
    let local = LocalCollection::new(now, &DAYS);
    let outside = tempfile::tempdir().unwrap();
    let outer = outside.path().join("outer.md").display().to_string();
    let settings = format!(
        "[[list]]\nsource = \"./csv\"\n[[list]]\nsource = '{outer}'\n[crawl]\narchive = false\n"
    );
    fs::write(local.dir.path().join("mlsearch.toml"), settings).unwrap();
    let url = |path: &str| format!("{}{path}", local.web.origin());
    let csv = format!("title,url\n\"CSV, one\",{}\nfront,{}\n", url("/1"), url("/2"));
    fs::write(local.dir.path().join("csv"), csv).unwrap();
    fs::write(&outer, format!("- [One]({})\n", url("/1"))).unwrap();
    for (path, target) in [("/1", "/new,1"), ("/2", "/")] {
        local.web.put(path, Answer::status(301).with("Location", target));
        local.put(target, "one");
    }
    local.update_with(0, &local.options);
    let dir = local.dir.path().to_str().unwrap();
    let run = program::Run::of(program::program().args(["--index", dir, "check", "--patch"]));
    let patch = format!(
        "diff --git a/csv b/csv\n--- a/csv\n+++ b/csv\n@@ -1,3 +1,3 @@\n title,url\n-\"CSV, one\",{}\n\
         +\"CSV, one\",\"{}\"\n front,{}\n",
        url("/1"),
        url("/new,1"),
        url("/2")
    );
    assert_eq!(run.stdout, patch, "{}", run.stderr);
    let by_hand = format!(
        "by hand in `{outer}`, which is outside of `{}`: {}, now at {}\n",
        fs::canonicalize(dir).unwrap().display(),
        url("/1"),
        url("/new,1")
    );
    assert!(run.stderr.contains(&by_hand), "{}", run.stderr);
}

#[test]
fn the_links_of_a_file_are_checked_without_a_collection() {
    let repository = Repository::new("docs/list.md", &["/ok", "/gone", "/moved", "/wall"]);
    repository.moves("/moved", "/new");
    repository.web.put("/gone", Answer::status(404));
    repository.web.put("/wall", Answer::status(403));
    let closed = "- [Closed](http://127.0.0.1:9/)\n";
    repository.write("docs/list.md", &format!("{}{closed}", repository.read("docs/list.md")));
    let net = ["--delay", "0", "--allow-net", "127.0.0.0/8"];
    let run = |args: &[&str]| repository.run_in("", &[&["check"], args, &net].concat());
    let checked = run(&["docs/list.md"]);
    let counts = "5 links: 1 ok, 1 moved, 1 blocked, 1 gone, 1 unreachable; 2 of them dead\n";
    assert!(checked.stdout.ends_with(counts), "{}{}", checked.stdout, checked.stderr);
    assert!(checked.stdout.contains("/new, list:7\n"), "{}", checked.stdout);
    assert_eq!(checked.code, 0);
    assert_eq!(run(&["docs/list.md", "--strict"]).code, 1);
    let json = run(&["docs/list.md", "--json"]).stdout;
    assert!(json.lines().count() == 4 && json.contains("\"state\":\"gone\""), "{json}");

    let patch = run(&["docs/list.md", "--patch"]);
    assert!(patch.stdout.contains("\n+++ b/docs/list.md\n"), "{}", patch.stdout);
    assert_eq!(patch.stdout.matches("\n+").count(), 2, "{}", patch.stdout);
    // Nothing was made of it but what was printed.
    assert_eq!(repository.git(&["status", "--short"]), " M docs/list.md\n");
    assert!(!repository.root().join("index").exists());

    repository.write("docs/list.md", &format!("- {}\n", repository.link("/ok")));
    let clean = run(&["docs/list.md", "--strict", "--patch"]);
    assert_eq!((clean.code, clean.stdout.as_str()), (0, ""), "{}", clean.stderr);
    for args in [&["none.md"][..], &["-", "--patch"], &["https://a.example/", "--patch"]] {
        let wrong = run(args);
        assert_eq!((wrong.code, wrong.stdout.as_str()), (2, ""), "{args:?}");
        assert!(wrong.stderr.contains("hint: "), "{}", wrong.stderr);
    }
}
