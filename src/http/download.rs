//! A file from the web as it comes, piece by piece: resumed where it broke off, or not sent again when it
//! is known already.

use std::{io, pin::pin, time::Duration};

use jiff::Timestamp;
use reqwest::{
    Response,
    header::{
        ACCEPT, ACCEPT_ENCODING, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
        IF_RANGE, RANGE,
    },
};
use tokio::{
    runtime::{Builder, Runtime},
    time::timeout,
};
use url::Url;

use crate::{
    canonical,
    crawl_policy::Policy,
    error::Error,
    http::{
        address::FORBIDDEN, client::Client, client::cause, fetch::why, headers::Headers,
        reply::RequestFailure,
    },
    page::Validators,
};

/// How often somebody who waits is asked whether he still does.
const LOOK: Duration = Duration::from_millis(50);
/// Redirects that are followed.
const MOST_REDIRECTS: usize = 10;

/// What fetches files from an address that the user has named.
///
/// The user's own address may be in any network. Where it redirects to is somebody else's word: such
/// addresses are held against the rule of the crawl.
pub(crate) struct Downloader {
    runtime: Runtime,
    named: Client,
    others: Client,
    policy: Policy,
    clock: fn() -> Timestamp,
}

/// What is asked for.
pub(crate) struct FileRequest<'a> {
    pub(crate) url: &'a Url,
    /// The bytes that are there already.
    pub(crate) from: u64,
    /// What the file had when they came; if it has changed, all of it is sent.
    pub(crate) if_range: Option<&'a str>,
    /// What the file had that is known already.
    pub(crate) known: Option<&'a Validators>,
}

/// The head of an answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct FileHead {
    pub(crate) status: u16,
    pub(crate) validators: Validators,
    /// Where its body begins in the file, if that is a part of it.
    pub(crate) starts_at: Option<u64>,
    /// Bytes of the whole file, if a part of it was asked for.
    pub(crate) all: Option<u64>,
    /// Bytes that its body has.
    pub(crate) length: Option<u64>,
    /// How long the server wants to be left alone.
    pub(crate) retry_after: Option<Duration>,
}

/// Why a file did not come.
#[derive(Debug)]
pub(crate) enum DownloadFailure {
    /// No answer, or one that broke off.
    Request(RequestFailure),
    /// What takes the pieces failed.
    Taker(io::Error),
    /// Nobody waits for it any more.
    Stopped,
}

/// What takes a file.
pub(crate) trait FileTaker {
    /// Whether the body is wanted after this head.
    fn head(&mut self, head: &FileHead) -> io::Result<bool>;

    /// Takes a piece of the body.
    fn piece(&mut self, piece: &[u8]) -> io::Result<()>;
}

impl Downloader {
    /// Sets up the clients; sends no request.
    ///
    /// # Errors
    /// [`Error::Network`] when that cannot be done.
    pub(crate) fn new(policy: &Policy, clock: fn() -> Timestamp) -> Result<Downloader, Error> {
        let agent = concat!("mlsearch/", env!("CARGO_PKG_VERSION"));
        let all = ["0.0.0.0/0", "::/0"].map(|net| net.parse().expect("a network of all addresses"));
        let anywhere = Policy { allow_net: all.into(), ..policy.clone() };
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| Error::Network(e.to_string()))?;
        let (named, others) = (Client::new(agent, &anywhere)?, Client::new(agent, policy)?);
        Ok(Downloader { runtime, named, others, policy: policy.clone(), clock })
    }

    /// Asks for a file and gives it to a taker until that is to stop.
    pub(crate) fn get(
        &self,
        request: &FileRequest<'_>,
        taker: &mut dyn FileTaker,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<FileHead, DownloadFailure> {
        self.runtime.block_on(async {
            let mut answer = pin!(self.answer(request, taker));
            loop {
                match timeout(LOOK, &mut answer).await {
                    Ok(answer) => return answer,
                    Err(_) if is_stopped() => return Err(DownloadFailure::Stopped),
                    Err(_) => {}
                }
            }
        })
    }

    async fn answer(
        &self,
        request: &FileRequest<'_>,
        taker: &mut dyn FileTaker,
    ) -> Result<FileHead, DownloadFailure> {
        let mut response = self.response(request).await.map_err(DownloadFailure::Request)?;
        let headers = Headers::from(response.headers().clone());
        let text = |name| Some(headers.text(name)).filter(|value| !value.is_empty());
        let head = FileHead {
            status: response.status().as_u16(),
            validators: Validators { etag: text("etag"), last_modified: text("last-modified") },
            starts_at: text("content-range").as_deref().and_then(start_of_range),
            all: text("content-range").as_deref().and_then(all_of_range),
            length: response.content_length(),
            retry_after: headers.retry_after((self.clock)()),
        };
        if !taker.head(&head).map_err(DownloadFailure::Taker)? {
            return Ok(head);
        }
        let failed = |what| Err(DownloadFailure::Request(what));
        loop {
            match timeout(self.policy.idle_timeout, response.chunk()).await {
                Ok(Ok(Some(piece))) => taker.piece(&piece).map_err(DownloadFailure::Taker)?,
                Ok(Ok(None)) => return Ok(head),
                Ok(Err(e)) => {
                    return failed(RequestFailure::Broken(format!("broke off: {}", cause(&e))));
                }
                Err(_) => {
                    let idle = self.policy.idle_timeout;
                    let what = format!("broke off: it stood still for {idle:?}");
                    return failed(RequestFailure::Broken(what));
                }
            }
        }
    }

    /// The answer behind all redirects.
    async fn response(&self, request: &FileRequest<'_>) -> Result<Response, RequestFailure> {
        let mut url = request.url.clone();
        for _ in 0..=MOST_REDIRECTS {
            let is_named = url.origin() == request.url.origin();
            let client = if is_named { &self.named } else { &self.others };
            let route = client.route(&url).map_err(RequestFailure::Forbidden)?;
            let mut asked = route.pool.get(url.clone());
            asked = asked.header(ACCEPT, "*/*").header(ACCEPT_ENCODING, "identity");
            if request.from > 0 {
                asked = asked.header(RANGE, format!("bytes={}-", request.from));
            }
            let known = request.known;
            let conditions: [(HeaderName, Option<&str>); 3] = [
                (IF_RANGE, request.if_range.filter(|_| request.from > 0)),
                (IF_NONE_MATCH, known.and_then(|known| known.etag.as_deref())),
                (IF_MODIFIED_SINCE, known.and_then(|known| known.last_modified.as_deref())),
            ];
            for (name, value) in conditions {
                if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
                    asked = asked.header(name, value);
                }
            }
            let to_header = self.policy.connect_timeout + self.policy.idle_timeout;
            let response = match timeout(to_header, asked.send()).await {
                Err(_) => {
                    return Err(RequestFailure::Timeout(format!("no answer within {to_header:?}")));
                }
                Ok(Err(e)) => return Err(why(&e)),
                Ok(Ok(response)) => response,
            };
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                return Ok(response);
            }
            let target = Headers::from(response.headers().clone()).text("location");
            let Ok(mut next) = url.join(&target) else {
                return Err(RequestFailure::NoHttp("a redirect to no address".into()));
            };
            if url.scheme() == "https" && next.scheme() != "https" {
                let what = format!("{FORBIDDEN}a redirect from https to {}", next.scheme());
                return Err(RequestFailure::Forbidden(what));
            }
            if !matches!(next.scheme(), "http" | "https") {
                let what = format!("{FORBIDDEN}a redirect to `{}:`", next.scheme());
                return Err(RequestFailure::Forbidden(what));
            }
            canonical::cut_userinfo(&mut next);
            url = next;
        }
        Err(RequestFailure::NoHttp(format!("more than {MOST_REDIRECTS} redirects")))
    }
}

/// How long the whole is, as `Content-Range: bytes */20` says of a part that is not there.
fn all_of_range(value: &str) -> Option<u64> {
    value.rsplit_once('/')?.1.trim().parse().ok()
}

/// Where a part begins, as `Content-Range: bytes 10-19/20` says (RFC 9110, section 14.4).
fn start_of_range(value: &str) -> Option<u64> {
    value.trim().strip_prefix("bytes")?.trim_start().split('-').next()?.parse().ok()
}
