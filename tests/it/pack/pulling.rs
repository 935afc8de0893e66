//! Pulling from a server that breaks off, changes its mind, or lies.

use std::fs;

use minisign::KeyPair;
use mlsearch::collection::Lock;
use serde_json::Value;

use crate::{
    pack::{fails, ok, pack, server::FileServer, shared},
    program::{Collection, Run},
};

const PATH: &str = "/index.tar.zst";

#[test]
fn an_index_is_packed_pulled_and_searched() {
    let (collection, bytes) = shared();
    let server = FileServer::start();
    server.put(PATH, &bytes, "\"one\"");
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("deep/pulled");
    let url = server.url(PATH);
    let run = ok(&dir, &["pull", &url]);
    assert!(run.stdout.starts_with("published generation 1: 50 documents"), "{}", run.stdout);
    assert_eq!(server.seen(), ["/index.tar.zst", "/index.tar.zst.sha256"]);
    assert!(ok(&dir, &["feature store"]).stdout.contains("https://"));
    let settings = fs::read_to_string(dir.join("mlsearch.toml")).unwrap();
    assert!(settings.ends_with(&format!("[pull]\nurl = \"{url}\"\n")), "{settings}");
    let status = ok(&dir, &["status"]).stdout;
    assert!(
        status.contains(&format!("from {url} just now")) || status.contains("pulled"),
        "{status}"
    );
    assert!(!dir.join("pull.part").exists());

    // The next update asks whether it has changed, and visits no page.
    let run = ok(&dir, &["update"]);
    assert!(run.stdout.starts_with("nothing has changed: 50 documents"), "{}", run.stdout);
    assert_eq!(server.seen(), ["/index.tar.zst if-none-match=\"one\""]);
    collection.ok(&["update", "--offline", "--force"]);
    server.put(PATH, &pack(&collection, &[]), "\"two\"");
    let summary: Value = serde_json::from_str(&ok(&dir, &["update", "--json"]).stdout).unwrap();
    let summary = &summary["summary"];
    assert_eq!((&summary["generation"], &summary["visited"]), (&2.into(), &0.into()));
    assert_eq!(summary["pulled"]["source"], url);
    // Equal bytes under another tag.
    server.put(PATH, &pack(&collection, &[]), "\"three\"");
    assert!(ok(&dir, &["pull"]).stdout.starts_with("nothing has changed"));
    fails(&dir, &["update", "--offline"], "`--offline` is of no use here");
    fails(&dir, &["pull", &server.url("/other.tar.zst")], &format!("pulls from `{url}`"));
    ok(&dir, &["pull", "--force"]);
}

#[test]
fn checksums_and_signatures_are_demanded_where_they_are_given() {
    let (_, bytes) = shared();
    let server = FileServer::start();
    server.put(PATH, &bytes, "\"one\"");
    let home = tempfile::tempdir().unwrap();
    let url = server.url(PATH);
    let dir = |name: &str| home.path().join(name);
    let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
    let digest: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let zeros = "0".repeat(64);
    fails(
        &dir("a"),
        &["pull", &url, "--sha256", &zeros],
        &format!("its SHA-256 is {digest}, not 000"),
    );
    fails(&dir("a"), &["pull", &url, "--sha256", "12"], "`12`: it is no SHA-256");
    server.put("/index.tar.zst.sha256", format!("{zeros}  index.tar.zst\n").as_bytes(), "x");
    fails(&dir("a"), &["pull", &url], &format!("its SHA-256 is {digest}, not 000"));
    assert!(!dir("a").join("CURRENT").exists() && !dir("a").join("pull.part").exists());
    server.put("/index.tar.zst.sha256", b"<html>", "x");
    fails(&dir("a"), &["pull", &url], "there is no SHA-256 of it in the file beside it");
    server.put("/index.tar.zst.sha256", format!("{digest}  index.tar.zst\n").as_bytes(), "x");
    let run = ok(&dir("a"), &["pull", &url]);
    assert!(run.stdout.contains("its checksum is right"), "{}", run.stdout);

    let [own, other] = [(), ()].map(|()| KeyPair::generate_unencrypted_keypair().unwrap());
    let key = own.pk.to_base64();
    let signature = |keys: &KeyPair, bytes: &[u8]| {
        minisign::sign(None, &keys.sk, bytes, Some("index"), None).unwrap().into_string()
    };
    let signed = ["pull", &url, "--public-key", &key];
    fails(&dir("b"), &signed, "it has no signature beside it, and one is demanded");
    let beside = "/index.tar.zst.minisig";
    server.put(beside, b"nothing", "x");
    fails(&dir("b"), &signed, "its signature cannot be read");
    server.put(beside, signature(&other, &bytes).as_bytes(), "x");
    fails(&dir("b"), &signed, "its signature is not of the public key");
    server.put(beside, signature(&own, b"other").as_bytes(), "x");
    fails(&dir("b"), &signed, "its signature is not right");
    fails(&dir("b"), &["pull", &url, "--public-key", "RWno"], "it is no public key of minisign");
    assert!(!dir("b").join("CURRENT").exists());
    server.put(beside, signature(&own, &bytes).as_bytes(), "x");
    let run = ok(&dir("b"), &signed);
    assert!(run.stdout.contains("its signature and its checksum are right"), "{}", run.stdout);
    // From now on it is demanded.
    server.remove(beside);
    server.put(PATH, &bytes, "\"two\"");
    fails(&dir("b"), &["update"], "it has no signature beside it");
    ok(&dir("b"), &["feature store"]);
    // So it is where the key was named after the first pull.
    ok(&dir("c"), &["pull", &url]);
    server.put(beside, signature(&own, &bytes).as_bytes(), "x");
    ok(&dir("c"), &signed);
    server.remove(beside);
    server.put(PATH, &bytes, "\"three\"");
    fails(&dir("c"), &["update"], "it has no signature beside it");
    ok(&dir("c"), &["status"]);
}

#[test]
fn an_older_index_is_no_newer_one_though_it_was_signed_once() {
    let collection = Collection::offline();
    collection.ok(&["update", "--offline"]);
    let old = pack(&collection, &[]);
    collection.ok(&["update", "--offline", "--force"]);
    let new = pack(&collection, &[]);
    assert_ne!(old, new);
    let server = FileServer::start();
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("pulled");
    // An address that is named after a file is the one from then on.
    let file = folder.path().join("x.tar.zst");
    fs::write(&file, &old).unwrap();
    ok(&dir, &["pull", file.to_str().unwrap()]);
    server.put(PATH, &new, "\"new\"");
    ok(&dir, &["pull", &server.url(PATH)]);
    server.put(PATH, &old, "\"old\"");
    fails(&dir, &["update"], "before the published one");
    ok(&dir, &["pull", &server.url(PATH), "--force"]);
}

#[test]
fn a_folder_that_was_made_to_be_pulled_into_takes_what_is_packed() {
    let (_, bytes) = shared();
    let server = FileServer::start();
    server.put(PATH, &bytes, "\"one\"");
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("mlsearch.toml");
    let own = format!("# Ours.\n[pull]\nurl = \"{}\"\n", server.url(PATH));
    fs::write(&settings, &own).unwrap();
    ok(folder.path(), &["update"]);
    let text = fs::read_to_string(&settings).unwrap();
    assert!(text.contains("[[list]]") && text.ends_with(&own), "{text}");
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("pages.sqlite"), "mine").unwrap();
    fails(other.path(), &["pull", &server.url(PATH)], "has stored pages of its own");
}

#[cfg(unix)]
#[test]
fn an_archive_is_written_where_a_link_leads() {
    let (collection, bytes) = shared();
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    fs::write(&file, "old").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    collection.ok(&["pack", link.to_str().unwrap()]);
    assert!(fs::read(&file).unwrap() == bytes && link.is_symlink());
}

#[test]
fn what_is_the_users_own_is_never_replaced() {
    let (collection, bytes) = shared();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.tar.zst");
    fs::write(&file, &bytes).unwrap();
    let source = file.to_str().unwrap();
    let own = Collection::offline();
    fails(own.path(), &["pull", source], "has lists of its own, which a pull would replace");
    let imported = folder.path().join("imported");
    fs::write(folder.path().join("a.jsonl"), "{\"id\":1,\"title\":\"A\"}\n").unwrap();
    ok(&imported, &["import", folder.path().join("a.jsonl").to_str().unwrap()]);
    fails(&imported, &["pull", source], "has an index of its own, which a pull would replace");

    let dir = folder.path().join("pulled");
    ok(&dir, &["pull", source]);
    let list = dir.join("lists/awesome-mlops-articles.md");
    fs::write(&list, "- [Mine](https://a.example/mine)\n").unwrap();
    let settings = dir.join("mlsearch.toml");
    let before = fs::read_to_string(&settings).unwrap();
    // Below the line all is the user's; above it a change is kept, too, and told.
    fs::write(&settings, format!("{before}\n[publish]\nmax_loss = 0.5\n")).unwrap();
    let run = ok(&dir, &["pull", source, "--force"]);
    assert!(
        run.stderr.contains("`lists/awesome-mlops-articles.md` was changed here"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("`mlsearch.toml`"), "{}", run.stderr);
    assert!(fs::read_to_string(&list).unwrap().contains("Mine"));
    assert!(fs::read_to_string(&settings).unwrap().ends_with("max_loss = 0.5\n"));
    fs::write(&settings, before.replace("[crawl]", "[crawl]\nhosts_at_once = 2")).unwrap();
    let run = ok(&dir, &["pull", source, "--force"]);
    assert!(run.stderr.contains("`mlsearch.toml` was changed here"), "{}", run.stderr);
    assert!(fs::read_to_string(&settings).unwrap().contains("hosts_at_once = 2"));

    fails(&dir, &["update"], "does not say where to pull from");
    fails(&dir, &["update", "--refresh"], "`--refresh` is of no use here");

    // A tenth may be lost and no more.
    let path = "lists/awesome-mlops-articles.md";
    let text = fs::read_to_string(collection.file(path)).unwrap();
    let short: String = text.lines().take(60).map(|line| format!("{line}\n")).collect();
    fs::write(collection.file(path), short).unwrap();
    collection.ok(&["update", "--offline", "--force"]);
    fs::write(&file, pack(&collection, &[])).unwrap();
    fails(&dir, &["pull", source], "the new index was not published: ");
    let status = Run::of(&mut crate::pack::command(&dir, &["status"]));
    assert!(status.code == 1 && status.stdout.contains("refused"), "{}", status.stdout);
    ok(&dir, &["pull", source, "--force"]);
}

#[test]
fn stored_pages_come_along_when_they_are_packed() {
    let collection = Collection::offline();
    collection.ok(&["update", "--offline"]);
    let bytes = pack(&collection, &["--pages"]);
    assert!(bytes == pack(&collection, &["--pages"]));
    let folder = tempfile::tempdir().unwrap();
    let (file, dir) = (folder.path().join("x.tar.zst"), folder.path().join("pulled"));
    fs::write(&file, bytes).unwrap();
    ok(&dir, &["pull", file.to_str().unwrap()]);
    assert!(ok(&dir, &["check"]).stdout.contains("50 links: 50 never visited"));
    let update = ok(&dir, &["status"]).stdout;
    assert!(update.contains("published generation 1"), "{update}");
}

#[test]
fn nothing_is_pulled_while_somebody_else_works_there() {
    let (_, bytes) = shared();
    let folder = tempfile::tempdir().unwrap();
    let (file, dir) = (folder.path().join("x.tar.zst"), folder.path().join("pulled"));
    fs::write(&file, bytes).unwrap();
    fs::create_dir(&dir).unwrap();
    let lock = Lock::take(&dir, jiff::Timestamp::UNIX_EPOCH).unwrap();
    fails(&dir, &["pull", file.to_str().unwrap()], "update.lock` is held by");
    drop(lock);
    ok(&dir, &["pull", file.to_str().unwrap()]);
}

#[test]
fn a_redirect_leads_into_no_private_network() {
    let (_, bytes) = shared();
    let (named, other) = (FileServer::start(), FileServer::start());
    other.put(PATH, &bytes, "\"one\"");
    named.redirect("/here", &other.url(PATH));
    named.redirect("/around", "/around");
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("pulled");
    let forbidden = "forbidden address: 127.0.0.1 is not public";
    fails(&dir, &["pull", &named.url("/here")], forbidden);
    assert_eq!(other.seen(), Vec::<String>::new());
    fails(&dir, &["pull", &named.url("/around")], "more than 10 redirects");
    fails(&dir, &["pull", "ftp://a.example/x"], "by http or https, not by `ftp`");
    ok(&dir, &["pull", &named.url("/here"), "--allow-net", "127.0.0.0/8"]);
}
