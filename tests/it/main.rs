//! The integration tests: one binary, real files, real servers on loopback, the real program.

mod architecture;
mod cli;
mod crawl;
mod extract;
mod index;
mod list;
mod search;
mod update;
