//! The program as a worker: a child of itself that extracts text within limits.

use std::{
    ffi::OsString,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use mlsearch::worker::{self, Launch, Overrun};

/// The argument that makes a process a worker. It is in no help: nobody but this program gives it.
const ARGUMENT: &str = "--extraction-worker";

/// Whether these arguments ask for a worker.
pub(crate) fn is_asked(argv: &[OsString]) -> bool {
    argv.len() == 2 && argv[1] == ARGUMENT
}

/// The command line of a worker; none when it is not known where this program lies.
pub(crate) fn launch() -> Option<Launch> {
    // On Linux the program stays the one that runs, also when another one has been installed over it.
    let own = Path::new("/proc/self/exe");
    let program: Option<PathBuf> = match own.exists() {
        true => Some(own.to_owned()),
        false => std::env::current_exe().ok(),
    };
    Some(Launch { program: program?, args: vec![ARGUMENT.into()] })
}

/// Serves until the input ends.
pub(crate) fn run() -> ExitCode {
    let mut output = io::stdout().lock();
    match worker::serve(&mut io::stdin().lock(), &mut output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody reads it when a worker ends like this.
            let _ = output.flush();
            let is_overrun = error.get_ref().is_some_and(|inner| inner.is::<Overrun>());
            ExitCode::from(if is_overrun { worker::OVERRUN } else { 2 })
        }
    }
}
