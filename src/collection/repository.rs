//! The git repository around a folder, and the way from one of its places to another.

use std::{
    fs, io, iter,
    path::{Component, Path, PathBuf},
};

/// The root of the repository that holds a folder, without detours; none outside of any.
///
/// # Errors
/// When the folder cannot be found.
pub fn repository_root(folder: &Path) -> io::Result<Option<PathBuf>> {
    let folder = fs::canonicalize(folder)?;
    // A file of this name stands at the root of a work tree or a submodule.
    Ok(folder.ancestors().find(|dir| dir.join(".git").exists()).map(Path::to_owned))
}

/// The place of a file under its own name: its folder without detours. A file that is a symbolic
/// link stays that link.
///
/// # Errors
/// When its folder cannot be found.
pub fn place_of(file: &Path) -> io::Result<PathBuf> {
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let name = file.file_name().ok_or(io::ErrorKind::NotFound)?;
    Ok(fs::canonicalize(folder)?.join(name))
}

/// The way from a folder to a file, with `/` between its parts as settings have it on every system;
/// none when there is no such way, or when a name in it is no text. Both paths are absolute and
/// without detours.
pub fn relative_path(folder: &Path, file: &Path) -> Option<String> {
    let common = folder.components().zip(file.components()).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return None;
    }
    let up = folder.components().skip(common).map(|_| Some(".."));
    let down = file.components().skip(common).map(|part| match part {
        Component::Normal(name) => name.to_str(),
        _ => None,
    });
    let parts: Option<Vec<&str>> = iter::chain(up, down).collect();
    parts.map(|parts| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use crate::collection::repository::{place_of, relative_path, repository_root};

    #[track_caller]
    fn check(folder: &str, file: &str, expected: &str) {
        assert_eq!(relative_path(Path::new(folder), Path::new(file)).as_deref(), Some(expected));
    }

    #[test]
    fn a_way_goes_up_and_down_again() {
        check("/r/index", "/r/README.md", "../README.md");
        check("/r/a/index", "/r/docs/my list.md", "../../docs/my list.md");
        check("/r", "/r/léxico/x.md", "léxico/x.md");
        check("/r/index", "/r/index/lists/x.md", "lists/x.md");
    }

    #[test]
    fn the_nearest_repository_is_the_one() {
        let dir = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(dir.path()).unwrap();
        fs::create_dir_all(root.join("a/b/c")).unwrap();
        fs::create_dir(root.join(".git")).unwrap();
        assert_eq!(repository_root(&root.join("a/b/../b")).unwrap(), Some(root.clone()));
        // A submodule has a file of this name.
        fs::write(root.join("a/.git"), "gitdir: ../.git/modules/a").unwrap();
        assert_eq!(repository_root(&root.join("a/b/c")).unwrap(), Some(root.join("a")));
        assert_eq!(place_of(&root.join("a/b/../x.md")).unwrap(), root.join("a/x.md"));
        assert!(repository_root(&root.join("none")).is_err());
    }
}
