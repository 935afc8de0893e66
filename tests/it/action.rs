//! The action for people who keep a list: its scripts in a real bash, with git and the program as they
//! are, pages and GitHub on loopback.

mod github;
mod runner;
mod steps;

use std::{
    fs,
    process::Command,
    sync::atomic::{AtomicI64, Ordering},
};

use jiff::Timestamp;

use crate::{
    action::runner::{Outcome, Runner},
    time::{article, clock, day},
    web::Answer,
};

/// The exit code and the numbers of a run.
#[track_caller]
fn check(run: &Outcome, code: i32, numbers: [(&str, &str); 4]) {
    let found = numbers.map(|(name, _)| (name, run.outputs.get(name).map_or("", String::as_str)));
    assert_eq!((run.code, found), (code, numbers), "{}\n{}", run.log, run.summary);
}

fn numbers<'n>(
    added: &'n str,
    new: &'n str,
    confirmed: &'n str,
    moved: &'n str,
) -> [(&'n str, &'n str); 4] {
    [("added", added), ("broken-new", new), ("broken-confirmed", confirmed), ("moved", moved)]
}

/// The list with a link that was gone at four visits over nine days.
fn with_old_rot(runner: &Runner, clock: fn() -> Timestamp, days: &AtomicI64) {
    for number in [0, 3, 6, 9] {
        days.store(number, Ordering::SeqCst);
        let page = if number == 0 { article("/old", "old") } else { Answer::status(404) };
        runner.repository.web.put("/old", page);
        runner.visited_at(clock);
    }
    days.store(13, Ordering::SeqCst);
    runner.visited_at(clock);
}

#[test]
fn a_pull_request_fails_for_the_dead_link_that_it_adds() {
    let Some(runner) = Runner::new(&["/one"]) else { return };
    runner.repository.web.put("/good", article("/good", "good"));
    let lines = ["/good", "/dead"].map(|path| format!("- {}", runner.repository.link(path)));
    let base = runner.add(&lines.join("\n"));
    let run = runner.run("pull_request", &base, &[]);
    check(&run, 1, numbers("2", "1", "0", "0"));
    let origin = runner.repository.web.origin();
    let table = format!(
        "### 2 entries added, 0 changed\n\n| entry | company | date | link | an article? | text |\n\
         |---|---|---|---|---|---|\n\
         | [On good](<{origin}/good>) | – | – | ok | yes | full text |\n\
         | [On dead](<{origin}/dead>) | – | – | **gone**: 404: not there | – | list only |\n"
    );
    assert!(run.summary.starts_with(&table), "{}", run.summary);
    assert!(run.summary.contains("**1** new and dead, **0** confirmed dead"), "{}", run.summary);
    assert_eq!(runner.github.take_changes(), [""; 0]);
    // Whoever wants to know and not to fail says so.
    assert_eq!(runner.run("pull_request", &base, &[("fail-on", "never")]).code, 0);
    let report = fs::read_to_string(&run.outputs["report"]).unwrap();
    assert_eq!(report, run.summary);
}

#[test]
fn old_rot_fails_no_pull_request_and_is_told_in_one_issue() {
    clock!(now, DAYS);
    let Some(runner) = Runner::new(&["/one", "/old"]) else { return };
    with_old_rot(&runner, now, &DAYS);
    runner.github.add_issue("<!-- mlsearch: broken links -->\nmine", "stranger", "NONE");
    runner.repository.web.put("/good", article("/good", "good"));
    let base = runner.add(&format!("- {}", runner.repository.link("/good")));
    check(&runner.run("pull_request", &base, &[]), 0, numbers("1", "0", "1", "0"));
    check(
        &runner.run("pull_request", &base, &[("fail-on", "confirmed")]),
        1,
        numbers("1", "0", "1", "0"),
    );
    assert_eq!(runner.github.take_changes(), [""; 0]);

    let run = runner.run("schedule", "", &[]);
    check(&run, 0, numbers("0", "0", "1", "0"));
    assert_eq!(runner.github.take_changes(), ["POST issues"], "{}", run.log);
    let body = |number: usize| runner.github.issues()[number]["body"].as_str().unwrap().to_owned();
    let origin = runner.repository.web.origin();
    let row = format!(
        "| [On old](<{origin}/old>) (my things, line 6) | gone: 404: not there | 2023-11-17, "
    );
    assert!(body(1).contains(&row), "{}", body(1));
    // The next run edits it, and the one after the last repair closes it.
    runner.run("schedule", "", &[]);
    assert_eq!(runner.github.take_changes(), ["PATCH issues/2"]);
    runner.repository.web.put("/old", article("/old", "back"));
    check(&runner.run("schedule", "", &[("mode", "full")]), 0, numbers("0", "0", "0", "0"));
    assert_eq!(runner.github.take_changes(), ["PATCH issues/2"]);
    assert_eq!(runner.github.issues()[1]["state"], "closed");
    assert!(body(1).contains("No link is dead and none has moved"), "{}", body(1));
    // A clean list opens none, and the issue of somebody else stays as it is.
    runner.run("schedule", "", &[("mode", "full")]);
    assert_eq!(runner.github.take_changes(), [""; 0]);
    assert_eq!(
        (body(0).as_str(), runner.github.issues().len()),
        ("<!-- mlsearch: broken links -->\nmine", 2)
    );
}

#[test]
fn moved_links_are_fixed_in_one_pull_request_of_one_branch() {
    let Some(runner) = Runner::new(&["/one", "/two"]) else { return };
    runner.repository.moves("/one", "/eins");
    let patch = [("patch", "true")];
    let run = runner.run("schedule", "", &patch);
    check(&run, 0, numbers("0", "0", "0", "1"));
    assert_eq!(runner.github.take_changes(), ["POST issues", "POST pulls"], "{}", run.log);
    let origin = runner.repository.web.origin();
    let row = format!("(<{origin}/one>) (my things, line 5) | [");
    assert!(run.summary.contains("### Moved for good\n\n| link | now at |\n"), "{}", run.summary);
    assert!(run.summary.contains(&row), "{}", run.summary);
    let branch = "mlsearch/moved-links";
    let commit = || {
        runner.repository.git(&["fetch", "--quiet", "origin", branch]);
        runner.repository.git(&["rev-parse", "FETCH_HEAD"])
    };
    let first = commit();
    let diff = runner.repository.git(&["diff", "--unified=0", "HEAD", "FETCH_HEAD"]);
    let new = format!("\n+- {}\n", runner.repository.link("/one").replace("/one)", "/eins)"));
    assert!(diff.ends_with(&new) && diff.matches("\n+").count() == 2, "{diff}");
    assert_eq!(runner.github.pulls()[0]["base"], "main");
    // The work tree is as it was, and the next run does nothing again.
    assert_eq!(runner.repository.git(&["status", "--short"]), "");
    runner.run("schedule", "", &patch);
    assert_eq!(
        (commit(), runner.github.take_changes()),
        (first, ["PATCH issues/1", "PATCH pulls/1"].map(str::to_owned).to_vec())
    );
    // One more is one more line in the branch, not another branch.
    runner.repository.moves("/two", "/zwei");
    runner.run("schedule", "", &[("patch", "true"), ("mode", "full")]);
    commit();
    let diff = runner.repository.git(&["diff", "--unified=0", "HEAD", "FETCH_HEAD"]);
    assert_eq!((diff.matches("\n+- ").count(), runner.github.pulls().len()), (2, 1));
    // What a person has put onto it is not thrown away.
    runner.repository.git(&["checkout", "--quiet", "FETCH_HEAD"]);
    runner.repository.write("more", "more");
    runner.repository.commit();
    runner.repository.git(&["push", "--quiet", "origin", &format!("HEAD:refs/heads/{branch}")]);
    let theirs = runner.head();
    runner.repository.git(&["checkout", "--quiet", "main"]);
    runner.repository.moves("/two", "/deux");
    let left = runner.run("schedule", "", &[("patch", "true"), ("mode", "full")]);
    assert!(left.log.contains("has a commit of somebody else"), "{}", left.log);
    assert_eq!(commit().trim(), theirs);
}

#[test]
fn a_pull_request_is_closed_when_it_is_done_and_not_opened_again_when_it_was_declined() {
    let Some(runner) = Runner::new(&["/one", "/two"]) else { return };
    runner.repository.moves("/one", "/eins");
    let all = [("patch", "true"), ("mode", "full"), ("issue", "false")];
    runner.run("schedule", "", &all);
    assert_eq!(runner.github.take_changes(), ["POST pulls"]);
    runner.github.close_pull(1);
    // Whatever else the list says since.
    runner.add("\n## More\n\nSome more words.");
    let declined = runner.run("schedule", "", &all);
    assert!(declined.log.contains("it is not opened again"), "{}", declined.log);
    assert_eq!(runner.github.take_changes(), [""; 0]);
    // Another address is another question, and answered by hand it is one no more.
    runner.repository.moves("/two", "/zwei");
    runner.run("schedule", "", &all);
    assert_eq!(runner.github.take_changes(), ["POST pulls"]);
    let list = runner.repository.read("README.md");
    runner
        .repository
        .write("README.md", &list.replace("/one)", "/eins)").replace("/two)", "/zwei)"));
    runner.repository.commit();
    let done = runner.run("schedule", "", &all);
    assert!(done.log.contains("closed pull request 2"), "{}", done.log);
    assert_eq!(runner.github.take_changes(), ["PATCH pulls/2"]);
    assert_eq!(runner.github.pulls()[1]["state"], "closed");
}

#[test]
fn only_the_default_branch_speaks_of_the_list() {
    let Some(runner) = Runner::new(&["/one"]) else { return };
    let check = |event: &str, base: &str, parts: &[(&str, &str)], expected: &str| {
        let own = [
            ("LIST", "index"),
            ("MODE", "auto"),
            ("STATE", "none"),
            ("BASE", base),
            ("DEFAULT_BRANCH", "main"),
            ("GITHUB_EVENT_NAME", event),
        ];
        let run = runner.step("prepare", &[&own, parts].concat());
        assert_eq!(run.code, 0, "{}", run.log);
        assert_eq!(run.outputs["writes"], expected, "{event} {parts:?}");
    };
    let (head, none) = (runner.head(), "0".repeat(40));
    check("schedule", "", &[], "true");
    check("workflow_dispatch", "", &[], "true");
    check("push", &none, &[], "true");
    check("push", &none, &[("GITHUB_REF", "refs/heads/wip")], "false");
    check("push", &none, &[("GITHUB_REF", "refs/tags/main")], "false");
    check("push", &head, &[], "false");
    check("pull_request", &head, &[], "false");
    check("pull_request", &head, &[("MODE", "full")], "false");
    check("merge_group", &head, &[("MODE", "schedule")], "false");
}

#[test]
fn a_clean_list_says_so_and_changes_nothing() {
    let Some(runner) = Runner::new(&["/one", "/two"]) else { return };
    let all = [("patch", "true"), ("state", "branch:mlsearch-state")];
    let run = runner.run("schedule", "", &all);
    check(&run, 0, numbers("0", "0", "0", "0"));
    assert!(
        run.summary.starts_with("2 links: **0** failing, **0** confirmed dead, 0 moved"),
        "{}",
        run.summary
    );
    assert_eq!(runner.github.take_changes(), [""; 0]);
    let base = runner.add("\n## More\n\nSome more words.");
    let pull = runner.run("pull_request", &base, &[("state", "branch:mlsearch-state")]);
    check(&pull, 0, numbers("0", "0", "0", "0"));
    assert!(pull.summary.contains("No entry of the list is new"), "{}", pull.summary);
    // What the visits have found is in a branch of its own, and comes back from it.
    runner.repository.git(&["fetch", "--quiet", "origin", "mlsearch-state"]);
    assert_eq!(runner.repository.git(&["ls-tree", "--name-only", "FETCH_HEAD"]), "pages.sqlite\n");
    fs::remove_file(runner.repository.root().join("index/pages.sqlite")).unwrap();
    let pull = runner.run("pull_request", &base, &[("state", "branch:mlsearch-state")]);
    assert!(
        pull.summary.contains("2 links: ") && pull.summary.contains("0 never visited"),
        "{}",
        pull.summary
    );
    // A branch with other files is not overwritten.
    let refused = runner.run("schedule", "", &[("state", "branch:main")]);
    assert_eq!(refused.code, 2, "{}", refused.log);
    assert!(refused.log.contains("the branch `main` has no pages.sqlite"), "{}", refused.log);
}

#[test]
fn without_a_network_nothing_is_said_and_the_issue_stays() {
    let Some(runner) = Runner::new(&[]) else { return };
    let closed = |host: u8| format!("- [Closed {host}](http://host{host}.example/)");
    runner.add(&[2, 3, 4].map(closed).join("\n"));
    runner.github.add_issue("<!-- mlsearch: broken links -->\nold", "github-actions[bot]", "NONE");
    let run = runner.run("schedule", "", &[]);
    check(&run, 2, numbers("0", "0", "0", "0"));
    assert!(run.summary.starts_with("**No network: nobody has answered."), "{}", run.summary);
    assert_eq!(runner.github.take_changes(), [""; 0]);
    let base = runner.add(&closed(5));
    let pull = runner.run("pull_request", &base, &[]);
    check(&pull, 2, numbers("1", "0", "0", "0"));
    assert!(
        pull.summary.contains("**No network: nobody has answered, so nothing is said"),
        "{}",
        pull.summary
    );
}

#[test]
fn what_a_pull_request_says_is_never_code_nor_syntax() {
    let Some(runner) = Runner::new(&["/one"]) else { return };
    let titles = [
        "$(touch pwned) `touch pwned` \"; touch pwned #",
        "::error::boom %0A::set-output name=added::7",
        "@octocat see #1 <img src=x> <!-- mlsearch: broken links --> | a | b",
        "![x](https://evil.example/x.png) www.evil.example",
    ];
    let path = |number: usize| format!("/p{number}?a=$(touch%20pwned)&b=`id`");
    let line = |(number, title): (usize, &&str)| {
        let title = title.replace('[', "\\[").replace(']', "\\]").replace('<', "&lt;");
        format!("- [{title}]({}{})", runner.repository.web.origin(), path(number))
    };
    let lines: Vec<String> = titles.iter().enumerate().map(line).collect();
    let base = runner.add(&lines.join("\n"));
    let run = runner.run("pull_request", &base, &[]);
    check(&run, 1, numbers("4", "4", "0", "0"));
    for forbidden in
        ["@octocat", "#1", "<img", "<!--", "![x]", "www.evil", "\n::", "$(touch pwned) `"]
    {
        assert!(!run.summary.contains(forbidden), "{forbidden}: {}", run.summary);
    }
    assert!(run.summary.contains("@&#8203;octocat see #&#8203;1 &lt;img"), "{}", run.summary);
    for row in run.summary.lines().filter(|line| line.starts_with("| [")) {
        let bars = row.replace(r"\|", "").matches('|').count();
        assert_eq!(bars, 7, "{row}");
    }
    // In a file on a schedule they reach the issue as little.
    runner.run("schedule", "", &[("days", "0")]);
    assert!(runner.repository.git(&["status", "--short"]).is_empty());
    for folder in [runner.repository.root(), runner.temporary().to_owned()] {
        assert!(!folder.join("pwned").exists());
    }
}

#[test]
fn wrong_inputs_are_refused_with_a_hint() {
    let Some(runner) = Runner::new(&["/one"]) else { return };
    let base = runner.head();
    for (inputs, expected) in [
        (("mode", "pr; touch pwned"), "no mode `pr; touch pwned`"),
        (("state", "branch:../x"), "is no name of a branch"),
        (("state", "s3"), "no state `s3`"),
        (("list", "../README.md"), "is not within the repository"),
        (("list", "/etc/passwd"), "is not within the repository"),
        (("list", "\n"), "no list is named"),
        (("days", "7; touch pwned"), "is no number of days"),
        (("fail-on", "all"), "`fail-on` cannot be `all`"),
    ] {
        let run = runner.run("pull_request", &base, &[inputs]);
        assert_eq!(run.code, 2, "{inputs:?}: {}", run.log);
        let told = run.log.find("::error::mlsearch: ").map(|at| &run.log[at..]).unwrap_or_default();
        assert!(told.contains(expected) && told.contains("\nhint: "), "{inputs:?}: {}", run.log);
    }
    assert!(!runner.repository.root().join("pwned").exists());
    let run = runner.run("pull_request", "", &[]);
    assert!(run.log.contains("there is no revision to compare with"), "{}", run.log);
}

#[test]
fn what_the_target_of_a_pull_request_got_meanwhile_is_not_its_own() {
    let Some(runner) = Runner::new(&["/one", "/two"]) else { return };
    let base = runner.head();
    runner.repository.git(&["checkout", "--quiet", "-b", "topic"]);
    runner.add(&format!("- {}", runner.repository.link("/theirs")));
    runner.repository.git(&["checkout", "--quiet", "main"]);
    let list = runner.repository.read("README.md");
    let ours = format!("## Articles\n\n- {}\n", runner.repository.link("/ours"));
    runner.repository.write("README.md", &list.replace("## Articles\n\n", &ours));
    runner.repository.commit();
    runner.repository.git(&["merge", "--quiet", "--no-ff", "-m", "merge", "topic"]);
    check(&runner.run("pull_request", &base, &[]), 1, numbers("1", "1", "0", "0"));
}

#[test]
fn a_list_alone_gets_a_collection_that_no_commit_takes() {
    let Some(runner) = Runner::new(&["/one"]) else { return };
    let parts = [
        ("PROGRAM", env!("CARGO_BIN_EXE_mlsearch")),
        ("MODE", "schedule"),
        ("STATE", "none"),
        ("BASE", ""),
    ];
    let lists = [&parts[..], &[("LIST", "README.md\n  -odd name.md\n")]].concat();
    runner.repository.write("-odd name.md", "- [A](https://a.example/)\n");
    runner.repository.commit();
    for _ in 0..2 {
        let run = runner.step("prepare", &lists);
        assert_eq!((run.code, run.outputs["collection"].as_str()), (0, ".mlsearch"), "{}", run.log);
    }
    let settings = runner.repository.read(".mlsearch/mlsearch.toml");
    assert!(
        settings.contains("/me/things\"") && settings.contains("\"../-odd name.md\""),
        "{settings}"
    );
    assert_eq!(runner.repository.git(&["status", "--short"]), "");
    // One that the repository has is somebody else's.
    runner.repository.git(&["add", "--force", ".mlsearch"]);
    assert_eq!(runner.step("prepare", &lists).code, 2);
}

/// A release with an archive of a program that says its version.
fn release(runner: &Runner, sums: &dyn Fn(&str, &str) -> String) -> Outcome {
    let name = "mlsearch-0.1.0-x86_64-unknown-linux-musl";
    let folder = runner.temporary().join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("mlsearch"), "#!/bin/sh\necho mlsearch 0.1.0\n").unwrap();
    let make = format!(
        "chmod +x {name}/mlsearch && tar -czf {name}.tar.gz {name} && sha256sum {name}.tar.gz"
    );
    let made =
        Command::new("sh").args(["-c", &make]).current_dir(runner.temporary()).output().unwrap();
    let line = String::from_utf8(made.stdout).unwrap();
    let digest = line.split(' ').next().unwrap();
    let archive = format!("{name}.tar.gz");
    let bytes = fs::read(runner.temporary().join(&archive)).unwrap();
    runner.github.put(&format!("/releases/download/v0.1.0/{archive}"), &bytes);
    let sums = sums(digest, &archive);
    runner.github.put("/releases/download/v0.1.0/SHA256SUMS", sums.as_bytes());
    runner.step("install", &[("VERSION", "v0.1.0")])
}

#[test]
fn the_program_is_what_the_release_says_or_is_not_run() {
    let Some(runner) = Runner::new(&["/one"]) else { return };
    let good = release(&runner, &|digest, name| format!("{digest}  {name}\n{digest}  other.zip\n"));
    assert_eq!(good.code, 0, "{}", good.log);
    assert!(good.log.contains("mlsearch 0.1.0") && good.outputs["program"].ends_with("/mlsearch"));
    let other = "0".repeat(64);
    type SumsOf<'a> = &'a dyn Fn(&str, &str) -> String;
    let sums: [(SumsOf, &str); 4] = [
        (&|_, name| format!("{other}  {name}\n"), "is not what the release says"),
        (&|digest, name| format!("{digest}  {name}\n{other}  {name}\n"), "has not one line for"),
        (&|digest, _| format!("{digest}  other.zip\n"), "has not one line for"),
        (&|_, _| String::new(), "has not one line for"),
    ];
    for (sums, expected) in sums {
        let run = release(&runner, sums);
        assert_eq!((run.code, run.outputs["program"].as_str()), (2, ""), "{}", run.log);
        assert!(run.log.contains(expected) && !run.log.contains("mlsearch 0.1.0\n"), "{}", run.log);
    }
    for version in ["latest", "0.1", "0.1.0/../..", "0.1.0 x", "$(id)"] {
        let run = runner.step("install", &[("VERSION", version)]);
        assert!(run.code == 2 && run.log.contains("is no version"), "{version}: {}", run.log);
    }
    let missing = runner.step("install", &[("VERSION", "0.2.0")]);
    assert!(missing.code == 2 && missing.log.contains("could not be fetched"), "{}", missing.log);
}

#[test]
fn a_release_without_an_attestation_is_refused_where_gh_can_tell() {
    let Some(runner) = Runner::new(&["/one"]) else { return };
    release(&runner, &|digest, name| format!("{digest}  {name}\n"));
    let bin = runner.temporary().join("bin");
    fs::create_dir(&bin).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    for (answer, code) in [("exit 0", 0), ("exit 1", 2)] {
        let gh = format!("#!/bin/sh\n[ \"$2\" = --help ] || {answer}\n");
        fs::write(bin.join("gh"), gh).unwrap();
        let made = Command::new("chmod").arg("+x").arg(bin.join("gh")).status().unwrap();
        assert!(made.success());
        let parts = [
            ("VERSION", "0.1.0"),
            ("GH_TOKEN", "x"),
            ("PATH", &path),
            ("GITHUB_SERVER_URL", "https://github.com"),
        ];
        assert_eq!(runner.step("install", &parts).code, code);
    }
}

#[test]
fn the_inputs_and_outputs_are_those_of_the_docs() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let action = fs::read_to_string(root.join("action.yml")).unwrap();
    let docs = fs::read_to_string(root.join("docs/maintainers.md")).unwrap();
    let names = |from: &str, to: &str| -> Vec<String> {
        let part = action.split(from).nth(1).unwrap().split(to).next().unwrap();
        let names = part.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        names.map(|line| line.trim().trim_end_matches(':').to_owned()).collect()
    };
    let rows: Vec<&str> =
        docs.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let all = [names("\ninputs:\n", "\noutputs:"), names("\noutputs:\n", "\nruns:")].concat();
    assert_eq!(rows, all);
    for script in fs::read_dir(root.join("packaging/action")).unwrap() {
        let text = fs::read_to_string(script.unwrap().path()).unwrap();
        assert!(!text.contains("eval ") && !text.contains("${{"), "{text}");
    }
}
