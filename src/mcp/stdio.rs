//! The protocol over standard input and output, until the client goes away.

use std::{io, time::Duration};

use rmcp::{
    ServiceExt,
    service::ServerInitializeError,
    transport::{async_rw::AsyncRwTransport, stdio},
};
use tokio::{runtime, time::interval};

use crate::mcp::server::{McpServer, SEARCHES};

/// Bytes of a request; a longer one is dropped.
const REQUEST_BYTES: usize = 1 << 20;
/// How often it is looked whether the client is still there.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// Answers requests on standard input until it ends, or until the process that started this one does.
///
/// Another child of the client may hold the other end of standard input open; the end of the client
/// itself is therefore seen by its number.
///
/// # Errors
/// Those of the system when it has no threads, and what the client said when that is not the protocol.
pub fn run_stdio(server: McpServer) -> io::Result<()> {
    // Before the first answer, on which the client may go away.
    let client = client();
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(1)
        // Others read standard input and write standard output. A search that took too long goes on.
        .max_blocking_threads(4 * SEARCHES)
        .enable_all()
        .build()?;
    let done = runtime.block_on(async {
        tokio::select! {
            done = serve(server) => done,
            () = gone(client) => Ok(()),
        }
    });
    // A read of standard input cannot be cancelled.
    runtime.shutdown_background();
    done
}

async fn serve(server: McpServer) -> io::Result<()> {
    let (input, output) = stdio();
    let transport = AsyncRwTransport::new(input, output).with_max_line_length(REQUEST_BYTES);
    let service = match server.serve(transport).await {
        Ok(service) => service,
        // A client that goes away without a word.
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(io::Error::other(error)),
    };
    service.waiting().await.map_err(io::Error::other)?;
    Ok(())
}

/// The process that started this one.
#[cfg(unix)]
fn client() -> u32 {
    std::os::unix::process::parent_id()
}

#[cfg(unix)]
async fn gone(client_then: u32) {
    let mut looks = interval(LOOK_EVERY);
    while client() == client_then {
        looks.tick().await;
    }
}

/// Windows closes the pipes of a process that ends.
#[cfg(not(unix))]
fn client() {}

#[cfg(not(unix))]
async fn gone(_: ()) {
    std::future::pending().await
}
