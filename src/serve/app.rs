//! What every request shares: the searcher, the limits, and a place for work that takes its time.

use std::{path::PathBuf, sync::Arc};

use axum::http::StatusCode;
use jiff::{Timestamp, civil::DateTime};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};

use crate::{
    error::Error,
    search::{LiveSearcher, OpenedIndex, Results},
    serve::{access::Access, host::AllowedHosts, limits::ServeLimits, problem::RequestProblem},
    wording::{
        hint::{self, Named},
        note::for_visitors,
    },
};

/// What is served, to whom, and how much at a time.
pub struct ServeOptions {
    /// The index.
    pub live: Arc<LiveSearcher>,
    /// The folder of the collection.
    pub dir: PathBuf,
    /// The folder that was named, for commands that are told.
    pub index: Option<PathBuf>,
    /// The engine that was named, for commands that are told.
    pub engine: Option<String>,
    /// Whether agents find their tools at `/mcp`.
    pub mcp: bool,
    /// Who may ask.
    pub access: Access,
    /// The names by which the server may be called.
    pub hosts: AllowedHosts,
    /// What a client may take.
    pub limits: ServeLimits,
    /// The clock.
    pub now: fn() -> Timestamp,
    /// The clock on the user's wall.
    pub local_now: fn() -> DateTime,
}

/// What every request shares.
pub(crate) struct App {
    pub(crate) options: ServeOptions,
    permits: Arc<Semaphore>,
}

/// A request that is worked on; it counts until its work has ended, awaited or not.
pub(crate) type Permit = Arc<OwnedSemaphorePermit>;

impl App {
    pub(crate) fn new(options: ServeOptions) -> App {
        let permits = Arc::new(Semaphore::new(options.limits.in_flight));
        App { options, permits }
    }

    /// The permit to work on one more request; none when too many are worked on.
    pub(crate) fn permit(&self) -> Option<Permit> {
        Arc::clone(&self.permits).try_acquire_owned().ok().map(Arc::new)
    }

    /// What was named, as commands name it again; the public learns nothing of this machine.
    pub(crate) fn named(&self) -> Named<'_> {
        match self.options.access {
            Access::Public => Named::default(),
            _ => Named {
                index: self.options.index.as_deref(),
                engine: self.options.engine.as_deref(),
            },
        }
    }

    /// Whether whole articles are kept back.
    pub(crate) fn is_public(&self) -> bool {
        matches!(self.options.access, Access::Public)
    }

    /// Results as those may know of them who ask.
    pub(crate) fn told(&self, results: Results) -> Results {
        if self.is_public() { for_visitors(results) } else { results }
    }

    /// A problem of the library in words for those who ask.
    pub(crate) fn problem(&self, error: &Error) -> RequestProblem {
        RequestProblem::of_error(error, self.named(), self.is_public())
    }

    /// Does some work with the published index, on a thread that may wait, for as long as an answer
    /// may take. Work that takes longer goes on, and its permit with it.
    pub(crate) async fn search<T: Send + 'static>(
        self: &Arc<App>,
        permit: Permit,
        work: impl Fn(&App, &OpenedIndex) -> Result<T, RequestProblem> + Send + 'static,
    ) -> Result<T, RequestProblem> {
        let app = Arc::clone(self);
        let job = spawn_blocking(move || {
            let _counted = permit;
            app.options.live.with(|opened| work(&app, opened))
        });
        match timeout(self.options.limits.answer, job).await {
            Ok(Ok(done)) => done,
            // Tantivy trusts what it reads, so that a damaged index makes it panic.
            Ok(Err(_)) => {
                let failed =
                    RequestProblem::new(StatusCode::INTERNAL_SERVER_ERROR, "the search has failed");
                // Who only visits can run nothing.
                Err(match self.is_public() {
                    true => failed,
                    false => failed.with_hint(hint::rebuild(self.named())),
                })
            }
            Err(_) => {
                Err(RequestProblem::new(StatusCode::GATEWAY_TIMEOUT, "the search takes too long"))
            }
        }
    }
}
