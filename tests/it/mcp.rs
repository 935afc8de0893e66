//! The tools for agents, called by the real protocol over standard input and output and over HTTP.

mod answers;
mod arguments;
mod clients;
mod http;
mod robust;
pub mod session;
