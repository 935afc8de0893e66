//! Units that update by the clock: for which collection, how often, under which name.

use std::{fs, path::Path};

use crate::program::{Run, program};

/// A home, which is a repository as well, with collections below it.
struct Home {
    dir: tempfile::TempDir,
    /// What its shell has in its environment.
    variables: Vec<(&'static str, &'static str)>,
}

impl Home {
    fn with(collections: &[&str]) -> Home {
        let dir = tempfile::tempdir().unwrap();
        for name in collections {
            fs::create_dir_all(dir.path().join(name)).unwrap();
            fs::write(dir.path().join(name).join("mlsearch.toml"), "").unwrap();
        }
        Home { dir, variables: Vec::new() }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Runs `schedule` at home, with a collection.
    fn schedule(&self, index: &str, args: &[&str]) -> Run {
        let mut program = program();
        program.current_dir(self.path()).env("HOME", self.path());
        program.env("XDG_CONFIG_HOME", self.path().join("config"));
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE"] {
            program.env_remove(name).env_remove(name.to_lowercase());
        }
        program.envs(self.variables.iter().copied());
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
                named(name) || run.stderr.contains(&format!("gui/$(id -u) '{}'", path.display()))
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

#[test]
fn a_time_of_day_is_kept_by_each() {
    let home = Home::with(&["index"]);
    for (by, expected) in [
        ("systemd", "OnCalendar=*-*-* 02:05:00\nPersistent=true\n"),
        (
            "launchd",
            "<key>Hour</key>\n    <integer>2</integer>\n    <key>Minute</key>\n    <integer>5<",
        ),
        ("cron", "5 2 * * * "),
        ("github", "- cron: \"5 2 * * *\"\n"),
        ("schtasks", "/SC DAILY /MO 1 /ST 02:05 /TR "),
    ] {
        let run = home.schedule("index", &[by, "--at", "02:05"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stdout.contains(expected), "{by}: {}", run.stdout);
        assert!(!run.stderr.contains("cannot repeat"), "{by}: {}", run.stderr);
        let hours = home.schedule("index", &[by, "--at", "02:05", "--every", "6h"]);
        assert_eq!(hours.code, 2, "{by}");
        assert!(
            hours.stderr.contains("`--at` needs whole days, and 6h is not"),
            "{}",
            hours.stderr
        );
        let odd = home.schedule("index", &[by, "--at", "02:05", "--every", "3d"]);
        assert_eq!(odd.stderr.contains("cannot repeat every 3 days"), by != "schtasks", "{by}");
    }
    let wrong = home.schedule("index", &["--at", "25:00"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("not a time of day such as 02:00"), "{}", wrong.stderr);
    let utc = home.schedule("index", &["github"]);
    assert!(utc.stderr.contains("GitHub reads its times as UTC"), "{}", utc.stderr);
    let linger = home.schedule("index", &["systemd"]);
    assert!(linger.stderr.contains("`loginctl enable-linger`"), "{}", linger.stderr);
}

#[test]
fn a_unit_to_start_after_a_failure_makes_the_update_strict() {
    let home = Home::with(&["index"]);
    let plain = home.schedule("index", &["systemd"]).stdout;
    assert!(!plain.contains("\nOnFailure=") && !plain.contains("--strict"), "{plain}");
    let run = home.schedule("index", &["systemd", "--on-failure", "mail@%n.service"]);
    assert!(run.stdout.contains("\nOnFailure=mail@%n.service\n"), "{}", run.stdout);
    assert!(run.stdout.contains(" \"update\" \"--strict\"\n"), "{}", run.stdout);
    for args in [["cron", "--on-failure", "a.service"], ["systemd", "--on-failure", "a\nb.service"]]
    {
        assert_eq!(home.schedule("index", &args).code, 2, "{args:?}");
    }
}

#[test]
fn the_proxy_of_the_shell_is_kept_and_its_password_is_not() {
    let mut home = Home::with(&["index"]);
    home.variables = vec![
        ("HTTP_PROXY", "http://proxy.example:3128"),
        ("HTTPS_PROXY", "http://bob:geheim@proxy.example:3128"),
        ("SSL_CERT_FILE", "/etc/ssl/corp.pem"),
    ];
    for (by, expected) in [
        ("systemd", "\nEnvironment=\"HTTP_PROXY=http://proxy.example:3128\"\n"),
        ("launchd", "<key>HTTP_PROXY</key>\n    <string>http://proxy.example:3128</string>\n"),
        ("cron", " HTTP_PROXY='http://proxy.example:3128' SSL_CERT_FILE='/etc/ssl/corp.pem' '"),
        ("schtasks", ""),
    ] {
        let run = home.schedule("index", &[by]);
        assert!(run.stdout.contains(expected), "{by}: {}", run.stdout);
        assert!(!run.stdout.contains("geheim") && !run.stderr.contains("geheim"), "{by}");
        assert!(run.stderr.contains("HTTPS_PROXY"), "{by}: {}", run.stderr);
    }
    let service = home.schedule("index", &["systemd"]).stdout;
    assert!(service.contains("\nEnvironmentFile=-/"), "{service}");
}

// Elsewhere no variable says where the units belong.
#[cfg(unix)]
#[test]
fn what_was_installed_is_removed() {
    let home = Home::with(&["index", "other"]);
    for (by, folder, stop) in [
        ("systemd", "config/systemd/user", "systemctl --user stop mlsearch-index-"),
        ("launchd", "Library/LaunchAgents", "launchctl bootout gui/$(id -u)/mlsearch-index-"),
        ("github", ".github/workflows", "commit and push that"),
    ] {
        let folder = home.path().join(folder);
        home.schedule("other", &[by, "--install"]);
        let before = names(&folder);
        home.schedule("index", &[by, "--install"]);
        let run = home.schedule("index", &[by, "--remove"]);
        assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
        assert!(run.stderr.contains(stop), "{}", run.stderr);
        assert_eq!(names(&folder), before, "{by}");
        let again = home.schedule("index", &[by, "--remove"]);
        assert_eq!(again.code, 1, "{}", again.stderr);
        assert!(again.stderr.contains("nothing is installed"), "{}", again.stderr);
    }
    let cron = home.schedule("index", &["cron", "--remove"]);
    assert_eq!(cron.code, 2);
    let (_, hint) = cron.stderr.split_once("run `crontab -l | ").unwrap();
    let filter = hint.split_once(" | crontab -`").unwrap().0;
    let line = |index: &str| home.schedule(index, &["cron"]).stdout;
    let crontab = format!("{}{}", line("index"), line("other"));
    let mut shell = std::process::Command::new("sh");
    let script = format!("printf %s \"$CRONTAB\" | {filter}");
    let left = shell.env("CRONTAB", &crontab).args(["-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8(left.stdout).unwrap(), line("other"));
    let task = home.schedule("index", &["schtasks", "--remove"]);
    assert!(task.stderr.contains("schtasks /Delete /F /TN mlsearch-index-"), "{}", task.stderr);
}
