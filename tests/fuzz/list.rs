//! Any bytes as a list.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mlsearch::list::{self, ListOptions};

fuzz_target!(|data: &[u8]| {
    // What is no list is an error, never a panic.
    let _ = list::parse(data, &ListOptions::default());
});
