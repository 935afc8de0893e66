//! The files that a list in a file links to. What it may name is bounded: files of the repository
//! that holds it, or of its own folder outside of any, and none that are hidden.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use percent_encoding::percent_decode_str;
use url::Url;

use crate::{
    collection,
    list::{self, ListOptions},
};

/// The folder of links is given an address, so that relative links are resolved as those of the web
/// are. The name is reserved (RFC 6761, section 6.4): no link can have it by chance.
const ROOT: &str = "https://files.invalid/";

/// What a list in a file links to, beside what is in the web.
pub(crate) struct LocalLinks {
    root: PathBuf,
    /// The address of the list itself.
    address: Url,
    /// The addresses of files, in the order of the list, each once.
    links: Vec<Url>,
}

impl LocalLinks {
    /// The links of a list.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn of(file: &Path) -> io::Result<LocalLinks> {
        let place = collection::place_of(file)?;
        let folder = place.parent().unwrap_or(&place);
        let root = collection::repository_root(folder)?.unwrap_or_else(|| folder.to_owned());
        let mut bytes = Vec::new();
        let most = list::MAX_BYTES as u64 + 1;
        File::open(&place)?.take(most).read_to_end(&mut bytes)?;
        let mut address = Url::parse(ROOT).expect("the address of the root is one");
        let path = collection::relative_path(&root, &place).unwrap_or_default();
        if let Ok(mut segments) = address.path_segments_mut() {
            segments.extend(path.split('/'));
        }
        let options = ListOptions { base: Some(address.clone()), ..ListOptions::default() };
        let entries = list::parse(&bytes, &options).map(|list| list.entries).unwrap_or_default();
        let mut links: Vec<Url> = Vec::new();
        for entry in &entries {
            for url in [&entry.url].into_iter().chain(&entry.also) {
                let Some(mut url) = Url::parse(url).ok().filter(is_local) else {
                    continue;
                };
                url.set_query(None);
                url.set_fragment(None);
                if !links.contains(&url) {
                    links.push(url);
                }
            }
        }
        Ok(LocalLinks { root, address, links })
    }

    /// The links as paths below the root, for people and for names.
    pub(crate) fn paths(&self) -> impl Iterator<Item = String> {
        self.links.iter().map(|url| decoded(url.path()))
    }

    /// The path below the root that a link in the list means; none when the list has no such link.
    pub(crate) fn find(&self, link: &str) -> Option<String> {
        let mut url = self.address.join(link).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        self.links.contains(&url).then(|| decoded(url.path()))
    }

    /// The file at a path below the root, of a folder its README; none when there is none, when it
    /// is hidden, or when a link leads out of the root.
    pub(crate) fn file(&self, path: &str) -> Option<PathBuf> {
        let mut place = self.root.clone();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            if part.starts_with('.') || part.contains(['\\', ':', '\0']) {
                return None;
            }
            place.push(part);
        }
        let real = fs::canonicalize(&place).ok()?;
        let real = match real.is_dir() {
            false => real,
            true => {
                let mut readmes = list::source::READMES.iter().map(|name| real.join(name));
                fs::canonicalize(readmes.find(|readme| readme.is_file())?).ok()?
            }
        };
        let below = real.strip_prefix(&self.root).ok()?;
        let is_hidden = |part: &std::ffi::OsStr| part.as_encoded_bytes().starts_with(b".");
        (real.is_file() && !below.iter().any(is_hidden)).then_some(real)
    }
}

fn is_local(url: &Url) -> bool {
    url.as_str().starts_with(ROOT)
}

/// A path without escapes and without the slash in front. A slash that is written as an escape
/// parts nothing: it makes a name that no file has.
fn decoded(path: &str) -> String {
    let parts = path.trim_start_matches('/').split('/').map(|part| {
        let part = percent_decode_str(part).decode_utf8_lossy();
        if part.contains('/') { "\\".to_owned() } else { part.into_owned() }
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use crate::update::local_links::LocalLinks;

    /// A folder with files outside of it and in it, and the links of a list in it.
    #[track_caller]
    fn check(links: &[&str], expected: &[&str]) {
        let dir = tempfile::tempdir().unwrap();
        let outer = fs::canonicalize(dir.path()).unwrap();
        let root = outer.join("root");
        for file in ["a.md", "b c/README.md", "b c/ö.md", ".secret.md", ".git/x.md", "in/list.md"]
        {
            let file = root.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "x").unwrap();
        }
        fs::write(outer.join("out.md"), "x").unwrap();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(outer.join("out.md"), root.join("link.md")).unwrap();
            std::os::unix::fs::symlink(&outer, root.join("up")).unwrap();
            std::os::unix::fs::symlink(root.join(".git"), root.join("git")).unwrap();
        }
        let text: String = links.iter().map(|link| format!("- [x](<{link}>)\n")).collect();
        let list = root.join("in/list.md");
        fs::write(&list, text).unwrap();
        let links = LocalLinks::of(&list).unwrap();
        let files: Vec<_> = links.paths().filter_map(|path| links.file(&path)).collect();
        let files: Vec<&Path> =
            files.iter().map(|file| file.strip_prefix(&root).unwrap()).collect();
        assert_eq!(files, expected.iter().map(Path::new).collect::<Vec<_>>());
    }

    #[test]
    fn files_of_the_repository_are_found() {
        check(
            &["../a.md", "/b c/", "../b%20c/%C3%B6.md?x#y", "https://a.example/a.md"],
            &["a.md", "b c/README.md", "b c/ö.md"],
        );
    }

    #[test]
    fn nothing_beyond_it_and_nothing_hidden_is_named() {
        check(
            &[
                "../../out.md",
                "..%2f..%2fout.md",
                "..%2F../..%2Fout.md",
                "../..\\..\\out.md",
                "../link.md",
                "../up/out.md",
                "../.secret.md",
                "../.git/x.md",
                "../git/x.md",
                "/etc/passwd",
                "file:///etc/passwd",
                "https://files.invalid.example/a.md",
            ],
            &[],
        );
    }
}
