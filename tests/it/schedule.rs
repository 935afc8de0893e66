//! Units that update by the clock: for which collection, how often, under which name.

use std::{fs, path::Path};

use crate::program::{Run, program};

/// A home, which is a repository as well, with collections below it.
struct Home {
    dir: tempfile::TempDir,
}

impl Home {
    fn with(collections: &[&str]) -> Home {
        let dir = tempfile::tempdir().unwrap();
        for name in collections {
            fs::create_dir_all(dir.path().join(name)).unwrap();
            fs::write(dir.path().join(name).join("mlsearch.toml"), "").unwrap();
        }
        Home { dir }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Runs `schedule` at home, with a collection.
    fn schedule(&self, index: &str, args: &[&str]) -> Run {
        let mut program = program();
        program.current_dir(self.path()).env("HOME", self.path());
        program.env("XDG_CONFIG_HOME", self.path().join("config"));
        Run::of(program.args(["--index", index, "schedule"]).args(args))
    }
}

/// The names of the files in a folder, in their order.
fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

// Elsewhere no variable says where the units belong.
#[cfg(unix)]
#[test]
fn each_collection_has_units_of_its_own() {
    let home = Home::with(&["a/index", "b/index"]);
    for (by, folder, files) in
        [("systemd", "config/systemd/user", 2), ("launchd", "Library/LaunchAgents", 1)]
    {
        let folder = home.path().join(folder);
        for (round, index) in ["a/index", "b/index"].into_iter().enumerate() {
            let run = home.schedule(index, &[by, "--install"]);
            assert_eq!(run.code, 0, "{}", run.stderr);
            assert!(!run.stderr.contains("replaced"), "{}", run.stderr);
            assert_eq!(names(&folder).len(), (round + 1) * files);
            let named = |name: &String| run.stderr.contains(&format!(" {name}`"));
            let started = names(&folder).into_iter().filter(|name| {
                let path = folder.join(name);
                named(name) || run.stderr.contains(&format!("load '{}'", path.display()))
            });
            assert_eq!(started.count(), 1, "{}", run.stderr);
        }
        let before = names(&folder);
        let texts: Vec<String> =
            before.iter().map(|name| fs::read_to_string(folder.join(name)).unwrap()).collect();
        for index in ["/a/index", "/b/index"] {
            let path = format!("{}{index}", home.path().display());
            assert_eq!(texts.iter().filter(|text| text.contains(&path)).count(), 1, "{path}");
        }
        for (name, text) in before.iter().zip(&texts) {
            if let Some(label) = name.strip_suffix(".plist") {
                assert!(text.contains(&format!("<string>{label}</string>")), "{text}");
            }
        }
        // The same collection in other words.
        let again = home.schedule("a/../a/index/", &[by, "--install"]);
        assert_eq!(again.stderr.matches("replaced ").count(), files, "{}", again.stderr);
        assert_eq!(names(&folder), before);
    }
}

#[test]
fn a_folder_that_is_no_collection_is_not_scheduled() {
    let home = Home::with(&[]);
    for by in ["systemd", "launchd", "cron", "github"] {
        for further in [&[][..], &["--install"]] {
            let run = home.schedule("nothing", &[&[by], further].concat());
            assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{by}");
            assert!(run.stderr.contains("`nothing` is no collection"), "{by}: {}", run.stderr);
            assert!(run.stderr.contains("hint: "), "{by}: {}", run.stderr);
        }
    }
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "nothing may be written there");
}

#[test]
fn the_owner_of_a_crontab_is_told_the_whole_command() {
    let home = Home::with(&["my lists"]);
    let run = home.schedule("my lists", &["cron", "--every", "6h", "--install"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    let (_, command) = run.stderr.split_once("(crontab -l; mlsearch --index '").unwrap();
    let (dir, command) = command.split_once("' ").unwrap();
    assert!(Path::new(dir).is_absolute() && Path::new(dir).ends_with("my lists"), "{dir}");
    assert_eq!(command, "schedule cron --every 6h) | crontab -`\n");
}

#[test]
fn an_interval_that_a_crontab_cannot_keep_is_reported() {
    let home = Home::with(&["index"]);
    for by in ["cron", "github"] {
        let run = home.schedule("index", &[by, "--every", "45d"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stdout.contains("17 4 * * 1"), "{}", run.stdout);
        assert!(
            run.stderr.contains("cron cannot repeat every 45 days: weekly instead"),
            "{}",
            run.stderr
        );
        let kept = home.schedule("index", &[by, "--every", "7d"]);
        assert!(!kept.stderr.contains("cron knows"), "{}", kept.stderr);
    }
    let timer = home.schedule("index", &["systemd", "--every", "45d"]);
    assert!(timer.stdout.contains("OnUnitInactiveSec=45d\n"), "{}", timer.stdout);
}

#[test]
fn a_workflow_is_for_the_collection_that_is_named() {
    let home = Home::with(&["lists/my ml", "index"]);
    let run = home.schedule("lists/my ml", &["github"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for line in [
        "            lists/my ml/pages.sqlite*",
        "            lists/my ml/CURRENT",
        "      - run: mlsearch --index 'lists/my ml' update",
        "      - run: mlsearch --index 'lists/my ml' status",
        "      - run: cargo install --locked --path .",
    ] {
        assert!(run.stdout.lines().any(|found| found == line), "{line}: {}", run.stdout);
    }
    assert!(!run.stdout.contains("index/"), "{}", run.stdout);
    let absolute = home.path().join("lists").join("my ml");
    assert_eq!(home.schedule(absolute.to_str().unwrap(), &["github"]).stdout, run.stdout);

    home.schedule("lists/my ml", &["github", "--install"]);
    let second = home.schedule("index", &["github", "--install"]);
    assert!(!second.stderr.contains("replaced"), "{}", second.stderr);
    assert_eq!(names(&home.path().join(".github/workflows")).len(), 2);
    let again = home.schedule("./index/", &["github", "--install"]);
    assert!(again.stderr.contains("replaced "), "{}", again.stderr);
}

#[test]
fn a_workflow_needs_a_collection_in_its_repository() {
    let (home, other) = (Home::with(&["a#b", "-c"]), Home::with(&["index"]));
    let outside = other.path().join("index");
    for (index, message) in [
        (outside.to_str().unwrap(), "is not in the current folder or below it"),
        ("./a#b", "cannot be written into a unit"),
        ("./-c", "cannot be written into a unit"),
    ] {
        let run = home.schedule(index, &["github", "--install"]);
        assert_eq!(run.code, 2, "{index}");
        assert!(run.stderr.contains(message), "{index}: {}", run.stderr);
        assert!(run.stderr.contains("hint: "), "{index}: {}", run.stderr);
    }
    assert!(!home.path().join(".github").exists());
    // The collection may be the repository itself.
    fs::write(home.path().join("mlsearch.toml"), "").unwrap();
    let run = home.schedule(".", &["github"]);
    assert!(run.stdout.contains(" ./generations\n"), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("mlsearch --index '.' update\n"), "{}", run.stdout);
}
