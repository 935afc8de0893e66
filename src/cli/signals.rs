//! Ctrl-C and the request to end.

use std::{
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread,
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
        tell(Some((stop.clone(), bell)))
            .map_err(|e| Error::Engine(format!("cannot watch for signals: {e}")))?;
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

/// Lets signals do nothing more, for the time in which another program has the terminal.
pub(crate) fn ignore() {
    // Without a handler Ctrl-C ends both programs, which is no failure.
    let _ = tell(None);
}

/// Tells of the first request to end from now on, with the exit code by which a shell knows it: 128 and
/// the number of the signal. A second one ends the process at once.
pub(crate) fn on_end(tell_end: impl FnOnce(u8) + Send + 'static) -> Result<(), Failure> {
    let failed = |e: &dyn std::fmt::Display| {
        Failure::from(Error::Engine(format!("cannot watch for signals: {e}")))
    };
    // Who has watched until now has done its work.
    tell(None).map_err(|e| failed(&e))?;
    #[cfg(unix)]
    {
        use signal_hook::{
            consts::{SIGHUP, SIGINT, SIGTERM},
            iterator::Signals as SignalNumbers,
        };
        let numbers = SignalNumbers::new([SIGHUP, SIGINT, SIGTERM]);
        let mut numbers = numbers.map_err(|e| failed(&e))?;
        thread::spawn(move || {
            let mut tell_end = Some(tell_end);
            for number in numbers.forever() {
                match tell_end.take() {
                    Some(tell_end) => tell_end(128 + number as u8),
                    None => std::process::exit(128 + number),
                }
            }
        });
    }
    #[cfg(not(unix))]
    {
        let signals = Signals::watch()?;
        thread::spawn(move || {
            signals.come();
            tell_end(130);
        });
    }
    Ok(())
}

/// Sets who is told of a signal from now on.
fn tell(watcher: Option<(Stop, Sender<()>)>) -> Result<(), ctrlc::Error> {
    *WATCHER.lock().unwrap_or_else(PoisonError::into_inner) = watcher;
    match ctrlc::set_handler(on_signal) {
        Err(ctrlc::Error::MultipleHandlers) => Ok(()),
        set => set,
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
