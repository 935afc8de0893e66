//! A patch of the lists: links that have moved for good get their new addresses, and dead ones those of
//! their copies.

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    canonical::{self, CanonicalUrl},
    collection::{self, Collection},
    error::Error,
    inspect::{
        links::{CheckedLink, LinkState},
        list_file::{ListFile, list_files},
    },
    list,
};

/// What can be done about the links that have moved for good, and about the dead ones of which the web
/// archive has a copy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    /// The folder at which the paths of the files begin, without detours: the root of the repository
    /// that holds the collection, or the collection's folder outside of any.
    pub root: PathBuf,
    /// The files in which new addresses are put in.
    pub files: Vec<PatchedFile>,
    /// The links that are left to a person.
    pub unpatched: Vec<UnpatchedLink>,
}

/// A list file as it is, and with its links fixed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchedFile {
    /// The file's path below the root of the patch.
    pub path: PathBuf,
    /// What it holds.
    pub old: String,
    /// What it should hold.
    pub new: String,
}

/// A link for which there is another address or none any more, and which is left to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnpatchedLink {
    /// The link as the curator wrote it.
    pub url: String,
    /// The new address, or that of the copy; none when it is to be removed.
    pub target: Option<String>,
    /// Whether the link is dead, and has not moved.
    pub is_dead: bool,
    /// Why it is left.
    pub why: UnpatchedReason,
}

/// Why a link is left to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnpatchedReason {
    /// It leads to a site's front page, and was none.
    Front,
    /// Another link of the lists leads to the same address.
    Shared,
    /// It stands in this file, which is outside the root of the patch.
    Outside(String),
    /// It stands in this file, in which an address has a user name or a password; a patch would show
    /// it.
    Credentials(String),
    /// The new address cannot be written where it stands in this file.
    Unfit(String),
    /// Its entry in this file is more than an item or a row of its own.
    NotAlone(String),
    /// No file of the lists holds it as it is known.
    NotFound,
}

/// What becomes of the entries of dead links that have no copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadEntries {
    /// They stay.
    Left,
    /// Those are removed that are an item or a row of their own, without further links.
    Removed,
}

/// Puts the new addresses of links that have moved for good into the files of the lists, and in place of
/// a dead link the address of the web archive's copy, where one is known.
///
/// The entry of a dead link without one is left or removed, as `dead` says.
/// Lists from the web are left out, and so are files that are not UTF-8. Nothing is put into a file in
/// which an address has a user name or a password.
///
/// # Errors
/// [`Error::Io`] when a list cannot be read.
pub fn patch(
    collection: &Collection,
    links: &[CheckedLink],
    dead: DeadEntries,
) -> Result<Patch, Error> {
    let root = root(&collection.dir).map_err(|e| Error::io(&collection.dir, e))?;
    let shown = |file: ListFile| (file.shown, file.path);
    patch_files(root, list_files(collection).into_iter().map(shown).collect(), links, dead)
}

/// Puts the new addresses of links that have moved for good, and those of copies, into files of lists, as
/// [`patch`] does.
/// The root of the patch is that of the repository that holds the first one, or its folder.
///
/// # Errors
/// [`Error::Io`] when one cannot be read.
pub fn patch_lists(
    files: &[&Path],
    links: &[CheckedLink],
    dead: DeadEntries,
) -> Result<Patch, Error> {
    let mut places = Vec::new();
    for file in files {
        let place = collection::place_of(file).map_err(|e| Error::io(*file, e))?;
        places.push((file.display().to_string(), place));
    }
    let Some((_, first)) = places.first() else { return Ok(Patch::default()) };
    let folder = first.parent().unwrap_or(first);
    let root = root(folder).map_err(|e| Error::io(folder, e))?;
    patch_files(root, places, links, dead)
}

fn patch_files(
    root: PathBuf,
    files: Vec<(String, PathBuf)>,
    links: &[CheckedLink],
    dead: DeadEntries,
) -> Result<Patch, Error> {
    let mut patch = Patch { root, ..Patch::default() };
    let mut leading: HashMap<CanonicalUrl, usize> = HashMap::new();
    for address in links.iter().filter_map(address) {
        *leading.entry(address).or_default() += 1;
    }
    let mut fixes = Vec::new();
    for link in links {
        let Some(fix) = Fix::of(link) else { continue };
        let is_shared = address(link).is_some_and(|address| leading[&address] > 1);
        if fix.is_dead {
            fixes.push(fix);
        } else if canonical::leads_to_front_page(fix.url, fix.target) {
            patch.unpatched.push(fix.left(UnpatchedReason::Front));
        } else if is_shared {
            patch.unpatched.push(fix.left(UnpatchedReason::Shared));
        } else {
            fixes.push(fix);
        }
    }
    let pairs: Vec<(&str, &str)> = fixes.iter().map(|fix| (fix.url, fix.target)).collect();
    let is_gone = |link: &&CheckedLink| {
        link.dead && link.state != LinkState::Moved && link.archived.is_none()
    };
    let mut gone: Vec<&str> = links.iter().filter(is_gone).map(|link| &*link.url).collect();
    gone.retain(|_| dead == DeadEntries::Removed);
    let mut found_anywhere = HashSet::new();
    for (shown, path) in files {
        let bytes = fs::read(&path).map_err(|e| Error::io(&path, e))?;
        let Ok(old) = String::from_utf8(bytes) else { continue };
        let list::fix::Fixed { text: new, found, unfit } = list::fix::fix(&old, &pairs);
        let shortened = list::fix::without(&new, &gone);
        let kept = |why: &dyn Fn() -> UnpatchedReason| -> Vec<UnpatchedLink> {
            let not_removed = |url: &&str| UnpatchedLink {
                url: (*url).to_owned(),
                target: None,
                is_dead: true,
                why: why(),
            };
            gone.iter().filter(|url| shortened.left.contains(*url)).map(not_removed).collect()
        };
        let left_as = |these: &HashSet<&str>, why: UnpatchedReason| -> Vec<UnpatchedLink> {
            let these = fixes.iter().filter(|fix| these.contains(fix.url));
            these.map(|fix| fix.left(why.clone())).collect()
        };
        let has_credentials = canonical::without_userinfo(&old).is_some();
        match within(&patch.root, &path)? {
            Some(path) if has_credentials => {
                let why = UnpatchedReason::Credentials(path.display().to_string());
                patch.unpatched.extend(left_as(&found, why));
            }
            Some(path) => {
                let why = UnpatchedReason::Unfit(path.display().to_string());
                patch.unpatched.extend(left_as(&unfit, why));
                let shown = path.display().to_string();
                patch.unpatched.extend(kept(&|| UnpatchedReason::NotAlone(shown.clone())));
                let new = shortened.text.clone();
                // One file may be the source of two lists.
                if new != old && patch.files.iter().all(|file| file.path != path) {
                    patch.files.push(PatchedFile { path, old, new });
                }
            }
            None => patch.unpatched.extend(left_as(&found, UnpatchedReason::Outside(shown))),
        }
        found_anywhere.extend(found);
    }
    let missing = fixes.iter().filter(|fix| !found_anywhere.contains(fix.url));
    patch.unpatched.extend(missing.map(|fix| fix.left(UnpatchedReason::NotFound)));
    Ok(patch)
}

/// Where a link leads, as far as it is known.
fn address(link: &CheckedLink) -> Option<CanonicalUrl> {
    CanonicalUrl::parse(link.final_url.as_ref().unwrap_or(&link.url))
}

/// A link and what it is to be.
struct Fix<'l> {
    url: &'l str,
    target: &'l str,
    is_dead: bool,
}

impl Fix<'_> {
    fn of(link: &CheckedLink) -> Option<Fix<'_>> {
        let is_dead = link.state != LinkState::Moved;
        let target = match is_dead {
            false => link.final_url.as_deref(),
            true => link.archived.as_deref().filter(|_| link.dead),
        };
        Some(Fix { url: &link.url, target: target?, is_dead })
    }

    fn left(&self, why: UnpatchedReason) -> UnpatchedLink {
        let (url, target) = (self.url.to_owned(), Some(self.target.to_owned()));
        UnpatchedLink { url, target, is_dead: self.is_dead, why }
    }
}

/// Where the paths of a patch begin.
fn root(folder: &Path) -> io::Result<PathBuf> {
    match collection::repository_root(folder)? {
        Some(root) => Ok(root),
        None => fs::canonicalize(folder),
    }
}

/// The path of a file within a folder, without detours, as a patch needs it; none when it is
/// outside.
fn within(folder: &Path, file: &Path) -> Result<Option<PathBuf>, Error> {
    let file = fs::canonicalize(file).map_err(|e| Error::io(file, e))?;
    Ok(file.strip_prefix(folder).ok().map(Path::to_owned))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::{
        collection::Collection,
        inspect::{
            links::{CheckedLink, LinkState},
            patch::{DeadEntries, UnpatchedLink, UnpatchedReason, patch},
        },
    };

    fn link(url: &str, target: Option<&str>) -> CheckedLink {
        CheckedLink {
            url: url.into(),
            id: String::new(),
            title: String::new(),
            lists: Vec::new(),
            state: if target.is_some() { LinkState::Moved } else { LinkState::Ok },
            dead: false,
            reason: None,
            status: None,
            final_url: target.map(str::to_owned),
            failing_since: None,
            failures: 0,
            archived: None,
        }
    }

    /// A collection with lists of these sources and texts.
    fn collection(dir: &std::path::Path, lists: &[(&str, &str)]) -> Collection {
        let mut settings = String::new();
        for (source, text) in lists {
            settings.push_str(&format!("[[list]]\nsource = '{source}'\n"));
            fs::write(dir.join(source), text).unwrap();
        }
        fs::write(dir.join("mlsearch.toml"), settings).unwrap();
        Collection::open(dir).unwrap()
    }

    /// Fixes a list of these links; expected are its links afterwards, and why some are left.
    #[track_caller]
    fn check(links: &[(&str, Option<&str>)], expected: &[&str], left: &[(&str, UnpatchedReason)]) {
        let dir = tempfile::tempdir().unwrap();
        let text: String = links.iter().map(|(url, _)| format!("- <{url}>\n")).collect();
        let collection = collection(dir.path(), &[("list.md", &text)]);
        let links: Vec<CheckedLink> =
            links.iter().map(|(url, target)| link(url, *target)).collect();
        let patch = patch(&collection, &links, DeadEntries::Left).unwrap();
        let new: String = expected.iter().map(|url| format!("- <{url}>\n")).collect();
        let fixed = patch.files.first().map_or(&text, |file| &file.new);
        assert_eq!(*fixed, new);
        let found: Vec<(&str, UnpatchedReason)> =
            patch.unpatched.iter().map(|left| (left.url.as_str(), left.why.clone())).collect();
        assert_eq!(found, left);
    }

    #[test]
    fn a_front_page_is_the_new_address_of_a_front_page_only() {
        check(
            &[("http://a.org/x", Some("https://a.org/")), ("http://b.org", Some("https://b.org/"))],
            &["http://a.org/x", "https://b.org/"],
            &[("http://a.org/x", UnpatchedReason::Front)],
        );
    }

    #[test]
    fn links_that_lead_to_one_address_are_left_to_a_person() {
        check(
            &[
                ("http://a.org/1", Some("https://a.org/all")),
                ("http://a.org/2", Some("https://a.org/all")),
                ("http://a.org/3", Some("https://a.org/3")),
                ("http://a.org/4", Some("https://a.org/listed")),
                ("https://a.org/listed", None),
            ],
            &[
                "http://a.org/1",
                "http://a.org/2",
                "https://a.org/3",
                "http://a.org/4",
                "https://a.org/listed",
            ],
            &[
                ("http://a.org/1", UnpatchedReason::Shared),
                ("http://a.org/2", UnpatchedReason::Shared),
                ("http://a.org/4", UnpatchedReason::Shared),
            ],
        );
    }

    #[test]
    fn a_dead_link_is_its_copy_where_one_is_known() {
        let dir = tempfile::tempdir().unwrap();
        let text = "- <http://a.org/x>\n- <http://a.org/y>\n- <http://a.org/z>\n";
        let copy = |name: &str| format!("https://web.archive.org/web/20220803101112/{name}");
        let dead = |name: &str, dead, archived| CheckedLink {
            state: LinkState::Gone,
            dead,
            archived,
            final_url: Some("http://a.org/sorry".into()),
            ..link(&format!("http://a.org/{name}"), None)
        };
        let links = [
            dead("x", true, Some(copy("http://a.org/x"))),
            dead("y", false, Some(copy("http://a.org/y"))),
            dead("z", true, None),
            dead("none", true, Some(copy("http://a.org/none"))),
        ];
        let collection = collection(dir.path(), &[("a.md", text)]);
        let patch = |dead| patch(&collection, &links, dead).unwrap();
        let expected = text.replace("http://a.org/x", &copy("http://a.org/x"));
        assert_eq!(patch(DeadEntries::Left).files[0].new, expected);
        let removed = expected.replace("- <http://a.org/z>\n", "");
        assert_eq!(patch(DeadEntries::Removed).files[0].new, removed);
        let left = UnpatchedLink {
            url: "http://a.org/none".into(),
            target: Some(copy("http://a.org/none")),
            is_dead: true,
            why: UnpatchedReason::NotFound,
        };
        assert_eq!(patch(DeadEntries::Removed).unpatched, [left]);
    }

    #[test]
    fn a_file_with_credentials_is_left_to_a_person() {
        let dir = tempfile::tempdir().unwrap();
        let text = "- <http://a.org/x>\n- <https://me:secret@a.org/z>\n";
        let links = [link("http://a.org/x", Some("http://b.org/x"))];
        let collection = collection(dir.path(), &[("a.md", text)]);
        let patch = patch(&collection, &links, DeadEntries::Left).unwrap();
        assert_eq!(patch.files, []);
        let whys: Vec<_> = patch.unpatched.into_iter().map(|left| left.why).collect();
        assert_eq!(whys, [UnpatchedReason::Credentials("a.md".into())]);
    }

    #[test]
    fn a_file_outside_the_collection_is_left_to_a_person() {
        let dir = tempfile::tempdir().unwrap();
        let within = dir.path().join("within");
        fs::create_dir(&within).unwrap();
        let inner = within.join("inner.md").display().to_string();
        let outer = dir.path().join("outer.md").display().to_string();
        let text = "- <http://a.org/x>\n";
        let lists = [("../b.md", text), (&outer, text), (&inner, text), ("./c.csv", "url\n")];
        let links = [
            link("http://a.org/x", Some("http://b.org/x")),
            link("http://a.org/y", Some("http://b.org/y")),
        ];
        let patch = patch(&collection(&within, &lists), &links, DeadEntries::Left).unwrap();
        let files: Vec<_> = patch.files.iter().map(|file| file.path.to_str().unwrap()).collect();
        assert_eq!(files, ["inner.md"]);
        let left = |name: &str, why| UnpatchedLink {
            url: format!("http://a.org/{name}"),
            target: Some(format!("http://b.org/{name}")),
            is_dead: false,
            why,
        };
        let expected = [
            left("x", UnpatchedReason::Outside("../b.md".into())),
            left("x", UnpatchedReason::Outside(outer)),
            left("y", UnpatchedReason::NotFound),
        ];
        assert_eq!(patch.unpatched, expected);
    }

    #[test]
    fn a_link_whose_new_address_does_not_fit_is_left_to_a_person() {
        let dir = tempfile::tempdir().unwrap();
        let lists = [
            (
                "list.html",
                "<html><body><a href='http://a.org/x'>a</a><a href='http://a.org/y'>b</a>",
            ),
            ("list.md", "- [a](http://a.org/y)\n"),
        ];
        let links = [
            link("http://a.org/x", Some("https://b.org/?a&b='c")),
            link("http://a.org/y", Some("http://[::1]/y")),
        ];
        let patch = patch(&collection(dir.path(), &lists), &links, DeadEntries::Left).unwrap();
        let new: Vec<_> = patch.files.iter().map(|file| file.new.as_str()).collect();
        let expected = "<html><body><a href='https://b.org/?a&amp;b=&#39;c'>a</a>\
                        <a href='http://[::1]/y'>b</a>";
        assert_eq!(new, [expected]);
        let left = UnpatchedLink {
            url: "http://a.org/y".into(),
            target: Some("http://[::1]/y".into()),
            is_dead: false,
            why: UnpatchedReason::Unfit("list.md".into()),
        };
        assert_eq!(patch.unpatched, [left]);
    }
}
