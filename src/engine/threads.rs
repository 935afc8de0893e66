//! How many threads work is done on.

use std::{num::NonZero, thread};

/// Threads at most, whatever is asked for: more than machines have cores, each with memory of its own.
const MOST_THREADS: usize = 256;

/// The threads for work for which so many are asked for; for 0, one for each core.
pub fn threads_for(asked: usize) -> usize {
    let asked = match asked {
        0 => thread::available_parallelism().map_or(1, NonZero::get),
        asked => asked,
    };
    asked.min(MOST_THREADS)
}

#[cfg(test)]
mod tests {
    use crate::engine::threads::threads_for;

    #[test]
    fn no_number_of_threads_is_without_a_bound() {
        assert_eq!([1, 7, 256, 257, usize::MAX].map(threads_for), [1, 7, 256, 256, 256]);
        assert!((1..=256).contains(&threads_for(0)));
    }
}
