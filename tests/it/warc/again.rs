//! What records refer to that was passed over before: files are read again for it.

use std::fs;

use crate::{
    program::Collection,
    update::article,
    warc::{found, gzip, page, record, response, update, with_input, written},
};

const DATE: &str = "2024-05-06T07:08:09Z";
const LATER: &str = "2024-06-07T08:09:10Z";

/// A record with more fields in its header.
fn with_fields(record: Vec<u8>, fields: &str) -> Vec<u8> {
    let at = record.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 2;
    [&record[..at], fields.as_bytes(), b"\r\n", &record[at..]].concat()
}

/// A revisit that refers to something by some fields.
fn revisit(url: &str, head: &str, fields: &str) -> Vec<u8> {
    with_fields(record("revisit", url, LATER, "application/http", head.as_bytes()), fields)
}

fn url(name: &str) -> String {
    format!("http://a.example/{name}")
}

fn collection_of(names: &[&str]) -> Collection {
    let links: Vec<String> = names.iter().map(|name| url(name)).collect();
    Collection::of_links(links.iter().map(String::as_str))
}

#[test]
fn a_revisit_is_the_page_that_it_refers_to_wherever_that_is() {
    let names = ["same", "copy", "behind", "moved", "gone", "nowhere"];
    let collection = collection_of(&names);
    let dir = collection.file("crawl");
    fs::create_dir(&dir).unwrap();
    let digest = "WARC-Payload-Digest: sha1:AAAA";
    let chunked = {
        let body = article("About zyxcopyqu", 7, "zyxcopyqu");
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked";
        format!("{head}\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n", body.len())
    };
    let same = format!("WARC-Refers-To-Target-URI: {}\r\nWARC-Refers-To-Date: {DATE}", url("same"));
    let ok = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n";
    let name = "<urn:uuid:99999999-1234-5678-1234-567812345678>";
    let first = [
        response(&url("same"), DATE, &page("zyxsamequ")),
        revisit(&url("same"), ok, &same),
        with_fields(response(&url("unlisted"), DATE, chunked.as_bytes()), digest),
        revisit(&url("copy"), ok, &digest.to_lowercase()),
        revisit(&url("behind"), "HTTP/1.1 304 Not\r\n\r\n", &format!("WARC-Refers-To: {name}")),
        revisit(&url("moved"), "HTTP/1.1 301 Moved\r\nLocation: /there\r\n\r\n", digest),
        revisit(&url("gone"), "HTTP/1.1 404 Not Found\r\n\r\n", digest),
        revisit(&url("nowhere"), "", "WARC-Refers-To: <urn:uuid:0>"),
        revisit(&url("other"), ok, digest),
    ];
    let second =
        String::from_utf8(response(&url("elsewhere"), DATE, &page("zyxbehindqu"))).unwrap();
    let second =
        second.replace("<urn:uuid:12345678-1234-5678-1234-567812345678>", name).into_bytes();
    let second = [second, response(&url("there"), DATE, &page("zyxtherequ"))];
    fs::write(dir.join("a.warc.gz"), first.map(|record| gzip(&record)).concat()).unwrap();
    fs::write(dir.join("b.warc"), second.concat()).unwrap();
    let (warc, run) = update(&collection, &["--warc", dir.to_str().unwrap()]);
    for (word, name) in [
        ("zyxsamequ", "same"),
        ("zyxcopyqu", "copy"),
        ("zyxbehindqu", "behind"),
        ("zyxtherequ", "moved"),
    ] {
        assert_eq!(found(&collection, word), [url(name)], "{warc} {}", run.stderr);
    }
    assert!(run.stdout.contains("\"outcome\":\"gone\""), "{}", run.stdout);
    let counts = serde_json::json!({"not_listed": 3, "redirect": 1, "revisit": 1});
    assert_eq!((&warc["taken"], &warc["records"]), (&6.into(), &11.into()), "{warc}");
    assert_eq!((&warc["files"], &warc["skipped"]), (&2.into(), &counts), "{warc}");
    let line = "a.warc.gz: record 8 at ";
    assert!(run.stderr.contains(line), "{}", run.stderr);
    assert!(run.stderr.contains("that it refers to is not in these files"), "{}", run.stderr);

    let (warc, _) = update(&collection, &["--warc", dir.to_str().unwrap()]);
    assert_eq!(warc["taken"], 0, "a second time it brings nothing: {warc}");
}

#[test]
fn a_redirect_finds_its_target_whatever_the_order() {
    let moved = |to: &str| format!("HTTP/1.1 301 Moved\r\nLocation: {to}\r\n\r\n").into_bytes();
    let records = [
        response(&url("end"), DATE, &page("zyxendqu")),
        response(&url("middle"), DATE, &moved("/end")),
        response(&url("other"), DATE, &page("zyxotherqu")),
        response(&url("start"), DATE, &moved("/middle")),
    ];
    let packed = records.each_ref().map(|record| gzip(record)).concat();
    let listed = |args: &[&str], taken: usize, skipped: serde_json::Value| {
        let collection = collection_of(&["start"]);
        let file = written(&collection.file("a.warc.gz"), &packed);
        let (warc, run) = update(&collection, &[&["--warc", &file], args].concat());
        let found = found(&collection, "zyxendqu");
        assert!(found.contains(&url("start")), "{warc} {}", run.stderr);
        assert_eq!((&warc["taken"], &warc["skipped"]), (&taken.into(), &skipped), "{warc}");
    };
    listed(&[], 1, serde_json::json!({"not_listed": 1, "redirect": 2}));
    listed(&["--all"], 3, serde_json::json!({"redirect": 2}));
    // By an index of the file, too, of which only the records are read that are wanted.
    let collection = collection_of(&["start"]);
    written(&collection.file("a.warc.gz"), &packed);
    let mut offset = 0;
    let lines = records.iter().zip(["end", "middle", "other", "start"]).map(|(record, name)| {
        let length = gzip(record).len();
        let place = serde_json::json!({
            "url": url(name), "filename": "a.warc.gz", "offset": offset, "length": length,
        });
        offset += length;
        format!("k 20240506070809 {place}\n")
    });
    let index = written(&collection.file("a.cdxj"), lines.collect::<String>().as_bytes());
    let (warc, _) = update(&collection, &["--warc", &index]);
    assert_eq!(found(&collection, "zyxendqu"), [url("start")], "{warc}");
    assert_eq!(warc["records"], 1, "{warc}");
    // What comes through a pipe is read once.
    let collection = collection_of(&["start"]);
    let output = with_input(&collection, &packed);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(found(&collection, "zyxendqu").is_empty());
}
