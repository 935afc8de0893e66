//! A newer index under requests.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use crate::{
    program::Collection,
    serve::{pages::library, server::Server},
};

fn publish(collection: &Collection, number: usize) {
    let line = format!(
        "{{\"id\": \"{number}\", \"title\": \"Build zebra{number}\", \"text\": \"features\"}}\n"
    );
    let file = collection.file("next.jsonl");
    std::fs::write(&file, line).unwrap();
    collection.ok(&["import", file.to_str().unwrap()]);
}

/// Asks until an answer has a text; what is published is looked at once a second, by whoever asks.
#[track_caller]
fn ask_until(server: &Server, path: &str, text: &str) {
    let is_told = (0..100_000).any(|_| server.ok(path).body.contains(text));
    assert!(is_told, "{path} never said {text}");
}

#[test]
fn an_index_that_cannot_be_opened_is_told_and_the_one_before_answers() {
    let collection = library();
    let server = Server::of(&collection, &[]);
    let (current, broken) = (collection.file("CURRENT"), collection.file("generations/9"));
    let published = std::fs::read(&current).unwrap();
    std::fs::create_dir(&broken).unwrap();
    std::fs::write(broken.join("manifest.json"), "{}").unwrap();
    std::fs::write(&current, "9\n").unwrap();
    ask_until(&server, "/healthz", "\"refused\":true");
    let notice = "the published index cannot be opened";
    assert!(server.ok("/?q=features").body.contains(notice));
    std::fs::write(&current, published).unwrap();
    ask_until(&server, "/healthz", "\"refused\":false");
    assert!(!server.ok("/?q=features").body.contains(notice));
}

#[test]
fn a_newer_index_is_noticed_without_a_failed_request() {
    let collection = library();
    let server = Server::of(&collection, &[]);
    let (is_over, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for path in ["/?q=features", "/api/search?q=features&facets=1", "/healthz"] {
            let (server, is_over, answered) = (&server, &is_over, &answered);
            scope.spawn(move || {
                while !is_over.load(Ordering::Relaxed) {
                    let reply = server.get(path);
                    if reply.status != 200 {
                        is_over.store(true, Ordering::Relaxed);
                        panic!("{path}: {} {}", reply.status, reply.body);
                    }
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for number in 1..=4 {
            publish(&collection, number);
            // It is looked for once a second, by whoever asks.
            let path = format!("/api/search?q=zebra{number}&exact=1");
            while !server.ok(&path).body.contains("Build zebra") && !is_over.load(Ordering::Relaxed)
            {
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
    assert!(answered.into_inner() > 10);
}
