//! Pieces of large files from the web, asked for as ranges of bytes (RFC 9110, section 14).

use tokio::time::Instant;
use url::Url;

use crate::{
    crawl::{
        exchange::Cost,
        redirect::{self, MAX_HOPS, redirect},
        robots_cache::Permission,
        session::Session,
    },
    http::{
        back_off::{MAX_PAUSE, back_off},
        fetch::Want,
        headers::Headers,
        reason::clean,
        reply::Reply,
    },
};

/// A piece of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct FilePiece {
    /// Fewer than were asked for only at the end of the file.
    pub(crate) bytes: Vec<u8>,
    /// How long the whole file is, where the server says it.
    pub(crate) total: Option<u64>,
}

/// Asks for `length` bytes from an offset on, with the permission of robots.txt, over redirects, and
/// again after what may pass.
///
/// # Errors
/// Why there is no piece.
pub(crate) async fn get(
    session: &Session,
    mut url: Url,
    from: u64,
    length: u64,
) -> Result<FilePiece, String> {
    redirect::plain(&mut url);
    let (mut tries, mut hops, mut cost) = (0, 0, Cost::default());
    loop {
        match &*session.permission(&url, &mut cost).await {
            Permission::Rules(rules) if rules.allows(&url) => {}
            Permission::Rules(_) => return Err("robots.txt forbids it".into()),
            Permission::Refused { reason, .. } => return Err(reason.clone()),
        }
        tries += 1;
        let may_pass = tries < session.tries;
        let pause = back_off(session.exchange.back_off, tries);
        let want = Want::Range { from, length };
        let pause = match session.exchange.send(&url, want, &mut cost).await {
            Err(failure) if failure.is_passing() && may_pass => pause,
            Err(failure) => return Err(failure.to_string()),
            Ok(reply) => match redirect(&reply, &url) {
                Some(found) if reply.status >= 300 => {
                    hops += 1;
                    if hops > MAX_HOPS {
                        return Err(format!("more than {MAX_HOPS} redirects"));
                    }
                    url = found.target.map_err(|text| clean(&text))?;
                    tries -= 1;
                    continue;
                }
                _ if may_pass && matches!(reply.status, 408 | 425 | 429 | 500..=599) => {
                    let asked = reply.headers.retry_after((session.exchange.clock)());
                    if asked.is_some_and(|asked| asked > MAX_PAUSE) {
                        return Err(format!("status {}, to be tried again later", reply.status));
                    }
                    pause.max(asked.unwrap_or_default())
                }
                _ => return piece(reply, from, length),
            },
        };
        tokio::time::sleep_until(Instant::now() + pause).await;
    }
}

/// The piece in an answer, which may be the whole file.
fn piece(reply: Reply, from: u64, length: u64) -> Result<FilePiece, String> {
    let (first, total) = range(&reply.headers);
    match reply.status {
        206 if first != Some(from) => Err("the server gives another part of the file".into()),
        206 => Ok(FilePiece { bytes: reply.body, total }),
        416 => Ok(FilePiece { bytes: Vec::new(), total }),
        200 => {
            let total = Some(reply.body.len() as u64);
            let mut bytes = reply.body;
            bytes.drain(..bytes.len().min(usize::try_from(from).unwrap_or(usize::MAX)));
            bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
            Ok(FilePiece { bytes, total })
        }
        status => Err(format!("status {status}")),
    }
}

/// The first byte and the length of the whole, of `Content-Range: bytes 10-19/100`.
fn range(headers: &Headers) -> (Option<u64>, Option<u64>) {
    let value = headers.text("content-range");
    let Some(range) = value.strip_prefix("bytes ") else { return (None, None) };
    let (range, total) = range.split_once('/').unwrap_or((range, ""));
    let first = range.split_once('-').and_then(|(first, _)| first.trim().parse().ok());
    (first, total.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use crate::{
        crawl::piece::{FilePiece, piece},
        http::{headers::Headers, reply::Reply},
    };

    #[track_caller]
    fn check(status: u16, range: &str, expected: Result<(&str, Option<u64>), &str>) {
        let headers = Headers::with("content-range", range.as_bytes());
        let reply = Reply { status, headers, body: b"0123456789".to_vec(), ..Reply::default() };
        let expected = expected.map(|(bytes, total)| FilePiece { bytes: bytes.into(), total });
        assert_eq!(piece(reply, 4, 3), expected.map_err(str::to_owned), "{status} {range}");
    }

    #[test]
    fn a_piece_is_what_was_asked_for() {
        check(206, "bytes 4-13/100", Ok(("0123456789", Some(100))));
        check(206, "bytes 4-13/*", Ok(("0123456789", None)));
        check(200, "", Ok(("456", Some(10))));
        check(416, "bytes */4", Ok(("", Some(4))));
        let other = "the server gives another part of the file";
        check(206, "bytes 0-9/100", Err(other));
        check(206, "", Err(other));
        check(404, "", Err("status 404"));
    }
}
