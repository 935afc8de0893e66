//! How many documents have a term: what was looked up is remembered, since an index never changes and
//! queries repeat most of their terms.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use foldhash::fast::FixedState;

use crate::error::Error;

/// Terms that are remembered at most, in some 2 MB; then all are forgotten.
const MOST_KNOWN: usize = 1 << 14;

/// The terms that were looked up, each with how many documents have it.
#[derive(Default)]
pub(crate) struct KnownCounts(Mutex<HashMap<String, u32, FixedState>>);

impl KnownCounts {
    /// How many documents have each term; those that are not known are looked up.
    pub(crate) fn of<'t>(
        &self,
        terms: impl Iterator<Item = &'t str>,
        look_up: impl Fn(&str) -> Result<u32, Error>,
    ) -> Result<Vec<u32>, Error> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |term: &str| {
            if let Some(count) = known.get(term) {
                return Ok(*count);
            }
            if known.len() >= MOST_KNOWN {
                known.clear();
            }
            let count = look_up(term)?;
            known.insert(term.to_owned(), count);
            Ok(count)
        };
        terms.map(count).collect()
    }
}
