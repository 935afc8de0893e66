//! What a worker may take of memory and processor time, as the system counts it.

use std::time::Duration;

/// Bytes of memory that a worker may take for its data. With its program it stays below 200 MB;
/// of the PDF files in Debian's documentation none takes more than 60 MB.
pub(crate) const MEMORY_BYTES: u64 = 160 << 20;
/// Processor time for a file, and more for each megabyte of it.
pub(crate) const PROCESSOR_TIME: Duration = Duration::from_millis(700);
pub(crate) const PROCESSOR_TIME_PER_MB: Duration = Duration::from_millis(200);
/// How much longer an unoptimised build takes.
pub(crate) const SLOWNESS: u32 = if cfg!(debug_assertions) { 20 } else { 1 };
/// Bounds the memory for data of this process, so that an allocation beyond it fails and ends it,
/// and lets it leave no core file behind.
///
/// Linux counts what is written to. Other systems accept such a limit without holding to it; there
/// the growth of what is resident is looked at together with the processor time.
#[cfg(unix)]
pub(crate) fn cap_memory(bytes: u64) {
    use nix::sys::resource::{Resource, setrlimit};
    // A system that has no such limit is left with the other two.
    let _ = setrlimit(Resource::RLIMIT_DATA, bytes, bytes);
    let _ = setrlimit(Resource::RLIMIT_CORE, 0, 0);
}

#[cfg(not(unix))]
pub(crate) fn cap_memory(_bytes: u64) {}

/// The processor time that this process has taken, and the most bytes that were resident.
#[cfg(unix)]
pub(crate) fn usage() -> (Duration, u64) {
    use nix::sys::{
        resource::{UsageWho, getrusage},
        time::TimeValLike,
    };
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else { return Default::default() };
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    // Linux and the BSDs count kilobytes, macOS bytes.
    let unit = if cfg!(target_vendor = "apple") { 1 } else { 1024 };
    (
        Duration::from_micros(micros.unsigned_abs()),
        u64::try_from(usage.max_rss()).unwrap_or(0) * unit,
    )
}

/// Without a way to ask for the processor time, the time that has passed stands in for it.
#[cfg(not(unix))]
pub(crate) fn usage() -> (Duration, u64) {
    static START: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    (START.elapsed(), 0)
}
