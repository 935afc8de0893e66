//! One real OpenSearch node, in a process of its own.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::engine::java::Java;

/// Megabytes of its heap.
const HEAP: u32 = 512;

/// Where a node listens on loopback.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    pub http: u16,
    pub transport: u16,
}

/// A node that was started. It ends with this process at the latest: its standard input is a pipe
/// that nothing is written to, and it ends when that does.
pub struct Node {
    pub name: String,
    pub ports: Ports,
    home: PathBuf,
    settings: Vec<String>,
    child: Child,
}

impl Ports {
    /// Ports that are free at the moment.
    pub fn free() -> Ports {
        let listener = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let (http, transport) = (listener(), listener());
        let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
        Ports { http: port(&http), transport: port(&transport) }
    }
}

impl Node {
    /// Starts a node whose data are below a folder; it is not up yet.
    pub fn start(java: &Java, dir: &Path, name: &str, ports: Ports, settings: &[String]) -> Node {
        let home = dir.join(name);
        fs::create_dir_all(home.join("config")).unwrap();
        let child = spawn(java, &home, name, ports, settings);
        Node { name: name.to_owned(), ports, home, settings: settings.to_vec(), child }
    }

    /// Ends the process as a loss of power does.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts a node again that was killed, with its data and at its place.
    pub fn restart(&mut self, java: &Java) {
        self.child = spawn(java, &self.home, &self.name, self.ports, &self.settings);
    }

    /// Whether the process has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// What the node has printed.
    pub fn log(&self) -> String {
        fs::read_to_string(self.home.join("log.txt")).unwrap_or_default()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.home);
        // The last one takes the folder of the cluster.
        let _ = self.home.parent().map(fs::remove_dir);
    }
}

fn spawn(java: &Java, home: &Path, name: &str, ports: Ports, settings: &[String]) -> Child {
    let log = File::options().create(true).append(true).open(home.join("log.txt")).unwrap();
    let mut command = Command::new(&java.program);
    command
        .args([format!("-Xms{HEAP}m"), format!("-Xmx{HEAP}m")])
        // A test is over before the second compiler has paid off, and the garbage of several cores.
        .args(["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"])
        .args(["--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"])
        .arg("-Dorg.apache.lucene.store.MMapDirectory.sharedArenaMaxPermits=1")
        .arg("-Dopensearch.set.netty.runtime.available.processors=false")
        .args(["-cp", &java.class_path, "node.OpenSearchNode"])
        .args([home.to_str().unwrap(), name])
        .arg(format!("http.port={}", ports.http))
        .arg(format!("transport.port={}", ports.transport))
        .args(settings);
    command.stdin(Stdio::piped()).stdout(log.try_clone().unwrap()).stderr(log);
    command.spawn().unwrap()
}
