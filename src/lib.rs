//! Full-text search with ranking over curated lists of articles.
//!
//! Text goes one way through the house:
//! [`list`] → [`crawl`] → [`store`] → [`extract`] → [`engine`] → [`search`];
//! [`update`] is the only room that knows them all.
//! See ARCHITECTURE.md for the rooms and the rules between them.

pub mod aliases;
pub mod analysis;
pub mod canonical;
pub mod collection;
pub mod content;
pub mod crawl;
pub mod dates;
mod duplicates;
pub mod engine;
pub mod entry;
pub mod error;
pub mod extract;
mod feed;
mod html;
mod http;
pub mod inspect;
pub mod list;
pub mod page;
mod pdf;
pub mod policy;
pub mod query;
pub mod search;
pub mod store;
pub mod update;
pub mod worker;

pub use crate::error::Error;
