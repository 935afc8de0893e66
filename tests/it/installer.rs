//! The installer for a shell, with releases on loopback: what it installs, and what it refuses.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use ring::digest::{SHA256, digest};

use crate::{
    left_out,
    program::Run,
    web::{Answer, Web},
};

const TARGET: &str = "x86_64-unknown-linux-musl";

/// Releases on a server of this machine, and a folder into which one is installed.
struct Releases {
    dir: tempfile::TempDir,
    web: Web,
}

impl Releases {
    /// Version 1.2.3, whose program prints its version.
    fn new() -> Releases {
        let releases = Releases { dir: tempfile::tempdir().unwrap(), web: Web::start() };
        fs::create_dir(releases.to()).unwrap();
        let archive = releases.archive(TARGET, "echo mlsearch 1.2.3");
        releases.publish(TARGET, &archive);
        releases
    }

    fn to(&self) -> PathBuf {
        self.dir.path().join("my programs")
    }

    /// An archive for a platform whose program is a script.
    fn archive(&self, target: &str, script: &str) -> Vec<u8> {
        let program = self.folder(target).join("mlsearch");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        self.packed(target)
    }

    fn folder(&self, target: &str) -> PathBuf {
        let folder = self.dir.path().join("packed").join(format!("mlsearch-1.2.3-{target}"));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn packed(&self, target: &str) -> Vec<u8> {
        let folder = self.folder(target);
        let mut tar = Command::new("tar");
        tar.args(["-czf", "-", "-C"]).arg(folder.parent().unwrap());
        tar.arg(folder.file_name().unwrap()).output().unwrap().stdout
    }

    fn publish(&self, target: &str, archive: &[u8]) {
        self.put_archive(target, archive);
        self.put_sums(&line(target, archive));
    }

    fn put_archive(&self, target: &str, archive: &[u8]) {
        let path = format!("/download/v1.2.3/mlsearch-1.2.3-{target}.tar.gz");
        self.web.put(&path, Answer { body: archive.to_vec(), ..Answer::status(200) });
    }

    fn put_sums(&self, sums: &str) {
        for path in ["/latest/download/SHA256SUMS", "/download/v1.2.3/SHA256SUMS"] {
            self.web.put(path, Answer { body: sums.into(), ..Answer::status(200) });
        }
    }

    /// Runs the installer with nothing else in its environment.
    fn install(&self, args: &[&str], environment: &[(&str, &str)]) -> Run {
        let script = "packaging/mlsearch-installer.sh";
        let mut sh = Command::new("sh");
        sh.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(script)).args(args);
        sh.env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        sh.env("HOME", self.dir.path()).env("MLSEARCH_RELEASES", self.web.origin());
        Run::of(sh.envs(environment.iter().copied()).current_dir(self.dir.path()))
    }

    /// Installs, which is refused with a message that has all these words in it and leaves the program
    /// that was there.
    #[track_caller]
    fn check_refused(&self, args: &[&str], words: &[&str]) {
        fs::write(self.to().join("mlsearch"), "the older one").unwrap();
        let args = [&["--to", "my programs", "--target", TARGET], args].concat();
        let run = self.install(&args, &[]);
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
        for word in words {
            assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
        }
        assert_eq!(self.installed(), ["mlsearch"]);
        assert_eq!(fs::read_to_string(self.to().join("mlsearch")).unwrap(), "the older one");
    }

    fn installed(&self) -> Vec<String> {
        let entries = fs::read_dir(self.to()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

/// A line of `SHA256SUMS`.
fn line(target: &str, archive: &[u8]) -> String {
    let digest = digest(&SHA256, archive);
    let digits: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digits}  mlsearch-1.2.3-{target}.tar.gz\n")
}

/// Whether the installer has what it needs; says what is left out if not.
fn can_fetch() -> bool {
    let is_here = |name: &str| Command::new(name).arg("--version").output().is_ok();
    let is_able = is_here("curl") || is_here("wget");
    if !is_able {
        left_out::tell("the installer: neither curl nor wget is here");
    }
    is_able
}

#[test]
fn the_newest_version_or_the_one_that_is_named_is_installed() {
    if !can_fetch() {
        return;
    }
    let releases = Releases::new();
    let to = releases.to();
    for args in [
        &["--to", to.to_str().unwrap(), "--target", TARGET][..],
        &["--target", TARGET, "--to=my programs"],
        &["--target", TARGET, "--to", "my programs", "--version", "1.2.3"],
        &["--target", TARGET, "--to", "my programs", "--version=v1.2.3"],
    ] {
        fs::write(to.join("mlsearch"), "the older one").unwrap();
        let run = releases.install(args, &[]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let path = to.join("mlsearch");
        assert_eq!(run.stdout, format!("installed mlsearch 1.2.3 as {}\n", path.display()));
        assert_eq!(run.stderr, format!("hint: add {} to your PATH\n", to.display()));
        assert_eq!(releases.installed(), ["mlsearch"]);
        assert_eq!(Run::of(&mut Command::new(path)).stdout, "mlsearch 1.2.3\n");
    }
}

#[test]
fn without_options_the_archive_of_this_platform_goes_to_the_home_folder() {
    if !can_fetch() {
        return;
    }
    let releases = Releases::new();
    let targets = [
        "x86_64-unknown-linux-gnu",
        "aarch64-unknown-linux-gnu",
        "x86_64-unknown-linux-musl",
        "aarch64-unknown-linux-musl",
        "x86_64-apple-darwin",
        "aarch64-apple-darwin",
    ];
    let mut sums = String::new();
    for target in targets {
        let archive = releases.archive(target, &format!("echo {target}"));
        releases.put_archive(target, &archive);
        sums += &line(target, &archive);
    }
    releases.put_sums(&sums);
    let bin = releases.dir.path().join(".local/bin");
    let path = format!("{}:{}", std::env::var("PATH").unwrap(), bin.display());
    let run = releases.install(&[], &[("PATH", &path)]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let installed = Run::of(&mut Command::new(bin.join("mlsearch"))).stdout;
    let (machine, system) = (std::env::consts::ARCH, std::env::consts::OS);
    assert!(installed.starts_with(machine), "{installed}");
    assert!(installed.contains(if system == "macos" { "apple" } else { "linux" }), "{installed}");
}

#[test]
fn another_archive_than_the_release_states_is_refused() {
    if !can_fetch() {
        return;
    }
    let releases = Releases::new();
    let good = releases.archive(TARGET, "echo mlsearch 1.2.3");
    releases.publish(TARGET, &good);
    let evil = releases.archive(TARGET, "echo evil");
    releases.put_archive(TARGET, &evil);
    let (is, should_be) = (line(TARGET, &evil), line(TARGET, &good));
    let words = [&is[..64], &should_be[..64], "nothing was installed", "hint: "];
    releases.check_refused(&[], &words);
    releases.check_refused(&["--version", "1.2.3"], &words);
    releases.put_archive(TARGET, &good[..good.len() / 2]);
    releases.check_refused(&[], &["nothing was installed"]);
    releases.put_archive(TARGET, b"");
    releases.check_refused(&[], &["nothing was installed"]);
}

#[test]
fn digests_that_leave_a_doubt_are_refused() {
    if !can_fetch() {
        return;
    }
    let releases = Releases::new();
    let archive = releases.archive(TARGET, "echo mlsearch 1.2.3");
    let good = line(TARGET, &archive);
    let named = ["--version", "1.2.3"];
    for (sums, newest, of_a_version) in [
        (String::new(), "has no archive for", "does not name"),
        (line("x86_64-unknown-linux-gnu", &archive), "has no archive for", "does not name"),
        (format!("{good}{good}"), "has no archive for", "in no way that can be read"),
        (good.replace("  mlsearch", "  ../mlsearch"), "has no archive for", "does not name"),
        (good.replace("1.2.3", "1.2.3;id"), "has no archive for", "does not name"),
        (good[1..].to_owned(), "has no archive for", "nothing was installed"),
        (good.replace(|c: char| c.is_ascii_digit(), "x"), "no archive", "does not name"),
        ("<html>sign in</html>\n".into(), "has no archive for", "does not name"),
    ] {
        releases.put_sums(&sums);
        releases.check_refused(&[], &[newest, "hint: "]);
        releases.check_refused(&named, &[of_a_version, "hint: "]);
    }
}

#[test]
fn what_does_not_run_here_is_refused() {
    if !can_fetch() {
        return;
    }
    let releases = Releases::new();
    releases.publish(TARGET, &releases.archive(TARGET, "echo too old a system >&2; exit 1"));
    releases.check_refused(&[], &["does not run here: too old a system", "hint: "]);

    let program = releases.folder(TARGET).join("mlsearch");
    fs::remove_file(&program).unwrap();
    releases.publish(TARGET, &releases.packed(TARGET));
    releases.check_refused(&[], &["has no program in it"]);

    std::os::unix::fs::symlink("/bin/sh", &program).unwrap();
    releases.publish(TARGET, &releases.packed(TARGET));
    releases.check_refused(&[], &["has no program in it"]);

    releases.publish(TARGET, b"no archive");
    releases.check_refused(&[], &["has no program in it"]);
}

#[test]
fn arguments_and_addresses_are_checked_before_anything_is_fetched() {
    let releases = Releases::new();
    for (args, word) in [
        (&["--version", "1.2/../.."][..], "is no version"),
        (&["--version", "$(id)"], "is no version"),
        (&["--target", "x86_64-linux-../x"], "is no platform"),
        (&["--target", "riscv64gc-unknown-none-elf"], "there is no archive for riscv64gc"),
        (&["--prefix", "/usr"], "is no option"),
        (&["--version"], "`--version` needs a value"),
        (&["--to="], "`--to` needs a value"),
    ] {
        releases.check_refused(args, &[word, "hint: "]);
    }
    for address in [
        "http://releases.example",
        "http://127.0.0.1.releases.example/",
        "http://localhost.example:80",
        "ftp://releases.example",
        "file:///tmp",
        "releases.example",
    ] {
        let run = releases.install(&["--to", "x"], &[("MLSEARCH_RELEASES", address)]);
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{address}");
        assert!(run.stderr.contains("is no https address"), "{address}: {}", run.stderr);
    }
    assert_eq!(releases.web.count_seen(), 0);
    let help = releases.install(&["--help"], &[]);
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("MLSEARCH_RELEASES"), "{}", help.stdout);
}

#[test]
fn a_version_that_is_not_there_and_a_folder_of_that_name_are_told() {
    if !can_fetch() {
        return;
    }
    let releases = Releases::new();
    releases.check_refused(&["--version", "9.9.9"], &["v9.9.9/SHA256SUMS` could not be fetched"]);
    fs::remove_file(releases.to().join("mlsearch")).unwrap();
    fs::create_dir(releases.to().join("mlsearch")).unwrap();
    let run = releases.install(&["--target", TARGET, "--to", "my programs"], &[]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("is a folder"), "{}", run.stderr);
}
