//! One request and its answer, under every limit of time and size.

use std::{io::ErrorKind, time::Duration};

use jiff::Timestamp;
use reqwest::header::{
    ACCEPT, CONTENT_ENCODING, HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, RETRY_AFTER,
};
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

use crate::{
    crawl::{
        client::{self, Forbidden, Unresolved},
        codings::{self, Undecodable},
        robots,
        room::{self, Hold, Room},
        sniff::{self, Kind},
        verdict,
    },
    page::Validators,
};

/// As much of an error page is read as it takes to recognise a bot wall.
const ERROR_BODY: u64 = 64 << 10;
/// A robots.txt that has not ended after this many bytes has no end.
const ENDLESS: u64 = 4 << 20;
/// How long the body of a redirect is waited for, so that its connection can be used again.
const REDIRECT_BODY: Duration = Duration::from_millis(500);

/// What a request is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Want<'a> {
    /// A page, if it has changed since.
    Page(&'a Validators),
    /// What a service tells about a page: never judged by its type.
    Data {
        /// The `Accept` value.
        accept: &'static str,
        /// Validators of the stored answer.
        validators: &'a Validators,
    },
    /// A robots.txt: what is over its limit does not count.
    Robots,
}

/// An answer.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    /// The HTTP status.
    pub(crate) status: u16,
    /// All header fields.
    pub(crate) headers: HeaderMap,
    /// The body without its content codings.
    pub(crate) body: Vec<u8>,
    /// Bytes of body that came over the wire.
    pub(crate) wire_bytes: u64,
    /// The right to hold the body.
    pub(crate) hold: Hold,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The address may not be visited.
    Forbidden(String),
    /// The name does not resolve or the network cannot be reached: nobody is there, or we are offline.
    Offline(String),
    /// The host refuses connections.
    Refused(String),
    /// The certificate or the handshake is not acceptable.
    Tls(String),
    /// One of the time limits.
    Timeout(String),
    /// Nothing came before the connection ended, or what came is not HTTP.
    NoHttp(String),
    /// An answer that breaks off or is damaged.
    Broken(String),
    /// Over a limit of size.
    TooLarge(String),
    /// A body that can be seen to be of no use before it has been read.
    Unsupported(String),
    /// The host is left alone for the rest of the run.
    Dropped,
}

impl Failure {
    /// Whether another try in the same run may help. A host that was too slow once is not helped by
    /// more requests.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(
            self,
            Failure::Offline(_) | Failure::Refused(_) | Failure::NoHttp(_) | Failure::Broken(_)
        )
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Forbidden(what)
            | Failure::Offline(what)
            | Failure::Refused(what)
            | Failure::Tls(what)
            | Failure::Timeout(what)
            | Failure::NoHttp(what)
            | Failure::Broken(what)
            | Failure::TooLarge(what)
            | Failure::Unsupported(what) => f.write_str(what),
            Failure::Dropped => f.write_str("host left alone after repeated failure in this run"),
        }
    }
}

/// The limits of a request.
#[derive(Debug)]
pub(crate) struct Limits {
    /// Largest body in bytes, on the wire and decoded.
    pub(crate) max_body_bytes: u64,
    /// Time to connect, TLS included.
    pub(crate) connect_timeout: Duration,
    /// Time to the header, and between two reads.
    pub(crate) idle_timeout: Duration,
    /// Time for the whole request.
    pub(crate) total_timeout: Duration,
    room: Room,
}

impl Limits {
    /// Limits with all their room.
    pub(crate) fn new(
        max_body_bytes: u64,
        connect_timeout: Duration,
        idle_timeout: Duration,
        total_timeout: Duration,
    ) -> Limits {
        let room = Room::new();
        Limits { max_body_bytes, connect_timeout, idle_timeout, total_timeout, room }
    }
}

/// Sends a request and reads the answer; `answered` is set when its header has come.
pub(crate) async fn send(
    pool: &reqwest::Client,
    url: &Url,
    want: Want<'_>,
    limits: &Limits,
    answered: &mut Option<Instant>,
) -> Result<Reply, Failure> {
    let mut request = pool.get(url.clone());
    let (accept, validators) = match want {
        Want::Page(validators) => (None, Some(validators)),
        Want::Data { accept, validators } => (Some(accept), Some(validators)),
        Want::Robots => (Some("text/plain,*/*;q=0.5"), None),
    };
    if let Some(accept) = accept {
        request = request.header(ACCEPT, accept);
    }
    for (name, value) in [
        (IF_NONE_MATCH, validators.and_then(|v| v.etag.as_deref())),
        (IF_MODIFIED_SINCE, validators.and_then(|v| v.last_modified.as_deref())),
    ] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            request = request.header(name, value);
        }
    }
    let deadline = Instant::now() + limits.total_timeout;
    let to_header = (limits.connect_timeout + limits.idle_timeout).min(limits.total_timeout);
    let response = match timeout(to_header, request.send()).await {
        Err(_) => return Err(Failure::Timeout(format!("no answer within {to_header:?}"))),
        Ok(Err(e)) => return Err(why(&e)),
        Ok(Ok(response)) => response,
    };
    *answered = Some(Instant::now());
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let bare = Reply { status, headers, ..Reply::default() };
    let mut reading =
        Reading { response, want, limits, deadline, body: Vec::new(), hold: Hold::default() };
    match status {
        200..=299 => {
            let limit = match want {
                Want::Page(_) | Want::Data { .. } => limits.max_body_bytes,
                Want::Robots => robots::MAX_BYTES as u64,
            };
            reading.read(limit).await?;
            reading.decode(bare, limit).await
        }
        300..=399 => {
            // What a redirect says besides its target is of no interest, however it ends.
            let _ = timeout(REDIRECT_BODY, reading.read(ERROR_BODY)).await;
            Ok(Reply { wire_bytes: reading.body.len() as u64, ..bare })
        }
        _ => {
            // Evidence only: what had come before it broke off is as good.
            let _ = reading.read(ERROR_BODY).await;
            let without_body = Reply {
                status,
                headers: bare.headers.clone(),
                wire_bytes: reading.body.len() as u64,
                ..Reply::default()
            };
            Ok(reading.decode(bare, ERROR_BODY).await.unwrap_or(without_body))
        }
    }
}

/// An answer while it comes in.
struct Reading<'a> {
    response: reqwest::Response,
    want: Want<'a>,
    limits: &'a Limits,
    deadline: Instant,
    body: Vec<u8>,
    hold: Hold,
}

impl Reading<'_> {
    /// Reads up to `limit` bytes. A page or datum that is larger, or a page of no use by its first
    /// bytes, fails; of anything else the beginning is kept.
    async fn read(&mut self, limit: u64) -> Result<(), Failure> {
        let whole = !matches!(self.want, Want::Robots) && self.response.status().is_success();
        let too_large = || Failure::TooLarge(format!("body over {limit} bytes"));
        if whole && self.response.content_length().is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let page = whole && matches!(self.want, Want::Page(_));
        let announced = self.response.content_length().unwrap_or_default().min(self.hold.allows());
        self.body.reserve(usize::try_from(announced).unwrap_or_default());
        let mut sniffed = !page || !self.declared().is_empty();
        let mut left_out = 0;
        loop {
            let held = self.body.len() as u64;
            if held > self.hold.allows() {
                let waiting = Instant::now();
                self.limits.room.make(&mut self.hold, held).await;
                self.deadline += waiting.elapsed();
                room::settle(&mut self.body);
            }
            let idle = Instant::now() + self.limits.idle_timeout;
            let chunk = match timeout_at(idle.min(self.deadline), self.response.chunk()).await {
                Ok(Ok(chunk)) => chunk,
                Ok(Err(e)) => {
                    let what = client::cause(&e);
                    let length = self.body.len();
                    return Err(Failure::Broken(format!("broke off after {length} bytes: {what}")));
                }
                Err(_) if idle < self.deadline => {
                    let idle = self.limits.idle_timeout;
                    return Err(Failure::Timeout(format!("body stood still for {idle:?}")));
                }
                Err(_) => {
                    let total = self.limits.total_timeout;
                    return Err(Failure::Timeout(format!("body not complete within {total:?}")));
                }
            };
            let Some(chunk) = chunk else { return Ok(()) };
            let room = usize::try_from(limit).unwrap_or(usize::MAX) - self.body.len();
            self.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                if whole {
                    return Err(too_large());
                }
                let has_end = !self.response.status().is_success()
                    || self.response.content_length().is_some();
                left_out += (chunk.len() - room) as u64;
                if has_end {
                    return Ok(());
                }
                if left_out > ENDLESS {
                    return Err(Failure::TooLarge(format!("no end after {left_out} bytes")));
                }
            }
            if !sniffed && self.body.len() >= sniff::HEAD {
                sniffed = true;
                let label = verdict::text(self.response.headers(), "content-type");
                if !codings::is_coded("", &self.body)
                    && let Kind::Other(what) = sniff::sniff(&label, &self.body)
                {
                    return Err(Failure::Unsupported(verdict::unsupported(what, &label)));
                }
            }
        }
    }

    /// Removes the content codings, away from the threads that serve the network.
    async fn decode(mut self, bare: Reply, limit: u64) -> Result<Reply, Failure> {
        let wire_bytes = self.body.len() as u64;
        let declared = self.declared();
        if !codings::is_coded(&declared, &self.body) {
            return Ok(Reply { body: self.body, wire_bytes, hold: self.hold, ..bare });
        }
        let mut wire = std::mem::take(&mut self.body);
        loop {
            let now = limit.min(self.hold.allows());
            let declared = declared.clone();
            let task = tokio::task::spawn_blocking(move || {
                let decoded = codings::decode(&declared, &wire, now);
                (wire, decoded)
            });
            let Ok((back, decoded)) = task.await else {
                return Err(Failure::Broken("the decoder failed".into()));
            };
            wire = back;
            let decoded = decoded.map_err(|why| match why {
                Undecodable::Unknown(what) => Failure::Unsupported(what),
                Undecodable::Damaged(what) => Failure::Broken(what),
            })?;
            if decoded.over && now < limit {
                self.limits.room.make(&mut self.hold, now + 1).await;
            } else if decoded.over && !matches!(self.want, Want::Robots) {
                return Err(Failure::TooLarge(format!("body over {limit} bytes when decoded")));
            } else {
                return Ok(Reply { body: decoded.body, wire_bytes, hold: self.hold, ..bare });
            }
        }
    }

    /// The `Content-Encoding` values as one list.
    fn declared(&self) -> String {
        let values = self.response.headers().get_all(CONTENT_ENCODING);
        let values: Vec<_> =
            values.iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        values.join(",")
    }
}

/// Sorts the errors of the HTTP client by what can be done about them.
fn why(error: &reqwest::Error) -> Failure {
    let cause = verdict::clean(&client::cause(error));
    if let Some(forbidden) = client::find_cause::<Forbidden>(error) {
        return Failure::Forbidden(forbidden.to_string());
    }
    if let Some(unresolved) = client::find_cause::<Unresolved>(error) {
        return Failure::Offline(unresolved.to_string());
    }
    if let Some(tls) = client::find_cause::<rustls::Error>(error) {
        return Failure::Tls(format!("tls: {tls}"));
    }
    if error.is_timeout() {
        return match error.is_connect() {
            true => Failure::Offline("connect: no answer in time".into()),
            false => Failure::Timeout("no answer in time".into()),
        };
    }
    if error.is_connect() {
        return match client::io_kind(error) {
            Some(ErrorKind::ConnectionRefused) => Failure::Refused("connection refused".into()),
            Some(ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof) => {
                Failure::NoHttp(format!("handshake broke off: {cause}"))
            }
            _ => Failure::Offline(format!("connect: {cause}")),
        };
    }
    Failure::NoHttp(format!("not an HTTP answer: {cause}"))
}

/// The time that `Retry-After` asks for, as seconds or as a date (RFC 9110, section 10.2.3).
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = verdict::text(headers, RETRY_AFTER.as_str());
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true);
    let at = date.parse_timestamp(&value).ok()?;
    Some(Duration::try_from(at.duration_since(now)).unwrap_or_default())
}
