//! The tools for agents: the Model Context Protocol over standard input and output, and over HTTP.
//!
//! An agent searches, reads on, and cites. Nothing is changed, visited or opened through it, and what
//! comes from the web reaches the agent cleaned, fenced and told apart from what we say.
//!
//! The protocol, revision 2026-07-28 and older ones: <https://modelcontextprotocol.io/specification>.

mod answer;
mod document_id;
mod fence;
mod index_state;
mod lines;
mod message;
mod options;
mod refusal;
mod schema;
mod server;
mod stdio;
mod tools;

pub(crate) use crate::mcp::message::refused;
pub use crate::mcp::{
    options::{McpOptions, SearchedIndex},
    server::McpServer,
    stdio::run_stdio,
};
#[doc(hidden)]
pub use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
};
