//! Completions in real shells: the default command, values of the index, and names that mean harm.

use std::{
    ffi::OsString,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    left_out,
    program::{Collection, Run, program},
};

/// Names of companies that a shell could obey.
const HOSTILE: [&str; 9] = [
    "Evil $(touch owned)",
    "Tick `touch owned`",
    "Semi; touch owned",
    "Quo'te \"double\" \\back",
    "*",
    "bang!! hash# ~x",
    "{a,b} [c] <d> | e & f",
    "line\nline",
    "Zürich & Söhne",
];

/// A collection whose companies have such names, and the program on the path.
struct Shells {
    dir: tempfile::TempDir,
    path: OsString,
}

impl Shells {
    fn new() -> Shells {
        let dir = tempfile::tempdir().unwrap();
        let line = |(id, company): (usize, &&str)| {
            format!("{}\n", serde_json::json!({"id": id, "title": "Drift", "company": company}))
        };
        let lines: String = HOSTILE.iter().enumerate().map(line).collect();
        let file = dir.path().join("own.jsonl");
        fs::write(&file, lines).unwrap();
        let mut import = program();
        import.arg("--index").arg(dir.path().join("index")).arg("import").arg(&file);
        assert_eq!(Run::of(&mut import).code, 0);
        let bin = Path::new(env!("CARGO_BIN_EXE_mlsearch")).parent().unwrap().to_owned();
        let others = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths([bin].into_iter().chain(std::env::split_paths(&others)));
        Shells { dir, path: path.unwrap() }
    }

    /// What a shell prints; none when it is not installed.
    fn run(&self, shell: &str, args: &[&str], collection: &Path) -> Option<String> {
        let mut command = Command::new(shell);
        command.args(args).current_dir(self.dir.path()).stdin(Stdio::null());
        command.env("PATH", &self.path).env("MLSEARCH_INDEX", collection).env("LC_ALL", "C.UTF-8");
        let Ok(output) = command.output() else {
            left_out::tell(&format!("completions in {shell}: it is not installed"));
            return None;
        };
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{shell} {args:?}");
        Some(String::from_utf8(output.stdout).unwrap())
    }

    /// The words that bash makes of the candidates for the end of a line.
    fn bash(&self, line: &str, replaced: &str, collection: &Path) -> Option<Vec<String>> {
        let script = "source <(mlsearch completions bash); COMP_LINE=$1 COMP_POINT=${#1}; \
                      _mlsearch mlsearch \"$2\" x; \
                      for word in \"${COMPREPLY[@]}\"; do eval \"printf '%s\\0' $word\"; done";
        let args = ["--norc", "--noprofile", "-c", script, "bash", line, replaced];
        let printed = self.run("bash", &args, collection)?;
        Some(printed.split_terminator('\0').map(str::to_owned).collect())
    }
}

#[cfg(unix)]
#[test]
fn bash_completes_the_default_command_and_values_of_the_index() {
    let shells = Shells::new();
    let index = shells.dir.path().join("index");
    let check = |line: &str, replaced: &str, expected: &[&str]| {
        if let Some(words) = shells.bash(line, replaced, &index) {
            assert_eq!(words, expected, "{line}");
        }
    };
    check("mlsearch drift --comp", "--comp", &["--company"]);
    check("mlsearch --comp", "--comp", &["--company"]);
    check("mlsearch --index index drift --comp", "--comp", &["--company"]);
    check("mlsearch upd", "upd", &["update"]);
    check("mlsearch hel", "hel", &["help"]);
    check("mlsearch help upd", "upd", &["update"]);
    check("mlsearch update --dry", "--dry", &["--dry-run"]);
    check("mlsearch facets prov", "prov", &["provenance"]);
    check("mlsearch drift --sort ", "", &["relevance", "date"]);
    check("mlsearch --company evil", "evil", &["Evil $(touch owned)"]);
    check("mlsearch --company=Z", "Z", &["Zürich & Söhne"]);
    check("mlsearch facets --company quo", "quo", &["Quo'te \"double\" \\back"]);
    check("mlsearch -- --comp", "--comp", &[]);
    check("mlsearch import own", "own", &[]);
    let mut names = HOSTILE.map(|name| name.replace('\n', " "));
    names.sort_unstable();
    check("mlsearch drift --company ", "", &names.each_ref().map(String::as_str));
    assert!(!shells.dir.path().join("owned").exists(), "a name was obeyed");

    // The quotation marks of bash's own choice, and those of the line.
    for (line, replaced) in
        [("mlsearch --company 'Quo", "Quo"), ("mlsearch --company \"Quo", "Quo")]
    {
        let mark = &line[19..20];
        let script = "source <(mlsearch completions bash); COMP_LINE=$1 COMP_POINT=${#1}; \
                      _mlsearch mlsearch \"$2\" x; eval \"printf %s $3${COMPREPLY[0]}$3\"";
        let args = ["--norc", "--noprofile", "-c", script, "bash", line, replaced, mark];
        if let Some(word) = shells.run("bash", &args, &index) {
            assert_eq!(word, "Quo'te \"double\" \\back", "{line}");
        }
    }
}

#[cfg(unix)]
#[test]
fn without_an_index_completions_are_silent_and_make_none() {
    let shells = Shells::new();
    let empty = Collection::offline();
    if let Some(words) = shells.bash("mlsearch drift --company ", "", empty.path()) {
        assert_eq!(words, [""; 0]);
    }
    assert!(!empty.file("generations").exists() && !empty.file("pages.sqlite").exists());
    let nowhere = shells.dir.path().join("nowhere");
    for words in [&["mlsearch", "--tag", ""][..], &["mlsearch", "--index", "/nowhere", "--tag", ""]]
    {
        for shell in ["zsh", "fish"] {
            let mut command = program();
            command.args(["--complete-words", shell]).args(words).env("MLSEARCH_INDEX", &nowhere);
            let run = Run::of(&mut command);
            assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (1, "", ""));
        }
    }
    assert!(!nowhere.exists());
}

#[cfg(unix)]
#[test]
fn fish_gets_values_with_descriptions() {
    let shells = Shells::new();
    let index = shells.dir.path().join("index");
    let check = |line: &str, expected: &str| {
        let script = "mlsearch completions fish | source; complete -C $argv[1]";
        if let Some(printed) = shells.run("fish", &["--no-config", "-c", script, line], &index) {
            assert_eq!(printed, expected, "{line}");
        }
    };
    check("mlsearch drift --comp", "--company\tOnly by this company\n");
    check("mlsearch --company 'Evil", "Evil $(touch owned)\t1 article\n");
    check("mlsearch --company=Z", "--company=Zürich & Söhne\t1 article\n");
    assert!(!shells.dir.path().join("owned").exists(), "a name was obeyed");
}

#[test]
fn every_shell_has_a_script_and_the_help_says_where_it_goes() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = Run::of(program().args(["completions", shell]));
        assert!(run.code == 0 && run.stdout.contains("mlsearch"), "{shell}");
    }
    let help = Run::of(program().args(["completions", "--help"])).stdout;
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    for text in [&help, &readme] {
        let mut made = Vec::new();
        for line in text.lines().map(str::trim) {
            made.extend(line.strip_prefix("mkdir -p ").into_iter().flat_map(str::split_whitespace));
            let Some((_, file)) = line.split_once(" > ~").filter(|_| line.starts_with("mlsearch "))
            else {
                continue;
            };
            let folder = format!("~{}", file.rsplit_once('/').unwrap().0);
            assert!(made.contains(&folder.as_str()), "{line}");
        }
        assert!(!made.is_empty());
    }
}
