//! Nodes that are killed, disks that are full, queues that are too short.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use reqwest::Method;
use serde_json::{Value, json};

use crate::engine::{
    builds::read_meanwhile,
    cluster::{self, Cluster, wait_for},
    indexed::{Indexed, rows},
    java::Java,
    proxy::{Fate, Proxy},
};

/// Kills a node when the second bulk of a build has come, while others read the index of before.
#[track_caller]
fn check_loss(name: &str, choose: fn(&Cluster) -> usize) {
    let Some((target, cluster)) = cluster::own() else { return };
    let _alone = target.seize();
    cluster.wait_for_all();
    let lost = choose(cluster);
    let _spare = cluster.spare(lost);
    let bulks = AtomicUsize::new(0);
    let proxy = Proxy::start(cluster.addresses(), None, move |asked| {
        if asked.path.contains("_bulk") && bulks.fetch_add(1, Ordering::SeqCst) == 1 {
            cluster.kill(lost);
        }
        Fate::Pass
    });
    let mut indexed = Indexed::own(target, name).at(&proxy.url());
    indexed.rest = cluster.rest((lost + 1) % 3);
    let shape = ["--shards", "3", "--replicas", "1"];
    indexed.imported(&rows(100, ""), &shape);
    let bulks = || proxy.asked().iter().filter(|asked| asked.path.contains("_bulk")).count();
    let (before, text) = (bulks(), words(400));
    read_meanwhile(
        2,
        &[100, 2_000],
        || indexed.count(),
        || {
            indexed.imported(&rows(2_000, &text), &shape);
        },
    );
    assert!(bulks() >= before + 2, "the node was lost in the middle: {}", bulks());
    cluster.restart(lost);
    assert_eq!((indexed.count(), indexed.found("zyxevery")), (Some(2_000), Some(2_000)));
}

/// A text of many different words, so that it hardly gets smaller.
fn words(count: usize) -> String {
    let mut state = 7_u64;
    let word = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        format!("w{:x} ", state >> 44)
    };
    (0..count).map(word).collect()
}

#[test]
fn a_node_that_is_killed_in_the_middle_of_a_build_loses_nothing() {
    check_loss("killed", |cluster| (cluster.manager() + 1) % 3);
}

#[test]
fn the_cluster_manager_may_be_that_node() {
    check_loss("manager", Cluster::manager);
}

/// A node that has room for a single bulk besides the one in hand, and looks at its disk often.
fn narrow() -> Cluster {
    let settings = [
        "thread_pool.write.queue_size=1",
        "cluster.info.update.interval=10s",
        // However full the disk of this machine is.
        "cluster.routing.allocation.disk.watermark.low=3kb",
        "cluster.routing.allocation.disk.watermark.high=2kb",
        "cluster.routing.allocation.disk.watermark.flood_stage=1kb",
    ];
    Cluster::start(Java::find(cluster::version()).unwrap(), "narrow", 1, &settings)
}

#[test]
fn a_queue_that_is_full_delays_a_build_and_a_disk_that_is_full_ends_it() {
    let Some((target, _)) = cluster::own() else { return };
    let node = narrow();
    let url = format!("http://{}", node.addresses()[0]);
    let mut indexed = Indexed::own(target, "narrow").at(&url);
    indexed.rest = node.rest(0);
    let indexed = indexed;
    // Others fill the queue while the build goes on.
    indexed
        .rest
        .put("/others", &json!({ "settings": { "number_of_shards": 8, "number_of_replicas": 0 } }));
    let is_over = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let rest = node.rest(0);
                let document: Value = json!({ "text": words(2_000) });
                while is_over.load(Ordering::SeqCst) == 0 {
                    rest.ask(Method::POST, "/others/_doc", Some(&document));
                }
            });
        }
        let run = indexed.import(&rows(3_000, &words(300)), &["--shards", "4", "--replicas", "0"]);
        is_over.store(1, Ordering::SeqCst);
        assert_eq!(run.code, 0, "{}", run.stderr);
    });
    assert_eq!(indexed.count(), Some(3_000));
    let statistics = indexed.rest.get("/_nodes/stats/thread_pool");
    let nodes = statistics["nodes"].as_object().unwrap();
    let rejected = nodes.values().map(|node| node["thread_pool"]["write"]["rejected"].as_u64());
    assert!(rejected.flatten().sum::<u64>() > 0, "nothing was rejected: {statistics}");

    let before = indexed.published();
    let watermark = |value: Value| {
        indexed.rest.set(&json!({
            "cluster.routing.allocation.disk.watermark.low": value,
            "cluster.routing.allocation.disk.watermark.high": value,
            "cluster.routing.allocation.disk.watermark.flood_stage": value,
        }));
    };
    watermark(json!("9000gb"));
    wait_for("a disk that is too full", || {
        let path = "/others/_doc";
        let answer = indexed.rest.ask(Method::POST, path, Some(&json!({ "text": "x" })));
        answer.is_some_and(|(status, _)| status == 429 || status == 403)
    });
    let run = indexed.import(&rows(3_000, ""), &["--replicas", "0"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("disk") && run.stderr.contains("full"), "{}", run.stderr);
    assert_eq!(indexed.count(), Some(3_000), "the index of before is searched all the while");
    watermark(Value::Null);
    wait_for("room on the disk", || indexed.import(&rows(20, ""), &["--replicas", "0"]).code == 0);
    assert_eq!(indexed.count(), Some(20));
    assert_ne!(indexed.published(), before);
}
