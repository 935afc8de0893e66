//! What a run of the tests leaves out, since something is missing here.

use std::io::Write;

/// Says it on stderr itself, past the harness, which keeps what a passing test prints.
pub fn tell(what: &str) {
    let line = format!("\n!!! LEFT OUT: {what}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}
