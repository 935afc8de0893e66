//! A server under test and a client that sends whatever it is given.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, ChildStdout, Stdio},
    time::Duration,
};

use crate::program::Collection;

/// A running `mlsearch serve`; it ends with the test.
pub struct Server {
    pub address: SocketAddr,
    child: Child,
    /// The rest of its standard output.
    stdout: BufReader<ChildStdout>,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Server {
    /// Serves a collection on a free port.
    pub fn of(collection: &Collection, args: &[&str]) -> Server {
        Server::started(collection, &[&["serve", "--listen", "127.0.0.1:0"], args].concat())
    }

    /// Serves with exactly these arguments.
    #[track_caller]
    pub fn started(collection: &Collection, args: &[&str]) -> Server {
        let mut command = collection.command(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let url = line.strip_suffix("/\n").and_then(|line| line.strip_prefix("http://"));
        let Some(address) = url else {
            let mut told = String::new();
            child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
            panic!("{line:?}: {told}");
        };
        Server { address: address.parse().unwrap(), child, stdout }
    }

    /// The answer to a GET of a path.
    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        self.get_with(path, "")
    }

    /// The answer to a GET with more headers, each with `\r\n` at its end.
    #[track_caller]
    pub fn get_with(&self, path: &str, headers: &str) -> Reply {
        let host = self.address;
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n"
        ))
    }

    /// The answer to a GET that must succeed.
    #[track_caller]
    pub fn ok(&self, path: &str) -> Reply {
        let reply = self.get(path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        reply
    }

    /// The answer to whatever is sent.
    #[track_caller]
    pub fn send(&self, request: &str) -> Reply {
        send(self.address, request).unwrap_or_else(|| panic!("no answer to {request:.200}"))
    }

    /// Asks it to end by a signal, and waits for that.
    #[cfg(unix)]
    pub fn end(&mut self, signal: &str) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        let sent = std::process::Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success());
        let code = self.child.wait().unwrap().code();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (code, rest)
    }

    /// What it has told on standard error, once it has ended.
    pub fn told(&mut self) -> String {
        let mut told = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        told
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(n, _)| n == name);
        header.map(|(_, value)| value.as_str())
    }
}

/// The answer to whatever is sent; none when the connection ends without one.
pub fn send(address: SocketAddr, request: &str) -> Option<Reply> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    // Who is refused may not be listened to until the end.
    let _ = stream.write_all(request.as_bytes());
    read(&mut stream)
}

/// One answer, from a connection that ends with it.
pub fn read(stream: &mut TcpStream) -> Option<Reply> {
    let mut bytes = Vec::new();
    // What came before a reset is an answer.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    Some(Reply { status, headers: headers.collect(), body: body.to_owned() })
}
