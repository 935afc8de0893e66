//! What all tasks of one crawl share, and the one way in which any of them sends a request.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::{OnceCell, mpsc, oneshot},
    time::Instant,
};
use url::Url;

use crate::{
    crawl::{
        Event, RobotsCopy, Settings, Stop, Visit,
        host::{Hosts, MAX_PAUSE, back_off},
        permission::Permission,
        recent::Recent,
        watch::Watch,
    },
    error::Error,
    http::{
        client::Client,
        fetch::{self, Limits, Want},
        memory_budget::MemoryPermit,
        reply::{Reply, RequestFailure},
    },
    page::Page,
    policy::Adapter,
};

/// What the workers say to the caller's thread, where the frontier is.
pub(crate) enum Message {
    /// Something has happened; with the memory that the body of a page may take.
    Event(Event, MemoryPermit),
    /// The next visits to a host are wanted.
    Visits(usize, oneshot::Sender<Vec<Visit>>),
    /// The stored robots.txt of an origin is wanted.
    Robots(String, oneshot::Sender<Option<RobotsCopy>>),
}

/// What all tasks of one crawl share.
pub(crate) struct Session {
    pub(crate) hosts: Hosts,
    pub(crate) watch: Watch,
    /// Which services are asked in ways of their own.
    pub(crate) adapters: BTreeSet<Adapter>,
    /// Tries for one page.
    pub(crate) tries: u32,
    /// First pause after a failure.
    pub(crate) back_off: Duration,
    pub(crate) clock: fn() -> Timestamp,
    /// The name that robots.txt and `X-Robots-Tag` call us by.
    pub(crate) product: String,
    client: Client,
    limits: Limits,
    permissions: Recent<OnceCell<Arc<Permission>>>,
    caller: mpsc::Sender<Message>,
    flights: Flights,
}

/// The requests on their way. None begins when somebody has asked to stop.
#[derive(Clone, Debug)]
pub(crate) struct Flights {
    stop: Stop,
    count: Arc<AtomicUsize>,
}

/// One of them, until it is dropped.
pub(crate) struct Flight(Arc<AtomicUsize>);

impl Flights {
    pub(crate) fn new(stop: &Stop) -> Flights {
        Flights { stop: stop.clone(), count: Arc::default() }
    }

    /// Whether any request is on its way.
    pub(crate) fn any(&self) -> bool {
        self.count.load(Ordering::SeqCst) > 0
    }

    /// Begins one; none when nothing is to begin any more.
    fn begin(&self) -> Option<Flight> {
        self.count.fetch_add(1, Ordering::SeqCst);
        let flight = Flight(Arc::clone(&self.count));
        (!self.stop.is_stopped()).then_some(flight)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What a visit has cost so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cost {
    pub(crate) requests: u32,
    pub(crate) wire_bytes: u64,
    pub(crate) elapsed: Duration,
}

impl Cost {
    /// Adds to what a page says that it has cost.
    pub(crate) fn add_to(&self, page: &mut Page) {
        page.requests += self.requests;
        page.wire_bytes += self.wire_bytes;
        page.elapsed_ms += u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX);
    }
}

impl Session {
    /// Sets up the client; `hosts` is how many hosts there are to visit.
    pub(crate) fn new(
        settings: &Settings,
        hosts: usize,
        caller: mpsc::Sender<Message>,
        flights: Flights,
    ) -> Result<Session, Error> {
        let policy = &settings.policy;
        let product = settings.user_agent.split(['/', ' ']).next().unwrap_or_default();
        Ok(Session {
            hosts: Hosts::new(policy, settings.known.clone()),
            watch: Watch::new(hosts, policy.hosts_at_once.max(1)),
            adapters: policy.adapters.clone(),
            tries: settings.tries,
            back_off: settings.back_off,
            clock: settings.clock,
            product: product.to_owned(),
            client: Client::new(&settings.user_agent, policy)?,
            limits: Limits::new(
                policy.max_body_bytes,
                policy.connect_timeout,
                policy.idle_timeout,
                policy.total_timeout,
            ),
            permissions: Recent::default(),
            caller,
            flights,
        })
    }

    /// The moment that lies so far ahead.
    pub(crate) fn after(&self, wait: Duration) -> Timestamp {
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
        (self.clock)().checked_add(wait).unwrap_or(Timestamp::MAX)
    }

    /// Tells the caller; waits while the caller is busy with what was told before.
    pub(crate) async fn tell(&self, event: Event, permit: MemoryPermit) {
        // Fails only when the caller has stopped listening, and then all tasks are about to end.
        let _ = self.caller.send(Message::Event(event, permit)).await;
    }

    /// The next visits to a host; none when it is done.
    pub(crate) async fn visits(&self, host: usize) -> Vec<Visit> {
        self.ask(|answer| Message::Visits(host, answer)).await
    }

    /// The stored robots.txt of an origin.
    pub(crate) async fn robots(&self, origin: &str) -> Option<RobotsCopy> {
        self.ask(|answer| Message::Robots(origin.to_owned(), answer)).await
    }

    async fn ask<T>(&self, question: impl FnOnce(oneshot::Sender<T>) -> Message) -> T {
        let (sender, answer) = oneshot::channel();
        let _ = self.caller.send(question(sender)).await;
        match answer.await {
            Ok(answer) => answer,
            // As in `tell`.
            Err(_) => std::future::pending().await,
        }
    }

    /// The place where the permission for a URL's origin is kept.
    pub(crate) fn permission_cell(&self, url: &Url) -> Arc<OnceCell<Arc<Permission>>> {
        // Rules can be had from the frontier again, a refusal cannot.
        let is_idle = |cell: &OnceCell<Arc<Permission>>| {
            cell.get().is_none_or(|permission| matches!(**permission, Permission::Rules(_)))
        };
        self.permissions.get(url.origin().ascii_serialization(), |_| OnceCell::new(), is_idle)
    }

    /// Whether nobody else is to learn of a page, because its host is not a public one.
    pub(crate) async fn is_internal(&self, url: &Url) -> bool {
        self.client.is_internal(url).await
    }

    /// Whether a failure may mean that there is no network, as long as nobody has answered.
    pub(crate) fn is_offline_suspect(&self, failure: &RequestFailure) -> bool {
        matches!(failure, RequestFailure::Offline(_)) && !self.watch.is_proven()
    }

    /// Sends one request when it is the host's turn, and waits for the whole answer.
    pub(crate) async fn exchange(
        &self,
        url: &Url,
        want: Want<'_>,
        cost: &mut Cost,
    ) -> Result<Reply, RequestFailure> {
        let route = self.client.route(url).map_err(RequestFailure::Forbidden)?;
        let host = self.hosts.get(url);
        let mut turn = host.turn.lock().await;
        if host.is_dropped() {
            return Err(RequestFailure::Dropped);
        }
        turn.wait().await;
        let Some(_flight) = self.flights.begin() else {
            // The crawl ends without this page as soon as those in hand have come in.
            return std::future::pending().await;
        };
        self.tell(Event::Request { url: url.to_string() }, MemoryPermit::default()).await;
        let started = turn.start();
        let mut answered: Option<Instant> = None;
        let result = fetch::send(route, url, want, &self.limits, &mut answered).await;
        if let Some(answered) = answered {
            turn.answered_at(answered);
            self.watch.prove();
        }
        cost.elapsed += started.elapsed();
        // What ends before the connection stands is no request: the site never saw it.
        let unsent = |failure: &RequestFailure| {
            matches!(
                failure,
                RequestFailure::Forbidden(_)
                    | RequestFailure::Offline(_)
                    | RequestFailure::Refused(_)
            )
        };
        if !result.as_ref().is_err_and(unsent) {
            cost.requests += 1;
        }
        match result {
            Ok(reply) => {
                cost.wire_bytes += reply.wire_bytes;
                if matches!(reply.status, 429 | 503) {
                    let asked = reply.headers.retry_after((self.clock)());
                    let asked = asked.filter(|pause| *pause <= MAX_PAUSE);
                    turn.pause(asked.unwrap_or_else(|| back_off(self.back_off, 1)));
                }
                Ok(reply)
            }
            Err(RequestFailure::Refused(what)) if route.by_proxy => {
                Err(RequestFailure::Offline(format!("proxy: {what}")))
            }
            Err(failure) => Err(failure),
        }
    }
}
