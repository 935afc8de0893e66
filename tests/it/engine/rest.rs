//! Requests to a cluster past the program, to see what it has done and to do it harm.

use std::{net::Ipv4Addr, time::Duration};

use reqwest::Method;
use serde_json::Value;

/// The longest that a single request may take.
const LIMIT: Duration = Duration::from_secs(60);

/// An address that requests go to.
#[derive(Clone)]
pub struct Rest {
    origin: String,
    user: Option<(String, String)>,
}

impl Rest {
    pub fn new(origin: &str) -> Rest {
        let variable = |name: &str| std::env::var(name).ok();
        let user = variable("MLSEARCH_ENGINE_USER").zip(variable("MLSEARCH_ENGINE_PASSWORD"));
        Rest { origin: origin.trim_end_matches('/').to_owned(), user }
    }

    /// A node of this machine.
    pub fn at(port: u16) -> Rest {
        Rest { origin: format!("http://{}:{port}", Ipv4Addr::LOCALHOST), user: None }
    }

    /// The status and the answer; none when nobody answers.
    pub fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Option<(u16, Value)> {
        // Whoever was first has set it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let client = reqwest::Client::builder().no_proxy().timeout(LIMIT).build().unwrap();
            let mut request = client.request(method, format!("{}{path}", self.origin));
            if let Some((user, password)) = &self.user {
                request = request.basic_auth(user, Some(password));
            }
            if let Some(body) = body {
                request = request.header("Content-Type", "application/json").body(body.to_string());
            }
            let answer = request.send().await.ok()?;
            let status = answer.status().as_u16();
            let text = answer.text().await.ok()?;
            Some((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
        })
    }

    /// Asks what must be answered well.
    #[track_caller]
    pub fn get(&self, path: &str) -> Value {
        let (status, answer) = self.ask(Method::GET, path, None).expect("nobody answers");
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// Puts what must be taken.
    #[track_caller]
    pub fn put(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.ask(Method::PUT, path, Some(body)).expect("nobody answers");
        assert!(matches!(status, 200 | 201), "{path}: {status} {answer}");
        answer
    }

    /// Sets settings of the whole cluster; null takes one back.
    #[track_caller]
    pub fn set(&self, settings: &Value) {
        self.put("/_cluster/settings", &serde_json::json!({ "persistent": settings }));
    }

    /// The names of indexes that match a pattern, in order.
    #[track_caller]
    pub fn indexes(&self, pattern: &str) -> Vec<String> {
        let rows = self.get(&format!("/_cat/indices/{pattern}?format=json&h=index"));
        let names = rows.as_array().unwrap().iter().map(|row| row["index"].as_str().unwrap());
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort_unstable();
        names
    }
}
