//! Workers: child processes of this program that extract text or try a model, each with a limit on
//! its memory, its processor time and the time that others wait for it.
//!
//! A PDF file can ask for far more work than its size lets one expect, and no count inside the
//! reader has held against every file. What kills a worker, or outlasts it, kills nothing else.
//! The worker reads a request from its standard input, one line of JSON and then the body, and
//! writes a reply to its standard output, one line of JSON; it serves one file after the other.

mod child;
mod limits;
mod pool;
mod process;
mod protocol;
mod vetting;

pub use crate::worker::{
    child::{Overrun, serve},
    pool::{Pool, WorkerFailure},
    process::Launch,
    protocol::OVERRUN,
    vetting::{serve_model, vet},
};
