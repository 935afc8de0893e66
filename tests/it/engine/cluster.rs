//! The cluster that the suite runs against: one of its own, one that was named, or none.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process,
    sync::{LazyLock, Mutex, OnceLock, RwLock, RwLockReadGuard, RwLockWriteGuard},
    thread,
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::Value;

use crate::engine::{
    java::Java,
    node::{Node, Ports},
    rest::Rest,
};

/// Asks for a cluster of the suite's own: [`IF_POSSIBLE`], a version such as `2.19.6`, or anything else to
/// insist.
const OWN: &str = "MLSEARCH_TEST_CLUSTER";
/// Without Java and Maven the suite is not run.
const IF_POSSIBLE: &str = "if-possible";
/// The address of another one.
const NAMED: &str = "MLSEARCH_ENGINE_URL";
/// Nodes of a cluster of the suite's own.
const NODES: usize = 3;
/// The longest wait for a state of a cluster, which is never waited for when it is there before.
const PATIENCE: Duration = Duration::from_secs(180);

/// Real nodes that this process has started.
pub struct Cluster {
    java: Java,
    nodes: Vec<Mutex<Node>>,
}

/// A cluster and how it is reached.
pub struct Target {
    pub url: String,
    /// The nodes, if they are ours to be killed.
    pub own: Option<Cluster>,
    in_use: RwLock<()>,
}

/// The cluster of the suite; none when it is not to be run, which is said loudly.
pub fn target() -> Option<&'static Target> {
    static TARGET: OnceLock<Option<Target>> = OnceLock::new();
    let target = TARGET.get_or_init(|| {
        let named = std::env::var(NAMED).ok().filter(|url| !url.is_empty());
        if let Some(url) = named {
            return Some(Target { url, own: None, in_use: RwLock::default() });
        }
        let Some(wish) = std::env::var_os(OWN).filter(|value| !value.is_empty()) else {
            say(&format!(
                "engine suite NOT RUN: {OWN}=1 starts {NODES} OpenSearch nodes for it, {NAMED}=URL \
                 names a cluster"
            ));
            return None;
        };
        let java = match Java::find(version()) {
            Err(why) if wish == IF_POSSIBLE => {
                say(&format!("engine suite NOT RUN: {why}"));
                return None;
            }
            java => java.unwrap_or_else(|why| panic!("the engine suite cannot run: {why}")),
        };
        // However full the disk of this machine is.
        let settings = ["cluster.routing.allocation.disk.threshold_enabled=false"];
        let cluster = Cluster::start(java, "cluster", NODES, &settings);
        let url = format!("http://{}", cluster.addresses()[0]);
        Some(Target { url, own: Some(cluster), in_use: RwLock::default() })
    });
    target.as_ref()
}

/// The version of OpenSearch that was asked for.
pub fn version() -> Option<&'static str> {
    static WISH: LazyLock<String> = LazyLock::new(|| std::env::var(OWN).unwrap_or_default());
    WISH.starts_with(|c: char| c.is_ascii_digit())
        .then_some(WISH.as_str())
        .filter(|wish| wish.contains('.'))
}

/// The nodes of the suite's own cluster; none when there is none, which is said loudly.
pub fn own() -> Option<(&'static Target, &'static Cluster)> {
    let target = target()?;
    if target.own.is_none() {
        say("NOT RUN: this test kills nodes, and the cluster is not ours");
    }
    target.own.as_ref().map(|cluster| (target, cluster))
}

impl Target {
    pub fn rest(&self) -> Rest {
        Rest::new(&self.url)
    }

    /// Uses the cluster beside others.
    pub fn share(&self) -> RwLockReadGuard<'_, ()> {
        self.in_use.read().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Uses the cluster alone, to do it harm.
    pub fn seize(&self) -> RwLockWriteGuard<'_, ()> {
        self.in_use.write().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Cluster {
    /// Starts nodes and waits until they have found each other.
    pub fn start(java: Java, name: &str, count: usize, settings: &[&str]) -> Cluster {
        let ports: Vec<Ports> = (0..count).map(|_| Ports::free()).collect();
        let names: Vec<String> = (1..=count).map(|number| format!("n{number}")).collect();
        let seeds = ports.iter().map(|ports| format!("127.0.0.1:{}", ports.transport));
        let mut all: Vec<String> = settings.iter().map(|&setting| setting.to_owned()).collect();
        all.push(format!("cluster.name=mlsearch-{name}-{}", process::id()));
        all.push(format!("discovery.seed_hosts={}", seeds.collect::<Vec<_>>().join(",")));
        all.push(format!("cluster.initial_cluster_manager_nodes={}", names.join(",")));
        let dir = folder(name);
        let nodes = names.iter().zip(ports);
        let nodes = nodes.map(|(name, ports)| Node::start(&java, &dir, name, ports, &all));
        let cluster = Cluster { nodes: nodes.map(Mutex::new).collect(), java };
        cluster.wait_for_all();
        cluster
    }

    /// Where the nodes are spoken to.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        let address = |node: &Mutex<Node>| ([127, 0, 0, 1], node.lock().unwrap().ports.http).into();
        self.nodes.iter().map(address).collect()
    }

    /// A node by its number, from 0.
    pub fn rest(&self, number: usize) -> Rest {
        Rest::at(self.nodes[number].lock().unwrap().ports.http)
    }

    /// The number of the node that is the cluster manager.
    pub fn manager(&self) -> usize {
        let name = self.rest(0).get("/_cat/cluster_manager?format=json")[0]["node"].clone();
        let is_it = |node: &Mutex<Node>| name == *node.lock().unwrap().name;
        self.nodes.iter().position(is_it).expect("the manager is one of the nodes")
    }

    pub fn kill(&self, number: usize) {
        self.nodes[number].lock().unwrap().kill();
    }

    /// Starts a killed node again and waits until every copy of every shard is there.
    pub fn restart(&self, number: usize) {
        self.revive(number);
        self.wait_for_all();
    }

    /// Sees to it that a node runs when a test has ended, however it ends.
    pub fn spare(&self, number: usize) -> Spare<'_> {
        Spare { cluster: self, number }
    }

    fn revive(&self, number: usize) {
        let mut node = self.nodes[number].lock().unwrap();
        if node.has_ended() {
            node.restart(&self.java);
        }
    }

    /// Waits until all nodes are there and the cluster is green.
    pub fn wait_for_all(&self) {
        let path = format!("/_cluster/health?wait_for_nodes={}&timeout=1s", self.nodes.len());
        for number in 0..self.nodes.len() {
            wait_for("a green cluster of all nodes", || {
                let mut node = self.nodes[number].lock().unwrap();
                assert!(!node.has_ended(), "{} has ended: {}", node.name, node.log());
                let health = Rest::at(node.ports.http).ask(Method::GET, &path, None);
                health.is_some_and(|(status, health)| status == 200 && health["status"] == "green")
            });
        }
    }
}

/// A node that runs again when this is dropped.
pub struct Spare<'a> {
    cluster: &'a Cluster,
    number: usize,
}

impl Drop for Spare<'_> {
    fn drop(&mut self) {
        self.cluster.revive(self.number);
    }
}

/// Waits until a condition holds.
#[track_caller]
pub fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < until, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// The health of a cluster by a request.
pub fn health(rest: &Rest) -> Option<Value> {
    rest.ask(Method::GET, "/_cluster/health", None).map(|(_, health)| health)
}

/// The folder of a cluster of this process. Nodes take theirs with them when they end.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", process::id()))
}

/// Says something past the harness, which shows nothing of a test that passes.
fn say(text: &str) {
    use std::io::Write;
    // A stream that is closed is nobody who could read it.
    let _ = writeln!(std::io::stderr(), "{text}");
}
