//! Ctrl-C and the request to end.

use std::{
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    time::Duration,
};

use mlsearch::{Error, crawl::Stop};

use crate::cli::failure::Failure;

/// Who is told of a signal: the last one who watches. A process has one handler for its life.
static WATCHER: Mutex<Option<(Stop, Sender<()>)>> = Mutex::new(None);

/// Watches for Ctrl-C and for the request to end.
pub(crate) struct Signals {
    pub(crate) stop: Stop,
    wake: Receiver<()>,
}

impl Signals {
    pub(crate) fn watch() -> Result<Signals, Failure> {
        let stop = Stop::default();
        let (bell, wake) = mpsc::channel();
        let mut watcher = WATCHER.lock().unwrap_or_else(PoisonError::into_inner);
        if watcher.replace((stop.clone(), bell)).is_none() {
            let handler = ctrlc::set_handler(on_signal);
            handler.map_err(|e| Error::Engine(format!("cannot watch for signals: {e}")))?;
        }
        Ok(Signals { stop, wake })
    }

    /// Waits for a signal; false when the time has passed without one.
    pub(crate) fn come_within(&self, time: Duration) -> bool {
        self.wake.recv_timeout(time) != Err(RecvTimeoutError::Timeout)
    }

    /// Waits for a signal.
    pub(crate) fn come(&self) {
        // Nobody can tell any more when somebody else watches.
        let _ = self.wake.recv();
    }
}

/// A second signal ends the process at once; the store and the published index bear that.
fn on_signal() {
    let watcher = WATCHER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((stop, bell)) = watcher.as_ref() {
        if stop.is_stopped() {
            std::process::exit(130);
        }
        stop.stop();
        // Nobody may be waiting.
        let _ = bell.send(());
    }
}
