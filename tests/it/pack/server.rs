//! A server of files on loopback that knows ranges and validators, and can cut its answers off.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// A file with its `ETag`.
struct Served {
    bytes: Vec<u8>,
    etag: String,
}

#[derive(Default)]
struct State {
    files: HashMap<String, Served>,
    redirects: HashMap<String, String>,
    /// After how many bytes the next answers break off.
    cuts: Vec<usize>,
    /// Statuses of the next answers, in place of files, with further lines of their headers.
    failures: Vec<(u16, &'static str)>,
    /// Whether it sends files as a whole only.
    is_whole: bool,
    seen: Vec<String>,
}

/// A running server; it ends with the test process.
pub struct FileServer {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl FileServer {
    pub fn start() -> FileServer {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away in the middle is the client's business.
                let _ = answer(stream, &shared);
            }
        });
        FileServer { address, state }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn put(&self, path: &str, bytes: &[u8], etag: &str) {
        let served = Served { bytes: bytes.to_owned(), etag: etag.to_owned() };
        self.state.lock().unwrap().files.insert(path.to_owned(), served);
    }

    pub fn redirect(&self, path: &str, to: &str) {
        self.state.lock().unwrap().redirects.insert(path.to_owned(), to.to_owned());
    }

    pub fn remove(&self, path: &str) {
        self.state.lock().unwrap().files.remove(path);
    }

    /// Lets the next answers with files break off after so many bytes of their bodies.
    pub fn cut(&self, after: &[usize]) {
        self.state.lock().unwrap().cuts = after.to_owned();
    }

    /// Lets the next answers fail, behind those that break off.
    pub fn fail(&self, statuses: &[u16]) {
        self.fail_with(&statuses.iter().map(|status| (*status, "")).collect::<Vec<_>>());
    }

    /// Lets the next answers fail with further lines of their headers.
    pub fn fail_with(&self, failures: &[(u16, &'static str)]) {
        self.state.lock().unwrap().failures = failures.to_owned();
    }

    /// Lets it send files as a whole, whatever is asked for.
    pub fn know_no_ranges(&self) {
        self.state.lock().unwrap().is_whole = true;
    }

    /// The requests since the last call: method, path and the conditions, a line each.
    pub fn seen(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().seen)
    }
}

fn answer(mut stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut first, mut headers) = (String::new(), HashMap::new());
    reader.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut state = state.lock().unwrap();
    let conditions = ["range", "if-range", "if-none-match"]
        .iter()
        .filter_map(|name| headers.get(*name).map(|value| format!(" {name}={value}")));
    let conditions: String = conditions.collect();
    state.seen.push(format!("{path}{conditions}"));
    if let Some(to) = state.redirects.get(&path) {
        return write!(
            stream,
            "HTTP/1.1 302 X\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
    }
    let bare = |status: u16| {
        format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    };
    let cut =
        (!state.cuts.is_empty() && state.files.contains_key(&path)).then(|| state.cuts.remove(0));
    if cut.is_none() && !state.failures.is_empty() {
        let (status, lines) = state.failures.remove(0);
        let answer = bare(status).replacen("\r\n", &format!("\r\n{lines}"), 1);
        return stream.write_all(answer.as_bytes());
    }
    let Some(Served { bytes, etag }) = state.files.get(&path) else {
        return stream.write_all(bare(404).as_bytes());
    };
    if headers.get("if-none-match") == Some(etag) {
        return stream.write_all(bare(304).as_bytes());
    }
    let asked = headers.get("range").filter(|_| !state.is_whole);
    let from = asked
        .and_then(|range| range.strip_prefix("bytes=")?.split('-').next()?.parse::<usize>().ok());
    let is_same = headers.get("if-range").is_none_or(|known| known == etag);
    let all = bytes.len();
    let (status, part, range) = match from.filter(|_| is_same) {
        Some(from) if from < all => {
            (206, &bytes[from..], format!("Content-Range: bytes {from}-{}/{all}\r\n", all - 1))
        }
        Some(_) => {
            let range = format!("X\r\nContent-Range: bytes */{all}");
            return stream.write_all(bare(416).replacen('X', &range, 1).as_bytes());
        }
        None => (200, &bytes[..], String::new()),
    };
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nETag: {etag}\r\n{range}Content-Length: {}\r\nConnection: close\r\n\r\n",
        part.len()
    )?;
    stream.write_all(&part[..cut.unwrap_or(part.len()).min(part.len())])
}
