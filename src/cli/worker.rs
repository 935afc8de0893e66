//! The program as a worker: a child of itself that extracts text or tries a model within limits.

use std::{
    ffi::OsString,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use mlsearch::worker::{self, Launch, Overrun};

/// The arguments that make a process a worker. They are in no help: nobody but this program gives
/// them.
const EXTRACTION: &str = "--extraction-worker";
/// Followed by the folder of a model.
const MODEL: &str = "--model-worker";

/// Serves as the worker that these arguments ask for, if they ask for one.
pub(crate) fn run_if_asked(argv: &[OsString]) -> Option<ExitCode> {
    let mut output = io::stdout().lock();
    let served = match argv {
        [_, argument] if argument == EXTRACTION => {
            worker::serve(&mut io::stdin().lock(), &mut output)
        }
        [_, argument, dir] if argument == MODEL => worker::serve_model(Path::new(dir), &mut output),
        _ => return None,
    };
    Some(match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody reads it when a worker ends like this.
            let _ = output.flush();
            let is_overrun = error.get_ref().is_some_and(|inner| inner.is::<Overrun>());
            ExitCode::from(if is_overrun { worker::OVERRUN } else { 2 })
        }
    })
}

/// The command line of a worker that extracts; none when it is not known where this program lies.
pub(crate) fn launch() -> Option<Launch> {
    launch_with(EXTRACTION)
}

/// The command line of a worker that tries the model of the folder that follows.
pub(crate) fn model_launch() -> Option<Launch> {
    launch_with(MODEL)
}

fn launch_with(argument: &str) -> Option<Launch> {
    // On Linux the program stays the one that runs, also when another one has been installed over it.
    let own = Path::new("/proc/self/exe");
    let program: Option<PathBuf> = match own.exists() {
        true => Some(own.to_owned()),
        false => std::env::current_exe().ok(),
    };
    Some(Launch { program: program?, args: vec![argument.into()] })
}
