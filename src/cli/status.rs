//! `status`: how collection and index are.

use clap::Args;

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
};

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints one screen about them.
pub(crate) fn run(args: &StatusArgs, context: &mut Context) -> Result<Exit, Failure> {
    let _ = (args.json, context);
    Ok(Exit::Nothing)
}
