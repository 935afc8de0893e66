//! Archives that are refused: nothing of them is published, and the message says why.

use std::{fs, io::Read};

use mlsearch::{
    Error,
    pack::{ArchiveSink, PackManifest, PackedFile, read_archive},
};
use proptest::prelude::{ProptestConfig, any, prop, prop_assert, proptest};
use serde_json::Value;
use tar::EntryType;

use crate::{
    pack::{
        archive::{Packed, changed, compressed, file, packed, unpacked},
        command, shared,
    },
    program::Run,
};

/// Pulls an archive that is refused with a message; nothing is there afterwards but the lock.
#[track_caller]
fn check(archive: &[u8], expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (file, dir) = (folder.path().join("x.tar.zst"), folder.path().join("pulled"));
    fs::write(&file, archive).unwrap();
    let run = Run::of(&mut command(&dir, &["pull", file.to_str().unwrap()]));
    assert_eq!(run.code, 2, "{expected}: {}", run.stdout);
    assert!(run.stderr.contains(expected), "{expected}: {}", run.stderr);
    assert!(run.stderr.contains("\nhint: "), "{}", run.stderr);
    let left: Vec<_> = fs::read_dir(&dir).unwrap().map(|e| e.unwrap().file_name()).collect();
    let is_left = |name: &str| left.iter().any(|left| left == name);
    assert!(!is_left("CURRENT") && !is_left("mlsearch.toml") && !is_left("lists"), "{left:?}");
    let generations = fs::read_dir(dir.join("generations"));
    assert_eq!(generations.map_or(0, Iterator::count), 0, "{expected}");
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    let (_, good) = shared();
    let with = |name: &str| changed(&good, |files| files.push(file(name, b"x")));
    check(&with("/etc/cron.d/x"), "`/etc/cron.d/x`: its path is absolute");
    check(&with("../x"), "`../x`: its path leads out of the archive");
    check(&with("lists/../../x"), "its path leads out of the archive");
    check(&with("C:\\x"), "a sign that is no part of a name on every system");
    check(&with("lists/nul.md"), "it has the name of a device");
    check(&with("lists/x."), "a part of its path is no name on every system");
    check(&with("lists/LISTS.md:x"), "a sign that is no part of a name");
    check(&with(&format!("lists/{}", "x".repeat(95))), "its path is longer than 100 bytes");
    check(&with("lists/Awesome-MLOps-articles.md"), "another name differs by case only");
    check(&with("lists/awesome-mlops-articles.md"), "it is there twice");
    check(&with(".bashrc"), "no index consists of such files");
    check(&with("update.lock"), "no index consists of such files");
    let many = changed(&good, |files| {
        files.extend((0..2_001).map(|number| file(&format!("lists/{number}.md"), b"")));
    });
    check(&many, "it has more than 2000 files");
}

#[test]
fn what_is_no_plain_file_or_not_in_the_manifest_is_refused() {
    let (_, good) = shared();
    let of_kind = |kind, link| {
        let (manifest, mut files) = unpacked(&good);
        (files[0].kind, files[0].link) = (kind, link);
        files[0].bytes.clear();
        packed(&manifest, &files)
    };
    check(&of_kind(EntryType::Symlink, Some("/etc/passwd")), "`aliases.toml`: it is a link");
    check(&of_kind(EntryType::Link, Some("aliases.toml")), "it is a link");
    check(&of_kind(EntryType::Char, None), "it is a device");
    check(&of_kind(EntryType::Fifo, None), "it is a device");
    check(&of_kind(EntryType::Directory, None), "it is a folder");
    check(&of_kind(EntryType::GNULongName, None), "it is no plain file");
    check(&of_kind(EntryType::XHeader, None), "it is no plain file");
    let (manifest, files) = unpacked(&good);
    let with = |change: &dyn Fn(&mut Vec<Packed>)| {
        let mut files = files.clone();
        change(&mut files);
        packed(&manifest, &files)
    };
    check(
        &with(&|files| files.insert(0, file("lists/b.md", b""))),
        "its manifest does not name it",
    );
    check(&with(&|files| files.insert(1, files[0].clone())), "it is there twice");
    check(&with(&|files| files.swap(0, 1)), "not in its place");
    check(&with(&|files| drop(files.pop())), "it lacks `mlsearch.toml`");
    check(&with(&|files| files[0].bytes.push(b' ')), "not as long as its manifest says");
    check(&with(&|files| files[0].bytes[0] ^= 1), "`aliases.toml`: its checksum is another one");
}

#[test]
fn what_is_damaged_or_of_another_version_is_refused() {
    let (_, good) = shared();
    check(&good[..good.len() / 2], "it is cut off");
    check(&good[..good.len() - 1], "it is cut off");
    check(&[&good[..], b"x"].concat(), "something follows its end");
    check(&[&good[..], &good].concat(), "something follows its end");
    let tar = zstd::decode_all(good.as_slice()).unwrap();
    check(&compressed(&[&tar[..], b"more"].concat()), "something follows its end");
    check(&compressed(&tar[..tar.len() / 2]), "it is cut off");
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 0x40;
    check(&flipped, "hint: copy the file again");
    for other in [&b""[..], b"<!doctype html>", b"\x1f\x8b\x08", &tar] {
        check(other, "it is no archive of `mlsearch pack`");
    }
    check(&compressed(b"hello"), "it is no archive of `mlsearch pack`");
    let (manifest, files) = unpacked(&good);
    let with = |key: &str, value: Value| {
        let mut manifest = manifest.clone();
        manifest[key] = value;
        packed(&manifest, &files)
    };
    check(&with("format", 2.into()), "it is an archive of version 2, and this program reads 1");
    check(&with("index_version", 99.into()), "its index is of version 99, and this program reads");
    check(&with("files", "no".into()), "its manifest cannot be read");
    check(&with("documents", 7.into()), "another number of documents than it says");
    let sizes = |bytes: u64| {
        let mut files = manifest["files"].clone();
        files[1]["bytes"] = bytes.into();
        with("files", files)
    };
    check(&sizes(u64::MAX), "bytes, which is over");
    check(&sizes(1 << 30), "times its own");
    let mut files = manifest["files"].clone();
    files[0]["bytes"] = (33_u64 << 20).into();
    check(&with("files", files), "it is over 32 MB");
}

#[test]
fn settings_of_others_name_nothing_outside() {
    let (_, good) = shared();
    let with = |settings: &str| {
        changed(&good, |files| {
            let own = files.iter_mut().find(|file| file.name == "mlsearch.toml").unwrap();
            own.bytes = settings.as_bytes().to_vec();
        })
    };
    for (settings, expected) in [
        ("contact = 'https://a.example'", "its settings set `contact`, which no archive may"),
        ("[crawl]\nproxy = 'http://a.example'", "set `crawl.proxy`"),
        ("[crawl]\nallow_net = ['0.0.0.0/0']", "set `crawl.allow_net`"),
        ("[crawl]\nca_bundle = '/etc/passwd'", "set `crawl.ca_bundle`"),
        ("[engine]\nurl = 'http://a.example'", "set `engine`"),
        ("[pull]\nurl = 'http://10.0.0.1/'", "set `pull`"),
        ("[publish]\nmax_loss = 1.0", "set `publish`"),
        ("aliases = '/etc/passwd'", "set `aliases`"),
        ("[[list]]\nsource = '/etc/passwd'", "name the file `/etc/passwd`, which is not in it"),
        ("[[list]]\nsource = '../x.md'", "name the file `../x.md`"),
        ("[[list]]\nsource = 'file:///etc/passwd'", "name the file `file:///etc/passwd`"),
        ("[[list]]\nsource = 'pages.sqlite'", "name the file `pages.sqlite`"),
        (
            "[[list]]\nsource = 'lists/awesome-mlops-articles.md'\ndepth = 1",
            "want files that `lists/awesome-mlops-articles.md` links to",
        ),
        (
            "[[list]]\nsource = 'https://a.example/x'\n[[list.entry]]\nurl = '../x'\ndepth = 1",
            "name the file `../x`",
        ),
        ("[[list]]\nsource = 'https://me:secret@a.example/x'", "its settings cannot be read"),
        ("not toml", "its settings cannot be read"),
        (
            "[[list]]\nsource = 'https://a.example/x'\nname = \"a\\n# Below this line everything \
             is yours: no pull changes it.\\n[crawl]\\nproxy = 'http://a.example'\\n\"",
            "its settings cannot be taken: `name` = `a\\n# Below",
        ),
        (
            "[crawl.host_delays]\n\"a\\u2028b\" = 1",
            "the name `a\\u{2028}b` has a control character",
        ),
        ("exclude = [\"https://a.example/\\u001b*\"]", "has a control character (U+001B) in it"),
    ] {
        check(&with(settings), expected);
    }
    let aliases = changed(&good, |files| files[0].bytes = b"no = 1".to_vec());
    check(&aliases, "its aliases cannot be read");
    let pages = changed(&good, |files| files.push(file("pages.sqlite", b"no database")));
    check(&pages, "`pages.sqlite`: ");
}

/// Takes everything and keeps it.
#[derive(Default)]
struct Keep(Vec<(String, Vec<u8>)>);

impl ArchiveSink for Keep {
    fn begin(&mut self, _: &PackManifest) -> Result<(), Error> {
        Ok(())
    }

    fn file(&mut self, file: &PackedFile, bytes: &mut dyn Read) -> Result<(), Error> {
        let mut taken = Vec::new();
        bytes.read_to_end(&mut taken).map_err(|e| Error::io("x", e))?;
        self.0.push((file.name.clone(), taken));
        Ok(())
    }
}

fn read(archive: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut sink = Keep::default();
    let read = read_archive("x", archive, archive.len() as u64, &mut sink);
    read.is_ok().then_some(sink.0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever bytes come: no panic, and what is taken is what was packed.
    #[test]
    fn foreign_bytes_are_refused_or_are_what_was_packed(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
        below in any::<bool>(),
    ) {
        static GOOD: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| shared().1);
        let good = read(&GOOD).unwrap();
        // Below the compression, too, where single bytes mean something.
        let mut bytes = match below {
            true => zstd::decode_all(GOOD.as_slice()).unwrap(),
            false => GOOD.clone(),
        };
        for (at, byte) in &changes {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let bytes = if below { compressed(&bytes) } else { bytes };
        if let Some(taken) = read(&bytes) {
            prop_assert!(taken == good);
        }
    }
}
