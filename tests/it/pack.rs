//! Sharing an index: what is packed, what is pulled, and what is refused.

mod archive;
mod fetching;
mod hints;
mod hostile;
mod interrupted;
mod network;
mod pulling;
mod server;

use std::{
    fs,
    path::Path,
    process::Command,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use mlsearch::{
    Error,
    aliases::Aliases,
    engine::{
        Document,
        local::{
            build::build,
            generations::{Generations, Manifest},
        },
    },
    pack::{PackOptions, pack as pack_into},
};

use crate::{
    pack::archive::unpacked,
    program::{Collection, Run, program},
};

/// A collection of the default list with an index of it, and its archive.
fn shared() -> (Collection, Vec<u8>) {
    let collection = Collection::offline();
    collection.ok(&["update", "--offline"]);
    let bytes = pack(&collection, &[]);
    (collection, bytes)
}

/// The archive of a collection.
#[track_caller]
fn pack(collection: &Collection, args: &[&str]) -> Vec<u8> {
    let file = collection.file("shared.tar.zst");
    collection.ok(&[&["pack", file.to_str().unwrap()], args].concat());
    let bytes = fs::read(&file).unwrap();
    fs::remove_file(file).unwrap();
    bytes
}

/// A command in a folder that nobody has used before, or has pulled into.
fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = program();
    command.env("MLSEARCH_INDEX", dir).args(args);
    command
}

#[track_caller]
fn ok(dir: &Path, args: &[&str]) -> Run {
    let run = Run::of(&mut command(dir, args));
    assert_eq!(run.code, 0, "{args:?}: {}{}", run.stdout, run.stderr);
    run
}

#[track_caller]
fn fails(dir: &Path, args: &[&str], expected: &str) {
    let run = Run::of(&mut command(dir, args));
    assert_eq!(run.code, 2, "{args:?}: {}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains(expected), "{args:?}: {}", run.stderr);
    assert!(run.stderr.contains("\nhint: "), "{args:?}: {}", run.stderr);
}

#[test]
fn equal_indexes_give_equal_bytes() {
    let (collection, bytes) = shared();
    assert!(bytes == pack(&collection, &[]));
    let public = pack(&collection, &["--public", "--jobs", "1"]);
    assert!(public == pack(&collection, &["--public", "--jobs", "4"]));
    assert!(public != bytes);
    let piped = collection.command(&["pack", "-"]).output().unwrap();
    assert!(piped.stdout == bytes, "{}", String::from_utf8_lossy(&piped.stderr));
    let (manifest, files) = unpacked(&bytes);
    assert_eq!((&manifest["format"], &manifest["documents"]), (&1.into(), &50.into()));
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert!(names.is_sorted() && names.contains(&"lists/awesome-mlops-articles.md"), "{names:?}");
    assert!(!names.contains(&"pages.sqlite"));
    let (_, with_pages) = unpacked(&pack(&collection, &["--pages"]));
    assert!(with_pages.iter().any(|file| file.name == "pages.sqlite"));
}

#[test]
fn secrets_are_left_out_and_named() {
    let collection = Collection::offline();
    let outside = tempfile::tempdir().unwrap();
    let list = "- [One](https://me:t0psecret@a.example/x)\n- [Two](https://a.example/y)\n";
    fs::write(outside.path().join("own.md"), list).unwrap();
    let settings = format!(
        "contact = 'me@t0psecret.example' # t0psecret\n[[list]]\nsource = '{}'\nname = 'mine'\n\
         [crawl]\nproxy = 'http://me:t0psecret@proxy.example'\nallow_net = ['10.0.0.0/8']\n\
         delay = 2\n[publish]\nmax_loss = 0.9\n[engine]\nindex = 't0psecret'\n",
        outside.path().join("own.md").display()
    );
    fs::write(collection.file("mlsearch.toml"), settings).unwrap();
    collection.ok(&["update", "--offline"]);
    let file = collection.file("x.tar.zst");
    let run = collection.ok(&["pack", file.to_str().unwrap()]);
    for named in [
        "the setting `contact`",
        "the setting `crawl.proxy`",
        "the setting `crawl.allow_net`",
        "the setting `engine.index`",
        "user names or passwords in addresses of `lists/own.md`",
        "is packed as `lists/own.md`",
    ] {
        assert!(run.stderr.contains(named), "{named}: {}", run.stderr);
    }
    assert!(!run.stderr.contains("t0psecret"), "{}", run.stderr);
    let (manifest, files) = unpacked(&fs::read(file).unwrap());
    assert!(!manifest.to_string().contains("t0psecret"));
    for file in &files {
        let found = memchr::memmem::find(&file.bytes, b"t0psecret").is_some();
        assert!(!found, "`{}` has the secret", file.name);
    }
    let text = files.iter().find(|file| file.name == "mlsearch.toml").unwrap();
    let text = String::from_utf8(text.bytes.clone()).unwrap();
    let expected = "[crawl]\ndelay = 2\n\n[[list]]\nname = \"mine\"\nsource = \"lists/own.md\"\n";
    assert_eq!(text, expected);
    // A name is an address, too, where somebody has made it one; and it is in the index.
    let settings = "[[list]]\nsource = 'lists/awesome-mlops-articles.md'\n\
                    name = 'https://me:t0psecret@a.example/list'\n";
    fs::write(collection.file("mlsearch.toml"), settings).unwrap();
    collection.ok(&["update", "--offline", "--force"]);
    let lists = collection.ok(&["facets", "list"]).stdout;
    assert!(lists.contains("https://a.example/list"), "{lists}");
    let file = collection.file("z.tar.zst");
    let run = collection.ok(&["pack", file.to_str().unwrap(), "--pages"]);
    let named = "user names or passwords in the name of the list `https://a.example/list`";
    assert!(run.stderr.contains(named), "{}", run.stderr);
    for file in unpacked(&fs::read(file).unwrap()).1 {
        let found = memchr::memmem::find(&file.bytes, b"t0psecret").is_some();
        assert!(!found, "`{}` has the secret", file.name);
    }
    // What would end a line of the settings of others is written into none.
    fs::write(collection.file("mlsearch.toml"), settings.replace("/list'", "\u{85}x'")).unwrap();
    let run = collection.run(&["pack", collection.file("z.tar.zst").to_str().unwrap()]);
    assert!(run.code == 2 && run.stderr.contains("`name` = `https://a.example"), "{}", run.stderr);
    assert!(run.stderr.contains("has a control character (U+0085)"), "{}", run.stderr);
    // Nobody can tell whether what follows a question mark is one.
    let settings = "[[list]]\nsource = 'lists/awesome-mlops-articles.md'\n\
                    entry = [{ url = 'https://a.example/one?key=1', depth = 0 }]\n";
    fs::write(collection.file("mlsearch.toml"), settings).unwrap();
    collection.ok(&["update", "--offline", "--force"]);
    let run = collection.ok(&["pack", collection.file("y.tar.zst").to_str().unwrap()]);
    let told = "packed with what follows `?`, which others read then: `https://a.example/one`\n";
    assert!(run.stderr.contains(told), "{}", run.stderr);
}

#[test]
fn an_index_for_everybody_has_passages_and_no_positions() {
    let folder = tempfile::tempdir().unwrap();
    let (own, pulled) = (folder.path().join("own"), folder.path().join("pulled"));
    let text = format!(
        "The feature store drifts. {} The zebra is at the end.",
        "Words and words. ".repeat(40)
    );
    let line = |id: u32, text: &str| {
        format!("{{\"id\":\"{id}\",\"title\":\"Title {id}\",\"text\":\"{text}\"}}\n")
    };
    let lines = line(1, &text) + &line(2, "A store has a feature: it drifts.");
    fs::write(folder.path().join("own.jsonl"), lines).unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    ok(&own, &["import", &path("own.jsonl")]);
    ok(&own, &["pack", &path("public.tar.zst"), "--public"]);
    ok(&pulled, &["pull", &path("public.tar.zst")]);
    let note = "this index holds no positions of words: phrases were searched as their words";
    let phrase = ok(&pulled, &["\"feature store\"", "--json"]);
    assert!(phrase.stderr.contains(note), "{}", phrase.stderr);
    let found = |run: &Run| {
        serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap()["total"].clone()
    };
    assert_eq!(found(&phrase), 2);
    assert_eq!(found(&ok(&own, &["\"feature store\"", "--json"])), 1);
    let words = ok(&pulled, &["feature store", "--json"]);
    assert!(!words.stderr.contains("positions"), "{}", words.stderr);
    let gone = Run::of(&mut command(&pulled, &["zebra", "--exact"]));
    assert_eq!(gone.code, 1, "{}", gone.stdout);
    let shown = ok(&pulled, &["show", "id:1", "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap();
    let kept = shown["content"]["sections"][0]["paragraphs"][0].as_str().unwrap();
    assert!(kept.chars().count() <= 300 && kept.starts_with("The feature store drifts."), "{kept}");
    assert_eq!(shown["provenance"]["kind"], "abstract");
}

#[test]
fn a_file_is_written_as_a_whole_or_not_at_all() {
    let empty = tempfile::tempdir().unwrap();
    let file = empty.path().join("x.tar.zst");
    fs::write(&file, "before").unwrap();
    fails(&empty.path().join("none"), &["pack", file.to_str().unwrap()], "no index in");
    assert_eq!(fs::read(&file).unwrap(), b"before");
    let (collection, _) = shared();
    let to = file.to_str().unwrap();
    let damaged = collection.file("generations/1/meta.json");
    fs::write(&damaged, "{}").unwrap();
    let run = collection.run(&["pack", to]);
    assert!(run.code == 2 && run.stderr.contains("damaged files: meta.json"), "{}", run.stderr);
    assert_eq!(fs::read(&file).unwrap(), b"before");
    assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 1);
    let run = collection.run(&["pack", "-", "--json"]);
    assert!(run.code == 2 && run.stderr.contains("hint: run `mlsearch"), "{}", run.stderr);
}

#[test]
fn a_pack_that_is_to_stop_ends_wherever_it_is() {
    let (collection, _) = shared();
    // While it is read for its checksums, and while it is written.
    for part in [0.1, 0.9] {
        let (is_late, asked) = (AtomicBool::new(false), AtomicU64::new(0));
        let is_stopped = || {
            let is_late = is_late.load(Ordering::Relaxed);
            let asked = asked.fetch_add(u64::from(is_late), Ordering::Relaxed);
            assert!(asked < 1_000, "it goes on for ever");
            is_late
        };
        let mut on_bytes = |done: u64, all: u64| {
            is_late.store(done as f64 > part * all as f64, Ordering::Relaxed);
        };
        let (options, mut out) = (PackOptions::default(), Vec::new());
        let name = Path::new("x.tar.zst");
        let packed =
            pack_into(collection.path(), &options, (name, &mut out), &is_stopped, &mut on_bytes);
        assert!(matches!(packed, Err(Error::Interrupted)), "{packed:?}");
    }
}

/// Older versions took the name of a list as it was.
#[test]
fn an_index_with_a_password_in_the_name_of_a_list_is_not_packed() {
    let folder = tempfile::tempdir().unwrap();
    let (one, old) = (folder.path().join("one"), folder.path().join("old"));
    let (lines, file) = (folder.path().join("a.jsonl"), folder.path().join("x.tar.zst"));
    fs::write(&lines, "{\"id\":1,\"title\":\"A\"}\n").unwrap();
    ok(&one, &["import", lines.to_str().unwrap()]);
    let shown = ok(&one, &["show", "id:1", "--json"]).stdout;
    let document: Document = serde_json::from_str(&shown).unwrap();
    let lists = vec!["https://me:t0psecret@a.example/list".to_owned()];
    let document = Document { lists, ..document };
    let generations = Generations::of(&old);
    let draft = generations.begin().unwrap();
    build(&draft.path, &mut std::iter::once(document), &Aliases::default(), 1).unwrap();
    generations.publish(&draft, Manifest { documents: 1, ..Manifest::default() }).unwrap();
    let expected = "with a user name or password in the name of a list";
    for args in [&["pack"][..], &["pack", "--public"]] {
        fails(&old, &[args, &[file.to_str().unwrap()]].concat(), expected);
    }
    assert!(!file.exists());
}
