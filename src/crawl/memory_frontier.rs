//! A frontier of a few visits, all of which memory holds.

use std::collections::HashMap;

use crate::{
    crawl::frontier::{Event, Frontier, Visit, host_of},
    page::RobotsCopy,
};

/// A frontier of a few visits in memory.
pub struct MemoryFrontier<'a> {
    queues: Vec<Vec<Visit>>,
    robots: HashMap<String, RobotsCopy>,
    on_event: &'a mut dyn FnMut(Event),
}

impl<'a> MemoryFrontier<'a> {
    /// Puts the visits into queues, the hosts in the order of their first visit.
    pub fn new(
        visits: Vec<Visit>,
        robots: HashMap<String, RobotsCopy>,
        on_event: &'a mut dyn FnMut(Event),
    ) -> MemoryFrontier<'a> {
        let mut queues: Vec<Vec<Visit>> = Vec::new();
        let mut by_host = HashMap::new();
        for visit in visits {
            let at = *by_host.entry(host_of(&visit.url)).or_insert_with(|| {
                queues.push(Vec::new());
                queues.len() - 1
            });
            queues[at].push(visit);
        }
        MemoryFrontier { queues, robots, on_event }
    }
}

impl Frontier for MemoryFrontier<'_> {
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
