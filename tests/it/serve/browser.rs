//! The page in a browser: the tests of `tests/web`, where there is what they need.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

#[test]
fn the_page_works_in_a_browser() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/web/run.sh");
    let mut command = Command::new("bash");
    command.arg(script).arg(env!("CARGO_BIN_EXE_mlsearch")).stdin(Stdio::null());
    let Ok(run) = command.output() else { return leave_out("there is no bash") };
    let told = String::from_utf8_lossy(&run.stderr);
    match run.status.code() {
        Some(0) => {}
        // What it needs is not there.
        Some(77) => leave_out(told.trim()),
        code => panic!("{code:?}: {}{told}", String::from_utf8_lossy(&run.stdout)),
    }
}

/// Says what is left out, past the harness, which keeps what a passing test prints.
fn leave_out(why: &str) {
    let line = format!("\n!!! LEFT OUT: the tests of the page in a browser: {why}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}
