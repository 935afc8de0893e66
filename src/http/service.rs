//! A service that answers requests with JSON and may be in any network: the address is one that its
//! user has set up, so that nothing is checked of it, and credentials are sent.

use std::{fmt, fs, path::PathBuf, pin::pin, time::Duration};

use reqwest::{
    Certificate, Method,
    header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, RETRY_AFTER},
    redirect,
};
use tokio::{
    runtime::{Builder, Runtime},
    time::timeout,
};
use url::Url;

use crate::{
    error::Error,
    http::client::{cause, find_cause},
};

/// Time to connect, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How often somebody who waits for an answer is asked whether he still does.
const LOOK: Duration = Duration::from_millis(50);
/// Larger answers are not read.
const MAX_ANSWER_BYTES: usize = 512 << 20;

/// How a service is reached.
#[derive(Clone, Debug)]
pub(crate) struct ServiceOptions {
    /// Its address, without user name and password.
    pub(crate) url: Url,
    /// Who asks.
    pub(crate) credentials: Credentials,
    /// A PEM file with further certificate authorities.
    pub(crate) ca_bundle: Option<PathBuf>,
    /// Time for one request altogether.
    pub(crate) timeout: Duration,
}

/// Who asks a service. Nothing of it is ever printed.
#[derive(Clone, Default)]
pub enum Credentials {
    /// Anybody.
    #[default]
    None,
    /// Who has this key.
    ApiKey(String),
    /// A user with a password.
    User {
        /// The name.
        name: String,
        /// The password.
        password: String,
    },
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Credentials::None => "no credentials",
            Credentials::ApiKey(_) => "an API key",
            Credentials::User { .. } => "a user and a password",
        })
    }
}

/// What is done at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
    Put,
    Delete,
}

/// The body of a request.
pub(crate) enum ServiceBody {
    Nothing,
    Json(Vec<u8>),
    /// Lines of JSON, compressed with gzip.
    GzippedLines(Vec<u8>),
}

/// What a service has answered.
#[derive(Debug)]
pub(crate) struct ServiceAnswer {
    pub(crate) status: u16,
    /// How long it asks to be left alone.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) is_html: bool,
    pub(crate) body: Vec<u8>,
}

/// Why a service has not answered.
#[derive(Debug)]
pub(crate) enum ServiceFailure {
    /// Its certificate is not one that is trusted, or it does not speak TLS.
    Tls(String),
    /// It took too long.
    Timeout,
    /// No connection.
    Connection(String),
    /// A connection that ended early, as one that was kept and has just been closed.
    Broken(String),
    /// Nobody waits for the answer any more.
    Stopped,
    /// The answer is too large.
    TooLarge,
}

/// A service; may be asked by several threads at once.
pub(crate) struct Service {
    runtime: Runtime,
    client: reqwest::Client,
    options: ServiceOptions,
    authorization: Option<HeaderValue>,
}

impl Service {
    /// Sets up the client; sends no request.
    ///
    /// # Errors
    /// [`Error::Network`] and [`Error::Io`] for certificates or credentials that cannot be used.
    pub(crate) fn new(options: ServiceOptions) -> Result<Service, Error> {
        // Fails only when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let certificates = match &options.ca_bundle {
            None => Vec::new(),
            Some(path) => fs::read(path)
                .map_err(|e| Error::io(path, e))
                .map(|pem| Certificate::from_pem_bundle(&pem))?
                .map_err(|e| Error::Network(format!("`{}`: {e}", path.display())))?,
        };
        let builder = || {
            let builder = reqwest::Client::builder()
                .user_agent(concat!("mlsearch/", env!("CARGO_PKG_VERSION")))
                .redirect(redirect::Policy::none())
                .referer(false)
                .connect_timeout(CONNECT_TIMEOUT)
                .timeout(options.timeout);
            match certificates.is_empty() {
                true => builder,
                false => builder.tls_certs_merge(certificates.iter().cloned()),
            }
        };
        let client = builder()
            .build()
            // A machine without any certificate authority still speaks `http`.
            .or_else(|_| builder().tls_certs_only([]).build())
            .map_err(|e| Error::Network(cause(&e)))?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|e| Error::Network(e.to_string()))?;
        let authorization = match &options.credentials {
            Credentials::ApiKey(key) => Some(header(&format!("ApiKey {key}"))?),
            _ => None,
        };
        Ok(Service { runtime, client, options, authorization })
    }

    /// The address, for messages.
    pub(crate) fn address(&self) -> &str {
        self.options.url.as_str().trim_end_matches('/')
    }

    /// The time for one request.
    pub(crate) fn timeout(&self) -> Duration {
        self.options.timeout
    }

    /// Sends a request to a path below the address and waits for the answer until it is to stop.
    pub(crate) fn send(
        &self,
        verb: Verb,
        path: &str,
        body: &ServiceBody,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<ServiceAnswer, ServiceFailure> {
        self.runtime.block_on(async {
            let mut answer = pin!(self.answer(verb, path, body));
            loop {
                match timeout(LOOK, &mut answer).await {
                    Ok(answer) => return answer,
                    Err(_) if is_stopped() => return Err(ServiceFailure::Stopped),
                    Err(_) => {}
                }
            }
        })
    }

    async fn answer(
        &self,
        verb: Verb,
        path: &str,
        body: &ServiceBody,
    ) -> Result<ServiceAnswer, ServiceFailure> {
        let method = match verb {
            Verb::Get => Method::GET,
            Verb::Post => Method::POST,
            Verb::Put => Method::PUT,
            Verb::Delete => Method::DELETE,
        };
        let mut request = self.client.request(method, format!("{}{path}", self.address()));
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        if let Credentials::User { name, password } = &self.options.credentials {
            request = request.basic_auth(name, Some(password));
        }
        request = match body {
            ServiceBody::Nothing => request,
            ServiceBody::Json(json) => {
                request.header(CONTENT_TYPE, "application/json").body(json.clone())
            }
            ServiceBody::GzippedLines(lines) => request
                .header(CONTENT_TYPE, "application/x-ndjson")
                .header(CONTENT_ENCODING, "gzip")
                .body(lines.clone()),
        };
        let mut response = request.send().await.map_err(|e| failure(&e))?;
        let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let seconds = text(RETRY_AFTER).and_then(|value| value.trim().parse().ok());
        let is_html = text(CONTENT_TYPE).is_some_and(|value| value.starts_with("text/html"));
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|e| failure(&e))? {
            if body.len() + piece.len() > MAX_ANSWER_BYTES {
                return Err(ServiceFailure::TooLarge);
            }
            body.extend_from_slice(&piece);
        }
        let retry_after = seconds.map(Duration::from_secs);
        Ok(ServiceAnswer { status, retry_after, is_html, body })
    }
}

/// The value of a header that is never printed.
fn header(value: &str) -> Result<HeaderValue, Error> {
    let value = HeaderValue::from_str(value);
    let mut value = value.map_err(|_| {
        Error::Network("the API key has a character that cannot be sent".to_owned())
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// What a failed request failed of.
fn failure(error: &reqwest::Error) -> ServiceFailure {
    if error.is_timeout() {
        return ServiceFailure::Timeout;
    }
    if let Some(tls) = find_cause::<rustls::Error>(error) {
        return ServiceFailure::Tls(match tls {
            rustls::Error::InvalidMessage(_) => "it does not speak TLS".into(),
            other => other.to_string(),
        });
    }
    match error.is_connect() {
        true => ServiceFailure::Connection(cause(error)),
        false => ServiceFailure::Broken(cause(error)),
    }
}
