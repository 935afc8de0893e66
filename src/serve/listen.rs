//! The socket on which a server waits.

use std::{
    io,
    net::{SocketAddr, TcpListener},
};

/// A socket that is bound.
#[derive(Debug)]
pub struct Listener {
    /// The socket.
    pub socket: TcpListener,
    /// Its address, with the port that it got.
    pub address: SocketAddr,
    /// Whether the port that was wanted is taken, and this is another one.
    pub is_elsewhere: bool,
}

/// Binds a socket; with `or_elsewhere` a port that is taken is replaced by a free one.
///
/// # Errors
/// Those of the system.
pub fn listen(address: SocketAddr, or_elsewhere: bool) -> io::Result<Listener> {
    let (socket, is_elsewhere) = match TcpListener::bind(address) {
        Err(e) if or_elsewhere && e.kind() == io::ErrorKind::AddrInUse => {
            (TcpListener::bind(SocketAddr::new(address.ip(), 0))?, true)
        }
        bound => (bound?, false),
    };
    socket.set_nonblocking(true)?;
    let address = socket.local_addr()?;
    Ok(Listener { socket, address, is_elsewhere })
}
