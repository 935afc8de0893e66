//! Tests of building an index, and of the engines that are not of this machine.

mod builds;
mod cluster;
mod faults;
mod indexed;
mod java;
mod losses;
mod node;
mod parity;
mod proxy;
mod rest;
mod searches;
mod slices;

use std::fs;

use mlsearch::{
    Error,
    aliases::Aliases,
    engine::{BuildSummary, local::build::build},
    search::Searcher,
};

#[test]
fn an_empty_index_answers_with_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let built = build(dir.path(), &mut std::iter::empty(), &Aliases::default(), 2).unwrap();
    assert_eq!(built, BuildSummary::default());
    let results = Searcher::open(dir.path()).unwrap().search(&mlsearch::search::Request {
        query: "anything".into(),
        limit: 10,
        facets: true,
        ..Default::default()
    });
    assert_eq!(results.unwrap().total, 0);
}

#[test]
fn a_folder_without_index_and_one_of_another_version_are_different_errors() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Searcher::open(dir.path()), Err(Error::NoIndex(_))));
    fs::write(dir.path().join("mlsearch.json"), r#"{"version":999999}"#).unwrap();
    assert!(matches!(Searcher::open(dir.path()), Err(Error::IndexVersion { .. })));
    fs::write(dir.path().join("mlsearch.json"), "not json").unwrap();
    assert!(matches!(Searcher::open(dir.path()), Err(Error::IndexVersion { .. })));
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(build(&file, &mut std::iter::empty(), &Aliases::default(), 1).is_err());
}

#[test]
fn three_nodes_find_each_other_and_again_when_one_was_killed() {
    let Some((target, cluster)) = cluster::own() else { return };
    let _alone = target.seize();
    cluster.wait_for_all();
    let lost = cluster.manager();
    let _spare = cluster.spare(lost);
    let witness = cluster.rest((lost + 1) % 3);
    cluster.kill(lost);
    cluster::wait_for("another cluster manager", || {
        cluster::health(&witness).is_some_and(|health| health["number_of_nodes"] == 2)
    });
    cluster.restart(lost);
    assert_eq!(witness.get("/_cluster/health")["number_of_nodes"], 3);
}
