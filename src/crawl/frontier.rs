//! The frontier: what is still to be visited, in queues of hosts. Whoever calls the crawler keeps it,
//! so that only what is in hand takes memory.

use jiff::civil::Date;
use url::Url;

use crate::{
    crawl::host,
    page::{Page, RobotsCopy, Validators},
};

/// One page to visit.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Absolute http or https URL, as the list has it. The page comes back under it, without the
    /// user name and the password that it may have.
    pub url: String,
    /// Validators of the stored copy; empty on the first visit.
    pub validators: Validators,
    /// The curator's date, which chooses the archive's capture.
    pub date_listed: Option<Date>,
}

/// What the crawler reports while it works, on the caller's thread and in order.
#[derive(Debug)]
pub enum Event {
    /// A request goes out; for `-v`.
    Request {
        /// `GET` and the URL.
        url: String,
    },
    /// An answer to `/robots.txt` that is worth keeping, by origin (`https://host:port`).
    Robots {
        /// Scheme, host and port.
        origin: String,
        /// The answer.
        copy: RobotsCopy,
    },
    /// A visit has ended; one for each [`Visit`], in the order in which they end.
    Page(Box<Page>),
    /// The first hosts all failed to resolve or connect: there is no network, the rest is not tried.
    NoNetwork,
}

/// What a crawl works for. All of it is asked on the thread that called the crawler, one after the
/// other.
pub trait Frontier {
    /// How many hosts have a queue.
    fn hosts(&mut self) -> usize;

    /// The next few visits to a host, counted from 0: none when its queue is empty. Hosts are begun
    /// in their order.
    fn visits(&mut self, host: usize) -> Vec<Visit>;

    /// The stored answer to the `robots.txt` of an origin (`https://host:port`).
    fn robots(&mut self, origin: &str) -> Option<RobotsCopy>;

    /// Receives what happens, in order.
    fn tell(&mut self, event: Event);

    /// Is called when nothing more waits to be received, before the crawl waits for news: the time to
    /// write down what came together.
    fn rest(&mut self) {}
}

/// The host in whose queue a URL belongs; empty for what is no URL.
pub fn host_of(url: &str) -> String {
    Url::parse(url.trim()).map(|url| host::key(&url)).unwrap_or_default()
}
