//! The robots cache: what the robots.txt of each origin permits. It is fetched first, used for a day,
//! and when it cannot be had, nothing is permitted.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::sync::OnceCell;
use url::Url;

use crate::{
    crawl::{
        cache::Cache,
        exchange::{Cost, Exchange},
        frontier::Event,
        redirect::{MAX_HOPS, redirect},
        robots::{self, Rules},
    },
    http::{
        back_off::{MAX_PAUSE, back_off},
        fetch::Want,
        headers::Headers,
        memory_budget::MemoryPermit,
        reply::{Reply, RequestFailure},
    },
    page::{Outcome, RobotsCopy},
};

/// Tries for one robots.txt in one run.
const TRIES: u32 = 2;
/// A copy is used this long (RFC 9309, section 2.4).
const MAX_AGE: Duration = Duration::from_secs(24 * 3600);

/// What the robots.txt of an origin comes to.
#[derive(Debug)]
pub(crate) enum Permission {
    /// These rules decide.
    Rules(Rules),
    /// Nothing may be fetched in this run.
    Refused {
        /// The outcome of every visit.
        outcome: Outcome,
        /// The evidence.
        reason: String,
        /// Whether nobody was reached at all.
        offline: bool,
        /// When the site wants to be asked again, when that is not in this run.
        come_back: Option<Timestamp>,
    },
}

/// The permissions of a crawl, by origin.
#[derive(Default)]
pub(crate) struct RobotsCache(Cache<OnceCell<Arc<Permission>>>);

impl RobotsCache {
    /// The permission for an origin; fetches its robots.txt unless this was done already. The rules
    /// are those of the host asked first, wherever its robots.txt redirects to (RFC 9309, section
    /// 2.3.1.2).
    pub(crate) async fn permission(
        &self,
        exchange: &Exchange,
        url: &Url,
        cost: &mut Cost,
    ) -> Arc<Permission> {
        // Rules can be had from the frontier again, a refusal cannot.
        let is_idle = |cell: &OnceCell<Arc<Permission>>| {
            cell.get().is_none_or(|permission| matches!(**permission, Permission::Rules(_)))
        };
        let cell = self.0.get(url.origin().ascii_serialization(), |_| OnceCell::new(), is_idle);
        let permission =
            cell.get_or_init(|| async { Arc::new(find(exchange, url, cost).await) }).await;
        Arc::clone(permission)
    }
}

async fn find(exchange: &Exchange, url: &Url, cost: &mut Cost) -> Permission {
    let origin = url.origin().ascii_serialization();
    let stored = exchange.caller.robots(&origin).await;
    if let Some(copy) = stored.as_ref().filter(|copy| is_fresh(exchange, copy)) {
        return adopt(exchange, url, copy).await;
    }
    let mut tries = 0;
    let refused = loop {
        tries += 1;
        let (mut refused, pause) = match fetch(exchange, url, cost).await {
            Ok(reply) if is_answer(reply.status) => {
                let status = Some(reply.status);
                let body = if reply.status < 300 { reply.body } else { Vec::new() };
                let copy = RobotsCopy { fetched_at: (exchange.clock)(), status, body };
                let permission = adopt(exchange, url, &copy).await;
                exchange.caller.tell(Event::Robots { origin, copy }, MemoryPermit::default()).await;
                return permission;
            }
            Ok(reply) => {
                let pause = reply.headers.retry_after((exchange.clock)());
                (disallowed(format!("robots.txt answered {}", reply.status)), pause)
            }
            Err(failure) => {
                if !failure.is_passing() || exchange.is_offline_suspect(&failure) {
                    tries = TRIES;
                }
                (refused_by(&failure), None)
            }
        };
        if let Some(asked) = pause.filter(|pause| *pause > MAX_PAUSE) {
            if let Permission::Refused { come_back, .. } = &mut refused {
                *come_back = Some(exchange.after(asked));
            }
            break refused;
        }
        if tries >= TRIES {
            break refused;
        }
        let pause = pause.unwrap_or_else(|| back_off(exchange.back_off, tries));
        exchange.hosts.get(url).slot.lock().await.pause(pause);
    };
    match stored {
        // An old copy is better than none (RFC 9309, section 2.4), unless nobody is there at all or
        // the site asks to be left alone for now.
        Some(copy)
            if matches!(refused, Permission::Refused { offline: false, come_back: None, .. }) =>
        {
            adopt(exchange, url, &copy).await
        }
        _ => refused,
    }
}

/// Turns a copy into rules and takes over its delay.
async fn adopt(exchange: &Exchange, url: &Url, copy: &RobotsCopy) -> Permission {
    let rules = Rules::parse(&copy.body, &exchange.product);
    if let Some(delay) = rules.delay {
        exchange.hosts.get(url).slot.lock().await.slow_down(delay);
    }
    Permission::Rules(rules)
}

fn is_fresh(exchange: &Exchange, copy: &RobotsCopy) -> bool {
    let age = (exchange.clock)().duration_since(copy.fetched_at);
    Duration::try_from(age).is_ok_and(|age| age < MAX_AGE)
}

/// Whether a status settles the matter: rules, or that there are none. Server errors and 429 do not.
fn is_answer(status: u16) -> bool {
    matches!(status, 200..=499) && status != 429
}

/// Follows the redirects of a robots.txt. Each hop keeps to the pace of its host.
async fn fetch(exchange: &Exchange, url: &Url, cost: &mut Cost) -> Result<Reply, RequestFailure> {
    let mut url = match url.join("/robots.txt") {
        Ok(url) => url,
        Err(e) => return Err(RequestFailure::Forbidden(format!("forbidden address: {e}"))),
    };
    for _ in 0..=MAX_HOPS {
        let reply =
            exchange.send(&url, Want::Robots { max_bytes: robots::MAX_BYTES as u64 }, cost).await?;
        if reply.status < 300 {
            return Ok(reply);
        }
        match redirect(&reply, &url) {
            None => return Ok(reply),
            Some(found) => match found.target {
                Ok(target) => url = target,
                Err(_) => return Ok(Reply { headers: Headers::default(), ..reply }),
            },
        }
    }
    Err(RequestFailure::Broken("more than 10 redirects".into()))
}

fn disallowed(what: String) -> Permission {
    let reason = format!("{what}: disallowed for now, to be tried again later");
    Permission::Refused { outcome: Outcome::Disallowed, reason, offline: false, come_back: None }
}

/// A robots.txt that cannot be had forbids everything for now; when nobody is there, the pages
/// cannot be had either.
fn refused_by(failure: &RequestFailure) -> Permission {
    match failure {
        RequestFailure::Timeout(what)
        | RequestFailure::NoHttp(what)
        | RequestFailure::Broken(what)
        | RequestFailure::TooLarge(what)
        | RequestFailure::Unsupported(what) => disallowed(format!("robots.txt: {what}")),
        other => Permission::Refused {
            outcome: Outcome::Unreachable,
            reason: other.to_string(),
            offline: matches!(other, RequestFailure::Offline(_)),
            come_back: None,
        },
    }
}
