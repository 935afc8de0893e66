//! The page in a browser: the tests of `tests/web`, where there is what they need.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use crate::left_out;

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

fn leave_out(why: &str) {
    left_out::tell(&format!("the tests of the page in a browser: {why}"));
}
