//! The engine of a cluster: OpenSearch or Elasticsearch, with an index for each build and an alias on
//! the published one.

mod answer;
mod bulk;
mod candidates;
mod cluster;
pub(crate) mod cluster_index;
mod dialect;
mod execute;
mod facets;
mod hits;
mod index_record;
pub mod indexes;
mod keyword;
pub mod loader;
mod query;
mod ranking;
mod row;
mod schema;
pub mod sliced_build;
pub mod target;
mod term_counts;
mod text_fields;
mod written_terms;

pub use crate::http::service::Credentials;
