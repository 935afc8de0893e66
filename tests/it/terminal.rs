//! What the program does on a terminal only: a pseudo-terminal stands in for the real one.

use std::{
    fs::{self, File},
    io::{Read, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
};

use nix::pty::Winsize;

use crate::{
    program::{Collection, program},
    web::Web,
};

/// Tells the reader that the program has ended; no program writes it. The terminal's own end is no
/// sign, since a program that another test has begun meanwhile may have inherited it.
pub const END: u8 = 0x1e;

/// The streams of a program that are a terminal; the others are pipes, or nothing for input.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    In,
    Out,
    Err,
}

/// What a program that runs on a terminal has printed.
pub struct Shown {
    /// What the terminal shows: what is typed, too.
    pub terminal: String,
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

/// Runs a command with some of its streams on a terminal on which something is typed, whose window
/// has no size.
pub fn run_on_terminal(command: &mut Command, streams: &[Stream], typed: &str) -> Shown {
    run_in_window(command, (0, 0), streams, typed)
}

/// Runs a command with some of its streams on a terminal of so many columns and rows.
pub fn run_in_window(
    command: &mut Command,
    (ws_col, ws_row): (u16, u16),
    streams: &[Stream],
    typed: &str,
) -> Shown {
    let window = Winsize { ws_row, ws_col, ws_xpixel: 0, ws_ypixel: 0 };
    let pty = nix::pty::openpty(Some(&window), None).unwrap();
    let (mut master, mut slave) = (File::from(pty.master), File::from(pty.slave));
    let end = |stream: Stream, other: fn() -> Stdio| match streams.contains(&stream) {
        true => Stdio::from(slave.try_clone().unwrap()),
        false => other(),
    };
    command.stdin(end(Stream::In, Stdio::null));
    command.stdout(end(Stream::Out, Stdio::piped));
    command.stderr(end(Stream::Err, Stdio::piped));
    let child = command.env("NO_COLOR", "1").spawn().unwrap();
    master.write_all(typed.as_bytes()).unwrap();
    let reader = thread::spawn(move || {
        let (mut shown, mut piece) = (Vec::new(), [0; 4096]);
        while !shown.contains(&END) {
            let bytes = master.read(&mut piece).unwrap();
            shown.extend_from_slice(&piece[..bytes]);
        }
        String::from_utf8(shown).unwrap()
    });
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    slave.write_all(&[END]).unwrap();
    let shown = reader.join().unwrap();
    Shown {
        terminal: shown.trim_end_matches(char::from(END)).replace("\r\n", "\n"),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
        code: status.code().unwrap_or(-1),
    }
}

/// The files below a folder that have a name.
fn files_named(name: &str, dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_named(name, &path));
        } else if path.ends_with(name) {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[test]
fn a_search_on_a_terminal_is_remembered_for_its_user_and_its_collection_alone() {
    let collections = [Collection::offline(), Collection::offline()];
    let cache = tempfile::tempdir().unwrap();
    let command = |number: usize, args: &[&str]| {
        let mut command = collections[number].command(args);
        command.env("XDG_CACHE_HOME", cache.path());
        command
    };
    let search = |number: usize, query: &str| {
        let shown = run_on_terminal(&mut command(number, &[query]), &[Stream::Out], "");
        assert_eq!(shown.code, 0, "{}", shown.stderr);
        let urls = shown.terminal.lines().map(str::trim).filter(|line| line.starts_with("http"));
        urls.map(str::to_owned).collect::<Vec<_>>()
    };
    let show = |number: usize, id: &str| {
        let shown = run_on_terminal(&mut command(number, &["show", id]), &[Stream::Out], "");
        assert_eq!(shown.code, 0, "{}", shown.stderr);
        assert_eq!(shown.stderr, "", "a person on a terminal knows the search");
        shown.terminal
    };
    for collection in &collections {
        collection.ok(&["update", "--offline"]);
    }
    let first = search(0, "feature store");
    let second = search(1, "kubernetes");
    assert!(show(0, "2").contains(&first[1]));
    assert!(show(1, "1").contains(&second[0]));

    let files = files_named("last-search.json", cache.path());
    assert_eq!(files.len(), 2, "one for each collection");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for file in &files {
        assert_eq!((mode(file), mode(file.parent().unwrap())), (0o600, 0o700));
        // As an older version or another program may have left it.
        fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();
    }
    let third = search(0, "machine learning");
    assert!(files.iter().any(|file| mode(file) == 0o600), "it is written anew");

    // A script's search changes nothing, and what a script means is told.
    assert!(command(0, &["kubernetes"]).output().unwrap().status.success());
    assert!(show(0, "1").contains(&third[0]));
    let piped = command(0, &["show", "1"]).output().unwrap();
    let note = "mlsearch: hit 1 of the last search on a terminal, for `machine learning`\n";
    assert_eq!(String::from_utf8(piped.stderr).unwrap(), note);
    let beyond = command(0, &["show", "99"]).output().unwrap();
    let stderr = String::from_utf8(beyond.stderr).unwrap();
    assert!(stderr.contains("for `machine learning`, showed no hit 99\nhint: "), "{stderr}");
}

#[test]
fn a_search_that_is_not_on_a_terminal_or_not_to_be_remembered_is_not() {
    let collection = Collection::offline();
    collection.ok(&["update", "--offline"]);
    let cache = tempfile::tempdir().unwrap();
    let command = |args: &[&str], history: Option<&str>| {
        let mut command = collection.command(args);
        command.env("XDG_CACHE_HOME", cache.path());
        history.map(|history| command.env("MLSEARCH_HISTORY", history));
        command
    };
    assert!(command(&["kubernetes"], None).output().unwrap().status.success());
    assert!(command(&["kubernetes", "--color=always"], None).output().unwrap().status.success());
    for args in [&["show", "1"][..], &["open", "1"], &["similar", "1"]] {
        let shown = run_on_terminal(&mut command(args, None), &[Stream::Out], "");
        let lines: Vec<&str> = shown.stderr.lines().collect();
        let message = "error: no document `1` in the index, and no search is remembered: only \
                       those of this collection on a terminal are";
        assert_eq!((shown.code, lines[0]), (2, message), "{args:?}");
        assert!(lines[1].starts_with("hint: name the id or URL of the article; `mlsearch "));
        assert!(lines[1].ends_with(" WORDS --json` prints them"), "{}", lines[1]);
    }
    let off = run_on_terminal(&mut command(&["kubernetes"], Some("0")), &[Stream::Out], "");
    assert_eq!(off.code, 0, "{}", off.stderr);
    assert_eq!(files_named("last-search.json", cache.path()), [""; 0].map(PathBuf::from));
    let on = run_on_terminal(&mut command(&["kubernetes"], Some("1")), &[Stream::Out], "");
    assert_eq!(on.code, 0, "{}", on.stderr);
    assert_eq!(files_named("last-search.json", cache.path()).len(), 1);
    let off = command(&["show", "1"], Some("0")).output().unwrap();
    let stderr = String::from_utf8(off.stderr).unwrap();
    assert!(stderr.contains("no search is remembered, as MLSEARCH_HISTORY=0 asks"), "{stderr}");
}

#[test]
fn a_number_is_a_hit_of_this_collection_if_there_is_one_and_else_an_id() {
    let dir = tempfile::tempdir().unwrap();
    let command = |collection: &str, args: &[&str]| {
        let mut command = program();
        command.arg("--index").arg(dir.path().join(collection)).args(args);
        command.env("XDG_CACHE_HOME", dir.path().join("cache"));
        command
    };
    let run = |collection: &str, args: &[&str]| {
        let shown = run_on_terminal(&mut command(collection, args), &[Stream::Out], "");
        assert_eq!(shown.code, 0, "{args:?}: {}", shown.stderr);
        shown.terminal
    };
    let lines = "{\"id\": 2, \"title\": \"Feature drift\"}\n{\"id\": 1, \"title\": \"Store\"}\n\
                 {\"id\": 3, \"title\": \"Feature store\"}\n";
    let file = dir.path().join("own.jsonl");
    fs::write(&file, lines).unwrap();
    for collection in ["a", "b"] {
        run(collection, &["import", file.to_str().unwrap()]);
    }
    assert!(run("a", &["drift"]).starts_with(" 1. Feature drift"));
    assert!(run("a", &["show", "1"]).starts_with("Feature drift"), "the hit");
    assert!(run("a", &["show", "id:1"]).starts_with("Store"), "the id");
    assert!(run("a", &["show", "3"]).starts_with("Feature store"), "there is no such hit");
    assert!(run("b", &["show", "1"]).starts_with("Store"), "the search was of another collection");
    let none = run_on_terminal(&mut command("a", &["show", "9"]), &[Stream::Out], "");
    let message = "error: no document `9` in the index, and the last search, for `drift`, showed \
                   no hit 9\n";
    assert!(none.stderr.starts_with(message), "{}", none.stderr);

    // What is similar to the hit, which is the document 2, has numbers of its own.
    assert!(run("a", &["similar", "1"]).starts_with(" 1. Feature store"));
    assert!(run("a", &["show", "1"]).starts_with("Feature store"));
    let piped = command("a", &["show", "1"]).output().unwrap();
    let note = "mlsearch: hit 1 of the last search on a terminal, for what is similar to `2`\n";
    assert_eq!(String::from_utf8(piped.stderr).unwrap(), note);
}

#[test]
fn the_first_search_on_a_terminal_asks_before_it_visits_pages() {
    let web = Web::start();
    let collection = Collection::in_web(&web);
    collection.set("delay = 1.0", "delay = 0.0");
    let search = |streams: &[Stream], typed: &str| {
        run_on_terminal(&mut collection.command(&["kubernetes", "--format=urls"]), streams, typed)
    };
    let dialog = [Stream::In, Stream::Err];
    let asked = "visit 50 pages to build it? [Y/n] ";
    // The last one is the end of the input.
    for no in ["n\n", "No\n", "what?\nn\n", "\u{4}"] {
        let shown = search(&dialog, no);
        assert_eq!((shown.code, shown.stdout.as_str()), (2, ""), "{no:?}: {}", shown.terminal);
        let questions = shown.terminal.matches(asked).count();
        assert_eq!(questions, no.lines().count(), "{no:?}: {}", shown.terminal);
        assert!(shown.terminal.contains("update --offline` to build it"), "{}", shown.terminal);
    }
    assert_eq!(web.count_seen(), 0);
    assert!(!collection.file("pages.sqlite").exists());
    let shown = search(&dialog, "\n");
    assert_eq!(shown.code, 0, "{}", shown.terminal);
    assert!(shown.stdout.contains("https://"), "{}", shown.stdout);
    assert!(web.count_seen() > 50);
    assert!(!search(&dialog, "").terminal.contains(asked), "there is an index now");
}

#[test]
fn a_bar_is_drawn_where_there_are_colours_or_where_it_is_asked_for() {
    let web = Web::start();
    let collection = Collection::in_web(&web);
    collection.set("delay = 1.0", "delay = 0.0");
    let has_bar = |args: &[&str]| {
        let mut command = collection.command(&[&["update", "--refresh"], args].concat());
        let shown = run_on_terminal(command.env("TERM", "xterm"), &[Stream::Err], "");
        assert_eq!(shown.code, 0, "{}", shown.terminal);
        // A slow machine prints lines with the same numbers.
        shown.terminal.contains(['█', '░'])
    };
    assert!(!has_bar(&[]), "NO_COLOR is set");
    assert!(has_bar(&["--progress"]));
    assert!(has_bar(&["--color", "always"]));
    assert!(!has_bar(&["--progress", "--quiet"]));
    let mut dumb = collection.command(&["update", "--refresh", "--progress"]);
    let shown = run_on_terminal(dumb.env("TERM", "dumb"), &[Stream::Err], "");
    assert!(shown.terminal.contains("visiting 50 pages\n"), "{}", shown.terminal);
}

#[test]
fn where_nobody_can_answer_the_first_search_says_what_it_does() {
    for streams in [&[Stream::Err][..], &[Stream::In], &[Stream::Out]] {
        let collection = Collection::offline();
        let mut command = collection.command(&["kubernetes"]);
        let shown = run_on_terminal(command.env("MLSEARCH_HISTORY", "0"), streams, "");
        let told = format!("{}{}", shown.terminal, shown.stderr);
        assert_eq!(shown.code, 0, "{told}");
        assert!(told.contains("yet: building it now\n") && !told.contains("[Y/n]"), "{told}");
    }
    let collection = Collection::offline();
    let mut offline = collection.command(&["kubernetes", "--offline"]);
    let shown = run_on_terminal(&mut offline, &[Stream::In, Stream::Err], "");
    assert_eq!(shown.code, 0, "{}", shown.terminal);
    assert!(shown.terminal.contains("building it now, without a request"), "{}", shown.terminal);
}
