//! What is there when a pull ends in the middle: the next one takes nothing of it for the user's.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::{
    pack::{
        archive::{changed, file},
        fails, ok, pack, shared,
    },
    program::Collection,
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
        let is_odd = |name: &&String| name.contains("pending") || name.starts_with(".tmp");
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
