//! The engine of a cluster: OpenSearch or Elasticsearch, with an index for each build and an alias on
//! the published one.

mod answer;
mod bulk;
mod cluster;
mod dialect;
mod index_record;
pub mod indexes;
mod loader;
mod row;
mod schema;
pub mod target;
mod written_terms;

pub use crate::http::service::Credentials;
