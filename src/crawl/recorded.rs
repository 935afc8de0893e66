//! Answers that somebody else has received and recorded: judged as the crawler judges its own.

use jiff::Timestamp;
use url::Url;

use crate::{
    canonical,
    crawl::{classify, redirect},
    http::{
        message,
        reason::clean,
        reply::{Reply, RequestFailure},
    },
    page::{Form, Outcome, Page, Source},
};

/// An answer as it was recorded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordedAnswer<'a> {
    /// The address that answered.
    pub(crate) url: &'a str,
    /// When.
    pub(crate) at: Timestamp,
    /// The answer with its header, as it came over the wire or with its codings removed; without a
    /// header where `body_type` is given.
    pub(crate) message: &'a [u8],
    /// The header of a later answer that had this body.
    pub(crate) later_head: Option<&'a [u8]>,
    /// The type of a bare body.
    pub(crate) body_type: Option<&'a str>,
    /// What the body is.
    pub(crate) form: Form,
    /// The largest body in bytes, as sent and as decoded.
    pub(crate) max_body_bytes: u64,
    /// The name that `X-Robots-Tag` calls us by.
    pub(crate) product: &'a str,
}

/// What a recorded answer comes to.
#[derive(Debug)]
pub(crate) enum Recorded {
    /// A page, with a body only if its outcome is good.
    Page(Box<Page>),
    /// The page is at another address.
    Redirect {
        to: Url,
        /// Whether the server says that it is for good.
        permanent: bool,
    },
}

/// Why a recorded answer says nothing of its page.
#[derive(Debug)]
pub(crate) enum Unusable {
    /// It is cut off, damaged, no HTTP, or says only that a copy that somebody else has is still good.
    Damaged(String),
    /// The body is over the limit.
    TooLarge(String),
}

/// Whether the header of an answer says without a body what became of its page.
pub(crate) fn is_told_by_head(message: &[u8]) -> bool {
    message::head(message).is_ok_and(|(status, _)| !matches!(status, 200..300 | 304))
}

impl RecordedAnswer<'_> {
    /// Judges the answer.
    ///
    /// # Errors
    /// Why it says nothing of the page.
    pub(crate) fn judge(&self) -> Result<Recorded, Unusable> {
        let url = Url::parse(self.url);
        let mut url = url.map_err(|e| Unusable::Damaged(format!("its address is no URL: {e}")))?;
        redirect::plain(&mut url);
        let reply = match self.body_type {
            Some(label) => message::bare(label, self.message, self.max_body_bytes),
            None => message::answer(self.message, self.max_body_bytes),
        };
        let reply = match reply.map(|reply| self.with_later_head(reply)) {
            Ok(reply) if reply.status == 304 => {
                let why = "304: it has not changed for somebody else";
                return Err(Unusable::Damaged(why.into()));
            }
            Ok(reply) => reply,
            Err(RequestFailure::TooLarge(what)) => return Err(Unusable::TooLarge(what)),
            Err(RequestFailure::Unsupported(what)) => {
                let reply = Reply { status: 200, ..Reply::default() };
                return Ok(self.page(&url, reply, Outcome::UnsupportedType, Some(what)));
            }
            Err(failure) => return Err(Unusable::Damaged(failure.to_string())),
        };
        if self.form != Form::Page {
            // It was put together of pages that were judged.
            return Ok(self.page(&url, reply, Outcome::Ok, None));
        }
        Ok(match redirect::redirect(&reply, &url) {
            Some(found) => match found.target {
                Ok(to) => Recorded::Redirect { to, permanent: found.permanent },
                Err(text) => {
                    let reason = format!("redirects to `{}`, which is no URL", clean(&text));
                    self.page(&url, reply, Outcome::Unreachable, Some(reason))
                }
            },
            None => {
                let (outcome, reason) = classify::judge(&reply, self.product, self.at);
                self.page(&url, reply, outcome, reason)
            }
        })
    }

    /// The answer under the header of the later one, unless that says nothing but that nothing has
    /// changed.
    fn with_later_head(&self, reply: Reply) -> Reply {
        match self.later_head.map(message::head) {
            Some(Ok((status, headers))) if status != 304 => {
                let is_typed = headers.bytes("content-type").is_some();
                let headers = if is_typed { headers } else { reply.headers };
                Reply { status, headers, ..reply }
            }
            _ => reply,
        }
    }

    fn page(&self, url: &Url, reply: Reply, outcome: Outcome, reason: Option<String>) -> Recorded {
        let body = if outcome == Outcome::Ok { reply.body } else { Vec::new() };
        let url = canonical::url_without_userinfo(url.as_str()).unwrap_or_else(|| url.to_string());
        Recorded::Page(Box::new(Page {
            final_url: url.clone(),
            url,
            status: Some(reply.status),
            headers: classify::kept_headers(&reply.headers),
            body,
            fetched_at: self.at,
            outcome,
            reason,
            form: self.form,
            come_back: None,
            source: Source::Live,
            requests: 0,
            wire_bytes: 0,
            elapsed_ms: 0,
        }))
    }
}
