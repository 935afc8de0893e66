//! The server: the real program, asked over HTTP on loopback.

mod api;
mod browser;
mod hostile;
mod hosts;
mod limits;
mod live;
pub mod pages;
pub mod server;
mod who;
