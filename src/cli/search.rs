//! `search`: ranked results for people and for scripts.

use std::io::Write;

use clap::Args;
use mlsearch::search::{Filters, Request};

use crate::cli::{
    context::{BOLD, Context},
    failure::{Exit, Failure},
    text::sanitize,
};

#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// Words, "phrases", +must, -not, field:value, prefix*
    query: Vec<String>,
    /// Only articles by this company (repeatable)
    #[arg(long, value_name = "NAME")]
    company: Vec<String>,
    /// How many hits to show
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Searches and prints the hits.
pub(crate) fn run(args: &SearchArgs, context: &mut Context) -> Result<Exit, Failure> {
    let request = Request {
        query: args.query.join(" "),
        filters: Filters {
            facets: args.company.iter().map(|name| ("company".into(), name.clone())).collect(),
            ..Filters::default()
        },
        limit: args.limit,
        ..Request::default()
    };
    let results = context.searcher()?.search(&request)?;
    for note in &results.notes {
        context.note(note);
    }
    if args.json {
        context.json(&results)?;
        return Ok(Exit::found(!results.hits.is_empty()));
    }
    for (number, hit) in results.hits.iter().enumerate() {
        let title = context.styled(BOLD, &sanitize(&hit.title));
        writeln!(context.out, "{}. {title}\n   {}", number + 1, sanitize(&hit.url))?;
    }
    Ok(Exit::found(!results.hits.is_empty()))
}
