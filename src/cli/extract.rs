//! `extract`: the main content of pages.

use clap::Args;

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
};

#[derive(Debug, Args)]
pub(crate) struct ExtractArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints what was kept of each page.
pub(crate) fn run(args: &ExtractArgs, context: &mut Context) -> Result<Exit, Failure> {
    let _ = (args.json, context);
    Ok(Exit::Nothing)
}
