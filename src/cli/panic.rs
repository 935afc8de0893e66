//! Panics: what nobody expected becomes an error with a hint and an exit code.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe, PanicHookInfo},
    sync::{Mutex, PoisonError},
};

use crate::cli::text::{sanitize, tell};

/// Where and why a thread stopped whose panics are caught.
static STOPPED: Mutex<Option<String>> = Mutex::new(None);

thread_local! {
    /// Whether somebody tells of a panic of this thread, so that the hook does not.
    static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`. If it panics, says so in the form of an error and returns its exit code: Tantivy
/// trusts what it reads, so that a damaged index is often found in this way. `rebuild` is what to
/// run then.
pub(crate) fn caught(rebuild: impl FnOnce() -> String, work: impl FnOnce() -> u8) -> u8 {
    let others = panic::take_hook();
    panic::set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
        if IS_CAUGHT.get() {
            let place = info.location().map(|place| format!(" ({place})")).unwrap_or_default();
            let message = info.payload_as_str().unwrap_or("no reason was given");
            let mut stopped = STOPPED.lock().unwrap_or_else(PoisonError::into_inner);
            *stopped = Some(format!("{message}{place}"));
        } else {
            others(info);
        }
    }));
    let (mut work, mut code) = (Some(work), 2);
    let caught = caught_quietly(&mut || code = work.take().map_or(2, |work| work()));
    if let Err(stopped) = caught {
        tell(&format!("error: this should not have happened: {}", sanitize(&stopped)));
        tell(&format!(
            "hint: if the index is damaged, `{}` builds it again; if not, this is a mistake in \
             mlsearch, and its authors would like to know",
            sanitize(&rebuild())
        ));
    }
    code
}

/// Does some work on this thread. If it panics, nothing is printed.
///
/// # Errors
/// Where and why it stopped.
pub(crate) fn caught_quietly(work: &mut dyn FnMut()) -> Result<(), String> {
    let others = IS_CAUGHT.replace(true);
    let ended = panic::catch_unwind(AssertUnwindSafe(work));
    IS_CAUGHT.set(others);
    ended.map_err(|_| {
        let stopped = STOPPED.lock().unwrap_or_else(PoisonError::into_inner).take();
        stopped.unwrap_or_else(|| "a thread has failed".into())
    })
}
