//! A server on loopback that answers by script, down to single bytes, and keeps a log.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What a server does with a request.
#[derive(Clone, Debug)]
pub enum Act {
    /// Sends bytes.
    Send(Vec<u8>),
    /// Sends the same bytes until the client has had enough.
    Endless(Vec<u8>),
    /// Sends bytes one by one with a pause after each.
    Drip(Vec<u8>, Duration),
    /// Says nothing until the client closes the connection.
    Stall,
    /// Closes the connection.
    Close,
}

/// An answer; the connection is kept open after it unless it says otherwise.
pub type Script = Vec<Act>;

/// One request as the server saw it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub target: String,
    pub headers: HashMap<String, String>,
    pub at: Instant,
    /// Requests that were being answered by this server at that moment, this one included.
    pub at_once: usize,
}

type Handler = dyn Fn(&Seen) -> Option<Script> + Send + Sync;

/// A running server; it ends with the test process.
pub struct Server {
    address: SocketAddr,
    secure: bool,
    shared: Arc<Shared>,
}

struct Shared {
    handler: Box<Handler>,
    log: Mutex<Vec<Seen>>,
    busy: AtomicUsize,
}

impl Server {
    /// Starts a server; what the handler leaves is 404.
    pub fn start(handler: impl Fn(&Seen) -> Option<Script> + Send + Sync + 'static) -> Server {
        Server::listen(Ipv4Addr::LOCALHOST, None, Box::new(handler))
    }

    /// Starts a server on every address of this machine.
    pub fn start_everywhere(
        handler: impl Fn(&Seen) -> Option<Script> + Send + Sync + 'static,
    ) -> Server {
        Server::listen(Ipv4Addr::UNSPECIFIED, None, Box::new(handler))
    }

    /// Starts a server on loopback behind TLS.
    pub fn start_tls(
        tls: ServerConfig,
        handler: impl Fn(&Seen) -> Option<Script> + Send + Sync + 'static,
    ) -> Server {
        Server::listen(Ipv4Addr::LOCALHOST, Some(Arc::new(tls)), Box::new(handler))
    }

    fn listen(at: Ipv4Addr, tls: Option<Arc<ServerConfig>>, handler: Box<Handler>) -> Server {
        let listener = TcpListener::bind((at, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let secure = tls.is_some();
        let shared = Arc::new(Shared { handler, log: Mutex::default(), busy: AtomicUsize::new(0) });
        let server = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (server, tls) = (Arc::clone(&server), tls.clone());
                // A client that goes away in the middle is what many of these tests are about.
                thread::spawn(move || match tls {
                    None => drop(server.serve(stream)),
                    Some(tls) => {
                        let connection = ServerConnection::new(tls).unwrap();
                        drop(server.serve(StreamOwned::new(connection, stream)));
                    }
                });
            }
        });
        Server { address, secure, shared }
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.address)
    }

    /// The log so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.log.lock().unwrap().clone()
    }

    /// The paths asked for so far.
    pub fn targets(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.target).collect()
    }
}

impl Shared {
    fn serve(&self, stream: impl Read + Write) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
            if target == "/reset" {
                // What has been sent and not read makes the system answer with a reset.
                return Ok(());
            }
            let mut headers = HashMap::new();
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line)? == 0 {
                    return Ok(());
                }
                match line.trim_end().split_once(": ") {
                    Some((name, value)) => {
                        headers.insert(name.to_lowercase(), value.to_owned());
                    }
                    None => break,
                }
            }
            let at_once = self.busy.fetch_add(1, Ordering::SeqCst) + 1;
            let seen = Seen { target, headers, at: Instant::now(), at_once };
            self.log.lock().unwrap().push(seen.clone());
            let script = (self.handler)(&seen).unwrap_or_else(|| status(404, &[]));
            // The client may be quicker than this thread once it has the last bytes.
            let last = script.len().saturating_sub(1);
            for (at, act) in script.into_iter().enumerate() {
                if at == last {
                    self.busy.fetch_sub(1, Ordering::SeqCst);
                }
                if !play(act, &mut stream)? {
                    return Ok(());
                }
            }
        }
    }
}

/// Whether the connection goes on.
fn play(act: Act, stream: &mut BufReader<impl Read + Write>) -> std::io::Result<bool> {
    match act {
        Act::Send(bytes) => stream.get_mut().write_all(&bytes)?,
        Act::Endless(bytes) => loop {
            stream.get_mut().write_all(&bytes)?;
        },
        Act::Drip(bytes, pause) => {
            for byte in bytes {
                stream.get_mut().write_all(&[byte])?;
                stream.get_mut().flush()?;
                thread::sleep(pause);
            }
        }
        Act::Stall => {
            stream.get_mut().flush()?;
            std::io::copy(stream, &mut std::io::sink())?;
            return Ok(false);
        }
        Act::Close => {
            stream.get_mut().flush()?;
            return Ok(false);
        }
    }
    stream.get_mut().flush()?;
    Ok(true)
}

/// A whole answer with its length; `Content-Type` is HTML unless the headers name another.
pub fn answer(code: u16, headers: &[(&str, &str)], body: &[u8]) -> Script {
    let mut text = format!("HTTP/1.1 {code} X\r\nContent-Length: {}\r\n", body.len());
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        text.push_str("Content-Type: text/html\r\n");
    }
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    vec![Act::Send([text.as_bytes(), body].concat())]
}

/// An answer with a short page of its own.
pub fn status(code: u16, headers: &[(&str, &str)]) -> Script {
    match code {
        204 | 304 => {
            let lines: String =
                headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            vec![Act::Send(format!("HTTP/1.1 {code} X\r\n{lines}\r\n").into())]
        }
        _ => answer(code, headers, b"<p>a page for people</p>"),
    }
}

/// Bytes as they are, then the end of the connection.
pub fn raw(bytes: impl Into<Vec<u8>>) -> Script {
    vec![Act::Send(bytes.into()), Act::Close]
}
