//! Pauses before another try: longer each time, and of another length for each program.

use std::{
    thread,
    time::{Duration, Instant},
};

/// No pause within a run is longer than this.
pub(crate) const MAX_PAUSE: Duration = Duration::from_secs(60);
/// How often somebody who waits is asked whether he still does.
const LOOK: Duration = Duration::from_millis(50);

/// A pause that doubles with each try and differs from crawler to crawler: 0.5 to 1.5 times
/// `base * 2^(tries - 1)`, at most a minute.
pub(crate) fn back_off(base: Duration, tries: u32) -> Duration {
    let doubled = base.saturating_mul(1 << tries.saturating_sub(1).min(16));
    doubled.min(MAX_PAUSE).mul_f64(0.5 + fastrand::f64()).min(MAX_PAUSE)
}

/// Waits until a pause is over, or somebody asks to stop.
pub(crate) fn wait(pause: Duration, is_stopped: &dyn Fn() -> bool) {
    let until = Instant::now() + pause;
    while !is_stopped() {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        thread::sleep(left.min(LOOK));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::http::back_off::{MAX_PAUSE, back_off};

    #[test]
    fn back_off_grows_within_its_jitter_and_has_an_end() {
        let base = Duration::from_secs(1);
        for tries in 1..40 {
            let pause = back_off(base, tries);
            assert!(pause <= MAX_PAUSE);
            assert!(pause >= (base * (1 << (tries - 1).min(5))).mul_f64(0.5));
        }
    }
}
