//! Single steps of the action: where branches have parted, whose token git uses, what is kept and what
//! is published.

use std::{
    fs::{self, File},
    process::Command,
};

use crate::{
    action::runner::{Outcome, Runner},
    program::{Run, program},
    time::article,
};

const PROGRAM: (&str, &str) = ("PROGRAM", env!("CARGO_BIN_EXE_mlsearch"));

#[test]
fn where_branches_have_parted_is_asked_of_github_in_a_shallow_copy() {
    let Some(runner) = Runner::new(&["/one"]) else { return };
    let parted = runner.head();
    let git = |args: &[&str]| runner.repository.git(args);
    git(&["checkout", "--quiet", "-b", "topic"]);
    runner.add(&format!("- {}", runner.repository.link("/theirs")));
    git(&["checkout", "--quiet", "main"]);
    let list = runner.repository.read("README.md").replace("[On one]", "[More on one]");
    runner.repository.write("README.md", &list);
    runner.repository.commit();
    git(&["push", "--quiet", "origin", "main", "topic"]);
    let base = runner.head();
    let origin = format!("file://{}", runner.temporary().join("origin.git").display());
    let copy = runner.temporary().join("copy").display().to_string();
    git(&["clone", "--quiet", "--depth=1", "--branch=topic", &origin, &copy]);
    let step = |name: &str, parts: &[(&str, &str)]| -> Outcome {
        let own = [
            PROGRAM,
            ("LIST", "index"),
            ("MODE", "auto"),
            ("STATE", "none"),
            ("COLLECTION", "index"),
            ("FAIL_ON", "new"),
            ("DAYS", "7"),
            ("GITHUB_EVENT_NAME", "pull_request_target"),
            ("GITHUB_WORKSPACE", &copy),
        ];
        let run = runner.step(name, &[&own, parts].concat());
        assert_eq!(run.code, 0, "{}", run.log);
        run
    };
    let counts = |base: &str| {
        let run = step("check", &[("MODE", "pr"), ("BASE", base)]);
        let report = fs::read_to_string(run.outputs["report"].replace(".md", ".json")).unwrap();
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        (report["counts"]["added"].clone(), report["counts"]["changed"].clone())
    };
    // Without an answer the base itself is taken, and what it got since may be taken for a change.
    let unknown = step("prepare", &[("BASE", &base)]);
    assert_eq!(unknown.outputs["base"], base);
    assert!(unknown.log.contains("::warning::mlsearch: where the branch"), "{}", unknown.log);
    assert_eq!(counts(&base), (1.into(), 1.into()));
    runner.github.parted_at(&parted);
    let known = step("prepare", &[("BASE", &base)]);
    assert_eq!((known.outputs["base"].as_str(), known.log.as_str()), (parted.as_str(), ""));
    assert_eq!(counts(&parted), (1.into(), 0.into()));
}

#[test]
fn the_token_that_is_given_goes_before_the_one_that_the_checkout_has_left() {
    let Some(runner) = Runner::new(&["/one"]) else { return };
    let server = runner.github.origin();
    let origin = format!("{server}/me/things");
    runner.repository.git(&["remote", "set-url", "origin", &origin]);
    let parts =
        [PROGRAM, ("LIST", "index"), ("MODE", "schedule"), ("STATE", "branch:kept"), ("BASE", "")];
    for place in ["", ".http://a.example/", &format!(".{server}/"), &format!(".{origin}")] {
        let key = format!("http{place}.extraheader");
        runner.repository.git(&["config", &key, "AUTHORIZATION: basic b2xk"]);
        let before = runner.repository.read(".git/config");
        let run = runner.step("prepare", &parts);
        assert_eq!(run.code, 0, "{}", run.log);
        let mut seen = runner.github.take_authorizations();
        seen.dedup();
        assert_eq!(seen, ["basic eC1hY2Nlc3MtdG9rZW46c2VjcmV0LXRva2Vu"], "{place}");
        assert_eq!(runner.repository.read(".git/config"), before);
    }
    // Another server than GitHub's is not given it.
    let other = [&parts[..], &[("GITHUB_SERVER_URL", "https://github.com")]].concat();
    assert_eq!(runner.step("prepare", &other).code, 0);
    assert!(!runner.github.take_authorizations().iter().any(|seen| seen.starts_with("basic eC1")));
}

#[test]
fn a_branch_of_visits_is_told_of_before_github_refuses_it() {
    let Some(runner) = Runner::new(&["/one"]) else { return };
    let file = runner.repository.root().join("index/pages.sqlite");
    let save = || runner.step("save", &[("COLLECTION", "index"), ("STATE", "branch:kept")]);
    let kept = || runner.repository.git(&["ls-remote", "origin", "kept"]);
    // An update that did not come to its visits leaves nothing to keep.
    let nothing = save();
    assert_eq!((nothing.code, kept().as_str()), (0, ""), "{}", nothing.log);
    assert!(nothing.log.contains("no visits to keep"), "{}", nothing.log);
    File::create(&file).unwrap().set_len(1 << 20).unwrap();
    let small = save();
    assert!(small.code == 0 && !small.log.contains("::warning"), "{}", small.log);
    File::create(&file).unwrap().set_len(60 << 20).unwrap();
    let large = save();
    assert!(large.code == 0 && large.log.contains("::warning::mlsearch: "), "{}", large.log);
    assert!(large.log.contains("has 60 MiB, and GitHub takes none of more than 100"));
    let before = kept();
    File::create(&file).unwrap().set_len((100 << 20) + 1).unwrap();
    let refused = save();
    assert_eq!((refused.code, kept()), (2, before), "{}", refused.log);
    assert!(refused.log.contains("::error::mlsearch: ") && refused.log.contains("\nhint: set"));
}

#[test]
fn what_the_visits_have_found_is_kept_when_a_later_step_fails() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let action = fs::read_to_string(root.join("action.yml")).unwrap();
    let steps: Vec<&str> = action.split("\n    - ").collect();
    for what in ["uses: actions/cache/save@", "/save.sh\""] {
        let step = steps.iter().find(|step| step.contains(what)).unwrap();
        assert!(step.starts_with("if: ${{ !cancelled() && "), "{step}");
    }
}

#[test]
fn the_packed_index_is_attached_to_one_release_and_can_be_pulled() {
    let Some(runner) = Runner::new(&["/one"]) else { return };
    runner.repository.web.put("/one", article("/one", "wombats"));
    let run = runner.run("schedule", "", &[]);
    assert_eq!(run.code, 0, "{}", run.log);
    let names = ["mlsearch-index.tar.zst", "mlsearch-index.tar.zst.sha256"];
    for _ in 0..2 {
        let run = runner.step("publish", &[PROGRAM, ("COLLECTION", "index")]);
        assert_eq!(run.code, 0, "{}", run.log);
        assert_eq!(runner.github.assets(), names);
    }
    let changes = runner.github.take_changes();
    assert_eq!(changes.iter().filter(|change| *change == "POST releases").count(), 1);
    let folder = runner.temporary().join("fetched");
    fs::create_dir(&folder).unwrap();
    for name in names {
        fs::write(folder.join(name), runner.github.attached(name)).unwrap();
    }
    let checked =
        Command::new("sha256sum").args(["--check", names[1]]).current_dir(&folder).output();
    assert!(checked.unwrap().status.success());
    let run =
        |args: &[&str]| Run::of(program().current_dir(&folder).args(["--index", "own"]).args(args));
    let pulled = run(&["pull", names[0]]);
    assert_eq!(pulled.code, 0, "{}", pulled.stderr);
    let found = run(&["wombats"]);
    assert!(found.code == 0 && found.stdout.contains("/one"), "{}{}", found.stdout, found.stderr);
}
