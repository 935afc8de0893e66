//! The server: a page on which people search, and the JSON of the command line, over HTTP.
//!
//! Nothing is changed through it, and whatever comes from the web, from lists or from a request is
//! hostile to it.

mod access;
mod agents;
mod api;
mod app;
mod asked;
mod assets;
mod connections;
mod document_page;
mod facets;
mod feeds;
mod frame;
mod guard;
mod hits;
mod host;
mod limits;
mod links;
mod listen;
mod login;
mod marked;
mod pages;
mod parameters;
mod problem;
mod results_page;
mod routes;
mod start_page;
mod suggestions;

use std::{io, net::TcpListener, sync::Arc, time::Duration};

use tokio::{runtime, sync::Notify};

pub use crate::serve::{
    access::{Access, AccessToken},
    app::ServeOptions,
    host::{AllowedHosts, host_name},
    limits::ServeLimits,
    listen::{Listener, listen},
};
use crate::serve::{app::App, connections::serve};
pub(crate) use crate::serve::{
    assets::STYLE_SHEET,
    hits::ShownHit,
    marked::{clean, counted},
};

/// Threads that read requests and write answers.
const ASYNC_THREADS: usize = 2;
/// Threads that search. More than the cores of most machines: a cluster lets them wait.
const SEARCH_THREADS: usize = 8;
/// How long searches that nobody waits for any more may go on when the server ends.
const LAST_SEARCHES: Duration = Duration::from_secs(1);

/// Asks a server to end; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Shutdown(Arc<Notify>);

impl Shutdown {
    /// Asks it to accept nothing new, to finish what it has begun, and to end.
    pub fn begin(&self) {
        self.0.notify_one();
    }

    async fn begun(&self) {
        self.0.notified().await;
    }
}

/// Answers requests until it is asked to end.
///
/// # Errors
/// Those of the system when it has no threads or refuses the socket.
pub fn run(listener: TcpListener, options: ServeOptions, shutdown: &Shutdown) -> io::Result<()> {
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(ASYNC_THREADS)
        .max_blocking_threads(SEARCH_THREADS)
        .enable_all()
        .build()?;
    let limits = options.limits;
    let app = routes::app(Arc::new(App::new(options)));
    let served = runtime.block_on(serve(listener, app, limits, shutdown.begun()));
    runtime.shutdown_timeout(LAST_SEARCHES);
    served
}
