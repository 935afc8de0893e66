//! WARC files on the web: pieces of them are asked for, under the rules for all requests.

use std::sync::Arc;

use crate::{
    crawl::server::{Act, Script, Seen, Server, answer},
    program::Collection,
    warc::{DATE, found, gzip, page, response, update, update_with_code, written},
};

/// A server of files that gives ranges of them, and lets each third request fail.
fn server(files: Vec<(&'static str, Vec<u8>)>) -> Server {
    let files = Arc::new(files);
    let count = std::sync::atomic::AtomicUsize::new(0);
    Server::start(move |seen| {
        let (_, bytes) = files.iter().find(|(path, _)| *path == seen.target)?;
        let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        if number.is_multiple_of(3) {
            return Some(answer(503, &[("Retry-After", "0")], b"busy"));
        }
        Some(ranged(seen, bytes))
    })
}

fn ranged(seen: &Seen, bytes: &[u8]) -> Script {
    let asked = seen.headers["range"].strip_prefix("bytes=").unwrap();
    let (first, last) = asked.split_once('-').unwrap();
    let first: usize = first.parse().unwrap();
    let end = last.parse::<usize>().unwrap().saturating_add(1).min(bytes.len());
    let range = format!("bytes {first}-{}/{}", end - 1, bytes.len());
    // A label that is no reason to unpack the file.
    answer(206, &[("Content-Range", &range), ("Content-Encoding", "gzip")], &bytes[first..end])
}

#[test]
fn listed_records_and_files_are_fetched_in_pieces() {
    let links: Vec<String> = (0..4).map(|n| format!("http://a.example/{n}")).collect();
    let collection = Collection::of_links(links.iter().map(String::as_str));
    let packed = |n: usize| gzip(&response(&links[n], DATE, &page(&format!("zyx{n}qu"))));
    let records = [packed(0), packed(1), packed(2)];
    let offset = |n: usize| records[..n].iter().map(Vec::len).sum::<usize>();
    let server = server(vec![
        ("/data/a.warc.gz", records.concat()),
        ("/data/b.warc.gz", packed(3)),
        ("/data/listing.txt", b"b.warc.gz\n/elsewhere/c.warc.gz\n".to_vec()),
    ]);
    let line = |n: usize, url: &str| {
        format!(
            "key 20240506070809 {{\"url\": \"{url}\", \"filename\": \"data/a.warc.gz\", \
             \"offset\": {}, \"length\": {}}}\n",
            offset(n),
            records[n].len()
        )
    };
    let lines = [line(0, "http://unlisted.example/"), line(1, &links[1]), line(2, &links[2])];
    let index = written(&collection.file("index.cdxj"), lines.concat().as_bytes());
    let listing = server.url("/data/listing.txt");
    let net = ["--allow-net", "127.0.0.0/8", "--delay", "0"];
    let base = server.url("/");
    let args = [&["--warc", &index, "--warc-base", &base], &net[..]].concat();
    let (warc, run) = update(&collection, &args);
    assert_eq!(warc["taken"], 2, "{}", run.stderr);
    let ranges: Vec<String> =
        server.seen().iter().filter_map(|seen| seen.headers.get("range").cloned()).collect();
    let range = |n: usize| format!("bytes={}-{}", offset(n), offset(n + 1) - 1);
    assert!(ranges.contains(&range(1)) && ranges.contains(&range(2)), "{ranges:?}");
    assert!(!ranges.contains(&range(0)), "it is of no listed page: {ranges:?}");
    assert_eq!(found(&collection, "zyx2qu"), [links[2].as_str()]);

    // A listing from the web, whose paths begin where it is.
    let args = [&["--warc", &listing], &net[..]].concat();
    let (warc, run) = update_with_code(&collection, &args, 2);
    assert_eq!((&warc["taken"], &warc["unreadable"]), (&1.into(), &1.into()), "{}", run.stderr);
    assert!(run.stderr.contains("/elsewhere/c.warc.gz: status 404"), "{}", run.stderr);
    assert_eq!(found(&collection, "zyx3qu"), [links[3].as_str()]);
    let robots = server.targets().iter().filter(|target| *target == "/robots.txt").count();
    assert_eq!(robots, 1, "it is asked for once a day");
}

#[test]
fn addresses_that_may_not_be_visited_are_not_and_offline_nothing_is() {
    let url = "http://a.example/one";
    let collection = Collection::of_links([url]);
    let server = server(vec![("/a.warc", response(url, DATE, &page("zyxonequ")))]);
    let file = server.url("/a.warc");
    for (args, expected) in [
        (&["--delay", "0"][..], "forbidden address: 127.0.0.1 is not public"),
        (&["--offline", "--allow-net", "127.0.0.0/8"], "not fetched, since this update is offline"),
    ] {
        let (warc, run) = update_with_code(&collection, &[&["--warc", &file], args].concat(), 2);
        assert_eq!((&warc["taken"], &warc["unreadable"]), (&0.into(), &1.into()));
        assert!(run.stderr.contains(expected), "{}", run.stderr);
        assert!(server.seen().is_empty());
    }
}

#[test]
fn robots_txt_and_a_server_without_ranges_are_heeded() {
    let url = "http://a.example/one";
    let collection = Collection::of_links([url]);
    let file = response(url, DATE, &page("zyxonequ"));
    let whole = file.clone();
    let server = Server::start(move |seen| match seen.target.as_str() {
        "/robots.txt" => {
            let rules = b"User-agent: *\nDisallow: /private/\n";
            Some(answer(200, &[("Content-Type", "text/plain")], rules))
        }
        "/open/a.warc" => Some(answer(200, &[], &whole)),
        "/cut.warc" => Some(vec![Act::Send(b"HTTP/1.1 206 X\r\nContent-Length: 9\r\n\r\n".into())]),
        _ => None,
    });
    let net = ["--allow-net", "127.0.0.0/8", "--delay", "0"];
    let open = server.url("/open/a.warc");
    let private = server.url("/private/a.warc");
    let args = [&["--warc", &private, &open], &net[..]].concat();
    let (warc, run) = update_with_code(&collection, &args, 2);
    assert_eq!((&warc["taken"], &warc["unreadable"]), (&1.into(), &1.into()), "{}", run.stderr);
    assert!(run.stderr.contains("robots.txt forbids it"), "{}", run.stderr);
    assert!(!server.targets().iter().any(|target| target.starts_with("/private")));
}
