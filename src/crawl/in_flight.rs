//! Requests in flight: how many are on their way, and that none begins when somebody asks to stop.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use crate::crawl::stop::Stop;

/// The requests on their way. None begins when somebody has asked to stop.
#[derive(Clone, Debug)]
pub(crate) struct InFlight {
    stop: Stop,
    count: Arc<AtomicUsize>,
}

/// One of them, until it is dropped.
pub(crate) struct RequestInFlight(Arc<AtomicUsize>);

impl InFlight {
    pub(crate) fn new(stop: &Stop) -> InFlight {
        InFlight { stop: stop.clone(), count: Arc::default() }
    }

    /// Whether any request is on its way.
    pub(crate) fn any(&self) -> bool {
        self.count.load(Ordering::SeqCst) > 0
    }

    /// Begins one; none when nothing is to begin any more.
    pub(crate) fn begin(&self) -> Option<RequestInFlight> {
        self.count.fetch_add(1, Ordering::SeqCst);
        let request = RequestInFlight(Arc::clone(&self.count));
        (!self.stop.is_stopped()).then_some(request)
    }
}

impl Drop for RequestInFlight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
