//! What is there when a pull ends in the middle: the next one takes nothing of it for the user's.

use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use jiff::Timestamp;
use mlsearch::pull::{PullOptions, PullSource, pull};
use tempfile::TempDir;

use crate::{
    pack::{
        archive::{changed, file},
        fails, ok, pack, shared,
    },
    program::{Collection, Run, program},
};

const LIST: &str = "lists/awesome-mlops-articles.md";

/// A folder that has pulled once, and the archives that are pulled after.
struct Pulled {
    home: TempDir,
    first: Vec<u8>,
}

impl Pulled {
    fn new() -> Pulled {
        let pulled = Pulled { home: tempfile::tempdir().unwrap(), first: shared().1 };
        pulled.put(&pulled.first);
        ok(&pulled.dir(), &["pull", pulled.archive().to_str().unwrap()]);
        pulled
    }

    fn dir(&self) -> PathBuf {
        self.home.path().join("pulled")
    }

    fn archive(&self) -> PathBuf {
        self.home.path().join("x.tar.zst")
    }

    fn put(&self, bytes: &[u8]) {
        fs::write(self.archive(), bytes).unwrap();
    }

    /// The archive with another list, other settings and one more list, all of which have a mark.
    fn marked(&self, mark: u32) -> Vec<u8> {
        changed(&self.first, |files| {
            for packed in files.iter_mut() {
                if packed.name == LIST {
                    packed.bytes.extend(format!("\n<!-- {mark} -->\n").into_bytes());
                } else if packed.name == "mlsearch.toml" {
                    let text = String::from_utf8(packed.bytes.clone()).unwrap();
                    let delay = format!("delay = {mark}.0");
                    packed.bytes = text.replace("delay = 1.0", &delay).into_bytes();
                }
            }
            files.insert(files.len() - 1, file("lists/zz.md", format!("{mark}\n").as_bytes()));
        })
    }

    /// Whether list and settings are those with a mark.
    #[track_caller]
    fn is_marked(&self, mark: u32) {
        let text = |name: &str| fs::read_to_string(self.dir().join(name)).unwrap();
        assert!(text(LIST).ends_with(&format!("<!-- {mark} -->\n")), "{}", text(LIST));
        assert!(text("mlsearch.toml").contains(&format!("delay = {mark}.0")));
        assert_eq!(text("lists/zz.md"), format!("{mark}\n"));
    }

    /// Pulls an archive that ends when a file cannot be written, for a folder stands in its place.
    #[track_caller]
    fn ends_at(&self, name: &str, bytes: &[u8]) {
        self.put(bytes);
        let place = self.dir().join(name);
        fs::create_dir_all(place.join("x")).unwrap();
        fails(&self.dir(), &["pull", self.archive().to_str().unwrap()], name);
        fs::remove_dir_all(place).unwrap();
    }

    /// Pulls an archive of which every file is taken.
    #[track_caller]
    fn takes(&self, bytes: &[u8]) {
        self.put(bytes);
        let run = ok(&self.dir(), &["pull", self.archive().to_str().unwrap()]);
        assert!(!run.stderr.contains("was changed here"), "{}", run.stderr);
        assert!(run.stdout.starts_with("published generation"), "{}", run.stdout);
        let left = fs::read_dir(self.dir()).unwrap().map(|entry| entry.unwrap().file_name());
        let left: Vec<_> = left.filter_map(|name| name.into_string().ok()).collect();
        let is_odd = |name: &&String| name.contains("pending") || name.starts_with('.');
        assert_eq!(left.iter().find(is_odd), None, "{left:?}");
        assert_eq!(fs::read_dir(self.dir().join("generations")).unwrap().count(), 1);
    }
}

/// An archive whose stored pages are those of a collection that has visited none.
fn with_pages(archive: &[u8]) -> Vec<u8> {
    let collection = Collection::offline();
    collection.ok(&["update", "--offline"]);
    let (_, files) = crate::pack::archive::unpacked(&pack(&collection, &["--pages"]));
    let pages = files.into_iter().find(|file| file.name == "pages.sqlite").unwrap();
    changed(archive, |files| files.push(pages))
}

#[test]
fn what_an_ended_pull_has_written_is_none_of_the_users() {
    let pulled = Pulled::new();
    // Between the lists.
    pulled.ends_at("lists/zz.md", &pulled.marked(2));
    ok(&pulled.dir(), &["feature store"]);
    pulled.takes(&pulled.marked(3));
    pulled.is_marked(3);
    // Behind the settings, twice, with other texts each time.
    pulled.ends_at("pages.sqlite", &with_pages(&pulled.marked(4)));
    pulled.ends_at("pages.sqlite", &with_pages(&pulled.marked(5)));
    pulled.takes(&pulled.marked(6));
    pulled.is_marked(6);
    // A list that only the pull that ended had is gone with it.
    pulled.ends_at("pages.sqlite", &with_pages(&pulled.marked(7)));
    pulled.takes(&pulled.first);
    assert!(!pulled.dir().join("lists/zz.md").exists());
}

#[test]
fn a_first_pull_that_ended_is_done_by_the_next() {
    let done = Pulled::new();
    let pulled = Pulled { home: tempfile::tempdir().unwrap(), first: done.first };
    pulled.ends_at("lists/zz.md", &pulled.marked(2));
    assert!(!pulled.dir().join("CURRENT").exists());
    pulled.takes(&pulled.marked(3));
    pulled.is_marked(3);
    assert!(ok(&pulled.dir(), &["feature store"]).stdout.contains("https://"));
}

#[test]
fn what_was_changed_by_hand_meanwhile_is_kept() {
    let pulled = Pulled::new();
    pulled.ends_at("pages.sqlite", &with_pages(&pulled.marked(2)));
    let list = pulled.dir().join(LIST);
    fs::write(&list, "- [Mine](https://a.example/mine)\n").unwrap();
    pulled.put(&pulled.marked(3));
    let run = ok(&pulled.dir(), &["pull", pulled.archive().to_str().unwrap()]);
    assert!(run.stderr.contains(&format!("`{LIST}` was changed here")), "{}", run.stderr);
    assert!(fs::read_to_string(&list).unwrap().contains("Mine"));
}

/// Copies what stands in a folder itself.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        if entry.path().is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn a_pull_that_ended_behind_its_publication_is_done_by_the_next() {
    let pulled = Pulled::new();
    pulled.ends_at("pages.sqlite", &with_pages(&pulled.marked(2)));
    let kept = tempfile::tempdir().unwrap();
    copy(&pulled.dir(), kept.path());
    pulled.takes(&pulled.marked(2));
    // The index is published, and what stands beside the texts is as it was before.
    for name in ["pulled.json", "pull.pending.json"] {
        fs::copy(kept.path().join(name), pulled.dir().join(name)).unwrap();
    }
    // What the record says was pulled is not what is there.
    pulled.takes(&pulled.first);
    pulled.takes(&pulled.marked(3));
    pulled.is_marked(3);
}

#[test]
fn stored_pages_are_replaced_with_their_log_and_leave_nothing_beside() {
    let pulled = Pulled::new();
    let bytes = with_pages(&pulled.marked(2));
    pulled.takes(&bytes);
    // A log of another store, and what a pull has left that was killed while it unpacked.
    fs::write(pulled.dir().join("pages.sqlite-wal"), "no log").unwrap();
    for name in ["pull.pages.sqlite", "pull.pages.sqlite-wal", ".pull-a1b2c3", "lists/.pull-d4"] {
        fs::write(pulled.dir().join(name), "half").unwrap();
    }
    pulled.takes(&with_pages(&pulled.marked(3)));
    let names: Vec<_> = fs::read_dir(pulled.dir())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("pages.sqlite"))
        .collect();
    assert_eq!(names, ["pages.sqlite"]);
    assert!(!pulled.dir().join("lists/.pull-d4").exists());
    assert!(ok(&pulled.dir(), &["check"]).stdout.contains("50 links: 50 never visited"));
    fs::write(pulled.dir().join("pull.pages.sqlite"), "half").unwrap();
    ok(&pulled.dir(), &["pull", pulled.archive().to_str().unwrap()]);
    assert!(!pulled.dir().join("pull.pages.sqlite").exists());
}

#[test]
fn a_file_that_changes_between_its_verification_and_its_unpacking_is_refused() {
    let pulled = Pulled::new();
    let dir = pulled.home.path().join("other");
    let other = &pulled.marked(2);
    let long = changed(&pulled.first, |files| {
        let noise: String =
            (0..9_000_u32).map(|n| format!("{:08x}\n", n.wrapping_mul(2_654_435_761))).collect();
        files.insert(files.len() - 1, file("lists/zz.md", noise.as_bytes()));
    });
    assert!(long.len() > other.len());
    pulled.put(&long);
    // It is asked whether to stop before each piece is read, the second time when all of it was.
    let asked = Cell::new(0);
    let replaced = || {
        asked.set(asked.get() + 1);
        if asked.get() == 2 {
            pulled.put(other);
        }
        false
    };
    let options = PullOptions {
        source: Some(PullSource::File(pulled.archive())),
        ..PullOptions::again(|| Timestamp::UNIX_EPOCH)
    };
    let error = pull(&dir, &options, &replaced, &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("it was changed while it was read"), "{error}");
    assert!(!dir.join("CURRENT").exists() && !dir.join("mlsearch.toml").exists());
    assert_eq!(fs::read_dir(dir.join("generations")).unwrap().count(), 0);
}

/// Runs a command where no file may be longer than so many bytes, as if the disk were full then.
#[cfg(unix)]
fn with_longest(bytes: u64, dir: &Path, args: &[&str]) -> Run {
    let own = program();
    let mut shell = Command::new("bash");
    shell.env_clear().envs(own.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let limit = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", bytes.div_ceil(1024));
    shell.arg("-c").arg(limit).arg(own.get_program()).args(args).env("MLSEARCH_INDEX", dir);
    Run::of(&mut shell)
}

#[cfg(unix)]
#[track_caller]
fn is_full(run: &Run) {
    assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
    let hint = "hint: free some disk space, then run the command again; nothing was lost";
    assert!(run.stderr.contains(hint), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_old_index_and_the_old_archive() {
    let pulled = Pulled::new();
    let names = |dir: &Path| {
        let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort_unstable();
        names
    };
    let before = names(&pulled.dir());
    pulled.put(&with_pages(&pulled.marked(2)));
    let archive = pulled.archive();
    let archive = archive.to_str().unwrap();
    // In the index, and in the pages.
    for longest in [1 << 10, 20 << 10, 64 << 10] {
        is_full(&with_longest(longest, &pulled.dir(), &["pull", archive]));
        assert_eq!(names(&pulled.dir()), before, "{longest}");
        assert_eq!(fs::read_dir(pulled.dir().join("generations")).unwrap().count(), 1);
        assert!(ok(&pulled.dir(), &["feature store"]).stdout.contains("https://"));
    }
    pulled.takes(&with_pages(&pulled.marked(2)));
    pulled.is_marked(2);
    let to = pulled.home.path().join("own.tar.zst");
    fs::write(&to, "before").unwrap();
    let beside = names(pulled.home.path());
    is_full(&with_longest(8 << 10, &pulled.dir(), &["pack", to.to_str().unwrap()]));
    assert_eq!((fs::read(&to).unwrap(), names(pulled.home.path())), (b"before".to_vec(), beside));
}
