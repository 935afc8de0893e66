//! What a failed pull or pack says to do: each command in a hint is run as it stands.

use std::{fs, path::Path, process::Command};

use minisign::KeyPair;

use crate::{
    pack::{command, ok, server::FileServer, shared},
    program::{Run, program},
};

const PATH: &str = "/index.tar.zst";

/// Runs what fails with a message; returns its hint.
#[track_caller]
fn hint(dir: &Path, args: &[&str], expected: &str) -> String {
    let run = Run::of(&mut command(dir, args));
    assert_eq!(run.code, 2, "{args:?}: {}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains(expected), "{args:?}: {}", run.stderr);
    let hint = run.stderr.lines().find_map(|line| line.strip_prefix("hint: "));
    hint.unwrap_or_else(|| panic!("{}", run.stderr)).to_owned()
}

/// Pastes the command of a hint into a shell in a folder that knows nothing else.
#[cfg(unix)]
#[track_caller]
fn paste(hint: &str, place: &Path) -> Run {
    let words = hint.split('`').nth(1).unwrap_or_else(|| panic!("no command: {hint}"));
    let own = program();
    let folder = Path::new(own.get_program()).parent().unwrap().to_owned();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.env_clear().env("PATH", path).args(["-c", words]).current_dir(place);
    let run = Run::of(&mut shell);
    assert_eq!(run.code, 0, "{words}: {}{}", run.stdout, run.stderr);
    run
}

#[cfg(unix)]
#[test]
fn a_hint_repeats_what_was_pulled_and_how() {
    let (_, bytes) = shared();
    let home = tempfile::tempdir().unwrap();
    let (dir, source) = (home.path().join("my folder"), home.path().join("my index.tar.zst"));
    let name = source.to_str().unwrap();
    fs::write(&source, &bytes).unwrap();
    ok(&dir, &["pull", name]);
    // An update does not know where the next one is, but where the last one was.
    let again = hint(&dir, &["update"], "does not say where to pull from");
    paste(&again, home.path());
    // It is refused when it has lost too much; to an index of one document all others are lost.
    let one = home.path().join("one");
    fs::write(home.path().join("a.jsonl"), "{\"id\":1,\"title\":\"A\"}\n").unwrap();
    ok(&one, &["import", home.path().join("a.jsonl").to_str().unwrap()]);
    ok(&one, &["pack", name]);
    let digest = ring::digest::digest(&ring::digest::SHA256, &fs::read(&source).unwrap());
    let digest: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let refused = hint(&dir, &["pull", name, "--sha256", &digest], "was not published");
    assert!(refused.contains(&format!("pull --sha256 {digest} --force '{name}'")), "{refused}");
    paste(&refused, home.path());
    let zeros = "0".repeat(64);
    let other = hint(&dir, &["pull", name, "--sha256", &zeros], "its SHA-256 is");
    assert!(other.contains(&format!("pull --sha256 {zeros} '{name}'")), "{other}");
    // An index that is damaged is pulled from that file again.
    let generations = dir.join("generations");
    let current = fs::read_dir(generations).unwrap().next().unwrap().unwrap().path();
    fs::write(current.join("meta.json"), "{}").unwrap();
    let damaged = hint(&dir, &["one"], "");
    assert!(damaged.contains(&format!("pull --force '{name}'")), "{damaged}");
    paste(&damaged, home.path());
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_pulled_into_is_left_for_another() {
    let (_, bytes) = shared();
    let home = tempfile::tempdir().unwrap();
    let (dir, source) = (home.path().join("pulled"), home.path().join("x.tar.zst"));
    fs::write(&source, &bytes).unwrap();
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("lists"), "a file").unwrap();
    let expected = "has something else where the folder `lists` has to be";
    let elsewhere = hint(&dir, &["pull", source.to_str().unwrap()], expected);
    assert_eq!(fs::read_to_string(dir.join("lists")).unwrap(), "a file");
    paste(&elsewhere, home.path());
    assert!(home.path().join("NEW-FOLDER/CURRENT").is_file());
}

#[cfg(unix)]
#[test]
fn a_redirect_is_told_with_what_would_allow_it() {
    let (_, bytes) = shared();
    let (named, other) = (FileServer::start(), FileServer::start());
    other.put(PATH, &bytes, "\"one\"");
    named.redirect("/here", &other.url(PATH));
    named.redirect("/file", "file:///etc/passwd");
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("pulled");
    let to_file =
        hint(&dir, &["pull", &named.url("/file")], "forbidden address: a redirect to `file:`");
    assert!(!to_file.contains("--allow-net") && to_file.contains("ask whoever"), "{to_file}");
    let here = hint(&dir, &["pull", &named.url("/here")], "127.0.0.1 is not public");
    paste(&here, home.path());
}

#[cfg(unix)]
#[test]
fn an_index_without_pages_is_packed_without_them() {
    let (_, bytes) = shared();
    let home = tempfile::tempdir().unwrap();
    let (dir, source) = (home.path().join("pulled"), home.path().join("x.tar.zst"));
    fs::write(&source, &bytes).unwrap();
    ok(&dir, &["pull", source.to_str().unwrap()]);
    let to = home.path().join("my own.tar.zst");
    let without = hint(&dir, &["pack", "--pages", to.to_str().unwrap()], "no pages are stored");
    paste(&without, home.path());
    assert!(to.is_file());
}

#[test]
fn a_signature_in_the_legacy_mode_is_named() {
    let (_, bytes) = shared();
    let home = tempfile::tempdir().unwrap();
    let (dir, source) = (home.path().join("pulled"), home.path().join("x.tar.zst"));
    fs::write(&source, &bytes).unwrap();
    let keys = KeyPair::generate_unencrypted_keypair().unwrap();
    let signed = minisign::sign(None, &keys.sk, bytes.as_slice(), Some("x"), None).unwrap();
    // The first bytes say whether a hash was signed (`ED`) or the file itself (`Ed`).
    let legacy = signed.into_string().replacen("\nRU", "\nRW", 1);
    fs::write(home.path().join("x.tar.zst.minisig"), legacy).unwrap();
    let args = ["pull", source.to_str().unwrap(), "--public-key", &keys.pk.to_base64()];
    let hint = hint(&dir, &args, "it is signed in the legacy mode of minisign");
    assert!(hint.contains("`minisign -S -H -m index.tar.zst`"), "{hint}");
}

#[test]
fn options_that_do_nothing_where_an_index_is_pulled_are_named() {
    let (_, bytes) = shared();
    let server = FileServer::start();
    server.put(PATH, &bytes, "\"one\"");
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("pulled");
    ok(&dir, &["pull", &server.url(PATH)]);
    let run = ok(&dir, &["update", "--strict", "--delay", "3", "--jobs", "2", "--shards", "2"]);
    let note = "without effect where the index is pulled, and not built: `--strict`, `--delay`, \
                `--jobs`, `--shards`\n";
    assert!(run.stderr.contains(note), "{}", run.stderr);
    assert_eq!(ok(&dir, &["update"]).stderr, "");
}

#[test]
fn a_file_beside_an_archive_that_does_not_come_is_no_archive() {
    let (_, bytes) = shared();
    let server = FileServer::start();
    server.put(PATH, &bytes, "\"one\"");
    server.redirect("/index.tar.zst.sha256", "file:///etc/passwd");
    let home = tempfile::tempdir().unwrap();
    let url = server.url(PATH);
    let hint =
        hint(&home.path().join("pulled"), &["pull", &url], ".sha256` beside it did not come");
    assert!(hint.contains(&format!("pull {url}`")), "{hint}");
}
