//! `facets`: counts by company, tag, site, year and so on.

use clap::Args;
use mlsearch::json::FacetsOutput;

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
    filters::FilterArgs,
    hit::print_facets,
};

#[derive(Debug, Args)]
pub(crate) struct FacetsArgs {
    /// company, tag, site, section, list, year, kind or provenance; all when none is named
    name: Option<String>,
    #[command(flatten)]
    filters: FilterArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Prints the counts.
pub(crate) fn run(args: &FacetsArgs, context: &mut Context) -> Result<Exit, Failure> {
    let filters = args.filters.filters()?;
    let facets = context.searcher()?.facets(args.name.as_deref(), &filters)?;
    let found = facets.iter().any(|facet| !facet.values.is_empty());
    if args.json {
        context.json(&FacetsOutput { facets: &facets })?;
    } else {
        print_facets(&facets, args.name.is_some(), context)?;
    }
    Ok(Exit::found(found))
}
