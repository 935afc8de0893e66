//! One visit: from the URL in the list over robots, redirects and retries to a page with an outcome.

use jiff::civil::Date;
use tokio::time::Instant;
use url::Url;

use crate::{
    canonical,
    crawl::{
        adapter::{self, AdapterPlan, Ask},
        archive, classify,
        exchange::Cost,
        frontier::Visit,
        redirect::{self, MAX_HOPS},
        robots_cache::Permission,
        session::Session,
    },
    http::{
        back_off::{MAX_PAUSE, back_off},
        fetch::Want,
        memory_budget::MemoryPermit,
        reason::clean,
        reply::{Reply, RequestFailure},
    },
    page::{Form, Outcome, Page, Source, Validators},
};

/// A visit under way; it keeps its place between tries.
#[derive(Debug)]
pub(crate) struct OpenVisit {
    visit: Visit,
    /// Where it stands.
    url: Url,
    /// Where it has been, this one included.
    seen: Vec<Url>,
    /// Whether every redirect so far was for good.
    permanent: bool,
    /// Whether a redirect of this visit gave a cookie, which is never sent back.
    wants_cookies: bool,
    tries: u32,
    cost: Cost,
    /// Why it cannot begin.
    astray: Option<String>,
}

/// What a try came to.
pub(crate) enum VisitStep {
    /// The visit has ended.
    Done(Box<EndedVisit>),
    /// It is to be tried again, not before the given moment.
    Again(Instant),
}

/// The end of a visit.
pub(crate) struct EndedVisit {
    pub(crate) page: Page,
    /// The memory that the body may take.
    pub(crate) permit: MemoryPermit,
    /// Whether nobody was reached at all.
    pub(crate) offline: bool,
}

impl OpenVisit {
    /// A visit that begins.
    pub(crate) fn new(mut visit: Visit) -> OpenVisit {
        if let Some(url) = canonical::url_without_userinfo(&visit.url) {
            visit.url = url;
        }
        let (mut url, astray) = match Url::parse(visit.url.trim()) {
            Ok(url) => (url, None),
            // Stands for no place at all; nothing is ever sent there.
            Err(error) => (
                Url::parse("about:blank").expect("a URL without variable parts"),
                Some(format!("not a URL: {error}")),
            ),
        };
        redirect::plain(&mut url);
        let seen = vec![url.clone()];
        OpenVisit {
            visit,
            url,
            seen,
            permanent: true,
            wants_cookies: false,
            tries: 0,
            cost: Cost::default(),
            astray,
        }
    }

    /// The curator's date.
    pub(crate) fn date_listed(&self) -> Option<Date> {
        self.visit.date_listed
    }

    /// Goes on until the visit ends or has to wait.
    pub(crate) async fn step(&mut self, session: &Session) -> VisitStep {
        if let Some(reason) = self.astray.take() {
            return self.end(session, Outcome::Unreachable, reason);
        }
        self.tries += 1;
        if self.tries == 1
            && let Some(plan) = adapter::plan(&self.url, &session.adapters)
            && !session.exchange.is_internal(&self.url).await
            && let Some(page) = self.adapt(session, &plan).await
        {
            return VisitStep::Done(Box::new(EndedVisit {
                page,
                permit: MemoryPermit::default(),
                offline: false,
            }));
        }
        loop {
            let permission = session.permission(&self.url, &mut self.cost).await;
            match &*permission {
                Permission::Refused { outcome, reason, offline, come_back } => {
                    let mut done = self.fail(session, *outcome, reason.clone());
                    done.page.come_back = *come_back;
                    return VisitStep::Done(Box::new(EndedVisit { offline: *offline, ..done }));
                }
                Permission::Rules(rules) if !rules.allows(&self.url) => {
                    let reason = format!("robots.txt forbids {}", clean(self.url.path()));
                    return self.end(session, Outcome::Disallowed, reason);
                }
                Permission::Rules(_) => {}
            }
            let validators = self.validators();
            let reply = match session
                .exchange
                .send(&self.url, Want::Page(&validators), &mut self.cost)
                .await
            {
                Ok(reply) => reply,
                Err(failure) => return self.failed(session, &failure),
            };
            if let Some(found) = redirect::redirect(&reply, &self.url) {
                let target = match found.target {
                    Ok(target) => target,
                    Err(text) => {
                        let reason = format!("redirects to `{}`, which is no URL", clean(&text));
                        return self.end(session, Outcome::Unreachable, reason);
                    }
                };
                session.exchange.hosts.get(&self.url).answered();
                self.wants_cookies |= reply.headers.bytes("set-cookie").is_some();
                if self.seen.contains(&target) {
                    // The page is there, for whoever sends back what it gives.
                    let (outcome, reason) = match self.wants_cookies {
                        true => (Outcome::Blocked, "redirects in a circle without cookies"),
                        false => (Outcome::Unreachable, "redirects in a circle"),
                    };
                    return self.end(session, outcome, reason.into());
                }
                if self.seen.len() > MAX_HOPS {
                    let reason = format!("more than {MAX_HOPS} redirects");
                    return self.end(session, Outcome::Unreachable, reason);
                }
                self.permanent &= found.permanent;
                self.seen.push(target.clone());
                self.url = target;
                continue;
            }
            return self.answered(session, reply, &validators);
        }
    }

    /// Asks a service for the text in its own way; none when the plain page has to do.
    async fn adapt(&mut self, session: &Session, plan: &AdapterPlan) -> Option<Page> {
        let mut bodies = Vec::new();
        let mut first = None;
        for Ask { url, accept } in &plan.asks {
            let validators = match first {
                None => self.visit.validators.clone(),
                Some(_) => Validators::default(),
            };
            let want = Want::Data { accept, validators: &validators };
            let reply =
                archive::answer(session, url, want, &mut self.cost).await.unwrap_or_default();
            if first.is_none() && reply.status == 304 {
                let mut page = self.page(session, Outcome::Unchanged, None);
                page.status = Some(304);
                return Some(page);
            }
            bodies.push((reply.status == 200).then_some(reply.body));
            first.get_or_insert((reply.status, reply.headers));
        }
        let html = (plan.compose)(&self.url, &bodies)?;
        let (status, headers) = first?;
        let mut page = self.page(session, Outcome::Ok, Some(plan.what.to_owned()));
        page.status = Some(status);
        page.headers = classify::kept_headers(&headers);
        page.headers.retain(|(name, _)| matches!(name.as_str(), "etag" | "last-modified" | "date"));
        page.headers.push(("content-type".into(), "text/html; charset=utf-8".into()));
        if plan.is_summary {
            page.form = Form::Summary;
        }
        page.body = html.into_bytes();
        Some(page)
    }

    /// The validators for where the visit stands. A date says nothing of another page, so that only
    /// the entity tag, which names a text, goes along with redirects.
    fn validators(&self) -> Validators {
        let mut validators = self.visit.validators.clone();
        if self.seen.len() > 1 {
            validators.last_modified = None;
        }
        validators
    }

    /// Ends or puts off a visit that got no answer.
    fn failed(&self, session: &Session, failure: &RequestFailure) -> VisitStep {
        let suspect = session.exchange.is_offline_suspect(failure);
        if failure.is_passing() && self.tries < session.tries && !suspect {
            return VisitStep::Again(
                Instant::now() + back_off(session.exchange.back_off, self.tries),
            );
        }
        let outcome = match failure {
            RequestFailure::TooLarge(_) => Outcome::TooLarge,
            RequestFailure::Unsupported(_) => Outcome::UnsupportedType,
            _ => Outcome::Unreachable,
        };
        match failure {
            RequestFailure::Offline(_)
            | RequestFailure::Refused(_)
            | RequestFailure::Timeout(_)
            | RequestFailure::NoHttp(_) => session.exchange.hosts.get(&self.url).failed(),
            RequestFailure::TooLarge(_) | RequestFailure::Unsupported(_) => {
                session.exchange.hosts.get(&self.url).answered();
            }
            _ => {}
        }
        let mut done = self.fail(session, outcome, self.tried(failure.to_string()));
        if *failure == RequestFailure::Dropped {
            done.page.come_back = session.exchange.hosts.get(&self.url).come_back();
        }
        VisitStep::Done(Box::new(EndedVisit {
            offline: matches!(failure, RequestFailure::Offline(_)),
            ..done
        }))
    }

    /// Ends or puts off a visit that got an answer.
    fn answered(&self, session: &Session, reply: Reply, sent: &Validators) -> VisitStep {
        let (outcome, reason) =
            classify::judge(&reply, &session.exchange.product, (session.exchange.clock)());
        let host = session.exchange.hosts.get(&self.url);
        if !matches!(reply.status, 408 | 425 | 429 | 500 | 502..=504 | 507 | 508 | 520..=599) {
            host.answered();
        } else if outcome == Outcome::Unreachable || matches!(reply.status, 408 | 425 | 429) {
            let reason = reason.unwrap_or_default();
            let asked = reply.headers.retry_after((session.exchange.clock)());
            if let Some(asked) = asked.filter(|asked| *asked > MAX_PAUSE) {
                let until = session.exchange.after(asked);
                host.put_off(until);
                let reason = format!("{reason}, come back in {} s", asked.as_secs());
                let mut done = self.fail(session, outcome, reason);
                done.page.come_back = Some(until);
                return VisitStep::Done(Box::new(done));
            }
            if self.tries < session.tries {
                let pause =
                    back_off(session.exchange.back_off, self.tries).max(asked.unwrap_or_default());
                return VisitStep::Again(Instant::now() + pause);
            }
            host.failed();
            return self.end(session, outcome, self.tried(reason));
        }
        if reply.status == 304 && sent.etag.is_none() && sent.last_modified.is_none() {
            let reason = "304: unchanged, but nothing was asked".to_owned();
            return self.end(session, Outcome::Unreachable, reason);
        }
        let mut page = self.page(session, outcome, reason);
        page.status = Some(reply.status);
        page.headers = classify::kept_headers(&reply.headers);
        if outcome == Outcome::Ok {
            page.body = reply.body;
        }
        if outcome.is_good() && self.permanent && self.seen.len() > 1 {
            page.outcome = Outcome::Moved;
            page.reason = Some(format!("moved to {}", clean(self.url.as_str())));
        }
        VisitStep::Done(Box::new(EndedVisit { page, permit: reply.permit, offline: false }))
    }

    /// Ends the visit without a text.
    fn end(&self, session: &Session, outcome: Outcome, reason: String) -> VisitStep {
        VisitStep::Done(Box::new(self.fail(session, outcome, reason)))
    }

    fn fail(&self, session: &Session, outcome: Outcome, reason: String) -> EndedVisit {
        let reason = match self.seen.len() {
            1 => reason,
            _ => format!("{reason} (after redirects, at {})", clean(self.url.as_str())),
        };
        EndedVisit {
            page: self.page(session, outcome, Some(reason)),
            permit: MemoryPermit::default(),
            offline: false,
        }
    }

    fn page(&self, session: &Session, outcome: Outcome, reason: Option<String>) -> Page {
        Page {
            url: self.visit.url.clone(),
            final_url: self.url.to_string(),
            status: None,
            headers: Vec::new(),
            body: Vec::new(),
            fetched_at: (session.exchange.clock)(),
            outcome,
            reason,
            form: Form::Page,
            come_back: None,
            source: Source::Live,
            requests: self.cost.requests,
            wire_bytes: self.cost.wire_bytes,
            elapsed_ms: u64::try_from(self.cost.elapsed.as_millis()).unwrap_or(u64::MAX),
        }
    }

    fn tried(&self, reason: String) -> String {
        match self.tries {
            1 => reason,
            tries => format!("{reason}, {tries} times"),
        }
    }

    /// Ends the visit because there is no network.
    pub(crate) fn give_up(&self, session: &Session) -> EndedVisit {
        self.fail(session, Outcome::Unreachable, "no network".into())
    }
}
