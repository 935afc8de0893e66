//! The worker's side: reads bodies, extracts them, and ends itself when one takes too much.

use std::{
    fmt,
    io::{self, BufRead, Read, Write},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use crate::{
    extract::{self, Input},
    worker::{
        limits::{self, MEMORY_BYTES, PROCESSOR_TIME, PROCESSOR_TIME_PER_MB, SLOWNESS},
        protocol::{Greeting, MAX_REQUEST_LINE_BYTES, WorkerReply, WorkerRequest},
    },
};

/// How often the processor time of the file in hand is looked at.
const LOOK: Duration = Duration::from_millis(5);
/// The extractor recurses on nothing; this is what it has elsewhere, twice.
const STACK_BYTES: usize = 4 << 20;

/// A file took more than a worker may take. The extraction still runs: the process has to end.
#[derive(Debug)]
pub struct Overrun;

impl fmt::Display for Overrun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the file takes too much work to read")
    }
}

impl std::error::Error for Overrun {}

/// Serves requests until the input ends. The memory of this process is bounded from now on.
///
/// # Errors
/// [`Overrun`] within the I/O error when a file took too much processor time or memory: then the
/// caller ends the process with [`crate::worker::OVERRUN`]. Other errors are those of the streams.
pub fn serve(input: &mut dyn BufRead, output: &mut dyn Write) -> io::Result<()> {
    limits::cap_memory(MEMORY_BYTES);
    say(output, &Greeting::OURS)?;
    while let Some((request, body)) = read(input)? {
        let reply = answer(request, body)?;
        say(output, &reply)?;
    }
    Ok(())
}

pub(crate) fn say(output: &mut dyn Write, message: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *output, message)?;
    output.write_all(b"\n")?;
    output.flush()
}

/// The next request with its body; none when there is none.
fn read(input: &mut dyn BufRead) -> io::Result<Option<(WorkerRequest, Vec<u8>)>> {
    let mut line = String::new();
    if Read::take(&mut *input, MAX_REQUEST_LINE_BYTES).read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let request: WorkerRequest = serde_json::from_str(&line)?;
    let mut body = Vec::new();
    Read::take(&mut *input, request.body_bytes).read_to_end(&mut body)?;
    if body.len() as u64 != request.body_bytes {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some((request, body)))
}

/// Extracts within the limits of a body.
fn answer(request: WorkerRequest, body: Vec<u8>) -> io::Result<WorkerReply> {
    let megabytes = u32::try_from(body.len() >> 20).unwrap_or(u32::MAX);
    let time = PROCESSOR_TIME + PROCESSOR_TIME_PER_MB.saturating_mul(megabytes);
    let extraction = watched(time, MEMORY_BYTES, move || {
        extract::extract(&Input {
            body: &body,
            url: &request.url,
            content_type: request.content_type.as_deref(),
            listed_titles: &request.listed_titles,
            form: request.form,
        })
    })?;
    Ok(extraction.map_or(WorkerReply::Panicked, |found| WorkerReply::Found(Box::new(found))))
}

/// Works on a thread of its own, and watches what that takes; nothing when the thread panicked.
///
/// # Errors
/// [`Overrun`] when it took more processor time, or memory for data, than it may.
pub(crate) fn watched<T: Send + 'static>(
    time: Duration,
    memory_bytes: u64,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<Option<T>> {
    let (time_before, memory_before) = limits::usage();
    let (done, result) = mpsc::channel();
    thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        // Nobody waits any more when it took too long.
        let _ = done.send(work());
    })?;
    loop {
        match result.recv_timeout(LOOK) {
            Ok(done) => return Ok(Some(done)),
            // The thread ended without a word.
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
            Err(RecvTimeoutError::Timeout) => {
                let (time_now, memory_now) = limits::usage();
                let has_grown = memory_now.saturating_sub(memory_before) > memory_bytes;
                if time_now.saturating_sub(time_before) > time * SLOWNESS || has_grown {
                    return Err(io::Error::other(Overrun));
                }
            }
        }
    }
}
