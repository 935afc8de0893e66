//! HTTP: one request and its answer, to allowed addresses and under every limit of time, size and
//! memory.

pub(crate) mod address;
pub(crate) mod back_off;
pub(crate) mod client;
mod codings;
pub(crate) mod download;
pub(crate) mod fetch;
pub(crate) mod fields;
pub(crate) mod headers;
pub(crate) mod memory_budget;
pub(crate) mod message;
pub(crate) mod reason;
pub(crate) mod reply;
pub(crate) mod service;
pub(crate) mod sniff;
