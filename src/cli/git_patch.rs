//! A patch as git takes it: the changes of one file in the unified format.

use std::{io, path::Path};

use similar::TextDiff;

/// Writes how the text of a file changes. Not a byte of it is changed on the way, and a line is what
/// git takes for one, whatever other line ends the text has.
pub(crate) fn write(out: &mut dyn io::Write, path: &Path, old: &str, new: &str) -> io::Result<()> {
    let lines = |text| str::split_inclusive(text, '\n').collect::<Vec<&str>>();
    let (old, new) = (lines(old), lines(new));
    let diff = TextDiff::from_slices(&old, &new);
    let (before, after) = (name("a/", path), name("b/", path));
    // With this line the names begin at the root of the repository wherever git is run.
    writeln!(out, "diff --git {before} {after}")?;
    // What follows a tab is no part of the name, which may have blanks in it.
    let end = if before.contains(' ') && !before.starts_with('"') { "\t" } else { "" };
    writeln!(out, "--- {before}{end}\n+++ {after}{end}")?;
    for hunk in diff.unified_diff().iter_hunks() {
        writeln!(out, "{}", hunk.header())?;
        for change in hunk.iter_changes() {
            let line = change.value();
            write!(out, "{}{line}", change.tag())?;
            if !line.ends_with('\n') {
                writeln!(out, "\n\\ No newline at end of file")?;
            }
        }
    }
    Ok(())
}

/// The name of a file behind `a/` or `b/`, in quotes where git wants them
/// (<https://git-scm.com/docs/git-config#Documentation/git-config.txt-corequotePath>).
fn name(side: &str, path: &Path) -> String {
    let path = path.as_os_str().as_encoded_bytes();
    let separators = |byte: &u8| if cfg!(windows) && *byte == b'\\' { b'/' } else { *byte };
    let bytes: Vec<u8> = path.iter().map(separators).collect();
    match str::from_utf8(&bytes) {
        Ok(text) if !text.contains(|c: char| c.is_control() || c == '"' || c == '\\') => {
            format!("{side}{text}")
        }
        _ => {
            let octal = |byte: &u8| match *byte {
                b'"' | b'\\' => format!("\\{}", char::from(*byte)),
                b' '..=b'~' => char::from(*byte).to_string(),
                byte => format!("\\{byte:03o}"),
            };
            format!("\"{side}{}\"", bytes.iter().map(octal).collect::<String>())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::cli::git_patch::write;

    #[track_caller]
    fn check(path: &str, old: &str, new: &str, expected: &str) {
        let mut out = Vec::new();
        write(&mut out, Path::new(path), old, new).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn line_ends_and_a_last_line_without_one_stay_as_they_are() {
        check(
            "a.md",
            "a\r\nb\rc\r\nd",
            "a\r\nB\rc\r\nD",
            "diff --git a/a.md b/a.md\n--- a/a.md\n+++ b/a.md\n@@ -1,3 +1,3 @@\n a\r\n-b\rc\r\n-d\n\
             \\ No newline at end of file\n+B\rc\r\n+D\n\\ No newline at end of file\n",
        );
    }

    #[test]
    fn names_are_written_as_git_reads_them() {
        let hunk = "@@ -1 +1 @@\n-a\n+b\n";
        let plain = "diff --git a/ö é.md b/ö é.md\n--- a/ö é.md\t\n+++ b/ö é.md\t\n";
        check("ö é.md", "a\n", "b\n", &format!("{plain}{hunk}"));
        let quoted = "diff --git \"a/\\303\\266 \\\"\\011.md\" \"b/\\303\\266 \\\"\\011.md\"\n\
                      --- \"a/\\303\\266 \\\"\\011.md\"\n+++ \"b/\\303\\266 \\\"\\011.md\"\n";
        check("ö \"\t.md", "a\n", "b\n", &format!("{quoted}{hunk}"));
    }
}
