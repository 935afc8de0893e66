//! The side that asks: workers are started when they are needed, and used again.

use std::{
    fmt,
    panic::{self, AssertUnwindSafe},
    process::ExitStatus,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::{
    extract::{self, Extraction, Input, Risk},
    page::Outcome,
    worker::{
        process::{DEADLINE, Ending, Launch, Unstarted, Worker},
        protocol::{MAX_TITLE_BYTES, WorkerReply, WorkerRequest},
    },
};

/// Workers that a body is given to when somebody else ends them.
const TRIES: usize = 2;

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
        let request = WorkerRequest {
            url: prefix(input.url).to_owned(),
            content_type: input.content_type.map(|media| prefix(media).to_owned()),
            listed_titles: titles(input.listed_titles),
            form: input.form,
            body_bytes: input.body.len() as u64,
        };
        let reply = worker.exchange(self.deadline, is_stopped, |streams| {
            streams.write(&request, input.body)?;
            streams.read()
        })?;
        match reply {
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
        Worker::start(launch, is_stopped).map_err(|unstarted| match unstarted {
            Unstarted::Failed(why) => WorkerFailure::NotStarted(why),
            Unstarted::Stopped => WorkerFailure::Stopped,
        })
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
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

#[cfg(all(test, unix))]
mod tests {
    use std::time::Duration;

    use crate::{
        extract::{self, Input},
        worker::{
            pool::{Pool, WorkerFailure},
            process::Launch,
        },
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
