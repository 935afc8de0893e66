//! The side that asks: workers are started when they are needed, and used again.

use std::{
    ffi::OsString,
    fmt,
    io::{self, BufRead, BufReader, Read, Write},
    panic::{self, AssertUnwindSafe},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    sync::{
        Mutex, PoisonError,
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    extract::{self, Extraction, Input, Risk},
    page::Outcome,
    worker::{
        limits::SLOWNESS,
        protocol::{
            Greeting, MAX_REPLY_BYTES, MAX_TITLE_BYTES, OVERRUN, WorkerReply, WorkerRequest,
        },
    },
};

/// How long others wait for a file. It is much longer than the processor time, so that a busy
/// machine fails no good file.
const DEADLINE: Duration = Duration::from_secs(20).saturating_mul(SLOWNESS);
/// How often somebody who waits looks whether it is asked to stop.
const STOP_CHECK: Duration = Duration::from_millis(50);

/// Workers that a body is given to when somebody else ends them.
const TRIES: usize = 2;

/// The command line that starts a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The executable of this program.
    pub program: PathBuf,
    /// The arguments that make it a worker.
    pub args: Vec<OsString>,
}

/// Why a worker gave no extraction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkerFailure {
    /// No worker could be started; nothing is known of the body.
    NotStarted(String),
    /// The body killed a worker that had done nothing else, or took too much of it.
    DidNotFinish,
    /// The extractor stopped at a mistake of its own.
    Panicked,
    /// Somebody else ended one worker after the other; nothing is known of the body.
    Killed,
    /// Somebody asked to stop; nothing is known of the body.
    Stopped,
}

impl fmt::Display for WorkerFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WorkerFailure::NotStarted(why) => {
                write!(f, "no process to extract it was started: {why}")
            }
            WorkerFailure::DidNotFinish => f.write_str("the extractor did not finish"),
            WorkerFailure::Panicked => f.write_str("the extractor failed"),
            WorkerFailure::Killed => f.write_str("the processes that extract it were killed"),
            WorkerFailure::Stopped => f.write_str("the extraction was stopped"),
        }
    }
}

impl From<WorkerFailure> for Extraction {
    fn from(failure: WorkerFailure) -> Extraction {
        let outcome = match failure {
            WorkerFailure::DidNotFinish => Outcome::TooLarge,
            _ => Outcome::UnsupportedType,
        };
        Extraction::refused(outcome, failure.to_string())
    }
}

/// Workers, as many as are asked at the same time.
#[derive(Debug)]
pub struct Pool {
    launch: Option<Launch>,
    deadline: Duration,
    /// What reads a body within this process.
    within: fn(&Input<'_>) -> Extraction,
    idle: Mutex<Vec<Worker>>,
}

impl Pool {
    /// A pool without a worker yet. Without a command line none can be started.
    pub fn new(launch: Option<Launch>) -> Pool {
        Pool { launch, deadline: DEADLINE, within: extract::extract, idle: Mutex::default() }
    }

    /// A pool without workers whose extractor within this process is another one.
    #[cfg(test)]
    pub(crate) fn reading_with(within: fn(&Input<'_>) -> Extraction) -> Pool {
        Pool { within, ..Pool::new(None) }
    }

    /// Extracts from a body where its [`Risk`] allows it: within this process when that is low, else
    /// in a worker. Where no worker can be started, only bodies that may ask for anything are left.
    ///
    /// # Errors
    /// See [`WorkerFailure`].
    pub fn read(
        &self,
        input: &Input<'_>,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<Extraction, WorkerFailure> {
        let risk = extract::risk(input);
        if risk > Risk::Low {
            match self.extract(input, is_stopped) {
                Err(WorkerFailure::NotStarted(_)) if risk < Risk::Any => {}
                done => return done,
            }
        }
        panic::catch_unwind(AssertUnwindSafe(|| (self.within)(input)))
            .map_err(|_| WorkerFailure::Panicked)
    }

    /// Extracts from a body in a worker; waits for it, but not when it is asked to stop.
    ///
    /// What ends a worker that has served others before is given to a new one: only a body that
    /// ends a worker alone is to blame.
    ///
    /// # Errors
    /// See [`WorkerFailure`].
    pub fn extract(
        &self,
        input: &Input<'_>,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<Extraction, WorkerFailure> {
        let used = self.idle().pop();
        if let Some(worker) = used {
            match self.ask(worker, input, is_stopped) {
                Err(Ending::Died(_)) => {}
                Err(ending) => return Err(ending.into()),
                Ok(extraction) => return Ok(extraction),
            }
        }
        for _ in 0..TRIES {
            match self.ask(self.start(is_stopped)?, input, is_stopped) {
                Err(Ending::Died(status)) if is_from_outside(status) => {}
                done => return done.map_err(WorkerFailure::from),
            }
        }
        Err(WorkerFailure::Killed)
    }

    /// Asks a worker, which goes back to the idle ones when it has answered.
    fn ask(
        &self,
        mut worker: Worker,
        input: &Input<'_>,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<Extraction, Ending> {
        match worker.ask(input, self.deadline, is_stopped)? {
            WorkerReply::Found(extraction) => {
                self.idle().push(worker);
                Ok(*extraction)
            }
            WorkerReply::Panicked => Err(Ending::Panicked),
        }
    }

    fn start(&self, is_stopped: &dyn Fn() -> bool) -> Result<Worker, WorkerFailure> {
        let Some(launch) = &self.launch else {
            return Err(WorkerFailure::NotStarted("no command line was given for it".into()));
        };
        Worker::start(launch, is_stopped)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a request ended that has no answer.
enum Ending {
    Died(Option<ExitStatus>),
    Overrun,
    Panicked,
    Stopped,
}

impl From<Ending> for WorkerFailure {
    fn from(ending: Ending) -> WorkerFailure {
        match ending {
            Ending::Died(_) | Ending::Overrun => WorkerFailure::DidNotFinish,
            Ending::Panicked => WorkerFailure::Panicked,
            Ending::Stopped => WorkerFailure::Stopped,
        }
    }
}

/// The titles that fit into a request.
fn titles(all: &[String]) -> Vec<String> {
    let mut bytes_left = MAX_TITLE_BYTES;
    let fits = |title: &&String| {
        let left = bytes_left.checked_sub(title.len());
        bytes_left = left.unwrap_or(0);
        left.is_some()
    };
    all.iter().take_while(fits).cloned().collect()
}

fn prefix(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_TITLE_BYTES / 2)]
}

/// Whether somebody else ended the process: a person, or the system when its memory ran out.
#[cfg(unix)]
fn is_from_outside(status: Option<ExitStatus>) -> bool {
    use std::os::unix::process::ExitStatusExt;
    const KILL: i32 = 9;
    const TERMINATE: i32 = 15;
    status
        .and_then(|status| status.signal())
        .is_some_and(|signal| matches!(signal, KILL | TERMINATE))
}

#[cfg(not(unix))]
fn is_from_outside(_status: Option<ExitStatus>) -> bool {
    false
}

/// A process that serves requests.
#[derive(Debug)]
struct Worker {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Worker {
    /// Starts a process and waits for its greeting.
    fn start(launch: &Launch, is_stopped: &dyn Fn() -> bool) -> Result<Worker, WorkerFailure> {
        let not_started = |why: String| WorkerFailure::NotStarted(why);
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
            Err(Ending::Stopped) => Err(WorkerFailure::Stopped),
            Err(_) => Err(not_started(format!("`{}` is none", launch.program.display()))),
        }
    }

    fn ask(
        &mut self,
        input: &Input<'_>,
        deadline: Duration,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<WorkerReply, Ending> {
        let request = WorkerRequest {
            url: prefix(input.url).to_owned(),
            content_type: input.content_type.map(|media| prefix(media).to_owned()),
            listed_titles: titles(input.listed_titles),
            form: input.form,
            body_bytes: input.body.len() as u64,
        };
        self.exchange(deadline, is_stopped, |streams| {
            serde_json::to_writer(&mut *streams.input, &request)?;
            streams.input.write_all(b"\n")?;
            streams.input.write_all(input.body)?;
            streams.input.flush()?;
            streams.read()
        })
    }

    /// Lets another thread talk with the process, and kills that when it takes too long, so that
    /// the thread ends as well. A process without an answer is of no more use.
    fn exchange<T: Send>(
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

struct Streams<'w> {
    input: &'w mut ChildStdin,
    output: &'w mut BufReader<ChildStdout>,
}

impl Streams<'_> {
    /// Reads a line of JSON.
    fn read<T: serde::de::DeserializeOwned>(&mut self) -> io::Result<T> {
        let mut line = Vec::new();
        Read::take(&mut *self.output, MAX_REPLY_BYTES).read_until(b'\n', &mut line)?;
        Ok(serde_json::from_slice(&line)?)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::time::Duration;

    use crate::{
        extract::{self, Input},
        worker::pool::{Launch, Pool, WorkerFailure},
    };

    #[test]
    fn a_worker_that_gives_no_answer_in_time_is_killed() {
        let script = format!("echo '{{\"worker\":{}}}'; exec sed -n ''", extract::VERSION);
        let launch = Launch { program: "/bin/sh".into(), args: vec!["-c".into(), script.into()] };
        let pool = Pool { deadline: Duration::ZERO, ..Pool::new(Some(launch)) };
        let input = Input { body: b"%PDF-", ..Input::default() };
        assert_eq!(pool.extract(&input, &|| false).unwrap_err(), WorkerFailure::DidNotFinish);
    }
}
