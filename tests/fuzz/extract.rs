//! Any bytes as any kind of page: the first byte says which.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mlsearch::{
    extract::{self, Input},
    page::Outcome,
};

const KINDS: [(&str, &str); 8] = [
    ("text/html", "https://a.example/"),
    ("text/html; charset=utf-16", "https://a.example/2021/03/07/a"),
    ("text/markdown", "https://a.example/README.md"),
    ("application/json", "https://a.example/a.ipynb"),
    ("application/rss+xml", "https://a.example/feed"),
    ("application/pdf", "https://a.example/a.pdf"),
    ("text/plain", "a.txt"),
    ("", ""),
];

fuzz_target!(|data: &[u8]| {
    let Some((kind, body)) = data.split_first() else { return };
    let (content_type, url) = KINDS[usize::from(*kind) % KINDS.len()];
    let content_type = Some(content_type).filter(|kind| !kind.is_empty());
    let titles = ["Watching models drift".to_owned()];
    let input = Input { body, url, content_type, listed_titles: &titles, ..Input::default() };
    let found = extract::extract(&input);
    assert!(found.outcome == Outcome::Ok || found.content.sections.is_empty());
    let paragraphs = found.content.sections.iter().flat_map(|section| &section.paragraphs);
    assert!(paragraphs.into_iter().all(|paragraph| !paragraph.trim().is_empty()));
    extract::explain(&input);
});
