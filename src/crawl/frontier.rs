//! The frontier: what is still to be visited, in queues of hosts. Whoever calls the crawler keeps it,
//! so that only what is in hand takes memory.

use std::collections::HashMap;

use url::Url;

use crate::crawl::{Event, RobotsCopy, Visit, host};

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

    /// Is told what happens, in order.
    fn tell(&mut self, event: Event);

    /// Is called when nothing more waits to be told, before the crawl waits for news: the time to
    /// write down what came together.
    fn rest(&mut self) {}
}

/// The host in whose queue a URL belongs; empty for what is no URL.
pub fn host_of(url: &str) -> String {
    Url::parse(url.trim()).map(|url| host::key(&url)).unwrap_or_default()
}

/// A frontier of a few visits in memory.
pub struct Few<'a> {
    queues: Vec<Vec<Visit>>,
    robots: HashMap<String, RobotsCopy>,
    on_event: &'a mut dyn FnMut(Event),
}

impl<'a> Few<'a> {
    /// Puts the visits into queues, the hosts in the order of their first visit.
    pub fn new(
        visits: Vec<Visit>,
        robots: HashMap<String, RobotsCopy>,
        on_event: &'a mut dyn FnMut(Event),
    ) -> Few<'a> {
        let mut queues: Vec<Vec<Visit>> = Vec::new();
        let mut by_host = HashMap::new();
        for visit in visits {
            let at = *by_host.entry(host_of(&visit.url)).or_insert_with(|| {
                queues.push(Vec::new());
                queues.len() - 1
            });
            queues[at].push(visit);
        }
        Few { queues, robots, on_event }
    }
}

impl Frontier for Few<'_> {
    fn hosts(&mut self) -> usize {
        self.queues.len()
    }

    fn visits(&mut self, host: usize) -> Vec<Visit> {
        std::mem::take(&mut self.queues[host])
    }

    fn robots(&mut self, origin: &str) -> Option<RobotsCopy> {
        self.robots.get(origin).cloned()
    }

    fn tell(&mut self, event: Event) {
        (self.on_event)(event);
    }
}
