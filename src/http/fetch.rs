//! One request and its answer, under every limit of time and size.

use std::{io::ErrorKind, time::Duration};

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, RANGE,
};
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

use crate::{
    http::{
        client::{self, Forbidden, Route, Unresolved},
        codings::{self, Undecodable},
        headers::Headers,
        memory_budget::{self, MemoryBudget, MemoryPermit},
        reason,
        reply::{Reply, RequestFailure},
        sniff::{self, BodyKind},
    },
    page::Validators,
};

/// As much of an error page is read as it takes to recognize a bot challenge.
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
    /// What a service says about a page: never judged by its type.
    Data {
        /// The `Accept` value.
        accept: &'static str,
        /// Validators of the stored answer.
        validators: &'a Validators,
    },
    /// Some bytes of a file as they are, whatever they are compressed with.
    Range {
        /// The first of them.
        from: u64,
        /// How many.
        length: u64,
    },
    /// A robots.txt: what is over its limit does not count.
    Robots {
        /// That limit.
        max_bytes: u64,
    },
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
    memory: MemoryBudget,
}

impl Limits {
    /// Limits with all their memory.
    pub(crate) fn new(
        max_body_bytes: u64,
        connect_timeout: Duration,
        idle_timeout: Duration,
        total_timeout: Duration,
    ) -> Limits {
        let memory = MemoryBudget::new();
        Limits { max_body_bytes, connect_timeout, idle_timeout, total_timeout, memory }
    }
}

/// Sends a request and reads the answer; `answered` is set when its header has come.
pub(crate) async fn send(
    route: Route<'_>,
    url: &Url,
    want: Want<'_>,
    limits: &Limits,
    answered: &mut Option<Instant>,
) -> Result<Reply, RequestFailure> {
    let mut request = route.pool.get(url.clone());
    let (accept, validators) = match want {
        Want::Page(validators) => (None, Some(validators)),
        Want::Data { accept, validators } => (Some(accept), Some(validators)),
        Want::Robots { .. } => (Some("text/plain,*/*;q=0.5"), None),
        Want::Range { .. } => (Some("*/*"), None),
    };
    if let Want::Range { from, length } = want {
        let last = from.saturating_add(length).saturating_sub(1);
        request = request.header(RANGE, format!("bytes={from}-{last}"));
        request = request.header(ACCEPT_ENCODING, "identity");
    }
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
        Err(_) => return Err(RequestFailure::Timeout(format!("no answer within {to_header:?}"))),
        Ok(Err(e)) => return Err(why(&e)),
        Ok(Ok(response)) => response,
    };
    *answered = Some(Instant::now());
    let status = response.status().as_u16();
    let headers = Headers::from(response.headers().clone());
    let declared: Vec<_> = headers.all("content-encoding").collect();
    let (declared, label) = (declared.join(","), headers.text("content-type"));
    let bare = Reply { status, headers, ..Reply::default() };
    let mut reading = Reading {
        response,
        want,
        limits,
        deadline,
        declared,
        label,
        body: Vec::new(),
        permit: MemoryPermit::default(),
    };
    match status {
        200..=299 => {
            let limit = match want {
                Want::Range { length, .. } if status == 206 => length,
                Want::Page(_) | Want::Data { .. } | Want::Range { .. } => limits.max_body_bytes,
                Want::Robots { max_bytes } => max_bytes,
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
    /// The `Content-Encoding` values as one list.
    declared: String,
    /// The `Content-Type` value.
    label: String,
    body: Vec<u8>,
    permit: MemoryPermit,
}

impl Reading<'_> {
    /// Reads up to `limit` bytes. A page or datum that is larger, or a page of no use by its first
    /// bytes, fails; of anything else the beginning is kept.
    async fn read(&mut self, limit: u64) -> Result<(), RequestFailure> {
        let whole =
            !matches!(self.want, Want::Robots { .. }) && self.response.status().is_success();
        let too_large = || RequestFailure::TooLarge(format!("body over {limit} bytes"));
        if whole && self.response.content_length().is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let page = whole && matches!(self.want, Want::Page(_));
        let announced =
            self.response.content_length().unwrap_or_default().min(self.permit.allows());
        self.body.reserve(usize::try_from(announced).unwrap_or_default());
        let mut sniffed = !page || !self.declared.is_empty();
        let mut left_out = 0;
        loop {
            let held = self.body.len() as u64;
            if held > self.permit.allows() {
                let waiting = Instant::now();
                self.limits.memory.acquire(&mut self.permit, held).await;
                self.deadline += waiting.elapsed();
                memory_budget::reserve_large(&mut self.body);
            }
            let idle = Instant::now() + self.limits.idle_timeout;
            let chunk = match timeout_at(idle.min(self.deadline), self.response.chunk()).await {
                Ok(Ok(chunk)) => chunk,
                Ok(Err(e)) => {
                    let what = client::cause(&e);
                    let length = self.body.len();
                    return Err(RequestFailure::Broken(format!(
                        "broke off after {length} bytes: {what}"
                    )));
                }
                Err(_) if idle < self.deadline => {
                    let idle = self.limits.idle_timeout;
                    return Err(RequestFailure::Timeout(format!("body stood still for {idle:?}")));
                }
                Err(_) => {
                    let total = self.limits.total_timeout;
                    return Err(RequestFailure::Timeout(format!(
                        "body not complete within {total:?}"
                    )));
                }
            };
            let Some(chunk) = chunk else { return Ok(()) };
            let left = usize::try_from(limit).unwrap_or(usize::MAX) - self.body.len();
            self.body.extend_from_slice(&chunk[..chunk.len().min(left)]);
            if chunk.len() > left {
                if whole {
                    return Err(too_large());
                }
                let has_end = !self.response.status().is_success()
                    || self.response.content_length().is_some();
                left_out += (chunk.len() - left) as u64;
                if has_end {
                    return Ok(());
                }
                if left_out > ENDLESS {
                    return Err(RequestFailure::TooLarge(format!("no end after {left_out} bytes")));
                }
            }
            if !sniffed && self.body.len() >= sniff::HEAD {
                sniffed = true;
                if !codings::is_coded("", &self.body)
                    && let BodyKind::Other(what) = sniff::sniff(&self.label, &self.body)
                {
                    return Err(RequestFailure::Unsupported(reason::unsupported(
                        what,
                        &self.label,
                    )));
                }
            }
        }
    }

    /// Removes the content codings, away from the threads that serve the network.
    async fn decode(mut self, bare: Reply, limit: u64) -> Result<Reply, RequestFailure> {
        let wire_bytes = self.body.len() as u64;
        let declared = std::mem::take(&mut self.declared);
        let is_as_it_is = matches!(self.want, Want::Range { .. });
        if is_as_it_is || !codings::is_coded(&declared, &self.body) {
            return Ok(Reply { body: self.body, wire_bytes, permit: self.permit, ..bare });
        }
        let mut wire = std::mem::take(&mut self.body);
        loop {
            let now = limit.min(self.permit.allows());
            let declared = declared.clone();
            let task = tokio::task::spawn_blocking(move || {
                let decoded = codings::decode(&declared, &wire, now);
                (wire, decoded)
            });
            let Ok((back, decoded)) = task.await else {
                return Err(RequestFailure::Broken("the decoder failed".into()));
            };
            wire = back;
            let decoded = decoded.map_err(|why| match why {
                Undecodable::Unknown(what) => RequestFailure::Unsupported(what),
                Undecodable::Damaged(what) => RequestFailure::Broken(what),
            })?;
            if decoded.over && now < limit {
                self.limits.memory.acquire(&mut self.permit, now + 1).await;
            } else if decoded.over && !matches!(self.want, Want::Robots { .. }) {
                return Err(RequestFailure::TooLarge(format!(
                    "body over {limit} bytes when decoded"
                )));
            } else {
                return Ok(Reply { body: decoded.body, wire_bytes, permit: self.permit, ..bare });
            }
        }
    }
}

/// Sorts the errors of the HTTP client by what can be done about them.
pub(crate) fn why(error: &reqwest::Error) -> RequestFailure {
    let cause = reason::clean(&client::cause(error));
    if let Some(forbidden) = client::find_cause::<Forbidden>(error) {
        return RequestFailure::Forbidden(forbidden.to_string());
    }
    if let Some(unresolved) = client::find_cause::<Unresolved>(error) {
        return RequestFailure::Offline(unresolved.to_string());
    }
    if let Some(tls) = client::find_cause::<rustls::Error>(error) {
        return RequestFailure::Tls(format!("tls: {tls}"));
    }
    if error.is_timeout() {
        return match error.is_connect() {
            true => RequestFailure::Offline("connect: no answer in time".into()),
            false => RequestFailure::Timeout("no answer in time".into()),
        };
    }
    if error.is_connect() {
        return match client::io_kind(error) {
            Some(ErrorKind::ConnectionRefused) => {
                RequestFailure::Refused("connection refused".into())
            }
            Some(ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof) => {
                RequestFailure::NoHttp(format!("handshake broke off: {cause}"))
            }
            _ => RequestFailure::Offline(format!("connect: {cause}")),
        };
    }
    RequestFailure::NoHttp(format!("not an HTTP answer: {cause}"))
}
