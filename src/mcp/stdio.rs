//! The protocol over standard input and output, until the client goes away.

use std::{
    io::{self, Stdin, Stdout},
    time::Duration,
};

use rmcp::{ServiceExt, service::ServerInitializeError};
use tokio::{runtime, time::interval};

use crate::mcp::{
    lines::Lines,
    server::{McpServer, SEARCHES},
};

/// How often it is looked whether the client is still there and reads.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// Answers requests on standard input until it ends and all are answered, until nobody reads standard
/// output any more, or until the process that started this one ends.
///
/// Another child of the client may hold the other end of standard input open; the end of the client
/// itself is therefore seen by its number.
///
/// # Errors
/// Those of the system when it has no threads, and what the client said when that is not the protocol.
pub fn run_stdio(server: McpServer, input: Stdin, output: fn() -> Stdout) -> io::Result<()> {
    // Before the first answer, on which the client may go away.
    let client = client();
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(1)
        // A search that took too long goes on.
        .max_blocking_threads(4 * SEARCHES)
        .enable_all()
        .build()?;
    let done = runtime.block_on(async {
        tokio::select! {
            done = serve(server, input, output()) => done,
            () = gone(client, output) => Ok(()),
        }
    });
    // Neither can a search be cancelled.
    runtime.shutdown_background();
    done
}

async fn serve(server: McpServer, input: Stdin, output: Stdout) -> io::Result<()> {
    let (lines, written) = Lines::of(input, output)?;
    match server.serve(lines).await {
        Ok(service) => {
            service.waiting().await.map_err(io::Error::other)?;
        }
        // A client that goes away without a word.
        Err(ServerInitializeError::ConnectionClosed(_)) => {}
        Err(error) => return Err(io::Error::other(error)),
    }
    // Nothing is ever sent: it ends with the thread that writes the last answers.
    let _ = written.await;
    Ok(())
}

/// The process that started this one.
#[cfg(unix)]
fn client() -> u32 {
    std::os::unix::process::parent_id()
}

#[cfg(unix)]
async fn gone(client_then: u32, output: fn() -> Stdout) {
    let mut looks = interval(LOOK_EVERY);
    while client() == client_then && is_heard(&output()) {
        looks.tick().await;
    }
}

/// Whether somebody may still read standard output.
#[cfg(unix)]
fn is_heard(output: &Stdout) -> bool {
    use std::os::fd::AsFd;

    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

    let mut asked = [PollFd::new(output.as_fd(), PollFlags::empty())];
    // What is told unasked is that the other end is closed.
    !matches!(poll(&mut asked, PollTimeout::ZERO), Ok(told) if told > 0)
}

/// Windows closes the pipes of a process that ends.
#[cfg(not(unix))]
fn client() {}

#[cfg(not(unix))]
async fn gone(_: (), _: fn() -> Stdout) {
    std::future::pending().await
}
