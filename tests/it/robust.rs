//! What an update survives: being killed, a full disk, a folder that cannot be written, company.

use std::{
    fs::{self, File},
    process::{Child, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use mlsearch::{
    crawl::Stop,
    index::generation::Generations,
    search::{Request, Searcher},
    update::{self, Options},
};

use crate::{
    program::{Collection, Run},
    update::{article, entries, urls, web_of_articles, word},
    web::Answer,
};

/// Kills in the loop; the points are drawn, always the same ones.
const KILLS: usize = 20;

#[test]
fn updates_killed_anywhere_lose_nothing_and_need_no_help() {
    let entries = entries();
    let web = web_of_articles(&entries);
    let collection = Collection::in_web(&web);
    collection.ok(&["update", "--delay", "0"]);
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..KILLS {
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
    assert!(rounds.contains(&format!("in round {}", KILLS - 1)), "{rounds}");
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
                let searcher = Generations::of(collection.path()).open_current(Searcher::open);
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
fn a_folder_that_cannot_be_written_is_searched_all_the_same() {
    use std::os::unix::fs::PermissionsExt;

    let collection = Collection::offline();
    collection.ok(&["update", "--offline"]);
    let mode = |mode| fs::set_permissions(collection.path(), fs::Permissions::from_mode(mode));
    for file in ["pages.sqlite", "update.lock"] {
        fs::set_permissions(collection.file(file), fs::Permissions::from_mode(0o444)).unwrap();
    }
    mode(0o555).unwrap();
    // The superuser may write everywhere.
    if File::create(collection.file("probe")).is_err() {
        let run = collection.run(&["update", "--offline"]);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains("hint: check who owns it"), "{}", run.stderr);
        collection.ok(&["status"]);
    }
    collection.ok(&["kubernetes"]);
    mode(0o755).unwrap();
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
