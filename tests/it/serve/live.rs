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
