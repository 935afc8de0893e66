//! A child process of this program: started, talked with, and ended when that takes too long.

use std::{
    ffi::OsString,
    io::{self, BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use crate::worker::{
    limits::SLOWNESS,
    protocol::{Greeting, MAX_REPLY_BYTES, OVERRUN},
};

/// How long others wait for a file. It is much longer than the processor time, so that a busy
/// machine fails no good file.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20).saturating_mul(SLOWNESS);
/// How often somebody who waits looks whether it is asked to stop.
const STOP_CHECK: Duration = Duration::from_millis(50);

/// The command line that starts a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The executable of this program.
    pub program: PathBuf,
    /// The arguments that make it a worker.
    pub args: Vec<OsString>,
}

/// How a request ended that has no answer.
pub(crate) enum Ending {
    Died(Option<ExitStatus>),
    Overrun,
    Panicked,
    Stopped,
}

/// Why there is no process.
#[derive(Debug)]
pub(crate) enum Unstarted {
    Failed(String),
    Stopped,
}

/// A process that serves requests.
#[derive(Debug)]
pub(crate) struct Worker {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Worker {
    /// Starts a process and waits for its greeting.
    pub(crate) fn start(
        launch: &Launch,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<Worker, Unstarted> {
        let not_started = |why: String| Unstarted::Failed(why);
        let mut command = Command::new(&launch.program);
        command.args(&launch.args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // Ctrl-C goes to all processes of a terminal's group; workers end when nobody needs them.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command
            .spawn()
            .map_err(|e| not_started(format!("`{}`: {e}", launch.program.display())))?;
        let streams = (child.stdin.take(), child.stdout.take());
        let (Some(input), Some(output)) = streams else {
            return Err(not_started("it has no streams".into()));
        };
        let mut worker = Worker { child, input, output: BufReader::new(output) };
        let greeting = worker.exchange(DEADLINE, is_stopped, |worker| worker.read());
        match greeting {
            Ok(Greeting::OURS) => Ok(worker),
            Ok(Greeting { worker }) => Err(not_started(format!("it is of version {worker}"))),
            Err(Ending::Stopped) => Err(Unstarted::Stopped),
            Err(_) => Err(not_started(format!("`{}` is none", launch.program.display()))),
        }
    }

    /// Lets another thread talk with the process, and kills that when it takes too long, so that
    /// the thread ends as well. A process without an answer is of no more use.
    pub(crate) fn exchange<T: Send>(
        &mut self,
        deadline: Duration,
        is_stopped: &dyn Fn() -> bool,
        talk: impl FnOnce(&mut Streams<'_>) -> io::Result<T> + Send,
    ) -> Result<T, Ending> {
        let Worker { child, input, output } = self;
        let mut waited = Duration::ZERO;
        let (done, result) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(move || {
                // The receiver waits for it, or has killed the process.
                let _ = done.send(talk(&mut Streams { input, output }));
            });
            loop {
                let began = Instant::now();
                let received = result.recv_timeout(STOP_CHECK);
                // A program that was suspended has not waited all the while.
                waited += began.elapsed().min(2 * STOP_CHECK);
                let killed = match received {
                    Ok(Ok(answer)) => return Ok(answer),
                    Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => None,
                    Err(RecvTimeoutError::Timeout) if is_stopped() => Some(Ending::Stopped),
                    Err(RecvTimeoutError::Timeout) if waited > deadline => Some(Ending::Overrun),
                    Err(RecvTimeoutError::Timeout) => continue,
                };
                // A process that has ended by itself keeps its exit code.
                let _ = child.kill();
                let status = child.wait().ok();
                return Err(match killed {
                    Some(ending) => ending,
                    None if status.and_then(|s| s.code()) == Some(OVERRUN.into()) => {
                        Ending::Overrun
                    }
                    None => Ending::Died(status),
                });
            }
        })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended already, and nobody asks how.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) struct Streams<'w> {
    input: &'w mut ChildStdin,
    output: &'w mut BufReader<ChildStdout>,
}

impl Streams<'_> {
    /// Writes a line of JSON, and bytes behind it.
    pub(crate) fn write(&mut self, request: &impl serde::Serialize, body: &[u8]) -> io::Result<()> {
        serde_json::to_writer(&mut *self.input, request)?;
        self.input.write_all(b"\n")?;
        self.input.write_all(body)?;
        self.input.flush()
    }

    /// Reads a line of JSON.
    pub(crate) fn read<T: serde::de::DeserializeOwned>(&mut self) -> io::Result<T> {
        let mut line = Vec::new();
        Read::take(&mut *self.output, MAX_REPLY_BYTES).read_until(b'\n', &mut line)?;
        Ok(serde_json::from_slice(&line)?)
    }
}
