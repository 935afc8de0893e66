//! GitHub as the action meets it: its API for issues and pull requests, and the files of a release.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use serde_json::{Value, json};

/// A server on loopback; it ends with the test process.
pub struct GitHub {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    issues: Vec<Value>,
    pulls: Vec<Value>,
    release: Value,
    files: HashMap<String, Vec<u8>>,
    /// What is attached to the release, by its name.
    attached: HashMap<String, Vec<u8>>,
    /// The commit at which any two branches have parted.
    parted: Option<String>,
    requests: Vec<String>,
    /// With what git has come.
    authorizations: Vec<String>,
}

impl GitHub {
    pub fn start() -> GitHub {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let server = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away in the middle is the client's business.
                drop(serve(&stream, &server));
            }
        });
        GitHub { address, state }
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A file of the release that is at this path.
    pub fn put(&self, path: &str, bytes: &[u8]) {
        self.state.lock().unwrap().files.insert(path.to_owned(), bytes.to_vec());
    }

    /// Adds an issue of somebody.
    pub fn add_issue(&self, body: &str, user: &str, association: &str) {
        let state = &mut self.state.lock().unwrap();
        let issue = issue(state.issues.len() + 1, "x", body, user, association);
        state.issues.push(issue);
    }

    pub fn issues(&self) -> Vec<Value> {
        self.state.lock().unwrap().issues.clone()
    }

    pub fn pulls(&self) -> Vec<Value> {
        self.state.lock().unwrap().pulls.clone()
    }

    /// Closes a pull request, as somebody does who wants none of it.
    pub fn close_pull(&self, number: usize) {
        self.state.lock().unwrap().pulls[number - 1]["state"] = "closed".into();
    }

    /// The names of what is attached to the release.
    pub fn assets(&self) -> Vec<String> {
        let state = self.state.lock().unwrap();
        let assets = state.release["assets"].as_array().into_iter().flatten();
        assets.map(|asset| asset["name"].as_str().unwrap().to_owned()).collect()
    }

    /// What is attached to the release under a name.
    pub fn attached(&self, name: &str) -> Vec<u8> {
        self.state.lock().unwrap().attached[name].clone()
    }

    /// Lets all branches have parted at a commit.
    pub fn parted_at(&self, commit: &str) {
        self.state.lock().unwrap().parted = Some(commit.to_owned());
    }

    /// With what git has come since the last call.
    pub fn take_authorizations(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().authorizations)
    }

    /// The requests that have changed something, since the last call.
    pub fn take_changes(&self) -> Vec<String> {
        let requests = std::mem::take(&mut self.state.lock().unwrap().requests);
        requests.into_iter().filter(|request| !request.starts_with("GET ")).collect()
    }
}

fn issue(number: usize, title: &str, body: &str, user: &str, association: &str) -> Value {
    json!({
        "number": number, "title": title, "body": body, "state": "open",
        "user": { "login": user, "type": if user.ends_with("[bot]") { "Bot" } else { "User" } },
        "author_association": association,
    })
}

fn serve(stream: &TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim_end().is_empty() {
            break;
        }
        head.push(line.trim_end().to_owned());
    }
    let header = |name: &str| {
        let lines = head.iter().filter_map(|line| line.split_once(": "));
        lines
            .into_iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    };
    let length = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let words: Vec<&str> = head.first().map(|line| line.split(' ').collect()).unwrap_or_default();
    let [method, target, _] = words[..] else { return Ok(()) };
    let origin = format!("http://{}", stream.local_addr()?);
    let is_known = header("authorization") == Some("Bearer secret-token");
    if target.starts_with("/me/things/") {
        let fields = head.iter().filter_map(|line| line.split_once(": "));
        let fields = fields.filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        let values = fields.map(|(_, value)| value.to_owned());
        state.lock().unwrap().authorizations.extend(values);
    }
    let (status, answer) =
        answer(method, target, &body, is_known, &origin, &mut state.lock().unwrap());
    let mut out = stream;
    write!(
        out,
        "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        answer.len()
    )?;
    out.write_all(&answer)
}

fn answer(
    method: &str,
    target: &str,
    body: &[u8],
    is_known: bool,
    origin: &str,
    state: &mut State,
) -> (u16, Vec<u8>) {
    let path = target.split('?').next().unwrap_or_default();
    if let Some(bytes) = state.files.get(path) {
        return (200, bytes.clone());
    }
    // For git this is a repository without branches.
    if path == "/me/things/info/refs" {
        return (200, Vec::new());
    }
    let Some(path) = path.strip_prefix("/repos/me/things/") else { return (404, Vec::new()) };
    state.requests.push(format!("{method} {path}"));
    if !is_known {
        return (401, b"{}".to_vec());
    }
    let bytes = body;
    let body: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let number = path.rsplit('/').next().and_then(|number| number.parse::<usize>().ok());
    let (status, value) = match (method, path, number) {
        ("GET", "issues", _) => (200, Value::from(state.issues.clone())),
        ("POST", "issues", _) => {
            let (title, text) = (body["title"].as_str().unwrap(), body["body"].as_str().unwrap());
            let bot = "github-actions[bot]";
            let issue = issue(state.issues.len() + 1, title, text, bot, "NONE");
            state.issues.push(issue.clone());
            (201, issue)
        }
        ("PATCH", _, Some(number)) => {
            let is_pull = path.starts_with("pulls/");
            let issue = match is_pull {
                true => &mut state.pulls[number - 1],
                false => &mut state.issues[number - 1],
            };
            for (name, value) in body.as_object().unwrap() {
                issue[name] = value.clone();
            }
            (200, issue.clone())
        }
        ("GET", "pulls", _) => (200, state.pulls.iter().rev().cloned().collect::<Vec<_>>().into()),
        ("GET", "releases/tags/mlsearch-index", _) if !state.release.is_null() => {
            (200, state.release.clone())
        }
        ("GET", path, _) if path.starts_with("compare/") && state.parted.is_some() => {
            (200, json!({ "merge_base_commit": { "sha": state.parted } }))
        }
        ("POST", "releases", _) => {
            state.release = body;
            let upload = format!("{origin}/repos/me/things/upload{{?name,label}}");
            state.release["upload_url"] = upload.into();
            state.release["assets"] = json!([]);
            (201, state.release.clone())
        }
        ("POST", "upload", _) => {
            let name = target.rsplit('=').next().unwrap_or_default();
            let assets = state.release["assets"].as_array_mut().unwrap();
            assets.push(json!({ "id": state.requests.len(), "name": name }));
            state.attached.insert(name.to_owned(), bytes.to_vec());
            (201, json!({}))
        }
        ("DELETE", _, Some(id)) => {
            let assets = state.release["assets"].as_array_mut().unwrap();
            assets.retain(|asset| asset["id"] != id);
            (204, json!({}))
        }
        ("POST", "pulls", _) => {
            let mut pull = body;
            pull["number"] = (state.pulls.len() + 1).into();
            pull["state"] = "open".into();
            state.pulls.push(pull.clone());
            (201, pull)
        }
        _ => (404, json!({})),
    };
    (status, value.to_string().into_bytes())
}
