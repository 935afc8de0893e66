//! Workers: a file that kills its reader, or a process that dies while it reads, costs one page at
//! most, and that one only if it is to blame.

use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    sync::atomic::{AtomicI64, Ordering},
};

use flate2::{Compression, write::ZlibEncoder};
use jiff::Timestamp;
use mlsearch::{
    crawl::Stop,
    extract::{self, Input},
    inspect::{self, Patience},
    page::Outcome,
    store::{CopyRole, Store},
    update::{self, Options, Report},
    worker::{Launch, Pool, WorkerFailure},
};
use serde_json::Value;

use crate::{
    program::{Collection, program},
    time::{LocalCollection, clock, day},
    web::{Answer, Web},
};

const ARGUMENT: &str = "--extraction-worker";

pub fn launch() -> Launch {
    Launch { program: env!("CARGO_BIN_EXE_mlsearch").into(), args: vec![ARGUMENT.into()] }
}

/// A worker behind a script, which has the program as its first argument.
#[cfg(unix)]
fn scripted(script: &str) -> Launch {
    let program = env!("CARGO_BIN_EXE_mlsearch");
    let args = ["-c", script, program].map(Into::into).to_vec();
    Launch { program: "/bin/sh".into(), args }
}

/// A PDF file of these objects; the first one is its root.
fn file(objects: &[(usize, String)]) -> Vec<u8> {
    let mut file = b"%PDF-1.5\n".to_vec();
    for (number, object) in objects {
        write!(file, "{number} 0 obj\n{object}\nendobj\n").unwrap();
    }
    file.extend_from_slice(b"trailer <</Root 1 0 R>>\n%%EOF\n");
    file
}

/// The object of a stream, deflated and written in hexadecimal so that it is text.
fn stream(keys: &str, data: &[u8]) -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    let mut hex = String::new();
    for byte in encoder.finish().unwrap() {
        write!(hex, "{byte:02x}").unwrap();
    }
    let filters = "/Filter [/ASCIIHexDecode /FlateDecode]";
    format!("<<{keys} {filters} /Length {}>>\nstream\n{hex}>\nendstream", hex.len() + 1)
}

const FONT: &str = "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>";

/// A file of one page.
fn page(resources: &str, content: &[u8], more: &[(usize, String)]) -> Vec<u8> {
    let mut objects = vec![
        (1, "<</Type /Catalog /Pages 2 0 R>>".to_owned()),
        (2, "<</Type /Pages /Kids [3 0 R] /Count 1>>".to_owned()),
        (3, format!("<</Type /Page /Contents 4 0 R /Resources <<{resources}>>>>")),
        (4, stream("", content)),
        (5, FONT.to_owned()),
    ];
    objects.extend(more.iter().cloned());
    file(&objects)
}

/// A report that is worth reading, with a word of its own.
fn good(word: &str) -> Vec<u8> {
    let text = format!(
        "BT /F 10 Tf 12 TL 72 700 Td (A detector of drift compares what a model sees) ' \
         (with what it has seen when it was trained, and says when) ' \
         (the two are no longer alike. Its name is {word}.) ' ET"
    );
    page("/Font <</F 5 0 R>>", text.as_bytes(), &[])
}

/// Entries that make a dictionary large.
fn many_keys(count: usize) -> String {
    (0..count).fold(String::new(), |mut all, n| {
        write!(all, "/K{n} {n} ").unwrap();
        all
    })
}

fn repeated(piece: &str, count: usize) -> Vec<u8> {
    format!("BT /F 10 Tf {} ET", piece.repeat(count)).into_bytes()
}

/// Small files that each ask for gigabytes or hours, by what is copied, searched or written again
/// and again.
fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    const F: &str = "/Font <</F 5 0 R>>";
    let keys = many_keys(30_000);
    let mapped = "<</Type /Font /Subtype /Type1 /BaseFont /X /ToUnicode 7 0 R>>".to_owned();
    let wide = "<</Type /Font /Subtype /Type0 /BaseFont /X /Encoding 7 0 R /DescendantFonts [<</DW 500>>] \
                /ToUnicode 7 0 R>>"
        .to_owned();
    let kids: String = (0..2_900).map(|kid| format!("{} 0 R ", 10 + kid)).collect();
    let mut pages = vec![
        (1, "<</Type /Catalog /Pages 2 0 R>>".to_owned()),
        (2, format!("<</Type /Pages /Kids [{kids}] /Resources <<{F} {keys}>>>>")),
        (4, stream("", b"BT /F 10 Tf (a page) Tj ET")),
        (5, FONT.to_owned()),
    ];
    pages.extend((0..2_900).map(|kid| (10 + kid, "<</Type /Page /Contents 4 0 R>>".to_owned())));
    let actual = format!("{F} /Properties <</P <</ActualText ({})>>>>", "drift ".repeat(5_000));
    let writes_much = format!(
        "1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <00> <FF> <{}> endbfrange",
        "0041".repeat(32)
    );
    let spaces: String =
        (0..100_000_u32).map(|n| format!("<{0:08X}> <{0:08X}> ", 0xF000_0000 + 2 * n)).collect();
    let spaces = format!("1 begincodespacerange {spaces} endcodespacerange");
    let form = format!("/Type /XObject /Subtype /Form /Resources <<{F} {keys}>>");
    let with_form = format!("{F} /XObject <</X 7 0 R>>");
    let mark = "/Span /P BDC (a) Tj EMC ";
    let shown = format!("({}) Tj ", "ab".repeat(1_000));
    let name = "0041".repeat(8_000);
    let named = format!(
        "<</Type /Font /Subtype /Type1 /BaseFont /X /Encoding <</Differences [97 /uni{name}]>>>>"
    );
    let runs = stream("", &b"\x81 ".repeat(2 << 20));
    let runs = runs.replace("/FlateDecode]", "/FlateDecode /RunLengthDecode]");
    let runs = [
        pages.first().cloned().unwrap(),
        (2, "<</Type /Pages /Kids [3 0 R]>>".to_owned()),
        (3, "<</Type /Page /Contents 4 0 R>>".to_owned()),
        (4, runs),
    ];
    let widths = "<</Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H \
                  /DescendantFonts [<</W [0 4294967295 500]>>]>>"
        .to_owned();
    vec![
        ("resources-of-each-page", file(&pages)),
        ("actual-text-of-each-mark", page(&actual, &repeated(mark, 300_000), &[])),
        (
            "map-that-writes-64-bytes-a-code",
            page(
                "/Font <</F 6 0 R>>",
                &repeated(&shown, 4_000),
                &[(6, mapped), (7, stream("", writes_much.as_bytes()))],
            ),
        ),
        (
            "code-spaces-of-each-glyph",
            page(
                "/Font <</F 6 0 R>>",
                &repeated(&shown, 3_000),
                &[(6, wide), (7, stream("", spaces.as_bytes()))],
            ),
        ),
        (
            "properties-of-each-mark",
            page(&format!("{F} /Properties <</P <<{keys}>>>>"), &repeated(mark, 300_000), &[]),
        ),
        (
            "resources-of-each-form",
            page(&with_form, &repeated("/X Do ", 300_000), &[(7, stream(&form, b" "))]),
        ),
        (
            "name-of-each-glyph",
            page("/Font <</F 6 0 R>>", &repeated("(aaaa) Tj ", 125_000), &[(6, named)]),
        ),
        ("runs-of-runs", file(&runs)),
        (
            "widths-of-all-codes",
            page("/Font <</F 6 0 R>>", &repeated("(aa) Tj ", 10), &[(6, widths)]),
        ),
        ("operands-without-end", page(F, &repeated("[1[2[3]]] ", 3_000_000), &[])),
    ]
}

/// The bombs that are over in a moment in an unoptimised build: those that take memory, not time.
fn quick_bombs() -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    let quick = ["runs-of-runs", "widths-of-all-codes"];
    bombs().into_iter().filter(move |(name, _)| quick.contains(name))
}

fn pdf(body: Vec<u8>) -> Answer {
    let headers = vec![("Content-Type".into(), "application/pdf".into())];
    Answer { status: 200, headers, body }
}

fn input(body: &[u8]) -> Input<'_> {
    Input { body, url: "https://papers.example/a.pdf", ..Input::default() }
}

fn row<'r>(rows: &'r str, url: &str) -> Option<&'r str> {
    rows.lines().find(|row| row.contains(&format!("\"url\":\"{url}\"")))
}

/// Writes the hostile files into a folder, to be measured:
/// `MLSEARCH_HOSTILE=FOLDER cargo test hostile_files`.
#[test]
fn hostile_files_are_written_where_they_are_asked_for() {
    let Some(folder) = std::env::var_os("MLSEARCH_HOSTILE") else { return };
    fs::create_dir_all(&folder).unwrap();
    for (name, body) in bombs() {
        fs::write(Path::new(&folder).join(name).with_extension("pdf"), body).unwrap();
    }
}

#[test]
fn a_file_that_kills_its_reader_costs_that_page_alone() {
    let web = Web::start();
    let mut links = Vec::new();
    for (name, body) in quick_bombs() {
        links.push(format!("{}/{name}", web.origin()));
        web.put(&format!("/{name}"), pdf(body));
    }
    for word in ["zyxone", "zyxtwo", "zyxthree", "zyxfour", "zyxfive"] {
        links.push(format!("{}/{word}", web.origin()));
        web.put(&format!("/{word}"), pdf(good(word)));
    }
    let collection = Collection::of_links(links.iter().map(String::as_str));
    let args = ["update", "--json", "--allow-net", "127.0.0.0/8"];
    let first = collection.ok(&args).stdout;
    for (name, _) in quick_bombs() {
        let row = row(&first, &format!("{}/{name}", web.origin())).unwrap();
        assert!(row.contains("\"outcome\":\"too_large\""), "{row}");
        assert!(row.contains("\"reason\":\"the extractor did not finish\""), "{row}");
    }
    let found = |word: &str| {
        let found = collection.json(&[word, "--json"]);
        found["hits"][0]["url"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(found("zyxfour"), format!("{}/zyxfour", web.origin()));
    web.take_seen();
    let second = collection.ok(&args).stdout;
    let summary: Value = serde_json::from_str(second.trim()).unwrap();
    assert_eq!(
        summary["summary"]["extracted"], 0,
        "what is known to be too much is not read again"
    );
    assert_eq!(found("zyxone"), format!("{}/zyxone", web.origin()));
}

#[test]
fn what_is_too_much_is_said_of_a_file_on_the_command_line_too() {
    let dir = tempfile::tempdir().unwrap();
    let (_, bomb) = quick_bombs().next().unwrap();
    let path = dir.path().join("bomb.pdf");
    fs::write(&path, bomb).unwrap();
    let output = program().arg("extract").arg(&path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("too large: the extractor did not finish"), "{said}");
}

#[test]
fn a_worker_says_what_the_extractor_says() {
    let pool = Pool::new(Some(launch()));
    for word in ["zyxone", "zyxtwo"] {
        let body = good(word);
        let found = pool.extract(&input(&body), &|| false).unwrap();
        let direct = extract::extract(&input(&body));
        assert_eq!(found.outcome, Outcome::Ok);
        assert_eq!(found.content, direct.content);
        assert_eq!(found.reason, direct.reason);
    }
}

#[test]
fn without_a_worker_a_pdf_file_is_not_read_and_tried_again_by_the_next_update() {
    clock!(now, DAYS);
    let mut local = LocalCollection::new(now, &DAYS);
    local.list(&["/paper"]);
    local.web.put("/paper", pdf(good("zyxone")));
    let outcomes = |report: &Report| report.outcomes.keys().copied().collect::<Vec<_>>();
    let none = Launch { program: "/nowhere/mlsearch".into(), args: Vec::new() };
    for worker in [None, Some(none), Some(Launch { program: "/bin/true".into(), args: Vec::new() })]
    {
        local.options.worker = worker;
        let options = Options { refresh: true, ..local.options.clone() };
        let report = local.update_with(0, &options);
        assert_eq!(outcomes(&report), [Outcome::UnsupportedType]);
        assert_eq!(report.full_texts, 0);
    }
    let links = inspect::links(&local.collection(), Patience::Usual, now()).unwrap();
    let reason = links[0].reason.as_deref().unwrap();
    assert!(reason.starts_with("no process to extract it was started"), "{reason}");
    local.options.worker = Some(launch());
    let report = local.update_with(0, &Options { offline: true, ..local.options.clone() });
    assert_eq!(report.full_texts, 1);
}

#[test]
fn without_a_worker_a_large_page_is_read_within_the_program() {
    clock!(now, DAYS);
    let local = LocalCollection::new(now, &DAYS);
    local.list(&["/large"]);
    let article = String::from_utf8(crate::time::article("large", "zyxone").body).unwrap();
    let filler = format!("<!-- {} --></head>", "x".repeat(200_000));
    local.web.put("/large", Answer::html(article.replace("</head>", &filler)));
    assert_eq!(local.options.worker, None);
    assert_eq!(local.update_with(0, &local.options).full_texts, 1);
}

/// Stores bodies as an update leaves them that died before it had read them.
fn die_while_reading(local: &LocalCollection, bodies: &[(&str, &str, &[u8])]) {
    let mut store = Store::open(&local.dir.path().join("pages.sqlite")).unwrap();
    for (path, media, body) in bodies {
        let url = format!("{}{path}", local.web.origin());
        let key = mlsearch::canonical::CanonicalUrl::parse(&url).unwrap();
        let page = mlsearch::page::Page {
            url: url.clone(),
            final_url: url,
            status: Some(200),
            headers: vec![("content-type".into(), (*media).into())],
            body: body.to_vec(),
            fetched_at: day(0),
            outcome: Outcome::Ok,
            reason: None,
            form: mlsearch::page::Form::Page,
            come_back: None,
            source: mlsearch::page::Source::Live,
            requests: 1,
            wire_bytes: body.len() as u64,
            elapsed_ms: 1,
        };
        assert!(store.record(key.as_str(), &page).unwrap().is_none());
    }
    store.set_extracting(true).unwrap();
}

#[cfg(unix)]
#[test]
fn what_was_in_hand_when_an_update_died_is_read_in_a_worker_and_the_innocent_keep_their_text() {
    clock!(now, DAYS);
    let mut local = LocalCollection::new(now, &DAYS);
    local.list(&["/one", "/bomb", "/two"]);
    let (_, bomb) = quick_bombs().next().unwrap();
    let (one, two) = (crate::time::article("one", "zyxone"), crate::time::article("two", "zyxtwo"));
    let html = "text/html";
    let bodies: [(&str, &str, &[u8]); 3] =
        [("/one", html, &one.body), ("/bomb", "application/pdf", &bomb), ("/two", html, &two.body)];
    die_while_reading(&local, &bodies);
    let log = local.dir.path().join("started");
    let script = format!("echo . >> {}; exec \"$0\" {ARGUMENT}", log.display());
    local.options.worker = Some(scripted(&script));
    local.options.jobs = 1;
    let offline = Options { offline: true, ..local.options.clone() };
    let report = local.update_with(0, &offline);
    assert_eq!((report.full_texts, report.extracted), (2, 3));
    // One worker reads the first two, a new one has the second alone, a third one reads the rest.
    assert_eq!(fs::read_to_string(&log).unwrap().lines().count(), 3);
    let store = Store::open(&local.dir.path().join("pages.sqlite")).unwrap();
    assert!(!store.is_extracting().unwrap());
    assert!(store.unjudged(extract::VERSION).unwrap().is_empty());
    drop(store);
    fs::remove_file(&log).unwrap();
    assert_eq!(local.update_with(0, &offline).extracted, 0);
    assert!(!log.exists(), "nothing is suspected any more");
}

#[test]
fn a_good_text_outlives_an_extractor_that_does_not_finish_any_more() {
    clock!(now, DAYS);
    let mut local = LocalCollection::new(now, &DAYS);
    local.options.worker = Some(launch());
    local.list(&["/paper"]);
    local.web.put("/paper", pdf(good("zyxone")));
    assert_eq!(local.update_with(0, &local.options).full_texts, 1);
    let key = format!("{}/paper", local.web.origin());
    let mut store = Store::open(&local.dir.path().join("pages.sqlite")).unwrap();
    // As an older version has seen it.
    store.mark_extracted(&key, CopyRole::Good, 1).unwrap();
    drop(store);
    let offline = |worker| Options { worker, offline: true, force: true, ..local.options.clone() };
    assert_eq!(local.update_with(0, &offline(None)).full_texts, 1);
    let store = Store::open(&local.dir.path().join("pages.sqlite")).unwrap();
    assert!(!store.unjudged(extract::VERSION).unwrap().is_empty(), "it is tried again");
}

#[cfg(unix)]
#[test]
fn a_worker_that_somebody_else_kills_condemns_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("started");
    let script = format!(
        "if [ ! -e {log} ]; then echo . > {log}; echo '{{\"worker\":{version}}}'; kill -9 $$; fi; \
         exec \"$0\" {ARGUMENT}",
        log = log.display(),
        version = extract::VERSION
    );
    let pool = Pool::new(Some(scripted(&script)));
    let body = good("zyxone");
    let found = pool.extract(&input(&body), &|| false).unwrap();
    assert_eq!(found.outcome, Outcome::Ok);
    assert!(log.exists());
}

#[cfg(unix)]
#[test]
fn workers_that_are_killed_again_and_again_say_nothing_of_the_file() {
    let greeting = format!("echo '{{\"worker\":{}}}'; kill -9 $$", extract::VERSION);
    let pool = Pool::new(Some(scripted(&greeting)));
    let body = good("zyxone");
    assert_eq!(pool.extract(&input(&body), &|| false).unwrap_err(), WorkerFailure::Killed);
}

#[test]
fn titles_of_any_number_and_length_condemn_no_file() {
    let pool = Pool::new(Some(launch()));
    let body = good("zyxone");
    for titles in [vec!["\u{1}".repeat(1_300_000)], vec!["a title".to_owned(); 300_000]] {
        let url = "https://papers.example/".to_owned() + &"a".repeat(2_000_000);
        let input = Input { listed_titles: &titles, url: &url, ..input(&body) };
        assert_eq!(pool.extract(&input, &|| false).unwrap().outcome, Outcome::Ok);
    }
}

#[cfg(unix)]
#[test]
fn a_worker_that_says_nothing_is_left_when_somebody_asks_to_stop() {
    let greeting = format!("echo '{{\"worker\":{}}}'; exec sed -n ''", extract::VERSION);
    let pool = Pool::new(Some(scripted(&greeting)));
    let asked = std::cell::Cell::new(0);
    let is_stopped = || {
        asked.set(asked.get() + 1);
        asked.get() > 2
    };
    let body = good("zyxone");
    assert_eq!(pool.extract(&input(&body), &is_stopped).unwrap_err(), WorkerFailure::Stopped);
}

#[cfg(unix)]
#[test]
fn extraction_ends_when_somebody_asks_to_stop_and_is_taken_up_by_the_next_update() {
    clock!(now, DAYS);
    let mut local = LocalCollection::new(now, &DAYS);
    local.list(&["/paper", "/one"]);
    let one = crate::time::article("one", "zyxone");
    let paper = good("zyxtwo");
    die_while_reading(
        &local,
        &[("/paper", "application/pdf", &paper), ("/one", "text/html", &one.body)],
    );
    let log = local.dir.path().join("started");
    let greeting = format!("echo '{{\"worker\":{}}}'", extract::VERSION);
    let script = format!("{greeting}; echo . > {}; exec sed -n ''", log.display());
    local.options.jobs = 1;
    let offline = |worker| Options { worker, offline: true, ..local.options.clone() };
    let stop = Stop::default();
    let collection = local.collection();
    let (options, update) = (offline(Some(scripted(&script))), stop.clone());
    let done = std::thread::scope(|scope| {
        let worker = scope.spawn(|| update::update(&collection, &options, &update, &mut |_| {}));
        while !log.exists() && !worker.is_finished() {
            std::thread::yield_now();
        }
        stop.stop();
        worker.join().unwrap()
    });
    assert!(matches!(done, Err(mlsearch::Error::Interrupted)), "{done:?}");
    let report = local.update_with(0, &offline(Some(launch())));
    assert_eq!((report.full_texts, report.extracted), (2, 2));
}

#[test]
fn a_worker_without_requests_ends_in_order() {
    let launch = launch();
    let output =
        Command::new(launch.program).args(launch.args).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success());
    let greeting = format!("{{\"worker\":{}}}\n", extract::VERSION);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), greeting);
}
