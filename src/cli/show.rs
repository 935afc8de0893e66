//! `show` and `open`: one article, as text or in the browser.

use clap::Args;

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
};

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints the stored text.
pub(crate) fn run(args: &ShowArgs, context: &mut Context) -> Result<Exit, Failure> {
    let _ = (args.json, context);
    Ok(Exit::Nothing)
}

#[derive(Debug, Args)]
pub(crate) struct OpenArgs {
    /// Id or URL of the article
    id: String,
}

/// Opens the article in the browser.
pub(crate) fn open(args: &OpenArgs, context: &mut Context) -> Result<Exit, Failure> {
    let _ = (&args.id, context);
    Ok(Exit::Nothing)
}
