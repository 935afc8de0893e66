//! The run of a crawl: hosts side by side, the pages of one host one after the other.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use jiff::civil::Date;
use tokio::{
    runtime,
    sync::mpsc,
    task::JoinSet,
    time::{Instant, MissedTickBehavior},
};
use url::Url;

use crate::{
    crawl::{
        archive,
        channel::{Caller, Message},
        frontier::{Event, Frontier},
        in_flight::InFlight,
        options::CrawlOptions,
        piece::{self, FilePiece},
        session::Session,
        stop::Stop,
        visit::{OpenVisit, VisitStep},
    },
    error::Error,
    http::memory_budget::MemoryPermit,
    page::{Outcome, Page},
};

/// Messages that may wait for the caller; more would only hold more bodies.
const MESSAGES_WAITING: usize = 64;
/// A page that could not be had, with the date that chooses its archived copy.
type Missing = (Page, Option<Date>);

/// How often the flag that asks to stop is looked at.
const STOP_CHECK: Duration = Duration::from_millis(50);
/// How long pages in hand may take after that; who asks a container to stop kills it after 10 s.
const GRACE: Duration = Duration::from_secs(8);
/// Looks without a request on its way and without news, after which nothing is in hand any more.
const QUIET: u32 = 2;

/// Runs a crawl of so many hosts on a runtime of its own; see [`crate::crawl::crawl_all`].
pub(crate) fn run(
    frontier: &mut dyn Frontier,
    hosts: usize,
    settings: &CrawlOptions,
    stop: &Stop,
) -> Result<(), Error> {
    in_runtime(stop, frontier, |caller, in_flight, workers| {
        let session = Arc::new(Session::new(settings, hosts, caller, in_flight)?);
        let (missing, inbox) = mpsc::unbounded_channel();
        if settings.policy.archive {
            workers.spawn(work_on_missing(Arc::clone(&session), inbox));
        }
        let begun = Arc::new(AtomicUsize::new(0));
        for _ in 0..settings.policy.hosts_at_once.clamp(1, hosts) {
            let (session, begun) = (Arc::clone(&session), Arc::clone(&begun));
            let missing = settings.policy.archive.then(|| missing.clone());
            workers.spawn(async move {
                loop {
                    let host = begun.fetch_add(1, Ordering::Relaxed);
                    if host >= hosts {
                        break;
                    }
                    work(&session, host, missing.as_ref()).await;
                }
            });
        }
        Ok(())
    })
}

/// Runs the look-up of archived copies on a runtime of its own; see [`crate::crawl::ask_archive`].
pub(crate) fn run_archive(
    pages: Vec<Missing>,
    frontier: &mut dyn Frontier,
    settings: &CrawlOptions,
    stop: &Stop,
) -> Result<(), Error> {
    in_runtime(stop, frontier, |caller, in_flight, workers| {
        let session = Arc::new(Session::new(settings, 1, caller, in_flight)?);
        let (missing, inbox) = mpsc::unbounded_channel();
        for page in pages {
            // The other end is at hand.
            let _ = missing.send(page);
        }
        workers.spawn(work_on_missing(session, inbox));
        Ok(())
    })
}

/// Fetches a piece of a file on a runtime of its own; none when somebody asked to stop before it came;
/// see [`crate::crawl::fetch_piece`].
pub(crate) fn run_piece(
    url: Url,
    from: u64,
    length: u64,
    frontier: &mut dyn Frontier,
    settings: &CrawlOptions,
    stop: &Stop,
) -> Result<Option<Result<FilePiece, String>>, Error> {
    let (sender, mut fetched) = mpsc::unbounded_channel();
    in_runtime(stop, frontier, |caller, in_flight, workers| {
        let session = Session::new(settings, 1, caller, in_flight)?;
        workers.spawn(async move {
            // The other end is at hand.
            let _ = sender.send(piece::get(&session, url, from, length).await);
        });
        Ok(())
    })?;
    Ok(fetched.try_recv().ok())
}

/// Starts workers on a new runtime and hands what they say to the frontier, until the last of them
/// has ended, or somebody asks to stop and what was in hand has come in.
fn in_runtime(
    stop: &Stop,
    frontier: &mut dyn Frontier,
    start: impl FnOnce(Caller, InFlight, &mut JoinSet<()>) -> Result<(), Error>,
) -> Result<(), Error> {
    let runtime = runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("crawl")
        .build()
        .map_err(|e| Error::Network(format!("no threads for the network: {e}")))?;
    let done = runtime.block_on(async {
        let (caller, mut inbox) = mpsc::channel::<Message>(MESSAGES_WAITING);
        let mut workers = JoinSet::new();
        // The workers hold the only senders: when they end, the inbox ends.
        let in_flight = InFlight::new(stop);
        start(Caller(caller), in_flight.clone(), &mut workers)?;
        let mut tick = tokio::time::interval(STOP_CHECK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut messages = Vec::new();
        let (mut quiet, mut asked) = (0, None);
        while quiet < QUIET && !stop.is_abandoned() {
            tokio::select! {
                count = inbox.recv_many(&mut messages, MESSAGES_WAITING) => {
                    quiet = 0;
                    for message in messages.drain(..) {
                        if !stop.is_abandoned() {
                            answer(message, frontier);
                        }
                    }
                    frontier.rest();
                    if count == 0 {
                        break;
                    }
                }
                _ = tick.tick() => {
                    if stop.is_stopped() {
                        quiet = if in_flight.any() { 0 } else { quiet + 1 };
                        if asked.get_or_insert_with(Instant::now).elapsed() > GRACE {
                            break;
                        }
                    }
                }
            }
        }
        Ok(())
    });
    // Look-ups of names cannot be interrupted; nobody waits for them.
    runtime.shutdown_background();
    done
}

/// Hands a message on; whoever waits for the answer may have ended.
fn answer(message: Message, frontier: &mut dyn Frontier) {
    match message {
        // The memory of a body is free again after the caller has had it.
        Message::Event(event, _hold) => frontier.tell(event),
        Message::Visits(host, answer) => drop(answer.send(frontier.visits(host))),
        Message::Robots(origin, answer) => drop(answer.send(frontier.robots(&origin))),
    }
}

/// Works off the queue of one host, one page after the other. Pages that could not be had go on to
/// `missing`, if there is such a way.
async fn work(session: &Session, host: usize, missing: Option<&mpsc::UnboundedSender<Missing>>) {
    loop {
        let visits = session.exchange.caller.visits(host).await;
        if visits.is_empty() {
            break;
        }
        for visit in visits {
            let mut visit = OpenVisit::new(visit);
            let done = loop {
                if session.exchange.offline.is_offline() {
                    break visit.give_up(session);
                }
                match visit.step(session).await {
                    VisitStep::Again(at) => tokio::time::sleep_until(at).await,
                    VisitStep::Done(done) => break *done,
                }
            };
            match missing {
                Some(missing) if is_missing(&done.page) => {
                    // Its receiver works as long as there are senders.
                    let _ = missing.send((done.page, visit.date_listed()));
                }
                _ => {
                    session
                        .exchange
                        .caller
                        .tell(Event::Page(Box::new(done.page)), done.permit)
                        .await
                }
            }
            if done.offline
                && !session.exchange.offline.is_online()
                && session.exchange.offline.host_failed().await
            {
                session.exchange.caller.tell(Event::NoNetwork, MemoryPermit::default()).await;
            }
        }
    }
    session.exchange.offline.host_ended();
}

/// Whether an archived copy is wanted in place of a page: never of one that is there.
fn is_missing(page: &Page) -> bool {
    matches!(page.outcome, Outcome::Gone | Outcome::Blocked)
}

/// Asks the archive for one page after the other, at its own pace beside the crawl.
async fn work_on_missing(session: Arc<Session>, mut inbox: mpsc::UnboundedReceiver<Missing>) {
    while let Some((page, date)) = inbox.recv().await {
        let (mut page, reply) = archive::put_copy_in_place(&session, page, date).await;
        page.body = reply.body;
        session.exchange.caller.tell(Event::Page(Box::new(page)), reply.permit).await;
    }
}
