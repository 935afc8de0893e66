//! The integration tests: one binary, real files, real servers on loopback, the real program.

#![allow(unreachable_pub, reason = "a test binary has no public interface")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[cfg(unix)]
mod action;
mod architecture;
mod arguments;
mod atom;
mod changes;
mod check;
mod cli;
mod clock;
mod cluster_answers;
mod completions;
mod crawl;
mod damage;
mod docs;
mod duplicates;
mod engine;
mod entries;
mod exports;
mod extract;
mod follow_ups;
mod hints;
mod hostile;
mod hybrid;
mod hybrid_notes;
mod import;
#[cfg(unix)]
mod installer;
mod json;
mod languages;
mod left_out;
mod links;
mod list;
mod maintainer;
mod man;
mod mcp;
mod migration;
mod model;
mod nightly;
mod pack;
mod pdf;
mod plurals;
mod program;
mod query;
mod ranking;
mod robust;
mod schedule;
mod search;
mod secrets;
mod serve;
mod settings;
mod show;
mod site;
mod spelling;
mod stemming;
mod store;
mod sublists;
#[cfg(unix)]
mod terminal;
mod time;
mod ui;
#[cfg(unix)]
mod ui_terminal;
mod update;
mod userinfo;
mod vectors;
mod warc;
mod web;
#[cfg(unix)]
mod window;
mod worker;
