//! The search that answers while one types on a pseudo-terminal: what it draws on, what it prints, and
//! that it gives the terminal back on any end.

use std::{
    fs::File,
    io::{Read, Write},
    os::unix::process::CommandExt,
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread::{self, JoinHandle},
    time::Duration,
};

use nix::{
    pty::Winsize,
    sys::{
        signal::{Signal, kill},
        termios::{Termios, tcgetattr},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};

use crate::{
    program::program,
    terminal::{END, Stream, run_on_terminal},
    ui::SHELF,
};

const CONTROL_N: &str = "\u{e}";
const CONTROL_S: &str = "\u{13}";
const CONTROL_Z: &str = "\u{1a}";
const ESCAPE: &str = "\u{1b}";
/// What takes the whole window over, and what gives it back.
const TAKEN: &str = "\u{1b}[?1049h";
const GIVEN_BACK: &str = "\u{1b}[?1049l";
/// Nothing takes as long as that, unless it never comes.
const PATIENCE: Duration = Duration::from_secs(120);

/// Somebody who looks at a terminal and types when something is seen.
struct Typist {
    child: Child,
    master: File,
    slave: File,
    before: Termios,
    seen: Arc<(Mutex<Vec<u8>>, Condvar)>,
    reader: JoinHandle<()>,
}

impl Typist {
    /// Starts the program with standard output on the terminal, or on a pipe.
    fn start(args: &[&str], is_piped: bool) -> Typist {
        let window = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = nix::pty::openpty(Some(&window), None).unwrap();
        let (master, slave) = (File::from(pty.master), File::from(pty.slave));
        let end = || Stdio::from(slave.try_clone().unwrap());
        let before = tcgetattr(&slave).unwrap();
        let mut command = program();
        command.arg("--index").arg(SHELF.path().join("own")).arg("ui").args(args);
        command.env("TERM", "xterm").stdin(end()).stderr(end());
        command.stdout(if is_piped { Stdio::piped() } else { end() });
        // A stop is for the program alone, and not for the tests.
        let child = command.process_group(0).spawn().unwrap();
        let seen: Arc<(Mutex<Vec<u8>>, Condvar)> = Arc::default();
        let (mut from, shared) = (master.try_clone().unwrap(), Arc::clone(&seen));
        let reader = thread::spawn(move || {
            let mut piece = [0; 4096];
            loop {
                let bytes = from.read(&mut piece).unwrap();
                let mut all = shared.0.lock().unwrap();
                all.extend_from_slice(&piece[..bytes]);
                shared.1.notify_all();
                if all.contains(&END) {
                    return;
                }
            }
        });
        Typist { child, master, slave, before, seen, reader }
    }

    /// Waits until a text was drawn so many times.
    #[track_caller]
    fn sees(&self, text: &str, times: usize) {
        let is_missing =
            |all: &mut Vec<u8>| String::from_utf8_lossy(all).matches(text).count() < times;
        let all = self.seen.0.lock().unwrap();
        let (all, waited) = self.seen.1.wait_timeout_while(all, PATIENCE, is_missing).unwrap();
        assert!(!waited.timed_out(), "no {text:?}: {:?}", String::from_utf8_lossy(&all));
    }

    fn types(&mut self, keys: &str) {
        self.master.write_all(keys.as_bytes()).unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id() as i32)
    }

    #[track_caller]
    fn has_its_terminal_back(&self, times: usize) {
        self.sees(GIVEN_BACK, times);
        assert_eq!(tcgetattr(&self.slave).unwrap().local_flags, self.before.local_flags);
        assert_eq!(tcgetattr(&self.slave).unwrap().input_flags, self.before.input_flags);
    }

    /// Waits for the end, and gives the exit code and what was printed to a pipe.
    #[track_caller]
    fn ends(mut self, times: usize) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        self.has_its_terminal_back(times);
        let Typist { child, mut slave, reader, .. } = self;
        let Output { stdout, .. } = child.wait_with_output().unwrap();
        slave.write_all(&[END]).unwrap();
        reader.join().unwrap();
        (code, String::from_utf8(stdout).unwrap())
    }
}

#[test]
fn what_is_typed_is_found_and_control_s_prints_it_to_a_pipe() {
    let mut typist = Typist::start(&[], true);
    typist.sees(TAKEN, 1);
    typist.types("drift");
    // It is told of the preview, which comes last.
    typist.sees("mark", 1);
    typist.types(CONTROL_S);
    assert_eq!(typist.ends(1), (Some(0), "https://a.example/drift\n".into()));
}

#[test]
fn who_chooses_nothing_for_a_pipe_gets_nothing() {
    let mut typist = Typist::start(&["drift"], true);
    typist.sees("Hits", 1);
    typist.types(ESCAPE);
    assert_eq!(typist.ends(1), (Some(1), String::new()));
}

#[test]
fn an_article_without_an_address_is_not_printed_as_one() {
    let mut typist = Typist::start(&["drift"], true);
    typist.sees("mark", 1);
    typist.types(&format!("{CONTROL_N}{CONTROL_N}{CONTROL_S}"));
    typist.sees("address", 1);
    typist.types(ESCAPE);
    assert_eq!(typist.ends(1), (Some(1), String::new()));
    // A form that says more of it has something to print.
    let mut typist = Typist::start(&["drift", "--format", "tsv"], true);
    typist.sees("mark", 1);
    typist.types(&format!("{CONTROL_N}{CONTROL_N}{CONTROL_S}"));
    let (code, printed) = typist.ends(1);
    assert!(code == Some(0) && printed.contains("\t3\t"), "{printed:?}");
}

#[test]
fn a_signal_ends_it_and_the_terminal_is_given_back() {
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
        let typist = Typist::start(&["drift"], false);
        typist.sees("Hits", 1);
        kill(typist.pid(), signal).unwrap();
        assert_eq!(typist.ends(1).0, Some(128 + signal as i32), "{signal}");
    }
}

#[test]
fn control_z_gives_the_terminal_to_the_shell_and_the_shell_gives_it_back() {
    let mut typist = Typist::start(&["drift"], false);
    typist.sees("Hits", 1);
    typist.types(CONTROL_Z);
    let stopped = waitpid(typist.pid(), Some(WaitPidFlag::WUNTRACED)).unwrap();
    assert_eq!(stopped, WaitStatus::Stopped(typist.pid(), Signal::SIGTSTP));
    typist.has_its_terminal_back(1);
    kill(typist.pid(), Signal::SIGCONT).unwrap();
    typist.sees(TAKEN, 2);
    typist.sees("Hits", 2);
    typist.types(ESCAPE);
    assert_eq!(typist.ends(2).0, Some(0));
}

#[test]
fn a_part_of_a_window_is_found_again_by_its_cursor_when_the_size_is_another() {
    let mut typist = Typist::start(&["--inline=12", "drift"], false);
    // It asks where the cursor is, and is told the fifth row.
    typist.sees("\u{1b}[6n", 1);
    typist.types("\u{1b}[5;1R");
    typist.sees("3 hits", 1);
    typist.sees("\u{1b}[5;1H\u{1b}[J", 1);
    let mut stty = Command::new("stty");
    stty.args(["cols", "60"]).stdin(typist.slave.try_clone().unwrap());
    assert!(stty.status().unwrap().success());
    kill(typist.pid(), Signal::SIGWINCH).unwrap();
    // From the first row on, wherever the terminal has put it, all is cleared; then come the last rows.
    typist.sees(&format!("\u{1b}[1G\u{1b}[J{}\u{1b}[13;1H\u{1b}[J", "\n".repeat(11)), 1);
    typist.types(ESCAPE);
    assert_eq!(typist.ends(0).0, Some(0));
}

#[test]
fn a_terminal_that_cannot_move_its_cursor_is_refused() {
    let mut command = program();
    command.arg("--index").arg(SHELF.path().join("own")).args(["ui", "feature drift"]);
    let streams = [Stream::In, Stream::Out];
    let shown = run_on_terminal(command.env("TERM", "dumb"), &streams, "");
    let lines: Vec<&str> = shown.stderr.lines().collect();
    assert_eq!(shown.code, 2, "{}", shown.stderr);
    assert_eq!(lines[0], "error: a terminal of the type `dumb` has no window to draw in");
    assert!(lines[1].starts_with("hint: run `mlsearch --index "), "{}", lines[1]);
    assert!(
        lines[1].ends_with(" -- 'feature drift'` for results that are printed"),
        "{}",
        lines[1]
    );
}
