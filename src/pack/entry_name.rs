//! The names that files in an archive may have.

/// Bytes of the longest name: what every form of tar holds in one field.
const LONGEST: usize = 100;

/// The folder of the files of the index.
pub(crate) const GENERATION: &str = "generation/";
/// The folder of the lists.
pub(crate) const LISTS: &str = "lists/";
/// The copy of the page store.
pub(crate) const PAGES: &str = "pages.sqlite";
/// The aliases.
pub(crate) const ALIASES: &str = "aliases.toml";

/// Tantivy's list of its files, the only name that may begin with a point.
const MANAGED: &str = ".managed.json";

/// What is wrong with the name of a file for any system, whether or not it has that meaning on this
/// one; none when nothing is.
pub(crate) fn problem(name: &str) -> Option<&'static str> {
    if name.len() > LONGEST {
        return Some("its path is longer than 100 bytes");
    }
    if name.starts_with('/') {
        return Some("its path is absolute");
    }
    let is_odd = |c: char| c.is_control() || "<>:\"|?*\\".contains(c);
    if name.chars().any(is_odd) {
        return Some("its path has a sign that is no part of a name on every system");
    }
    name.split('/').find_map(problem_of_part)
}

/// What is wrong with one name of a path.
fn problem_of_part(part: &str) -> Option<&'static str> {
    if part == ".." {
        return Some("its path leads out of the archive");
    }
    if part.is_empty() || part.ends_with(['.', ' ']) || part.starts_with(' ') {
        return Some("a part of its path is no name on every system");
    }
    let stem = part.split('.').next().unwrap_or(part).trim_end();
    let device = |name: &str| stem.eq_ignore_ascii_case(name);
    let numbered = |name: &str| {
        let (head, number) = stem.split_at_checked(name.len()).unwrap_or((stem, ""));
        let is_number = |c: char| c.is_ascii_digit() || "¹²³".contains(c);
        let mut number = number.chars();
        head.eq_ignore_ascii_case(name)
            && number.next().is_some_and(is_number)
            && number.next().is_none()
    };
    let is_device = ["con", "prn", "aux", "nul", "conin$", "conout$"].into_iter().any(device);
    (is_device || numbered("com") || numbered("lpt")).then_some("it has the name of a device")
}

/// Whether an index consists of such files.
pub(crate) fn is_known(name: &str, settings_file: &str) -> bool {
    let single = |rest: &str| !rest.contains('/') && (!rest.starts_with('.') || rest == MANAGED);
    let below = |folder: &str| name.strip_prefix(folder).is_some_and(single);
    [settings_file, ALIASES, PAGES].contains(&name) || below(GENERATION) || below(LISTS)
}

#[cfg(test)]
mod tests {
    use crate::pack::entry_name::{is_known, problem};

    #[track_caller]
    fn check(name: &str, expected: Option<&str>) {
        let found = problem(name);
        match expected {
            Some(expected) => assert!(found.is_some_and(|f| f.contains(expected)), "{found:?}"),
            None => assert_eq!(found, None, "{name}"),
        }
    }

    #[test]
    fn names_that_are_dangerous_on_any_system_are_refused() {
        check("generation/0a.store", None);
        check("lists/reading list.md", None);
        check("lists/読書.md", None);
        check("lists/console.md", None);
        check("lists/com10", None);
        check("/etc/passwd", Some("absolute"));
        check("../x", Some("leads out"));
        check("lists/../../x", Some("leads out"));
        check("lists//x", Some("no name"));
        check("./x", Some("no name"));
        check("", Some("no name"));
        check("lists/", Some("no name"));
        check("C:/x", Some("a sign"));
        check("c:x", Some("a sign"));
        check("lists\\x", Some("a sign"));
        check("\\\\server\\share", Some("a sign"));
        check("lists/x:stream", Some("a sign"));
        check("lists/a\nb", Some("a sign"));
        check("lists/a\0", Some("a sign"));
        check("lists/x.", Some("no name"));
        check("lists/x ", Some("no name"));
        check("lists/NUL", Some("device"));
        check("lists/nul.md", Some("device"));
        check("lists/aux .md", Some("device"));
        check("lists/COM1", Some("device"));
        check("lists/lpt¹.txt", Some("device"));
        check(&"x".repeat(101), Some("longer than"));
    }

    #[test]
    fn only_what_an_index_consists_of_is_known() {
        let known = |name| is_known(name, "mlsearch.toml");
        assert!(known("mlsearch.toml") && known("aliases.toml") && known("pages.sqlite"));
        assert!(known("generation/.managed.json") && known("lists/a.md"));
        assert!(!known("CURRENT") && !known("update.lock") && !known("generation/a/b"));
        assert!(!known("lists/.bashrc") && !known(".git/hooks/x") && !known("generation"));
    }
}
