//! What stands between a program and a cluster, and does what such things do: TLS, a password, pages of
//! its own in place of answers, answers that are cut or never come, and another node when one is gone.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    /// The value of `Authorization`.
    pub authorization: Option<String>,
}

/// What becomes of a request.
#[derive(Clone, Debug)]
pub enum Fate {
    /// It is passed on.
    Pass,
    /// It is answered here, by a status, more header fields and a body.
    Answer(u16, &'static str, &'static str),
    /// It is passed on, and half of the answer comes back.
    Cut,
    /// It is passed on, and no answer comes back until the client has had enough.
    Swallow,
}

/// A running proxy; it ends with the test process.
pub struct Proxy {
    address: SocketAddr,
    secure: bool,
    shared: Arc<Shared>,
}

type Rule = dyn Fn(&Asked) -> Fate + Send + Sync;

struct Shared {
    nodes: Vec<SocketAddr>,
    rule: Box<Rule>,
    asked: Mutex<Vec<Asked>>,
}

impl Proxy {
    /// Stands before some nodes.
    pub fn start(
        nodes: Vec<SocketAddr>,
        tls: Option<ServerConfig>,
        rule: impl Fn(&Asked) -> Fate + Send + Sync + 'static,
    ) -> Proxy {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (secure, tls) = (tls.is_some(), tls.map(Arc::new));
        let shared = Arc::new(Shared { nodes, rule: Box::new(rule), asked: Mutex::default() });
        let proxy = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (proxy, tls) = (Arc::clone(&proxy), tls.clone());
                // A client that goes away in the middle is the client's business.
                thread::spawn(move || match tls {
                    None => drop(proxy.serve(stream)),
                    Some(tls) => {
                        let connection = ServerConnection::new(tls).unwrap();
                        drop(proxy.serve(StreamOwned::new(connection, stream)));
                    }
                });
            }
        });
        Proxy { address, secure, shared }
    }

    pub fn url(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }
}

impl Shared {
    /// Serves one request; the connection is closed behind it.
    fn serve(&self, client: impl Read + Write) -> io::Result<()> {
        let mut client = BufReader::new(client);
        let mut line = String::new();
        if client.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut head = line.clone();
        let (mut length, mut authorization) = (0, None);
        loop {
            let mut line = String::new();
            client.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().map_err(io::Error::other)?,
                "authorization" => authorization = Some(value.trim().to_owned()),
                "connection" => continue,
                _ => {}
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        client.read_exact(&mut body)?;
        let fate = {
            let request = Asked { path, authorization };
            self.asked.lock().unwrap().push(request.clone());
            (self.rule)(&request)
        };
        if let Fate::Answer(status, fields, body) = fate {
            let length = body.len();
            write!(
                client.get_mut(),
                "HTTP/1.1 {status} X\r\n{fields}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            )?;
            return client.get_mut().flush();
        }
        let answer = match self.pass(&head, &body) {
            Ok(answer) => answer,
            Err(_) => b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n\
                        Content-Length: 18\r\nConnection: close\r\n\r\n<h1>no node</h1>\r\n"
                .to_vec(),
        };
        match fate {
            Fate::Swallow => drop(io::copy(&mut client, &mut io::sink())?),
            Fate::Cut => client.get_mut().write_all(&answer[..answer.len() / 2])?,
            _ => client.get_mut().write_all(&answer)?,
        }
        client.get_mut().flush()
    }

    /// Asks the nodes in turn until one answers, and returns its whole answer.
    fn pass(&self, head: &str, body: &[u8]) -> io::Result<Vec<u8>> {
        let mut answers = self.nodes.iter().filter_map(|node| Shared::ask(*node, head, body).ok());
        answers.next().ok_or_else(|| io::Error::other("no node answers"))
    }

    fn ask(node: SocketAddr, head: &str, body: &[u8]) -> io::Result<Vec<u8>> {
        let mut node = TcpStream::connect(node)?;
        node.write_all(head.as_bytes())?;
        node.write_all(b"Connection: close\r\n\r\n")?;
        node.write_all(body)?;
        let mut answer = Vec::new();
        node.read_to_end(&mut answer)?;
        // A node that is killed closes its connections; whoever asked it asks another one.
        let end = answer.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
        let end = end.ok_or_else(|| io::Error::other("no answer"))?;
        // The client is not to use the connection again.
        answer.splice(end..end, *b"Connection: close\r\n");
        Ok(answer)
    }
}
