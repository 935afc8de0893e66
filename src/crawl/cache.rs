//! A cache of what is known of hosts and origins: entries of no use are dropped when it has grown.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Things that are remembered in any case, four times as many as hosts are visited at once.
const FEW: usize = 512;

/// Things by name. One that nobody holds and that has nothing to tell is made anew when it is asked
/// for again.
#[derive(Debug)]
pub(crate) struct Cache<T>(Mutex<CacheEntries<T>>);

#[derive(Debug)]
struct CacheEntries<T> {
    by_name: HashMap<String, Arc<T>>,
    /// How many there may be before it is looked which of them can go; grows with those that
    /// cannot, so that looking takes no more time than remembering.
    most: usize,
}

impl<T> Default for Cache<T> {
    fn default() -> Cache<T> {
        Cache(Mutex::new(CacheEntries { by_name: HashMap::new(), most: FEW }))
    }
}

impl<T> Cache<T> {
    /// The thing of that name, new if it is not known.
    pub(crate) fn get(
        &self,
        name: String,
        new: impl FnOnce(&str) -> T,
        is_idle: impl Fn(&T) -> bool,
    ) -> Arc<T> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.by_name.len() >= known.most {
            known.by_name.retain(|_, thing| Arc::strong_count(thing) > 1 || !is_idle(thing));
            known.most = FEW.max(2 * known.by_name.len());
        }
        let thing = known.by_name.entry(name).or_insert_with_key(|name| Arc::new(new(name)));
        Arc::clone(thing)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::crawl::cache::{Cache, FEW};

    #[test]
    fn what_is_held_or_has_something_to_tell_is_never_forgotten() {
        let cache = Cache::default();
        let get = |number: usize| cache.get(number.to_string(), |_| number, |n| n % 10 != 7);
        let held = get(3);
        for number in 0..20 * FEW {
            get(number);
        }
        assert!(Arc::ptr_eq(&held, &get(3)));
        let known = cache.0.lock().unwrap();
        assert!(
            (0..20 * FEW)
                .filter(|n| n % 10 == 7)
                .all(|n| known.by_name.contains_key(&n.to_string()))
        );
        assert!(known.by_name.len() <= 5 * FEW, "{}", known.by_name.len());
    }
}
