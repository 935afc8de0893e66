//! Any text as a query.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mlsearch::query::parser;

fuzz_target!(|text: &str| {
    parser::parse(text);
});
