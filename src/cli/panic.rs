//! Panics: what nobody expected becomes an error with a hint and an exit code.

use std::{
    panic::{self, AssertUnwindSafe, PanicHookInfo},
    sync::{Mutex, PoisonError},
    thread,
};

use crate::cli::text::{sanitize, tell};

/// Where and why the main thread stopped.
static STOPPED: Mutex<Option<String>> = Mutex::new(None);

/// Runs `work`. If it panics, says so in the form of an error and returns its exit code: Tantivy
/// trusts what it reads, so that a damaged index is often found in this way. `rebuild` is what to
/// run then.
pub(crate) fn caught(rebuild: impl FnOnce() -> String, work: impl FnOnce() -> u8) -> u8 {
    let others = panic::take_hook();
    let main = thread::current().id();
    panic::set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
        if thread::current().id() == main {
            let place = info.location().map(|place| format!(" ({place})")).unwrap_or_default();
            let message = info.payload_as_str().unwrap_or("no reason was given");
            let mut stopped = STOPPED.lock().unwrap_or_else(PoisonError::into_inner);
            *stopped = Some(format!("{message}{place}"));
        } else {
            others(info);
        }
    }));
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let stopped = STOPPED.lock().unwrap_or_else(PoisonError::into_inner).take();
        let stopped = stopped.unwrap_or_else(|| "a thread has failed".into());
        tell(&format!("error: this should not have happened: {}", sanitize(&stopped)));
        tell(&format!(
            "hint: if the index is damaged, `{}` builds it again; if not, this is a mistake in \
             mlsearch, and its authors would like to know",
            sanitize(&rebuild())
        ));
        2
    })
}
