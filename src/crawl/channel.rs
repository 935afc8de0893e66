//! The caller of a crawl: the thread where the frontier is, to which all tasks talk.

use tokio::sync::{mpsc, oneshot};

use crate::{
    crawl::frontier::{Event, Visit},
    http::memory_budget::MemoryPermit,
    page::RobotsCopy,
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

/// The way to the caller's thread.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub(crate) mpsc::Sender<Message>);

impl Caller {
    /// Tells the caller of an event; waits while the caller is busy with earlier ones.
    pub(crate) async fn tell(&self, event: Event, permit: MemoryPermit) {
        // Fails only when the caller has stopped listening, and then all tasks are about to end.
        let _ = self.0.send(Message::Event(event, permit)).await;
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
        let _ = self.0.send(question(sender)).await;
        match answer.await {
            Ok(answer) => answer,
            // As in `tell`.
            Err(_) => std::future::pending().await,
        }
    }
}
