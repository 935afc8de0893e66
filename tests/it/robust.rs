//! What an update survives: being killed, a full disk, a folder that cannot be written, company.

#[cfg(unix)]
use std::sync::{Mutex, mpsc};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
};
#[cfg(unix)]
use std::{
    fs::File,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    process::Command,
};

use mlsearch::{
    crawl::Stop,
    page::Outcome,
    search::{Request, Searcher},
    store::Store,
    update::{self, Options},
};

use crate::{
    program::{Collection, Run},
    update::{article, entries, urls, web_of_articles, word},
    web::{Answer, Web},
};

/// Kills in the loop; the points are drawn, always the same ones for the same number.
const KILLS: usize = 20;

/// The number of kills that the environment asks for: `MLSEARCH_KILLS=300 cargo test killed_anywhere`.
fn kills() -> usize {
    std::env::var("MLSEARCH_KILLS").map_or(KILLS, |kills| kills.parse().unwrap())
}

#[test]
fn updates_killed_anywhere_lose_nothing_and_need_no_help() {
    let entries = entries();
    let web = web_of_articles(&entries);
    let collection = Collection::in_web(&web);
    collection.ok(&["update", "--delay", "0"]);
    let mut random = fastrand::Rng::with_seed(7);
    let kills = kills();
    for round in 0..kills {
        for (number, entry) in entries.iter().enumerate() {
            let text = format!("{} in round {round}", word(number));
            web.put(&entry.url, Answer::html(article(entry.title(), number, &text)));
        }
        web.take_seen();
        let current = fs::read_to_string(collection.file("CURRENT")).unwrap();
        let next = current.trim().parse::<u64>().unwrap() + 1;
        let next = collection.file(&format!("generations/{next}"));
        let mut update = collection.command(&["update", "--delay", "0", "--refresh"]);
        let mut child = update.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let requests = random.usize(0..60);
        match random.usize(0..3) {
            0 => wait(&mut child, || web.count_seen() >= requests),
            1 => wait(&mut child, || next.exists()),
            _ => wait(&mut child, || next.join("manifest.json").exists()),
        }
        // It may have ended already, which is a point like any other.
        let _ = child.kill();
        child.wait().unwrap();
        let number = random.usize(0..50);
        let found = collection.json(&[&word(number), "--json"]);
        assert_eq!(urls(&found), [entries[number].url.as_str()], "round {round}");
        assert_eq!(found["hits"][0]["provenance"]["kind"], "full_text");
    }
    let last = collection.ok(&["update", "--delay", "0", "--refresh", "--json"]);
    let summary = last.stdout.lines().next_back().unwrap();
    assert!(summary.contains("\"documents\":50,\"full_texts\":50"), "{summary}");
    let rounds = collection.ok(&["show", "--json", &entries[0].url]).stdout;
    assert!(rounds.contains(&format!("in round {}", kills - 1)), "{rounds}");
    assert_eq!(fs::read_dir(collection.file("generations")).unwrap().count(), 1);
}

#[test]
fn a_lock_left_behind_blocks_nobody() {
    let collection = Collection::offline();
    fs::write(collection.file("update.lock"), "process 1 since 1970-01-01 00:00:00 UTC\n").unwrap();
    collection.ok(&["update", "--offline"]);
}

#[test]
fn readers_see_whole_indexes_while_others_are_published() {
    let collection = Collection::offline();
    let library = mlsearch::collection::Collection::open(collection.path()).unwrap();
    let list = collection.file("lists/awesome-mlops-articles.md");
    let text = fs::read_to_string(&list).unwrap();
    let options = Options { offline: true, ..Options::new(|| jiff::Timestamp::UNIX_EPOCH) };
    let update = || update::update(&library, &options, &Stop::default(), &mut |_| {}).unwrap();
    update();
    let done = AtomicBool::new(false);
    let request = Request { query: "machine learning".into(), limit: 100, ..Request::default() };
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut searches = 0;
            while !done.load(Ordering::SeqCst) {
                let searcher = Searcher::published(collection.path());
                let hits = searcher.unwrap().search(&request).unwrap().hits.len();
                assert!(hits >= 14, "{hits} hits");
                searches += 1;
            }
            searches
        });
        // Also when a round fails: the reader would go on for ever.
        let ends = Done(&done);
        for round in 0..30 {
            let more = format!(
                "{text}\n## [More in round {round}](https://example.org/{round})\nTags: MLOps<BR>\n"
            );
            fs::write(&list, more).unwrap();
            assert!(update().generation.is_some());
        }
        drop(ends);
        assert!(reader.join().unwrap() > 0);
    });
}

#[cfg(unix)]
#[test]
fn a_limit_on_files_leaves_the_old_index_answering() {
    let entries = entries();
    let web = web_of_articles(&entries);
    let collection = Collection::in_web(&web);
    collection.ok(&["update", "--delay", "0"]);
    for (number, entry) in entries.iter().enumerate() {
        let text = format!("{} {}", word(number), word(number).repeat(200));
        web.put(&entry.url, Answer::html(article(entry.title(), number, &text)));
    }
    // With the signal ignored a write fails; otherwise the process dies of it.
    for (limit, trap) in
        [(0, "trap '' XFSZ;"), (2, "trap '' XFSZ;"), (60, "trap '' XFSZ;"), (20, "")]
    {
        let script = format!("{trap} ulimit -f {limit}; exec \"$0\" update --delay 0 --refresh");
        let mut shell = std::process::Command::new("sh");
        let own = collection.command(&[]);
        shell.env_clear().envs(own.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let run = Run::of(shell.args(["-c", &script, env!("CARGO_BIN_EXE_mlsearch")]));
        assert_ne!(run.code, 0, "limit {limit}: {}", run.stdout);
        if !trap.is_empty() {
            assert_eq!(run.code, 2, "limit {limit}: {}", run.stderr);
            assert!(run.stderr.starts_with("error: ") || run.stderr.contains("\nerror: "));
            assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
        }
        assert_eq!(urls(&collection.json(&[&word(7), "--json"])), [entries[7].url.as_str()]);
    }
    collection.ok(&["update", "--delay", "0"]);
    let status = collection.json(&["status", "--json"]);
    assert_eq!(status["index"]["full_texts"], 50);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_read_all_the_same() {
    let entries = entries();
    let web = web_of_articles(&entries);
    let collection = Collection::in_web(&web);
    collection.ok(&["update", "--delay", "0"]);
    let before: Vec<PathBuf> = files(collection.path());
    for path in before.iter().chain(&folders(collection.path())) {
        let own = fs::metadata(path).unwrap().permissions().mode();
        // A temporary folder is closed to others from the start.
        let mode = if path.is_dir() { 0o555 } else { own & !0o222 };
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let Some(stranger) = Stranger::to(&collection) else {
        // The superuser may write everywhere, and here nobody can be made of it.
        return;
    };
    let reads: [&[&str]; 11] = [
        &["team learned slow", "--json"],
        &["team learned slow", "--facets"],
        &["facets", "company"],
        &["show", &entries[3].url],
        &["show", "--history", &entries[3].url],
        &["similar", &entries[3].url],
        &["status", "--json"],
        &["check"],
        &["new"],
        &["new", "--since", "30d", "--json"],
        &["update", "--help"],
    ];
    for args in reads {
        let run = stranger.run(args);
        assert_eq!(run.code, 0, "{args:?}: {}{}", run.stdout, run.stderr);
        assert!(!run.stderr.contains("error"), "{args:?}: {}", run.stderr);
    }
    let run = stranger.run(&["update", "--offline"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("update.lock"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: check who owns it"), "{}", run.stderr);
    assert_eq!(files(collection.path()), before, "nothing was left behind");
    for path in folders(collection.path()) {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// Somebody who may read a collection and not write it.
#[cfg(unix)]
struct Stranger<'a> {
    collection: &'a Collection,
    /// The user id to take, for a superuser.
    user: Option<u32>,
}

#[cfg(unix)]
impl Stranger<'_> {
    fn to(collection: &Collection) -> Option<Stranger<'_>> {
        if File::create(collection.file("probe")).is_err() {
            return Some(Stranger { collection, user: None });
        }
        fs::remove_file(collection.file("probe")).unwrap();
        // Only if nobody can reach the program and run it.
        let stranger = Stranger { collection, user: Some(65_534) };
        let mut probe = stranger.command(&["--version"]);
        probe.output().is_ok_and(|output| output.status.success()).then_some(stranger)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.collection.command(args);
        command.env("HOME", "/nonexistent");
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        command
    }

    fn run(&self, args: &[&str]) -> Run {
        Run::of(&mut self.command(args))
    }
}

/// The files below a folder, in order.
fn files(dir: &Path) -> Vec<PathBuf> {
    below(dir).into_iter().filter(|path| path.is_file()).collect()
}

/// The folder and those below it.
#[cfg(unix)]
fn folders(dir: &Path) -> Vec<PathBuf> {
    let folders = below(dir).into_iter().filter(|path| path.is_dir());
    [dir.to_owned()].into_iter().chain(folders).collect()
}

fn below(dir: &Path) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            paths.extend(below(&path));
        }
        paths.push(path);
    }
    paths.sort();
    paths
}

/// A disk that gives back other bytes than were written: sizes tell nothing.
#[test]
fn files_of_other_bytes_are_an_error_with_a_way_out() {
    let collection = Collection::offline();
    let update = ["update", "--offline"];
    collection.ok(&update);
    let search = &["feature store drift", "--json"][..];
    let expected = collection.ok(search).stdout;
    let generation = || collection.file("generations");
    let extension = |path: &Path| path.extension().map(|name| name.to_os_string());
    let mut kinds: Vec<_> = files(&generation()).iter().map(|path| extension(path)).collect();
    kinds.dedup();
    let mut failed = 0;
    for (kind, every) in kinds.iter().flat_map(|kind| [1, 7].map(|every| (kind, every))) {
        for path in files(&generation()).iter().filter(|path| extension(path) == *kind) {
            let mut bytes = fs::read(path).unwrap();
            bytes.iter_mut().step_by(every).for_each(|byte| *byte = !*byte);
            fs::write(path, bytes).unwrap();
        }
        let run = collection.run(search);
        assert!(run.code <= 2, "{kind:?} {every}: {} {}", run.code, run.stderr);
        if run.code == 2 {
            failed += 1;
            assert!(run.stderr.contains("hint: "), "{kind:?} {every}: {}", run.stderr);
            assert!(run.stderr.len() < 2_000, "{kind:?} {every}: {}", run.stderr);
        }
        collection.ok(&update);
        assert_eq!(collection.ok(search).stdout, expected, "{kind:?} {every}");
    }
    assert!(failed > 2, "{failed}");
}

/// What a power cut may leave of the published generation, one case after the other.
#[test]
fn after_a_power_cut_the_next_update_repairs_what_is_torn() {
    let entries = entries();
    let web = web_of_articles(&entries);
    let collection = Collection::in_web(&web);
    collection.ok(&["update", "--delay", "0"]);
    web.take_seen();
    let expected = collection.ok(&["team learned slow", "--json"]).stdout;
    let generation = || {
        let current = fs::read_to_string(collection.file("CURRENT")).unwrap();
        collection.file(&format!("generations/{}", current.trim()))
    };
    let names: Vec<String> = files(&generation())
        .iter()
        .filter_map(|path| path.extension().or(path.file_name())?.to_str().map(str::to_owned))
        .collect();
    assert!(names.len() > 8, "{names:?}");
    let tear: [fn(&Path); 3] = [
        |path| fs::remove_file(path).unwrap(),
        |path| fs::write(path, "").unwrap(),
        |path| {
            let whole = fs::read(path).unwrap();
            fs::write(path, &whole[..whole.len() / 2]).unwrap();
        },
    ];
    // Each file in one of the three ways.
    for (name, case) in names.iter().zip((0..3).cycle()) {
        let path = files(&generation())
            .into_iter()
            .find(|path| path.to_str().unwrap().ends_with(name.as_str()))
            .unwrap();
        tear[case](&path);
        // Either the search does without, or it says what to do; it never shows half an index.
        let run = collection.run(&["team learned slow", "--json"]);
        if run.code != 0 {
            assert_eq!(run.code, 2, "{name} {case}: {}{}", run.stdout, run.stderr);
            assert!(run.stderr.contains("hint: run `mlsearch --index "), "{name}: {}", run.stderr);
            assert!(!run.stderr.contains("panicked"), "{name}: {}", run.stderr);
        } else {
            assert_eq!(run.stdout, expected, "{name} {case}");
        }
        collection.ok(&["update", "--offline"]);
        assert_eq!(collection.ok(&["team learned slow", "--json"]).stdout, expected, "{name}");
    }
    for torn in ["", "\0\0\0", "99\n", "no number"] {
        fs::write(collection.file("CURRENT"), torn).unwrap();
        fs::write(collection.file("CURRENT.new"), "").unwrap();
        fs::create_dir_all(collection.file("generations/1000/half")).unwrap();
        assert_eq!(collection.ok(&["team learned slow", "--json"]).stdout, expected, "{torn:?}");
        let run = collection.ok(&["update", "--offline"]);
        assert!(run.stdout.contains("published generation"), "{torn:?}: {}", run.stdout);
        assert_eq!(collection.ok(&["team learned slow", "--json"]).stdout, expected, "{torn:?}");
    }
    assert_eq!(fs::read_dir(collection.file("generations")).unwrap().count(), 1);
    assert_eq!(web.count_seen(), 0, "nothing is fetched again");
}

#[cfg(unix)]
#[test]
fn an_update_by_the_clock_ends_well_when_it_is_asked_to() {
    use std::io::{BufRead, BufReader};

    let collection = Collection::offline();
    let mut update = collection.command(&["update", "--offline", "--every", "1d"]);
    let mut child = update.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines();
    let waits = stderr.any(|line| line.unwrap().contains("the next update is at"));
    assert!(waits, "it ended after the first update");
    let kill = std::process::Command::new("kill").arg(child.id().to_string()).status();
    assert!(kill.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(collection.file("CURRENT").exists());
}

#[cfg(unix)]
#[test]
fn a_request_to_end_lets_the_page_in_hand_be_finished() {
    let web = Web::start();
    let (came, comes) = mpsc::channel();
    let (hold, held) = mpsc::channel::<()>();
    let (came, held) = (Mutex::new(came), Mutex::new(held));
    web.otherwise(move |url| {
        if url.ends_with("/robots.txt") {
            return None;
        }
        came.lock().unwrap().send(()).unwrap();
        // Ends when the test lets go of the sender.
        let _ = held.lock().unwrap().recv();
        Some(Answer::html(article("A page in hand", 1, "zyxhand")))
    });
    let collection = Collection::in_web(&web);
    let urls = ["https://a.example.org/1", "https://a.example.org/2"];
    fs::write(collection.file("list.md"), format!("- [One]({})\n- [Two]({})\n", urls[0], urls[1]))
        .unwrap();
    fs::write(collection.file("mlsearch.toml"), "[[list]]\nsource = \"list.md\"\n").unwrap();
    let mut update = collection.command(&["update", "--delay", "0", "--every", "1d", "--json"]);
    let child = update.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    comes.recv().unwrap();
    let kill = Command::new("kill").arg(child.id().to_string()).status();
    assert!(kill.unwrap().success());
    drop(hold);
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    let told = String::from_utf8(ended.stdout).unwrap();
    let last: serde_json::Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    assert_eq!(last["summary"]["interrupted"], true, "{told}");
    assert_eq!(last["summary"]["visited"], 1, "{told}");
    let store = Store::read(&collection.file("pages.sqlite")).unwrap().unwrap();
    let visits = store.last_visits().unwrap();
    assert_eq!(visits.len(), 1, "the page in hand, and no other");
    assert_eq!((visits[0].0.as_str(), visits[0].1.outcome), (urls[0], Outcome::Ok));
    assert!(store.text(urls[0]).unwrap().is_some());
    drop(store);
    // The next update goes on with the other one.
    web.otherwise(|_| Some(Answer::html(article("Another page", 2, "zyxother"))));
    web.take_seen();
    collection.ok(&["update", "--delay", "0"]);
    let seen = web.take_seen();
    assert!(seen.iter().all(|seen| seen.url != urls[0]));
    assert!(collection.ok(&["zyxhand"]).stdout.contains(urls[0]));
    assert!(collection.ok(&["zyxother"]).stdout.contains(urls[1]));
}

/// Sets a flag when it goes out of scope.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Waits for a point in the life of a child, or for its end.
fn wait(child: &mut Child, point: impl Fn() -> bool) {
    while !point() && child.try_wait().unwrap().is_none() {
        thread::yield_now();
    }
}
