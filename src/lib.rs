//! Full-text search with ranking over curated lists of articles.
//!
//! A [`Collection`] is a folder with `mlsearch.toml`, which names lists. [`update()`] reads the
//! lists, visits the pages that they name and publishes an index; a [`Searcher`] answers from it.
//!
//! ```
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let folder = folder.path();
//! # let list = "- [Feature stores drift](https://blog.example/feature-stores)\n";
//! # std::fs::write(folder.join("list.md"), list).expect("a file");
//! # std::fs::write(folder.join("mlsearch.toml"), "[[list]]\nsource = 'list.md'\n").expect("a file");
//! # let mut found = 0;
//! use jiff::Timestamp;
//! use mlsearch::{Collection, Request, Searcher, Stop, update};
//!
//! let collection = Collection::open(folder)?;
//! let options = update::Options { offline: true, ..update::Options::new(Timestamp::now) };
//! update(&collection, &options, &Stop::default(), &mut |_progress| {})?;
//! let searcher = Searcher::published(folder)?;
//! for hit in searcher.search(&Request::new("feature store drift"))?.hits {
//!     println!("{:.2} {} {}", hit.score, hit.title, hit.url);
//! #   found += 1;
//! }
//! # assert_eq!(found, 1);
//! # Ok::<(), mlsearch::Error>(())
//! ```
//!
//! Besides, [`list`](mod@list) reads lists of any format, [`extract`](mod@extract) reads the main
//! content of a page, and [`query`](mod@query) reads queries; none of them needs a collection.
//! The modules that this page does not show are for the `mlsearch` program and for the project's
//! own tests and benchmarks; they change without notice.

#[doc(hidden)]
pub mod aliases;
mod analysis;
#[doc(hidden)]
pub mod atom;
#[doc(hidden)]
pub mod canonical;
#[doc(hidden)]
pub mod charset;
pub mod collection;
pub mod content;
#[doc(hidden)]
pub mod counted;
#[doc(hidden)]
pub mod crawl;
#[doc(hidden)]
pub mod crawl_policy;
#[doc(hidden)]
pub mod dates;
mod duplicates;
#[doc(hidden)]
pub mod embedding;
#[doc(hidden)]
pub mod engine;
pub mod entry;
pub mod error;
#[doc(hidden)]
pub mod export;
pub mod extract;
mod feed;
pub mod files;
mod html;
mod http;
#[doc(hidden)]
pub mod inspect;
#[doc(hidden)]
pub mod json;
mod language;
pub mod list;
#[cfg(feature = "serve")]
#[doc(hidden)]
pub mod mcp;
#[doc(hidden)]
pub mod pack;
pub mod page;
mod pdf;
#[doc(hidden)]
pub mod pull;
pub mod query;
pub mod search;
#[cfg(feature = "serve")]
#[doc(hidden)]
pub mod serve;
#[cfg(feature = "serve")]
#[doc(hidden)]
pub mod site;
#[doc(hidden)]
pub mod store;
#[doc(hidden)]
pub mod text;
#[cfg(feature = "ui")]
#[doc(hidden)]
pub mod ui;
pub mod update;
mod warc;
#[doc(hidden)]
pub mod wording;
#[doc(hidden)]
pub mod worker;

pub use crate::{
    collection::Collection,
    crawl::Stop,
    error::Error,
    search::{Hit, Request, Results, Searcher},
    update::update,
};
