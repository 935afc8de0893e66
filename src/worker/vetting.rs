//! Models are tried in a process of their own before this one loads them: what a network asks for is
//! bounded there, and what it takes down is that process.

use std::{
    io::{self, Write},
    path::Path,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::{
    embedding::{Model, ModelFiles, ModelTrial},
    error::Error,
    worker::{
        child::{say, watched},
        limits::{self, MEMORY_BYTES},
        process::{DEADLINE, Ending, Launch, Unstarted, Worker},
        protocol::Greeting,
    },
};

/// Processor time to load a model and to try it, and more for each megabyte of its network: that of
/// all-MiniLM-L6-v2 takes 0.3 seconds with 22 megabytes.
const TRIAL_TIME: Duration = Duration::from_millis(600);
const TRIAL_TIME_PER_MB: Duration = Duration::from_millis(30);
/// Memory beside that of every worker, in sizes of the network: weights that are bytes become
/// numbers of four, and the file stays while it is read.
const MEMORY_SIZES: u64 = 5;

/// What came of a model.
#[derive(Debug, Serialize, Deserialize)]
enum VettingReply {
    Works(ModelTrial),
    Fails(String),
}

/// Tries the model of a folder in a process of its own; `launch` is the command line that starts it,
/// without the folder.
///
/// # Errors
/// [`Error::Model`] when it is none, when it took too much, or when no process could be started;
/// [`Error::Interrupted`] when somebody asked to stop.
pub fn vet(
    launch: Option<&Launch>,
    files: &ModelFiles,
    is_stopped: &dyn Fn() -> bool,
) -> Result<ModelTrial, Error> {
    let not_started = |why: String| files.error(format!("no process to try it was started: {why}"));
    let Some(launch) = launch else {
        return Err(not_started("no command line was given for it".into()));
    };
    let mut launch = launch.clone();
    launch.args.push(files.dir().as_os_str().to_owned());
    let mut worker = Worker::start(&launch, is_stopped).map_err(|unstarted| match unstarted {
        Unstarted::Failed(why) => not_started(why),
        Unstarted::Stopped => Error::Interrupted,
    })?;
    match worker.exchange(DEADLINE, is_stopped, |streams| streams.read()) {
        Ok(VettingReply::Works(trial)) => Ok(trial),
        Ok(VettingReply::Fails(why)) => Err(files.error(why)),
        Err(Ending::Stopped) => Err(Error::Interrupted),
        Err(Ending::Overrun | Ending::Died(_) | Ending::Panicked) => {
            Err(files.error("the network takes more memory or time than one of its size may"))
        }
    }
}

/// The other side: tries the model of a folder and says what came of it. The memory of this process
/// is bounded from now on.
///
/// # Errors
/// As [`crate::worker::serve`].
pub fn serve_model(dir: &Path, output: &mut dyn Write) -> io::Result<()> {
    say(output, &Greeting::OURS)?;
    let reply = match ModelFiles::read(dir) {
        Err(error) => fails(&error),
        Ok(files) => {
            let bytes = files.network_bytes();
            let memory = MEMORY_BYTES + MEMORY_SIZES * bytes;
            limits::cap_memory(memory);
            let megabytes = u32::try_from(bytes >> 20).unwrap_or(u32::MAX);
            let time = TRIAL_TIME + TRIAL_TIME_PER_MB.saturating_mul(megabytes);
            let tried = watched(time, memory, move || ModelTrial::of(&Model::load(files)?))?;
            match tried {
                Some(Ok(trial)) => VettingReply::Works(trial),
                Some(Err(error)) => fails(&error),
                None => VettingReply::Fails("the network is damaged".into()),
            }
        }
    };
    say(output, &reply)
}

fn fails(error: &Error) -> VettingReply {
    VettingReply::Fails(match error {
        Error::Model { message, .. } => message.clone(),
        other => other.to_string(),
    })
}
