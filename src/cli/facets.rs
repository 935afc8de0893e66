//! `facets`: counts by company, tag, site, year and so on.

use clap::Args;

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
};

#[derive(Debug, Args)]
pub(crate) struct FacetsArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints the counts.
pub(crate) fn run(args: &FacetsArgs, context: &mut Context) -> Result<Exit, Failure> {
    let _ = (args.json, context);
    Ok(Exit::Nothing)
}
