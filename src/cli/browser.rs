//! The browser of whoever sits at this machine, if there is one that can be started.

use std::{
    env,
    ffi::OsString,
    io,
    path::Path,
    process::{Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long a browser has to fail; one that is still running by then has come.
const TIME_TO_FAIL: Duration = Duration::from_secs(1);
/// What opens an address on Linux and its relatives. `opener` starts it, too, but does not look
/// whether it has found a browser.
const OPENER: &str = "xdg-open";

/// Opens an address of the web.
///
/// # Errors
/// Why no browser came.
pub(crate) fn open(url: &str) -> Result<(), String> {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(browser) = variable("BROWSER") {
        let name = browser.to_string_lossy().into_owned();
        let started = start(&words(browser), url);
        return come(started, &name);
    }
    // Windows' browser is started from Linux within it, too, and needs no display there.
    let has_display_server = cfg!(all(unix, not(target_os = "macos")));
    if !has_display_server || variable("WSL_DISTRO_NAME").is_some() {
        return opener::open(url).map_err(|error| error.to_string());
    }
    if variable("DISPLAY").is_none() && variable("WAYLAND_DISPLAY").is_none() {
        return Err("there is no display; BROWSER can name one".into());
    }
    match start(&[OPENER.into()], url) {
        // The package has that program with it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            opener::open(url).map_err(|error| error.to_string())
        }
        started => come(started, OPENER),
    }
}

/// The program of `BROWSER` and its arguments: one file, or words with blanks between.
fn words(browser: OsString) -> Vec<OsString> {
    match browser.to_str() {
        Some(text) if !Path::new(text).exists() => {
            text.split_whitespace().map(OsString::from).collect()
        }
        _ => vec![browser],
    }
}

/// Starts a browser and gives how it ended, if it did soon.
fn start(command: &[OsString], url: &str) -> io::Result<Option<ExitStatus>> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(io::ErrorKind::NotFound.into());
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(url);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let (ended, end) = mpsc::channel();
    // Whoever waits may have gone.
    thread::spawn(move || drop(ended.send(child.wait())));
    end.recv_timeout(TIME_TO_FAIL).ok().transpose()
}

fn come(started: io::Result<Option<ExitStatus>>, name: &str) -> Result<(), String> {
    match started {
        Ok(Some(status)) if !status.success() => Err(format!("`{name}` ended with {status}")),
        Ok(_) => Ok(()),
        Err(error) => Err(format!("`{name}` cannot be started: {error}")),
    }
}
