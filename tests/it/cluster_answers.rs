//! Tests of what a cluster, or what stands in front of it, may answer: each is an error with a hint, and
//! no credentials are shown. The real cluster is in `engine`.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
    thread,
};

use mlsearch::engine::local::metadata::VERSION;

use crate::program::{Collection, Run};

/// A server on loopback that answers each request by its first line.
struct FakeCluster {
    address: String,
    /// The requests with their headers.
    requests: Arc<Mutex<Vec<String>>>,
}

impl FakeCluster {
    fn of<Body: AsRef<str>>(answer: impl Fn(&str) -> (u16, Body) + Send + 'static) -> FakeCluster {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.unwrap());
                let (mut head, mut length) = (String::new(), 0);
                loop {
                    let mut line = String::new();
                    if stream.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                        break;
                    }
                    if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                    head += &line;
                }
                let _ = stream.read_exact(&mut vec![0; length]);
                let (status, body) = answer(head.lines().next().unwrap_or_default());
                log.lock().unwrap().push(head);
                let body = body.as_ref();
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                );
                let _ = stream.get_mut().write_all(answer.as_bytes());
            }
        });
        FakeCluster { address, requests }
    }

    fn search(&self) -> Run {
        let collection = Collection::offline();
        let mut command = collection.command(&["--engine", &self.address, "drift"]);
        command.env("MLSEARCH_ENGINE_INDEX", "articles");
        Run::of(command.env("NO_PROXY", "127.0.0.1").env("MLSEARCH_ENGINE_API_KEY", "s3cret"))
    }
}

const ROOT: &str = r#"{"version":{"distribution":"opensearch","number":"3.9.0"}}"#;

/// What the requests of a cluster that is there are answered with.
#[track_caller]
fn check(answer: fn(&str) -> (u16, &'static str), message: &str, hint: &str) {
    let cluster = FakeCluster::of(answer);
    let run = cluster.search();
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    assert!(run.stderr.contains(message) && run.stderr.contains(hint), "{}", run.stderr);
    assert!(!run.stderr.contains("s3cret"), "{}", run.stderr);
    let requests = cluster.requests.lock().unwrap();
    assert!(requests.iter().all(|head| head.contains("ApiKey s3cret")), "{requests:?}");
}

#[test]
fn what_is_no_known_search_engine_is_named() {
    check(|_| (200, "<!doctype html>"), "answered 200 with an HTML page", "hint: OpenSearch 2.19");
    check(
        |_| (502, "<html>bad gateway</html>"),
        "answered 502 with an HTML page",
        "/_cluster/health`",
    );
    check(|_| (200, r#"{"status":"Meilisearch is running"}"#), "Meilisearch is running", "hint: ");
}

#[test]
fn who_may_not_is_told_how_to_say_who_asks() {
    check(|_| (401, "Unauthorized"), "it does not know who asks", "MLSEARCH_ENGINE_API_KEY");
    check(|_| (403, "<html>"), "this is not allowed", "MLSEARCH_ENGINE_USER");
}

#[test]
fn a_name_that_is_taken_is_left_alone() {
    check(
        |line| match line.starts_with("GET / ") {
            true => (200, ROOT),
            false => (200, r#"{"foreign":{"mappings":{}}}"#),
        },
        "is an alias of `foreign`, which mlsearch has not made",
        "choose another name",
    );
}

#[test]
fn a_cluster_without_health_is_an_error() {
    check(
        |line| match line.starts_with("GET / ") {
            true => (200, ROOT),
            false => (
                503,
                r#"{"error":{"type":"cluster_block_exception","reason":"no master"},"status":503}"#,
            ),
        },
        "no master",
        "/_cluster/health` for its health",
    );
}

#[test]
fn nobody_there_and_a_password_in_the_address_are_errors() {
    let collection = Collection::offline();
    let run = |address: &str| {
        let mut command = collection.command(&["--engine", address, "drift"]);
        Run::of(command.env("NO_PROXY", "127.0.0.1"))
    };
    let nobody = run("http://127.0.0.1:9");
    assert!(nobody.stderr.contains("no answer: "), "{}", nobody.stderr);
    let named = run("http://me:s3cret@127.0.0.1:9");
    assert_eq!(named.code, 2);
    assert!(named.stderr.contains("user name or a password"), "{}", named.stderr);
    assert!(!named.stderr.contains("s3cret"), "{}", named.stderr);
}

/// A folder whose settings name a cluster and a file with a key: whoever else is named does not get it.
#[test]
fn the_credentials_of_the_settings_go_to_their_cluster_alone() {
    let [own, other] = [(); 2].map(|()| FakeCluster::of(|_| (401, "Unauthorized")));
    let collection = Collection::offline();
    let path = collection.file("mlsearch.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    let engine = format!("[engine]\nurl = \"{}/\"\ncredentials = \"key\"\n", own.address);
    std::fs::write(&path, format!("{settings}\n{engine}")).unwrap();
    std::fs::write(collection.file("key"), "s3cret\n").unwrap();
    for (cluster, args, is_told) in [
        (&own, &["drift"][..], true),
        (&own, &["--engine", &own.address, "drift"], true),
        (&other, &["--engine", &other.address, "drift"], false),
    ] {
        cluster.requests.lock().unwrap().clear();
        let mut command = collection.command(args);
        let run = Run::of(command.env("NO_PROXY", "127.0.0.1"));
        assert_eq!(run.code, 2, "{}", run.stderr);
        let requests = cluster.requests.lock().unwrap();
        assert!(!requests.is_empty(), "{}", run.stderr);
        let told = |head: &String| head.contains("ApiKey s3cret") == is_told;
        assert!(requests.iter().all(told), "{requests:?}");
    }
}

/// A search that is answered so is an error.
#[track_caller]
fn check_search(answers: &'static str, message: &str) {
    let record = serde_json::json!({ "articles-v1": { "mappings": { "_meta": { "mlsearch": {
        "version": VERSION,
        "routings": ["0"],
        "manifest": { "built_at": "2026-01-01T00:00:00Z", "documents": 1, "full_texts": 1, "fingerprint": "x" },
    } } } } });
    let record = record.to_string();
    let cluster = FakeCluster::of(move |line| {
        let body = match line {
            _ if line.starts_with("GET / ") => ROOT,
            _ if line.contains("/_mtermvectors") => r#"{"docs":[{}]}"#,
            _ if line.contains("/_count") => r#"{"count":1,"_shards":{"failed":0}}"#,
            _ if line.contains("/_msearch") => answers,
            _ => &record,
        };
        (200, body.to_owned())
    });
    let run = cluster.search();
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{answers}: {}", run.stderr);
    assert!(run.stderr.contains(message), "{answers}: {}", run.stderr);
}

#[test]
fn an_answer_that_lacks_something_is_no_short_result() {
    let short = "not as many answers as searches";
    check_search("true", short);
    check_search(r#"{"responses":[]}"#, short);
    check_search(r#"{"responses":7}"#, short);
    check_search(r#"{"responses":[{"hits":{"hits":[]}},{}]}"#, "whether all shards");
    check_search(
        r#"{"responses":[{"hits":true,"_shards":{"failed":0}},{"_shards":{"failed":0}}]}"#,
        "no hits",
    );
    check_search(
        r#"{"responses":[{"hits":{"hits":[]},"_shards":{"failed":0}},{"hits":{"hits":[]},"_shards":{"failed":0}}]}"#,
        "no count of hits",
    );
    check_search(
        r#"{"responses":[{"hits":{"hits":[{"_id":[]}]},"_shards":{"failed":0}},{"_shards":{"failed":0}}]}"#,
        "a document without a number",
    );
}
