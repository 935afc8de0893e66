//! `list`: the entries of a list.

use clap::Args;

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
};

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints the entries.
pub(crate) fn run(args: &ListArgs, context: &mut Context) -> Result<Exit, Failure> {
    let _ = (args.json, context);
    Ok(Exit::Nothing)
}
