//! What stands between the program and a cluster: TLS, passwords, pages in place of answers, and
//! answers that are cut or never come.

use std::{
    net::SocketAddr,
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use crate::{
    crawl::tls::{Authority, Identity},
    engine::{
        cluster::{self, Target},
        indexed::{Indexed, row, rows},
        proxy::{Asked, Fate, Proxy},
    },
};

const USER: &str = "indexer";
const PASSWORD: &str = "zyx-secret-4711";
/// The two of them in a header.
const BASIC: &str = "Basic aW5kZXhlcjp6eXgtc2VjcmV0LTQ3MTE=";
pub const HTML: &str = "Content-Type: text/html\r\n";
pub const PAGE: &str = "<html><body><h1>The server is tired</h1></body></html>";

/// A node that can be spoken to without a proxy; what is behind https has one of its own.
pub fn node(target: &Target) -> Option<SocketAddr> {
    target.url.strip_prefix("http://")?.trim_end_matches('/').parse().ok()
}

/// A folder behind a proxy.
fn behind(
    target: &Target,
    node: SocketAddr,
    name: &str,
    rule: impl Fn(&Asked) -> Fate + Send + Sync + 'static,
) -> (Indexed, Proxy) {
    let proxy = Proxy::start(vec![node], None, rule);
    (Indexed::own(target, name).at(&proxy.url()), proxy)
}

#[test]
fn a_cluster_behind_tls_and_a_password_is_reached_and_neither_is_told() {
    let Some(target) = cluster::target() else { return };
    let Some(node) = node(target) else { return };
    let _shared = target.share();
    let authority = Authority::new();
    let identity = Identity { name: "127.0.0.1", until: 2090, by_authority: true };
    let proxy = Proxy::start(vec![node], Some(authority.server(&identity)), |asked| {
        match asked.authorization.as_deref() {
            Some(BASIC) => Fate::Pass,
            _ => Fate::Answer(401, "WWW-Authenticate: Basic realm=x\r\n", ""),
        }
    });
    let bundle = authority.bundle();
    let indexed = |name: &str| Indexed::own(target, name).at(&proxy.url());
    let trusting =
        |name: &str| indexed(name).with("MLSEARCH_ENGINE_CA_BUNDLE", bundle.to_str().unwrap());
    let knowing = |indexed: Indexed, password: &str| {
        indexed.with("MLSEARCH_ENGINE_USER", USER).with("MLSEARCH_ENGINE_PASSWORD", password)
    };
    let is_discreet = |run: &crate::program::Run| {
        for secret in [PASSWORD, "aW5kZXhlcjp6eXgtc2VjcmV0LTQ3MTE"] {
            let said = format!("{}{}", run.stdout, run.stderr);
            assert!(!said.contains(secret), "{said}");
        }
    };

    let run = knowing(indexed("tls-unknown"), PASSWORD).import(&rows(3, ""), &[]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("certificate"), "{}", run.stderr);
    is_discreet(&run);
    assert!(proxy.asked().is_empty(), "nothing was said to a stranger");

    let run = trusting("tls-nobody").import(&rows(3, ""), &[]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("401"), "{}", run.stderr);

    let run = knowing(trusting("tls-wrong"), "zyx-wrong-0815").import(&rows(3, ""), &[]);
    assert_eq!(run.code, 2);
    assert!(!run.stderr.contains("zyx-wrong-0815"), "{}", run.stderr);

    let good = knowing(trusting("tls-good"), PASSWORD);
    let run = good.imported(&rows(3, ""), &["--verbose"]);
    is_discreet(&run);
    for args in [
        &["zyxevery", "--verbose", "--json"][..],
        &["zyxevery", "--explain"],
        &["facets"],
        &["status"],
        &["status", "--json"],
        &["similar", "doc1"],
    ] {
        is_discreet(&good.run(args));
    }
    assert_eq!(good.found("zyxevery"), Some(3));
    // No file of the folder has them.
    let mut folders = vec![good.file("")];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap().flatten() {
            match entry.path().is_dir() {
                true => folders.push(entry.path()),
                false => {
                    let bytes = std::fs::read(entry.path()).unwrap();
                    let text = String::from_utf8_lossy(&bytes);
                    assert!(!text.contains(PASSWORD), "{}", entry.path().display());
                }
            }
        }
    }
}

#[test]
fn what_passes_is_waited_for() {
    let Some(target) = cluster::target() else { return };
    let Some(node) = node(target) else { return };
    let _shared = target.share();
    for (name, fate) in [
        ("bad-gateway", Fate::Answer(502, HTML, PAGE)),
        ("unavailable", Fate::Answer(503, "Retry-After: 0\r\n", "")),
        ("gateway-timeout", Fate::Answer(504, HTML, PAGE)),
        ("busy", Fate::Answer(429, "Retry-After: 1\r\n", "")),
        ("cut", Fate::Cut),
    ] {
        // Each second bulk fails, the first of them at once, and each second search.
        let count = AtomicUsize::new(0);
        let (indexed, proxy) = behind(target, node, name, move |asked| {
            let is_hit = ["/_bulk", "/_search", "/_msearch"].iter().any(|p| asked.path.contains(p));
            match is_hit && count.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) {
                true => fate.clone(),
                false => Fate::Pass,
            }
        });
        let run = indexed.import(&rows(300, ""), &[]);
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        assert_eq!(indexed.found("zyxevery"), Some(300), "{name}");
        let bulks = proxy.asked().iter().filter(|asked| asked.path.contains("_bulk")).count();
        assert!(bulks > 1, "{name}");
    }
}

#[test]
fn a_build_that_waits_for_a_cluster_heeds_an_interrupt() {
    let Some(target) = cluster::target() else { return };
    let Some(node) = node(target) else { return };
    let _shared = target.share();
    for (name, fate) in [
        ("interrupted-busy", Fate::Answer(429, "Retry-After: 3600\r\n", "")),
        ("interrupted-silent", Fate::Swallow),
    ] {
        let (indexed, proxy) =
            behind(target, node, name, move |asked| match asked.path.contains("_bulk") {
                true => fate.clone(),
                false => Fate::Pass,
            });
        let file = indexed.file("rows.jsonl");
        std::fs::write(&file, row(1, "").to_string()).unwrap();
        let mut command = indexed.command(&["import", file.to_str().unwrap()]);
        let child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let bulks = || proxy.asked().iter().filter(|asked| asked.path.contains("_bulk")).count();
        cluster::wait_for("a bulk", || bulks() > 0);
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("interrupted"), "{name}: {said}");
        assert_eq!(bulks(), 1, "{name}: it has not waited for another try");
        assert!(indexed.indexes().is_empty(), "{name}: {:?}", indexed.indexes());
    }
}
