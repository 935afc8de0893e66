//! WARC files: their pages come into a collection as those of a crawl do.

mod again;
mod export;
mod remote;

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Output, Stdio},
};

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;

use crate::{
    program::{Collection, Run},
    update::{article, urls},
};

/// A record of an answer, as a crawler writes it.
pub fn response(url: &str, date: &str, answer: &[u8]) -> Vec<u8> {
    record("response", url, date, "application/http;msgtype=response", answer)
}

pub fn record(kind: &str, url: &str, date: &str, content_type: &str, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\n\
         WARC-Record-ID: <urn:uuid:12345678-1234-5678-1234-567812345678>\r\n\
         Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

/// An answer with an article in which a word stands.
pub fn page(word: &str) -> Vec<u8> {
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
    [&head[..], &word_page(word)].concat()
}

/// A page with an article in which a word stands.
pub fn word_page(word: &str) -> Vec<u8> {
    article(&format!("About {word}"), 7, word).into_bytes()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The addresses that a query finds.
#[track_caller]
pub fn found(collection: &Collection, query: &str) -> Vec<String> {
    let run = collection.run(&[query, "--json"]);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    urls(&found).into_iter().map(str::to_owned).collect()
}

/// Updates with arguments that must succeed, and returns what was in the files and what was said.
#[track_caller]
pub fn update(collection: &Collection, args: &[&str]) -> (Value, Run) {
    update_with_code(collection, args, 0)
}

/// Updates with arguments that must end with a code.
#[track_caller]
pub fn update_with_code(collection: &Collection, args: &[&str], code: i32) -> (Value, Run) {
    let run = collection.run(&[&["update", "--json"], args].concat());
    assert_eq!(run.code, code, "{args:?}: {}{}", run.stdout, run.stderr);
    let last = run.stdout.lines().last().unwrap();
    let summary: Value = serde_json::from_str(last).unwrap();
    (summary["summary"]["warc"].clone(), run)
}

const DATE: &str = "2024-05-06T07:08:09Z";

#[test]
fn pages_are_joined_with_the_lists_and_no_request_is_sent() {
    let links = ["one", "two", "three", "gone", "moved"];
    let links = links.map(|name| format!("http://a.example/{name}"));
    let collection = Collection::of_links(links.iter().map(String::as_str));
    let url = |name: &str| format!("http://a.example/{name}");
    let chunked = |word: &str| {
        let packed = gzip(article(word, 3, word).as_bytes());
        let (left, right) = packed.split_at(100);
        let head =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n";
        let mut answer = head.as_bytes().to_vec();
        for part in [left, right, b""] {
            answer.extend(format!("{:x}\r\n", part.len()).bytes());
            answer.extend([part, b"\r\n"].concat());
        }
        answer
    };
    let moved = b"HTTP/1.1 301 Moved\r\nLocation: /there\r\n\r\n";
    let text = "Words about zyxtextqu, which somebody has taken out of a page. ".repeat(9);
    let records = [
        record("warcinfo", "", DATE, "application/warc-fields", b"software: x\r\n"),
        record("request", &url("one"), DATE, "application/http", b"GET / HTTP/1.1\r\n\r\n"),
        response(&url("one?utm_source=x"), DATE, &page("zyxonequ")),
        response(&url("two"), DATE, &chunked("zyxtwoqu")),
        record("conversion", &url("three"), DATE, "text/plain", text.as_bytes()),
        response(&url("gone"), DATE, b"HTTP/1.1 404 Not Found\r\n\r\nno"),
        response(&url("moved"), DATE, moved),
        response(&url("there"), DATE, &page("zyxtherequ")),
        response(&url("unlisted"), DATE, &page("zyxunlistedqu")),
        record("revisit", &url("one"), "2024-05-07", "application/http", b""),
        response("dns:a.example", DATE, b"20240506070809\na.example. 1 IN A 192.0.2.1\n"),
    ];
    let file = collection.file("a.warc.gz");
    fs::write(&file, records.map(|record| gzip(&record)).concat()).unwrap();
    let (warc, run) = update(&collection, &["--warc", file.to_str().unwrap()]);
    assert_eq!(warc["records"], 11, "{warc}");
    assert_eq!(warc["taken"], 5, "{warc}");
    let skipped = serde_json::json!({"not_listed": 1, "redirect": 1, "revisit": 1, "no_page": 1});
    assert_eq!(warc["skipped"], skipped);
    for (word, name) in
        [("zyxonequ", "one"), ("zyxtwoqu", "two"), ("zyxtextqu", "three"), ("zyxtherequ", "moved")]
    {
        assert_eq!(found(&collection, word), [url(name)], "{}", run.stdout);
    }
    assert!(run.stdout.contains("\"outcome\":\"moved\""), "{}", run.stdout);
    assert!(run.stdout.contains("\"outcome\":\"gone\",\"reason\":\"404: not there\""));
    assert!(found(&collection, "zyxunlistedqu").is_empty());
    let log = collection.json(&["status", "--json"]);
    assert_eq!(log["runs"][0]["warc"], warc, "the log has it");

    // The same file again brings nothing.
    let (warc, _) = update(&collection, &["--warc", file.to_str().unwrap()]);
    assert_eq!((&warc["taken"], &warc["skipped"]["not_newer"]), (&0.into(), &5.into()), "{warc}");
}

#[test]
fn the_newest_record_of_a_page_counts_whatever_the_order_of_the_files() {
    let url = "http://a.example/one";
    let collection = Collection::of_links([url]);
    let dir = collection.file("crawl");
    fs::create_dir_all(dir.join("later/deep")).unwrap();
    let write = |name: &str, date: &str, word: &str| {
        let record = response(url, date, &page(word));
        let packed = match name.rsplit('.').next().unwrap() {
            "gz" => gzip(&record),
            "zst" => zstd::encode_all(&record[..], 3).unwrap(),
            _ => record,
        };
        fs::write(dir.join(name), packed).unwrap();
    };
    write("a.warc.zst", "2024-02-01T00:00:00Z", "zyxsecondqu");
    write("b.warc", "2024-01-01T00:00:00Z", "zyxfirstqu");
    write("later/deep/c.warc.gz", "2024-03-01T00:00:00.5Z", "zyxthirdqu");
    write("notes.txt", "2024-04-01T00:00:00Z", "zyxfourthqu");
    let (warc, _) = update(&collection, &["--warc", dir.to_str().unwrap()]);
    assert_eq!((&warc["files"], &warc["taken"]), (&3.into(), &2.into()), "{warc}");
    assert_eq!(found(&collection, "zyxthirdqu"), [url]);
    for word in ["zyxfirstqu", "zyxsecondqu", "zyxfourthqu"] {
        assert!(found(&collection, word).is_empty(), "{word}");
    }
}

#[test]
fn pages_of_no_list_become_entries_that_stay() {
    let collection = Collection::of_links(["http://a.example/one"]);
    let file = collection.file("a.warc");
    let empty = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>x</title><p>Log in.";
    let records = [
        response("http://a.example/one", DATE, &page("zyxonequ")),
        response("http://b.example/two", DATE, &page("zyxtwoqu")),
        response("http://b.example/empty", DATE, empty),
        response("http://b.example/gone", DATE, b"HTTP/1.1 404 Not Found\r\n\r\nno"),
    ];
    fs::write(&file, records.concat()).unwrap();
    let (warc, run) = update(&collection, &["--warc", file.to_str().unwrap(), "--all"]);
    assert_eq!((&warc["taken"], &warc["skipped"]["not_listed"]), (&3.into(), &1.into()), "{warc}");
    let summary: Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(summary["summary"]["documents"], 2, "{summary}");
    let is_there = |stage: &str| {
        let hit = collection.json(&["zyxtwoqu", "--json"])["hits"][0].clone();
        assert_eq!(hit["url"], "http://b.example/two", "{stage}");
        assert_eq!(hit["title"], "About zyxtwoqu", "the page's own title, {stage}");
    };
    is_there("at once");
    collection.ok(&["update", "--offline", "--force", "--prune"]);
    is_there("after an update without the file");
    // Nobody has asked for it to be visited.
    let due = collection.ok(&["update", "--dry-run"]).stdout;
    assert!(!due.contains("b.example"), "{due}");
    // A list that names it later has it.
    let list = "- [One](http://a.example/one)\n- [The second](http://b.example/two)\n";
    fs::write(collection.file("lists/awesome-mlops-articles.md"), list).unwrap();
    collection.ok(&["update", "--offline"]);
    let hit = collection.json(&["zyxtwoqu", "--json"])["hits"][0].clone();
    assert_eq!(hit["title"], "The second");
}

#[test]
fn faults_of_files_are_named_and_counted_and_the_rest_is_read() {
    let links: Vec<String> = (0..6).map(|n| format!("http://a.example/{n}")).collect();
    let collection = Collection::of_links(links.iter().map(String::as_str));
    let whole = |n: usize| response(&links[n], DATE, &page(&format!("zyx{n}qu")));
    let lying =
        String::from_utf8(whole(1)).unwrap().replace("Content-Length: ", "Content-Length: 9");
    let bomb =
        [&b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"[..], &gzip(&vec![b' '; 30 << 20])]
            .concat();
    let cut = gzip(&whole(3));
    let parts = [
        gzip(&whole(0)),
        gzip(lying.as_bytes()),
        gzip(&response(&links[2], DATE, &bomb)),
        cut[..cut.len() / 2].to_vec(),
        gzip(&response(&links[4], "2999-01-01T00:00:00Z", &page("zyx4qu"))),
        gzip(&whole(5)),
    ];
    let offsets: Vec<usize> = (0..6).map(|n| parts[..n].iter().map(Vec::len).sum()).collect();
    let file = collection.file("a.warc.gz");
    fs::write(&file, parts.concat()).unwrap();
    let nothing = collection.file("b.warc");
    fs::write(&nothing, "<p>no record</p>").unwrap();
    let sources = ["--warc", file.to_str().unwrap(), nothing.to_str().unwrap()];
    let (warc, run) = update(&collection, &sources);
    assert_eq!(warc["taken"], 2, "{warc}");
    let skipped = serde_json::json!({"damaged": 3, "too_large": 1, "undated": 1});
    assert_eq!(warc["skipped"], skipped, "{}", run.stderr);
    for (number, part) in [
        (1, "record 2 at {} (http://a.example/1): it says that it has"),
        (2, "record 3 at {} (http://a.example/2): body over 20971520 bytes when decoded"),
        (3, "record 4 at {}"),
        (4, "record 5 at {} (http://a.example/4): it is dated 2999-01-01T00:00:00Z, ahead"),
    ] {
        let part = part.replace("{}", &offsets[number].to_string());
        let line = format!("{}: {part}", file.display());
        assert!(run.stderr.contains(&line), "{line}\n{}", run.stderr);
    }
    let line = format!("{}: record 1 at 0: no record begins here", nothing.display());
    assert!(run.stderr.contains(&line), "{}", run.stderr);
    assert_eq!(found(&collection, "zyx5qu"), [links[5].as_str()]);
}

#[test]
fn listings_name_files_and_records_beside_them() {
    let links: Vec<String> = (0..4).map(|n| format!("http://a.example/{n}")).collect();
    let collection = Collection::of_links(links.iter().map(String::as_str));
    fs::create_dir(collection.file("data")).unwrap();
    let packed = |n: usize| gzip(&response(&links[n], DATE, &page(&format!("zyx{n}qu"))));
    fs::write(collection.file("data/a.warc.gz"), packed(0)).unwrap();
    let two = [packed(1), packed(2), packed(3)];
    fs::write(collection.file("data/b.warc.gz"), two.concat()).unwrap();
    let place = |n: usize, url: &str| {
        let offset: usize = two[..n - 1].iter().map(Vec::len).sum();
        let length = two[n - 1].len();
        format!(
            "example,a)/{n} 20240506070809 {{\"url\": \"{url}\", \"filename\": \"b.warc.gz\", \
             \"offset\": \"{offset}\", \"length\": \"{length}\"}}\n"
        )
    };
    let lines = [
        "a.warc.gz\n".to_owned(),
        place(2, &links[2]),
        place(3, "http://unlisted.example/"),
        "missing.warc.gz\n".into(),
        "k 1 {\"filename\": 3}\n".into(),
    ];
    let listing = collection.file("data/listing.txt.gz");
    fs::write(&listing, gzip(lines.concat().as_bytes())).unwrap();
    let (warc, run) = update_with_code(&collection, &["--warc", listing.to_str().unwrap()], 2);
    assert_eq!((&warc["taken"], &warc["unreadable"]), (&2.into(), &2.into()), "{}", run.stderr);
    assert_eq!(warc["skipped"]["not_listed"], 1);
    assert!(run.stderr.contains("line 5: it is no CDXJ"), "{}", run.stderr);
    assert!(run.stderr.contains("missing.warc.gz: "), "{}", run.stderr);
    assert_eq!(found(&collection, "zyx2qu"), [links[2].as_str()]);
    assert!(found(&collection, "zyx3qu").is_empty());
}

#[test]
fn standard_input_is_read_and_a_path_that_is_not_there_is_an_error() {
    let url = "http://a.example/one";
    let collection = Collection::of_links([url]);
    let output = with_input(&collection, &gzip(&response(url, DATE, &page("zyxonequ"))));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(found(&collection, "zyxonequ"), [url]);
    let run = collection.run(&["update", "--warc", "nowhere/a.warc"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("`nowhere/a.warc`: "), "{}", run.stderr);
    assert!(run.stderr.contains("hint: check the path"), "{}", run.stderr);
}

#[test]
fn what_cannot_be_read_is_named_and_ends_with_code_2_after_the_others_were_read() {
    let url = "http://a.example/one";
    let collection = Collection::of_links([url]);
    let good = written(&collection.file("a.warc"), &response(url, DATE, &page("zyxonequ")));
    let empty = written(&collection.file("empty"), b"");
    let folder = collection.file("nothing-here");
    fs::create_dir(&folder).unwrap();
    for (bad, why) in
        [(&*empty, "it is empty"), (folder.to_str().unwrap(), "no WARC file is in it")]
    {
        let line = format!("{bad}: {why}");
        let (warc, run) = update_with_code(&collection, &["--warc", bad, &good], 2);
        assert_eq!(warc["unreadable"], 1, "{warc}");
        assert!(run.stderr.contains(&line), "{}", run.stderr);
        assert_eq!(found(&collection, "zyxonequ"), [url]);
        let run = collection.run(&["extract", "--json", "--warc", bad, &good]);
        assert_eq!((run.code, run.stdout.lines().count()), (2, 1), "{}", run.stderr);
        assert!(run.stderr.contains(&line), "{}", run.stderr);
    }
}

#[test]
fn pages_are_extracted_as_an_update_reads_them_and_imported_as_they_are() {
    let collection = Collection::of_links(["http://a.example/listed"]);
    let urls: Vec<String> = (0..30).map(|n| format!("http://a.example/{n}")).collect();
    let mut records: Vec<_> = (0..30)
        .map(|n| gzip(&response(&urls[n], DATE, &page(&format!("zyxnumber{n}qu")))))
        .collect();
    let empty = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>x</title><p>Log in.";
    records.push(gzip(&response("http://a.example/empty", DATE, empty)));
    let barred = String::from_utf8(page("zyxbarredqu")).unwrap();
    let barred = barred.replacen("<title>", "<meta name=robots content=noindex><title>", 1);
    assert!(barred.contains("noindex"), "{barred}");
    records.push(gzip(&response("http://a.example/barred", DATE, barred.as_bytes())));
    records.push(gzip(&response("http://a.example/gone", DATE, b"HTTP/1.1 404 No\r\n\r\n")));
    records.push(records[0][..50].to_vec());
    let file = written(&collection.file("a.warc.gz"), &records.concat());
    let run = collection.ok(&["extract", "--warc", &file, "--json", "--jobs", "3"]);
    assert!(run.stderr.contains("1 page holds no article"), "{}", run.stderr);
    assert!(run.stderr.contains("1 page asks not to be indexed"), "{}", run.stderr);
    assert!(run.stderr.contains("a.warc.gz: record 34 at"), "{}", run.stderr);
    let rows: Vec<Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let found: Vec<&str> = rows.iter().map(|row| row["url"].as_str().unwrap()).collect();
    assert_eq!(found, urls, "the order is that of the file");
    let nothing = collection.run(&["extract", "--warc", &written(&collection.file("b.warc"), b"")]);
    assert_eq!((nothing.code, nothing.stdout.as_str()), (1, ""));
    assert!(nothing.stderr.contains("no page is in what was read"), "{}", nothing.stderr);

    update(&collection, &["--warc", &file, "--all"]);
    let imported = collection.file("imported");
    let lines = written(&collection.file("rows.jsonl"), run.stdout.as_bytes());
    collection.ok(&["--index", imported.to_str().unwrap(), "import", &lines]);
    for (number, row) in rows.iter().enumerate().step_by(7) {
        let word = format!("zyxnumber{number}qu");
        let id = collection.json(&[&word, "--json"])["hits"][0]["id"].clone();
        let id = id.as_str().unwrap();
        let shown = collection.json(&["show", id, "--json"]);
        assert_eq!(shown["content"]["sections"], row["sections"]);
        let index = imported.to_str().unwrap();
        let hit = collection.json(&["--index", index, &word, "--json"])["hits"][0].clone();
        assert_eq!((hit["url"].as_str(), hit["id"].as_str()), (row["url"].as_str(), Some(id)));
    }
}

pub fn with_input(collection: &Collection, input: &[u8]) -> Output {
    let mut command = collection.command(&["update", "--warc", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

/// Writes a file and returns its path as an argument.
pub fn written(path: &Path, bytes: &[u8]) -> String {
    fs::write(path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}
