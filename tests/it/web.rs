//! A small web on loopback: a proxy that answers for any host, with a certificate authority of its
//! own made at test time.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
};

/// One answer to a GET.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn html(body: impl Into<String>) -> Answer {
        let headers = vec![("Content-Type".into(), "text/html; charset=utf-8".into())];
        Answer { status: 200, headers, body: body.into().into_bytes() }
    }

    pub fn status(status: u16) -> Answer {
        Answer { status, headers: Vec::new(), body: b"<p>no</p>".to_vec() }
    }

    pub fn with(mut self, name: &str, value: &str) -> Answer {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// One request as the web saw it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub url: String,
    pub headers: HashMap<String, String>,
}

/// A running web; it ends with the test process.
pub struct Web {
    address: SocketAddr,
    ca: PathBuf,
    _dir: tempfile::TempDir,
    shared: Arc<Shared>,
}

type Rule = Box<dyn Fn(&str) -> Option<Answer> + Send + Sync>;

struct Shared {
    pages: Mutex<HashMap<String, Answer>>,
    rule: Mutex<Option<Rule>>,
    seen: Mutex<Vec<Seen>>,
    issuer: Issuer<'static, KeyPair>,
    configs: Mutex<HashMap<String, Arc<ServerConfig>>>,
}

impl Web {
    /// Starts a web without pages: every URL is 404.
    pub fn start() -> Web {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let dir = tempfile::tempdir().unwrap();
        let ca = dir.path().join("ca.pem");
        std::fs::write(&ca, params.self_signed(&key).unwrap().pem()).unwrap();
        let shared = Arc::new(Shared {
            pages: Mutex::default(),
            rule: Mutex::default(),
            seen: Mutex::default(),
            issuer: Issuer::new(params, key),
            configs: Mutex::default(),
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let server = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = Arc::clone(&server);
                // A client that goes away in the middle is the client's business.
                thread::spawn(move || drop(server.serve(stream)));
            }
        });
        Web { address, ca, _dir: dir, shared }
    }

    /// What to answer for a URL.
    pub fn put(&self, url: &str, answer: Answer) {
        self.shared.pages.lock().unwrap().insert(url.to_owned(), answer);
    }

    /// What to answer for URLs that have no page of their own.
    pub fn otherwise(&self, rule: impl Fn(&str) -> Option<Answer> + Send + Sync + 'static) {
        *self.shared.rule.lock().unwrap() = Some(Box::new(rule));
    }

    /// The requests since the last call.
    pub fn take_seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.shared.seen.lock().unwrap())
    }

    /// How many requests have come since the last [`Web::take_seen`].
    pub fn count_seen(&self) -> usize {
        self.shared.seen.lock().unwrap().len()
    }

    /// The address of the server itself, for those who visit it without a proxy; pages are then put
    /// by their path.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The environment that leads a program into this web and nowhere else.
    pub fn environment(&self) -> Vec<(String, String)> {
        let proxy = format!("http://{}", self.address);
        let ca = self.ca.to_str().unwrap().to_owned();
        vec![
            ("HTTPS_PROXY".into(), proxy.clone()),
            ("HTTP_PROXY".into(), proxy.clone()),
            ("https_proxy".into(), proxy.clone()),
            ("http_proxy".into(), proxy),
            ("SSL_CERT_FILE".into(), ca),
        ]
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let mut reader = BufReader::new(stream.try_clone()?);
        let Some(head) = read_head(&mut reader)? else { return Ok(()) };
        let mut words = head[0].split(' ');
        let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        if method != "CONNECT" {
            return self.answer(&head, target, &mut &stream).map(drop);
        }
        let host = target.rsplit_once(':').map_or(target, |(host, _)| host).to_owned();
        (&stream).write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
        let connection =
            ServerConnection::new(self.config(&host)).map_err(std::io::Error::other)?;
        let mut tls = BufReader::new(StreamOwned::new(connection, stream));
        while let Some(head) = read_head(&mut tls)? {
            let path = head[0].split(' ').nth(1).unwrap_or("/");
            let url = format!("https://{host}{path}");
            self.answer(&head, &url, tls.get_mut())?;
        }
        Ok(())
    }

    fn answer(&self, head: &[String], url: &str, out: &mut impl Write) -> std::io::Result<()> {
        let headers: HashMap<String, String> = head[1..]
            .iter()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect();
        let own = self.pages.lock().unwrap().get(url).cloned();
        let ruled = || self.rule.lock().unwrap().as_ref().and_then(|rule| rule(url));
        let mut answer = own.or_else(ruled).unwrap_or(Answer::status(404));
        let etag = answer.headers.iter().find(|(name, _)| name == "ETag").map(|(_, value)| value);
        if etag.is_some() && etag == headers.get("if-none-match") {
            answer.status = 304;
            answer.body.clear();
        }
        self.seen.lock().unwrap().push(Seen { url: url.to_owned(), headers });
        let mut text = format!("HTTP/1.1 {} X\r\n", answer.status);
        for (name, value) in &answer.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if answer.status != 304 {
            text.push_str(&format!("Content-Length: {}\r\n", answer.body.len()));
        }
        text.push_str("\r\n");
        out.write_all(text.as_bytes())?;
        out.write_all(&answer.body)?;
        out.flush()
    }

    fn config(&self, host: &str) -> Arc<ServerConfig> {
        let mut configs = self.configs.lock().unwrap();
        let make = || {
            let key = KeyPair::generate().unwrap();
            let params = CertificateParams::new(vec![host.to_owned()]).unwrap();
            let certificate = params.signed_by(&key, &self.issuer).unwrap();
            let chain = vec![CertificateDer::from(certificate.der().to_vec())];
            let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
            let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
            let builder = builder.with_safe_default_protocol_versions().unwrap();
            Arc::new(builder.with_no_client_auth().with_single_cert(chain, key).unwrap())
        };
        Arc::clone(configs.entry(host.to_owned()).or_insert_with(make))
    }
}

/// The lines of a request up to the empty one; none when the client has gone.
fn read_head(reader: &mut impl BufRead) -> std::io::Result<Option<Vec<String>>> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.by_ref().take(64 << 10).read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end();
        if line.is_empty() && !lines.is_empty() {
            return Ok(Some(lines));
        }
        if !line.is_empty() {
            lines.push(line.to_owned());
        }
    }
}
