//! Any text as a query.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mlsearch::search::query;

fuzz_target!(|text: &str| {
    query::parse(text);
});
