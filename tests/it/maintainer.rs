//! The way of who keeps a list in a git repository, with git and the program as they are.

use std::{fs, path::PathBuf, process::Command};

use crate::{
    program::{self, Run},
    time::article,
    web::{Answer, Web},
};

/// A repository with a list in it, whose links lead to a server on loopback.
pub struct Repository {
    dir: tempfile::TempDir,
    pub web: Web,
}

impl Repository {
    /// A repository with the file `list`, which has one entry for each path.
    pub fn new(list: &str, paths: &[&str]) -> Repository {
        let repository = Repository::without_git(list, paths);
        repository.git(&["init", "--quiet"]);
        repository.commit();
        repository
    }

    /// The same files without git.
    pub fn without_git(list: &str, paths: &[&str]) -> Repository {
        let repository = Repository { dir: tempfile::tempdir().unwrap(), web: Web::start() };
        fs::create_dir(repository.root()).unwrap();
        let lines = paths.iter().map(|path| format!("- {}\n", repository.link(path)));
        repository
            .write(list, &format!("# Things\n\n## Articles\n\n{}", lines.collect::<String>()));
        for path in paths {
            repository.web.put(path, article(path, path));
        }
        repository
    }

    pub fn root(&self) -> PathBuf {
        self.dir.path().join("my things")
    }

    /// An entry as it stands in the list.
    pub fn link(&self, path: &str) -> String {
        format!("[On {}]({}{path}) - words", &path[1..], self.web.origin())
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.root().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.root().join(name)).unwrap()
    }

    /// Runs git at the root.
    #[track_caller]
    pub fn git(&self, args: &[&str]) -> String {
        let mut git = Command::new("git");
        git.env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", self.dir.path());
        git.args(["-c", "user.name=me", "-c", "user.email=me@example.org"]);
        git.args(["-c", "core.autocrlf=false", "-c", "core.quotePath=false"]);
        let run = Run::of(git.args(args).current_dir(self.root()));
        assert_eq!(run.code, 0, "git {args:?}: {}", run.stderr);
        run.stdout
    }

    pub fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "all"]);
    }

    /// Runs the program in a folder.
    pub fn run_in(&self, folder: &str, args: &[&str]) -> Run {
        let mut command = program::program();
        command.env("NO_PROXY", "127.0.0.0/8").current_dir(self.root().join(folder));
        Run::of(command.args(args))
    }

    /// Runs the program at the root; it must succeed.
    #[track_caller]
    pub fn ok(&self, args: &[&str]) -> Run {
        let run = self.run_in("", args);
        assert_eq!(run.code, 0, "{args:?}: {}{}", run.stdout, run.stderr);
        run
    }

    #[track_caller]
    pub fn update(&self) -> Run {
        self.ok(&["update", "--delay", "0", "--allow-net", "127.0.0.0/8"])
    }

    pub fn moves(&self, path: &str, target: &str) {
        self.web.put(path, Answer::status(301).with("Location", target));
        self.web.put(target, article(target, target));
    }

    /// Applies what `check --patch` prints, from a folder.
    #[track_caller]
    pub fn apply_patch_from(&self, folder: &str) {
        let patch = self.run_in(folder, &["check", "--patch"]);
        assert_eq!(patch.code, 0, "{}", patch.stderr);
        let file = self.dir.path().join("links.patch");
        fs::write(&file, patch.stdout).unwrap();
        self.git(&["apply", "--allow-empty", file.to_str().unwrap()]);
    }
}

#[test]
fn a_list_is_read_and_fixed_where_it_is() {
    let repository = Repository::new("README.md", &["/one", "/two", "/three"]);
    let made = repository.ok(&["init", "README.md"]);
    let expected = "my things: 3 entries\n\
                    made a collection in index; now run `mlsearch --index index update`\n";
    assert_eq!(made.stdout, expected);
    let settings = repository.read("index/mlsearch.toml");
    assert!(settings.contains("source = \"../README.md\"\nname = \"my things\""), "{settings}");
    repository.moves("/one", "/eins");
    repository.update();
    // What is generated is ignored.
    let status = repository.git(&["status", "--short", "--untracked-files=all"]);
    assert_eq!(status, "?? index/.gitignore\n?? index/mlsearch.toml\n");
    repository.commit();

    let patch = repository.ok(&["check", "--patch"]);
    let (old, new) = (repository.link("/one"), repository.link("/one").replace("/one)", "/eins)"));
    let expected = format!(
        "diff --git a/README.md b/README.md\n--- a/README.md\n+++ b/README.md\n@@ -2,6 +2,6 @@\n \n \
         ## Articles\n \n-- {old}\n+- {new}\n - {}\n - {}\n",
        repository.link("/two"),
        repository.link("/three")
    );
    assert_eq!((patch.stdout, patch.stderr.as_str()), (expected, ""));
    repository.apply_patch_from("");
    assert_eq!(repository.git(&["diff", "--name-only"]), "README.md\n");
    assert!(repository.read("README.md").contains(&new));

    // What is edited is seen.
    repository.write(
        "README.md",
        &format!("{}- {}\n", repository.read("README.md"), repository.link("/four")),
    );
    let updated = repository.update();
    assert!(updated.stdout.contains("4 documents"), "{}", updated.stdout);
}

#[test]
fn a_patch_is_taken_from_anywhere_in_the_repository() {
    let repository = Repository::new("docs/ö é.md", &["/one", "/two"]);
    let crlf = repository.read("docs/ö é.md").replace('\n', "\r\n");
    repository.write("docs/ö é.md", &crlf);
    repository.commit();
    let made = repository.run_in("docs", &["init", "ö é.md"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    assert!(repository.read("docs/index/mlsearch.toml").contains("source = \"../ö é.md\""));
    repository.moves("/two", "/zwei");
    let update = ["--index", "docs/index", "update", "--delay", "0", "--allow-net", "127.0.0.0/8"];
    repository.ok(&update);
    let patch = repository.run_in("docs", &["--index", "index", "check", "--patch"]);
    assert!(
        patch.stdout.starts_with("diff --git a/docs/ö é.md b/docs/ö é.md\n"),
        "{}",
        patch.stdout
    );
    let root = fs::canonicalize(repository.root()).unwrap().display().to_string();
    let told = format!(
        "mlsearch: the paths in the patch begin at `{root}`\nhint: run `mlsearch --index index \
         check --patch | git -C '{root}' apply --allow-empty` to apply it\n"
    );
    assert_eq!(patch.stderr, told);
    repository.apply_patch_from("docs");
    assert_eq!(repository.read("docs/ö é.md"), crlf.replace("/two)", "/zwei)"));
    // Now there is nothing to fix, and the patch is empty.
    repository.ok(&update);
    repository.apply_patch_from("docs");
}

#[test]
fn what_is_outside_of_the_repository_is_copied_and_says_so() {
    let repository = Repository::without_git("lists/README.md", &["/one"]);
    let outside = repository.root().join("lists/README.md");
    repository.write("own/notes.md", &repository.read("lists/README.md"));
    repository.git(&["init", "--quiet", "own"]);
    let made = repository.run_in("own", &["init", outside.to_str().unwrap(), "notes.md"]);
    assert_eq!(
        made.stdout,
        "lists: 1 entry, copied to index/lists/lists.md\nnotes: 1 entry\n\
         made a collection in index; now run `mlsearch --index index update`\n",
        "{}",
        made.stderr
    );
    let settings = repository.read("own/index/mlsearch.toml");
    assert!(settings.contains("\"lists/lists.md\"") && settings.contains("\"../notes.md\""));
    // Without git there is no repository, but the folder itself.
    let copied = repository.ok(&["init", "a b", "lists/README.md"]);
    assert!(copied.stdout.contains("copied to a b/lists/lists.md"), "{}", copied.stdout);
    assert!(copied.stdout.contains("`mlsearch --index 'a b' update`"), "{}", copied.stdout);
    let within = repository.ok(&["init", "lists", "lists/README.md"]);
    assert!(within.stdout.starts_with("lists: 1 entry\n"), "{}", within.stdout);
    assert!(repository.read("lists/mlsearch.toml").contains("source = \"README.md\""));
}

#[test]
fn a_collection_is_not_made_twice_and_overwrites_nothing() {
    let repository = Repository::new("README.md", &["/one"]);
    repository.write(".gitignore", "/target\n/generations/");
    repository.ok(&["init", ".", "README.md"]);
    let ignored = repository.read(".gitignore");
    assert!(ignored.starts_with("/target\n/generations/\n# What updates"), "{ignored}");
    let again = repository.run_in("", &["init", ".", "README.md"]);
    assert_eq!(again.code, 2);
    let hint = "hint: run `mlsearch --index . update` to read its lists";
    assert!(again.stderr.contains(hint), "{}", again.stderr);
    assert_eq!(repository.read(".gitignore"), ignored);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_list_is_followed_no_further_than_the_repository() {
    let repository = Repository::new("docs/list.md", &["/one"]);
    let root = repository.root();
    std::os::unix::fs::symlink("docs/list.md", root.join("README.md")).unwrap();
    let outer = root.parent().unwrap().join("outer.md");
    fs::write(&outer, repository.read("docs/list.md")).unwrap();
    std::os::unix::fs::symlink(&outer, root.join("outer.md")).unwrap();
    repository.ok(&["init", "README.md", "outer.md"]);
    repository.moves("/one", "/eins");
    repository.update();
    let patch = repository.ok(&["check", "--patch"]);
    assert!(patch.stdout.contains("+++ b/docs/list.md\n"), "{}", patch.stdout);
    assert_eq!(patch.stdout.matches("\n+++ ").count(), 1);
    let root = fs::canonicalize(root).unwrap();
    let told = format!("by hand in `../outer.md`, which is outside of `{}`: ", root.display());
    assert!(patch.stderr.contains(&told), "{}", patch.stderr);
    assert_eq!(fs::read_to_string(outer).unwrap(), repository.read("docs/list.md"));
}

/// The documents of an update that may be refused.
#[track_caller]
fn check_update(repository: &Repository, expected: Result<&str, &str>) {
    let update = ["update", "--delay", "0", "--allow-net", "127.0.0.0/8"];
    let run = repository.run_in("", &update);
    match expected {
        Ok(documents) => {
            assert_eq!(run.code, 0, "{}", run.stderr);
            assert!(run.stdout.contains(documents), "{}", run.stdout);
        }
        Err(message) => {
            assert_eq!(run.code, 2, "{}", run.stdout);
            assert!(run.stderr.contains(message), "{}", run.stderr);
        }
    }
}

fn lines_without(text: &str, words: &[&str]) -> String {
    let stays = |line: &&str| !words.iter().any(|word| line.contains(word));
    text.lines().filter(stays).map(|line| format!("{line}\n")).collect()
}

const PATHS: [&str; 6] = ["/one", "/two", "/three", "/four", "/five", "/six"];

#[test]
fn what_the_curator_removes_is_no_loss() {
    let repository = Repository::new("README.md", &PATHS);
    repository.write("more.md", &repository.read("README.md").replace("words", "more"));
    for (name, path) in [("more.md", "/more"), ("last.md", "/last")] {
        repository.web.put(path, article(path, path));
        repository.write(name, &format!("- {}\n", repository.link(path)));
    }
    repository.ok(&["init", "README.md", "more.md", "last.md"]);
    check_update(&repository, Ok("8 documents"));
    let readme = repository.read("README.md");
    repository.write("README.md", &lines_without(&readme, &["/one", "/two", "/three"]));
    check_update(&repository, Ok("5 documents"));
    // A list that the settings do not name any more is not missed, whatever it had.
    let settings = repository.read("index/mlsearch.toml");
    let list = settings.find("[[list]]\nsource = \"../last.md\"").unwrap();
    let without_last = &settings[..list];
    let readme = without_last.find("[[list]]").unwrap();
    let more = without_last.find("[[list]]\nsource = \"../more.md\"").unwrap();
    repository.write(
        "index/mlsearch.toml",
        &format!("{}{}", &without_last[..readme], &without_last[more..]),
    );
    check_update(&repository, Ok("1 document"));
}

#[test]
fn what_a_damaged_list_lacks_is_lost() {
    let repository = Repository::new("README.md", &PATHS);
    repository.ok(&["init", "README.md"]);
    check_update(&repository, Ok("6 documents"));
    let whole = repository.read("README.md");
    for (damaged, message) in [
        (String::new(), "0 documents where there were 6"),
        (lines_without(&whole, &PATHS[2..]), "2 documents where there were 6"),
    ] {
        repository.write("README.md", &damaged);
        check_update(&repository, Err(message));
        check_update(&repository, Err("hint: run `mlsearch update --force`"));
        let told = format!(
            "my things: {} of its 6 entries are gone",
            if damaged.is_empty() { 6 } else { 4 }
        );
        check_update(&repository, Err(&told));
    }
    fs::remove_file(repository.root().join("README.md")).unwrap();
    repository.write("more.md", &format!("- {}\n", repository.link("/one")));
    let settings = repository.read("index/mlsearch.toml");
    repository
        .write("index/mlsearch.toml", &format!("{settings}[[list]]\nsource = \"../more.md\"\n"));
    check_update(&repository, Err("1 document where there were 6"));
    repository.write("README.md", &whole);
    check_update(&repository, Ok("6 documents"));
    repository.write("README.md", &lines_without(&whole, &PATHS[2..]));
    repository.ok(&["update", "--offline", "--force"]);
    check_update(&repository, Ok("2 documents"));
}

#[test]
fn an_error_page_in_place_of_a_list_is_no_edit() {
    let repository = Repository::new("README.md", &PATHS);
    let list = |body: &str| Answer { body: body.as_bytes().to_vec(), ..Answer::status(200) };
    repository.web.put("/list.md", list(&repository.read("README.md")));
    repository.ok(&["init", "index", &format!("{}/list.md", repository.web.origin())]);
    check_update(&repository, Ok("6 documents"));
    // One without any entry is not taken for the list at all.
    repository.web.put("/list.md", Answer::html("<html><body><h1>Sorry</h1>"));
    check_update(&repository, Ok("6 documents"));
    repository.web.put("/help", article("/help", "help"));
    let error = "<html><body><h1>Sorry</h1><ul><li><a href='/help'>Help</a></ul>";
    repository.web.put("/list.md", Answer::html(error));
    check_update(&repository, Err("1 document where there were 6"));
}

/// The ids of the entries of a feed of news, without those of the feed.
fn feed(repository: &Repository) -> Vec<String> {
    repository.run_in("", &["new", "--since", "1000d", "--atom", "index/.tmp.atom"]);
    let feed = repository.read("index/.tmp.atom");
    let mut ids: Vec<String> =
        feed.split("<id>").skip(2).map(|rest| rest[..rest.find('<').unwrap()].to_owned()).collect();
    ids.sort();
    ids
}

fn id(repository: &Repository, query: &str) -> String {
    let found = repository.ok(&[query, "--json"]).stdout;
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    found["hits"][0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_link_that_is_patched_stays_the_same_entry() {
    let repository = Repository::new("README.md", &["/one", "/two", "/three"]);
    repository.ok(&["init", "README.md"]);
    repository.moves("/one", "/eins");
    repository.update();
    let (before, id_before) = (feed(&repository), id(&repository, "eins"));
    assert_eq!(before.len(), 3);
    repository.web.take_seen();
    for (old, new) in [("/one", "/eins"), ("/eins", "/uno")] {
        repository.apply_patch_from("");
        let readme = repository.read("README.md");
        assert!(!readme.contains(&format!("{old})")) && readme.contains(&format!("{new})")));
        let updated = repository.update();
        assert!(updated.stdout.contains("published generation"), "{}", updated.stdout);
        let news = repository.run_in("", &["new", "--since", "last"]);
        assert_eq!((news.code, news.stdout.as_str()), (1, ""), "{}", news.stdout);
        assert_eq!(feed(&repository), before);
        // What was known of its page still is, and nothing is visited for it.
        assert_eq!(id(&repository, "eins"), id_before);
        let shown = repository.ok(&["show", &id_before, "--json"]).stdout;
        assert!(shown.contains(&format!("{new}\"")) && shown.contains("/one\""), "{shown}");
        let by_old = format!("{}/one", repository.web.origin());
        repository.ok(&["show", &by_old]);
        repository.ok(&["show", "--history", &by_old]);
        let checked = repository.ok(&["check"]).stdout;
        assert_eq!(checked, "3 links: 3 ok\n");
        if old == "/one" {
            repository.moves("/eins", "/uno");
            repository.web.put("/uno", article("/uno", "eins uno"));
            let refresh = ["update", "--delay", "0", "--allow-net", "127.0.0.0/8", "--refresh"];
            repository.ok(&refresh);
        }
    }
    // An address that is listed again is an article of its own.
    let readme = repository.read("README.md");
    repository.web.put("/one", article("/another", "another"));
    repository.write("README.md", &format!("{readme}- {}\n", repository.link("/one")));
    repository.update();
    let news = repository.ok(&["new", "--since", "last"]).stdout;
    assert!(news.contains("On one") && !news.contains("/uno"), "{news}");
    assert_eq!(id(&repository, "another"), id_before);
    assert_ne!(id(&repository, "uno"), id_before);
}

#[test]
fn two_links_that_become_one_and_one_that_gets_another_scheme_are_no_news() {
    let repository = Repository::new("README.md", &["/one", "/two", "/three"]);
    let readme = repository.read("README.md");
    let never = "- [Never](http://127.0.0.1:9/visited)\n";
    repository.write("README.md", &format!("{readme}{never}"));
    repository.ok(&["init", "README.md"]);
    for path in ["/one", "/two"] {
        repository.moves(path, "/both");
    }
    repository.update();
    let before = feed(&repository);
    assert_eq!(before.len(), 4);
    let both = format!(
        "- {}\n- {}\n- [Never](https://127.0.0.1:9/visited/)\n",
        repository.link("/both"),
        repository.link("/three")
    );
    repository.write("README.md", &both);
    repository.update();
    let news = repository.run_in("", &["new", "--since", "last"]);
    assert_eq!((news.code, news.stdout.as_str()), (1, ""), "{}", news.stdout);
    let after = feed(&repository);
    assert_eq!(after.len(), 3);
    assert!(after.iter().all(|id| before.contains(id)));
}

#[test]
fn lint_fails_when_it_is_asked_to_and_has_something_to_say() {
    let repository = Repository::without_git("README.md", &[]);
    let check = |list: &str, strict: bool, code: i32, expected: &str| {
        repository.write("README.md", list);
        let args = ["list", "--lint", "README.md", "--strict"];
        let run = repository.run_in("", &args[..3 + usize::from(strict)]);
        assert_eq!((run.code, run.stdout.as_str()), (code, expected), "{}", run.stderr);
    };
    let clean = "# L\n\n- [One](https://a.example/1)\n- [Two](https://a.example/2)\n";
    check(clean, true, 0, "");
    let empty = format!("{clean}- [Three]()\n\n## Soon\n");
    let found = "README.md:5: `Three` has a link without an address\n\
                 README.md:7: nothing in this section Soon\n";
    check(&empty, true, 1, found);
    check(&empty, false, 0, found);
}
